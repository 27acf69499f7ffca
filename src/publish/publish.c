// SPDX-License-Identifier: EUPL-1.2
#include "publish/publish.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "publish/dictionary.h"
#include "publish/fingerprint.h"
#include "publish/region.h"
#include "publish/turning.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOVED_STEPS = 400000, // of 0.1 m: 40 km; what moved farther counts as 40 km
    MOVED_PER_M = 10,
    PLACES = 1 << 14, // that a tier remembers, each under the one slot that it can have
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

// -- where --------------------------------------------------------------------------------------------------

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
    if (p->anchors && (!survey_on_list(p->of, p->anchors, i, &t->anchor) || is_small_area(p, i)))
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
    uint32_t             text = survey_place(s, i);
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

// -- first reading: what occurs, and where most of it is ----------------------------------------------------

/// When was it said last of one of its kinds that nobody is told of it?
static int64_t gone_since(const struct publication *p, const struct survey *v, const struct fact *i)
{
    struct kind_set of = survey_kinds(p, i);
    int64_t         since_s = 0;
    for (size_t k = 0; k < of.n; k++) {
        const struct entry *c = survey_entry(v->category, p->n_category, of.category[k]);
        if (c && c->since_s > since_s) since_s = c->since_s;
    }
    return since_s;
}

static enum err note_by_area(struct publication *p, const struct survey *v, const struct fact *i,
                             enum verdict verdict, sensitivity_set classes)
{
    enum by_area_apart apart;
    int64_t            id = facts_id(p->facts);
    if (verdict == BY_AREA && !p->counts_no_more &&
        turning_apart(p->leave ? leave_past(p->leave) : LEAVE_NEVER_SHOWN, &apart))
        return by_area_note(p->by_area, id, i->from_s, i->area, classes, survey_own_classes(p, i), apart);
    if (verdict == WITHHELD && gone_since(p, v, i)) by_area_gone(p->by_area, id, gone_since(p, v, i));
    return OK;
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
    if (stands) *v = survey_judge(p, &p->tier[TIER_PUBLIC], i, s);
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
        enum verdict verdict = survey_judge(p, v, &is, &s);
        if (t == TIER_PUBLIC) TRY(meet_leave(p, &is, &verdict, &s, counted, &left));
        if (left) continue;
        if (verdict == TOLD) TRY(survey_note(p, v, &is));
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
    if (v == &p->tier[TIER_PUBLIC]) dictionary_hide_words(p, v);
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
    TRY(dictionary_index(sc, p->sources, n_sources, sizeof *p->sources, offsetof(struct source, id), &source,
                         &p->n_source));
    TRY(dictionary_index(sc, p->categories, n_categories, sizeof *p->categories,
                         offsetof(struct category, id), &category, &p->n_category));
    TRY(dictionary_index(sc, p->outcomes, n_outcomes, sizeof *p->outcomes, offsetof(struct outcome, id),
                         &outcome, &p->n_outcome));
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
    if (p->leave) TRY(turning_settle(sc, p));
    TRY(by_area_end(p->by_area, facts_last(p->facts), p->order.number,
                    p->leave ? leave_left(p->leave) : NULL));
    for (int t = 0; t < TIERS; t++) {
        struct survey *v = &p->tier[t];
        if (!v->policy) continue;
        TRY(by_area_tell(p->by_area, v->policy, v->last_day, &v->info));
        TRY(dictionary_number(sc, p, v));
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
    const struct entry  *o = survey_entry(v->outcome, p->of->n_outcome, i->outcome);
    *row = (struct release_row){ 0 };
    TRY(tell_place(p, i, row));
    survey_tell_time(finest, i, row);
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
        enum verdict v = survey_judge(p->of, p->survey, i, s);
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
    return survey_judge(p->of, p->survey, i, s) == TOLD;
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
