// SPDX-License-Identifier: EUPL-1.2
// Reading incidents, their history and the runs that brought them.
#include "store/store.h"

#include "base/arena.h"
#include "store/query.h"
#include <stdlib.h>

struct slice_source {
    int64_t slice;
    int32_t source;
};

struct incident_cursor {
    struct store              *st;
    struct query               rows, types, texts;
    const struct slice_source *slices;          // [n_slices] in the order of their numbers
    size_t                     n_slices, slice; // slice: where the last one was found
    int64_t                    area, place, in;
    bool                       own;     // the transaction that holds the snapshot is ours
    bool                       more;    // types stands on a row that was not given yet
    int64_t                    at;      // id of the incident last given
    int32_t                   *further; // its categories besides its own
    size_t                     n, room;
    struct scope               lasting; // of store_incidents_open: queries fail into it
};

void store_incidents_closep(struct incident_cursor **cursor)
{
    struct incident_cursor *c = *cursor;
    if (!c) return;
    query_free(&c->rows);
    query_free(&c->types);
    query_free(&c->texts);
    // Nothing was written by us; what the caller wrote meanwhile is kept.
    if (c->own && store_commit(&c->lasting, c->st)) store_rollback(c->st);
    free(c->further);
    free(c);
    *cursor = NULL;
}

static enum err read_slices(struct scope *sc, struct incident_cursor *c)
{
    AUTO(list_free) struct list   l = list_of(sizeof *c->slices);
    AUTO(query_free) struct query q = query_open(sc, c->st, SQL_SLICE_SOURCE_LIST);
    while (query_next(&q)) {
        struct slice_source s = { query_i64(&q, 0), (int32_t)query_i64(&q, 1) };
        list_add(&l, &s);
    }
    const void *all;
    TRY(list_keep(&q, &l, &all, &c->n_slices));
    c->slices = all;
    return OK;
}

/// 0: there is no such slice. Incidents of one slice mostly stand together.
static int32_t source_of(struct incident_cursor *c, int64_t slice)
{
    if (c->slice < c->n_slices && c->slices[c->slice].slice == slice) return c->slices[c->slice].source;
    size_t from = 0, to = c->n_slices;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->slices[middle].slice < slice) from = middle + 1;
        else to = middle;
    }
    c->slice = from;
    return from < c->n_slices && c->slices[from].slice == slice ? c->slices[from].source : 0;
}

enum err store_incidents_open(struct scope *sc, struct store *st, struct incident_cursor **out)
{
    AUTO(store_incidents_closep) struct incident_cursor *c = calloc(1, sizeof *c);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no memory for a cursor");
    c->st = st;
    c->lasting = (struct scope){ .mem = sc->mem };
    if (!st->inside) {
        TRY(st->db->engine->begin(sc, st->db, false));
        st->inside = c->own = true;
    }
    c->rows = query_open(sc, st, SQL_INCIDENT_LIST);
    store_incidents_range(c, 0, INT64_MAX);
    TRY(query_end(&c->rows));
    c->types = query_open(sc, st, SQL_INCIDENT_TYPE_LIST);
    TRY(query_end(&c->types));
    c->texts = query_open(sc, st, SQL_INCIDENT_TEXTS);
    TRY(query_end(&c->texts));
    TRY(read_slices(sc, c));
    c->rows.sc = c->types.sc = c->texts.sc = &c->lasting;
    c->more = query_next(&c->types);
    *out = c;
    c = NULL;
    return OK;
}

void store_incidents_range(struct incident_cursor *c, int64_t first, int64_t last)
{
    query_again(&c->rows);
    bind_i64(&c->rows, ":first", first);
    bind_i64(&c->rows, ":last", last);
}

bool store_incidents_next(struct incident_cursor *c, struct incident *i)
{
    const struct query *q = &c->rows;
    if (!query_next(&c->rows)) return false;
    *i = incident_of(q);
    i->id = query_i64(q, 0);
    c->in = query_i64(q, 1);
    i->source = source_of(c, c->in);
    i->flags = (uint32_t)query_i64(q, 13);
    i->classes = (sensitivity_set)query_i64(q, 14);
    c->area = query_i64(q, 11);
    c->place = query_i64(q, 12);
    c->at = i->id;
    return true;
}

void store_incidents_numbers(const struct incident_cursor *c, int64_t *area, int64_t *place, int64_t *slice)
{
    *area = c->area;
    *place = c->place;
    *slice = c->in;
}

bool store_incidents_texts(struct incident_cursor *c, struct incident *i)
{
    query_again(&c->texts);
    bind_i64(&c->texts, ":id", c->at);
    if (query_one(&c->texts)) return false;
    i->slice = query_str(&c->texts, 0);
    i->key = query_str(&c->texts, 1);
    i->area = query_str(&c->texts, 2);
    i->place = query_str(&c->texts, 3);
    return true;
}

static bool further_add(struct incident_cursor *c, int32_t category)
{
    if (c->n == c->room) {
        size_t   room = c->room ? 2 * c->room : 16;
        int32_t *p = reallocarray(c->further, room, sizeof *p);
        if (!p) {
            c->types.e =
                fail(&c->lasting.fault, ERR_NOMEM, "no memory for further categories of an incident");
            return false;
        }
        c->further = p;
        c->room = room;
    }
    c->further[c->n++] = category;
    return true;
}

size_t store_incidents_types(struct incident_cursor *c, int64_t incident, const int32_t **categories)
{
    c->n = 0;
    for (; c->more; c->more = query_next(&c->types)) {
        int64_t of = query_i64(&c->types, 0);
        if (of > incident) break;
        if (of == incident && !further_add(c, (int32_t)query_i64(&c->types, 1))) break;
    }
    *categories = c->further;
    return c->n;
}

enum err store_incidents_end(struct scope *sc, struct incident_cursor *c)
{
    enum err e = query_end(&c->rows);
    if (!e) e = query_end(&c->types);
    if (!e) e = query_end(&c->texts);
    if (e) sc->fault = c->lasting.fault;
    store_incidents_closep(&c);
    return e;
}

enum err store_text(struct scope *sc, struct store *st, int64_t number, struct buf *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_PHRASE_TEXT);
    bind_i64(&q, ":id", number);
    TRY(query_one(&q));
    buf_reset(out);
    buf_add(out, query_str(&q, 0));
    return buf_end(sc, out);
}

enum err store_incident_last(struct scope *sc, struct store *st, int64_t *id)
{
    return query_number(sc, st, SQL_INCIDENT_LAST, id);
}

enum err store_text_last(struct scope *sc, struct store *st, int64_t *number)
{
    return query_number(sc, st, SQL_PHRASE_LAST, number);
}

// -- history ------------------------------------------------------------------------------------------------
enum err store_has_key(struct scope *sc, struct store *st, int32_t source, str key, bool *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_HAS_KEY);
    bind_i64(&q, ":source", source);
    bind_str(&q, ":key", key);
    TRY(query_one(&q));
    *out = query_i64(&q, 0);
    return OK;
}

enum err store_revisions(struct scope *sc, struct store *st, int64_t incident, const struct revision **out,
                         size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REVISION_LIST);
    bind_i64(&q, ":incident", incident);
    while (query_next(&q)) {
        struct revision v = { .incident = query_i64(&q, 0),
                              .run = query_i64(&q, 1),
                              .at_s = query_i64(&q, 2),
                              .field = query_keep(&q, 3),
                              .was = query_keep(&q, 4),
                              .now = query_keep(&q, 5) };
        list_add(&l, &v);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_runs(struct scope *sc, struct store *st, int64_t since, const struct run_record **out,
                    size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RUN_LIST);
    bind_i64(&q, ":since", since);
    while (query_next(&q)) {
        struct run_record r = {
            .run = { .id = query_i64(&q, 0),
                     .source = (int32_t)query_i64(&q, 1),
                     .identity = (enum identity)query_i64(&q, 2),
                     .profile = query_keep(&q, 3),
                     .files = query_keep(&q, 4),
                     .started_s = query_i64(&q, 5) },
            .totals = { .read = (uint64_t)query_i64(&q, 6),
                        .imported = (uint64_t)query_i64(&q, 7),
                        .unchanged = (uint64_t)query_i64(&q, 8),
                        .revised = (uint64_t)query_i64(&q, 9),
                        .rejected = (uint64_t)query_i64(&q, 10),
                        .merged = (uint64_t)query_i64(&q, 11),
                        .withdrawn = (uint64_t)query_i64(&q, 12),
                        .without_point = (uint64_t)query_i64(&q, 13),
                        .outcomes_revised = (uint64_t)query_i64(&q, 14) },
        };
        list_add(&l, &r);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_counts_get(struct scope *sc, struct store *st, struct store_counts *out)
{
    AUTO(query_free) struct query i = query_open(sc, st, SQL_INCIDENT_COUNTS);
    TRY(query_one(&i));
    AUTO(query_free) struct query h = query_open(sc, st, SQL_HISTORY_COUNTS);
    TRY(query_one(&h));
    *out = (struct store_counts){ .incidents = (uint64_t)query_i64(&i, 0),
                                  .withdrawn = (uint64_t)query_i64(&i, 1),
                                  .revisions = (uint64_t)query_i64(&h, 0),
                                  .runs = (uint64_t)query_i64(&h, 1),
                                  .with_point = (uint64_t)query_i64(&i, 2),
                                  .first_wall_s = query_i64(&i, 3),
                                  .last_wall_s = query_i64(&i, 4) };
    return OK;
}
