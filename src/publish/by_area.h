// SPDX-License-Identifier: EUPL-1.2
// What is told by area alone: how many incidents of a class there were in a half-year, in groups of areas that hold none
// or at least so many (publish/partition.h). A half-year is counted once, by the first publication after it has been over
// for the public's delay, and what was told of it never changes; the store remembers it, and which incidents it counts. What
// comes in later waits until it is enough by itself, and is then told as further rows: so of two releases no difference is
// fewer than `least`. What the public has seen as points it would subtract from a count of others: what a rule hid since is
// counted by itself, and so is what turned sensitive (publish/leave.h), of the whole town alone: a count of the areas that it
// left would say which of those who left them had turned.
// An incident counts under one class, the most sensitive of its own that is told by area: counts of two classes never hold the
// same incident, so none says of another, or of the points of a narrower tier, how many of it were both. Nor is it counted
// twice, whatever its class becomes.
// Threads: one at a time. Tests: tests/unit/test_by_area.c.
#pragma once
#include "publish/atlas.h"
#include "publish/cover.h"
#include "publish/policy.h"
#include "store/area_count.h"

struct by_area;
/// Reads what was told before. tier: whose delay and classes decide. The scope must outlive *out, which needs no closing.
/// ERR_INVALID: the policy names a set of areas that there is not.
enum err by_area_open(struct scope *sc, struct store *st, const struct atlas *atlas, const struct policy *p,
                      enum tier tier, int64_t now_s, struct by_area **out);
/// Those that stand in counts; valid as long as b.
const struct counted *by_area_counted(const struct by_area *b);
/// From now on the other stands in the count, since its source tells it in place of the first.
enum err              by_area_pass(struct by_area *b, int64_t from, int64_t to);
/// Each incident of the store in turn. True: it stands in a count that was told.
bool                  by_area_meet(struct by_area *b, int64_t id, int64_t from_s);
/// With whom it is counted: what the public has seen of it.
enum by_area_apart { APART_NEVER_SHOWN, APART_WAS_SHOWN, APART_TURNED, APARTS };
/// Counts an incident of the store, which is told by area, from its wall time, its areas and all its classes. own: those of them
/// that its kinds and marks have; the others are by the codes or words of its record alone.
enum err by_area_note(struct by_area *b, int64_t id, int64_t from_s, const uint16_t area[MAX_AREA_SETS],
                      sensitivity_set classes, sensitivity_set own, enum by_area_apart apart);
/// Groups what is due. last: no incident of a higher id was noted; number: of the release that tells it first. left: who have left
/// the map, by half-year (leave_left); NULL: nobody has. Of those only one in 1 + COVER_EACH may be told to have turned.
enum err by_area_end(struct by_area *b, int64_t last, int64_t number, const struct cover_half *left);
/// Notes an incident that is told to nobody any more, because somebody said so of its kind at since_s: was it counted before?
void     by_area_gone(struct by_area *b, int64_t id, int64_t since_s);
/// What a person should hear before counts are written down; after by_area_end.
struct by_area_news {
    bool     first; // nothing was told by area before
    uint64_t fresh; // counts for the first time, and the half-years of them:
    int32_t  from, to;
    uint64_t incidents, domestic; // in them; as domestic count those of no more sensitive class
    uint64_t gone;                // incidents of by_area_gone that are in counts told before ...
    int32_t  gone_from, gone_to;  // ... of these half-years
    struct by_area_class {
        bool     first;                // nothing of the class was told before
        uint64_t incidents, by_record; // told for the first time; of those, by their record alone
    } of[SENSITIVITIES];
};
struct by_area_news by_area_news(const struct by_area *b);
/// Writes down what is told for the first time; must be on the disk before anybody is told.
enum err            by_area_keep(struct scope *sc, struct store *st, const struct by_area *b);
/// The part of a release that a tier sees: counts of the classes that it is told by area. last_day: of its points; of later
/// half-years nothing is known, which is not "few".
enum err            by_area_tell(const struct by_area *b, const struct tier_policy *t, int32_t last_day,
                                 struct release_info *info);
