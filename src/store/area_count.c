// SPDX-License-Identifier: EUPL-1.2
#include "store/area_count.h"

#include "store/query.h"

enum err store_area_count_add(struct scope *sc, struct store *st, const struct area_count *c)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_COUNT_ADD);
    bind_i64(&q, ":half", c->half);
    bind_i64(&q, ":class", c->class);
    bind_str(&q, ":area_set", c->area_set);
    bind_str(&q, ":areas", c->areas);
    bind_i64(&q, ":count", c->count);
    bind_i64(&q, ":last", c->last);
    bind_i64(&q, ":release", c->release);
    return query_run(&q);
}

enum err store_area_counts_forget(struct scope *sc, struct store *st, int32_t half)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_COUNT_FORGET);
    bind_i64(&q, ":all", half == ALL_HALVES);
    bind_i64(&q, ":half", half);
    return query_run(&q);
}

enum err store_area_counts(struct scope *sc, struct store *st, const struct area_count **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_COUNT_LIST);
    while (query_next(&q))
        list_add(&l, &(struct area_count){ .half = (int32_t)query_i64(&q, 0),
                                           .class = (int)query_i64(&q, 1),
                                           .area_set = query_keep(&q, 2),
                                           .areas = query_keep(&q, 3),
                                           .count = query_i64(&q, 4),
                                           .last = query_i64(&q, 5),
                                           .release = query_i64(&q, 6) });
    return list_keep(&q, &l, (const void **)out, n);
}
