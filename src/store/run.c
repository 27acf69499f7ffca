// SPDX-License-Identifier: EUPL-1.2
// One import run: rows are staged in a temporary table and merged by statements that work on all of them at
// once (store/sql/run.sql). All of it is one transaction, so a run that is killed was never there.
#include "store/store.h"

#include "base/arena.h"
#include "store/content.h"
#include "store/query.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct run_stage {
    struct run   run;
    struct query add;        // stays open from row to row
    struct buf   room;       // bytes of the row whose content is hashed
    struct buf   slice_name; // of the row before: rows of a slice mostly stand together
    int64_t      slice;      // its id; 0: none yet
    int64_t      n;          // rows staged
    uint64_t     without_point;
    bool         keyless; // a row without a key was staged, though the source has keys
};

void run_stage_free(struct store *st)
{
    struct run_stage *g = st->stage;
    if (!g) return;
    query_free(&g->add);
    buf_free(&g->room);
    buf_free(&g->slice_name);
    free(g);
    st->stage = NULL;
}

// -- begin
// ---------------------------------------------------------------------------------------------------------
static const char *identity_name(int64_t identity)
{
    static const char *const names[] = { "a stable key", "a key within its slice", "no key",
                                         "a key and types" };
    return identity >= 0 && (size_t)identity < COUNT(names) ? names[identity] : "something unknown";
}

// Rows that were known by one thing cannot be found by another: every incident would be there twice.
static enum err identity_settle(struct scope *sc, struct store *st, const struct run *r)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_IDENTITY);
    bind_i64(&q, ":id", r->source);
    TRY(query_one(&q));
    if (!query_null(&q, 0)) {
        if (query_i64(&q, 0) == (int64_t)r->identity) return OK;
        str key = query_str(&q, 1);
        return fail(&sc->fault, ERR_INVALID,
                    "earlier runs of the source %.*s knew its rows by %s, and this one by %s: "
                    "import it as another source",
                    STR(key), identity_name(query_i64(&q, 0)), identity_name(r->identity));
    }
    AUTO(query_free) struct query set = query_open(sc, st, SQL_SOURCE_IDENTITY_SET);
    bind_i64(&set, ":identity", (int64_t)r->identity);
    bind_i64(&set, ":id", r->source);
    return query_run(&set);
}

static enum err run_add(struct scope *sc, struct store *st, struct run *r)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RUN_ADD);
    bind_i64(&q, ":source", r->source);
    bind_i64(&q, ":identity", (int64_t)r->identity);
    bind_str(&q, ":profile", r->profile);
    bind_str(&q, ":files", r->files);
    bind_i64(&q, ":started_s", r->started_s);
    TRY(query_one(&q));
    r->id = query_i64(&q, 0);
    return query_run(&q);
}

static enum err run_open(struct scope *sc, struct store *st, struct run *r)
{
    struct run_stage *g = st->stage = calloc(1, sizeof *g);
    if (!g) return fail(&sc->fault, ERR_NOMEM, "no memory for a run");
    buf_init(&g->room, 4 * (STORE_MAX_TEXT + 64));
    buf_init(&g->slice_name, STORE_MAX_TEXT);
    TRY(identity_settle(sc, st, r));
    TRY(run_add(sc, st, r));
    g->run = *r;
    g->add = query_open(sc, st, SQL_STAGE_ADD);
    return query_end(&g->add);
}

enum err store_run_begin(struct scope *sc, struct store *st, struct run *r)
{
    assert(st->mode == STORE_WRITE && !st->stage);
    if (!st->inside) TRY(store_begin(sc, st));
    enum err e = run_open(sc, st, r);
    if (e) store_rollback(st);
    return e;
}

// -- stage
// ---------------------------------------------------------------------------------------------------------
static bool keeps_slices(enum identity i)
{
    return i == IDENTITY_SLICE || i == IDENTITY_NONE;
}

static enum err slice_id(struct scope *sc, struct store *st, int32_t source, str name, int64_t *out)
{
    AUTO(query_free) struct query find = query_open(sc, st, SQL_SLICE_FIND);
    bind_i64(&find, ":source", source);
    bind_str(&find, ":name", name);
    if (query_next(&find)) {
        *out = query_i64(&find, 0);
        return OK;
    }
    TRY(query_end(&find));
    AUTO(query_free) struct query add = query_open(sc, st, SQL_SLICE_ADD);
    bind_i64(&add, ":source", source);
    bind_str(&add, ":name", name);
    TRY(query_one(&add));
    *out = query_i64(&add, 0);
    return query_run(&add);
}

static enum err slice_enter(struct scope *sc, struct store *st, str name)
{
    struct run_stage *g = st->stage;
    if (g->slice && str_eq(name, buf_str(&g->slice_name))) return OK;
    int64_t id;
    TRY(slice_id(sc, st, g->run.source, name, &id));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_TOUCHED_ADD);
    bind_i64(&q, ":slice", id);
    TRY(query_run(&q));
    buf_reset(&g->slice_name);
    buf_add(&g->slice_name, name);
    TRY(buf_end(sc, &g->slice_name));
    g->slice = id;
    return OK;
}

static enum err text_check(struct scope *sc, const char *what, str s)
{
    size_t at;
    if (s.n > STORE_MAX_TEXT)
        return fail(&sc->fault, ERR_LIMIT, "%s has %zu bytes; at most %d are kept", what, s.n,
                    STORE_MAX_TEXT);
    if (!str_is_utf8(s, &at))
        return fail(&sc->fault, ERR_INVALID, "%s is not UTF-8 at byte %zu", what, at + 1);
    return OK;
}

static enum err incident_check(struct scope *sc, const struct incident *i)
{
    bool placed = i->point == POINT_EXACT || i->point == POINT_SNAPPED;
    if (i->to_s < i->from_s || i->from_s < STORE_FIRST_S || i->to_s > STORE_LAST_S)
        return fail(&sc->fault, ERR_INVALID, "the time from %lld to %lld s is not possible",
                    (long long)i->from_s, (long long)i->to_s);
    if (i->offset_s < -86400 || i->offset_s > 86400)
        return fail(&sc->fault, ERR_INVALID, "the UTC offset %d s is not possible", i->offset_s);
    if (i->lon_e7 < -1800000000 || i->lon_e7 > 1800000000 || i->lat_e7 < -900000000 || i->lat_e7 > 900000000)
        return fail(&sc->fault, ERR_INVALID, "the point %d, %d (degrees times 10^7) is not on Earth",
                    i->lon_e7, i->lat_e7);
    if (!placed && (i->lon_e7 || i->lat_e7))
        return fail(&sc->fault, ERR_INVALID, "an incident without a point has the coordinates %d, %d",
                    i->lon_e7, i->lat_e7);
    if (i->category < 1 || i->outcome < 0)
        return fail(&sc->fault, ERR_INVALID, "category %d or outcome %d is not one of the store", i->category,
                    i->outcome);
    if ((unsigned)i->precision >= PRECISIONS || (unsigned)i->point > POINT_AREA)
        return fail(&sc->fault, ERR_INVALID, "precision %u or kind of point %u is not known",
                    (unsigned)i->precision, (unsigned)i->point);
    TRY(text_check(sc, "the key", i->key));
    TRY(text_check(sc, "the slice", i->slice));
    TRY(text_check(sc, "the area", i->area));
    return text_check(sc, "the place", i->place);
}

enum err store_run_stage(struct scope *sc, struct store *st, const struct run *r, const struct incident *i)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    TRY(incident_check(sc, i));
    enum identity by = g->run.identity;
    TRY(slice_enter(sc, st, keeps_slices(by) ? i->slice : S("")));
    str           key = by == IDENTITY_NONE ? S("") : i->key;
    unsigned char content[CONTENT_BYTES];
    TRY(content_of(sc, &g->room, i, key, by != IDENTITY_TYPES || !key.n, content));
    struct query *q = &g->add;
    q->sc = sc;
    bind_i64(q, ":n", g->n + 1);
    bind_i64(q, ":slice", g->slice);
    bind_str(q, ":key", key);
    bind_blob(q, ":content", (str){ (const char *)content, sizeof content });
    bind_i64(q, ":category", i->category);
    if (i->outcome) bind_i64(q, ":outcome", i->outcome);
    else bind_null(q, ":outcome");
    bind_i64(q, ":from_s", i->from_s);
    bind_i64(q, ":to_s", i->to_s);
    bind_i64(q, ":offset_s", i->offset_s);
    bind_i64(q, ":precision", (int64_t)i->precision);
    bind_i64(q, ":point", (int64_t)i->point);
    bind_i64(q, ":lon_e7", i->lon_e7);
    bind_i64(q, ":lat_e7", i->lat_e7);
    bind_str(q, ":area", i->area);
    bind_str(q, ":place", i->place);
    bind_i64(q, ":flags", i->flags);
    TRY(query_run(q));
    query_again(q);
    g->n++;
    g->without_point += i->point == POINT_NONE || i->point == POINT_AREA;
    g->keyless = g->keyless || !key.n;
    return OK;
}

// -- merge
// ---------------------------------------------------------------------------------------------------------
// What the statements of a merge are told; a statement takes those of them that it names.
struct merge {
    int64_t last;  // the highest id of an incident before this run
    int64_t run;   // id
    int64_t types; // 1: IDENTITY_TYPES
};

static bool takes(enum sql name, const char *parameter)
{
    for (int i = 0; i < sql_texts[name].n; i++)
        if (!strcmp(sql_texts[name].parameter[i], parameter)) return true;
    return false;
}

static enum err merge_run(struct scope *sc, struct store *st, const struct merge *m, enum sql name)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    if (takes(name, ":last")) bind_i64(&q, ":last", m->last);
    if (takes(name, ":run")) bind_i64(&q, ":run", m->run);
    if (takes(name, ":types")) bind_i64(&q, ":types", m->types);
    return query_run(&q);
}

static enum err match_content(struct scope *sc, struct store *st, bool keyless)
{
    int64_t any;
    TRY(query_number(sc, st, SQL_HELD_ANY, &any));
    if (!any) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_VERDICT_BY_CONTENT);
    bind_i64(&q, ":keyless", keyless);
    return query_run(&q);
}

// Which incident each row tells of, and whether it tells anything new.
static enum err match(struct scope *sc, struct store *st, const struct merge *m)
{
    enum identity by = st->stage->run.identity;
    if (keeps_slices(by)) {
        TRY(merge_run(sc, st, m, SQL_HELD_IN_SLICES));
        TRY(match_content(sc, st, false));
        if (by == IDENTITY_SLICE) TRY(merge_run(sc, st, m, SQL_VERDICT_BY_REST));
        TRY(merge_run(sc, st, m, SQL_VERDICT_NEW));
        return merge_run(sc, st, m, SQL_GONE_FIND);
    }
    TRY(merge_run(sc, st, m, SQL_VERDICT_BY_KEY));
    if (st->stage->keyless) {
        TRY(merge_run(sc, st, m, SQL_HELD_WITHOUT_KEY));
        TRY(match_content(sc, st, true));
        TRY(merge_run(sc, st, m, SQL_VERDICT_NEW));
    }
    if (by != IDENTITY_TYPES) return OK;
    TRY(merge_run(sc, st, m, SQL_EXTRA_FIND));
    return merge_run(sc, st, m, SQL_EXTRA_VERDICT);
}

static enum err add_up(struct scope *sc, struct store *st, struct run_totals *t)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_VERDICT_TOTALS);
    uint64_t                      of_kind[3] = { 0 };
    t->merged = 0;
    while (query_next(&q)) {
        int64_t kind = query_i64(&q, 0);
        assert(kind >= 0 && kind <= 2);
        of_kind[kind] = (uint64_t)query_i64(&q, 1);
        t->merged += (uint64_t)query_i64(&q, 2);
    }
    TRY(query_end(&q));
    t->imported = of_kind[0];
    t->unchanged = of_kind[1];
    t->revised = of_kind[2];
    t->without_point = st->stage->without_point;
    assert(t->read == t->imported + t->unchanged + t->revised + t->rejected);
    int64_t gone;
    TRY(query_number(sc, st, SQL_GONE_COUNT, &gone));
    t->withdrawn = (uint64_t)gone;
    return OK;
}

static enum err totals_set(struct scope *sc, struct store *st, int64_t run, const struct run_totals *t)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RUN_TOTALS_SET);
    bind_i64(&q, ":rows_read", (int64_t)t->read);
    bind_i64(&q, ":imported", (int64_t)t->imported);
    bind_i64(&q, ":unchanged", (int64_t)t->unchanged);
    bind_i64(&q, ":revised", (int64_t)t->revised);
    bind_i64(&q, ":rejected", (int64_t)t->rejected);
    bind_i64(&q, ":merged", (int64_t)t->merged);
    bind_i64(&q, ":withdrawn", (int64_t)t->withdrawn);
    bind_i64(&q, ":without_point", (int64_t)t->without_point);
    bind_i64(&q, ":outcomes_revised", (int64_t)t->outcomes_revised);
    bind_i64(&q, ":id", run);
    return query_run(&q);
}

static enum err merge(struct scope *sc, struct store *st, struct run_totals *t)
{
    struct merge m = { .run = st->stage->run.id, .types = st->stage->run.identity == IDENTITY_TYPES };
    TRY(query_number(sc, st, SQL_INCIDENT_LAST, &m.last));
    TRY(match(sc, st, &m));
    TRY(add_up(sc, st, t));
    // Both sides of a revision are read before anything is written over them.
    static const enum sql before[] = { SQL_PHRASE_FILL, SQL_CHANGE_SINCE_ROW, SQL_CHANGE_SINCE_RUN };
    static const enum sql after[] = { SQL_INCIDENT_ADD_STAGED, SQL_INCIDENT_REVISE, SQL_INCIDENT_WITHDRAW,
                                      SQL_TYPE_ADD_EXTRA, SQL_REVISION_FILL };
    static const enum sql clear[] = { SQL_STAGED_CLEAR, SQL_TOUCHED_CLEAR, SQL_HELD_CLEAR, SQL_VERDICT_CLEAR,
                                      SQL_CHANGE_CLEAR, SQL_EXTRA_CLEAR,   SQL_GONE_CLEAR };
    for (size_t i = 0; i < COUNT(before); i++) TRY(merge_run(sc, st, &m, before[i]));
    int64_t outcomes;
    TRY(query_number(sc, st, SQL_CHANGE_OUTCOMES, &outcomes));
    t->outcomes_revised = (uint64_t)outcomes;
    for (size_t i = 0; i < COUNT(after); i++) TRY(merge_run(sc, st, &m, after[i]));
    for (size_t i = 0; i < COUNT(clear); i++) TRY(query_plain(sc, st, clear[i]));
    return totals_set(sc, st, m.run, t);
}

enum err store_run_finish(struct scope *sc, struct store *st, struct run *r, bool dry,
                          struct run_totals *totals)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    assert(totals->read == (uint64_t)g->n + totals->rejected); // every row was staged or rejected
    struct run_totals t = { .read = totals->read, .rejected = totals->rejected };
    enum err          e = merge(sc, st, &t);
    if (!e && !dry) {
        run_stage_free(st);
        e = store_commit(sc, st);
        if (!e) st->db->engine->tidy(st->db);
    }
    store_rollback(st);
    if (!e) *totals = t;
    return e;
}
