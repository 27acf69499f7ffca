// SPDX-License-Identifier: EUPL-1.2
#include "publish/turning.h"

#include "base/arena.h"
#include "base/civil.h"

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for what left the public tier");
}

// -- by record or by rule ---------------------------------------------------------------------------------------------

/// Is there a rule against all incidents of these kinds, whatever else their records say?
static bool rule_hides_kind(const struct publication *p, const struct survey *v, const struct fact *i)
{
    struct kind_set of = survey_kinds(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = survey_entry(v->category, p->n_category, of.category[k]);
        if (!c || c->show != SHOW_POINTS) return true;
    }
    return false;
}

/// The outcome and the marks that the public is told, as a number that is equal for what it cannot tell apart.
static uint64_t said_of(const struct publication *p, const struct fact *i)
{
    const struct survey *v = &p->tier[TIER_PUBLIC];
    const struct entry  *is = v->policy->outcome ? survey_entry(v->outcome, p->n_outcome, i->outcome) : NULL;
    uint64_t             outcome = !is ? 0 : is->other ? 1 : (uint64_t)(uint32_t)i->outcome + 2;
    return outcome << 32 | (i->flags & v->policy->flags & ~(uint32_t)FLAG_DOMESTIC);
}

/// Until the date it is told as before, as all that changes is, even where its source withdraws it. What nobody may be told of does not
/// wait, nor does what a rule had hidden.
static bool may_stay(const struct publication *p, const struct turned *t)
{
    return t->renumbered || (!t->stand && !leave_is_date(p->leave) && !(t->classes & TOLD_NEVER));
}

// -- what was told of it ----------------------------------------------------------------------------------------------

/// The point that the public is told, but for the grid.
static struct anchor point_told(const struct publication *p, const struct fact *i)
{
    struct anchor a = { .found = i->has_point, .at = i->at };
    if (a.found && p->tier[TIER_PUBLIC].anchors) (void)survey_on_list(p, p->tier[TIER_PUBLIC].anchors, i, &a);
    return a;
}

/// When the public is told that it was.
static int64_t moment_told(const struct fact *i, enum precision finest)
{
    struct release_row row = { 0 };
    survey_tell_time(finest, i, &row);
    return ((int64_t)row.day * (DAY_S / 60) + row.minute) * (PRECISION_MONTH + 1) + row.precision;
}

static uint64_t place_told(const struct publication *p, const struct fact *i)
{
    struct anchor a = point_told(p, i);
    return spot_place(&p->spots, a.found ? &a.at : NULL, i->area);
}

/// Where and when the public is told that it was, and what of it.
static struct leave_spot spot_told(const struct publication *p, const struct fact *i, enum precision finest)
{
    struct leave_spot spot = spot_of(&p->spots, place_told(p, i), moment_told(i, finest));
    spot.said = said_of(p, i);
    return spot;
}

// -- does it leave ----------------------------------------------------------------------------------------------------

/// It is counted by area from now on. Whom a rule hides is counted as he was, whatever he is by now: left out, he would be the
/// one that the count lacks of all that were seen there.
static enum err count_turned(struct publication *p, const struct turned *t, bool goes, bool by_rule,
                             const struct fact *was, sensitivity_set classes)
{
    int64_t id = t->as ? t->as : t->incident;
    if (p->widest != TIER_PUBLIC) return OK;
    if (goes && t->by_area)
        return by_area_note(p->by_area, id, t->fact.from_s, t->fact.area, t->classes,
                            survey_own_classes(p, &t->fact), APART_TURNED);
    if (!goes && by_rule)
        return by_area_note(p->by_area, id, was->from_s, was->area, classes, survey_own_classes(p, was),
                            APART_WAS_SHOWN);
    return OK;
}

/// What its record changed is undone: what may be shown then is hidden by the record, all else by a rule.
static enum err decide(struct publication *p, const struct turned *t)
{
    const struct survey *v = &p->tier[TIER_PUBLIC];
    struct fact          was;
    struct standing      s;
    TRY(facts_behind(p->facts, t->incident, t->run, &was));
    enum verdict then = survey_judge(p, v, &was, &s);
    if (then == TOLD && may_stay(p, t)) return leave_stays(p->leave, t, &was);
    bool goes = !t->renumbered && (then == TOLD || (then != DELAYED && !rule_hides_kind(p, v, &was)));
    bool by_said = t->known && (said_of(p, &was) != said_of(p, &t->fact) ||
                                (t->handed && said_of(p, &was) != said_of(p, &t->own)));
    const struct leave_spot spot = spot_told(p, &was, s.finest);
    if (goes)
        TRY(leave_goes(p->leave, t, &was, &spot, t->known ? leave_changed(&was, &t->fact) : 0, by_said));
    return count_turned(p, t, goes, t->known && then == BY_AREA, &was, s.classes);
}

static enum err decide_all(struct publication *p)
{
    size_t               n;
    const struct turned *t = leave_list(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(decide(p, &t[i]));
    return OK;
}

// -- who goes along ---------------------------------------------------------------------------------------------------

/// A kind of several categories is as its strictest, and of the section of the first.
static enum err group_kinds(struct publication *p)
{
    size_t             n;
    struct cover_kind *k = leave_kinds(p->leave, &n);
    for (size_t i = 0; i < n; i++) {
        struct kind_set of =
            survey_kinds(p, &(struct fact){ .category = k[i].category, .kinds = k[i].kinds });
        k[i].class = SENSITIVITIES;
        for (size_t c = 0; c < of.n; c++) {
            const struct entry *e =
                survey_entry(p->tier[TIER_PUBLIC].category, p->n_category, of.category[c]);
            if (!e) continue;
            const struct category *is = &p->categories[e->at];
            if (!c) k[i].section = is->iccs;
            if ((int)is->sensitivity < k[i].class) k[i].class = (int)is->sensitivity;
        }
    }
    return leave_lines(p->leave);
}

/// Those of the lines that lose some, which may be shown: they and their ids come in the same order.
static enum err offer_cover(struct scope *sc, struct publication *p)
{
    AUTO(fact_reader_closep) struct fact_reader *r = NULL;
    const struct survey                         *v = &p->tier[TIER_PUBLIC];
    struct fact                                  i;
    struct standing                              s;
    size_t                                       next = 0;
    int64_t                                      id = 0;
    TRY(fact_reader_open(sc, p->facts, &r));
    for (uint64_t at = 0; fact_next(r, &i); at++) {
        struct fact told = i;
        unsigned    changed;
        if (leave_what(p->leave, &next, at, &told) != LEAVE_TOLD || survey_judge(p, v, &told, &s) != TOLD)
            continue;
        int64_t incident = leave_next_shown(p->leave, &id);
        if (!leave_wants(p->leave, incident, &i)) continue;
        told = i;
        TRY(leave_as_told(p->leave, incident, &told, &changed));
        const struct leave_spot spot = spot_told(p, &told, s.finest);
        TRY(leave_offer(p->leave, incident, at, &told, &spot, changed));
    }
    for (size_t k = 0; k < leave_stand_ins(p->leave); k++) {
        const struct fact *told = leave_stand_in(p->leave, k);
        (void)survey_judge(p, v, told, &s);
        const struct leave_spot spot = spot_told(p, told, s.finest);
        TRY(leave_offer_stand_in(p->leave, k, &spot));
    }
    return fact_reader_end(sc, r);
}

// -- what is told then ------------------------------------------------------------------------------------------------

/// The dictionary must hold nothing that only those had who leave.
static enum err note_again(struct scope *sc, struct publication *p)
{
    AUTO(fact_reader_closep) struct fact_reader *r = NULL;
    struct survey                               *v = &p->tier[TIER_PUBLIC];
    struct fact                                  i;
    struct standing                              s;
    size_t                                       next = 0;
    TRY(survey_forget(sc, p, v));
    TRY(fact_reader_open(sc, p->facts, &r));
    for (uint64_t at = 0; fact_next(r, &i); at++)
        if (leave_what(p->leave, &next, at, &i) == LEAVE_TOLD && survey_judge(p, v, &i, &s) == TOLD)
            TRY(survey_note(p, v, &i));
    return fact_reader_end(sc, r);
}

/// With whom an incident is counted: the public has seen some, and would subtract them from the others. Who went along and turned
/// later is counted with nobody: more of those who left would be told to have turned than one in five. False: so.
bool turning_apart(enum leave_past past, enum by_area_apart *out)
{
    static const enum by_area_apart of[] = { [LEAVE_NEVER_SHOWN] = APART_NEVER_SHOWN,
                                             [LEAVE_WAS_SHOWN] = APART_WAS_SHOWN,
                                             [LEAVE_TURNED] = APART_TURNED };
    if (past == LEAVE_ALONG) return false;
    *out = of[past];
    return true;
}

static enum err count_new(struct publication *p)
{
    size_t                  n;
    const struct leave_new *fresh = leave_list_new(p->leave, &n);
    if (p->widest != TIER_PUBLIC) return OK;
    for (size_t i = 0; i < n; i++) {
        enum by_area_apart apart;
        if (!turning_apart(fresh[i].past, &apart)) continue;
        TRY(by_area_note(p->by_area, fresh[i].incident, fresh[i].fact.from_s, fresh[i].fact.area,
                         fresh[i].classes, survey_own_classes(p, &fresh[i].fact), apart));
    }
    return OK;
}

static enum err note_late(struct publication *p)
{
    size_t             n;
    const struct fact *late = leave_list_late(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(survey_note(p, &p->tier[TIER_PUBLIC], &late[i]));
    return OK;
}

static enum err pass_counted(struct publication *p)
{
    size_t                     n;
    const struct leave_passed *passed = leave_list_passed(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(by_area_pass(p->by_area, passed[i].from, passed[i].to));
    return OK;
}

// -- where others left ------------------------------------------------------------------------------------------------

/// Where and when one was told that has left: not as its record has it by now.
static struct spot_left left_told(const struct publication *p, int64_t release, const struct fact *was)
{
    struct standing s;
    (void)survey_judge(p, &p->tier[TIER_PUBLIC], was, &s);
    return (struct spot_left){ place_told(p, was), moment_told(was, s.finest), release };
}

static enum err past_left(struct publication *p, const struct departed *d, struct spot_left *out)
{
    struct fact was;
    TRY(facts_behind(p->facts, d->incident, d->run, &was));
    *out = left_told(p, d->release, &was);
    return OK;
}

/// One of whom the point alone is known.
static struct spot_left left_at(const struct publication *p, const struct leave_left *left)
{
    struct fact was = left->is;
    atlas_at(&p->atlas, was.at, was.area);
    return (struct spot_left){ place_told(p, &was), INT64_MIN, left->release };
}

/// Of all that have left, and whose place is known.
static enum err list_left(struct scope *sc, struct publication *p, struct spot_left **out, size_t *n)
{
    size_t                   n_left, n_departed;
    const struct leave_left *left = leave_list_left(p->leave, &n_left);
    const struct departed   *d = leave_list_departed(p->leave, &n_departed);
    *n = 0;
    *out = arena_array(sc->mem, struct spot_left, n_left + n_departed + 1);
    if (!*out) return no_room(sc);
    for (size_t i = 0; i < n_left; i++)
        (*out)[(*n)++] = left[i].known ? left_told(p, left[i].release, &left[i].is) : left_at(p, &left[i]);
    for (size_t i = 0; i < n_departed; i++)
        if (d[i].run > 0 && d[i].altered) TRY(past_left(p, &d[i], &(*out)[(*n)++]));
    return OK;
}

static enum err open_spots(struct scope *sc, struct publication *p)
{
    const struct survey *v = &p->tier[TIER_PUBLIC];
    double               grid_m = v->policy->anchor_grid_m;
    struct spot_left    *left;
    size_t               n;
    p->spots.atlas = &p->atlas;
    p->spots.level = grid_m ? anchor_level(grid_m, survey_row(p, v->census)) : 0;
    TRY(list_left(sc, p, &left, &n));
    spots_take(&p->spots, left, n);
    return OK;
}

// -- all of it --------------------------------------------------------------------------------------------------------

/// Those that turned leave or stay, with their cover. noted: what is shown must be noted again.
static enum err decide_and_cover(struct scope *sc, struct publication *p, bool *noted)
{
    TRY(open_spots(sc, p));
    TRY(decide_all(p));
    if (!leave_totals(p->leave).turned) return OK;
    TRY(group_kinds(p));
    TRY(offer_cover(sc, p));
    return leave_cover(p->leave, noted);
}

enum err turning_settle(struct scope *sc, struct publication *p)
{
    size_t n;
    bool   again = false;
    TRY(leave_replaced(p->leave));
    TRY(note_late(p));
    TRY(count_new(p));
    TRY(pass_counted(p));
    (void)leave_list(p->leave, &n);
    if (n) TRY(decide_and_cover(sc, p, &again));
    TRY(leave_settle(p->leave));
    if (again || leave_took_back(p->leave)) TRY(note_again(sc, p));
    const struct fact *stay = leave_staying(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(survey_note(p, &p->tier[TIER_PUBLIC], &stay[i]));
    return OK;
}
