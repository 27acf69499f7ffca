// SPDX-License-Identifier: EUPL-1.2
// What a request says, read by a table of fields. Every parameter must be known, may stand once, and has a
// limit; anything else is ERR_INVALID with call->bad naming the parameter (or ERR_NOTFOUND when it stands in
// the path).
#pragma once
#include "web/call.h"

enum field_from { IN_QUERY, IN_PATH };
enum field_kind {
    F_TEXT,   // str, at most max bytes
    F_INT,    // int64_t, min..max
    F_CHOICE, // int, position in the NULL-terminated list
    F_SET,    // size_t, number of an area set of the release
};
struct field {
    const char        *name;
    enum field_from    from;
    enum field_kind    kind;
    size_t             offset; // in the struct that is filled; left alone when the parameter is not there
    int64_t            min, max;
    const char *const *choices;
    bool               required;
};
/// Reads path and query into out. `lang` is always let through. f: also the filter's own parameters, which
/// start from filter_all; NULL: they are refused. Tells in call->canonical whether the query is the one spelling of its
/// question: the filter as filter_write has it, then the fields in the order of the table, numbers without a zero or a sign in
/// front, then lang; nothing twice, empty or escaped otherwise. A number in the path has one spelling, or ERR_NOTFOUND.
enum err form_read(struct scope *sc, struct call *c, const struct field *fields, size_t n, struct filter *f,
                   void *out);
/// The telling alone, for who has read the filter in another way.
enum err form_canonical(struct scope *sc, struct call *c, const struct field *fields, size_t n,
                        const struct filter *f);
/// A whole number in its one spelling: no sign, no zeros in front. Addresses have no other, or caches would keep the same
/// answer many times.
bool     form_number(str s, int64_t *out);
/// Name of the area that the filter asks about; empty: it asks about none. Of "set:none", a word for it.
str      form_area_name(const struct call *c, const struct filter *f);
/// Number of the area with this code in a set. ERR_NOTFOUND.
enum err form_area(struct scope *sc, const struct call *c, size_t set, str code, uint16_t *out);
