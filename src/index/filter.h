// SPDX-License-Identifier: EUPL-1.2
// The question: category set x dates x hours x weekdays x outcomes x area, box or polygon. The same words on
// the command line, in the API, in tile URLs and in the address bar (DESIGN.md section 7).
#pragma once
#include "base/buf.h"
#include "index/index.h"

enum { FILTER_MAX_POLY = 256, FILTER_CAT_WORDS = MAX_CATEGORIES / 64 };

struct filter {
    int32_t      from_day, to_day; // inclusive; INT32_MIN, INT32_MAX: open
    bool         any_category, any_outcome;
    uint64_t     category[FILTER_CAT_WORDS]; // bit set of category numbers
    uint64_t     outcome[4];
    uint32_t     hours; // bit h: hour h; 0xFFFFFF: no restriction (rows without an hour count too)
    uint8_t      days;  // bit 0 Monday; 0x7F: no restriction (rows without a weekday count too)
    int          set;   // -1: no area
    uint16_t     area;
    bool         has_box, has_poly;
    struct box   box; // also the box of the polygon
    struct point poly[FILTER_MAX_POLY + 1];
    size_t       n_poly; // closed
};
struct param {
    str name, value;
}; // percent-decoded

void     filter_all(struct filter *f);
/// Reads the filter's own parameters: from, to, cat, hours, days, outcome, area, bbox, poly. `cat` takes
/// category keys and "iccs-5" for a whole section. Other names are refused (name them in `also`, a
/// NULL-terminated list, to let them pass). ERR_INVALID: the fault's sentence says what is wrong and *bad
/// (may be NULL) is the parameter. bbox=west,south,east,north in degrees; poly=lat,lng:lat,lng:... ;
/// hours=22-5 or 8,9,17-19; days=mon,sat or fri-sun; from/to=2018, 2018-10 or 2018-10-31; area=set:code, or
/// set:none for what lies in none of the set's areas. An empty value says nothing; cat, hours, days and
/// outcome may be given more than once and mean all together.
enum err filter_read(struct scope *sc, const struct release_info *in, const struct param *p, size_t n,
                     const char *const *also, struct filter *out, str *bad);
/// The canonical query string (fixed order, only what restricts, sorted lists, percent-encoded): equal
/// filters give equal text, so that caches can keep the answer. Appends nothing for a filter that lets
/// everything pass.
void     filter_write(struct buf *to, const struct release_info *in, const struct filter *f);
