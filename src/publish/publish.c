// SPDX-License-Identifier: EUPL-1.2
#include "publish/publish.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "publish/anchor.h"
#include "publish/atlas.h"
#include "publish/by_area.h"
#include "publish/facts.h"
#include "publish/fingerprint.h"
#include "publish/region.h"
#include "publish/spot.h"
#include "publish/text_set.h"
#include "publish/twins.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_IDS = 1 << 20,    // ids of categories, outcomes and sources are counted up from 1 by the store
    CENSUS_LEVEL = 10,    // cells of 39 km at the equator
    MOVED_STEPS = 400000, // of 0.1 m: 40 km; what moved farther counts as 40 km
    MOVED_PER_M = 10,
    PLACES = 1 << 14, // that a tier remembers, each under the one slot that it can have
    STAY_AMONG = 5,   // others of its kind must be told, or what turned is not told as before
};

/// Classes that no tier is told of, by code.
#define TOLD_NEVER (sensitivity_bit(SENSITIVITY_UNCLASSIFIED) | sensitivity_bit(SENSITIVITY_TRAFFICKING))

/// What stands behind a store id.
struct entry {
    uint32_t        at;      // in the store's list
    uint16_t        number;  // in the release's
    int32_t         source;  // of a category: the id of the first source that uses it
    sensitivity_set classes; // of a category: its class
    enum showing    show;    // of a category
    int64_t         since_s; // of a category that nobody is told of: when somebody said so, UTC; 0: never
    bool            known, used;
    bool            other; // of an outcome: its words are not for this tier, which is told "other"
};

/// What the first reading finds out for one tier.
struct survey {
    const struct tier_policy *policy;  // NULL: the tier is not given
    struct anchors           *anchors; // of a list
    struct named_point       *list;    // [n_list]
    size_t                    n_list;
    struct entry             *category, *outcome, *source; // [n of the publication]
    uint8_t        *show_of, *finest_of; // [1 << SENSITIVITIES] what the policy says of a set of classes
    bool           *mix_used;            // [KINDS_MAX_SETS + 1] by the number of facts_kinds
    uint16_t       *mix;                 // likewise: the release's number of the kind
    int32_t         last_day;            // of what is told
    struct text_set texts;
    uint32_t       *number; // [n_texts] of places' texts: the store's to the release's. NULL: none is told
    uint32_t       *census; // [4^CENSUS_LEVEL]
    struct release_info info;
};

struct publication {
    struct scope          *sc;
    struct store          *st;
    struct atlas           atlas;
    struct facts          *facts;
    const struct source   *sources;
    const struct category *categories;
    const struct outcome  *outcomes;
    size_t                 n_category, n_outcome, n_source; // highest ids + 1
    size_t                 n_texts;
    struct survey          tier[TIERS];
    struct by_area        *by_area;
    struct leave          *leave; // of the public tier; NULL: it is not given
    struct spots           spots; // likewise, when anything turned
    struct twins           twins; // what may not be shown to the public
    const struct policy   *policy;
    struct point          *addresses; // [n_addresses] where people live, if regions are measured by them
    size_t                 n_addresses;
    enum tier              widest; // tier that is given, which decides what is told by area
    bool counts_no_more; // without a public tier, and something was public: what of it is not known here
    struct leave_order order;
    struct fault       fault; // why reading ended early
};

struct told_place {
    int32_t       lon_e7, lat_e7;
    bool          used;
    uint32_t      moved;               // step of the histogram
    size_t        kept;                // areas of so many sets are told, the coarsest,
    uint16_t      area[MAX_AREA_SETS]; // of these
    bool          beside;              // which are those beside the strip that it lies in
    struct anchor anchor;
};

struct publisher {
    struct scope             *sc;
    const struct publication *of;
    const struct survey      *survey;
    struct anchors           *anchors;          // of a list; NULL: of a grid, or exact
    struct regions           *regions;          // of a grid
    bool                 *small[MAX_AREA_SETS]; // areas that a row without a point may not be told to be in
    struct fact_reader   *reader;
    const struct leave   *leave;      // of the public tier
    uint64_t              at;         // facts read
    size_t                next, stay; // exceptions passed; incidents told that stay
    struct told_place    *places;     // [PLACES]
    struct publish_totals totals;
    uint32_t             *moved; // histogram
    uint64_t              with_point;
    bool                  ended;
    struct fault          fault; // why it ended early
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the dictionary of the release");
}

// -- when ---------------------------------------------------------------------------------------------------

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

static void tell_time(enum precision finest, const struct fact *i, struct release_row *row)
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

// -- whether ------------------------------------------------------------------------------------------------

enum verdict { TOLD, WITHHELD, BY_AREA, DELAYED };

static const struct entry *entry_of(const struct entry *e, size_t n, int32_t id)
{
    return id > 0 && (size_t)id < n && e[id].known ? &e[id] : NULL;
}

/// All categories of an incident, ids of the store.
static struct kind_set categories_of(const struct publication *p, const struct fact *i)
{
    return i->kinds ? kinds_get(facts_kinds(p->facts), i->kinds) : (struct kind_set){ &i->category, 1 };
}

struct standing {
    sensitivity_set classes; // all, also those of its categories
    enum precision  finest;  // that of the coarsest class
};
/// As the strictest of its categories and classes. What is not known is withheld.
static enum verdict judge(const struct publication *p, const struct survey *s, const struct fact *i,
                          struct standing *out)
{
    sensitivity_set classes = i->classes;
    enum showing    show = classes ? (enum showing)s->show_of[classes] : SHOW_POINTS;
    struct kind_set of = categories_of(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = entry_of(s->category, p->n_category, of.category[k]);
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

// -- where --------------------------------------------------------------------------------------------------

static uint16_t finest_area(const struct publication *p, const struct fact *i)
{
    return p->atlas.finest.n ? i->area[0] : AREA_NOWHERE;
}

/// A point of a list stands for its addresses in the areas it lies in: who is in another area of any set is told of the town
/// alone, or there might be nobody else of that area at that point.
static bool on_list(const struct publication *p, const struct anchors *list, const struct fact *i,
                    struct anchor *out)
{
    uint16_t there[MAX_AREA_SETS];
    anchor_of(list, i->at, finest_area(p, i), out);
    if (!out->found) return false;
    atlas_at(&p->atlas, out->at, there);
    for (size_t k = 0; k < p->atlas.n_sets; k++) out->found = out->found && there[k] == i->area[k];
    return out->found;
}

/// The store's number of the source's own text, where the policy tells it.
static uint32_t place_number(const struct survey *s, const struct fact *i)
{
    return s->policy->place_text ? i->place : 0;
}

/// Measures an anchor against the truth; the one place where both are known.
static enum err prove_place(struct publisher *p, const struct fact *i, struct told_place *t)
{
    struct lon_lat truth = { i->lon_e7 / 1e7, i->lat_e7 / 1e7 };
    uint16_t       there[MAX_AREA_SETS];
    double         m = p->survey->policy->exact ? 0 : sphere_distance_m(truth, mercator_to(t->anchor.at));
    size_t         n = p->of->atlas.n_sets;
    bool           inside = true;
    t->moved = m * MOVED_PER_M < MOVED_STEPS - 1 ? (uint32_t)(m * MOVED_PER_M + 0.5) : MOVED_STEPS - 1;
    if (t->anchor.at.x == i->at.x && t->anchor.at.y == i->at.y) return OK; // exact: that is where it happened
    atlas_at(&p->of->atlas, t->anchor.at, there);
    for (size_t k = n - t->kept; k < n; k++) inside = inside && there[k] == t->area[k];
    if (inside) return OK;
    p->totals.left_area++;
    return fail(&p->sc->fault, ERR_CORRUPT,
                "an anchor stands outside the area of its incident: nothing was published");
}

/// A point of a list is told with its area, and stands for no more than the land of that, whatever the list says of the point.
static bool is_small_area(const struct publisher *p, const struct fact *i)
{
    return p->small[0] && p->small[0][i->area[0]];
}

/// The anchor and its proof are kept until another place needs their slot.
static enum err find_place(struct publisher *p, const struct fact *i, const struct told_place **out)
{
    uint64_t           key = (uint64_t)(uint32_t)i->lon_e7 << 32 | (uint32_t)i->lat_e7;
    struct told_place *t = &p->places[key * 0x9E3779B97F4A7C15u >> 40 & (PLACES - 1)];
    *out = t;
    if (t->used && t->lon_e7 == i->lon_e7 && t->lat_e7 == i->lat_e7) return OK;
    *t = (struct told_place){
        .lon_e7 = i->lon_e7, .lat_e7 = i->lat_e7, .used = true, .kept = p->of->atlas.n_sets
    };
    t->anchor = (struct anchor){ true, i->at, UINT32_MAX };
    memcpy(t->area, i->area, sizeof t->area);
    if (p->anchors && (!on_list(p->of, p->anchors, i, &t->anchor) || is_small_area(p, i)))
        t->anchor.found = false, t->kept = 0;
    if (p->regions) {
        struct region r;
        TRY(region_of(p->sc, p->regions, i->at, i->area, &r));
        t->anchor = (struct anchor){ r.found, r.at, UINT32_MAX };
        t->kept = r.kept;
        t->beside = r.beside;
        memcpy(t->area, r.area, sizeof t->area);
    }
    return t->anchor.found ? prove_place(p, i, t) : OK;
}

/// Areas, anchor, and the text that goes with them.
static enum err tell_place(struct publisher *p, const struct fact *i, struct release_row *row)
{
    const struct survey *s = p->survey;
    uint32_t             text = place_number(s, i);
    for (size_t k = 0; k < MAX_AREA_SETS; k++)
        row->area[k] = k < p->of->atlas.n_sets ? i->area[k] : AREA_NOWHERE;
    row->place = text ? s->number[text] : 0;
    if (i->has_point) {
        const struct told_place *t;
        TRY(find_place(p, i, &t));
        for (size_t k = 0; k < p->of->atlas.n_sets; k++)
            row->area[k] = k + t->kept < p->of->atlas.n_sets ? AREA_NOWHERE : t->area[k];
        p->totals.beside += t->beside;
        p->totals.finest_dropped += t->kept < p->of->atlas.n_sets;
        row->has_point = t->anchor.found;
        if (t->anchor.found) row->at = t->anchor.at;
        if (t->anchor.found) p->moved[t->moved]++;
        if (!text && t->anchor.found && t->anchor.number != UINT32_MAX)
            row->place = text_set_find(&s->texts, s->list[t->anchor.number].name);
    }
    for (size_t k = 0; k < p->of->atlas.n_sets && !row->has_point; k++)
        if (p->small[k] && row->area[k] != AREA_NOWHERE && p->small[k][row->area[k]])
            row->area[k] = AREA_NOWHERE;
    p->with_point += row->has_point;
    p->totals.no_place += !row->has_point;
    return OK;
}

// -- dictionary ---------------------------------------------------------------------------------------------

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

static enum err number_sources(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                 n = count_used(v->source, p->n_source), k = 0;
    struct sorted         *s = arena_array(sc->mem, struct sorted, n);
    struct release_source *out = arena_array(sc->mem, struct release_source, n);
    if (!s || !out) return no_room(sc);
    if (n > UINT16_MAX)
        return fail(&sc->fault, ERR_LIMIT, "%zu sources; a release holds at most %d", n, UINT16_MAX);
    for (size_t i = 0; i < p->n_source; i++)
        if (v->source[i].used) s[k++] = (struct sorted){ 0, p->sources[v->source[i].at].key, &v->source[i] };
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct source *from = &p->sources[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_source){ from->key,      from->name,        from->licence, from->licence_url,
                                          from->homepage, from->attribution, from->caveat };
    }
    v->info.sources = out;
    v->info.n_sources = n;
    return OK;
}

static enum err number_categories(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                   n = count_used(v->category, p->n_category), k = 0;
    struct sorted           *s = arena_array(sc->mem, struct sorted, n);
    struct release_category *out = arena_array(sc->mem, struct release_category, n);
    if (!s || !out) return no_room(sc);
    if (n > MAX_CATEGORIES)
        return fail(&sc->fault, ERR_LIMIT, "%zu categories; a release holds at most %d", n, MAX_CATEGORIES);
    for (size_t i = 0; i < p->n_category; i++) {
        const struct category *c = &p->categories[v->category[i].at];
        if (v->category[i].used) s[k++] = (struct sorted){ c->iccs, c->key, &v->category[i] };
    }
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct category *from = &p->categories[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_category){ .key = from->key,
                                            .iccs = from->iccs,
                                            .source = v->source[s[i].entry->source].number };
        for (int l = 0; l < LANGUAGES; l++) out[i].label[l] = from->label[l];
    }
    v->info.categories = out;
    v->info.n_categories = n;
    return OK;
}

static int cmp_mixes(const void *a, const void *b)
{
    const struct release_mix *x = a, *y = b;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->category[i] != y->category[i]) return x->category[i] < y->category[i] ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static int cmp_numbers(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/// The store's set of categories in the release's numbers.
static enum err mix_of(struct scope *sc, const struct survey *v, struct kind_set set, struct release_mix *out)
{
    uint16_t *number = arena_array(sc->mem, uint16_t, set.n);
    if (!number) return no_room(sc);
    for (size_t i = 0; i < set.n; i++) number[i] = v->category[set.category[i]].number;
    qsort(number, set.n, sizeof *number, cmp_numbers);
    *out = (struct release_mix){ number, set.n };
    return OK;
}

/// In an order that hangs on nothing but what they hold.
static enum err number_mixes(struct scope *sc, const struct publication *p, struct survey *v)
{
    const struct kinds *all = facts_kinds(p->facts);
    size_t              n = 0;
    for (size_t k = 1; k <= all->n; k++) n += v->mix_used[k];
    struct release_mix *mix = arena_array(sc->mem, struct release_mix, n), one;
    v->mix = arena_array(sc->mem, uint16_t, all->n + 1);
    if (!mix || !v->mix) return no_room(sc);
    if (n > MAX_MIXES)
        return fail(&sc->fault, ERR_LIMIT, "%zu mixes of categories; a release holds at most %d", n,
                    MAX_MIXES);
    n = 0;
    for (size_t k = 1; k <= all->n; k++)
        if (v->mix_used[k]) TRY(mix_of(sc, v, kinds_get(all, (uint16_t)k), &mix[n++]));
    qsort(mix, n, sizeof *mix, cmp_mixes);
    for (size_t k = 1; k <= all->n; k++) {
        if (!v->mix_used[k]) continue;
        TRY(mix_of(sc, v, kinds_get(all, (uint16_t)k), &one));
        const struct release_mix *at = bsearch(&one, mix, n, sizeof *mix, cmp_mixes);
        v->mix[k] = (uint16_t)(v->info.n_categories + (size_t)(at - mix));
    }
    v->info.mixes = mix;
    v->info.n_mixes = n;
    return OK;
}

static const struct release_outcome outcome_other = {
    .key = { "other", 5 },
    .label = { { "Other", 5 }, { "Jiné", sizeof "Jiné" - 1 }, { "Інше", sizeof "Інше" - 1 } },
    .is = OUTCOME_OPEN
};

/// The public is told no outcome in words that no profile names: a source may write anything there. All of them are one.
static void hide_words(const struct publication *p, struct survey *v)
{
    for (size_t i = 0; i < p->n_outcome; i++)
        v->outcome[i].other =
            v->outcome[i].known && (!p->outcomes[v->outcome[i].at].named ||
                                    str_eq(p->outcomes[v->outcome[i].at].key, outcome_other.key));
}

static enum err number_outcomes(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                  n = count_used(v->outcome, p->n_outcome), k = 0, at = 1, other = 0;
    struct sorted          *s = arena_array(sc->mem, struct sorted, n);
    struct release_outcome *out = arena_array(sc->mem, struct release_outcome, n + 1);
    if (!s || !out) return no_room(sc);
    for (size_t i = 0; i < p->n_outcome; i++) {
        struct entry *e = &v->outcome[i];
        if (e->used) s[k++] = (struct sorted){ 0, e->other ? outcome_other.key : p->outcomes[e->at].key, e };
    }
    qsort(s, n, sizeof *s, cmp_sorted);
    out[0] = (struct release_outcome){ .key = S("none"),
                                       .label = { S("Not recorded"), S("Neuvedeno"), S("Не зазначено") },
                                       .is = OUTCOME_OPEN };
    for (size_t i = 0; i < n; i++) {
        const struct outcome *from = &p->outcomes[s[i].entry->at];
        s[i].entry->number = (uint16_t)(s[i].entry->other && other ? other : at);
        if (s[i].entry->number < at) continue;
        if (s[i].entry->other) {
            other = at;
            out[at++] = outcome_other;
            continue;
        }
        out[at] = (struct release_outcome){ .key = from->key, .is = from->is };
        for (int l = 0; l < LANGUAGES; l++) out[at].label[l] = from->label[l];
        at++;
    }
    if (at > MAX_OUTCOMES)
        return fail(&sc->fault, ERR_LIMIT, "%zu outcomes; a release holds at most %d", at - 1,
                    MAX_OUTCOMES - 1);
    v->info.outcomes = out;
    v->info.n_outcomes = at;
    return OK;
}

// -- first reading: what occurs, and where most of it is ----------------------------------------------------

/// Of a grid not the anchors are needed here, which are chosen after this reading, but the text alone.
static enum err note_text(struct publication *p, struct survey *v, const struct fact *i)
{
    uint32_t      text = place_number(v, i), number;
    struct anchor anchor;
    if (text >= p->n_texts && text)
        return fail(&p->sc->fault, ERR_CORRUPT, "a text of the store is missing; run hromada check");
    if (text) v->number[text] = 1;
    if (text || !v->list || !i->has_point) return OK;
    if (!on_list(p, v->anchors, i, &anchor) || anchor.number == UINT32_MAX) return OK;
    return text_set_add(p->sc, &v->texts, v->list[anchor.number].name, &number);
}

static enum err note(struct publication *p, struct survey *v, const struct fact *i)
{
    struct kind_set of = categories_of(p, i);
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
    if (v->policy->outcome && entry_of(v->outcome, p->n_outcome, i->outcome))
        v->outcome[i->outcome].used = true;
    if (i->has_point) v->census[morton(i->at, CENSUS_LEVEL)]++;
    return note_text(p, v, i);
}

/// When was it said last of one of its kinds that nobody is told of it?
static int64_t gone_since(const struct publication *p, const struct survey *v, const struct fact *i)
{
    struct kind_set of = categories_of(p, i);
    int64_t         since_s = 0;
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = entry_of(v->category, p->n_category, of.category[k]);
        if (c && c->since_s > since_s) since_s = c->since_s;
    }
    return since_s;
}

/// With whom an incident is counted: the public has seen some, and would subtract them from the others. Who went along and turned
/// later is counted with nobody: more of those who left would be told to have turned than one in five. False: so.
static bool apart_of(enum leave_past past, enum by_area_apart *out)
{
    static const enum by_area_apart of[] = { [LEAVE_NEVER_SHOWN] = APART_NEVER_SHOWN,
                                             [LEAVE_WAS_SHOWN] = APART_WAS_SHOWN,
                                             [LEAVE_TURNED] = APART_TURNED };
    if (past == LEAVE_ALONG) return false;
    *out = of[past];
    return true;
}

/// The classes that its kinds and its mark have, whatever else its record says.
static sensitivity_set own_classes(const struct publication *p, const struct fact *i)
{
    const struct survey *v = &p->tier[p->widest];
    sensitivity_set      classes = i->flags & FLAG_DOMESTIC ? sensitivity_bit(SENSITIVITY_DOMESTIC) : 0;
    struct kind_set      of = categories_of(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = entry_of(v->category, p->n_category, of.category[k]);
        if (c) classes |= c->classes;
    }
    return classes;
}

static enum err note_by_area(struct publication *p, const struct survey *v, const struct fact *i,
                             enum verdict verdict, sensitivity_set classes)
{
    enum by_area_apart apart;
    int64_t            id = facts_id(p->facts);
    if (verdict == BY_AREA && !p->counts_no_more &&
        apart_of(p->leave ? leave_past(p->leave) : LEAVE_NEVER_SHOWN, &apart))
        return by_area_note(p->by_area, id, i->from_s, i->area, classes, own_classes(p, i), apart);
    if (verdict == WITHHELD && gone_since(p, v, i)) by_area_gone(p->by_area, id, gone_since(p, v, i));
    return OK;
}

static void forget_used(struct entry *e, size_t n)
{
    for (size_t i = 0; i < n; i++) e[i].used = false;
}

/// As before the first note.
static enum err forget_notes(struct scope *sc, const struct publication *p, struct survey *v)
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

/// Of the public tier: *i becomes what is told, *v what becomes of that. *out: it has left, or turned and is dealt with by let_leave.
static enum err meet_leave(struct publication *p, struct fact *i, enum verdict *v, struct standing *s,
                           bool counted, bool *out)
{
    static const enum leave_verdict is[] = {
        [TOLD] = LEAVE_MAY_SHOW, [BY_AREA] = LEAVE_BY_AREA, [WITHHELD] = LEAVE_HIDDEN, [DELAYED] = LEAVE_LATER
    };
    const struct fact record = *i;
    int64_t           id = facts_id(p->facts);
    bool              hidden = *v == WITHHELD || *v == BY_AREA, stands = false;
    if (hidden) TRY(twins_protect(p->sc, &p->twins, i));
    else TRY(leave_stands(p->leave, id, i, &stands));
    if (stands) *v = judge(p, &p->tier[TIER_PUBLIC], i, s);
    *out = leave_meet(p->leave, id, &record, is[*v], s->classes, counted);
    return OK;
}

static enum err note_tiers(struct publication *p, const struct fact *i)
{
    bool counted = by_area_meet(p->by_area, facts_id(p->facts), i->from_s);
    for (int t = 0; t < TIERS; t++) {
        struct survey  *v = &p->tier[t];
        struct standing s = { 0 };
        if (!v->policy) continue;
        struct fact  is = *i;
        bool         left = false;
        enum verdict verdict = judge(p, v, &is, &s);
        if (t == TIER_PUBLIC) TRY(meet_leave(p, &is, &verdict, &s, counted, &left));
        if (left) continue;
        if (verdict == TOLD) TRY(note(p, v, &is));
        if (t == (int)p->widest) TRY(note_by_area(p, v, &is, verdict, s.classes));
    }
    return OK;
}

bool publication_read(struct publication *p, uint64_t incidents)
{
    struct fact i;
    for (uint64_t n = 0; n < incidents; n++) {
        if (p->fault.code || !facts_read(p->facts, &i)) return false;
        if (!note_tiers(p, &i)) continue;
        p->fault = p->sc->fault;
        return false;
    }
    return true;
}

/// The cell of 39 km with most incidents; its poleward edge, where a cell is narrowest on the ground.
static uint32_t census_row(const struct publication *p, const uint32_t *census)
{
    uint32_t best = 0, y = 0, side = (uint32_t)1 << (32 - CENSUS_LEVEL);
    for (uint32_t m = 1; m < (uint32_t)1 << (2 * CENSUS_LEVEL); m++)
        if (census[m] > census[best]) best = m;
    if (!census[best] && p->atlas.finest.n) return p->atlas.finest.label[0].y;
    for (unsigned bit = 0; bit < CENSUS_LEVEL; bit++) y |= (best >> (2 * bit + 1) & 1) << bit;
    uint32_t north = y * side, south = north + (side - 1);
    return mercator_unit_m(north) < mercator_unit_m(south) ? north : south;
}

// -- what turned sensitive ---------------------------------------------------------------------------------------------

/// Is there a rule against all incidents of these kinds, whatever else their records say?
static bool rule_hides_kind(const struct publication *p, const struct survey *v, const struct fact *i)
{
    struct kind_set of = categories_of(p, i);
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = entry_of(v->category, p->n_category, of.category[k]);
        if (!c || c->show != SHOW_POINTS) return true;
    }
    return false;
}

/// The outcome and the marks that the public is told, as a number that is equal for what it cannot tell apart.
static uint64_t said_of(const struct publication *p, const struct fact *i)
{
    const struct survey *v = &p->tier[TIER_PUBLIC];
    const struct entry  *is = v->policy->outcome ? entry_of(v->outcome, p->n_outcome, i->outcome) : NULL;
    uint64_t             outcome = !is ? 0 : is->other ? 1 : (uint64_t)(uint32_t)i->outcome + 2;
    return outcome << 32 | (i->flags & v->policy->flags & ~(uint32_t)FLAG_DOMESTIC);
}

/// Until the date it is told as before, as all that changes is. What nobody may be told of does not wait, nor does what is not known, what a
/// rule had hidden, or a kind of which hardly any other is told.
static bool may_stay(const struct publication *p, const struct turned *t, const struct fact *was)
{
    return t->renumbered || (!t->stand && !leave_is_date(p->leave) && t->known &&
                             !(t->classes & TOLD_NEVER) && leave_others(p->leave, was) >= STAY_AMONG);
}

/// The point that the public is told, but for the grid.
static struct anchor point_told(const struct publication *p, const struct fact *i)
{
    struct anchor a = { .found = i->has_point, .at = i->at };
    if (a.found && p->tier[TIER_PUBLIC].anchors) (void)on_list(p, p->tier[TIER_PUBLIC].anchors, i, &a);
    return a;
}

/// When the public is told that it was.
static int64_t moment_told(const struct fact *i, enum precision finest)
{
    struct release_row row = { 0 };
    tell_time(finest, i, &row);
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

/// It is counted by area from now on. Whom a rule hides is counted as he was, whatever he is by now: left out, he would be the
/// one that the count lacks of all that were seen there.
static enum err count_turned(struct publication *p, const struct turned *t, bool goes, bool by_rule,
                             const struct fact *was, sensitivity_set classes)
{
    int64_t id = t->as ? t->as : t->incident;
    if (p->widest != TIER_PUBLIC) return OK;
    if (goes && t->by_area)
        return by_area_note(p->by_area, id, t->fact.from_s, t->fact.area, t->classes,
                            own_classes(p, &t->fact), APART_TURNED);
    if (!goes && by_rule)
        return by_area_note(p->by_area, id, was->from_s, was->area, classes, own_classes(p, was),
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
    enum verdict then = judge(p, v, &was, &s);
    if (then == TOLD && may_stay(p, t, &was)) return leave_stays(p->leave, t, &was);
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
    for (size_t i = 0; i < n; i++)
        if (t[i].renumbered) TRY(decide(p, &t[i])); // they are among the others of those that turned
    for (size_t i = 0; i < n; i++)
        if (!t[i].renumbered) TRY(decide(p, &t[i]));
    return OK;
}

/// A kind of several categories is as its strictest, and of the section of the first.
static enum err group_kinds(struct publication *p)
{
    size_t             n;
    struct cover_kind *k = leave_kinds(p->leave, &n);
    for (size_t i = 0; i < n; i++) {
        struct kind_set of =
            categories_of(p, &(struct fact){ .category = k[i].category, .kinds = k[i].kinds });
        k[i].class = SENSITIVITIES;
        for (size_t c = 0; c < of.n; c++) {
            const struct entry *e = entry_of(p->tier[TIER_PUBLIC].category, p->n_category, of.category[c]);
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
        if (leave_what(p->leave, &next, at, &told) != LEAVE_TOLD || judge(p, v, &told, &s) != TOLD) continue;
        int64_t incident = leave_next_shown(p->leave, &id);
        if (!leave_wants(p->leave, incident, &i)) continue;
        told = i;
        TRY(leave_as_told(p->leave, incident, &told, &changed));
        const struct leave_spot spot = spot_told(p, &told, s.finest);
        TRY(leave_offer(p->leave, incident, at, &told, &spot, changed));
    }
    return fact_reader_end(sc, r);
}

/// The dictionary must hold nothing that only those had who leave.
static enum err note_again(struct scope *sc, struct publication *p)
{
    AUTO(fact_reader_closep) struct fact_reader *r = NULL;
    struct survey                               *v = &p->tier[TIER_PUBLIC];
    struct fact                                  i;
    struct standing                              s;
    size_t                                       next = 0;
    TRY(forget_notes(sc, p, v));
    TRY(fact_reader_open(sc, p->facts, &r));
    for (uint64_t at = 0; fact_next(r, &i); at++)
        if (leave_what(p->leave, &next, at, &i) == LEAVE_TOLD && judge(p, v, &i, &s) == TOLD)
            TRY(note(p, v, &i));
    return fact_reader_end(sc, r);
}

static enum err count_new(struct publication *p)
{
    size_t                  n;
    const struct leave_new *fresh = leave_list_new(p->leave, &n);
    if (p->widest != TIER_PUBLIC) return OK;
    for (size_t i = 0; i < n; i++) {
        enum by_area_apart apart;
        if (!apart_of(fresh[i].past, &apart)) continue;
        TRY(by_area_note(p->by_area, fresh[i].incident, fresh[i].fact.from_s, fresh[i].fact.area,
                         fresh[i].classes, own_classes(p, &fresh[i].fact), apart));
    }
    return OK;
}

static enum err note_late(struct publication *p)
{
    size_t             n;
    const struct fact *late = leave_list_late(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(note(p, &p->tier[TIER_PUBLIC], &late[i]));
    return OK;
}

static enum err pass_counted(struct publication *p)
{
    size_t                     n;
    const struct leave_passed *passed = leave_list_passed(p->leave, &n);
    for (size_t i = 0; i < n; i++) TRY(by_area_pass(p->by_area, passed[i].from, passed[i].to));
    return OK;
}

/// Where and when one was told that has left: not as its record has it by now.
static struct spot_left left_told(const struct publication *p, int64_t release, const struct fact *was)
{
    struct standing s;
    (void)judge(p, &p->tier[TIER_PUBLIC], was, &s);
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
    p->spots.level = grid_m ? anchor_level(grid_m, census_row(p, v->census)) : 0;
    TRY(list_left(sc, p, &left, &n));
    spots_take(&p->spots, left, n);
    return OK;
}

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

static enum err let_leave(struct scope *sc, struct publication *p)
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
    for (size_t i = 0; i < n; i++) TRY(note(p, &p->tier[TIER_PUBLIC], &stay[i]));
    return OK;
}

// -- numbers ------------------------------------------------------------------------------------------------------------

/// Each text that a tier tells is looked up once, though a million incidents may have it.
static enum err number_texts(struct scope *sc, struct publication *p, struct survey *v)
{
    AUTO(buf_free) struct buf text;
    buf_init(&text, STORE_MAX_TEXT + 1);
    for (size_t i = 1; v->number && i < p->n_texts; i++) {
        if (!v->number[i]) continue;
        TRY(store_text(sc, p->st, (int64_t)i, &text));
        TRY(text_set_add(sc, &v->texts, buf_str(&text), &v->number[i]));
    }
    struct arena_mark mark = arena_mark(sc->mem);
    str              *before = arena_array(sc->mem, str, v->texts.n);
    if (!before) return no_room(sc);
    memcpy(before, v->texts.text, v->texts.n * sizeof *before);
    text_set_sort(&v->texts);
    for (size_t i = 1; v->number && i < p->n_texts; i++)
        if (v->number[i]) v->number[i] = text_set_find(&v->texts, before[v->number[i]]);
    arena_back(sc->mem, mark);
    v->info.places = v->texts.text;
    v->info.n_places = v->texts.n;
    return OK;
}

static enum err choose_grid(struct scope *sc, const struct publication *p, struct survey *v)
{
    uint32_t y = census_row(p, v->census);
    unsigned level = anchor_level(v->policy->anchor_grid_m, y);
    v->info.anchor_level = (uint8_t)level;
    double side_m = ldexp(mercator_unit_m(y), (int)(32 - level)), hectares = side_m * side_m / 10000;
    v->info.anchor_m = (uint32_t)lround(side_m);
    if (v != &p->tier[TIER_PUBLIC] || p->policy->regions.by != REGION_HECTARES ||
        hectares >= p->policy->regions.least)
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "the policy wants regions of at least %g ha, and a cell of its grid of %u m has %.1f; choose "
                "a wider grid",
                p->policy->regions.least, v->policy->anchor_grid_m, hectares);
}

// -- life ---------------------------------------------------------------------------------------------------

/// What the file says a point stands for is of one set: the borders of another would cut that, and nothing counts the rest.
static enum err check_list(struct scope *sc, const struct publication *p)
{
    size_t sets = 0;
    for (size_t k = 0; k < p->atlas.n_sets; k++) sets += p->atlas.set[k].n > 0;
    if (sets <= 1) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "the policy draws the public's points by a list of anchors, and there are %zu sets of areas: "
        "each point of the list says how many addresses it stands for, and borders of several sets cut "
        "them into parts that may be a single house. Nothing was published: use a grid for the public "
        "(anchors grid), or a data folder with one set of areas",
        sets);
}

static enum err read_list(struct scope *sc, const struct publication *p, struct survey *v)
{
    const char *path, *name = arena_cstr(sc->mem, v->policy->anchor_file);
    if (!name) return no_room(sc);
    TRY(path_join(sc, store_dir(p->st), name, &path));
    TRY(anchors_read(sc, path, v == &p->tier[TIER_PUBLIC], &v->list, &v->n_list));
    if (v == &p->tier[TIER_PUBLIC]) TRY(check_list(sc, p));
    return anchors_list(sc, v->list, v->n_list, &p->atlas.finest, &v->anchors);
}

static void describe(const struct publication *p, struct survey *v, const struct store_settings *s,
                     enum tier tier)
{
    v->info = (struct release_info){ .release = (uint64_t)p->order.number,
                                     .created_s = p->order.now_s,
                                     .tier = tier_name(tier),
                                     .town = s->name,
                                     .timezone = s->timezone,
                                     .lang = s->lang,
                                     .demo = s->demo,
                                     .finest = PRECISION_MONTH,
                                     .sets = p->atlas.set,
                                     .n_sets = p->atlas.n_sets,
                                     .layers = p->atlas.layer,
                                     .n_layers = p->atlas.n_layers };
}

static enum err copy_entries(struct scope *sc, const struct entry *from, size_t n, struct entry **out)
{
    *out = arena_array(sc->mem, struct entry, n);
    if (!*out) return no_room(sc);
    memcpy(*out, from, n * sizeof *from);
    return OK;
}

/// What the policy says of every category and of every set of classes.
static enum err read_policy(struct scope *sc, const struct publication *p, struct survey *v)
{
    v->show_of = arena_array(sc->mem, uint8_t, 1 << SENSITIVITIES);
    v->finest_of = arena_array(sc->mem, uint8_t, 1 << SENSITIVITIES);
    v->mix_used = arena_array(sc->mem, bool, KINDS_MAX_SETS + 1);
    if (!v->show_of || !v->finest_of || !v->mix_used) return no_room(sc);
    for (unsigned set = 0; set < 1u << SENSITIVITIES; set++) {
        v->show_of[set] = (uint8_t)policy_shows_classes(v->policy, (sensitivity_set)set);
        v->finest_of[set] = (uint8_t)policy_finest(v->policy, (sensitivity_set)set);
        if (v->show_of[set] == SHOW_POINTS && v->finest_of[set] < v->info.finest)
            v->info.finest = v->finest_of[set];
    }
    for (size_t i = 0; i < p->n_category; i++) {
        struct entry *c = &v->category[i];
        if (!c->known) continue;
        c->classes = sensitivity_bit(p->categories[c->at].sensitivity);
        c->show = policy_shows(v->policy, 0, &p->categories[c->at]);
        c->since_s = c->classes & TOLD_NEVER ? p->categories[c->at].confirmed_s : 0;
    }
    return OK;
}

static enum err open_tier(struct scope *sc, struct publication *p, struct survey *v,
                          const struct entry *source, const struct entry *category,
                          const struct entry *outcome)
{
    uint32_t none;
    TRY(copy_entries(sc, source, p->n_source, &v->source));
    TRY(copy_entries(sc, category, p->n_category, &v->category));
    TRY(copy_entries(sc, outcome, p->n_outcome, &v->outcome));
    if (v == &p->tier[TIER_PUBLIC]) hide_words(p, v);
    TRY(read_policy(sc, p, v));
    TRY(text_set_add(sc, &v->texts, (str){ 0 }, &none));
    if (v->policy->anchor_file.n) TRY(read_list(sc, p, v));
    if (v->policy->place_text) v->number = arena_array(sc->mem, uint32_t, p->n_texts);
    v->census = calloc((size_t)1 << (2 * CENSUS_LEVEL), sizeof *v->census);
    return v->census && (v->number || !v->policy->place_text) ? OK : no_room(sc);
}

static enum err open_tiers(struct scope *sc, struct publication *p, const struct policy *policy)
{
    struct store_settings settings;
    struct entry         *source, *category, *outcome;
    size_t                n_sources, n_categories, n_outcomes;
    int64_t               last_text;
    TRY(store_settings_get(sc, p->st, &settings));
    TRY(store_sources(sc, p->st, &p->sources, &n_sources));
    TRY(store_categories(sc, p->st, &p->categories, &n_categories));
    TRY(store_outcomes(sc, p->st, &p->outcomes, &n_outcomes));
    TRY(store_text_last(sc, p->st, &last_text));
    TRY(policy_check(sc, policy, p->categories, n_categories));
    TRY(index_ids(sc, p->sources, n_sources, sizeof *p->sources, offsetof(struct source, id), &source,
                  &p->n_source));
    TRY(index_ids(sc, p->categories, n_categories, sizeof *p->categories, offsetof(struct category, id),
                  &category, &p->n_category));
    TRY(index_ids(sc, p->outcomes, n_outcomes, sizeof *p->outcomes, offsetof(struct outcome, id), &outcome,
                  &p->n_outcome));
    p->n_texts = (size_t)last_text + 1;
    for (int t = 0; t < TIERS; t++) {
        if (!policy->tier[t].given) continue;
        p->tier[t].policy = &policy->tier[t];
        describe(p, &p->tier[t], &settings, (enum tier)t);
        TRY(open_tier(sc, p, &p->tier[t], source, category, outcome));
    }
    while (p->widest + 1 < TIERS && !policy->tier[p->widest].given) p->widest++;
    return by_area_open(sc, p->st, &p->atlas, policy, p->widest, p->order.now_s, &p->by_area);
}

static enum err read_addresses(struct scope *sc, struct publication *p)
{
    const char *path, *name = arena_cstr(sc->mem, p->policy->regions.file);
    if (!name) return no_room(sc);
    TRY(path_join(sc, store_dir(p->st), name, &path));
    return addresses_read(sc, path, &p->addresses, &p->n_addresses);
}

enum err publication_open(struct scope *sc, struct store *st, const struct policy *policy,
                          const struct leave_order *o, const char *path, struct publication **out)
{
    AUTO(publication_closep) struct publication *p = calloc(1, sizeof *p);
    if (!p) return no_room(sc);
    *p = (struct publication){ .sc = sc, .st = st, .order = *o, .policy = policy };
    TRY(atlas_read(sc, st, &p->atlas));
    TRY(open_tiers(sc, p, policy));
    if (policy->regions.by == REGION_ADDRESSES) TRY(read_addresses(sc, p));
    TRY(facts_open(sc, st, &p->atlas, path, &p->facts));
    if (policy->tier[TIER_PUBLIC].given)
        TRY(leave_open(sc, st, o, p->facts, by_area_counted(p->by_area), &p->leave));
    else TRY(leave_any_shown(sc, st, o->before, &p->counts_no_more));
    *out = p;
    p = NULL;
    return OK;
}

enum err publication_end(struct scope *sc, struct publication *p)
{
    if (p->fault.code) {
        sc->fault = p->fault;
        return p->fault.code;
    }
    TRY(facts_read_end(sc, p->facts));
    if (p->leave) TRY(let_leave(sc, p));
    TRY(by_area_end(p->by_area, facts_last(p->facts), p->order.number,
                    p->leave ? leave_left(p->leave) : NULL));
    for (int t = 0; t < TIERS; t++) {
        struct survey *v = &p->tier[t];
        if (!v->policy) continue;
        TRY(by_area_tell(p->by_area, v->policy, v->last_day, &v->info));
        TRY(number_sources(sc, p, v));
        TRY(number_categories(sc, p, v));
        TRY(number_mixes(sc, p, v));
        TRY(number_outcomes(sc, p, v));
        TRY(number_texts(sc, p, v));
        if (v->policy->anchor_grid_m) TRY(choose_grid(sc, p, v));
        free(v->census);
        v->census = NULL;
    }
    return OK;
}

struct by_area_news publication_news(const struct publication *p)
{
    return by_area_news(p->by_area);
}

enum err publication_regions(struct scope *sc, const struct publication *p, struct region_print *out)
{
    const struct survey *v = &p->tier[TIER_PUBLIC];
    struct region_basis  b = { p->policy, &p->atlas,    v->info.anchor_level, v->list,
                               v->n_list, p->addresses, p->n_addresses };
    *out = (struct region_print){ .release = p->order.number };
    if (!v->policy) return OK;
    TRY(fingerprint_of(sc, &b, out));
    out->release = p->order.number;
    return OK;
}

enum err publication_keep(struct scope *sc, struct publication *p)
{
    TRY(by_area_keep(sc, p->st, p->by_area));
    if (p->leave) return leave_keep(sc, p->st, p->leave);
    return store_shown_carry(sc, p->st, p->order.number, p->order.now_s, p->order.before);
}

void publication_closep(struct publication **publication)
{
    struct publication *p = *publication;
    *publication = NULL;
    if (!p) return;
    facts_closep(&p->facts);
    leave_closep(&p->leave);
    twins_free(&p->twins);
    for (int t = 0; t < TIERS; t++) free(p->tier[t].census);
    free(p);
}

// -- second reading: a tier's rows --------------------------------------------------------------------------

enum err publish_open(struct scope *sc, const struct publication *of, enum tier tier, struct publisher **out)
{
    const struct survey *v = &of->tier[tier];
    if (!v->policy)
        return fail(&sc->fault, ERR_INVALID, "the policy has no rules for the tier \"%.*s\"",
                    STR(tier_name(tier)));
    struct publisher *p = arena_new(sc->mem, struct publisher);
    if (!p) return no_room(sc);
    *p = (struct publisher){ .sc = sc, .of = of, .survey = v, .anchors = v->anchors };
    p->totals.sources = v->info.sources;
    p->totals.n_sources = v->info.n_sources;
    p->totals.anchor_m = v->info.anchor_m;
    p->moved = arena_array(sc->mem, uint32_t, MOVED_STEPS);
    p->places = arena_array(sc->mem, struct told_place, PLACES);
    if (!p->moved || !p->places) return no_room(sc);
    // Inner tiers may tell places apart that are finer; their anchors stand in their own areas all the same.
    struct region_rule rule = tier == TIER_PUBLIC ? of->policy->regions : (struct region_rule){ 0 };
    if (v->policy->anchor_grid_m)
        TRY(regions_open(sc, &of->atlas, &rule, v->info.anchor_level, of->addresses, of->n_addresses,
                         &p->regions));
    if (tier == TIER_PUBLIC)
        TRY(areas_too_small(sc, &of->atlas, &rule, of->addresses, of->n_addresses, p->small));
    if (tier == TIER_PUBLIC) p->leave = of->leave;
    if (p->leave) p->totals.leave = leave_totals(p->leave);
    TRY(fact_reader_open(sc, of->facts, &p->reader));
    *out = p;
    return OK;
}

const struct release_info *publish_info(const struct publisher *p)
{
    return &p->survey->info;
}

static enum err tell(struct publisher *p, const struct fact *i, enum precision finest,
                     struct release_row *row)
{
    const struct survey *v = p->survey;
    const struct entry  *o = entry_of(v->outcome, p->of->n_outcome, i->outcome);
    *row = (struct release_row){ 0 };
    TRY(tell_place(p, i, row));
    tell_time(finest, i, row);
    row->flags = (uint8_t)(i->flags & v->policy->flags);
    row->kind =
        i->kinds ? v->mix[i->kinds] : v->category[i->category].number; // the first reading has seen all
    row->source = v->source[i->source].number;
    row->outcome = v->policy->outcome && o ? (uint8_t)o->number : 0;
    p->totals.incidents++;
    return OK;
}

/// Another source, or another record of its own, protects what may be the same.
static void count_twin(struct publisher *p, const struct fact *i)
{
    const struct publication *of = p->of;
    int32_t                   protects = twins_of(&of->twins, i);
    if (!protects) return;
    p->totals.own_twins += protects == i->source;
    if (p->totals.twins < PUBLISH_TWINS)
        p->totals.twin[p->totals.twins] =
            (struct publish_twin){ i->from_s, of->sources[p->survey->source[i->source].at].key,
                                   of->sources[p->survey->source[protects].at].key };
    p->totals.twins++;
}

/// The next that is told, from the facts; false behind the last.
static bool next_fact(struct publisher *p, struct fact *i, struct standing *s)
{
    while (fact_next(p->reader, i)) {
        enum leave_what what = p->leave ? leave_what(p->leave, &p->next, p->at++, i) : LEAVE_TOLD;
        if (what == LEAVE_STANDS_IN) continue;
        enum verdict v = judge(p->of, p->survey, i, s);
        if (what == LEAVE_GONE) v = WITHHELD;
        if (v == TOLD && p->leave) count_twin(p, i);
        if (v == TOLD) return true;
        p->totals.withheld += v == WITHHELD;
        p->totals.by_area += v == BY_AREA;
        p->totals.delayed += v == DELAYED;
    }
    return false;
}

/// Behind the facts come those that are told as they were.
static bool next_staying(struct publisher *p, struct fact *i, struct standing *s)
{
    size_t             n = 0;
    const struct fact *stay = p->leave ? leave_staying(p->leave, &n) : NULL;
    if (p->stay == n) return false;
    *i = stay[p->stay++];
    return judge(p->of, p->survey, i, s) == TOLD;
}

bool publish_next(struct publisher *p, struct release_row *row)
{
    struct fact     i;
    struct standing s;
    bool            more = !p->ended && (next_fact(p, &i, &s) || next_staying(p, &i, &s));
    p->ended = !more;
    if (!more || !tell(p, &i, s.finest, row)) return more;
    p->fault = p->sc->fault;
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
    TRY(fact_reader_end(sc, p->reader));
    if (p->regions) p->totals.smallest_region = regions_smallest(p->regions);
    p->totals.moved_median_m = moved_m(p, 0.5);
    p->totals.moved_p95_m = moved_m(p, 0.95);
    *out = p->totals;
    return OK;
}

void publish_closep(struct publisher **p)
{
    if (*p) fact_reader_closep(&(*p)->reader);
    *p = NULL;
}
