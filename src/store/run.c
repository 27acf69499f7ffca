// SPDX-License-Identifier: EUPL-1.2
// One import run. Most rows of most runs leave no doubt, and are dealt with at once:
//
//     in a slice that held nothing        a row whose key this run has not told yet is a new incident, unless another slice
//                                         holds one of that key, or act, that has what protects it
//     in a source with stable keys        an incident of that key that tells the same is unchanged; without one the
//                                         row is a new incident
//
// All others are staged in a temporary table, with every row that shares a key with one of them, and merged at the end
// (store/merge.h). All of it is one transaction, so a run that is killed was never there.
#include "store/store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/alike.h"
#include "store/content.h"
#include "store/merge.h"
#include "store/phrases.h"
#include "store/query.h"
#include "store/seen.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CODES_KNOWN = 4096, ARRIVAL_ROWS = 256, ARRIVAL_BYTES = 64 << 10 };

// ARRIVAL_COLUMNS, one by one.
enum column {
    COLUMN_ID,
    COLUMN_SLICE,
    COLUMN_KEY,
    COLUMN_CONTENT,
    COLUMN_CATEGORY,
    COLUMN_OUTCOME,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_OFFSET,
    COLUMN_PRECISION,
    COLUMN_POINT,
    COLUMN_LON,
    COLUMN_LAT,
    COLUMN_AREA,
    COLUMN_PLACE,
    COLUMN_FLAGS,
    COLUMN_CLASSES,
    COLUMNS
};
enum err run_lend(struct scope *sc, struct store *st)
{
    st->arrivals = (struct lent){ .table = "arrival", .columns = ARRIVAL_COLUMNS, .width = COLUMNS };
    return st->db->engine->lend(sc, st->db, &st->arrivals);
}

struct run_stage {
    struct run   run;
    struct query add, stage;        // stay open from row to row
    struct buf   room;              // bytes of the row whose content is hashed
    struct buf   part_name;         // of the file, say, that the rows at hand are from ...
    int64_t      part;              // ... and its number in the run, from 1; 0: nobody has told
    struct buf   slice_name;        // of the row before: rows of a slice mostly stand together
    int64_t      slice;             // its id; 0: none yet
    bool         fresh;             // the store held no incident of it before this run
    bool         all_fresh;         // nor of any other of the source
    bool         unindexed;         // incident_by_key is dropped until the end
    int64_t      last;              // the highest id of an incident before this run
    int64_t      n, staged, direct; // rows; of those staged; of those that are incidents already
    struct seen  seen;              // keys told in fresh slices; elsewhere those in doubt
    struct seen
         guarded; // stored incidents that have what protects them, by what another slice would tell of them
    bool guarded_read;
    struct seen       odd;   // keys of the run that are odd (store/alike.h), by their small form
    struct seen       alike; // of stored incidents: what alike_list tells
    bool              alike_read;
    struct seen       unread;       // keys of which earlier runs rejected a row
    struct seen       rejected;     // the small forms of those of which this one has
    bool              rejects;      // there are any
    bool              keeps;        // a rejected row may be of slices that the run tells of
    bool              suspects;     // there are any, noted in the table suspect ...
    bool              suspect_all;  // ... or no room to know which
    unsigned char    *told;         // bit by id, up to last: incidents that the run told of, unchanged
    bool              blind;        // no room to remember a key: from there on every row is staged
    bool              keyless;      // a row without a key was staged, though the source has keys
    bool              classed;      // a row of the run has classes
    bool              untold;       // a staged row says nothing of what protects
    bool              mentions;     // a row names kinds besides its own
    bool              classes_told; // by a column of a row's own
    uint32_t          untold_new;   // what rows leave untold that became incidents at once
    struct phrases    phrases;
    struct cell      *cell;  // [ARRIVAL_ROWS][COLUMNS], of the rows in st->arrivals ...
    char             *bytes; // ... and ARRIVAL_BYTES for their keys and contents
    size_t            bytes_used;
    struct run_totals totals;                                              // of what is not staged
    unsigned char     category[CODES_KNOWN / 8], outcome[CODES_KNOWN / 8]; // bit by id: the store has it
};

void run_stage_free(struct store *st)
{
    struct run_stage *g = st->stage;
    if (!g) return;
    query_free(&g->add);
    query_free(&g->stage);
    buf_free(&g->room);
    buf_free(&g->slice_name);
    buf_free(&g->part_name);
    seen_free(&g->seen);
    seen_free(&g->guarded);
    seen_free(&g->odd);
    seen_free(&g->alike);
    seen_free(&g->unread);
    seen_free(&g->rejected);
    phrases_free(&g->phrases);
    free(g->cell);
    free(g->bytes);
    free(g->told);
    st->arrivals.n = 0;
    st->arrivals.cell = NULL;
    free(g);
    st->stage = NULL;
}

static bool bit_set(unsigned char *bits, int64_t at)
{
    bool was = bits[at >> 3] >> (at & 7) & 1;
    bits[at >> 3] |= (unsigned char)(1 << (at & 7));
    return was;
}

static bool note_hash(struct seen *to, uint64_t hash)
{
    return seen_find(to, hash) || seen_add(to, hash, (int64_t)to->n + 1, false);
}

// -- begin --------------------------------------------------------------------------------------------------
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

static enum err index_drop(struct scope *sc, struct store *st)
{
    st->stage->unindexed = true;
    return query_plain(sc, st, SQL_INDEX_DROP);
}

// What the store holds before the run.
static enum err look_around(struct scope *sc, struct store *st, struct run_stage *g)
{
    TRY(query_number(sc, st, SQL_INCIDENT_LAST, &g->last));
    g->told = calloc((size_t)g->last / 8 + 1, 1);
    if (!g->told) return fail(&sc->fault, ERR_NOMEM, "no memory for a run");
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_HELD);
    bind_i64(&q, ":source", g->run.source);
    TRY(query_one(&q));
    g->all_fresh = !query_i64(&q, 0);
    query_free(&q);
    return g->last ? OK : index_drop(sc, st);
}

static enum err run_open(struct scope *sc, struct store *st, struct run *r)
{
    struct run_stage *g = st->stage = calloc(1, sizeof *g);
    if (!g) return fail(&sc->fault, ERR_NOMEM, "no memory for a run");
    buf_init(&g->room, 4 * (STORE_MAX_TEXT + 64));
    buf_init(&g->slice_name, STORE_MAX_TEXT);
    buf_init(&g->part_name, STORE_MAX_TEXT);
    TRY(identity_settle(sc, st, r));
    TRY(run_add(sc, st, r));
    g->run = *r;
    TRY(phrases_init(sc, &g->phrases));
    st->arrivals.cell = g->cell = malloc((size_t)ARRIVAL_ROWS * COLUMNS * sizeof *g->cell);
    g->bytes = malloc(ARRIVAL_BYTES);
    if (!g->cell || !g->bytes) return fail(&sc->fault, ERR_NOMEM, "no memory for a run");
    TRY(look_around(sc, st, g));
    TRY(query_plain(sc, st, SQL_TOUCHED_CLEAR)); // of a run that was given up
    TRY(query_plain(sc, st, SQL_SUSPECT_CLEAR));
    TRY(query_plain(sc, st, SQL_PART_CLEAR));
    TRY(query_plain(sc, st, SQL_UNREAD_ROW_CLEAR));
    TRY(query_plain(sc, st, SQL_READ_ROW_CLEAR));
    TRY(query_plain(sc, st, SQL_REJECTED_SLICE_CLEAR));
    assert(!r->lift || !identity_keeps_slices(r->identity));
    g->add = query_open(sc, st, SQL_INCIDENT_ADD);
    g->stage = query_open(sc, st, SQL_STAGE_ADD);
    TRY(query_end(&g->add));
    return query_end(&g->stage);
}

static uint64_t unread_hash(int64_t slice, str key)
{
    return seen_hash(key) ^ (uint64_t)slice << 32;
}

static enum err unread_read(struct scope *sc, struct store *st, struct run_stage *g)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_UNREAD_LIST);
    bind_i64(&q, ":source", g->run.source);
    while (query_next(&q))
        if (!note_hash(&g->unread, unread_hash(query_i64(&q, 0), query_str(&q, 1))))
            return fail(&sc->fault, ERR_NOMEM, "no room for keys whose rows were rejected");
    return query_end(&q);
}

enum err store_run_begin(struct scope *sc, struct store *st, struct run *r)
{
    assert(st->mode == STORE_WRITE && !st->stage);
    if (!st->inside) TRY(store_begin_run(sc, st));
    enum err e = run_open(sc, st, r);
    if (!e) e = unread_read(sc, st, st->stage);
    if (e) store_rollback(st);
    return e;
}

// -- stage --------------------------------------------------------------------------------------------------
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

enum err store_run_part(struct scope *sc, struct store *st, const struct run *r, str name)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    buf_reset(&g->part_name);
    buf_add(&g->part_name, str_slice(name, 0, STORE_MAX_TEXT));
    TRY(buf_end(sc, &g->part_name));
    g->part++;
    g->slice = 0; // the next row's slice is looked up anew
    if (g->part == 1) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_PART_ADD);
    bind_i64(&q, ":n", g->n + 1);
    return query_run(&q);
}

// A part holds a slice as a whole: of two that tell of it one is older, and what both tell of would be there twice.
static enum err slice_shared(struct scope *sc, const struct run_stage *g, str slice, struct query *known)
{
    if (!identity_keeps_slices(g->run.identity) || g->run.may_share || query_i64(known, 1) == g->part)
        return OK;
    str first = query_str(known, 2);
    return fail(
        &sc->fault, ERR_INVALID,
        "it holds rows of \"%.*s\", and so does %.*s, though one file should hold all of them. If these "
        "are two downloads, import the newest alone, or one after the other, the newest last; if they "
        "are two parts of one download, import them together with --parts. Nothing was changed",
        STR(str_slice(slice, 0, 60)), STR(str_slice(first, first.n > 200 ? first.n - 200 : 0, first.n)));
}

// Did the store hold no incident of it before this run? Found out when the run comes to it first, and noted.
static enum err slice_fresh(struct scope *sc, struct store *st, int64_t slice, str name, bool *out)
{
    AUTO(query_free) struct query known = query_open(sc, st, SQL_SLICE_FRESH);
    bind_i64(&known, ":slice", slice);
    if (query_next(&known)) {
        *out = query_i64(&known, 0);
        return slice_shared(sc, st->stage, name, &known);
    }
    TRY(query_end(&known));
    *out = st->stage->all_fresh;
    if (!*out) {
        AUTO(query_free) struct query held = query_open(sc, st, SQL_SLICE_HELD);
        bind_i64(&held, ":slice", slice);
        TRY(query_one(&held));
        *out = !query_i64(&held, 0);
    }
    AUTO(query_free) struct query note = query_open(sc, st, SQL_TOUCHED_ADD);
    bind_i64(&note, ":slice", slice);
    bind_i64(&note, ":fresh", *out);
    bind_i64(&note, ":part", st->stage->part);
    bind_str(&note, ":part_name", buf_str(&st->stage->part_name));
    return query_run(&note);
}

static enum err slice_enter(struct scope *sc, struct store *st, str name)
{
    struct run_stage *g = st->stage;
    if (g->slice && str_eq(name, buf_str(&g->slice_name))) return OK;
    int64_t id;
    TRY(slice_id(sc, st, g->run.source, name, &id));
    TRY(slice_fresh(sc, st, id, name, &g->fresh));
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
    if (i->classes >> SENSITIVITIES)
        return fail(&sc->fault, ERR_INVALID, "the set of classes %#x is not known", i->classes);
    if ((unsigned)i->precision >= PRECISIONS || (unsigned)i->point > POINT_AREA)
        return fail(&sc->fault, ERR_INVALID, "precision %u or kind of point %u is not known",
                    (unsigned)i->precision, (unsigned)i->point);
    TRY(text_check(sc, "the key", i->key));
    TRY(text_check(sc, "the slice", i->slice));
    TRY(text_check(sc, "the area", i->area));
    return text_check(sc, "the place", i->place);
}

static enum err code_check(struct scope *sc, struct store *st, enum sql name, unsigned char *known,
                           int32_t id)
{
    if (id < CODES_KNOWN && known[id >> 3] >> (id & 7) & 1) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_i64(&q, ":id", id);
    TRY(query_one(&q));
    if (!query_i64(&q, 0))
        return fail(&sc->fault, ERR_INVALID, "%s %d is not one of the store",
                    name == SQL_CATEGORY_KNOWN ? "category" : "outcome", id);
    if (id < CODES_KNOWN) bit_set(known, id);
    return OK;
}

// Bulk writing goes without the store's own look at references.
static enum err codes_check(struct scope *sc, struct store *st, const struct incident *i)
{
    TRY(code_check(sc, st, SQL_CATEGORY_KNOWN, st->stage->category, i->category));
    return i->outcome ? code_check(sc, st, SQL_OUTCOME_KNOWN, st->stage->outcome, i->outcome) : OK;
}

struct told { // a row as it is stored
    const struct incident *is;
    int64_t                n; // its number in the run, from 1
    str                    key, content;
    int64_t                incident; // that it tells of; 0: not known before the merge
};

// The rows that are lent become incidents.
static enum err write_arrivals(struct scope *sc, struct store *st)
{
    struct run_stage *g = st->stage;
    if (!st->arrivals.n) return OK;
    g->add.sc = sc;
    bind_i64(&g->add, ":run", g->run.id);
    TRY(query_run(&g->add));
    query_again(&g->add);
    st->arrivals.n = g->bytes_used = 0;
    return OK;
}

// -- which way a row goes -----------------------------------------------------------------------------------
enum way {
    WAY_KNOWN,
    WAY_DIRECT,
    WAY_STAGED,
    WAY_BESIDE, // staged, and a row of this run before it told the same as the incident does
};

// The row n of this run became an incident, and now another has its key: both are staged.
static enum err take_back(struct scope *sc, struct store *st, int64_t n)
{
    struct run_stage *g = st->stage;
    TRY(write_arrivals(sc, st));
    AUTO(query_free) struct query stage = query_open(sc, st, SQL_STAGE_BACK);
    bind_i64(&stage, ":n", n);
    bind_i64(&stage, ":id", g->last + n);
    TRY(query_run(&stage));
    AUTO(query_free) struct query take = query_open(sc, st, SQL_INCIDENT_TAKE_BACK);
    bind_i64(&take, ":id", g->last + n);
    TRY(query_run(&take));
    g->direct--;
    g->staged++;
    return OK;
}

// -- keys that are written otherwise ------------------------------------------------------------------------
// Of the slice at hand; rows of a slice mostly stand together. A stable key stands in no slice.
static uint64_t key_hash(const struct run_stage *g, str key)
{
    return identity_keeps_slices(g->run.identity) ? seen_hash(key) ^ (uint64_t)g->slice << 32
                                                  : seen_hash(key);
}

static uint64_t act_hash(const struct incident *i)
{
    const int64_t act[] = { i->category, i->from_s, i->to_s, i->lon_e7, i->lat_e7 };
    return seen_hash((str){ (const char *)act, sizeof act });
}

static struct incident incident_act(struct query *q, int at)
{
    return (struct incident){ .category = (int32_t)query_i64(q, at),
                              .from_s = query_i64(q, at + 1),
                              .to_s = query_i64(q, at + 2),
                              .lon_e7 = (int32_t)query_i64(q, at + 3),
                              .lat_e7 = (int32_t)query_i64(q, at + 4) };
}

static enum err alike_read(struct scope *sc, struct store *st, struct run_stage *g)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_ALIKE_LIST);
    char                          room[2 * STORE_MAX_TEXT];
    bool                          slices = identity_keeps_slices(g->run.identity);
    bind_i64(&q, ":source", g->run.source);
    bind_i64(&q, ":last", g->last);
    bind_i64(&q, ":slices", slices);
    while (!g->suspect_all && query_next(&q)) {
        struct key_forms f = key_forms(str_slice(query_str(&q, 0), 0, STORE_MAX_TEXT), room);
        struct incident  i = incident_act(&q, 1);
        bool             noted = !(slices || f.odd) || note_hash(&g->alike, seen_hash(f.small));
        if (query_i64(&q, 6)) noted = noted && note_hash(&g->alike, act_hash(&i));
        g->suspect_all = !noted;
    }
    g->alike_read = true;
    return query_end(&q);
}

// Has the run told this form of a key, or did the slice hold it?
static enum err find_form(struct scope *sc, struct store *st, str key, str form, bool *found)
{
    struct run_stage *g = st->stage;
    if (*found || str_eq(key, form)) return OK;
    *found = seen_find(&g->seen, key_hash(g, form)) != NULL;
    if (*found || g->fresh) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_OF_KEY);
    bind_i64(&q, ":slice", g->slice);
    bind_str(&q, ":key", form);
    *found = query_next(&q);
    return *found ? OK : query_end(&q);
}

// A key that neither the slice nor the run has told yet may be one that was written otherwise: what protects that one would be left
// behind. Which it is is found out at the end, when all rows are there.
static enum err suspect(struct scope *sc, struct store *st, const struct told *t)
{
    struct run_stage *g = st->stage;
    char              room[2 * STORE_MAX_TEXT];
    struct key_forms  f = key_forms(t->key, room);
    uint64_t          hash = key_hash(g, f.small);
    if (!g->all_fresh && !g->alike_read) TRY(alike_read(sc, st, g));
    bool found =
        seen_find(&g->odd, hash) ||
        (g->alike.n && (seen_find(&g->alike, seen_hash(f.small)) || seen_find(&g->alike, act_hash(t->is))));
    TRY(find_form(sc, st, t->key, f.small, &found));
    TRY(find_form(sc, st, t->key, f.capital, &found));
    if (f.odd && !note_hash(&g->odd, hash)) g->suspect_all = true;
    if (!found) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SUSPECT_ADD);
    bind_i64(&q, ":slice", g->slice);
    bind_str(&q, ":key", t->key);
    g->suspects = true;
    return query_run(&q);
}

// A key of a slice that held nothing: whether the run told it before is known by its hash.
static enum err way_fresh(struct scope *sc, struct store *st, const struct told *t, enum way *out)
{
    struct run_stage *g = st->stage;
    uint64_t          hash = seen_hash(t->key);
    uint32_t         *at = seen_find(&g->seen, hash);
    if (!at) TRY(suspect(sc, st, t));
    if (!at) g->blind = g->blind || !seen_add(&g->seen, hash, t->n, false);
    *out = at || g->blind ? WAY_STAGED : WAY_DIRECT;
    if (!at || seen_doubt(*at)) return OK;
    *at |= 1;
    return take_back(sc, st, seen_row(*at));
}

// The incident that the store has for a key, if any.
struct match {
    int64_t id; // 0: none
    bool    same;
};
static enum err match_find(struct scope *sc, struct store *st, const struct told *t, struct match *out)
{
    struct run_stage *g = st->stage;
    TRY(write_arrivals(sc, st));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_OF_KEY);
    bind_i64(&q, ":slice", g->slice);
    bind_str(&q, ":key", t->key);
    *out = (struct match){ 0 };
    if (!query_next(&q)) return query_end(&q);
    out->id = query_i64(&q, 0);
    out->same = str_eq(query_blob(&q, 1), t->content) &&
                (g->run.identity != IDENTITY_TYPES ||
                 (query_i64(&q, 2) == t->is->category && !(t->is->classes & ~query_i64(&q, 3))));
    return OK;
}

// A stable key in a slice that held incidents.
static enum err way_held(struct scope *sc, struct store *st, struct told *t, enum way *out)
{
    struct run_stage *g = st->stage;
    uint64_t          hash = seen_hash(t->key);
    struct match      m;
    *out = WAY_STAGED;
    if (seen_find(&g->seen, hash)) return OK;
    TRY(match_find(sc, st, t, &m));
    if (!m.id) TRY(suspect(sc, st, t));
    if (!m.id && !g->blind) *out = WAY_DIRECT;
    if (m.same && !g->blind) *out = WAY_KNOWN;
    if (*out != WAY_STAGED) {
        g->totals.merged += m.id > g->last || (m.id && bit_set(g->told, m.id));
        t->incident = m.id;
        return OK;
    }
    g->blind = g->blind || !seen_add(&g->seen, hash, t->n, true);
    if (m.id > g->last) return take_back(sc, st, m.id - g->last);
    // An unchanged row before this one told the same as the incident does: the merge need not see it, but what protects in it
    // holds for this one, too.
    if (m.id && g->told[m.id >> 3] >> (m.id & 7) & 1) {
        g->told[m.id >> 3] &= (unsigned char)~(1 << (m.id & 7));
        g->totals.merged++;
        *out = WAY_BESIDE;
    }
    return OK;
}

// By what a row of another slice is known for the same: its key, or without one its act.
static uint64_t guard_hash(str key, const struct incident *i)
{
    return key.n ? seen_hash(key) : act_hash(i);
}

static enum err guarded_read(struct scope *sc, struct store *st, struct run_stage *g)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_GUARDED_LIST);
    int64_t                       n = 0;
    bind_i64(&q, ":source", g->run.source);
    bind_i64(&q, ":last", g->last);
    while (!g->blind && query_next(&q)) {
        struct incident i = incident_act(&q, 1);
        uint64_t        hash = guard_hash(query_str(&q, 0), &i);
        if (!seen_find(&g->guarded, hash)) g->blind = !seen_add(&g->guarded, hash, ++n, false);
    }
    g->guarded_read = true;
    return query_end(&q);
}

// A key that the run has told of this slice before, by its hash: what hides one of its rows will hide the others. Where the slice
// held incidents the merge sees to that.
static enum err note_repeated(struct scope *sc, struct store *st, const struct told *t)
{
    struct run_stage *g = st->stage;
    uint64_t          hash = key_hash(g, t->key);
    uint32_t         *at = seen_find(&g->seen, hash);
    if (!at) {
        TRY(suspect(sc, st, t));
        g->blind = g->blind || !seen_add(&g->seen, hash, t->n, false);
        return OK;
    }
    if (!g->fresh) return OK;
    TRY(write_arrivals(sc, st));
    AUTO(query_free) struct query first = query_open(sc, st, SQL_REPEATED_FIRST);
    bind_i64(&first, ":id", g->last + seen_row(*at));
    TRY(query_run(&first));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REPEATED_ADD);
    bind_i64(&q, ":slice", g->slice);
    bind_str(&q, ":key", t->key);
    bind_i64(&q, ":category", t->is->category);
    return query_run(&q);
}

// In a source whose runs replace slices, a row of a slice that held nothing: an incident of another slice may be its own.
static enum err way_sliced(struct scope *sc, struct store *st, const struct told *t, enum way *out)
{
    struct run_stage *g = st->stage;
    *out = WAY_STAGED;
    if (t->key.n) TRY(note_repeated(sc, st, t));
    if (!g->fresh) return OK;
    if (!g->all_fresh && !g->guarded_read) TRY(guarded_read(sc, st, g));
    if (g->blind || (g->guarded.n && seen_find(&g->guarded, guard_hash(t->key, t->is)))) return OK;
    *out = WAY_DIRECT;
    return OK;
}

static enum err way_of(struct scope *sc, struct store *st, struct told *t, enum way *out)
{
    struct run_stage *g = st->stage;
    if (identity_keeps_slices(g->run.identity)) return way_sliced(sc, st, t, out);
    if (t->key.n) return g->fresh ? way_fresh(sc, st, t, out) : way_held(sc, st, t, out);
    *out = g->fresh ? WAY_DIRECT : WAY_STAGED;
    return OK;
}

// -- keys of rejected rows ----------------------------------------------------------------------------------
static enum err note_read(struct scope *sc, struct store *st, const struct told *t)
{
    struct run_stage *g = st->stage;
    if (!t->key.n || !seen_find(&g->unread, unread_hash(g->slice, t->key))) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_READ_ROW_ADD);
    bind_i64(&q, ":slice", g->slice);
    bind_str(&q, ":key", t->key);
    return query_run(&q);
}

enum err store_run_rejected(struct scope *sc, struct store *st, const struct run *r, const str *slice)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    if (!identity_keeps_slices(r->identity)) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REJECTED_SLICE_ADD);
    bind_str(&q, ":name", slice ? *slice : S(""));
    bind_i64(&q, ":anywhere", !slice);
    bind_i64(&q, ":part", g->part);
    g->keeps = true;
    return query_run(&q);
}

enum err store_run_unread(struct scope *sc, struct store *st, const struct run *r, const str *slice, str key)
{
    assert(st->stage && st->stage->run.id == r->id && r->identity != IDENTITY_NONE && key.n);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_UNREAD_ROW_ADD);
    bool                          sliced = identity_keeps_slices(r->identity);
    bind_str(&q, ":slice", sliced && slice ? *slice : S(""));
    bind_i64(&q, ":anywhere", sliced && !slice);
    bind_str(&q, ":key", key);
    st->stage->rejects = true;
    return query_run(&q);
}

// What no row tells of may be what a rejected row would have told.
static enum err keep_slices(struct scope *sc, struct store *st, const struct run_stage *g)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_TOUCHED_KEEP);
    bind_i64(&q, ":source", g->run.source);
    bind_i64(&q, ":share", g->run.may_share);
    return query_run(&q);
}

static str small_form(str key, char room[2 * STORE_MAX_TEXT])
{
    return key_forms(str_slice(key, 0, STORE_MAX_TEXT), room).small;
}

static enum err rejected_read(struct scope *sc, struct store *st, struct run_stage *g)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_UNREAD_ROW_LIST);
    char                          room[2 * STORE_MAX_TEXT];
    bind_i64(&q, ":source", g->run.source);
    while (query_next(&q))
        if (!note_hash(&g->rejected, unread_hash(query_i64(&q, 0), small_form(query_str(&q, 1), room))))
            return fail(&sc->fault, ERR_NOMEM, "no room for keys whose rows were rejected");
    return query_end(&q);
}

// May a rejected row be of this key, in this slice or in any?
static bool was_rejected(const struct run_stage *g, int64_t slice, str key)
{
    char room[2 * STORE_MAX_TEXT];
    str  small = small_form(key, room);
    return seen_find(&g->rejected, unread_hash(slice, small)) ||
           seen_find(&g->rejected, unread_hash(0, small));
}

// Hides what rejected rows may have been of, also where they write its key otherwise, and counts the live ones.
static enum err unread_hide(struct scope *sc, struct store *st, struct run_stage *g, uint64_t *live)
{
    AUTO(query_free) struct query add = query_open(sc, st, SQL_UNREAD_ADD);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_INCIDENT_KEY_LIST);
    bind_i64(&q, ":source", g->run.source);
    TRY(rejected_read(sc, st, g));
    while (query_next(&q)) {
        int64_t slice = query_i64(&q, 0);
        str     key = query_str(&q, 1);
        if (!was_rejected(g, slice, key)) continue;
        *live += (uint64_t)query_i64(&q, 2);
        bind_i64(&add, ":slice", slice);
        bind_str(&add, ":key", key);
        TRY(query_run(&add));
        query_again(&add);
    }
    return query_end(&q);
}

static enum err unread_settle(struct scope *sc, struct store *st, struct run_stage *g, struct run_totals *t)
{
    if (g->unread.n) TRY(query_plain(sc, st, SQL_UNREAD_SETTLE));
    return g->rejects ? unread_hide(sc, st, g, &t->unread) : OK;
}

// -- writing ------------------------------------------------------------------------------------------------
static struct cell cell_of(int64_t n)
{
    return (struct cell){ .kind = CELL_I64, .i64 = n };
}
static struct cell cell_of_id(int64_t id) // 0: none
{
    return id ? cell_of(id) : (struct cell){ .kind = CELL_NULL };
}
static struct cell cell_of_bytes(struct run_stage *g, enum cell_kind kind, str s)
{
    char *at = g->bytes + g->bytes_used;
    if (s.n) memcpy(at, s.p, s.n);
    g->bytes_used += s.n;
    return (struct cell){ .kind = kind, .bytes = { at, s.n } };
}

static enum err phrase_of(struct scope *sc, struct store *st, str text, int64_t *out)
{
    *out = 0;
    return text.n ? phrase_id(sc, st, &st->stage->phrases, text, out) : OK;
}

static enum err write_direct(struct scope *sc, struct store *st, const struct told *t)
{
    struct run_stage      *g = st->stage;
    const struct incident *i = t->is;
    int64_t                area, place;
    if (st->arrivals.n == ARRIVAL_ROWS || g->bytes_used + t->key.n + t->content.n > ARRIVAL_BYTES)
        TRY(write_arrivals(sc, st));
    if (g->all_fresh && !g->unindexed && g->direct > g->last) TRY(index_drop(sc, st));
    TRY(phrase_of(sc, st, i->area, &area));
    TRY(phrase_of(sc, st, i->place, &place));
    struct cell *c = g->cell + st->arrivals.n++ * COLUMNS;
    c[COLUMN_ID] = cell_of(g->last + t->n);
    c[COLUMN_SLICE] = cell_of(g->slice);
    c[COLUMN_KEY] = cell_of_bytes(g, CELL_STR, t->key);
    c[COLUMN_CONTENT] = cell_of_bytes(g, CELL_BLOB, t->content);
    c[COLUMN_CATEGORY] = cell_of(i->category);
    c[COLUMN_OUTCOME] = cell_of_id(i->outcome);
    c[COLUMN_FROM] = cell_of(i->from_s);
    c[COLUMN_TO] = cell_of(i->to_s);
    c[COLUMN_OFFSET] = cell_of(i->offset_s);
    c[COLUMN_PRECISION] = cell_of((int64_t)i->precision);
    c[COLUMN_POINT] = cell_of((int64_t)i->point);
    c[COLUMN_LON] = cell_of(i->lon_e7);
    c[COLUMN_LAT] = cell_of(i->lat_e7);
    c[COLUMN_AREA] = cell_of_id(area);
    c[COLUMN_PLACE] = cell_of_id(place);
    c[COLUMN_FLAGS] = cell_of(i->flags);
    c[COLUMN_CLASSES] = cell_of(i->classes);
    g->direct++;
    return OK;
}

static enum err write_staged(struct scope *sc, struct store *st, const struct told *t, bool beside)
{
    struct run_stage      *g = st->stage;
    const struct incident *i = t->is;
    struct query          *q = &g->stage;
    q->sc = sc;
    bind_i64(q, ":n", t->n);
    bind_i64(q, ":slice", g->slice);
    bind_str(q, ":key", t->key);
    bind_blob(q, ":content", t->content);
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
    bind_i64(q, ":classes", i->classes);
    bind_i64(q, ":untold", i->untold);
    bind_i64(q, ":beside", beside);
    bind_i64(q, ":row", i->row);
    TRY(query_run(q));
    query_again(q);
    g->staged++;
    g->keyless = g->keyless || !t->key.n;
    g->untold = g->untold || i->untold;
    return OK;
}

static enum err note_mentions(struct scope *sc, struct store *st, const struct told *t)
{
    if (!t->is->n_mention) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_MENTION_NOTE);
    for (size_t i = 0; i < t->is->n_mention; i++) {
        bind_i64(&q, ":n", t->n);
        bind_i64(&q, ":incident", t->incident);
        bind_i64(&q, ":category", t->is->mention[i]);
        TRY(query_run(&q));
        query_again(&q);
    }
    st->stage->mentions = true;
    return OK;
}

void store_run_soon(const struct store *st, const struct incident *i)
{
    const struct run_stage *g = st->stage;
    seen_soon(&g->seen, key_hash(g, i->key));
    phrase_soon(&g->phrases, i->area);
    phrase_soon(&g->phrases, i->place);
}

enum err store_run_stage(struct scope *sc, struct store *st, const struct run *r, const struct incident *i)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    TRY(incident_check(sc, i));
    TRY(codes_check(sc, st, i));
    enum identity by = g->run.identity;
    TRY(slice_enter(sc, st, identity_keeps_slices(by) ? i->slice : S("")));
    unsigned char content[CONTENT_BYTES];
    struct told   t = {
          i, g->n + 1, by == IDENTITY_NONE ? S("") : i->key, { (char *)content, sizeof content }, 0
    };
    TRY(content_of(sc, &g->room, i, t.key, by != IDENTITY_TYPES || !t.key.n, content));
    enum way way;
    TRY(way_of(sc, st, &t, &way));
    if (way == WAY_DIRECT) {
        TRY(write_direct(sc, st, &t));
        g->untold_new |= i->untold;
        t.incident = g->last + t.n;
    }
    if (way == WAY_STAGED || way == WAY_BESIDE) TRY(write_staged(sc, st, &t, way == WAY_BESIDE));
    TRY(note_mentions(sc, st, &t));
    if (g->unread.n) TRY(note_read(sc, st, &t));
    g->classed = g->classed || i->classes;
    g->classes_told = g->classes_told || !(i->untold & UNTOLD_CLASSES);
    g->totals.unchanged += way == WAY_KNOWN;
    g->totals.without_point += i->point == POINT_NONE || i->point == POINT_AREA;
    g->n++;
    return OK;
}

// -- finish -------------------------------------------------------------------------------------------------
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

// A source that has told which of its incidents are domestic does not bring others in silence: among them some are.
static enum err check_new(struct scope *sc, struct store *st, const struct run_stage *g)
{
    uint32_t asked = g->untold_new & ~g->run.may_lack, flags = asked & (FLAG_DOMESTIC | FLAG_PLACE_OTHER);
    if (!asked) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_TELLS);
    bind_i64(&q, ":source", g->run.source);
    bind_i64(&q, ":flags", flags);
    bind_i64(&q, ":classes", (asked & (UNTOLD_CLASSES | UNTOLD_COLUMN)) != 0);
    TRY(query_one(&q));
    int64_t told = query_i64(&q, 0);
    if (!told) return OK;
    const char *what = told & FLAG_DOMESTIC      ? "which are domestic"
                       : told & FLAG_PLACE_OTHER ? "which happened elsewhere"
                                                 : "their code or description";
    return fail(
        &sc->fault, ERR_INVALID,
        "the source %.*s has told of its incidents %s, and new ones come from rows that do not: those that "
        "it protects could not be told from the others. Put the column back into the file, and its line into "
        "the profile%s; nothing was changed",
        STR(str_slice(g->run.profile, 0, 60)), what,
        told & FLAG_DOMESTIC ? ", or write \"domestic = none\" there if the source has stopped telling it"
        : told & FLAG_PLACE_OTHER
            ? ", or write \"elsewhere = none\" there if the source has stopped telling it"
            : ", or give --lift-protection if the source has stopped telling it");
}

static enum err note_told(struct scope *sc, struct store *st, const struct run_stage *g)
{
    if (!g->classes_told) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_TELLS_SET);
    bind_i64(&q, ":source", g->run.source);
    bind_i64(&q, ":tells", UNTOLD_CLASSES);
    return query_run(&q);
}

static enum err finish(struct scope *sc, struct store *st, struct run *told, struct run_totals *t)
{
    struct run_stage *g = st->stage;
    struct run_times *spent = &told->times;
    struct merge      m = {
             .last = g->last,
             .run = g->run.id,
             .by = g->run.identity,
             .keyless = g->keyless,
             .blind = g->blind,
             .classed = g->classed,
             .untold = g->untold,
             .parts = g->part > 1,
             .keeps = g->keeps,
             .may_lift = g->run.may_lift,
             .may_move = g->run.may_move,
             .source = g->run.profile,
             .told = told,
    };
    assert(t->read == (uint64_t)g->n + t->rejected); // every row was staged or rejected
    t->imported = (uint64_t)g->direct;
    t->unchanged = g->totals.unchanged;
    t->merged = g->totals.merged;
    t->without_point = g->totals.without_point;
    TRY(write_arrivals(sc, st));
    seen_free(&g->seen); // its room is needed for sorting
    seen_free(&g->guarded);
    seen_free(&g->odd);
    seen_free(&g->alike);
    int64_t at = clock_system.monotonic_ns();
    if (g->unindexed) TRY(query_plain(sc, st, SQL_INDEX_MAKE));
    spent->index = clock_system.monotonic_ns() - at;
    uint32_t untold = 0;
    if (g->mentions) TRY(query_plain(sc, st, SQL_MENTION_ADD));
    if (g->keeps) TRY(keep_slices(sc, st, g));
    if (g->staged) TRY(merge_staged(sc, st, &m, t, &untold));
    g->untold_new |= untold;
    if (g->mentions) TRY(query_plain(sc, st, SQL_MENTION_CLEAR));
    if (g->suspects || g->suspect_all || g->blind) TRY(merge_alike(sc, st, &m, g->suspect_all || g->blind));
    TRY(unread_settle(sc, st, g, t));
    TRY(note_told(sc, st, g)); // a run's own rows count: among the new ones there may be others like them
    TRY(check_new(sc, st, g));
    spent->merge = clock_system.monotonic_ns() - at - spent->index;
    assert(t->read == t->imported + t->unchanged + t->revised + t->rejected);
    return totals_set(sc, st, m.run, t);
}

enum err store_run_finish(struct scope *sc, struct store *st, struct run *r, bool dry,
                          struct run_totals *totals)
{
    struct run_stage *g = st->stage;
    assert(g && g->run.id == r->id);
    struct run_totals t = { .read = totals->read, .rejected = totals->rejected };
    enum err          e = finish(sc, st, r, &t);
    int64_t           at = clock_system.monotonic_ns();
    if (!e && !dry) {
        run_stage_free(st);
        e = store_commit(sc, st);
        if (!e) st->db->engine->tidy(st->db);
    }
    store_rollback(st);
    r->times.commit = clock_system.monotonic_ns() - at;
    if (!e) *totals = t;
    return e;
}
