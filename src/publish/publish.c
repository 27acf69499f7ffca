// SPDX-License-Identifier: EUPL-1.2
#include "publish/publish.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "publish/anchor.h"
#include "publish/atlas.h"
#include "publish/text_set.h"
#include <math.h>
#include <stdlib.h>

enum {
    MAX_IDS = 1 << 20,    // ids of categories, outcomes and sources are counted up from 1 by the store
    CENSUS_LEVEL = 10,    // cells of 39 km at the equator
    MOVED_STEPS = 400000, // of 0.1 m: 40 km; what moved farther counts as 40 km
    MOVED_PER_M = 10,
};

/// What stands behind a store id.
struct entry {
    uint32_t     at;     // in the store's list
    uint16_t     number; // in the release's
    int32_t      source; // of a category: the id of the first source that uses it
    enum showing show;   // of a category
    bool         known, used;
};

struct publisher {
    struct scope             *sc;
    struct store             *st;
    const struct tier_policy *tier;
    int64_t                   now_s;
    struct atlas              atlas;
    struct anchors           *anchors; // NULL: exact
    struct named_point       *list;
    size_t                    n_list;
    struct entry             *category, *outcome, *source; // [MAX id + 1]
    size_t                    n_category, n_outcome, n_source;
    struct text_set           texts;
    struct incident_cursor   *cursor;
    struct release_info       info;
    struct publish_totals     totals;
    uint32_t                 *moved; // histogram
    uint64_t                  with_point, told_before;
    bool                      ended;
    struct fault              fault; // why it ended early
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the dictionary of the release");
}

// -- when
// ------------------------------------------------------------------------------------------------------------

static enum precision told_precision(const struct tier_policy *t, const struct incident *i)
{
    static const int64_t unit_s[] = { 60, HOUR_S, DAY_S };
    enum precision       p = i->precision > t->finest ? i->precision : t->finest;
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

static bool is_due(const struct publisher *p, const struct incident *i)
{
    if (p->tier->delay_days == DELAY_NONE) return true;
    int64_t latest = i->to_s > i->from_s ? i->to_s : i->from_s;
    int64_t end_s = period_end(latest, told_precision(p->tier, i)) - i->offset_s;
    return end_s + (int64_t)p->tier->delay_days * DAY_S <= p->now_s;
}

static void tell_time(const struct publisher *p, const struct incident *i, struct release_row *row)
{
    enum precision told = told_precision(p->tier, i);
    row->day = civil_floor_day(i->from_s);
    row->how = how_of(i->from_s, told);
    row->precision = (uint8_t)told;
    int64_t in_day = i->from_s - (int64_t)row->day * DAY_S;
    if (told == PRECISION_MINUTE) row->minute = (uint16_t)(in_day / 60);
    if (told == PRECISION_HOUR) row->minute = (uint16_t)(in_day / HOUR_S * 60);
    if (told == PRECISION_MONTH) row->day = civil_day_of_month(civil_month_of_day(row->day));
}

// -- whether
// ---------------------------------------------------------------------------------------------------------

enum verdict { TOLD, WITHHELD, DELAYED };

static const struct entry *entry_of(const struct entry *e, size_t n, int32_t id)
{
    return id > 0 && (size_t)id < n && e[id].known ? &e[id] : NULL;
}

static enum verdict judge(const struct publisher *p, const struct incident *i)
{
    const struct entry *c = entry_of(p->category, p->n_category, i->category);
    if (!c || c->show == SHOW_WITHHELD || ((i->flags & FLAG_DOMESTIC) && !p->tier->domestic)) return WITHHELD;
    return is_due(p, i) ? TOLD : DELAYED;
}

// -- where
// -----------------------------------------------------------------------------------------------------------

static bool has_point(const struct incident *i)
{
    return (i->point == POINT_EXACT || i->point == POINT_SNAPPED) && !(i->flags & FLAG_PLACE_OTHER);
}

static uint16_t finest_area(const struct publisher *p, const struct release_row *row)
{
    return p->atlas.finest.n ? row->area[0] : AREA_NOWHERE;
}

/// The source's own text, where the policy tells it; not of a place that is not where it happened.
static str place_text(const struct publisher *p, const struct incident *i)
{
    return p->tier->place_text && !(i->flags & FLAG_PLACE_OTHER) ? i->place : (str){ 0 };
}

/// Areas, anchor, and the text that goes with them.
static enum err tell_place(struct publisher *p, const struct incident *i, struct release_row *row, str *text)
{
    bool          truth_told = has_point(i);
    struct anchor anchor = { .number = UINT32_MAX };
    if (truth_told) {
        struct point at = mercator_of_e7(i->lon_e7, i->lat_e7);
        atlas_at(&p->atlas, at, row->area);
        anchor = (struct anchor){ true, at, UINT32_MAX };
        if (p->anchors) TRY(anchor_of(p->sc, p->anchors, at, finest_area(p, row), &anchor));
    } else atlas_of_code(&p->atlas, i->flags & FLAG_PLACE_OTHER ? (str){ 0 } : i->area, row->area);
    row->has_point = anchor.found;
    row->at = anchor.at;
    *text = (str){ 0 };
    if (p->list && anchor.found && anchor.number != UINT32_MAX) *text = p->list[anchor.number].name;
    str told = place_text(p, i);
    if (told.n) *text = told;
    return OK;
}

/// Measures the row against the truth; the one place where both are known.
static enum err prove_place(struct publisher *p, const struct incident *i, const struct release_row *row)
{
    p->totals.no_place += !row->has_point;
    if (!row->has_point) return OK;
    struct lon_lat truth = { i->lon_e7 / 1e7, i->lat_e7 / 1e7 };
    double         m = p->anchors ? sphere_distance_m(truth, mercator_to(row->at)) : 0;
    size_t step = m * MOVED_PER_M < MOVED_STEPS - 1 ? (size_t)(m * MOVED_PER_M + 0.5) : MOVED_STEPS - 1;
    p->moved[step]++;
    p->with_point++;
    uint16_t area = finest_area(p, row);
    if (area == AREA_NOWHERE || polygon_index_find(p->atlas.finest.find, row->at) == area) return OK;
    p->totals.left_area++;
    return fail(&p->sc->fault, ERR_CORRUPT,
                "an anchor stands outside the area of its incident: nothing was published");
}

// -- dictionary
// ------------------------------------------------------------------------------------------------------

/// A table by id over a list of the store; `id_at` is where the id stands in one element.
static enum err index_ids(struct scope *sc, const void *list, size_t n, size_t size, size_t id_at,
                          struct entry **out, size_t *n_out)
{
    int32_t max = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t id = *(const int32_t *)((const char *)list + i * size + id_at);
        if (id < 1 || id >= MAX_IDS)
            return fail(&sc->fault, ERR_LIMIT, "a store id of %d is out of bounds", id);
        if (id > max) max = id;
    }
    struct entry *e = arena_array(sc->mem, struct entry, (size_t)max + 1);
    if (!e) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        int32_t id = *(const int32_t *)((const char *)list + i * size + id_at);
        e[id] = (struct entry){ .at = (uint32_t)i, .known = true };
    }
    *out = e;
    *n_out = (size_t)max + 1;
    return OK;
}

struct sorted { // by what the release's order goes by, and not by store ids: those depend on withheld rows,
                // too
    int           iccs;
    str           key;
    struct entry *entry;
};

static int cmp_sorted(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    return x->iccs != y->iccs ? x->iccs - y->iccs : str_cmp(x->key, y->key);
}

static size_t count_used(const struct entry *e, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) used += e[i].used;
    return used;
}

static enum err number_sources(struct scope *sc, struct publisher *p, const struct source *list)
{
    size_t                 n = count_used(p->source, p->n_source), k = 0;
    struct sorted         *s = arena_array(sc->mem, struct sorted, n);
    struct release_source *out = arena_array(sc->mem, struct release_source, n);
    if (!s || !out) return no_room(sc);
    if (n > UINT16_MAX)
        return fail(&sc->fault, ERR_LIMIT, "%zu sources; a release holds at most %d", n, UINT16_MAX);
    for (size_t i = 0; i < p->n_source; i++)
        if (p->source[i].used) s[k++] = (struct sorted){ 0, list[p->source[i].at].key, &p->source[i] };
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct source *from = &list[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_source){ from->key,      from->name,        from->licence, from->licence_url,
                                          from->homepage, from->attribution, from->caveat };
    }
    p->info.sources = p->totals.sources = out;
    p->info.n_sources = p->totals.n_sources = n;
    return OK;
}

static enum err number_categories(struct scope *sc, struct publisher *p, const struct category *list)
{
    size_t                   n = count_used(p->category, p->n_category), k = 0;
    struct sorted           *s = arena_array(sc->mem, struct sorted, n);
    struct release_category *out = arena_array(sc->mem, struct release_category, n);
    if (!s || !out) return no_room(sc);
    if (n > MAX_CATEGORIES)
        return fail(&sc->fault, ERR_LIMIT, "%zu categories; a release holds at most %d", n, MAX_CATEGORIES);
    for (size_t i = 0; i < p->n_category; i++) {
        const struct category *c = &list[p->category[i].at];
        if (p->category[i].used) s[k++] = (struct sorted){ c->iccs, c->key, &p->category[i] };
    }
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct category *from = &list[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_category){ .key = from->key,
                                            .iccs = from->iccs,
                                            .source = p->source[s[i].entry->source].number };
        for (int l = 0; l < LANGUAGES; l++) out[i].label[l] = from->label[l];
    }
    p->info.categories = out;
    p->info.n_categories = n;
    return OK;
}

static enum err number_outcomes(struct scope *sc, struct publisher *p, const struct outcome *list)
{
    size_t                  n = count_used(p->outcome, p->n_outcome), k = 0;
    struct sorted          *s = arena_array(sc->mem, struct sorted, n);
    struct release_outcome *out = arena_array(sc->mem, struct release_outcome, n + 1);
    if (!s || !out) return no_room(sc);
    if (n + 1 > MAX_OUTCOMES)
        return fail(&sc->fault, ERR_LIMIT, "%zu outcomes; a release holds at most %d", n, MAX_OUTCOMES - 1);
    for (size_t i = 0; i < p->n_outcome; i++)
        if (p->outcome[i].used) s[k++] = (struct sorted){ 0, list[p->outcome[i].at].key, &p->outcome[i] };
    qsort(s, n, sizeof *s, cmp_sorted);
    out[0] = (struct release_outcome){ .key = S("none"),
                                       .label = { S("Not recorded"), S("Neuvedeno"), S("Не зазначено") },
                                       .is = OUTCOME_OPEN };
    for (size_t i = 0; i < n; i++) {
        const struct outcome *from = &list[s[i].entry->at];
        s[i].entry->number = (uint16_t)(i + 1);
        out[i + 1] = (struct release_outcome){ .key = from->key, .is = from->is };
        for (int l = 0; l < LANGUAGES; l++) out[i + 1].label[l] = from->label[l];
    }
    p->info.outcomes = out;
    p->info.n_outcomes = n + 1;
    return OK;
}

// -- first pass: what occurs, and where most of it is
// -----------------------------------------------------------------

static void freep(uint32_t **p)
{
    free(*p);
}

static enum err note(struct publisher *p, const struct incident *i, uint32_t *census)
{
    struct entry *c = &p->category[i->category];
    struct entry *s = i->source > 0 && (size_t)i->source < p->n_source ? &p->source[i->source] : NULL;
    if (!s || !s->known)
        return fail(&p->sc->fault, ERR_CORRUPT, "an incident has no source; run hromada check");
    s->used = true;
    // Which of several sources a category is credited to must not hang on the order of the rows.
    if (!c->used || i->source < c->source) c->source = i->source;
    c->used = true;
    struct entry *o = p->outcome;
    if (p->tier->outcome && entry_of(o, p->n_outcome, i->outcome)) o[i->outcome].used = true;
    if (has_point(i)) census[morton(mercator_of_e7(i->lon_e7, i->lat_e7), CENSUS_LEVEL)]++;
    p->told_before++;
    if (!p->list && !p->tier->place_text) return OK;
    // Of the grid not the anchors are needed here, which are chosen after this pass, but the text alone.
    struct release_row row;
    str                text = place_text(p, i);
    uint32_t           number;
    if (p->list) TRY(tell_place(p, i, &row, &text));
    return text_set_add(p->sc, &p->texts, text, &number);
}

static enum err first_pass(struct scope *sc, struct publisher *p, uint32_t *census)
{
    AUTO(store_incidents_closep) struct incident_cursor *cursor = NULL;
    struct incident                                      i;
    TRY(store_incidents_open(sc, p->st, &cursor));
    while (store_incidents_next(cursor, &i))
        if (judge(p, &i) == TOLD) TRY(note(p, &i, census));
    enum err e = store_incidents_end(sc, cursor);
    cursor = NULL;
    return e;
}

/// The cell of 39 km with most incidents; its poleward edge, where a cell is narrowest on the ground.
static uint32_t census_row(const struct publisher *p, const uint32_t *census)
{
    uint32_t best = 0, y = 0, side = (uint32_t)1 << (32 - CENSUS_LEVEL);
    for (uint32_t m = 1; m < (uint32_t)1 << (2 * CENSUS_LEVEL); m++)
        if (census[m] > census[best]) best = m;
    if (!census[best] && p->atlas.finest.n) return p->atlas.finest.label[0].y;
    for (unsigned bit = 0; bit < CENSUS_LEVEL; bit++) y |= (best >> (2 * bit + 1) & 1) << bit;
    uint32_t north = y * side, south = north + (side - 1);
    return mercator_unit_m(north) < mercator_unit_m(south) ? north : south;
}

static enum err choose_grid(struct scope *sc, struct publisher *p, const uint32_t *census)
{
    uint32_t y = census_row(p, census);
    unsigned level = anchor_level(p->tier->anchor_grid_m, y);
    p->info.anchor_level = (uint8_t)level;
    p->info.anchor_m = p->totals.anchor_m = (uint32_t)lround(ldexp(mercator_unit_m(y), (int)(32 - level)));
    return anchors_grid(sc, level, &p->atlas.finest, &p->anchors);
}

// -- life
// ------------------------------------------------------------------------------------------------------------

static enum err read_list(struct scope *sc, struct publisher *p)
{
    const char *path, *name = arena_cstr(sc->mem, p->tier->anchor_file);
    if (!name) return no_room(sc);
    TRY(path_join(sc, store_dir(p->st), name, &path));
    TRY(anchors_read(sc, path, &p->list, &p->n_list));
    return anchors_list(sc, p->list, p->n_list, &p->atlas.finest, &p->anchors);
}

static enum err read_settings(struct scope *sc, struct publisher *p, enum tier tier, int64_t number)
{
    struct store_settings s;
    TRY(store_settings_get(sc, p->st, &s));
    p->info.release = (uint64_t)number;
    p->info.created_s = p->now_s;
    p->info.tier = tier_name(tier);
    p->info.town = s.name;
    p->info.timezone = s.timezone;
    p->info.lang = s.lang;
    p->info.demo = s.demo;
    p->info.finest = (uint8_t)p->tier->finest;
    return OK;
}

static enum err survey(struct scope *sc, struct publisher *p, const struct policy *policy)
{
    const struct source   *sources;
    const struct category *categories;
    const struct outcome  *outcomes;
    size_t                 n_sources, n_categories, n_outcomes;
    TRY(store_sources(sc, p->st, &sources, &n_sources));
    TRY(store_categories(sc, p->st, &categories, &n_categories));
    TRY(store_outcomes(sc, p->st, &outcomes, &n_outcomes));
    TRY(policy_check(sc, policy, categories, n_categories));
    TRY(index_ids(sc, sources, n_sources, sizeof *sources, offsetof(struct source, id), &p->source,
                  &p->n_source));
    TRY(index_ids(sc, categories, n_categories, sizeof *categories, offsetof(struct category, id),
                  &p->category, &p->n_category));
    TRY(index_ids(sc, outcomes, n_outcomes, sizeof *outcomes, offsetof(struct outcome, id), &p->outcome,
                  &p->n_outcome));
    for (size_t i = 0; i < p->n_category; i++)
        if (p->category[i].known) p->category[i].show = policy_shows(p->tier, &categories[p->category[i].at]);
    AUTO(freep) uint32_t *census = calloc((size_t)1 << (2 * CENSUS_LEVEL), sizeof *census);
    if (!census) return no_room(sc);
    TRY(first_pass(sc, p, census));
    TRY(number_sources(sc, p, sources));
    TRY(number_categories(sc, p, categories));
    TRY(number_outcomes(sc, p, outcomes));
    return p->tier->anchor_grid_m ? choose_grid(sc, p, census) : OK;
}

static enum err fill(struct scope *sc, struct publisher *p, const struct policy *policy, enum tier tier,
                     int64_t number)
{
    uint32_t none;
    TRY(read_settings(sc, p, tier, number));
    TRY(atlas_read(sc, p->st, &p->atlas));
    p->info.sets = p->atlas.set;
    p->info.n_sets = p->atlas.n_sets;
    p->info.layers = p->atlas.layer;
    p->info.n_layers = p->atlas.n_layers;
    if (p->tier->anchor_file.n) TRY(read_list(sc, p));
    TRY(text_set_add(sc, &p->texts, (str){ 0 }, &none));
    TRY(survey(sc, p, policy));
    text_set_sort(&p->texts);
    p->info.places = p->texts.text;
    p->info.n_places = p->texts.n;
    p->moved = arena_array(sc->mem, uint32_t, MOVED_STEPS);
    if (!p->moved) return no_room(sc);
    return store_incidents_open(sc, p->st, &p->cursor);
}

enum err publish_open(struct scope *sc, struct store *st, const struct policy *policy, enum tier tier,
                      int64_t number, int64_t now_s, struct publisher **out)
{
    if (!policy->tier[tier].given)
        return fail(&sc->fault, ERR_INVALID, "the policy has no rules for the tier \"%.*s\"",
                    STR(tier_name(tier)));
    struct publisher *p = arena_new(sc->mem, struct publisher);
    if (!p) return no_room(sc);
    *p = (struct publisher){ .sc = sc, .st = st, .tier = &policy->tier[tier], .now_s = now_s };
    TRY(fill(sc, p, policy, tier, number));
    *out = p;
    return OK;
}

const struct release_info *publish_info(const struct publisher *p)
{
    return &p->info;
}

static enum err tell(struct publisher *p, const struct incident *i, struct release_row *row)
{
    const struct entry *c = entry_of(p->category, p->n_category, i->category);
    const struct entry *o = entry_of(p->outcome, p->n_outcome, i->outcome);
    const struct entry *s = entry_of(p->source, p->n_source, i->source);
    str                 text;
    *row = (struct release_row){ 0 };
    TRY(tell_place(p, i, row, &text));
    TRY(prove_place(p, i, row));
    tell_time(p, i, row);
    row->place = text_set_find(&p->texts, text);
    row->flags = (uint8_t)(i->flags & p->tier->flags);
    // The first pass has seen them all, unless somebody wrote in between.
    if (!c || !c->used || !s || !s->used || (p->tier->outcome && o && !o->used) || (text.n && !row->place))
        return fail(&p->sc->fault, ERR_BUSY, "the store changed while it was being published; publish again");
    row->category = c->number;
    row->source = s->number;
    row->outcome = p->tier->outcome && o ? (uint8_t)o->number : 0;
    p->totals.incidents++;
    return OK;
}

bool publish_next(struct publisher *p, struct release_row *row)
{
    struct incident i;
    while (!p->ended && store_incidents_next(p->cursor, &i)) {
        enum verdict v = judge(p, &i);
        p->totals.withheld += v == WITHHELD;
        p->totals.delayed += v == DELAYED;
        if (v != TOLD) continue;
        if (!tell(p, &i, row)) return true;
        p->fault = p->sc->fault;
        p->ended = true;
    }
    p->ended = true;
    return false;
}

/// The distance that a share of all stays within.
static double moved_m(const struct publisher *p, double share)
{
    uint64_t want = (uint64_t)ceil((double)p->with_point * share), seen = 0;
    for (size_t i = 0; want && i < MOVED_STEPS; i++) {
        seen += p->moved[i];
        if (seen >= want) return (double)i / MOVED_PER_M;
    }
    return 0;
}

enum err publish_end(struct scope *sc, struct publisher *p, struct publish_totals *out)
{
    if (p->fault.code) {
        sc->fault = p->fault;
        return p->fault.code;
    }
    enum err e = store_incidents_end(sc, p->cursor);
    p->cursor = NULL;
    if (e) return e;
    if (p->totals.incidents != p->told_before)
        return fail(&sc->fault, ERR_BUSY, "the store changed while it was being published; publish again");
    p->totals.moved_median_m = moved_m(p, 0.5);
    p->totals.moved_p95_m = moved_m(p, 0.95);
    *out = p->totals;
    return OK;
}

void publish_closep(struct publisher **p)
{
    if (*p) store_incidents_closep(&(*p)->cursor);
    *p = NULL;
}
