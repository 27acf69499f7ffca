// SPDX-License-Identifier: EUPL-1.2
#include "store/region_print.h"

#include "base/arena.h"
#include "store/query.h"
#include <stdio.h>

enum { NAME_BYTES = 32 };
#define KIND "regions "

/// Names sort as numbers do.
static str name_of(int64_t release, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, KIND "%09lld", (long long)release);
    return str_of(name);
}

/// What is not written so is a fingerprint that nobody knows.
static bool read_print(str name, str value, struct region_print *out)
{
    uint64_t number;
    str      rest = value, part[3];
    *out = (struct region_print){ 0 };
    if (!str_starts(name, S(KIND)) || !str_to_u64(str_slice(name, sizeof KIND - 1, name.n), &number) ||
        number > INT64_MAX)
        return false;
    out->release = (int64_t)number;
    for (size_t i = 0; i < COUNT(part); i++)
        if (!str_cut(&rest, ' ', &part[i]) || !part[i].n) return true;
    out->anchors = part[0], out->rule = part[1], out->sets = part[2];
    return true;
}

enum err store_region_prints(struct scope *sc, struct store *st, const struct region_print **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REGION_PRINT_LIST);
    struct region_print           p;
    while (query_next(&q))
        if (read_print(query_str(&q, 0), query_keep(&q, 1), &p)) list_add(&l, &p);
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_region_print_put(struct scope *sc, struct store *st, const struct region_print *p)
{
    char name[NAME_BYTES];
    str  value = arena_printf(sc->mem, "%.*s %.*s %.*s", STR(p->anchors), STR(p->rule), STR(p->sets));
    if (!value.p) return fail(&sc->fault, ERR_NOMEM, "no room for the fingerprint of the regions");
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_PUT);
    bind_str(&q, ":name", name_of(p->release, name));
    bind_str(&q, ":value", value);
    return query_run(&q);
}

enum err store_region_prints_forget(struct scope *sc, struct store *st, int64_t release)
{
    char                          name[NAME_BYTES];
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REGION_PRINT_FORGET);
    bind_str(&q, ":name", name_of(release, name));
    return query_run(&q);
}
