// SPDX-License-Identifier: EUPL-1.2
#include "store/area_count.h"

#include "base/arena.h"
#include "store/query.h"
#include <stdlib.h>

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

#define INNER S("counts began inside")

enum err store_area_counts_inner(struct scope *sc, struct store *st, int64_t *release)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_GET);
    bind_str(&q, ":name", INNER);
    *release = 0;
    if (!query_next(&q)) return query_end(&q);
    if (!str_to_i64(query_str(&q, 0), release) || *release < 1)
        return fail(&sc->fault, ERR_CORRUPT, "the store does not say which release began its counts");
    return OK;
}

enum err store_area_counts_inner_set(struct scope *sc, struct store *st, int64_t release)
{
    int64_t before;
    TRY(store_area_counts_inner(sc, st, &before));
    if (before) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_PUT);
    bind_str(&q, ":name", INNER);
    bind_str(&q, ":value", arena_printf(sc->mem, "%lld", (long long)release));
    return query_run(&q);
}

static enum err inner_forget(struct scope *sc, struct store *st)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_FORGET);
    bind_str(&q, ":name", INNER);
    return query_run(&q);
}

enum err store_area_counts_forget(struct scope *sc, struct store *st, int32_t half)
{
    static const enum sql all[] = { SQL_AREA_COUNT_FORGET, SQL_COUNTED_FORGET, SQL_COUNTED_PASSED_FORGET };
    for (size_t i = 0; i < COUNT(all); i++) {
        AUTO(query_free) struct query q = query_open(sc, st, all[i]);
        bind_i64(&q, ":all", half == ALL_HALVES);
        bind_i64(&q, ":half", half);
        TRY(query_run(&q));
    }
    return half == ALL_HALVES ? inner_forget(sc, st) : OK;
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

static enum err read_counted(struct scope *sc, struct store *st, struct marks *out)
{
    int64_t last;
    TRY(query_number(sc, st, SQL_COUNTED_LAST, &last));
    if (last < 0) return OK;
    TRY(marks_room(sc, (last + 1) * MARKS_BLOCK_IDS - 1, out));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_COUNTED_LIST);
    while (query_next(&q)) {
        uint16_t mark = area_count_mark((int32_t)query_i64(&q, 0), (int)query_i64(&q, 1));
        if (!mark || !marks_read(out, mark, query_i64(&q, 2), query_blob(&q, 3)))
            return fail(&sc->fault, ERR_CORRUPT,
                        "the list of incidents that are counted by area is damaged; run hromada check");
    }
    return query_end(&q);
}

enum err store_counted(struct scope *sc, struct store *st, struct counted *out)
{
    AUTO(list_free) struct list l = list_of(sizeof *out->passed);
    const void                 *all;
    TRY(read_counted(sc, st, &out->in));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_COUNTED_PASSED_LIST);
    while (query_next(&q)) list_add(&l, &(int64_t){ query_i64(&q, 0) });
    TRY(list_keep(&q, &l, &all, &out->n_passed));
    out->passed = all;
    return OK;
}

static int cmp_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool counted_is_passed(const struct counted *c, int64_t incident)
{
    return c->n_passed && bsearch(&incident, c->passed, c->n_passed, sizeof incident, cmp_ids);
}

enum err store_counted_pass(struct scope *sc, struct store *st, int64_t incident, uint16_t mark)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_COUNTED_PASSED_ADD);
    bind_i64(&q, ":incident", incident);
    bind_i64(&q, ":half", area_count_half(mark));
    return query_run(&q);
}

struct counted_writer {
    struct query *q;
    int64_t       release;
};

static enum err put_counted(void *to, uint16_t mark, int64_t block, str ids)
{
    struct counted_writer *w = to;
    bind_i64(w->q, ":half", area_count_half(mark));
    bind_i64(w->q, ":class", (mark - 1) % RELEASE_CLASSES);
    bind_i64(w->q, ":release", w->release);
    bind_i64(w->q, ":block", block);
    bind_blob(w->q, ":ids", ids);
    TRY(query_run(w->q));
    query_again(w->q);
    return OK;
}

enum err store_counted_add(struct scope *sc, struct store *st, int64_t release, const struct marks *m)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_COUNTED_ADD);
    struct counted_writer         w = { &q, release };
    TRY(marks_each(sc, m, put_counted, &w));
    return query_end(&q);
}
