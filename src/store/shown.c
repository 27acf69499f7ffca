// SPDX-License-Identifier: EUPL-1.2
#include "store/shown.h"

#include "base/arena.h"
#include "store/query.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK_IDS = MARKS_BLOCK_IDS, BLOCK_BYTES = MARKS_BLOCK_BYTES };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for what a release shows");
}

enum err shown_room(struct scope *sc, int64_t last, struct shown *out)
{
    size_t         bytes = ((size_t)last / BLOCK_IDS + 1) * BLOCK_BYTES;
    unsigned char *ids = arena_array(sc->mem, unsigned char, bytes);
    if (!ids) return no_room(sc);
    out->ids = ids;
    out->bytes = bytes;
    return OK;
}

// -- reading ------------------------------------------------------------------------------------------------
static enum err is_damaged(struct scope *sc, int64_t release)
{
    return fail(&sc->fault, ERR_CORRUPT, "the list of what release %lld showed is damaged; run hromada check",
                (long long)release);
}

static enum err read_blocks(struct scope *sc, struct store *st, struct shown *s)
{
    int64_t last;
    TRY(query_number(sc, st, SQL_INCIDENT_LAST, &last));
    TRY(shown_room(sc, last, s));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SHOWN_LIST);
    bind_i64(&q, ":release", s->release);
    while (query_next(&q)) {
        size_t at = (size_t)query_i64(&q, 0);
        str    ids = query_blob(&q, 1);
        if (at >= s->bytes / BLOCK_BYTES || ids.n != BLOCK_BYTES) return is_damaged(sc, s->release);
        memcpy(s->ids + at * BLOCK_BYTES, ids.p, ids.n);
    }
    return query_end(&q);
}

static enum err read_staying(struct scope *sc, struct store *st, struct shown *s)
{
    AUTO(list_free) struct list   l = list_of(sizeof *s->staying);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_STAYING_LIST);
    bind_i64(&q, ":release", s->release);
    while (query_next(&q)) list_add(&l, &(struct staying){ query_i64(&q, 0), query_i64(&q, 1) });
    return list_keep(&q, &l, (const void **)&s->staying, &s->n_staying);
}

/// Rows of one stand follow each other.
static enum err read_hidden(struct scope *sc, struct store *st, struct shown *s)
{
    AUTO(list_free) struct list   l = list_of(sizeof *s->stand);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_HIDDEN_LIST);
    const struct stand           *last = NULL;
    size_t                        n = 0;
    bind_i64(&q, ":release", s->release);
    while (query_next(&q)) {
        struct stand is = { query_i64(&q, 0), query_i64(&q, 1), query_i64(&q, 2) };
        TRY(marks_room(sc, (int64_t)s->bytes * 8 - 1, &s->hidden));
        if (!last || last->release != is.release || last->run != is.run) list_add(&l, &is), n++;
        last = list_last(&l);
        if (n > MARKS_MOST || !marks_read(&s->hidden, (uint16_t)n, query_i64(&q, 3), query_blob(&q, 4)))
            return is_damaged(sc, s->release);
    }
    return list_keep(&q, &l, (const void **)&s->stand, &s->n_stand);
}

enum err store_shown_get(struct scope *sc, struct store *st, int64_t release, struct shown *out)
{
    struct shown s = { .release = release };
    {
        AUTO(query_free) struct query q = query_open(sc, st, SQL_SHOWN_RELEASE_GET);
        bind_i64(&q, ":release", release);
        if (!query_next(&q)) {
            TRY(query_end(&q));
            *out = (struct shown){ 0 };
            return OK;
        }
        s.created_s = query_i64(&q, 0);
        s.run = query_i64(&q, 1);
        s.last = query_i64(&q, 2);
    }
    TRY(read_blocks(sc, st, &s));
    TRY(read_staying(sc, st, &s));
    TRY(read_hidden(sc, st, &s));
    *out = s;
    return OK;
}

static enum err most_departed(struct scope *sc, struct store *st, int64_t release, size_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_DEPARTED_COUNT);
    bind_i64(&q, ":release", release);
    TRY(query_one(&q));
    *out = (size_t)query_i64(&q, 0);
    return OK;
}

enum err store_departed(struct scope *sc, struct store *st, int64_t release, const struct departed **out,
                        size_t *n)
{
    size_t at = 0, count;
    TRY(most_departed(sc, st, release, &count));
    struct departed *all = arena_array(sc->mem, struct departed, count);
    if (!all) return no_room(sc);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_DEPARTED_LIST);
    bind_i64(&q, ":release", release);
    while (at < count && query_next(&q))
        all[at++] = (struct departed){ query_i64(&q, 0), query_i64(&q, 1), query_i64(&q, 2),
                                       query_i64(&q, 3), query_i64(&q, 4), query_i64(&q, 5) != 0 };
    *out = all;
    *n = at;
    return query_end(&q);
}

enum err store_run_last(struct scope *sc, struct store *st, int64_t *id)
{
    return query_number(sc, st, SQL_RUN_LAST, id);
}

static enum err most_withdrawn(struct scope *sc, struct store *st, int64_t run, size_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_WITHDRAWN_MOST);
    bind_i64(&q, ":run", run);
    TRY(query_one(&q));
    *out = (size_t)query_i64(&q, 0);
    return OK;
}

static int cmp_staying(const void *a, const void *b)
{
    const struct staying *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

const struct staying *shown_staying(const struct shown *s, int64_t id)
{
    const struct staying key = { .incident = id };
    return s->n_staying ? bsearch(&key, s->staying, s->n_staying, sizeof key, cmp_staying) : NULL;
}

int64_t shown_run(const struct shown *s, int64_t id)
{
    const struct staying *as = shown_staying(s, id);
    uint16_t              stand = shown_stand(s, id);
    return stand ? s->stand[stand - 1].run : as ? as->run : s->run;
}

int64_t shown_oldest_run(const struct shown *s)
{
    int64_t run = s->run;
    for (size_t i = 0; i < s->n_staying; i++)
        if (s->staying[i].run < run) run = s->staying[i].run;
    for (size_t i = 0; i < s->n_stand; i++)
        if (s->stand[i].run < run) run = s->stand[i].run;
    return run;
}

static size_t count_of(const struct shown *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->bytes; i++) n += (size_t)__builtin_popcount(s->ids[i]);
    for (size_t i = 0; i < s->hidden.n; i++) n += s->hidden.of[i] != 0;
    return n;
}

/// Those of one query that are of these (NULL: all), at most so many.
static enum err read_withdrawn(struct scope *sc, struct query *q, const struct shown *of, size_t most,
                               const struct withdrawn **out, size_t *n)
{
    size_t            at = 0;
    struct withdrawn *all = arena_array(sc->mem, struct withdrawn, most);
    if (!all) return no_room(sc);
    while (at < most && query_next(q)) {
        int64_t id = query_i64(q, 0);
        if (of && !shown_was(of, id)) continue;
        all[at++] = (struct withdrawn){ .id = id,
                                        .from_s = query_i64(q, 1),
                                        .lon_e7 = (int32_t)query_i64(q, 2),
                                        .lat_e7 = (int32_t)query_i64(q, 3),
                                        .category = (int32_t)query_i64(q, 4),
                                        .run = query_i64(q, 5),
                                        .outcome = (int32_t)query_i64(q, 6),
                                        .flags = (uint32_t)query_i64(q, 7),
                                        .slice = query_i64(q, 8) };
    }
    *out = all;
    *n = at;
    return query_end(q);
}

/// Nothing but the runs is looked at when none of them withdrew anything.
enum err store_withdrawn(struct scope *sc, struct store *st, int64_t run, const struct shown *of,
                         const struct withdrawn **out, size_t *n)
{
    size_t most, all = count_of(of);
    *n = 0;
    TRY(most_withdrawn(sc, st, run, &most));
    if (!most) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_WITHDRAWN_LIST);
    bind_i64(&q, ":run", run);
    return read_withdrawn(sc, &q, of, most < all ? most : all, out, n);
}

enum err store_withdrawn_departed(struct scope *sc, struct store *st, int64_t release,
                                  const struct withdrawn **out, size_t *n)
{
    size_t most;
    TRY(most_departed(sc, st, release, &most));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_WITHDRAWN_DEPARTED);
    bind_i64(&q, ":release", release);
    return read_withdrawn(sc, &q, NULL, most, out, n);
}

static enum err most_said(struct scope *sc, struct store *st, int64_t run, size_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SAID_MOST);
    bind_i64(&q, ":run", run);
    TRY(query_one(&q));
    *out = (size_t)query_i64(&q, 0);
    return OK;
}

static void add_said(struct was_said *to, const struct query *q)
{
    static const str times[] = { { "from_s", 6 }, { "to_s", 4 }, { "offset_s", 8 }, { "precision", 9 } };
    str              field = query_str(q, 1);
    bool             time = false;
    for (size_t i = 0; i < COUNT(times); i++) time = time || str_eq(field, times[i]);
    if (str_eq(field, S("outcome"))) to->outcome = (int32_t)query_i64(q, 3);
    else if (str_eq(field, S("category"))) to->category = (int32_t)query_i64(q, 4);
    else if (str_eq(field, S("flags"))) (void)str_to_i64(query_str(q, 2), &to->flags);
    else to->changed |= str_eq(field, S("type")) ? SAID_KIND : time ? SAID_TIME : SAID_PLACE;
}

enum err store_said(struct scope *sc, struct store *st, const struct shown *of, const struct was_said **out,
                    size_t *n)
{
    int64_t run = shown_oldest_run(of);
    size_t  most, at = 0;
    TRY(most_said(sc, st, run, &most));
    struct was_said *all = arena_array(sc->mem, struct was_said, most);
    if (!all) return no_room(sc);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SAID_BEFORE);
    bind_i64(&q, ":run", run);
    while (query_next(&q)) {
        int64_t incident = query_i64(&q, 0);
        if (!shown_was(of, incident) || query_i64(&q, 5) <= shown_run(of, incident)) continue;
        if (!at || all[at - 1].incident != incident) {
            if (at == most) break;
            all[at++] = (struct was_said){ incident, -1, -1, -1, 0 };
        }
        add_said(&all[at - 1], &q);
    }
    *out = all;
    *n = at;
    return query_end(&q);
}

enum err store_revised(struct scope *sc, struct store *st, int64_t run, int64_t last, int64_t **out)
{
    int64_t *of = arena_array(sc->mem, int64_t, (size_t)last + 1);
    if (!of) return no_room(sc);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REVISED_SINCE);
    bind_i64(&q, ":run", run);
    while (query_next(&q)) {
        int64_t id = query_i64(&q, 0);
        if (id >= 0 && id <= last) of[id] = query_i64(&q, 1);
    }
    *out = of;
    return query_end(&q);
}

static enum err number_behind(struct scope *sc, struct store *st, enum sql name, int64_t run, int64_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_i64(&q, ":run", run);
    TRY(query_one(&q));
    *out = query_i64(&q, 0);
    return OK;
}

enum err store_last_behind(struct scope *sc, struct store *st, int64_t run, int64_t *out)
{
    return number_behind(sc, st, SQL_LAST_BEHIND_RUN, run, out);
}

enum err store_revived(struct scope *sc, struct store *st, int64_t run, const struct revived **out, size_t *n)
{
    int64_t most;
    size_t  at = 0;
    TRY(number_behind(sc, st, SQL_REVIVED_MOST, run, &most));
    struct revived *all = arena_array(sc->mem, struct revived, (size_t)most);
    if (!all) return no_room(sc);
    *out = all;
    *n = 0;
    if (!most) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REVIVED_SINCE);
    bind_i64(&q, ":run", run);
    while (at < (size_t)most && query_next(&q))
        all[at++] = (struct revived){ query_i64(&q, 0), query_i64(&q, 1) };
    *n = at;
    return query_end(&q);
}

// -- what came, of sources with several slices --------------------------------------------------------------
/// Never 0: that says that there is none.
static uint64_t hash_of_key(int32_t source, str key)
{
    return key.n ? (str_hash(key) ^ (uint64_t)(uint32_t)source * 0x9E3779B97F4A7C15u) | 1 : 0;
}

static enum err most_newcomers(struct scope *sc, struct store *st, int64_t after, size_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_NEWCOMER_MOST);
    bind_i64(&q, ":first", after + 1);
    bind_i64(&q, ":last", INT64_MAX);
    TRY(query_one(&q));
    *out = (size_t)query_i64(&q, 0);
    return OK;
}

static enum err read_newcomers(struct query *q, int64_t first, int64_t last, struct newcomer *all,
                               size_t most, size_t *n)
{
    bind_i64(q, ":first", first);
    bind_i64(q, ":last", last);
    while (*n < most && query_next(q)) {
        int32_t source = (int32_t)query_i64(q, 1);
        all[(*n)++] = (struct newcomer){ .id = query_i64(q, 0),
                                         .source = source,
                                         .slice = query_i64(q, 2),
                                         .key = hash_of_key(source, query_str(q, 3)),
                                         .from_s = query_i64(q, 4),
                                         .lon_e7 = (int32_t)query_i64(q, 5),
                                         .lat_e7 = (int32_t)query_i64(q, 6),
                                         .category = (int32_t)query_i64(q, 7) };
    }
    TRY(query_end(q));
    query_again(q);
    return OK;
}

static enum err any_spread(struct scope *sc, struct store *st, bool *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SPREAD_LIST);
    *out = query_next(&q);
    return query_end(&q);
}

enum err store_newcomers(struct scope *sc, struct store *st, int64_t run, const struct revived *revived,
                         size_t n_revived, const struct newcomer **out, size_t *n, int64_t *after)
{
    bool   any;
    size_t most;
    *n = 0;
    TRY(any_spread(sc, st, &any));
    if (!any) return OK;
    TRY(number_behind(sc, st, SQL_LAST_BEHIND_RUN, run, after));
    TRY(most_newcomers(sc, st, *after, &most));
    most += n_revived;
    struct newcomer *all = arena_array(sc->mem, struct newcomer, most);
    if (!all) return no_room(sc);
    *out = all;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_NEWCOMER_LIST);
    for (size_t i = 0; i < n_revived; i++)
        if (revived[i].run > run && revived[i].incident <= *after)
            TRY(read_newcomers(&q, revived[i].incident, revived[i].incident, all, most, n));
    return read_newcomers(&q, *after + 1, INT64_MAX, all, most, n);
}

struct key_cursor {
    struct query q;
    int32_t      source;
};

static enum err range_of_keys(struct scope *sc, struct store *st, int32_t source, int64_t after, str *first,
                              str *last)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_NEWCOMER_KEYS);
    bind_i64(&q, ":source", source);
    bind_i64(&q, ":after", after);
    TRY(query_one(&q));
    *first = query_keep(&q, 0);
    *last = query_keep(&q, 1);
    return query_end(&q);
}

enum err store_keys_open(struct scope *sc, struct store *st, int32_t source, int64_t after,
                         struct key_cursor **out)
{
    str                first = { 0 }, last = { 0 };
    struct key_cursor *c = arena_new(sc->mem, struct key_cursor);
    if (!c) return no_room(sc);
    if (after) TRY(range_of_keys(sc, st, source, after, &first, &last));
    c->q = query_open(sc, st, after ? SQL_KEYED_LIST : SQL_KEYED_ALL);
    c->source = source;
    bind_i64(&c->q, ":source", source);
    if (after) bind_str(&c->q, ":first", first);
    if (after) bind_str(&c->q, ":last", last);
    *out = c;
    return OK;
}

bool store_keys_next(struct key_cursor *c)
{
    return query_next(&c->q);
}

int64_t store_keys_id(const struct key_cursor *c)
{
    return query_i64(&c->q, 0);
}

int64_t store_keys_slice(const struct key_cursor *c)
{
    return query_i64(&c->q, 1);
}

uint64_t store_keys_key(const struct key_cursor *c)
{
    return hash_of_key(c->source, query_str(&c->q, 2));
}

enum err store_keys_close(struct key_cursor *c)
{
    enum err e = query_end(&c->q);
    query_free(&c->q);
    return e;
}

enum err store_incident_slice(struct scope *sc, struct store *st, int64_t id, int64_t *slice)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_SLICE);
    bind_i64(&q, ":id", id);
    TRY(query_one(&q));
    *slice = query_i64(&q, 0);
    return OK;
}

// -- writing ------------------------------------------------------------------------------------------------
static enum err forget(struct scope *sc, struct store *st, enum sql name, int64_t release)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_i64(&q, ":release", release);
    return query_run(&q);
}

static enum err add_blocks(struct scope *sc, struct store *st, const struct shown *s)
{
    static const unsigned char    none[BLOCK_BYTES];
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SHOWN_ADD);
    for (size_t at = 0; at < s->bytes / BLOCK_BYTES; at++) {
        const unsigned char *ids = s->ids + at * BLOCK_BYTES;
        if (!memcmp(ids, none, BLOCK_BYTES)) continue;
        bind_i64(&q, ":release", s->release);
        bind_i64(&q, ":block", (int64_t)at);
        bind_blob(&q, ":ids", (str){ (const char *)ids, BLOCK_BYTES });
        TRY(query_run(&q));
        query_again(&q);
    }
    return query_end(&q);
}

static enum err add_staying(struct scope *sc, struct store *st, const struct shown *s)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_STAYING_ADD);
    for (size_t i = 0; i < s->n_staying; i++) {
        bind_i64(&q, ":release", s->release);
        bind_i64(&q, ":incident", s->staying[i].incident);
        bind_i64(&q, ":run", s->staying[i].run);
        TRY(query_run(&q));
        query_again(&q);
    }
    return query_end(&q);
}

struct hidden_writer {
    struct query       *q;
    const struct shown *of;
};

static enum err put_hidden(void *to, uint16_t mark, int64_t block, str ids)
{
    struct hidden_writer *w = to;
    const struct stand   *is = &w->of->stand[mark - 1];
    bind_i64(w->q, ":release", w->of->release);
    bind_i64(w->q, ":until", is->release);
    bind_i64(w->q, ":run", is->run);
    bind_i64(w->q, ":last", is->last);
    bind_i64(w->q, ":block", block);
    bind_blob(w->q, ":ids", ids);
    TRY(query_run(w->q));
    query_again(w->q);
    return OK;
}

static enum err add_hidden(struct scope *sc, struct store *st, const struct shown *s)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_HIDDEN_ADD);
    struct hidden_writer          w = { &q, s };
    TRY(marks_each(sc, &s->hidden, put_hidden, &w));
    return query_end(&q);
}

enum err store_shown_set(struct scope *sc, struct store *st, const struct shown *s, int64_t before)
{
    TRY(forget(sc, st, SQL_SHOWN_FORGET, before));
    TRY(forget(sc, st, SQL_HIDDEN_FORGET, before));
    TRY(forget(sc, st, SQL_STAYING_FORGET, before));
    TRY(forget(sc, st, SQL_SHOWN_RELEASE_FORGET, before));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SHOWN_RELEASE_ADD);
    bind_i64(&q, ":release", s->release);
    bind_i64(&q, ":created_s", s->created_s);
    bind_i64(&q, ":run", s->run);
    bind_i64(&q, ":last", s->last);
    TRY(query_run(&q));
    TRY(add_blocks(sc, st, s));
    TRY(add_hidden(sc, st, s));
    return add_staying(sc, st, s);
}

enum err store_shown_carry(struct scope *sc, struct store *st, int64_t release, int64_t now_s, int64_t before)
{
    struct shown s = { .created_s = now_s }; // before the first release nothing was shown, and that is known
    if (before) TRY(store_shown_get(sc, st, before, &s));
    bool known = !before || s.release;
    s.release = release;
    if (known) TRY(store_shown_set(sc, st, &s, before));
    return store_departed_add(sc, st, before, NULL, 0);
}

enum err store_departed_add(struct scope *sc, struct store *st, int64_t before, const struct departed *d,
                            size_t n)
{
    TRY(forget(sc, st, SQL_DEPARTED_FORGET, before));
    TRY(forget(sc, st, SQL_DEPARTED_UNDO, before));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_DEPARTED_ADD);
    for (size_t i = 0; i < n; i++) {
        bind_i64(&q, ":incident", d[i].incident);
        bind_i64(&q, ":release", d[i].release);
        bind_i64(&q, ":turned", d[i].turned);
        bind_i64(&q, ":passed", d[i].passed);
        bind_i64(&q, ":run", d[i].run);
        TRY(query_run(&q));
        query_again(&q);
    }
    return query_end(&q);
}

// -- an incident in the past --------------------------------------------------------------------------------
static enum err read_further(struct scope *sc, struct store *st, int64_t id, int32_t **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_TYPES_OF);
    const void                   *all;
    bind_i64(&q, ":incident", id);
    while (query_next(&q)) list_add(&l, &(int32_t){ (int32_t)query_i64(&q, 0) });
    TRY(list_keep(&q, &l, &all, n));
    *out = arena_array(sc->mem, int32_t, *n);
    if (!*out) return no_room(sc);
    if (*n) memcpy(*out, all, *n * sizeof **out);
    return OK;
}

static enum err read_present(struct scope *sc, struct store *st, int64_t id, struct past *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_PAST);
    bind_i64(&q, ":id", id);
    TRY(query_one(&q));
    out->is = incident_of(&q);
    out->is.id = id;
    out->is.source = (int32_t)query_i64(&q, 1);
    out->is.area = query_keep(&q, 11);
    out->is.flags = (uint32_t)query_i64(&q, 12);
    out->is.classes = (sensitivity_set)query_i64(&q, 13);
    out->live = query_null(&q, 14);
    out->place = query_i64(&q, 15);
    out->slice = query_i64(&q, 16);
    return query_end(&q);
}

static enum err id_of_key(struct scope *sc, struct store *st, enum sql name, str key, int32_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_str(&q, ":key", key);
    TRY(query_one(&q));
    *out = (int32_t)query_i64(&q, 0);
    return OK;
}

static enum err undo_type(struct scope *sc, struct store *st, str key, int32_t *further, size_t *n)
{
    int32_t id;
    size_t  kept = 0;
    TRY(id_of_key(sc, st, SQL_CATEGORY_OF_KEY, key, &id));
    for (size_t i = 0; i < *n; i++)
        if (further[i] != id) further[kept++] = further[i];
    *n = kept;
    return OK;
}

static bool undo_number(struct incident *i, str field, int64_t was)
{
    if (str_eq(field, S("from_s"))) i->from_s = was;
    else if (str_eq(field, S("to_s"))) i->to_s = was;
    else if (str_eq(field, S("offset_s"))) i->offset_s = (int32_t)was;
    else if (str_eq(field, S("precision"))) i->precision = (enum precision)was;
    else if (str_eq(field, S("point"))) i->point = (enum point_kind)was;
    else if (str_eq(field, S("lon_e7"))) i->lon_e7 = (int32_t)was;
    else if (str_eq(field, S("lat_e7"))) i->lat_e7 = (int32_t)was;
    else if (str_eq(field, S("flags"))) i->flags = (uint32_t)was;
    else if (str_eq(field, S("classes"))) i->classes = (sensitivity_set)was;
    else return false;
    return true;
}

static enum err undo_place(struct scope *sc, struct store *st, str was, int64_t *place)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_PHRASE_FIND);
    bind_str(&q, ":text", was);
    *place = query_next(&q) ? query_i64(&q, 0) : 0;
    return query_end(&q);
}

static enum err undo(struct scope *sc, struct store *st, const struct revision *v, struct past *out,
                     int32_t *further)
{
    struct incident *i = &out->is;
    int64_t          number;
    if (str_eq(v->field, S("category"))) return id_of_key(sc, st, SQL_CATEGORY_OF_KEY, v->was, &i->category);
    if (str_eq(v->field, S("type"))) return undo_type(sc, st, v->now, further, &out->n_further);
    if (str_eq(v->field, S("place"))) return undo_place(sc, st, v->was, &out->place);
    if (str_eq(v->field, S("outcome"))) {
        i->outcome = 0;
        return v->was.n ? id_of_key(sc, st, SQL_OUTCOME_OF_KEY, v->was, &i->outcome) : OK;
    }
    if (str_eq(v->field, S("area"))) i->area = v->was;
    else if (str_eq(v->field, S("withdrawn"))) return OK;
    else if (!str_to_i64(v->was, &number) || !undo_number(i, v->field, number)) return ERR_NOTFOUND;
    return OK;
}

enum err store_incident_past(struct scope *sc, struct store *st, int64_t id, int64_t run, struct past *out)
{
    const struct revision *v;
    size_t                 n;
    int32_t               *further;
    TRY(read_present(sc, st, id, out));
    TRY(read_further(sc, st, id, &further, &out->n_further));
    TRY(store_revisions(sc, st, id, &v, &n));
    while (n-- && v[n].run > run)
        if (undo(sc, st, &v[n], out, further))
            return fail(&sc->fault, ERR_CORRUPT,
                        "the history of incident %lld cannot be read (%.*s); run hromada check",
                        (long long)id, STR(v[n].field));
    out->further = further;
    return OK;
}
