// SPDX-License-Identifier: EUPL-1.2
#include "store/repeated.h"

#include "base/arena.h"
#include "store/alike.h"
#include "store/query.h"
#include "store/seen.h"
#include <stdlib.h>
#include <string.h>

struct kins {
    struct kin *of;             // [n]
    size_t      n, room, first; // of the key at hand
    struct kin  all;            // what hides any of it
};

static void end_key(struct kins *k)
{
    for (size_t i = k->first; i < k->n; i++)
        k->of[i].classes = k->all.classes, k->of[i].elsewhere = k->all.elsewhere;
    if (!k->all.classes && !k->all.elsewhere) k->n = k->first;
    k->first = k->n;
    k->all = (struct kin){ 0 };
}

static bool add(struct kins *k, int64_t incident)
{
    if (k->n == k->room) {
        size_t      room = k->room ? 2 * k->room : 256;
        struct kin *more = reallocarray(k->of, room, sizeof *more);
        if (!more) return false;
        k->of = more;
        k->room = room;
    }
    k->of[k->n++] = (struct kin){ .incident = incident };
    return true;
}

static enum err read_all(struct scope *sc, struct store *st, struct kins *k)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_REPEATED_LIST);
    while (query_next(&q)) {
        int64_t sensitivity = query_i64(&q, 1), flags = query_i64(&q, 2);
        if (query_i64(&q, 5) == 1) end_key(k);
        if (sensitivity < SENSITIVITY_ORDINARY)
            k->all.classes |= sensitivity_bit((enum sensitivity)sensitivity);
        if (flags & FLAG_DOMESTIC) k->all.classes |= sensitivity_bit(SENSITIVITY_DOMESTIC);
        k->all.classes |= (sensitivity_set)query_i64(&q, 3);
        k->all.elsewhere = k->all.elsewhere || (flags & FLAG_PLACE_OTHER);
        if (query_i64(&q, 4) && !add(k, query_i64(&q, 0)))
            return fail(&sc->fault, ERR_NOMEM, "no room for keys that several rows have");
    }
    end_key(k);
    return query_end(&q);
}

static enum err read_mentions(struct scope *sc, struct store *st, struct kins *k)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_MENTION_LIST);
    bind_i64(&q, ":ordinary", SENSITIVITY_ORDINARY);
    while (query_next(&q)) {
        if (!add(k, query_i64(&q, 0)))
            return fail(&sc->fault, ERR_NOMEM, "no room for kinds that records name besides");
        k->of[k->n - 1].classes = sensitivity_bit((enum sensitivity)query_i64(&q, 1));
    }
    return query_end(&q);
}

/// Of whose key a row was rejected.
static enum err read_unread(struct scope *sc, struct store *st, struct kins *k)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_UNREAD_INCIDENT_LIST);
    while (query_next(&q)) {
        if (!add(k, query_i64(&q, 0)))
            return fail(&sc->fault, ERR_NOMEM, "no room for keys whose rows were rejected");
        k->of[k->n - 1].classes = sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
    }
    return query_end(&q);
}

/// Those of one incident become one.
static size_t join(struct kin *of, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (!to || of[to - 1].incident != of[i].incident) {
            of[to++] = of[i];
            continue;
        }
        of[to - 1].classes |= of[i].classes;
        of[to - 1].elsewhere = of[to - 1].elsewhere || of[i].elsewhere;
    }
    return to;
}

// -- alike keys -------------------------------------------------------------------------------------------------------

struct act { // what two incidents are known for the same by, and what hides one
    struct kin kin;
    uint64_t   form, key; // hashes: of its key in small form and its source, and of the key as it is written
    int64_t    from_s, to_s;
    int32_t    lon_e7, lat_e7, category;
};
struct guards {
    struct act *of; // [n], by form
    size_t      n, room;
    size_t     *first; // of each form, in the order of seen
    struct seen forms;
    struct list source, kind; // struct pair: of each slice; and the sensitivity of each kind that hides
};
struct pair {
    int64_t id, is;
};

static void guards_free(struct guards *g)
{
    free(g->of);
    free(g->first);
    seen_free(&g->forms);
    list_free(&g->source);
    list_free(&g->kind);
}

static int by_id(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/// -1: none is of this number.
static int64_t paired(const struct list *l, int64_t id)
{
    const struct pair  of = { .id = id };
    const struct pair *is =
        l->items.n ? bsearch(&of, l->items.p, l->items.n / sizeof *is, sizeof *is, by_id) : NULL;
    return is ? is->is : -1;
}

static enum err read_pairs(struct query *q, struct list *out)
{
    *out = list_of(sizeof(struct pair));
    while (query_next(q)) list_add(out, &(struct pair){ query_i64(q, 0), query_i64(q, 1) });
    TRY(query_end(q));
    return out->items.failed ? fail(&q->sc->fault, ERR_NOMEM, "no room for the kinds of incidents") : OK;
}

/// What its own record hides.
static struct kin own_kin(const struct guards *g, const struct query *q)
{
    int64_t         kind = paired(&g->kind, query_i64(q, 3)), flags = query_i64(q, 4);
    sensitivity_set all = (sensitivity_set)query_i64(q, 5) & (sensitivity_bit(SENSITIVITY_ORDINARY) - 1);
    if (kind >= 0) all |= sensitivity_bit((enum sensitivity)kind);
    if (flags & FLAG_DOMESTIC) all |= sensitivity_bit(SENSITIVITY_DOMESTIC);
    return (struct kin){ query_i64(q, 0), all, (flags & FLAG_PLACE_OTHER) != 0 };
}

static uint64_t form_of(const struct guards *g, const struct query *q)
{
    char             room[2 * STORE_MAX_TEXT];
    struct key_forms f = key_forms(str_slice(query_str(q, 2), 0, STORE_MAX_TEXT), room);
    return seen_hash(f.small) ^ (uint64_t)paired(&g->source, query_i64(q, 1)) << 32;
}

static struct act act_of(const struct query *q, uint64_t form, struct kin kin)
{
    return (struct act){ .kin = kin,
                         .form = form,
                         .key = seen_hash(query_str(q, 2)),
                         .category = (int32_t)query_i64(q, 3),
                         .from_s = query_i64(q, 6),
                         .to_s = query_i64(q, 7),
                         .lon_e7 = (int32_t)query_i64(q, 8),
                         .lat_e7 = (int32_t)query_i64(q, 9) };
}

static enum err add_guard(struct scope *sc, struct guards *g, const struct query *q, struct kin kin)
{
    if (!kin.classes && !kin.elsewhere) return OK;
    if (g->n == g->room) {
        size_t      room = g->room ? 2 * g->room : 1024;
        struct act *more = reallocarray(g->of, room, sizeof *more);
        if (!more) return fail(&sc->fault, ERR_NOMEM, "no room for the incidents that something hides");
        g->of = more;
        g->room = room;
    }
    g->of[g->n++] = act_of(q, form_of(g, q), kin);
    return OK;
}

static int by_form(const void *a, const void *b)
{
    const struct act *x = a, *y = b;
    return (x->form > y->form) - (x->form < y->form);
}

static enum err read_codes(struct scope *sc, struct store *st, struct guards *g)
{
    AUTO(query_free) struct query slices = query_open(sc, st, SQL_SLICE_LIST);
    TRY(read_pairs(&slices, &g->source));
    AUTO(query_free) struct query kinds = query_open(sc, st, SQL_CATEGORY_HIDES);
    bind_i64(&kinds, ":ordinary", SENSITIVITY_ORDINARY);
    return read_pairs(&kinds, &g->kind);
}

/// Hidden by their own records, and by what is known besides.
static enum err read_guards(struct scope *sc, struct store *st, const struct kins *k, struct guards *g)
{
    TRY(read_codes(sc, st, g));
    AUTO(query_free) struct query own = query_open(sc, st, SQL_ACT_HIDDEN);
    bind_i64(&own, ":ordinary", SENSITIVITY_ORDINARY);
    while (query_next(&own)) TRY(add_guard(sc, g, &own, own_kin(g, &own)));
    TRY(query_end(&own));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_ACT_GET);
    for (size_t i = 0; i < k->n; i++) {
        bind_i64(&q, ":id", k->of[i].incident);
        if (query_next(&q)) TRY(add_guard(sc, g, &q, k->of[i]));
        TRY(query_end(&q));
        query_again(&q);
    }
    return OK;
}

static enum err order_guards(struct scope *sc, struct guards *g)
{
    size_t forms = 0;
    if (g->n) qsort(g->of, g->n, sizeof *g->of, by_form);
    g->first = calloc(g->n + 1, sizeof *g->first);
    if (!g->first) return fail(&sc->fault, ERR_NOMEM, "no room for the incidents that something hides");
    for (size_t i = 0; i < g->n; i++) {
        if (i && g->of[i - 1].form == g->of[i].form) continue;
        g->first[forms++] = i;
        if (!seen_add(&g->forms, g->of[i].form, (int64_t)forms, false))
            return fail(&sc->fault, ERR_NOMEM, "no room for the keys of incidents that something hides");
    }
    return OK;
}

static bool same_act(const struct act *a, const struct act *b)
{
    return (a->from_s == b->from_s && a->to_s == b->to_s) +
               (a->lon_e7 == b->lon_e7 && a->lat_e7 == b->lat_e7) + (a->category == b->category) >=
           2;
}

/// What hides any guard of its form that seems to be the same, and not it.
static struct kin kin_of_guards(const struct guards *g, size_t form, const struct act *a)
{
    struct kin all = { .incident = a->kin.incident };
    for (size_t i = g->first[form]; i < g->n && g->of[i].form == a->form; i++) {
        const struct act *guard = &g->of[i];
        if (guard->key == a->key || !same_act(guard, a))
            continue; // a key as it is: another's in another slice
        all.classes |= guard->kin.classes;
        all.elsewhere = all.elsewhere || guard->kin.elsewhere;
    }
    all.classes &= (sensitivity_set)~a->kin.classes;
    all.elsewhere = all.elsewhere && !a->kin.elsewhere;
    return all;
}

/// The guards of this form are all that has it: there is one, and it is this incident.
static bool alone(const struct guards *g, size_t form, int64_t incident)
{
    size_t i = g->first[form];
    return g->of[i].kin.incident == incident && (i + 1 == g->n || g->of[i + 1].form != g->of[i].form);
}

static enum err pair(struct scope *sc, struct query *get, const struct guards *g, size_t form,
                     int64_t incident, struct kins *k)
{
    bind_i64(get, ":id", incident);
    if (query_next(get)) {
        struct act a = act_of(get, g->of[g->first[form]].form, own_kin(g, get));
        struct kin is = kin_of_guards(g, form, &a);
        if (is.classes || is.elsewhere) {
            if (!add(k, incident))
                return fail(&sc->fault, ERR_NOMEM, "no room for keys that are written otherwise");
            k->of[k->n - 1] = is;
        }
    }
    TRY(query_end(get));
    query_again(get);
    return OK;
}

static enum err pair_guards(struct scope *sc, struct store *st, const struct guards *g, struct kins *k)
{
    AUTO(query_free) struct query get = query_open(sc, st, SQL_ACT_GET);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_ACT_KEYS);
    while (query_next(&q)) {
        const uint32_t *at = seen_find(&g->forms, form_of(g, &q));
        size_t          form = at ? (size_t)seen_row(*at) - 1 : 0;
        if (at && !alone(g, form, query_i64(&q, 0))) TRY(pair(sc, &get, g, form, query_i64(&q, 0), k));
    }
    return query_end(&q);
}

/// Of whose key, written otherwise, something is hidden that has the source and two of time, place and kind with it.
static enum err read_alike(struct scope *sc, struct store *st, struct kins *k)
{
    struct guards g = { 0 };
    enum err      e = read_guards(sc, st, k, &g);
    if (!e) e = order_guards(sc, &g);
    if (!e && g.n) e = pair_guards(sc, st, &g, k);
    guards_free(&g);
    return e;
}

static int by_incident(const void *a, const void *b)
{
    const struct kin *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

enum err store_kin(struct scope *sc, struct store *st, const struct kin **out, size_t *n)
{
    struct kins k = { 0 };
    enum err    e = read_all(sc, st, &k);
    if (!e) e = read_mentions(sc, st, &k);
    if (!e) e = read_unread(sc, st, &k);
    if (!e) e = read_alike(sc, st, &k);
    struct kin *of = e ? NULL : arena_array(sc->mem, struct kin, k.n + 1);
    if (!e && !of) e = fail(&sc->fault, ERR_NOMEM, "no room for keys that several rows have");
    if (!e && k.n) {
        memcpy(of, k.of, k.n * sizeof *of);
        qsort(of, k.n, sizeof *of, by_incident);
        k.n = join(of, k.n);
    }
    free(k.of);
    *out = of;
    *n = k.n;
    return e;
}
