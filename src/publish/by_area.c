// SPDX-License-Identifier: EUPL-1.2
#include "publish/by_area.h"

#include "base/arena.h"
#include "base/civil.h"
#include "publish/partition.h"
#include "publish/region.h"
#include "seal/hash.h"
#include <stdlib.h>
#include <string.h>

enum { MONTHS_OF_HALF = 6, CELLS = AREA_HALVES * RELEASE_CLASSES };

struct batch {       // told for the first time, if it is enough
    uint64_t *count; // [areas of the set + 1] by area, the last for none; NULL: no incident
    uint64_t  total;
    bool      tells_placed, tells_nowhere; // of those in an area, and of the others
};
struct cell { // a class in a half-year
    struct batch batch[APARTS];
    uint64_t     told, old; // incidents that were told before, and how many of them are there still
    int64_t      told_s;    // UTC, when the first of them was told; 0: not known
    int64_t      last;      // incidents up to this one were told before ...
    bool         known;     // ... and which they are
};
struct noted {
    int64_t  id, was; // was: told before, in place of this one; 0: of none
    uint16_t cell;    // mark of it (store/area_count.h)
    uint8_t  apart;
    bool     placed;
    bool     by_record; // it is of this class by the codes or words of its record alone
};
struct by_area {
    struct scope             *sc;
    const struct atlas       *atlas;
    const struct tier_policy *policy;
    size_t                    set, n_areas; // set: AREA_NOWHERE without one
    uint64_t                  least;
    double                    hectares; // that no group is below
    str         set_name; // key of the set and a hash of its borders: counts are of these areas and no others
    int64_t     now_s, number, last; // of the release, and its highest incident
    int32_t     due;                 // last half-year that is over for long enough
    struct cell cell[CELLS];
    uint32_t    turned[AREA_HALVES]; // those that turned, and were told or are of a half-year that is not due
    bool        covered;             // those who turned may be told
    struct counted        counted;
    struct noted         *noted; // [n_noted] those that may be told now
    size_t                n_noted, noted_room;
    bool                  passed; // some of them stand in the place of others
    struct by_area_news   news;
    struct area_count    *fresh; // [n_fresh] told for the first time
    size_t                n_fresh, room;
    struct release_count *told; // [n_told] all, as the release numbers areas
    size_t                n_told, told_room;
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for counts by area");
}

static int32_t half_of_day(int32_t day)
{
    int32_t month = civil_month_of_day(day);
    return (month >= 0 ? month : month - (MONTHS_OF_HALF - 1)) / MONTHS_OF_HALF;
}

/// Over for the delay everywhere on Earth: the wall clock of a source is at most a day behind.
static int32_t last_due(int64_t now_s, int delay_days)
{
    int32_t half = half_of_day(civil_floor_day(now_s) - (delay_days > 0 ? delay_days : 0) - 1) - 1;
    return half < AREA_FIRST_HALF + AREA_HALVES ? half : AREA_FIRST_HALF + AREA_HALVES - 1;
}

/// The set that the policy names, or the coarsest of several areas. AREA_NOWHERE: there is none.
static enum err choose_set(struct scope *sc, const struct atlas *a, str key, size_t *out)
{
    *out = AREA_NOWHERE;
    for (size_t i = 0; i < a->n_sets; i++)
        if (key.n ? str_eq(a->set[i].key, key) : a->set[i].n > 1) *out = i;
    if (key.n && *out == AREA_NOWHERE)
        return fail(&sc->fault, ERR_INVALID,
                    "the policy tells counts by area for the set \"%.*s\", and there is no such set; hromada "
                    "areas lists "
                    "those there are",
                    STR(key));
    return OK;
}

/// The same key may come to stand for other borders, and a count is only true within those that it was made for.
static enum err name_set(struct by_area *b)
{
    AUTO(buf_free) struct buf all;
    if (b->set == AREA_NOWHERE) return OK;
    const struct release_set *s = &b->atlas->set[b->set];
    buf_init(&all, (size_t)1 << 31);
    for (size_t i = 0; i < s->n; i++) {
        buf_add(&all, s->areas[i].code);
        buf_add_c(&all, 0);
        buf_add_bytes(&all, s->areas[i].point, s->areas[i].n_points * sizeof *s->areas[i].point);
        buf_add_bytes(&all, s->areas[i].ring_end, s->areas[i].n_rings * sizeof *s->areas[i].ring_end);
    }
    TRY(buf_end(b->sc, &all));
    struct hash128 h = hash_content(buf_str(&all));
    b->set_name = arena_printf(b->sc->mem, "%.*s %016llx%016llx", STR(s->key), (unsigned long long)h.hi,
                               (unsigned long long)h.lo);
    return b->set_name.p ? OK : no_room(b->sc);
}

// -- what was told ----------------------------------------------------------------------------------------------------

static struct cell *cell_at(struct by_area *b, int32_t half, int class)
{
    uint16_t mark = area_count_mark(half, class);
    return mark ? &b->cell[mark - 1] : NULL;
}

static enum err add_told(struct by_area *b, const struct release_count *c)
{
    if (b->n_told == b->told_room) {
        size_t                room = b->told_room ? 2 * b->told_room : 256;
        struct release_count *more = arena_array(b->sc->mem, struct release_count, room);
        if (!more) return no_room(b->sc);
        if (b->n_told) memcpy(more, b->told, b->n_told * sizeof *more);
        b->told = more;
        b->told_room = room;
    }
    b->told[b->n_told++] = *c;
    return OK;
}

static int by_number(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/// Areas of another set, or that are gone since, are not drawn any more: the count is of somewhere in the town then.
static enum err tell_again(struct by_area *b, const struct area_count *c)
{
    struct release_count r = { .half = c->half, .class = (uint8_t)c->class, .count = (uint32_t)c->count };
    uint16_t            *area = arena_array(b->sc->mem, uint16_t, b->n_areas + 1), found[MAX_AREA_SETS];
    str                  rest = c->areas, code;
    if (!area) return no_room(b->sc);
    bool same = b->set != AREA_NOWHERE && str_eq(c->area_set, b->set_name);
    while (same && rest.n && str_cut(&rest, '\n', &code)) {
        str name = arena_printf(b->sc->mem, "%.*s:%.*s", STR(b->atlas->set[b->set].key), STR(code));
        if (!name.p) return no_room(b->sc);
        atlas_of_code(b->atlas, name, found);
        if (found[b->set] == AREA_NOWHERE || r.n == b->n_areas) {
            r.n = 0;
            break;
        }
        area[r.n++] = found[b->set];
    }
    if (!r.n && !r.count)
        return OK; // of none in some areas that are not drawn any more nothing is left to tell
    qsort(area, r.n, sizeof *area, by_number);
    r.area = area;
    return add_told(b, &r);
}

/// 0: the release was never finished.
static int64_t made_s(const struct release_record *record, size_t n, int64_t number)
{
    size_t at = 0;
    while (at < n && record[at].number != number) at++;
    return at < n ? record[at].created_s : 0;
}

static bool is_same_batch(const struct area_count *a, const struct area_count *b)
{
    return a->half == b->half && a->class == b->class && a->release == b->release;
}

/// What one release told of a half-year and class. Were a group that is too few under the present policy left out alone, it
/// would be known to hold some: the whole town is told in their place.
static enum err tell_batch(struct by_area *b, const struct area_count *c, size_t n)
{
    struct area_count all = { .half = c->half, .class = c->class, .release = c->release };
    bool              few = false;
    for (size_t i = 0; i < n; i++) {
        few = few || (c[i].count && (uint64_t)c[i].count < b->least);
        all.count += c[i].count;
    }
    if (few) return (uint64_t)all.count < b->least ? OK : tell_again(b, &all);
    for (size_t i = 0; i < n; i++) TRY(tell_again(b, &c[i]));
    return OK;
}

static enum err read_told(struct by_area *b, struct store *st)
{
    const struct area_count     *all;
    const struct release_record *record;
    size_t                       n, n_records;
    TRY(store_area_counts(b->sc, st, &all, &n));
    TRY(store_releases(b->sc, st, &record, &n_records));
    b->news.first = !n;
    TRY(store_counted(b->sc, st, &b->counted));
    for (size_t i = 0; i < n; i++) {
        struct cell *c = cell_at(b, all[i].half, all[i].class);
        if (!c)
            return fail(&b->sc->fault, ERR_CORRUPT,
                        "a count by area is of half-year %d and class %d; run hromada check", all[i].half,
                        all[i].class);
        if (!c->told_s) c->told_s = made_s(record, n_records, all[i].release);
        if (all[i].last > c->last) c->last = all[i].last;
        c->told += (uint64_t)all[i].count;
    }
    for (size_t id = 0; id < b->counted.in.n; id++)
        if (b->counted.in.of[id]) b->cell[b->counted.in.of[id] - 1].known = true;
    for (size_t from = 0, to = 0; from < n; from = to) {
        while (to < n && is_same_batch(&all[from], &all[to])) to++;
        TRY(tell_batch(b, &all[from], to - from));
    }
    return OK;
}

enum err by_area_open(struct scope *sc, struct store *st, const struct atlas *atlas, const struct policy *p,
                      enum tier tier, int64_t now_s, struct by_area **out)
{
    const struct tier_policy *t = &p->tier[tier];
    struct by_area           *b = arena_new(sc->mem, struct by_area);
    if (!b) return no_room(sc);
    b->sc = sc;
    b->atlas = atlas;
    b->policy = t;
    b->least = (uint64_t)p->least;
    b->hectares = p->regions.by == REGION_HECTARES ? p->regions.least : FLOOR_HECTARES;
    b->now_s = now_s;
    b->due = last_due(now_s, t->delay_days);
    TRY(choose_set(sc, atlas, p->area_set, &b->set));
    b->n_areas = b->set == AREA_NOWHERE ? 0 : atlas->set[b->set].n;
    TRY(name_set(b));
    TRY(read_told(b, st));
    *out = b;
    return OK;
}

// -- counting ---------------------------------------------------------------------------------------------------------

static enum err add_noted(struct by_area *b, struct noted n)
{
    if (b->n_noted == b->noted_room) {
        size_t        room = b->noted_room ? 2 * b->noted_room : 256;
        struct noted *more = arena_array(b->sc->mem, struct noted, room);
        if (!more) return no_room(b->sc);
        if (b->n_noted) memcpy(more, b->noted, b->n_noted * sizeof *more);
        b->noted = more;
        b->noted_room = room;
    }
    b->noted[b->n_noted++] = n;
    return OK;
}

/// The cell in which an incident was told. Of a count that was told before the store knew whom it counts, anybody may be in it
/// who was there.
static struct cell *told_in(struct by_area *b, int64_t id, int64_t from_s)
{
    uint16_t mark = mark_of(&b->counted.in, id);
    if (mark) return &b->cell[mark - 1];
    for (int class = 0; class < RELEASE_CLASSES; class ++) {
        struct cell *c = cell_at(b, half_of_day(civil_floor_day(from_s)), class);
        if (c && c->told && !c->known && id <= c->last) return c;
    }
    return NULL;
}

const struct counted *by_area_counted(const struct by_area *b)
{
    return &b->counted;
}

enum err by_area_pass(struct by_area *b, int64_t from, int64_t to)
{
    uint16_t mark = mark_of(&b->counted.in, from);
    if (!mark) return OK;
    b->cell[mark - 1].old++;
    b->passed = true;
    return add_noted(b, (struct noted){ .id = to, .was = from, .cell = mark });
}

bool by_area_meet(struct by_area *b, int64_t id, int64_t from_s)
{
    struct cell *c = b->news.first ? NULL : told_in(b, id, from_s);
    if (c && !counted_is_passed(&b->counted, id)) c->old++;
    return c;
}

/// The most sensitive of these classes that is told by area; else it is told so because of its category.
static int counted_class(const struct by_area *b, sensitivity_set classes)
{
    int class = 0;
    while (class < SENSITIVITIES && !(classes >> class & 1 && b->policy->of[class].show == SHOW_AREAS))
        class ++;
    return class;
}

enum err by_area_note(struct by_area *b, int64_t id, int64_t from_s, const uint16_t area[MAX_AREA_SETS],
                      sensitivity_set classes, sensitivity_set own, enum by_area_apart apart)
{
    int class = counted_class(b, classes);
    int32_t  half = half_of_day(civil_floor_day(from_s));
    size_t   where = b->set == AREA_NOWHERE || area[b->set] >= b->n_areas ? b->n_areas : area[b->set];
    uint16_t mark = area_count_mark(half, class);
    if (!mark) return OK;
    if (half > b->due || told_in(b, id, from_s)) {
        b->turned[half - AREA_FIRST_HALF] += apart == APART_TURNED;
        return OK;
    }
    struct batch *of = &b->cell[mark - 1].batch[apart];
    if (!of->count) of->count = arena_array(b->sc->mem, uint64_t, b->n_areas + 1);
    if (!of->count) return no_room(b->sc);
    of->count[where]++;
    of->total++;
    return add_noted(b, (struct noted){ id, 0, mark, (uint8_t)apart, where < b->n_areas,
                                        class < SENSITIVITIES && !(own >> class & 1) });
}

void by_area_gone(struct by_area *b, int64_t id, int64_t since_s)
{
    uint16_t mark = mark_of(&b->counted.in, id);
    if (!mark || since_s <= b->cell[mark - 1].told_s) return;
    int32_t half = area_count_half(mark);
    if (!b->news.gone || half < b->news.gone_from) b->news.gone_from = half;
    if (!b->news.gone || half > b->news.gone_to) b->news.gone_to = half;
    b->news.gone++;
}

// -- grouping ---------------------------------------------------------------------------------------------------------

static enum err add_fresh(struct by_area *b, const struct area_count *c)
{
    if (b->n_fresh == b->room) {
        size_t             room = b->room ? 2 * b->room : 64;
        struct area_count *more = arena_array(b->sc->mem, struct area_count, room);
        if (!more) return no_room(b->sc);
        if (b->n_fresh) memcpy(more, b->fresh, b->n_fresh * sizeof *more);
        b->fresh = more;
        b->room = room;
    }
    b->fresh[b->n_fresh++] = *c;
    if (!b->news.fresh++) b->news.from = c->half;
    b->news.to = c->half; // by_area_end walks them in their order
    b->news.incidents += (uint64_t)c->count;
    b->news.domestic += c->class == SENSITIVITY_DOMESTIC ? (uint64_t)c->count : 0;
    return OK;
}

static enum err codes_of(struct by_area *b, const struct group *g, str *out)
{
    AUTO(buf_free) struct buf codes;
    buf_init(&codes, STORE_MAX_LIST);
    for (size_t i = 0; i < g->n; i++) {
        buf_add(&codes, b->atlas->set[b->set].areas[g->area[i]].code);
        buf_add_c(&codes, '\n');
    }
    TRY(buf_end(b->sc, &codes));
    *out = arena_str(b->sc->mem, buf_str(&codes));
    return out->p || !codes.n ? OK : no_room(b->sc);
}

/// Of a half-year and class, what stands in groups of areas; what stands in none of them is told if it is enough.
static enum err group_areas(struct by_area *b, const struct batch *of, struct area_count row)
{
    const struct release_set *set = &b->atlas->set[b->set];
    struct point             *label = arena_array(b->sc->mem, struct point, b->n_areas);
    double                   *hectares = arena_array(b->sc->mem, double, b->n_areas);
    struct group             *group;
    size_t                    n;
    if (!label || !hectares) return no_room(b->sc);
    for (size_t i = 0; i < b->n_areas; i++) {
        label[i] = set->areas[i].label;
        hectares[i] = area_hectares(&set->areas[i]);
    }
    TRY(partition(b->sc, label, of->count, hectares, b->n_areas, b->least, b->hectares, &group, &n));
    for (size_t i = 0; i < n; i++) {
        row.area_set = b->set_name;
        row.count = (int64_t)group[i].count;
        TRY(codes_of(b, &group[i], &row.areas));
        TRY(add_fresh(b, &row));
        TRY(add_told(b, &(struct release_count){ row.half, (uint8_t)row.class, (uint32_t)row.count,
                                                 group[i].area, group[i].n }));
    }
    return OK;
}

static enum err tell_town(struct by_area *b, struct area_count row, uint64_t count)
{
    row.count = (int64_t)count;
    TRY(add_fresh(b, &row));
    return add_told(b, &(struct release_count){
                           .half = row.half, .class = (uint8_t)row.class, .count = (uint32_t)count });
}

/// Where cover came from another half-year, who left this one would be known to have turned more often than one in so many; and
/// how many turned in all is known, so that no half-year is told while one cannot be.
static bool all_covered(const struct by_area *b, const struct cover_half *left)
{
    bool covered = true;
    for (size_t h = 0; h < AREA_HALVES; h++) {
        struct cover_half is = left ? left[h] : (struct cover_half){ 0 };
        uint64_t          turned = (uint64_t)b->turned[h] + is.gone;
        for (size_t c = 0; c < RELEASE_CLASSES; c++)
            turned += b->cell[h * RELEASE_CLASSES + c].batch[APART_TURNED].total;
        covered = covered && turned * (1 + COVER_EACH) <= is.left;
    }
    return covered;
}

static enum err tell_batch_now(struct by_area *b, struct batch *of, enum by_area_apart apart,
                               struct area_count row)
{
    if (of->total < b->least) return OK;
    if (apart == APART_TURNED && !b->covered) return OK;
    uint64_t nowhere = of->count[b->n_areas], placed = of->total - nowhere;
    // Who left the map of some areas is known, and that one of five turned: a count of these areas would tell them apart.
    bool     town = placed < b->least || apart == APART_TURNED;
    of->tells_placed = true;
    of->tells_nowhere = town || nowhere >= b->least;
    if (town) return tell_town(b, row, of->total);
    TRY(group_areas(b, of, row));
    return of->tells_nowhere ? tell_town(b, row, nowhere) : OK;
}

/// What comes in later is not new when what was told is gone: a source that numbers its incidents anew tells them twice.
static enum err tell_cell(struct by_area *b, struct cell *c, struct area_count row)
{
    if (c->old < c->told) return OK;
    for (int apart = 0; apart < APARTS; apart++)
        TRY(tell_batch_now(b, &c->batch[apart], (enum by_area_apart)apart, row));
    return OK;
}

static int cmp_told(const void *a, const void *b)
{
    const struct release_count *x = a, *y = b;
    if (x->half != y->half) return x->half < y->half ? -1 : 1;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    for (size_t i = 0; i < x->n; i++)
        if (x->area[i] != y->area[i]) return x->area[i] < y->area[i] ? -1 : 1;
    return (x->count > y->count) - (x->count < y->count);
}

static bool is_told(const struct batch *of, const struct noted *n)
{
    return n->placed ? of->tells_placed : of->tells_nowhere;
}

/// Of each class, how many are told for the first time, and how many of them by what their record says alone.
static void sum_classes(struct by_area *b)
{
    for (int class = 0; class < SENSITIVITIES; class ++) {
        b->news.of[class].first = true;
        for (int32_t half = AREA_FIRST_HALF; half < AREA_FIRST_HALF + AREA_HALVES; half++)
            if (cell_at(b, half, class)->told) b->news.of[class].first = false;
    }
    for (size_t i = 0; i < b->n_noted; i++) {
        const struct noted *n = &b->noted[i];
        int class = (n->cell - 1) % RELEASE_CLASSES;
        if (class == SENSITIVITIES || n->was || !is_told(&b->cell[n->cell - 1].batch[n->apart], n)) continue;
        b->news.of[class].incidents++;
        b->news.of[class].by_record += n->by_record;
    }
}

enum err by_area_end(struct by_area *b, int64_t last, int64_t number, const struct cover_half *left)
{
    b->covered = all_covered(b, left);
    for (int32_t half = AREA_FIRST_HALF; half <= b->due; half++)
        for (int class = 0; class < RELEASE_CLASSES; class ++) {
            struct area_count row = { .half = half, .class = class, .last = last, .release = number };
            struct cell      *c = cell_at(b, half, class);
            if (c) TRY(tell_cell(b, c, row));
        }
    sum_classes(b);
    b->number = number;
    b->last = last;
    if (b->n_told) qsort(b->told, b->n_told, sizeof *b->told, cmp_told);
    return OK;
}

struct by_area_news by_area_news(const struct by_area *b)
{
    return b->news;
}

enum err by_area_keep(struct scope *sc, struct store *st, const struct by_area *b)
{
    struct marks now = { 0 };
    if (!b->n_fresh && !b->passed) return OK;
    for (size_t i = 0; i < b->n_fresh; i++) TRY(store_area_count_add(sc, st, &b->fresh[i]));
    TRY(marks_room(sc, b->last, &now));
    for (size_t i = 0; i < b->n_noted; i++) {
        const struct noted *n = &b->noted[i];
        if (n->was || is_told(&b->cell[n->cell - 1].batch[n->apart], n)) now.of[n->id] = n->cell;
        if (n->was) TRY(store_counted_pass(sc, st, n->was, n->cell));
    }
    return store_counted_add(sc, st, b->number, &now);
}

enum err by_area_tell(const struct by_area *b, const struct tier_policy *t, int32_t last_day,
                      struct release_info *info)
{
    bool                  same = t == b->policy;
    struct release_count *out = arena_array(b->sc->mem, struct release_count, b->n_told + 1);
    size_t                n = 0;
    int32_t               due = last_due(b->now_s, t->delay_days); // another tier may have been told before
    if (!out) return no_room(b->sc);
    for (size_t i = 0; i < b->n_told; i++) {
        int class = b->told[i].class;
        bool mine = class < SENSITIVITIES ? t->of[class].show == SHOW_AREAS : same;
        if (mine && b->told[i].half <= due) out[n++] = b->told[i];
    }
    for (int class = 0; class < SENSITIVITIES; class ++)
        info->rules[class] =
            (struct release_rule){ (uint8_t)t->of[class].show, (uint8_t)t->of[class].finest };
    info->delay_days = (uint16_t)(t->delay_days > 0 ? t->delay_days : 0);
    info->least = (uint16_t)b->least;
    info->count_set = (uint16_t)b->set;
    info->counts = out;
    info->n_counts = n;
    info->first_half = n ? out[0].half : 0;
    int32_t last = half_of_day(last_day);
    if (last > due) last = due;
    info->last_half = !n ? -1 : out[n - 1].half > last ? out[n - 1].half : last;
    return OK;
}
