// SPDX-License-Identifier: EUPL-1.2
#include "analysis/difference.h"

#include "base/arena.h"
#include "base/civil.h"
#include "index/query.h"
#include <stdlib.h>
#include <string.h>

enum { MIN_BITS = 4, MAX_BITS = 20, ROWS_A_BUCKET = 8, OLD = 0, NEW = 1 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room to compare two releases");
}

/// Of splitmix64 (Steele, Lea, Flood 2014): each bit of the sum changes half of the result.
static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) + 0x9E3779B97F4A7C15u;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

// -- numbers that both releases share ----------------------------------------------------------------------------------

struct named {
    uint64_t id;
    uint32_t side, number;
};

static int by_id(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : (int)x->side - (int)y->side;
}

/// The same id has the same number, in the order of ids: neither depends on the order of a dictionary.
static size_t number_ids(struct named *all, size_t n, uint16_t *const number[2])
{
    size_t k = 0;
    qsort(all, n, sizeof *all, by_id);
    for (size_t i = 0; i < n; i++) {
        if (i && all[i].id != all[i - 1].id) k++;
        number[all[i].side][all[i].number] = (uint16_t)k;
    }
    return n ? k + 1 : 0;
}

struct side {
    const struct index        *ix;
    const struct release_info *in;
    uint64_t                  *source;              // [n_sources] their ids
    uint64_t                  *area[MAX_AREA_SETS]; // [n + 1] by set; NULL: it is not compared
    uint16_t                  *kind, *outcome;      // numbers that both share
};

struct comparison {
    struct side        side[2];
    struct difference *d;
    uint64_t          *kind_id; // [n_kinds]
    uint16_t          *row_of;  // [n_kinds] of a kind: its row of the tables
    uint8_t *class;             // [n_outcomes] enum outcome_class
    size_t                  n_kinds, n_outcomes, n_rows;
    int32_t                 first_month, n_months; // of the release before
    const uint64_t         *month;
    uint64_t               *size; // [n_rows] rows of the new release: the order that everybody knows
    struct difference_kind *name; // [n_rows]
    struct told_figures    *count[DIFFERENCE_PARTS]; // [n_rows]
    size_t                  held;
    unsigned                bits;
    uint64_t *sum; // [1 << bits] of the rows' hashes, those of the old release taken away; 0: nothing differs
    uint32_t *rows; // [1 << bits] how many of both
};

static enum err unite_outcomes(struct scope *sc, struct comparison *c)
{
    struct named *all =
        arena_array(sc->mem, struct named, c->side[OLD].in->n_outcomes + c->side[NEW].in->n_outcomes + 1);
    size_t n = 0;
    if (!all) return no_room(sc);
    for (uint32_t s = OLD; s <= NEW; s++)
        for (uint32_t i = 0; i < c->side[s].in->n_outcomes; i++)
            all[n++] = (struct named){ i ? str_hash(c->side[s].in->outcomes[i].key) : 0, s, i };
    c->n_outcomes = number_ids(all, n, (uint16_t *const[]){ c->side[OLD].outcome, c->side[NEW].outcome });
    c->class = arena_array(sc->mem, uint8_t, c->n_outcomes + 1);
    if (!c->class) return no_room(sc);
    for (uint32_t s = OLD; s <= NEW; s++) // the new release knows better
        for (size_t i = 1; i < c->side[s].in->n_outcomes; i++)
            c->class[c->side[s].outcome[i]] = (uint8_t)c->side[s].in->outcomes[i].is;
    return OK;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t kind_id(const struct release_info *in, uint16_t kind)
{
    struct release_mix m = release_kind(in, &kind);
    uint64_t           id[MAX_CATEGORIES], h = 0;
    if (m.n == 1) return str_hash(in->categories[*m.category].key);
    for (size_t i = 0; i < m.n; i++) id[i] = str_hash(in->categories[m.category[i]].key);
    qsort(id, m.n, sizeof *id, by_value);
    for (size_t i = 0; i < m.n; i++) h = mix(h, id[i]);
    return h;
}

static enum err unite_kinds(struct scope *sc, struct comparison *c)
{
    size_t        most = release_n_kinds(c->side[OLD].in) + release_n_kinds(c->side[NEW].in), n = 0;
    struct named *all = arena_array(sc->mem, struct named, most + 1);
    c->kind_id = arena_array(sc->mem, uint64_t, most + 1);
    if (!all || !c->kind_id) return no_room(sc);
    for (uint32_t s = OLD; s <= NEW; s++)
        for (uint32_t i = 0; i < release_n_kinds(c->side[s].in); i++)
            all[n++] = (struct named){ kind_id(c->side[s].in, (uint16_t)i), s, i };
    c->n_kinds = number_ids(all, n, (uint16_t *const[]){ c->side[OLD].kind, c->side[NEW].kind });
    for (size_t i = 0; i < n; i++) c->kind_id[c->side[all[i].side].kind[all[i].number]] = all[i].id;
    return OK;
}

/// A row for each category, whichever release has it, and one for all that have several.
static enum err rows_of_kinds(struct scope *sc, struct comparison *c)
{
    enum { NO_ROW = UINT16_MAX };
    c->row_of = arena_array(sc->mem, uint16_t, c->n_kinds + 1);
    c->name = arena_array(sc->mem, struct difference_kind, c->n_kinds + 1);
    c->size = arena_array(sc->mem, uint64_t, c->n_kinds + 1);
    if (!c->row_of || !c->name || !c->size) return no_room(sc);
    for (size_t i = 0; i < c->n_kinds; i++) c->row_of[i] = NO_ROW;
    for (int s = NEW; s >= OLD; s--)
        for (size_t i = 0; i < c->side[s].in->n_categories; i++) {
            const struct release_category *of = &c->side[s].in->categories[i];
            uint16_t                      *row = &c->row_of[c->side[s].kind[i]];
            if (*row != NO_ROW) continue;
            *row = (uint16_t)c->n_rows++;
            c->name[*row].key = of->key;
            for (int l = 0; l < LANGUAGES; l++) c->name[*row].label[l] = of->label[l];
        }
    size_t several = c->n_rows++;
    c->name[several].key = DIFFERENCE_SEVERAL;
    for (size_t i = 0; i < c->n_kinds; i++)
        if (c->row_of[i] == NO_ROW) c->row_of[i] = (uint16_t)several;
    for (int p = 0; p < DIFFERENCE_PARTS; p++) {
        c->count[p] = arena_array(sc->mem, struct told_figures, c->n_rows);
        if (!c->count[p]) return no_room(sc);
    }
    return OK;
}

static bool same_areas(const struct release_set *a, const struct release_set *b)
{
    if (!str_eq(a->key, b->key) || a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!str_eq(a->areas[i].code, b->areas[i].code)) return false;
    return true;
}

static enum err name_areas(struct scope *sc, struct side *s, const struct release_info *other)
{
    for (size_t i = 0; i < s->in->n_sets; i++) {
        const struct release_set *set = &s->in->sets[i];
        bool                      both = false;
        for (size_t k = 0; k < other->n_sets; k++) both = both || same_areas(set, &other->sets[k]);
        if (!both) continue;
        s->area[i] = arena_array(sc->mem, uint64_t, set->n + 1);
        if (!s->area[i]) return no_room(sc);
        for (size_t k = 0; k < set->n; k++)
            s->area[i][k] = mix(str_hash(set->key), str_hash(set->areas[k].code));
    }
    return OK;
}

static enum err side_open(struct scope *sc, const struct index *ix, struct side *s)
{
    *s = (struct side){ .ix = ix, .in = index_info(ix) };
    s->source = arena_array(sc->mem, uint64_t, s->in->n_sources + 1);
    s->kind = arena_array(sc->mem, uint16_t, release_n_kinds(s->in) + 1);
    s->outcome = arena_array(sc->mem, uint16_t, s->in->n_outcomes + 1);
    if (!s->source || !s->kind || !s->outcome) return no_room(sc);
    for (size_t i = 0; i < s->in->n_sources; i++) s->source[i] = str_hash(s->in->sources[i].key);
    return OK;
}

/// What the one release tells more coarsely than the other, or not at all, would make all rows differ.
static void what_compares(struct comparison *c)
{
    const struct release_info *a = c->side[OLD].in, *b = c->side[NEW].in;
    c->d->places = a->anchor_m == b->anchor_m && a->anchor_level == b->anchor_level;
    c->d->times = true;
    for (int i = 0; i < SENSITIVITIES; i++)
        if (a->rules[i].show == SHOW_POINTS && b->rules[i].show == SHOW_POINTS &&
            a->rules[i].finest != b->rules[i].finest)
            c->d->times = false;
    c->d->outcomes = a->n_outcomes > 1 && b->n_outcomes > 1;
}

// -- one row -----------------------------------------------------------------------------------------------------------

/// What rows have in common that may be the same incident.
static uint64_t base_of(const struct comparison *c, const struct side *s, const struct release_row *r)
{
    bool     times = c->d->times;
    uint64_t h = mix(s->source[r->source], (uint32_t)(times ? r->day : civil_month_of_day(r->day)));
    if (times) h = mix(h, (uint64_t)r->minute << 8 | r->precision);
    if (!c->d->places) return h;
    if (r->has_point) return mix(mix(h, 1), (uint64_t)r->at.x << 32 | r->at.y);
    uint64_t areas = 0; // a sum, since sets may stand in another order
    for (size_t i = 0; i < s->in->n_sets; i++)
        if (s->area[i] && r->area[i] != AREA_NOWHERE) areas += s->area[i][r->area[i]];
    return mix(h, areas);
}

static uint16_t outcome_of(const struct comparison *c, const struct side *s, const struct release_row *r)
{
    return c->d->outcomes ? s->outcome[r->outcome] : 0;
}

static bool is_new_month(const struct comparison *c, const struct release_row *r)
{
    int32_t m = civil_month_of_day(r->day) - c->first_month;
    return m < 0 || m >= c->n_months || !c->month[m];
}

static size_t bucket_of(const struct comparison *c, uint64_t base)
{
    return (size_t)(base >> (64 - c->bits));
}

/// First pass: rows of new months are counted, all others go into their bucket's sum.
static void add_sums(struct comparison *c, struct index_cursor *cursor, int which)
{
    const struct side *s = &c->side[which];
    struct release_row r;
    while (index_rows_next(cursor, &r)) {
        uint16_t kind = s->kind[r.kind];
        c->size[c->row_of[kind]] += which == NEW;
        if (which == NEW && is_new_month(c, &r)) {
            c->count[DIFFERENCE_MONTHS][c->row_of[kind]].n[0]++;
            continue;
        }
        uint64_t base = base_of(c, s, &r), h = mix(mix(base, c->kind_id[kind]), outcome_of(c, s, &r));
        size_t   b = bucket_of(c, base);
        c->sum[b] += which == NEW ? h : -h;
        c->rows[b]++;
    }
}

// -- rows that may differ ----------------------------------------------------------------------------------------------

struct entry {
    uint64_t base;
    uint16_t side, kind, outcome, zero;
};

static int by_base(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->base != y->base) return x->base < y->base ? -1 : 1;
    if (x->side != y->side) return (int)x->side - (int)y->side;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->outcome - (int)y->outcome;
}

struct list {
    struct entry *of;
    size_t        n;
};

static struct told_figures *figures(struct comparison *c, enum difference_part part, const struct entry *e)
{
    return &c->count[part][c->row_of[e->kind]];
}

static void count_outcome(struct comparison *c, const struct entry *old, const struct entry *new)
{
    bool solved = c->class[new->outcome] == OUTCOME_CLEARED && c->class[old->outcome] != OUTCOME_CLEARED;
    if (old->outcome != new->outcome)
        figures(c, solved ? DIFFERENCE_SOLVED : DIFFERENCE_OUTCOMES, new)->n[0]++;
}

static int by_kind(const struct entry *a, const struct entry *b, bool outcome)
{
    if (a->kind != b->kind || !outcome) return (int)a->kind - (int)b->kind;
    return (int)a->outcome - (int)b->outcome;
}

/// Takes from each other what is of the same kind, and with `outcome` of the same outcome, too. Both lists ascend.
static void take_pairs(struct comparison *c, struct list *old, struct list *new, bool outcome)
{
    size_t i = 0, k = 0, left_old = 0, left_new = 0;
    while (i < old->n || k < new->n) {
        int order = i == old->n ? 1 : k == new->n ? -1 : by_kind(&old->of[i], &new->of[k], outcome);
        if (!order) count_outcome(c, &old->of[i++], &new->of[k++]);
        else if (order < 0) old->of[left_old++] = old->of[i++];
        else new->of[left_new++] = new->of[k++];
    }
    old->n = left_old;
    new->n = left_new;
}

static void count_group(struct comparison *c, struct list old, struct list new)
{
    size_t i = 0;
    take_pairs(c, &old, &new, true);
    take_pairs(c, &old, &new, false);
    for (; i < old.n && i < new.n; i++) {
        figures(c, DIFFERENCE_KINDS, &old.of[i])->n[0]++;
        figures(c, DIFFERENCE_KINDS, &new.of[i])->n[1]++;
    }
    for (size_t k = i; k < new.n; k++) figures(c, DIFFERENCE_ROWS, &new.of[k])->n[0]++;
    for (size_t k = i; k < old.n; k++) figures(c, DIFFERENCE_ROWS, &old.of[k])->n[1]++;
}

static void count_bucket(struct comparison *c, struct entry *e, size_t n)
{
    qsort(e, n, sizeof *e, by_base);
    for (size_t i = 0, middle, end; i < n; i = end) {
        for (middle = i; middle < n && e[middle].base == e[i].base && e[middle].side == OLD;) middle++;
        for (end = middle; end < n && e[end].base == e[i].base;) end++;
        count_group(c, (struct list){ e + i, middle - i }, (struct list){ e + middle, end - middle });
    }
}

/// Puts the rows of the buckets first..end that differ behind each other, bucket by bucket. at: where the next one goes. False:
/// there are more than the n of the first pass, since somebody writes into the file.
static bool gather(struct comparison *c, struct index_cursor *cursor, int which, size_t first, size_t end,
                   struct entry *e, size_t n, uint32_t *at)
{
    const struct side *s = &c->side[which];
    struct release_row r;
    while (index_rows_next(cursor, &r)) {
        uint64_t base = base_of(c, s, &r);
        size_t   b = bucket_of(c, base);
        if (b < first || b >= end || !c->sum[b] || (which == NEW && is_new_month(c, &r))) continue;
        if (at[b - first] >= n) return false;
        e[at[b - first]++] =
            (struct entry){ base, (uint16_t)which, s->kind[r.kind], outcome_of(c, s, &r), 0 };
    }
    return true;
}

/// Second pass, as often as memory asks for: all buckets from *first on that fit in.
static enum err count_some(struct scope *sc, struct comparison *c, const struct filter *all,
                           struct index_cursor *cursor, size_t *first)
{
    size_t end = *first, n = 0, buckets = (size_t)1 << c->bits;
    for (; end < buckets; end++) {
        size_t more = c->sum[end] ? c->rows[end] : 0;
        if (n && n + more > c->held) break;
        n += more;
    }
    struct entry *e = calloc(n + 1, sizeof *e);
    uint32_t     *at = calloc(end - *first + 1, sizeof *at);
    bool          made = e && at, same = true;
    if (made && n) {
        for (size_t b = *first, k = 0; b < end; k += c->sum[b] ? c->rows[b] : 0, b++)
            at[b - *first] = (uint32_t)k;
        for (int s = OLD; s <= NEW && same; s++) {
            index_rows(c->side[s].ix, all, cursor);
            same = gather(c, cursor, s, *first, end, e, n, at);
        }
        for (size_t b = *first, k = 0; b < end; b++) {
            if (c->sum[b]) count_bucket(c, e + k, c->rows[b]);
            k += c->sum[b] ? c->rows[b] : 0;
        }
    }
    free(e);
    free(at);
    *first = end;
    if (!made) return no_room(sc);
    return same ? OK : fail(&sc->fault, ERR_CORRUPT, "a release was written to while it was compared");
}

// -- what is told of it ------------------------------------------------------------------------------------------------

struct ranked {
    uint64_t size;
    str      key;
    size_t   row;
};

static int by_size(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->size != y->size ? (x->size > y->size ? -1 : 1) : str_cmp(x->key, y->key);
}

static enum err tell_part(struct scope *sc, const struct ranked *rank, size_t n, uint64_t least,
                          const struct told_figures *count, struct told *out)
{
    struct told_figures *ordered = arena_array(sc->mem, struct told_figures, n + 1);
    if (!ordered) return no_room(sc);
    for (size_t i = 0; i < n; i++) ordered[i] = count[rank[i].row];
    return told_of(sc, ordered, n, least, out);
}

/// How many incidents there are, now and before, is told by the manifests. So when those in new months are too few to be told,
/// what came in and what is gone would give them; that the latter two are not told one without the other told.c sees to.
/// What was not compared is not zero.
static void leave_out(struct difference *d)
{
    if (!d->part[DIFFERENCE_MONTHS].any) d->part[DIFFERENCE_ROWS] = (struct told){ 0 };
    if (d->outcomes) return;
    d->part[DIFFERENCE_SOLVED] = d->part[DIFFERENCE_OUTCOMES] = (struct told){ 0 };
}

static enum err tell(struct scope *sc, struct comparison *c)
{
    struct difference      *d = c->d;
    struct ranked          *rank = arena_array(sc->mem, struct ranked, c->n_rows + 1);
    struct difference_kind *kind = arena_array(sc->mem, struct difference_kind, c->n_rows + 1);
    if (!rank || !kind) return no_room(sc);
    for (size_t i = 0; i < c->n_rows; i++) rank[i] = (struct ranked){ c->size[i], c->name[i].key, i };
    qsort(rank, c->n_rows, sizeof *rank, by_size);
    for (int p = 0; p < DIFFERENCE_PARTS; p++)
        TRY(tell_part(sc, rank, c->n_rows, d->least, c->count[p], &d->part[p]));
    leave_out(d);
    for (size_t i = 0; i < c->n_rows && i < TOLD_KINDS; i++) kind[i] = c->name[rank[i].row];
    d->kinds = kind;
    d->n_kinds = c->n_rows < TOLD_KINDS ? c->n_rows : TOLD_KINDS;
    return OK;
}

/// Runs of months that have rows now and had none.
static enum err new_months(struct scope *sc, struct comparison *c, const struct facets *now)
{
    struct difference_months *run = arena_array(sc->mem, struct difference_months, DIFFERENCE_RUNS);
    size_t                    n = 0;
    if (!run) return no_room(sc);
    for (int32_t i = 0; i < now->n_months; i++) {
        int32_t month = now->first_month + i, was = month - c->first_month;
        if (!now->month[i] || (was >= 0 && was < c->n_months && c->month[was])) continue;
        if (n && (run[n - 1].to == month - 1 || n == DIFFERENCE_RUNS)) run[n - 1].to = month;
        else run[n++] = (struct difference_months){ month, month };
    }
    c->d->months = run;
    c->d->n_months = n;
    return OK;
}

static enum err months_of(struct scope *sc, struct comparison *c, const struct filter *all)
{
    struct facets was, now;
    TRY(index_facets(sc, c->side[OLD].ix, all, FACET_MONTH, false, &was));
    TRY(index_facets(sc, c->side[NEW].ix, all, FACET_MONTH, false, &now));
    c->first_month = was.first_month;
    c->n_months = was.n_months;
    c->month = was.month;
    return new_months(sc, c, &now);
}

static bool has_counts(const struct release_info *in, int32_t half)
{
    for (size_t i = 0; i < in->n_counts; i++)
        if (in->counts[i].half == half) return true;
    return false;
}

/// Counts stand by half-year.
static enum err new_halves(struct scope *sc, struct difference *d, const struct release_info *old,
                           const struct release_info *new)
{
    int32_t *half = arena_array(sc->mem, int32_t, DIFFERENCE_HALVES), last = INT32_MIN;
    size_t   n = 0;
    if (!half) return no_room(sc);
    for (size_t i = new->n_counts; i-- > 0 && n < DIFFERENCE_HALVES;) {
        if (new->counts[i].half == last) continue;
        last = new->counts[i].half;
        if (!has_counts(old, last)) half[DIFFERENCE_HALVES - ++n] = last;
    }
    d->halves = half + DIFFERENCE_HALVES - n;
    d->n_halves = n;
    return OK;
}

// -- all of it ---------------------------------------------------------------------------------------------------------

static enum err count_all(struct scope *sc, struct comparison *c, const struct filter *all)
{
    struct index_cursor *cursor = arena_new(sc->mem, struct index_cursor);
    uint64_t             rows = c->side[OLD].in->rows + c->side[NEW].in->rows;
    size_t               first = 0;
    for (c->bits = MIN_BITS; c->bits < MAX_BITS && rows >> c->bits > ROWS_A_BUCKET;) c->bits++;
    c->sum = arena_array(sc->mem, uint64_t, (size_t)1 << c->bits);
    c->rows = arena_array(sc->mem, uint32_t, (size_t)1 << c->bits);
    if (!cursor || !c->sum || !c->rows) return no_room(sc);
    for (int s = OLD; s <= NEW; s++) {
        index_rows(c->side[s].ix, all, cursor);
        add_sums(c, cursor, s);
    }
    while (first < (size_t)1 << c->bits) TRY(count_some(sc, c, all, cursor, &first));
    return OK;
}

enum err difference_of(struct scope *sc, const struct index *old, const struct index *new, size_t held,
                       struct difference *out)
{
    const struct release_info *was = index_info(old), *is = index_info(new);
    struct comparison         *c = arena_new(sc->mem, struct comparison);
    struct filter             *all = arena_new(sc->mem, struct filter);
    struct difference d = { .release = is->release, .before = was->release, .none = DIFFERENCE_THERE };
    if (!c || !all) return no_room(sc);
    filter_all(all);
    d.least = was->least > is->least ? was->least : is->least;
    if (d.least < TOLD_LEAST) d.least = TOLD_LEAST;
    c->d = &d;
    c->held = held;
    TRY(side_open(sc, old, &c->side[OLD]));
    TRY(side_open(sc, new, &c->side[NEW]));
    TRY(name_areas(sc, &c->side[OLD], is));
    TRY(name_areas(sc, &c->side[NEW], was));
    what_compares(c);
    TRY(unite_kinds(sc, c));
    TRY(rows_of_kinds(sc, c));
    TRY(unite_outcomes(sc, c));
    TRY(months_of(sc, c, all));
    TRY(new_halves(sc, &d, was, is));
    TRY(count_all(sc, c, all));
    TRY(tell(sc, c));
    *out = d;
    return OK;
}

// -- the policies ------------------------------------------------------------------------------------------------------

struct line {
    str    text;
    size_t at;
};

static int by_text(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int                order = str_cmp(x->text, y->text);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static enum err lines_of(struct scope *sc, str text, struct line **out, size_t *n)
{
    size_t most = 1;
    str    part;
    for (size_t i = 0; i < text.n; i++) most += text.p[i] == '\n';
    *out = arena_array(sc->mem, struct line, most);
    if (!*out) return no_room(sc);
    for (*n = 0; str_cut(&text, '\n', &part);)
        if (str_trim(part).n) (*out)[*n] = (struct line){ str_trim(part), *n }, ++*n;
    qsort(*out, *n, sizeof **out, by_text);
    return OK;
}

/// The lines of a that b has not, in the order of their text.
static enum err lines_lacking(struct scope *sc, const struct line *a, size_t n, const struct line *b,
                              size_t m, struct difference_lines *out)
{
    struct line *left = arena_array(sc->mem, struct line, n + 1);
    str         *line = arena_array(sc->mem, str, DIFFERENCE_LINES);
    size_t       k = 0;
    if (!left || !line) return no_room(sc);
    for (size_t i = 0, j = 0; i < n;) {
        int order = j < m ? str_cmp(a[i].text, b[j].text) : -1;
        if (order < 0) left[k++] = a[i];
        i += order <= 0;
        j += order >= 0;
    }
    qsort(left, k, sizeof *left, by_place);
    *out =
        (struct difference_lines){ line, k < DIFFERENCE_LINES ? k : DIFFERENCE_LINES, k > DIFFERENCE_LINES };
    for (size_t i = 0; i < out->n; i++) line[i] = left[i].text;
    return OK;
}

enum err difference_of_policies(struct scope *sc, str old, str new, struct difference *out)
{
    struct line *a, *b;
    size_t       n, m;
    TRY(lines_of(sc, old, &a, &n));
    TRY(lines_of(sc, new, &b, &m));
    TRY(lines_lacking(sc, a, n, b, m, &out->removed));
    return lines_lacking(sc, b, m, a, n, &out->added);
}
