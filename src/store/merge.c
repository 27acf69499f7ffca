// SPDX-License-Identifier: EUPL-1.2
#include "store/merge.h"

#include "store/query.h"
#include <assert.h>
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

// Which incident each row tells of, and whether it tells anything new.
static enum err match(struct scope *sc, struct store *st, const struct merge *m)
{
    if (identity_keeps_slices(m->by)) {
        TRY(merge_run(sc, st, m, SQL_HELD_IN_SLICES));
        TRY(match_content(sc, st, false));
        if (m->by == IDENTITY_SLICE) TRY(merge_run(sc, st, m, SQL_VERDICT_BY_REST));
        TRY(merge_run(sc, st, m, SQL_VERDICT_NEW));
        return merge_run(sc, st, m, SQL_GONE_FIND);
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
    int64_t gone;
    TRY(query_number(sc, st, SQL_GONE_COUNT, &gone));
    t->withdrawn += (uint64_t)gone;
    return OK;
}

enum err merge_staged(struct scope *sc, struct store *st, const struct merge *m, struct run_totals *t)
{
    TRY(match(sc, st, m));
    TRY(add_up(sc, st, t));
    // Both sides of a revision are read before anything is written over them.
    static const enum sql before[] = { SQL_PHRASE_FILL, SQL_CHANGE_SINCE_ROW, SQL_CHANGE_SINCE_RUN };
    static const enum sql after[] = { SQL_INCIDENT_ADD_STAGED, SQL_INCIDENT_REVISE, SQL_INCIDENT_WITHDRAW,
                                      SQL_TYPE_ADD_EXTRA, SQL_REVISION_FILL };
    static const enum sql clear[] = { SQL_STAGED_CLEAR, SQL_HELD_CLEAR,  SQL_VERDICT_CLEAR,
                                      SQL_CHANGE_CLEAR, SQL_EXTRA_CLEAR, SQL_GONE_CLEAR };
    for (size_t i = 0; i < COUNT(before); i++) TRY(merge_run(sc, st, m, before[i]));
    int64_t outcomes;
    TRY(query_number(sc, st, SQL_CHANGE_OUTCOMES, &outcomes));
    t->outcomes_revised += (uint64_t)outcomes;
    for (size_t i = 0; i < COUNT(after); i++) TRY(merge_run(sc, st, m, after[i]));
    for (size_t i = 0; i < COUNT(clear); i++) TRY(query_plain(sc, st, clear[i]));
    return OK;
}
