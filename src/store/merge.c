// SPDX-License-Identifier: EUPL-1.2
#include "store/merge.h"

#include "base/arena.h"
#include "store/content.h"
#include "store/query.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

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
    if (takes(name, ":source")) bind_i64(&q, ":source", m->told->source);
    if (takes(name, ":slices")) bind_i64(&q, ":slices", identity_keeps_slices(m->by));
    if (takes(name, ":blind")) bind_i64(&q, ":blind", m->blind);
    if (takes(name, ":types")) bind_i64(&q, ":types", m->by == IDENTITY_TYPES);
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

static enum err match_act(struct scope *sc, struct store *st, bool of_kind)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_VERDICT_BY_ACT);
    bind_i64(&q, ":kind", of_kind);
    return query_run(&q);
}

// -- what rows do not tell ----------------------------------------------------------------------------------
struct known { // of the incident of a key, up to a row
    uint32_t        flags;
    sensitivity_set classes;
};

static enum err kept_add(struct query *add, struct buf *room, int64_t n, const struct incident *i, bool types)
{
    unsigned char content[CONTENT_BYTES];
    TRY(content_of(add->sc, room, i, i->key, !types, content));
    bind_i64(add, ":n", n);
    bind_i64(add, ":category", i->category);
    bind_i64(add, ":flags", i->flags);
    bind_i64(add, ":classes", i->classes);
    bind_blob(add, ":content", (str){ (const char *)content, sizeof content });
    TRY(query_run(add));
    query_again(add);
    return OK;
}

// With types, classes add up anyway (classes_join).
static enum err find_kept(struct scope *sc, struct store *st, const struct merge *m, struct buf *room)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_KEPT_LIST);
    AUTO(query_free) struct query add = query_open(sc, st, SQL_KEPT_ADD);
    bool                          slices = identity_keeps_slices(m->by), types = m->by == IDENTITY_TYPES;
    struct known                  k = { 0 };
    bind_i64(&q, ":slices", slices);
    while (query_next(&q)) {
        struct incident i = incident_of(&q);
        struct known    own = { (uint32_t)query_i64(&q, 13), (sensitivity_set)query_i64(&q, 14) };
        uint32_t        untold = (uint32_t)query_i64(&q, 15);
        bool            first = slices || query_i64(&q, 16) == 1;
        if (first) k = (struct known){ (uint32_t)query_i64(&q, 17), (sensitivity_set)query_i64(&q, 18) };
        i.key = query_str(&q, 1), i.area = query_str(&q, 11), i.place = query_str(&q, 12);
        i.flags = own.flags | (k.flags & untold);
        i.classes = untold & UNTOLD_CLASSES && !types ? own.classes | k.classes : own.classes;
        if (i.flags != own.flags || i.classes != own.classes)
            TRY(kept_add(&add, room, query_i64(&q, 0), &i, types));
    }
    return query_end(&q);
}

static enum err keep_known(struct scope *sc, struct store *st, const struct merge *m)
{
    AUTO(buf_free) struct buf room;
    buf_init(&room, 4 * (STORE_MAX_TEXT + 64));
    TRY(find_kept(sc, st, m, &room));
    return merge_run(sc, st, m, SQL_KEPT_SETTLE);
}

// -- several rows of one key --------------------------------------------------------------------------------
static enum err find_joint(struct scope *sc, struct store *st, const struct merge *m, struct buf *room,
                           uint64_t *incidents)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_JOINT_LIST);
    AUTO(query_free) struct query add = query_open(sc, st, SQL_KEPT_ADD);
    bool                          types = m->by == IDENTITY_TYPES;
    bind_i64(&q, ":types", types);
    while (query_next(&q)) {
        struct incident i = incident_of(&q);
        struct incident own = i;
        own.flags = (uint32_t)query_i64(&q, 13), own.classes = (sensitivity_set)query_i64(&q, 14);
        i.key = query_str(&q, 1), i.area = query_str(&q, 11), i.place = query_str(&q, 12);
        i.category = (int32_t)query_i64(&q, 15);
        i.flags = own.flags | (uint32_t)query_i64(&q, 16);
        i.classes = (sensitivity_set)query_i64(&q, 17);
        *incidents += query_i64(&q, 18) == 1;
        if (i.category != own.category || i.flags != own.flags || i.classes != own.classes)
            TRY(kept_add(&add, room, query_i64(&q, 0), &i, types));
    }
    return query_end(&q);
}

static enum err join_rows(struct scope *sc, struct store *st, const struct merge *m, uint64_t *incidents)
{
    AUTO(buf_free) struct buf room;
    buf_init(&room, 4 * (STORE_MAX_TEXT + 64));
    if (m->untold) TRY(query_plain(sc, st, SQL_KEPT_CLEAR));
    TRY(find_joint(sc, st, m, &room, incidents));
    return *incidents ? merge_run(sc, st, m, SQL_KEPT_SETTLE) : OK;
}

static enum err count_several(struct scope *sc, struct store *st, struct run_totals *t)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SEVERAL_COUNT);
    TRY(query_one(&q));
    t->several = (uint64_t)query_i64(&q, 0);
    t->mixed = (uint64_t)query_i64(&q, 1);
    return query_run(&q);
}

// -- what a run takes away ----------------------------------------------------------------------------------
/// The first of them, for people. In the scope's arena.
static enum err list_lost(struct scope *sc, struct store *st, struct run *told, uint64_t all)
{
    size_t           most = all < RUN_LOST_MAX ? (size_t)all : RUN_LOST_MAX, n = 0;
    struct run_lost *list = arena_array(sc->mem, struct run_lost, most);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the list of incidents that lose protection");
    AUTO(query_free) struct query q = query_open(sc, st, SQL_LOST_LIST);
    bind_i64(&q, ":most", (int64_t)most);
    while (n < most && query_next(&q)) {
        list[n] = (struct run_lost){ .row = query_i64(&q, 0),
                                     .key = arena_str(sc->mem, query_str(&q, 1)),
                                     .domestic = query_i64(&q, 2),
                                     .elsewhere = query_i64(&q, 3),
                                     .class = query_i64(&q, 4),
                                     .kind = query_i64(&q, 5) };
        if (!list[n++].key.p)
            return fail(&sc->fault, ERR_NOMEM, "no room for the list of incidents that lose protection");
    }
    TRY(query_end(&q));
    told->lost = list;
    told->n_lost = n;
    return OK;
}

static enum err check_lifted(struct scope *sc, struct store *st, const struct merge *m, uint64_t *lifted)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_LOST_SUM);
    TRY(query_one(&q));
    uint64_t                 n = (uint64_t)query_i64(&q, 0);
    static const char *const what[] = { "domestic", "happened elsewhere", "a class by code or description",
                                        "a stricter kind" };
    char                     list[200] = "";
    size_t                   at = 0;
    for (int i = 0; i < (int)COUNT(what); i++)
        if (query_i64(&q, i + 1))
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s (%lld)", at ? ", " : "", what[i],
                                   (long long)query_i64(&q, i + 1));
    TRY(query_run(&q));
    if (n && !m->may_lift && !m->told->lift) {
        TRY(list_lost(sc, st, m->told, n));
        return fail(
            &sc->fault, ERR_INVALID,
            "the run would take from %llu stored incidents of %.*s what protects them: %s. If the file is "
            "older than what the store holds, leave it out; if the source has corrected them, import "
            "it again with --lift-protection. Nothing was changed",
            (unsigned long long)n, STR(str_slice(m->source, 0, 60)), list);
    }
    *lifted = n;
    return OK;
}

/// A running number that the source gives anew stands for another incident: what it tells of that one would be told as the
/// history of this, and who left the public map would come back under another number.
static enum err refuse_renumbered(struct scope *sc, const struct merge *m, const char *knows, uint64_t known,
                                  uint64_t moved)
{
    enum { FEW = 10, SHARE = 10 }; // so many are corrections, whatever their share; and one in so many
    if (m->may_move || moved < FEW || moved * SHARE < known) return OK;
    return fail(&sc->fault, ERR_INVALID,
                "by their key %llu rows of %.*s tell of incidents that %s, and %llu of these would be of "
                "another time, "
                "place or kind, two of these at once: the key stands for others now, such as a number that "
                "is counted "
                "anew. Import the source without a key (hromada-profile(5), identity); if the source has "
                "corrected so "
                "many, import it again with --moved. Nothing was changed",
                (unsigned long long)known, STR(str_slice(m->source, 0, 60)), knows,
                (unsigned long long)moved);
}

static enum err check_renumbered(struct scope *sc, struct store *st, const struct merge *m,
                                 uint64_t unchanged)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RENUMBERED);
    TRY(query_one(&q));
    uint64_t known = (uint64_t)query_i64(&q, 0) + unchanged, moved = (uint64_t)query_i64(&q, 1);
    TRY(query_run(&q));
    return refuse_renumbered(sc, m, "the store knows", known, moved);
}

/// The same of what one part of the run tells behind another; before their rows are joined, for that gives them one kind. merged: of
/// those that told what an earlier row told.
static enum err check_renumbered_within(struct scope *sc, struct store *st, const struct merge *m,
                                        uint64_t merged)
{
    if (!m->parts || identity_keeps_slices(m->by)) return OK;
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RENUMBERED_WITHIN);
    TRY(query_one(&q));
    uint64_t known = (uint64_t)query_i64(&q, 0) + merged, moved = (uint64_t)query_i64(&q, 1);
    TRY(query_run(&q));
    return refuse_renumbered(sc, m, "another file of the run tells, too", known, moved);
}

// Nothing links a row without a key to an incident that tells more than it, be it there or gone.
static enum err check_gone(struct scope *sc, struct store *st)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_GONE_UNTOLD);
    if (!query_next(&q)) return query_end(&q);
    str slice = query_str(&q, 0);
    return fail(
        &sc->fault, ERR_INVALID,
        "%lld incidents of \"%.*s\" are withheld or coarsened by what this file does not tell (domestic, "
        "elsewhere, a code or a description), and its rows have no key to know them by. Import a file "
        "that has these columns, too; nothing was changed",
        (long long)query_i64(&q, 1), STR(str_slice(slice, 0, 60)));
}

// New incidents may be those of another slice, which the source has moved, or given another name.
static enum err find_apart(struct scope *sc, struct store *st, const struct merge *m)
{
    int64_t fresh;
    TRY(query_number(sc, st, SQL_VERDICT_FRESH, &fresh));
    return fresh ? merge_run(sc, st, m, SQL_APART_FIND) : OK;
}

// Which incident each row tells of, and whether it tells anything new.
static enum err match(struct scope *sc, struct store *st, const struct merge *m, struct run_totals *t)
{
    if (m->by == IDENTITY_SLICE || m->by == IDENTITY_STABLE) TRY(merge_run(sc, st, m, SQL_REPEATED_FIND));
    if (m->untold) TRY(keep_known(sc, st, m));
    if (!identity_keeps_slices(m->by)) TRY(join_rows(sc, st, m, &t->joint));
    if (!identity_keeps_slices(m->by)) TRY(count_several(sc, st, t));
    if (identity_keeps_slices(m->by)) {
        TRY(merge_run(sc, st, m, SQL_HELD_IN_SLICES));
        TRY(match_content(sc, st, false));
        if (m->by == IDENTITY_SLICE) TRY(merge_run(sc, st, m, SQL_VERDICT_BY_REST));
        if (m->keeps) TRY(match_act(sc, st, true));
        if (m->keeps) TRY(match_act(sc, st, false));
        TRY(merge_run(sc, st, m, SQL_VERDICT_NEW));
        TRY(merge_run(sc, st, m, SQL_GONE_FIND));
        TRY(merge_run(sc, st, m, SQL_GONE_EARLIER_FIND));
        TRY(find_apart(sc, st, m));
        return m->untold && m->keyless ? check_gone(sc, st) : OK;
    }
    TRY(merge_run(sc, st, m, SQL_VERDICT_BY_KEY));
    if (m->keyless) {
        TRY(merge_run(sc, st, m, SQL_HELD_WITHOUT_KEY));
        TRY(match_content(sc, st, true));
        TRY(merge_run(sc, st, m, SQL_VERDICT_NEW));
    }
    if (m->by != IDENTITY_TYPES) return OK;
    TRY(merge_run(sc, st, m, SQL_EXTRA_FIND));
    TRY(merge_run(sc, st, m, SQL_EXTRA_VERDICT));
    if (!m->classed) return OK;
    TRY(merge_run(sc, st, m, SQL_CLASSES_JOIN));
    TRY(merge_run(sc, st, m, SQL_CLASSES_VERDICT));
    return merge_run(sc, st, m, SQL_CLASSES_SETTLE);
}

static enum err name_keys(struct scope *sc, struct store *st, const struct run *r)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_LIFT_ADD);
    for (size_t i = 0; i < r->n_lift; i++) {
        bind_str(&q, ":key", r->lift[i]);
        TRY(query_run(&q));
        query_again(&q);
    }
    return query_end(&q);
}

/// Those that nobody has named keep what protects them: what they have is joined to their rows, and these are matched once more.
static enum err keep_unnamed(struct scope *sc, struct store *st, const struct merge *m, struct run_totals *t)
{
    static const enum sql clear[] = { SQL_KEPT_CLEAR, SQL_HELD_CLEAR, SQL_VERDICT_CLEAR, SQL_EXTRA_CLEAR,
                                      SQL_LOST_CLEAR };
    int64_t               unnamed, left;
    TRY(name_keys(sc, st, m->told));
    TRY(query_number(sc, st, SQL_LOST_UNNAMED, &unnamed));
    if (!unnamed) return OK;
    struct run_totals again = { 0 };
    TRY(merge_run(sc, st, m, SQL_LOST_KEEP));
    for (size_t i = 0; i < COUNT(clear); i++) TRY(query_plain(sc, st, clear[i]));
    TRY(match(sc, st, m, &again));
    TRY(merge_run(sc, st, m, SQL_LOST_FIND));
    TRY(query_number(sc, st, SQL_LOST_UNNAMED, &left));
    if (left)
        return fail(&sc->fault, ERR_INVALID,
                    "%lld incidents of %.*s that the list does not name would lose what protects them "
                    "nevertheless; nothing was changed",
                    (long long)left, STR(str_slice(m->source, 0, 60)));
    t->kept = (uint64_t)unnamed;
    return OK;
}

static enum err add_up(struct scope *sc, struct store *st, struct run_totals *t)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_VERDICT_TOTALS);
    uint64_t                      of_kind[3] = { 0 };
    while (query_next(&q)) {
        int64_t kind = query_i64(&q, 0);
        assert(kind >= 0 && kind <= 2);
        of_kind[kind] = (uint64_t)query_i64(&q, 1);
        t->merged += (uint64_t)query_i64(&q, 2);
    }
    TRY(query_end(&q));
    t->imported += of_kind[0];
    t->unchanged += of_kind[1];
    t->revised += of_kind[2];
    int64_t gone, stay;
    TRY(query_number(sc, st, SQL_GONE_COUNT, &gone));
    TRY(query_number(sc, st, SQL_STAY_COUNT, &stay));
    t->withdrawn += (uint64_t)gone;
    t->stayed += (uint64_t)stay;
    return OK;
}

static enum err find_untold(struct scope *sc, struct store *st, const struct merge *m, uint32_t *out)
{
    int64_t untold = 0;
    if (m->untold) TRY(query_number(sc, st, SQL_VERDICT_UNTOLD, &untold));
    *out = (uint32_t)untold;
    return OK;
}

enum err merge_staged(struct scope *sc, struct store *st, const struct merge *m, struct run_totals *t,
                      uint32_t *untold)
{
    TRY(check_renumbered_within(sc, st, m, t->merged));
    TRY(match(sc, st, m, t));
    TRY(check_renumbered(sc, st, m, t->unchanged));
    TRY(merge_run(sc, st, m, SQL_LOST_FIND));
    if (m->told->lift) TRY(keep_unnamed(sc, st, m, t));
    TRY(check_lifted(sc, st, m, &t->lifted));
    TRY(add_up(sc, st, t));
    TRY(find_untold(sc, st, m, untold));
    // Both sides of a revision are read before anything is written over them.
    static const enum sql before[] = { SQL_PHRASE_FILL, SQL_CHANGE_FIND };
    static const enum sql after[] = { SQL_INCIDENT_ADD_STAGED, SQL_INCIDENT_REVISE,    SQL_INCIDENT_WITHDRAW,
                                      SQL_TYPE_ADD_EXTRA,      SQL_MENTION_ADD_STAGED, SQL_REVISION_FILL };
    static const enum sql clear[] = { SQL_STAGED_CLEAR,  SQL_KEPT_CLEAR,         SQL_HELD_CLEAR,
                                      SQL_VERDICT_CLEAR, SQL_CHANGE_CLEAR,       SQL_EXTRA_CLEAR,
                                      SQL_GONE_CLEAR,    SQL_GONE_EARLIER_CLEAR, SQL_APART_CLEAR,
                                      SQL_LOST_CLEAR,    SQL_LIFT_CLEAR };
    for (size_t i = 0; i < COUNT(before); i++) TRY(merge_run(sc, st, m, before[i]));
    int64_t outcomes;
    TRY(query_number(sc, st, SQL_CHANGE_OUTCOMES, &outcomes));
    t->outcomes_revised += (uint64_t)outcomes;
    for (size_t i = 0; i < COUNT(after); i++) TRY(merge_run(sc, st, m, after[i]));
    for (size_t i = 0; i < COUNT(clear); i++) TRY(query_plain(sc, st, clear[i]));
    return OK;
}

// -- under another key --------------------------------------------------------------------------------------
static enum err note_alike(struct scope *sc, struct query *q, struct run_lost *list, size_t *n, str *bare)
{
    struct run_lost l = { .key = arena_str(sc->mem, query_str(q, 0)),
                          .domestic = query_i64(q, 2),
                          .elsewhere = query_i64(q, 3),
                          .class = query_i64(q, 4),
                          .kind = query_i64(q, 5) };
    if (!*n) *bare = arena_str(sc->mem, query_str(q, 1));
    if (!l.key.p || !bare->p)
        return fail(&sc->fault, ERR_NOMEM, "no room for the list of keys that are written otherwise");
    list[(*n)++] = l;
    return OK;
}

enum err merge_alike(struct scope *sc, struct store *st, const struct merge *m, bool all)
{
    struct run_lost *list = m->may_lift ? NULL : arena_array(sc->mem, struct run_lost, RUN_LOST_MAX);
    size_t           n = 0;
    uint64_t         found = 0;
    str              bare = { 0 };
    if (m->may_lift) return query_plain(sc, st, SQL_SUSPECT_CLEAR);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the list of keys that are written otherwise");
    if (all) TRY(merge_run(sc, st, m, SQL_SUSPECT_ALL));
    if (m->told->lift) TRY(name_keys(sc, st, m->told));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_ALIKE_FIND);
    bind_i64(&q, ":source", m->told->source);
    bind_i64(&q, ":last", m->last);
    for (; query_next(&q); found++)
        if (n < RUN_LOST_MAX) TRY(note_alike(sc, &q, list, &n, &bare));
    TRY(query_end(&q));
    TRY(query_plain(sc, st, SQL_LIFT_CLEAR));
    TRY(query_plain(sc, st, SQL_SUSPECT_CLEAR));
    if (!found) return OK;
    m->told->lost = list;
    m->told->n_lost = n;
    return fail(
        &sc->fault, ERR_INVALID,
        "%llu incidents of %.*s that have what protects them would stand there once more without it, under "
        "another key: the first has the key \"%.*s\", and \"%.*s\" is told for it. If the source, or a "
        "program "
        "between, writes its keys otherwise now (without leading zeros, as spreadsheets do), give it the "
        "keys "
        "as they were; if these are other incidents, import it again with --lift-protection. Nothing was "
        "changed",
        (unsigned long long)found, STR(str_slice(m->source, 0, 60)), STR(str_slice(list[0].key, 0, 60)),
        STR(str_slice(bare, 0, 60)));
}
