// SPDX-License-Identifier: EUPL-1.2
#include "publish/survey.h"

#include "base/civil.h"
#include <string.h>

// -- when -------------------------------------------------------------------------------------------------------------

static enum precision told_precision(enum precision finest, const struct fact *i)
{
    static const int64_t unit_s[] = { 60, HOUR_S, DAY_S };
    enum precision       p = i->precision > finest ? (enum precision)i->precision : finest;
    // A burglary some time between Friday and Monday has no hour, whatever the precision of the two times.
    while (p < PRECISION_MONTH && i->to_s - i->from_s >= unit_s[p]) p++;
    return p;
}

/// First wall second after the minute, hour, day or month.
static int64_t period_end(int64_t wall_s, enum precision p)
{
    int32_t day = civil_floor_day(wall_s);
    int64_t start_s = (int64_t)day * DAY_S, in_day = wall_s - start_s;
    switch (p) {
    case PRECISION_MINUTE:
        return start_s + (in_day / 60 + 1) * 60;
    case PRECISION_HOUR:
        return start_s + (in_day / HOUR_S + 1) * HOUR_S;
    case PRECISION_DAY:
        return start_s + DAY_S;
    case PRECISION_MONTH:
        break;
    }
    return (int64_t)civil_day_of_month(civil_month_of_day(day) + 1) * DAY_S;
}

static bool is_due(const struct tier_policy *t, enum precision finest, const struct fact *i, int64_t now_s)
{
    if (t->delay_days == DELAY_NONE) return true;
    int64_t latest = i->to_s > i->from_s ? i->to_s : i->from_s;
    int64_t end_s = period_end(latest, told_precision(finest, i)) - i->offset_s;
    return end_s + (int64_t)t->delay_days * DAY_S <= now_s;
}

void survey_tell_time(enum precision finest, const struct fact *i, struct release_row *row)
{
    enum precision told = told_precision(finest, i);
    row->day = civil_floor_day(i->from_s);
    row->how = how_of(i->from_s, told);
    row->precision = (uint8_t)told;
    int64_t in_day = i->from_s - (int64_t)row->day * DAY_S;
    if (told == PRECISION_MINUTE) row->minute = (uint16_t)(in_day / 60);
    if (told == PRECISION_HOUR) row->minute = (uint16_t)(in_day / HOUR_S * 60);
    if (told == PRECISION_MONTH) row->day = civil_day_of_month(civil_month_of_day(row->day));
}

// -- whether ----------------------------------------------------------------------------------------------------------

enum verdict survey_judge(const struct publication *p, const struct survey *s, const struct fact *i,
                          struct standing *out)
{
    sensitivity_set classes = i->classes;
    enum showing    show = classes ? (enum showing)s->show_of[classes] : SHOW_POINTS;
    struct kind_set of = survey_kinds(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = survey_entry(s->category, p->n_category, of.category[k]);
        if (!c) {
            *out = (struct standing){ TOLD_NEVER, PRECISION_MONTH };
            return WITHHELD;
        }
        classes |= c->classes;
        if (c->show > show) show = c->show;
    }
    *out = (struct standing){ classes, (enum precision)s->finest_of[classes] };
    if (show != SHOW_POINTS) return show == SHOW_AREAS ? BY_AREA : WITHHELD;
    return is_due(s->policy, out->finest, i, p->order.now_s) ? TOLD : DELAYED;
}

// -- where ------------------------------------------------------------------------------------------------------------

static uint16_t finest_area(const struct publication *p, const struct fact *i)
{
    return p->atlas.finest.n ? i->area[0] : AREA_NOWHERE;
}

bool survey_on_list(const struct publication *p, const struct anchors *list, const struct fact *i,
                    struct anchor *out)
{
    uint16_t there[MAX_AREA_SETS];
    anchor_of(list, i->at, finest_area(p, i), out);
    if (!out->found) return false;
    atlas_at(&p->atlas, out->at, there);
    for (size_t k = 0; k < p->atlas.n_sets; k++) out->found = out->found && there[k] == i->area[k];
    return out->found;
}

uint32_t survey_place(const struct survey *s, const struct fact *i)
{
    return s->policy->place_text ? i->place : 0;
}

// -- what is told -----------------------------------------------------------------------------------------------------

/// Of a grid not the anchors are needed here, which are chosen after this reading, but the text alone.
static enum err note_text(struct publication *p, struct survey *v, const struct fact *i)
{
    uint32_t      text = survey_place(v, i), number;
    struct anchor anchor;
    if (text >= p->n_texts && text)
        return fail(&p->sc->fault, ERR_CORRUPT, "a text of the store is missing; run hromada check");
    if (text) v->number[text] = 1;
    if (text || !v->list || !i->has_point) return OK;
    if (!survey_on_list(p, v->anchors, i, &anchor) || anchor.number == UINT32_MAX) return OK;
    return text_set_add(p->sc, &v->texts, v->list[anchor.number].name, &number);
}

enum err survey_note(struct publication *p, struct survey *v, const struct fact *i)
{
    struct kind_set of = survey_kinds(p, i);
    struct entry   *s = i->source > 0 && (size_t)i->source < p->n_source ? &v->source[i->source] : NULL;
    if (!s || !s->known)
        return fail(&p->sc->fault, ERR_CORRUPT, "an incident has no source; run hromada check");
    s->used = true;
    for (size_t k = 0; k < of.n; k++) {
        struct entry *c = &v->category[of.category[k]];
        // Which of several sources a category is credited to must not hang on the order of the rows.
        if (!c->used || i->source < c->source) c->source = i->source;
        c->used = true;
    }
    v->mix_used[i->kinds] = true;
    int32_t day = civil_floor_day(i->from_s);
    if (day > v->last_day) v->last_day = day;
    if (v->policy->outcome && survey_entry(v->outcome, p->n_outcome, i->outcome))
        v->outcome[i->outcome].used = true;
    if (i->has_point) v->census[morton(i->at, CENSUS_LEVEL)]++;
    return note_text(p, v, i);
}

sensitivity_set survey_own_classes(const struct publication *p, const struct fact *i)
{
    const struct survey *v = &p->tier[p->widest];
    sensitivity_set      classes = i->flags & FLAG_DOMESTIC ? sensitivity_bit(SENSITIVITY_DOMESTIC) : 0;
    struct kind_set      of = survey_kinds(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = survey_entry(v->category, p->n_category, of.category[k]);
        if (c) classes |= c->classes;
    }
    return classes;
}

static void forget_used(struct entry *e, size_t n)
{
    for (size_t i = 0; i < n; i++) e[i].used = false;
}

enum err survey_forget(struct scope *sc, const struct publication *p, struct survey *v)
{
    uint32_t none;
    forget_used(v->source, p->n_source);
    forget_used(v->category, p->n_category);
    forget_used(v->outcome, p->n_outcome);
    memset(v->mix_used, 0, (KINDS_MAX_SETS + 1) * sizeof *v->mix_used);
    memset(v->census, 0, sizeof *v->census << (2 * CENSUS_LEVEL));
    if (v->number) memset(v->number, 0, p->n_texts * sizeof *v->number);
    v->last_day = 0;
    v->texts = (struct text_set){ 0 };
    return text_set_add(sc, &v->texts, (str){ 0 }, &none);
}

uint32_t survey_row(const struct publication *p, const uint32_t *census)
{
    uint32_t best = 0, y = 0, side = (uint32_t)1 << (32 - CENSUS_LEVEL);
    for (uint32_t m = 1; m < (uint32_t)1 << (2 * CENSUS_LEVEL); m++)
        if (census[m] > census[best]) best = m;
    if (!census[best] && p->atlas.finest.n) return p->atlas.finest.label[0].y;
    for (unsigned bit = 0; bit < CENSUS_LEVEL; bit++) y |= (best >> (2 * bit + 1) & 1) << bit;
    uint32_t north = y * side, south = north + (side - 1);
    return mercator_unit_m(north) < mercator_unit_m(south) ? north : south;
}
