// SPDX-License-Identifier: EUPL-1.2
// The set-based merge of a run (src/store/sql/run.sql) against a model that takes the rows one after another, as
// enum identity says: the same totals, the same live incidents, the same number of revisions, run after run, on rows
// from so small an alphabet that keys, contents and slices meet all the time.
#include "check.h"
#include "store_check.h"
#include "store/content.h"
#include "store/store.h"

enum { MAX_ROWS = 48, MAX_STORED = 4096, RUNS = 12, ROUNDS = 12, REJECTS = 2, CATEGORIES = 4, OUTCOMES = 3 };

static const char *const slices[] = { "2018-10", "2018-11", "2018-12" };
static const char *const keys[] = { "", "a", "b", "c", "d", "e" };
static const char *const places[] = { "", "On or near High Street", "Náměstí" };
static const char *const areas[] = { "", "lsoa:E01" };

// -- the model -----------------------------------------------------------------------------------------------------
struct stored {
    struct incident is;
    uint32_t        types; // bit per further category
    bool            withdrawn, taken, fresh, before;
    struct incident was; // before the run
    bool            held, was_gone;
    int told_in, told_before, gone_in; // runs: new or back last, as before this one, and withdrawn last
    int told[RUNS], gone[RUNS], n_told, n_gone; // all of them
};
struct rejects { // of a run: the slices that its rejected rows are of; NULL: which is not known
    const char *of[REJECTS];
    size_t      n;
};
struct model {
    enum identity  by;
    int            run;
    struct rejects rejects;
    struct {
        int32_t          id;
        enum sensitivity sensitivity;
    } category[CATEGORIES];
    struct stored of[MAX_STORED];
    size_t        n, revisions;
};

// How many fields differ: each is one revision.
static size_t changes(const struct incident *a, const struct incident *b, bool category)
{
    size_t n = 0;
    n += category && a->category != b->category;
    n += a->outcome != b->outcome;
    n += a->from_s != b->from_s;
    n += a->to_s != b->to_s;
    n += a->offset_s != b->offset_s;
    n += a->precision != b->precision;
    n += a->point != b->point;
    n += a->lon_e7 != b->lon_e7;
    n += a->lat_e7 != b->lat_e7;
    n += !str_eq(a->area, b->area);
    n += !str_eq(a->place, b->place);
    n += a->flags != b->flags;
    n += category && a->classes != b->classes; // with types they add up, as categories do
    return n;
}

// What a row does not tell is as its incident has it.
static void model_keep(struct incident *row, const struct incident *known, bool classes)
{
    row->flags |= known->flags & row->untold;
    if (classes && row->untold & UNTOLD_CLASSES) row->classes |= known->classes;
}

static enum sensitivity model_class(const struct model *m, int32_t category)
{
    for (int i = 0; i < CATEGORIES; i++)
        if (m->category[i].id == category) return m->category[i].sensitivity;
    return SENSITIVITY_UNCLASSIFIED;
}

static struct stored *model_find(struct model *m, str key)
{
    for (size_t k = 0; k < m->n; k++)
        if (str_eq(m->of[k].is.key, key)) return &m->of[k];
    return NULL;
}

// The strictest category of the rows of a key, the later of two as strict.
static int32_t model_strictest(const struct model *m, const struct incident *row, size_t n, str key)
{
    int32_t best = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(row[i].key, key) && (!best || model_class(m, row[i].category) <= model_class(m, best)))
            best = row[i].category;
    return best;
}

// Rows before the first of their key that tells something new: these are unchanged, whatever the others tell.
static bool model_leads(struct model *m, const struct incident *row, size_t at)
{
    const struct incident *i = &row[at];
    bool                   types = m->by == IDENTITY_TYPES;
    const struct stored   *s = i->key.n ? model_find(m, i->key) : NULL;
    for (size_t k = 0; k <= at && s; k++) {
        if (!str_eq(row[k].key, i->key)) continue;
        bool same = !changes(&s->is, &row[k], !types);
        if (types) same = same && s->is.category == row[k].category && !(row[k].classes & ~s->is.classes);
        if (!same) s = NULL;
    }
    return s;
}

// Rows of one key: what protects in any of them holds in all.
static void model_join(struct model *m, struct incident *row, size_t n, struct run_totals *t)
{
    bool types = m->by == IDENTITY_TYPES, leads[MAX_ROWS];
    for (size_t i = 0; i < n; i++) leads[i] = model_leads(m, row, i);
    for (size_t i = 0; i < n; i++) {
        const struct stored *s = row[i].key.n ? model_find(m, row[i].key) : NULL;
        if (s) model_keep(&row[i], &s->is, !types);
    }
    for (size_t i = 0; i < n; i++) {
        bool                   first = row[i].key.n, differ = false;
        const struct incident *a = &row[i];
        for (size_t k = 0; k < i; k++) first = first && !str_eq(row[k].key, a->key);
        if (!first) continue;
        str             key = a->key;
        uint32_t        flags = 0;
        sensitivity_set classes = 0;
        int32_t         category = model_strictest(m, row, n, key);
        for (size_t k = 0; k < n; k++) {
            if (!str_eq(row[k].key, key)) continue;
            differ = differ || (row[k].flags ^ a->flags) & (FLAG_DOMESTIC | FLAG_PLACE_OTHER) ||
                     (!types && (row[k].classes != a->classes || row[k].category != a->category));
            flags |= row[k].flags & (FLAG_DOMESTIC | FLAG_PLACE_OTHER);
            classes |= row[k].classes;
            enum sensitivity is = model_class(m, row[k].category);
            if (row[k].category != category && is && is < SENSITIVITY_ORDINARY)
                classes |= sensitivity_bit(is);
        }
        t->joint += differ;
        for (size_t k = 0; k < n && differ; k++) {
            if (!str_eq(row[k].key, key) || leads[k]) continue;
            row[k].flags |= flags;
            if (!types) row[k].classes = classes, row[k].category = category;
        }
    }
}

// Does an incident told so hide less than one told as before?
static bool model_lifts(const struct model *m, const struct incident *was, const struct incident *now)
{
    sensitivity_set  domestic = sensitivity_bit(SENSITIVITY_DOMESTIC);
    enum sensitivity kind = model_class(m, was->category), to = model_class(m, now->category);
    sensitivity_set  has = now->classes;
    if (to) has |= sensitivity_bit(to); // one that nobody has classified takes nothing over
    if (now->flags & FLAG_DOMESTIC) has |= domestic;
    sensitivity_set hides = was->classes & ((1 << SENSITIVITY_ORDINARY) - 1);
    if (was->flags & FLAG_DOMESTIC) hides |= domestic;
    return (was->flags & ~now->flags & FLAG_PLACE_OTHER) || (hides & ~has) ||
           (kind < SENSITIVITY_ORDINARY && (kind || to) && (!has || sensitivity_strictest(has) > kind));
}

static struct stored *model_new(struct model *m, const struct incident *i)
{
    ok(m->n < MAX_STORED, "the model is full");
    m->of[m->n] = (struct stored){
        .is = *i, .taken = true, .fresh = true, .told_in = m->run, .told = { m->run }, .n_told = 1
    };
    return &m->of[m->n++];
}

static void model_revise(struct model *m, struct stored *s, const struct incident *i, struct run_totals *t)
{
    m->revisions += changes(&s->is, i, true) + s->withdrawn;
    t->outcomes_revised += s->is.outcome != i->outcome;
    t->revised++;
    s->is = *i;
    if (s->withdrawn) s->told_in = s->told[s->n_told++] = m->run;
    s->withdrawn = false;
    s->taken = true;
}

// STABLE and TYPES: the last row of a key settles what its incident is.
static void model_key(struct model *m, struct incident *i, bool last, struct run_totals *t)
{
    struct stored *s = model_find(m, i->key);
    if (!s) {
        model_new(m, i);
        t->imported++;
        return;
    }
    bool            types = m->by == IDENTITY_TYPES;
    bool            type = types && s->is.category != i->category && !(s->types & 1u << i->category);
    bool            more = types && (i->classes & ~s->is.classes);
    bool            differs = s->held && last && changes(&s->was, i, !types);
    int32_t         own = s->is.category;
    sensitivity_set classes = s->is.classes | i->classes;
    t->merged += s->taken;
    s->taken = true;
    s->is = *i;
    if (types) s->is.category = own, s->is.classes = classes;
    if (type) s->types |= 1u << i->category;
    if (s->held) m->revisions += type + (last ? changes(&s->was, &s->is, true) : 0);
    if (!s->held && (type || more)) t->imported++;
    else if (differs || type || more) t->revised++;
    else t->unchanged++;
    t->outcomes_revised += s->held && last && s->was.outcome != i->outcome;
}

static bool same_group(const struct incident *a, const struct incident *b)
{
    return str_eq(a->slice, b->slice) && str_eq(a->key, b->key);
}

// The first incident of equal content that no row has taken yet; one that is withdrawn only when no other is left.
static struct stored *model_equal(struct model *m, const struct incident *i)
{
    for (int gone = 0; gone < 2; gone++)
        for (size_t k = 0; k < m->n; k++) {
            struct stored *s = &m->of[k];
            if (!s->taken && s->withdrawn == gone && same_group(&s->is, i) && !changes(&s->is, i, true))
                return s;
        }
    return NULL;
}

static bool model_content(struct model *m, const struct incident *i, struct run_totals *t)
{
    struct stored *s = model_equal(m, i);
    if (!s) return false;
    s->taken = true;
    if (s->withdrawn) model_revise(m, s, i, t);
    else t->unchanged++;
    return true;
}

static int order(struct scope *sc, const struct incident *a, const struct incident *b)
{
    unsigned char x[CONTENT_BYTES], y[CONTENT_BYTES];
    struct buf    room;
    if (a->category != b->category) return a->category < b->category ? -1 : 1;
    if (a->from_s != b->from_s) return a->from_s < b->from_s ? -1 : 1;
    if (a->to_s != b->to_s) return a->to_s < b->to_s ? -1 : 1;
    if (a->lon_e7 != b->lon_e7) return a->lon_e7 < b->lon_e7 ? -1 : 1;
    if (a->lat_e7 != b->lat_e7) return a->lat_e7 < b->lat_e7 ? -1 : 1;
    buf_init(&room, 4096);
    ok_err(sc, content_of(sc, &room, a, a->key, true, x), OK);
    ok_err(sc, content_of(sc, &room, b, b->key, true, y), OK);
    buf_free(&room);
    return memcmp(x, y, sizeof x);
}

// The smallest incident that is left in the row's group, those withdrawn last.
static struct stored *model_rest(struct scope *sc, struct model *m, const struct incident *i)
{
    struct stored *best = NULL;
    for (size_t k = 0; k < m->n; k++) {
        struct stored *s = &m->of[k];
        if (s->taken || !same_group(&s->is, i)) continue;
        if (best && best->withdrawn < s->withdrawn) continue;
        if (!best || best->withdrawn > s->withdrawn || order(sc, &s->is, &best->is) < 0) best = s;
    }
    return best;
}

// In a slice a key may be that of several: what any of them has, or another row of the run, may be the row's.
static void model_keep_slices(const struct model *m, struct incident *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m->n && row[i].key.n; k++)
            if (same_group(&m->of[k].is, &row[i])) model_keep(&row[i], &m->of[k].is, true);
        for (size_t k = 0; k < n && row[i].key.n; k++)
            if (same_group(&row[k], &row[i])) model_keep(&row[i], &row[k], true);
    }
}

static bool same_act(const struct incident *a, const struct incident *b)
{
    return str_eq(a->slice, b->slice) && a->category == b->category && a->from_s == b->from_s &&
           a->to_s == b->to_s && a->lon_e7 == b->lon_e7 && a->lat_e7 == b->lat_e7;
}

static bool model_knows_slice(const struct model *m, const struct incident *row, size_t n, str slice)
{
    bool any = false;
    for (size_t k = 0; k < m->n; k++) any = any || str_eq(m->of[k].is.slice, slice);
    for (size_t i = 0; i < n; i++) any = any || str_eq(row[i].slice, slice);
    return any;
}

// May a rejected row be of this slice?
static bool model_keeps(const struct model *m, const struct incident *row, size_t n, str slice)
{
    bool any = false;
    for (size_t i = 0; i < m->rejects.n; i++) {
        str of = m->rejects.of[i] ? str_of(m->rejects.of[i]) : (str){ 0 };
        any = any || !of.p || str_eq(of, slice) || !model_knows_slice(m, row, n, of);
    }
    return any;
}

static enum sensitivity model_strict(const struct model *m, const struct incident *i)
{
    return sensitivity_strictest(i->classes | sensitivity_bit(model_class(m, i->category)) |
                                 (i->flags & FLAG_DOMESTIC ? sensitivity_bit(SENSITIVITY_DOMESTIC) : 0));
}

// The strictest first, then by what they tell.
static bool stricter(struct scope *sc, const struct model *m, const struct incident *a,
                     const struct incident *b)
{
    unsigned char    x[CONTENT_BYTES], y[CONTENT_BYTES];
    struct buf       room;
    enum sensitivity s = model_strict(m, a), o = model_strict(m, b);
    buf_init(&room, 4096);
    ok_err(sc, content_of(sc, &room, a, a->key, true, x), OK);
    ok_err(sc, content_of(sc, &room, b, b->key, true, y), OK);
    buf_free(&room);
    return s < o || (s == o && memcmp(x, y, sizeof x) < 0);
}

// A row without a key of a slice that keeps what no row tells of is what one of its time and place became.
static void model_acts(struct scope *sc, struct model *m, const struct incident *row, bool *done, bool *fresh,
                       size_t n, bool of_kind, struct run_totals *t)
{
    struct stored *took[MAX_ROWS] = { NULL };
    bool           asked[MAX_ROWS] = { 0 };
    for (;;) {
        size_t next = n;
        for (size_t i = 0; i < n; i++)
            if (!done[i] && !asked[i] && !row[i].key.n && model_keeps(m, row, n, row[i].slice) &&
                (next == n || stricter(sc, m, &row[i], &row[next])))
                next = i;
        if (next == n) break;
        asked[next] = true;
        struct stored *best = NULL;
        for (size_t k = 0; k < m->n; k++) {
            struct stored  *s = &m->of[k];
            struct incident as = s->is;
            if (!of_kind) as.category = row[next].category;
            if (s->taken || s->withdrawn || s->is.key.n || !same_act(&as, &row[next])) continue;
            if (!best || stricter(sc, m, &s->is, &best->is)) best = s;
        }
        took[next] = best;
        if (best) best->taken = true;
    }
    for (size_t i = 0; i < n; i++)
        if (took[i]) done[i] = true, fresh[i] = false, model_revise(m, took[i], &row[i], t);
}

static void model_slices(struct scope *sc, struct model *m, struct incident *row, size_t n,
                         struct run_totals *t)
{
    bool done[MAX_ROWS] = { 0 }, fresh[MAX_ROWS];
    model_keep_slices(m, row, n);
    for (size_t i = 0; i < n; i++) done[i] = model_content(m, &row[i], t), fresh[i] = !done[i];
    model_acts(sc, m, row, done, fresh, n, true, t);
    model_acts(sc, m, row, done, fresh, n, false, t);
    for (;;) { // smallest row first
        const struct incident *next = NULL;
        for (size_t i = 0; i < n; i++)
            if (!done[i] && row[i].key.n && (!next || order(sc, &row[i], next) < 0)) next = &row[i];
        if (!next) break;
        done[next - row] = true;
        struct stored *s = m->by == IDENTITY_SLICE ? model_rest(sc, m, next) : NULL;
        if (s) model_revise(m, s, next, t);
        fresh[next - row] = !s;
    }
    for (size_t i = 0; i < n; i++) // in the order of their numbers
        if (fresh[i]) {
            model_new(m, &row[i]);
            t->imported++;
        }
    for (size_t k = 0; k < m->n; k++) {
        struct stored *s = &m->of[k];
        bool           touched = false;
        for (size_t i = 0; i < n; i++) touched = touched || str_eq(row[i].slice, s->is.slice);
        if (!touched || s->taken || s->withdrawn) continue;
        if (model_keeps(m, row, n, s->is.slice)) {
            t->stayed++;
            continue;
        }
        s->withdrawn = true;
        s->gone_in = s->gone[s->n_gone++] = m->run;
        t->withdrawn++;
        m->revisions++;
    }
}

static bool model_last(const struct incident *row, size_t n, size_t i)
{
    bool last = true;
    for (size_t k = i + 1; k < n; k++) last = last && !str_eq(row[k].key, row[i].key);
    return last;
}

static bool same_day(const struct incident *a, const struct incident *b)
{
    return (a->from_s + a->offset_s) / 86400 == (b->from_s + b->offset_s) / 86400;
}

// So many keys are told in different ways.
static void model_several(const struct model *m, const struct incident *row, size_t n, struct run_totals *t)
{
    for (size_t i = 0; i < n; i++) {
        bool differ = false, types = m->by == IDENTITY_TYPES, days = false, acts = false;
        if (!row[i].key.n || !model_last(row, n, i)) continue;
        for (size_t k = 0; k < i; k++) {
            if (!str_eq(row[k].key, row[i].key)) continue;
            differ = differ || changes(&row[k], &row[i], !types);
            days = days || !same_day(&row[k], &row[i]);
            acts = acts || row[k].category != row[i].category || row[k].lon_e7 != row[i].lon_e7 ||
                   row[k].lat_e7 != row[i].lat_e7;
        }
        t->several += differ;
        t->mixed += differ && days && acts;
    }
}

static void model_run(struct scope *sc, struct model *m, struct incident *row, size_t n, struct run_totals *t)
{
    m->run++;
    for (size_t k = 0; k < m->n; k++) {
        struct stored *s = &m->of[k];
        s->taken = s->fresh = false;
        s->was = s->is;
        s->was_gone = s->withdrawn;
        s->told_before = s->told_in;
        s->held = true;
    }
    for (size_t i = 0; i < n; i++) {
        t->without_point += row[i].point == POINT_NONE || row[i].point == POINT_AREA;
        if (m->by == IDENTITY_NONE) row[i].key = S("");
        if (m->by == IDENTITY_STABLE || m->by == IDENTITY_TYPES) row[i].slice = S("");
    }
    if (m->by == IDENTITY_SLICE || m->by == IDENTITY_NONE) {
        model_slices(sc, m, row, n, t);
        return;
    }
    model_join(m, row, n, t);
    model_several(m, row, n, t);
    for (size_t i = 0; i < n; i++) {
        if (row[i].key.n) {
            model_key(m, &row[i], model_last(row, n, i), t);
        } else if (!model_content(m, &row[i], t)) {
            model_new(m, &row[i]);
            t->imported++;
        }
    }
}

// Rows without a key: what is gone may have come back with less that protects.
static bool same_place(const struct incident *a, const struct incident *b)
{
    struct incident as_b = *a;
    as_b.category = b->category;
    return same_act(&as_b, b);
}

// Was it withdrawn before this run, and its act told anew between?
static bool model_replaced(const struct model *m, const struct stored *s)
{
    bool replaced = false;
    for (size_t k = 0; k < m->n && s->was_gone && !replaced; k++) {
        const struct stored *o = &m->of[k];
        replaced = o->held && same_act(&o->was, &s->was) && o->told_before >= s->gone_in;
    }
    return replaced;
}

static bool model_told(const struct stored *s)
{
    return !s->held || (s->was_gone && !s->withdrawn);
}

static bool model_sensitive(const struct model *m, const struct incident *i)
{
    return i->classes || i->flags & (FLAG_DOMESTIC | FLAG_PLACE_OTHER) ||
           model_class(m, i->category) < SENSITIVITY_ORDINARY;
}

// Something that is gone from before, and that this run does not bring back.
static bool model_missing(const struct model *m, const struct stored *s)
{
    return s->held && s->was_gone && s->withdrawn && model_sensitive(m, &s->was);
}

// Of this place, how many more sensitive ones were withdrawn from a run on than anything was told, up to this run.
static int model_excess(const struct model *m, const struct stored *s, int run)
{
    int more = 0;
    for (size_t k = 0; k < m->n; k++) {
        const struct stored *o = &m->of[k];
        if (!o->held || !same_place(&o->was, &s->was)) continue;
        bool back = o->was_gone && !o->withdrawn, counts = model_sensitive(m, &o->was);
        for (int i = 0; i < o->n_told; i++) more -= o->told[i] >= run && o->told[i] < m->run;
        for (int i = 0; i < o->n_gone - back && counts; i++) more += o->gone[i] >= run && o->gone[i] < m->run;
    }
    return more;
}

// Nothing was told since in place of it: of those that its run withdrew, as many as raise the excess, the strictest.
static bool model_left(const struct model *m, const struct stored *s)
{
    int rank = 1, later = 0;
    for (size_t k = 0; k < m->n; k++) {
        const struct stored *o = &m->of[k];
        if (!model_missing(m, o) || !same_place(&o->was, &s->was)) continue;
        enum sensitivity its = model_class(m, o->was.category), own = model_class(m, s->was.category);
        if (o->gone_in == s->gone_in) rank += its < own || (its == own && o < s);
        int more = o->gone_in > s->gone_in ? model_excess(m, o, o->gone_in) : 0;
        if (more > later) later = more;
    }
    return rank <= model_excess(m, s, s->gone_in) - later;
}

static bool model_away(const struct model *m, const struct stored *s)
{
    return s->held && s->withdrawn && (!s->was_gone || (model_missing(m, s) && model_left(m, s)));
}

// Of a kind that nobody has classified: as strict as any for those of them that were, and of the others by the rest of it alone.
static enum sensitivity model_as_strict(const struct model *m, const struct stored *s)
{
    int             were = 0, rank = 0;
    sensitivity_set unknown = sensitivity_bit(SENSITIVITY_UNCLASSIFIED),
                    rest = s->is.classes & (sensitivity_set)~unknown;
    if (model_class(m, s->is.category) != SENSITIVITY_UNCLASSIFIED) return model_strict(m, &s->is);
    if (s->is.flags & FLAG_DOMESTIC) rest |= sensitivity_bit(SENSITIVITY_DOMESTIC);
    enum sensitivity own = rest ? sensitivity_strictest(rest) : SENSITIVITIES;
    for (size_t k = 0; k < m->n; k++) {
        const struct stored *o = &m->of[k];
        if (!same_place(&o->is, &s->is)) continue;
        were += model_away(m, o) && model_class(m, o->was.category) == SENSITIVITY_UNCLASSIFIED;
        if (!model_told(o) || model_class(m, o->is.category) != SENSITIVITY_UNCLASSIFIED) continue;
        sensitivity_set its = o->is.classes & (sensitivity_set)~unknown;
        if (o->is.flags & FLAG_DOMESTIC) its |= sensitivity_bit(SENSITIVITY_DOMESTIC);
        enum sensitivity other = its ? sensitivity_strictest(its) : SENSITIVITIES;
        rank += other > own || (other == own && o <= s);
    }
    return rank <= were ? SENSITIVITY_UNCLASSIFIED : own;
}

// An incident of another slice, new or back, seems to be this one.
static bool model_apart(const struct model *m, const struct stored *s, const struct stored *o)
{
    const struct incident *a = &s->was, *b = &o->is;
    bool time = a->from_s == b->from_s && a->to_s == b->to_s, kind = a->category == b->category,
         place = a->lon_e7 == b->lon_e7 && a->lat_e7 == b->lat_e7, point = a->lon_e7 || a->lat_e7;
    if (m->by != IDENTITY_SLICE && m->by != IDENTITY_NONE) return false;
    if (!s->held || !model_told(o) || str_eq(a->slice, b->slice) || !str_eq(a->key, b->key)) return false;
    return a->key.n ? time + kind + (place && (point || time)) >= 2 : time && kind && place;
}

// One of the two has no key: of its time and place fewer are told as strict as were, it among them, and some less.
static bool model_gives_way(const struct model *m, const struct stored *s)
{
    enum sensitivity strict = model_strict(m, &s->was);
    int              rank = 0, as_strict = 0, less = 0, elsewhere = 0, as_elsewhere = 0, here = 0;
    if (!model_away(m, s)) return false;
    for (size_t k = 0; k < m->n; k++) {
        const struct stored *o = &m->of[k];
        if (!same_place(&o->is, &s->is)) continue;
        enum sensitivity was = model_strict(m, &o->was);
        if (model_away(m, o)) {
            rank += was < strict || (was == strict && o <= s);
            elsewhere += o->was.flags & FLAG_PLACE_OTHER && o <= s;
        }
        if (!model_told(o)) continue;
        enum sensitivity is = model_as_strict(m, o);
        as_strict += is <= strict;
        less += is > strict && (!s->was.key.n || !o->is.key.n);
        as_elsewhere += (o->is.flags & FLAG_PLACE_OTHER) != 0;
        here += !(o->is.flags & FLAG_PLACE_OTHER) && (!s->was.key.n || !o->is.key.n);
    }
    return (strict < SENSITIVITY_ORDINARY && as_strict < rank && less) ||
           (s->was.flags & FLAG_PLACE_OTHER && as_elsewhere < elsewhere && here);
}

// What the run took from incidents that were there.
static void model_lift(const struct model *m, struct run_totals *t)
{
    for (size_t k = 0; k < m->n; k++) {
        const struct stored *s = &m->of[k];
        bool                 protects = s->was.classes || s->was.flags & (FLAG_DOMESTIC | FLAG_PLACE_OTHER);
        bool                 lost = s->held && !s->withdrawn && model_lifts(m, &s->was, &s->is);
        if (s->held && s->withdrawn && protects && !model_replaced(m, s))
            for (size_t f = 0; f < m->n; f++) {
                const struct stored *o = &m->of[f];
                lost = lost || (model_told(o) && same_act(&s->is, &o->is) && model_lifts(m, &s->was, &o->is));
            }
        for (size_t f = 0; f < m->n; f++)
            lost = lost || (model_apart(m, s, &m->of[f]) && model_lifts(m, &s->was, &m->of[f].is));
        t->lifted += lost || model_gives_way(m, s);
    }
}

// -- both ----------------------------------------------------------------------------------------------------------
struct pair {
    struct store *st;
    struct model *model;
    int32_t       source, category[CATEGORIES], outcome[OUTCOMES];
};

static struct incident random_row(uint64_t *seed, const struct pair *p)
{
    struct incident i = {
        .source = p->source,
        .slice = str_of(slices[test_random(seed) % COUNT(slices)]),
        .key = str_of(keys[test_random(seed) % COUNT(keys)]),
        .category = p->category[test_random(seed) % CATEGORIES],
        .outcome = p->outcome[test_random(seed) % OUTCOMES],
        .from_s = 1538352000 + (int64_t)(test_random(seed) % 2) * 86400,
        .offset_s = test_random(seed) % 8 ? 0 : 3600,
        .precision = test_random(seed) % 8 ? PRECISION_MONTH : PRECISION_DAY,
        .point = (enum point_kind)(test_random(seed) % 4),
        .area = str_of(areas[test_random(seed) % COUNT(areas)]),
        .place = str_of(places[test_random(seed) % COUNT(places)]),
        .flags = (test_random(seed) % 8 ? 0u : FLAG_ARREST) |
                 (test_random(seed) % 6 ? 0u : FLAG_PLACE_OTHER) |
                 (test_random(seed) % 4 ? 0u : FLAG_DOMESTIC),
        .classes = (sensitivity_set)(test_random(seed) % 4 ? 0 : 1u << test_random(seed) % 4),
    };
    i.to_s = i.from_s + 86399;
    if (i.point == POINT_EXACT || i.point == POINT_SNAPPED) {
        i.lon_e7 = -9000000 + (int32_t)(test_random(seed) % 2);
        i.lat_e7 = 514000000;
    }
    if (test_random(seed) % 3) { // most rows differ in the fields that meet, not in the rest
        i.point = POINT_SNAPPED;
        i.lon_e7 = -9000000;
        i.lat_e7 = 514000000;
        i.area = S("lsoa:E01");
        i.place = str_of(places[1]);
        i.from_s = 1538352000;
        i.to_s = i.from_s + 86399;
        i.flags = test_random(seed) % 8 ? 0 : FLAG_DOMESTIC;
        i.classes = test_random(seed) % 8 ? 0 : 16;
        i.offset_s = 0;
        i.precision = PRECISION_MONTH;
    }
    return i;
}

static bool holds_all_slices(const struct model *m)
{
    bool held[COUNT(slices)] = { 0 };
    for (size_t k = 0; k < m->n; k++)
        for (size_t s = 0; s < COUNT(slices); s++) held[s] |= str_eq(m->of[k].is.slice, str_of(slices[s]));
    return held[0] && held[1] && held[2];
}

// Of a source whose keys are for ever each row may leave out something else; elsewhere a whole file does, and a run may have
// several: of a slice that held nothing such a run is refused (tests/unit/test_import.c).
static void leave_out(uint64_t *seed, const struct pair *p, struct incident *row, size_t n)
{
    static const uint32_t may[] = { FLAG_DOMESTIC, FLAG_PLACE_OTHER, UNTOLD_CLASSES };
    bool                  alike = p->model->by == IDENTITY_SLICE || p->model->by == IDENTITY_NONE;
    bool                  files = test_random(seed) % 2 && holds_all_slices(p->model);
    uint32_t              untold = 0;
    for (size_t i = 0; i < n; i++) {
        if (!i || !alike || files)
            untold = test_random(seed) % 3 ? 0 : may[test_random(seed) % 3] | may[test_random(seed) % 3];
        row[i].untold = row[i].key.n && p->model->by != IDENTITY_NONE ? untold : 0;
        row[i].flags &= ~row[i].untold;
        if (alike && row[i].untold & UNTOLD_CLASSES) row[i].classes = 0;
    }
}

static void import_rows(struct scope *sc, struct pair *p, const struct incident *row, size_t n,
                        const struct rejects *rejects, bool dry, struct run_totals *t)
{
    struct run r = { .source = p->source,
                     .identity = p->model->by,
                     .profile = S("test"),
                     .files = S("rows"),
                     .may_lift = true,
                     .may_move = true,
                     .may_lack = FLAG_DOMESTIC | FLAG_PLACE_OTHER | UNTOLD_CLASSES,
                     .started_s = 1600000000 };
    ok_err(sc, store_run_begin(sc, p->st, &r), OK);
    for (size_t i = 0; i < n; i++) ok_err(sc, store_run_stage(sc, p->st, &r, &row[i]), OK);
    for (size_t i = 0; i < rejects->n; i++) {
        str slice = str_of(rejects->of[i] ? rejects->of[i] : "");
        ok_err(sc, store_run_rejected(sc, p->st, &r, rejects->of[i] ? &slice : NULL), OK);
    }
    *t = (struct run_totals){ .read = n + rejects->n, .rejected = rejects->n };
    ok_err(sc, store_run_finish(sc, p->st, &r, dry, t), OK);
}

static void same_totals(const struct run_totals *got, const struct run_totals *want, const char *when)
{
    static const char *const names[] = {
        "read",      "imported",      "unchanged",        "revised", "rejected", "merged",
        "withdrawn", "without_point", "outcomes_revised", "joint",   "lifted",   "several",
        "mixed",     "unread",        "stayed",           "kept"
    };
    uint64_t g[COUNT(names)], w[COUNT(names)];
    _Static_assert(sizeof g == sizeof *got, "every total has its name");
    memcpy(g, got, sizeof g);
    memcpy(w, want, sizeof w);
    for (size_t i = 0; i < COUNT(names); i++)
        ok(g[i] == w[i], "%s: %s is %llu, the model says %llu", when, names[i], (unsigned long long)g[i],
           (unsigned long long)w[i]);
    ok(got->read == got->imported + got->unchanged + got->revised + got->rejected, "%s: totals add up", when);
}

// Every live incident of the store is one of the model's, and there are as many.
static void same_incidents(struct scope *sc, struct pair *p)
{
    struct incident_cursor *c;
    struct incident         i;
    size_t                  live = 0, found = 0;
    for (size_t k = 0; k < p->model->n; k++) {
        p->model->of[k].before = false;
        live += !p->model->of[k].withdrawn;
    }
    ok_err(sc, store_incidents_open(sc, p->st, &c), OK);
    while (store_incidents_next(c, &i)) {
        if (i.source != p->source) continue;
        ok(store_incidents_texts(c, &i), "the texts of an incident");
        const int32_t *further;
        uint32_t       types = 0;
        size_t         n = store_incidents_types(c, i.id, &further), k = 0;
        for (size_t f = 0; f < n; f++) types |= 1u << further[f];
        for (; k < p->model->n; k++) {
            struct stored *s = &p->model->of[k];
            if (s->before || s->withdrawn || !same_group(&s->is, &i) || s->types != types) continue;
            if (!changes(&s->is, &i, true)) break;
        }
        ok(k < p->model->n, "the store has an incident with key \"%.*s\" that the model has not", STR(i.key));
        p->model->of[k].before = true;
        found++;
    }
    ok_err(sc, store_incidents_end(sc, c), OK);
    ok(found == live, "the store has %zu live incidents, the model %zu", found, live);
}

static size_t revisions(struct scope *sc, struct store *st)
{
    struct store_counts n;
    ok_err(sc, store_counts_get(sc, st, &n), OK);
    return n.revisions;
}

static void shuffle(uint64_t *seed, struct incident *row, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t          k = test_random(seed) % i;
        struct incident x = row[i - 1];
        row[i - 1] = row[k];
        row[k] = x;
    }
}

static struct pair pair_open(struct scope *sc, struct store *st, enum identity by)
{
    struct pair                   p = { .st = st, .model = calloc(1, sizeof *p.model) };
    struct source                 s = { .key = arena_printf(sc->mem, "source-%u", (unsigned)by),
                                        .name = S("Source"),
                                        .timezone = S("UTC") };
    static const enum sensitivity is[CATEGORIES] = { SENSITIVITY_UNCLASSIFIED, SENSITIVITY_SEXUAL,
                                                     SENSITIVITY_HOME, SENSITIVITY_ORDINARY };
    ok(p.model != NULL, "memory");
    p.model->by = by;
    ok_err(sc, store_source_put(sc, st, &s), OK);
    p.source = s.id;
    for (int i = 0; i < CATEGORIES; i++) {
        struct category c = { .key = arena_printf(sc->mem, "category-%d", i),
                              .code = S("x"),
                              .sensitivity = is[i],
                              .confirmed_by = S("profile test") };
        ok_err(sc, store_category_put(sc, st, &c), OK);
        p.category[i] = c.id;
        p.model->category[i].id = c.id;
        p.model->category[i].sensitivity = is[i];
    }
    for (int i = 1; i < OUTCOMES; i++) { // 0: nothing is said
        struct outcome o = { .key = arena_printf(sc->mem, "outcome-%d", i), .code = S("x") };
        ok_err(sc, store_outcome_put(sc, st, &o), OK);
        p.outcome[i] = o.id;
    }
    return p;
}

static void check_run(struct scope *sc, struct pair *p, uint64_t *seed, int number)
{
    static const char *const may_be[] = { "2018-10", "2018-11", "2018-12", "2017-01", NULL };
    struct incident          row[MAX_ROWS], told[MAX_ROWS];
    struct run_totals        got, dry, want = { 0 };
    size_t                   n = test_random(seed) % 4 ? test_random(seed) % MAX_ROWS : test_random(seed) % 4;
    size_t                   others = revisions(sc, p->st) - p->model->revisions;
    for (size_t i = 0; i < n; i++) row[i] = random_row(seed, p);
    leave_out(seed, p, row, n);
    p->model->rejects.n = test_random(seed) % (REJECTS + 1);
    for (size_t i = 0; i < p->model->rejects.n; i++)
        p->model->rejects.of[i] = may_be[test_random(seed) % COUNT(may_be)];
    want.rejected = p->model->rejects.n;
    want.read = n + want.rejected;
    import_rows(sc, p, row, n, &p->model->rejects, true, &dry);
    import_rows(sc, p, row, n, &p->model->rejects, false, &got);
    memcpy(told, row, sizeof told);
    model_run(sc, p->model, told, n, &want);
    model_lift(p->model, &want);
    str when = arena_printf(sc->mem, "identity %u, run %d", (unsigned)p->model->by, number);
    same_totals(&got, &want, when.p);
    same_totals(&dry, &want, "the dry run before");
    same_incidents(sc, p);
    ok(revisions(sc, p->st) - others == p->model->revisions, "%s: %zu revisions, the model says %zu", when.p,
       revisions(sc, p->st) - others, p->model->revisions);
    if (p->model->by != IDENTITY_SLICE && p->model->by != IDENTITY_NONE) return;
    shuffle(seed, row, n); // another download of the same: nothing changes
    import_rows(sc, p, row, n, &p->model->rejects, false, &got);
    ok(got.unchanged == n && !got.withdrawn, "%s: shuffled rows: %llu of %zu unchanged, %llu withdrawn",
       when.p, (unsigned long long)got.unchanged, n, (unsigned long long)got.withdrawn);
}

static void merge_is_rows_one_by_one(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        struct scope  sc = test_scope();
        const char   *dir = test_dir(&sc);
        struct store *st;
        struct pair   p[4];
        str           report;
        ok_err(&sc, store_create(&sc, dir, &(struct store_settings){ .name = S("T"), .timezone = S("UTC") }),
               OK);
        ok_err(&sc, store_open(&sc, dir, STORE_WRITE, &st), OK);
        for (unsigned by = 0; by < COUNT(p); by++) p[by] = pair_open(&sc, st, (enum identity)by);
        for (int run = 0; run < RUNS; run++) check_run(&sc, &p[test_random(&seed) % COUNT(p)], &seed, run);
        ok_err(&sc, store_check(&sc, st, &report), OK);
        for (unsigned by = 0; by < COUNT(p); by++) free(p[by].model);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(merge_is_rows_one_by_one),
};
TEST_MAIN(tests)
