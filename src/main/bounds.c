// SPDX-License-Identifier: EUPL-1.2
#include "main/bounds.h"

#include "base/buf.h"
#include "base/civil.h"
#include "store/store.h"
#include <stdio.h>

// Local dates are at most half a day behind UTC and 14 hours before it.
enum { ZONE_WEST_S = 12 * HOUR_S, ZONE_EAST_S = 14 * HOUR_S, DAY_BYTES = 16 };

struct day_text {
    char p[DAY_BYTES];
};
static struct day_text day_of(int64_t s)
{
    struct day_text out = { "" };
    struct civil    c = civil_of_s(s);
    struct buf      b;
    buf_init(&b, DAY_BYTES);
    buf_printf(&b, "%04d-%02d-%02d", c.year % 10000, c.month, c.day);
    for (size_t i = 0; i < b.n && i + 1 < sizeof out.p; i++) out.p[i] = b.p[i];
    buf_free(&b);
    return out;
}

static const struct {
    const char *undone, *harm, *then;
} texts[] = {
    [BOUNDS_PUBLISH] = { "nothing was published", "which would publish what still waits", "publish" },
    [BOUNDS_KEY] = { "no key was made", "which would date the new key wrongly", "make the key" },
};

enum err bounds_traces_of(struct scope *sc, struct store *st, struct bounds_traces *out)
{
    const struct release_record *record;
    const struct run_record     *run;
    struct bounds_traces         t = { 0 };
    size_t                       n, n_runs;
    TRY(store_releases(sc, st, &record, &n));
    TRY(store_runs(sc, st, 0, &run, &n_runs));
    for (size_t i = 0; i < n; i++)
        if (record[i].created_s > t.release_s)
            t.release = record[i].number, t.release_s = record[i].created_s;
    for (size_t i = 0; i < n_runs; i++)
        if (run[i].run.started_s > t.run_s) t.run_s = run[i].run.started_s;
    *out = t;
    return OK;
}

static enum err check_date(struct scope *sc, enum bounds_act act, int64_t now_s, str date)
{
    int32_t first, last;
    if (!civil_read_span(date, &first, &last) || first != last)
        return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is not a date such as 2026-11-28",
                    STR(str_slice(date, 0, 40)));
    if (first >= civil_floor_day(now_s - ZONE_WEST_S) && first <= civil_floor_day(now_s + ZONE_EAST_S))
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "the clock of this machine says that today is %s, not %.*s: set it right, then %s",
                day_of(now_s).p, STR(date), texts[act].then);
}

enum err bounds_clock(struct scope *sc, const struct bounds_traces *t, enum bounds_act act, int64_t now_s,
                      str date)
{
    char        what[64] = "the last key was made";
    int64_t     newest_s = t->key_s;
    const char *today = "confirm it with --at-this-date";
    if (date.n) return check_date(sc, act, now_s, date);
    if (t->run_s >= newest_s) snprintf(what, sizeof what, "the newest import ran"), newest_s = t->run_s;
    if (t->release_s >= newest_s)
        snprintf(what, sizeof what, "release %lld was made", (long long)t->release), newest_s = t->release_s;
    int64_t behind_s = now_s - newest_s, days = (behind_s < 0 ? -behind_s : behind_s) / DAY_S;
    if (!newest_s || (behind_s >= 0 && behind_s <= (int64_t)BOUNDS_AHEAD_DAYS * DAY_S)) return OK;
    if (behind_s < 0)
        return fail(&sc->fault, ERR_INVALID,
                    "the clock of this machine says %s, and %s on %s, %lld days later: %s. Set "
                    "the clock right; if it is right, %s %s",
                    day_of(now_s).p, what, day_of(newest_s).p, (long long)days, texts[act].undone, today,
                    day_of(now_s).p);
    return fail(&sc->fault, ERR_INVALID,
                "the clock of this machine says %s, %lld days after %s (%s); more than %d days could be a "
                "wrong clock, %s: %s. If that is today, %s %s",
                day_of(now_s).p, (long long)days, what, day_of(newest_s).p, BOUNDS_AHEAD_DAYS,
                texts[act].harm, texts[act].undone, today, day_of(now_s).p);
}

bool bounds_total(uint64_t before, uint64_t now)
{
    if (!before) return true;
    return now * 100 >= before * (100 - BOUNDS_FALL_PERCENT) &&
           now * 100 <= before * (100 + BOUNDS_RISE_PERCENT);
}
