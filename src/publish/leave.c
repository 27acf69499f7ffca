// SPDX-License-Identifier: EUPL-1.2
#include "publish/leave.h"

#include "base/arena.h"
#include "base/civil.h"
#include <stdlib.h>
#include <string.h>

enum {
    NEAR_LEVEL = 13, // neighbourhoods of 4.9 km at the equator
    MIXES = 1 << 20, // kinds: ids of categories, and from here on numbers of their sets
    KINDS = MIXES + KINDS_MAX_SETS + 1,
    MONTHS_OF_QUARTER = 3,
};

struct exception {
    uint64_t        at; // number of the fact
    enum leave_what what;
};
struct lost { // the last release showed it, or it left earlier, and its source withdrew it since
    struct withdrawn is;
    bool             left, taken;
    bool             stays;  // it turned earlier, and its source withdrew it then or later
    int64_t          turned; // of one that left
};
struct moment { // of one that was withdrawn
    int64_t from_s;
    int32_t lon_e7, lat_e7;
    bool    anywhere; // its source does not tell where
};
struct arrival { // it may be what one that was withdrawn became
    int64_t         incident;
    bool            came, shown; // since the last release; it may be shown
    struct fact     fact;
    sensitivity_set classes;
};
struct vec { // grows; items are all of one kind
    void  *item;
    size_t n, room;
};

struct leave {
    struct scope          *sc;
    struct leave_order     order;
    struct shown           before, now;
    const struct departed *departed; // [n_departed] before this release
    size_t                 n_departed, next_departed;
    int64_t                turned_in; // of the incident last met
    struct lost           *lost;      // [n_lost] by time and place
    size_t                 n_lost;
    uint64_t               at; // facts met
    struct vec             arrivals, exceptions, turned, rows, leaving, staying, past;
    struct vec             kinds;
    uint32_t              *kind_at; // [KINDS] the number of the kind in kinds, from 1; 0: none
    bool                  *wanted;  // by line
    struct leave_totals    totals;
    bool                   no_room;
};

/// A new zeroed item at the end; NULL when there is no room, which is told later.
static void *vec_add(struct leave *l, struct vec *v, size_t size)
{
    if (v->n == v->room) {
        size_t room = v->room ? 2 * v->room : 64;
        void  *more = reallocarray(v->item, room, size);
        if (!more) {
            l->no_room = true;
            return NULL;
        }
        v->item = more;
        v->room = room;
    }
    return memset((char *)v->item + v->n++ * size, 0, size);
}
#define ADD(l, v, ...)                                                                                       \
    do {                                                                                                     \
        typeof(__VA_ARGS__) *added_ = vec_add((l), (v), sizeof *added_);                                     \
        if (added_) *added_ = __VA_ARGS__;                                                                   \
    } while (0)

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for what leaves the public tier");
}

void leave_closep(struct leave **leave)
{
    struct leave *l = *leave;
    *leave = NULL;
    if (!l) return;
    struct vec *all[] = { &l->arrivals, &l->exceptions, &l->turned, &l->rows,
                          &l->leaving,  &l->staying,    &l->past,   &l->kinds };
    for (size_t i = 0; i < COUNT(all); i++) free(all[i]->item);
    free(l->lost);
    free(l->wanted);
    free(l->kind_at);
    free(l);
}

// -- what was -----------------------------------------------------------------------------------------------------------

static int cmp_lost(const void *a, const void *b)
{
    const struct withdrawn *x = &((const struct lost *)a)->is, *y = &((const struct lost *)b)->is;
    if (x->from_s != y->from_s) return x->from_s < y->from_s ? -1 : 1;
    if (x->lon_e7 != y->lon_e7) return x->lon_e7 < y->lon_e7 ? -1 : 1;
    if (x->lat_e7 != y->lat_e7) return x->lat_e7 < y->lat_e7 ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int cmp_departed(const void *a, const void *b)
{
    const struct departed *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

static int cmp_staying(const void *a, const void *b)
{
    const struct staying *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

static const struct staying *staying_of(const struct leave *l, int64_t incident)
{
    const struct staying key = { .incident = incident };
    if (!l->before.n_staying) return NULL;
    return bsearch(&key, l->before.staying, l->before.n_staying, sizeof key, cmp_staying);
}

static enum err read_lost(struct scope *sc, struct store *st, struct leave *l)
{
    const struct withdrawn *w;
    size_t                  n;
    int64_t                 run = l->before.run;
    if (!l->before.release) return OK;
    for (size_t i = 0; i < l->before.n_staying; i++)
        if (l->before.staying[i].run < run) run = l->before.staying[i].run;
    TRY(store_withdrawn(sc, st, run, &w, &n));
    l->lost = calloc(n + 1, sizeof *l->lost);
    if (!l->lost) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        const struct departed key = { .incident = w[i].id },
                              *d = bsearch(&key, l->departed, l->n_departed, sizeof key, cmp_departed);
        bool stays = !d && staying_of(l, w[i].id);
        if (stays || (w[i].run > l->before.run && (d || shown_has(&l->before, w[i].id))))
            l->lost[l->n_lost++] = (struct lost){ w[i], d != NULL, false, stays, d ? d->turned : 0 };
    }
    qsort(l->lost, l->n_lost, sizeof *l->lost, cmp_lost);
    return OK;
}

enum err leave_open(struct scope *sc, struct store *st, const struct leave_order *o, int64_t last,
                    struct leave **out)
{
    AUTO(leave_closep) struct leave *l = calloc(1, sizeof *l);
    if (!l) return no_room(sc);
    l->sc = sc;
    l->order = *o;
    l->kind_at = calloc(KINDS, sizeof *l->kind_at);
    if (!l->kind_at) return no_room(sc);
    l->now = (struct shown){ .release = o->number, .created_s = o->now_s, .last = last };
    TRY(shown_room(sc, last, &l->now));
    TRY(store_run_last(sc, st, &l->now.run));
    TRY(store_shown_get(sc, st, o->before, &l->before));
    TRY(store_departed(sc, st, o->before, &l->departed, &l->n_departed));
    TRY(read_lost(sc, st, l));
    l->totals.unknown = o->before && !l->before.release;
    *out = l;
    l = NULL;
    return OK;
}

// -- what is ------------------------------------------------------------------------------------------------------------

static uint64_t kind_of(const struct fact *i)
{
    return i->kinds ? (uint64_t)MIXES + i->kinds : (uint64_t)(uint32_t)i->category;
}

static void count_kind(struct leave *l, const struct fact *i, bool is_told, bool may_go)
{
    uint32_t *at = &l->kind_at[kind_of(i)];
    if (!*at) {
        ADD(l, &l->kinds, (struct cover_kind){ .category = i->category, .kinds = i->kinds });
        if (l->no_room) return;
        *at = (uint32_t)l->kinds.n;
    }
    struct cover_kind *k = (struct cover_kind *)l->kinds.item + *at - 1;
    k->told += is_told;
    k->rows += may_go;
}

static const struct departed *departed_of(struct leave *l, int64_t incident)
{
    size_t *k = &l->next_departed;
    while (*k < l->n_departed && l->departed[*k].incident < incident) ++*k;
    return *k < l->n_departed && l->departed[*k].incident == incident ? &l->departed[*k] : NULL;
}

/// The first that is withdrawn of this time and, unless it may be anywhere, this place.
static size_t lost_from(const struct leave *l, const struct moment *a)
{
    struct lost key = { .is = { .from_s = a->from_s, .lon_e7 = INT32_MIN, .lat_e7 = INT32_MIN } };
    if (!a->anywhere) key.is.lon_e7 = a->lon_e7, key.is.lat_e7 = a->lat_e7;
    size_t from = 0, to = l->n_lost;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (cmp_lost(&l->lost[middle], &key) < 0) from = middle + 1;
        else to = middle;
    }
    return from;
}

static bool is_there(const struct leave *l, const struct moment *a, size_t k)
{
    return k < l->n_lost && l->lost[k].is.from_s == a->from_s &&
           (a->anywhere || (l->lost[k].is.lon_e7 == a->lon_e7 && l->lost[k].is.lat_e7 == a->lat_e7));
}

static struct moment moment_of(const struct fact *i)
{
    return (struct moment){ i->from_s, i->lon_e7, i->lat_e7,
                            !i->has_point && i->precision != PRECISION_MONTH };
}

/// Something was withdrawn that this may be: what it became is asked when all are met.
static void may_be_lost(struct leave *l, int64_t incident, const struct fact *i, bool is_shown,
                        sensitivity_set classes)
{
    struct moment m = moment_of(i);
    if (!l->n_lost || !is_there(l, &m, lost_from(l, &m))) return;
    ADD(l, &l->arrivals, (struct arrival){ incident, incident > l->before.last, is_shown, *i, classes });
}

/// What the source tells under another number in place of one that it withdrew: first of the same category, else of one that
/// has left. NULL: it is new, or told of otherwise.
static struct lost *came_again(const struct leave *l, int64_t incident, const struct fact *i)
{
    const struct moment a = { i->from_s, i->lon_e7, i->lat_e7, false };
    struct lost        *left = NULL;
    if (!l->n_lost || shown_has(&l->before, incident)) return NULL;
    for (size_t k = lost_from(l, &a); is_there(l, &a, k); k++) {
        struct lost *o = &l->lost[k];
        if (o->taken) continue;
        if (!o->left && o->is.category == i->category) return o;
        if (o->left && !left) left = o;
    }
    return left;
}

static bool gone(struct leave *l, uint64_t at)
{
    ADD(l, &l->exceptions, (struct exception){ at, LEAVE_GONE });
    return true;
}

static bool meet_shown(struct leave *l, int64_t incident, uint64_t at, const struct fact *i)
{
    struct lost *o = came_again(l, incident, i);
    if (o) o->taken = true;
    if (o && o->left) {
        ADD(l, &l->leaving, (struct departed){ incident, l->order.number, o->turned });
        return gone(l, at);
    }
    if (o) shown_put(&l->before, incident, true); // the last release showed it, under its former number
    else if (!shown_has(&l->before, incident)) may_be_lost(l, incident, i, true, 0);
    shown_put(&l->now, incident, true);
    count_kind(l, i, true, shown_has(&l->before, incident));
    return false;
}

/// It went along, and now has turned itself.
static void turn_late(struct leave *l, const struct departed *d)
{
    if (d->turned) return;
    l->turned_in = l->order.number;
    ADD(l, &l->leaving, (struct departed){ d->incident, d->release, l->order.number });
}

static int64_t run_of(const struct leave *l, int64_t incident)
{
    const struct staying *s = staying_of(l, incident);
    return s ? s->run : l->before.run;
}

bool leave_meet(struct leave *l, int64_t incident, const struct fact *i, enum leave_verdict v,
                sensitivity_set classes)
{
    uint64_t               at = l->at++;
    const struct departed *d = departed_of(l, incident);
    l->turned_in = d ? d->turned : 0;
    if (v == LEAVE_MAY_SHOW) return d ? gone(l, at) : meet_shown(l, incident, at, i);
    if (v == LEAVE_LATER) return false;
    if (d) return turn_late(l, d), false;
    if (shown_has(&l->before, incident)) {
        ADD(l, &l->turned,
            (struct turned){ incident, run_of(l, incident), true, at, true, *i, v == LEAVE_BY_AREA,
                             classes });
        return true;
    }
    may_be_lost(l, incident, i, false, classes);
    return false;
}

int64_t leave_turned_in(const struct leave *l)
{
    return l->turned_in;
}

/// What was withdrawn of this time and place and nothing else came for. NULL: nothing.
static struct lost *lost_as(const struct leave *l, const struct arrival *a)
{
    struct moment m = moment_of(&a->fact);
    for (size_t k = lost_from(l, &m); is_there(l, &m, k); k++) {
        struct lost *o = &l->lost[k];
        if (!o->taken && !o->left && (a->came || o->stays)) return o;
    }
    return NULL;
}

/// An arrival that may not be shown is what one of those became; then one that may be, of whatever kind it is now.
static void match_arrivals(struct leave *l, bool is_shown)
{
    const struct arrival *a = l->arrivals.item;
    for (size_t i = 0; i < l->arrivals.n; i++) {
        struct lost *o = a[i].shown == is_shown ? lost_as(l, &a[i]) : NULL;
        if (!o) continue;
        o->taken = true;
        if (is_shown) {
            shown_put(&l->before, a[i].incident, true);
            count_kind(l, &a[i].fact, false, true);
        } else
            ADD(l, &l->turned,
                (struct turned){ .incident = o->is.id,
                                 .run = run_of(l, o->is.id),
                                 .known = true,
                                 .fact = a[i].fact,
                                 .classes = a[i].classes });
    }
}

enum err leave_replaced(struct leave *l)
{
    match_arrivals(l, false);
    match_arrivals(l, true);
    for (size_t i = 0; i < l->n_lost; i++) { // withdrawn while it stayed, and nothing came for it
        const struct lost *o = &l->lost[i];
        if (o->stays && !o->taken)
            ADD(l, &l->turned, (struct turned){ .incident = o->is.id, .run = run_of(l, o->is.id) });
    }
    return l->no_room ? no_room(l->sc) : OK;
}

const struct turned *leave_list(const struct leave *l, size_t *n)
{
    *n = l->turned.n;
    return l->turned.item;
}

// -- what becomes of it -------------------------------------------------------------------------------------------------

static int32_t quarter_of(int64_t utc_s)
{
    return civil_month_of_day(civil_floor_day(utc_s)) / MONTHS_OF_QUARTER;
}

bool leave_is_date(const struct leave *l)
{
    return l->order.at_once || quarter_of(l->order.now_s) > quarter_of(l->before.created_s);
}

uint64_t leave_others(const struct leave *l, const struct fact *past)
{
    uint32_t at = l->kind_at[kind_of(past)];
    return at ? ((const struct cover_kind *)l->kinds.item)[at - 1].told : 0;
}

static struct cover_row row_of(const struct fact *i, int64_t incident, uint64_t at)
{
    return (struct cover_row){ .line = (uint32_t)kind_of(i),
                               .month = civil_month_of_day(civil_floor_day(i->from_s)),
                               .near = i->has_point ? (uint32_t)morton(i->at, NEAR_LEVEL) : i->area[0],
                               .fact = at,
                               .incident = incident };
}

enum err leave_stays(struct leave *l, const struct turned *t, const struct fact *past)
{
    struct fact told = *past;
    if (t->live) ADD(l, &l->exceptions, (struct exception){ t->at, LEAVE_STANDS_IN });
    ADD(l, &l->staying, (struct staying){ t->incident, t->run });
    ADD(l, &l->past, told);
    l->totals.stay++;
    return l->no_room ? no_room(l->sc) : OK;
}

enum err leave_goes(struct leave *l, const struct turned *t, const struct fact *past)
{
    struct cover_row row = row_of(past, t->incident, t->at);
    row.turned = true;
    count_kind(l, past, false, true);
    ADD(l, &l->rows, row);
    ADD(l, &l->leaving, (struct departed){ t->incident, l->order.number, l->order.number });
    l->totals.turned++;
    return l->no_room ? no_room(l->sc) : OK;
}

struct cover_kind *leave_kinds(struct leave *l, size_t *n)
{
    *n = l->kinds.n;
    return l->kinds.item;
}

enum err leave_lines(struct leave *l)
{
    struct cover_kind *k = l->kinds.item;
    struct cover_row  *row = l->rows.item;
    l->wanted = calloc(l->kinds.n + 1, sizeof *l->wanted);
    if (!l->wanted) return no_room(l->sc);
    cover_lines(k, l->kinds.n);
    for (size_t i = 0; i < l->kinds.n; i++) {
        const struct fact of = { .category = k[i].category, .kinds = k[i].kinds };
        l->kind_at[kind_of(&of)] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < l->rows.n; i++) {
        row[i].line = k[l->kind_at[row[i].line] - 1].line; // its kind until now
        l->wanted[row[i].line] = true;
    }
    return OK;
}

bool leave_wants(const struct leave *l, const struct fact *i)
{
    uint32_t                 at = l->kind_at[kind_of(i)];
    const struct cover_kind *k = l->kinds.item;
    return at && l->wanted[k[at - 1].line];
}

enum err leave_offer(struct leave *l, int64_t incident, uint64_t at, const struct fact *i)
{
    struct cover_row         row = row_of(i, incident, at);
    const struct cover_kind *k = l->kinds.item;
    row.line = k[l->kind_at[row.line] - 1].line;
    if (shown_has(&l->before, incident)) ADD(l, &l->rows, row);
    return l->no_room ? no_room(l->sc) : OK;
}

bool leave_cover(struct leave *l)
{
    struct cover_row *row = l->rows.item;
    l->totals.lacking = cover_choose(row, l->rows.n);
    for (size_t i = 0; i < l->rows.n; i++) {
        if (!row[i].along) continue;
        gone(l, row[i].fact);
        shown_put(&l->now, row[i].incident, false);
        ADD(l, &l->leaving, (struct departed){ row[i].incident, l->order.number, 0 });
        l->totals.along++;
    }
    return l->totals.along > 0;
}

int64_t leave_next_shown(const struct leave *l, int64_t *at)
{
    int64_t end = (int64_t)l->now.bytes * 8;
    while (*at < end && !shown_has(&l->now, *at)) *at += *at & 7 || l->now.ids[*at >> 3] ? 1 : 8;
    return (*at)++;
}

static int cmp_exceptions(const void *a, const void *b)
{
    const struct exception *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

enum err leave_settle(struct leave *l)
{
    const struct staying *s = l->staying.item;
    if (l->no_room) return no_room(l->sc);
    if (l->exceptions.n) qsort(l->exceptions.item, l->exceptions.n, sizeof(struct exception), cmp_exceptions);
    for (size_t i = 0; i < l->staying.n; i++) shown_put(&l->now, s[i].incident, true);
    l->now.staying = s;
    l->now.n_staying = l->staying.n;
    free(l->rows.item);
    l->rows = (struct vec){ 0 };
    return OK;
}

// -- reading it ---------------------------------------------------------------------------------------------------------

enum leave_what leave_what(const struct leave *l, size_t *next, uint64_t at)
{
    const struct exception *e = l->exceptions.item;
    while (*next < l->exceptions.n && e[*next].at < at) ++*next;
    return *next < l->exceptions.n && e[*next].at == at ? e[*next].what : LEAVE_AS_IS;
}

const struct fact *leave_staying(const struct leave *l, size_t *n)
{
    *n = l->past.n;
    return l->past.item;
}

struct leave_totals leave_totals(const struct leave *l)
{
    return l->totals;
}

enum err leave_keep(struct scope *sc, struct store *st, const struct leave *l)
{
    TRY(store_shown_set(sc, st, &l->now, l->order.before));
    return store_departed_add(sc, st, l->order.before, l->leaving.item, l->leaving.n);
}
