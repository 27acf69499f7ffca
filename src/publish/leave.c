// SPDX-License-Identifier: EUPL-1.2
#include "publish/leave.h"

#include "base/arena.h"
#include "base/civil.h"
#include "publish/cover_split.h"
#include "publish/handed.h"
#include "publish/touched.h"
#include <stdlib.h>
#include <string.h>

enum {
    NEAR_LEVEL = 13, // neighbourhoods of 4.9 km at the equator
    MIXES = 1 << 20, // kinds: ids of categories, and from here on numbers of their sets
    KINDS = MIXES + KINDS_MAX_SETS + 1,
    MONTHS_OF_QUARTER = 3,
    MONTHS_OF_HALF = 6,
};

struct exception {
    uint64_t at; // number of the fact
    enum { AS_TOLD, GONE, STANDS_IN } what;
    size_t stood; // AS_TOLD: the number of what is told
};
struct stood { // it has changed, and is told as it was
    int64_t     incident, run;
    struct fact told;
};
struct stand_in {    // what has changed is told under its old number
    size_t   turned; // its number there,
    size_t   staying;
    unsigned changed;
};
struct arrival { // it may be what one that was withdrawn became
    int64_t         incident;
    uint64_t        at;    // number of the fact
    bool            waits; // whether it is shown is not decided yet
    bool            done;
    bool            shown, by_area; // it may be shown; it is counted by area
    bool            counted;        // it stands in a count itself
    struct fact     fact;
    sensitivity_set classes;
};
struct kind_map { // of those of a source whose last release was this one
    uint32_t  until;
    int32_t   source;
    uint32_t *at; // [KINDS] the number of the kind in kinds, from 1; 0: none
};
struct vec { // grows; items are all of one kind
    void  *item;
    size_t n, room;
};

struct leave {
    struct scope          *sc;
    struct facts          *facts;
    struct leave_order     order;
    struct shown           before, now;
    const struct departed *departed; // [n_departed] before this release
    size_t                 n_departed, next_departed;
    int64_t        *revised; // [last + 1] run that changed it since the oldest stand; NULL: none is hidden
    enum leave_past past_of; // of the incident last met
    const struct was_said *said_before; // [n_said] by incident: what changed since the last release
    size_t                 n_said;
    struct lost_set        lost;
    struct handed          handed;
    bool                   took_back; // some of what was shown leave since another slice tells of it
    uint64_t               at;        // facts met
    struct vec arrivals, exceptions, turned, fresh, passed, late, rows, leaving, staying, past, stands,
        left_at, renumbered, stood, stand_ins;
    struct touched touched;
    int64_t        since_run, since_id; // what came behind these is new since one of those that wait was told
    struct vec     kinds;
    struct vec     maps;
    size_t         map;     // that was wanted last
    uint32_t      *line_of; // by the number of a kind
    struct cover_half   left[AREA_HALVES];
    bool               *wanted; // by line
    bool               *again;  // likewise: of what was hidden
    struct leave_totals totals;
    bool                no_room;
    enum err            e; // that meeting failed with
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
    struct vec *all[] = { &l->arrivals, &l->exceptions, &l->turned,  &l->fresh,    &l->passed, &l->late,
                          &l->rows,     &l->leaving,    &l->staying, &l->past,     &l->stands, &l->kinds,
                          &l->left_at,  &l->renumbered, &l->stood,   &l->stand_ins };
    for (size_t i = 0; i < COUNT(all); i++) free(all[i]->item);
    touched_free(&l->touched);
    lost_free(&l->lost);
    handed_free(&l->handed);
    const struct kind_map *m = l->maps.item;
    for (size_t i = 0; i < l->maps.n; i++) free(m[i].at);
    free(l->maps.item);
    free(l->wanted);
    free(l->line_of);
    free(l->again);
    free(l);
}

// -- what was -----------------------------------------------------------------------------------------------------------

static int32_t month_of(int64_t from_s)
{
    return civil_month_of_day(civil_floor_day(from_s));
}

static struct cover_half *half_of(struct leave *l, int32_t month)
{
    int32_t at = month - AREA_FIRST_HALF * MONTHS_OF_HALF;
    return at >= 0 && at / MONTHS_OF_HALF < AREA_HALVES ? &l->left[at / MONTHS_OF_HALF] : NULL;
}

static void count_left(struct leave *l, int32_t month)
{
    struct cover_half *half = half_of(l, month);
    if (half) half->left++;
}

/// One that had turned and is withdrawn (n = 1), or is there again under another number (n = -1).
static void count_turned(struct leave *l, const struct lost *o, int n)
{
    struct cover_half *half = half_of(l, month_of(o->is.from_s));
    if (half && o->left->turned) half->gone += (uint32_t)n;
}

/// What has left and is withdrawn since has left all the same.
static void count_gone(struct leave *l)
{
    for (size_t i = 0; i < l->lost.n; i++) {
        const struct lost *o = &l->lost.of[i];
        if (!o->left) continue;
        count_left(l, month_of(o->is.from_s)), count_turned(l, o, 1);
        if (o->left->run < 0 && (o->is.lon_e7 || o->is.lat_e7))
            ADD(l, &l->left_at,
                (struct leave_left){
                    .release = o->left->release,
                    .is = { .has_point = true, .at = mercator_of_e7(o->is.lon_e7, o->is.lat_e7) } });
    }
}

/// One that has left, and its record as it is.
static void note_left(struct leave *l, const struct departed *d, const struct fact *i)
{
    if (!d->passed) count_left(l, month_of(i->from_s));
    if (d->run < 0 ? d->passed : !d->run || d->altered) return; // it was not told so, or that is not known
    ADD(l, &l->left_at, (struct leave_left){ d->release, true, *i });
}

enum err leave_open(struct scope *sc, struct store *st, const struct leave_order *o, struct facts *facts,
                    const struct counted *counted, struct leave **out)
{
    AUTO(leave_closep) struct leave *l = calloc(1, sizeof *l);
    if (!l) return no_room(sc);
    l->sc = sc;
    l->order = *o;
    l->facts = facts;
    int64_t last = facts_last(facts);
    l->now = (struct shown){ .release = o->number, .created_s = o->now_s, .last = last };
    TRY(shown_room(sc, last, &l->now));
    TRY(store_run_last(sc, st, &l->now.run));
    TRY(store_shown_get(sc, st, o->before, &l->before));
    TRY(store_departed(sc, st, o->before, &l->departed, &l->n_departed));
    l->since_run = l->before.run;
    for (size_t i = 0; i < l->before.n_staying; i++)
        if (l->before.staying[i].run < l->since_run) l->since_run = l->before.staying[i].run;
    TRY(store_last_behind(sc, st, l->since_run, &l->since_id));
    if (l->before.n_stand) TRY(store_revised(sc, st, shown_oldest_run(&l->before), last, &l->revised));
    if (o->before) TRY(store_said(sc, st, &l->before, &l->said_before, &l->n_said));
    struct lost_sources from = { &l->before, l->departed, l->n_departed, counted };
    TRY(lost_read(sc, st, &from, &l->lost));
    TRY(handed_open(sc, st, &l->before, last, &l->lost, &l->handed));
    count_gone(l);
    l->totals.unknown = o->before && !l->before.release;
    *out = l;
    l = NULL;
    return OK;
}

enum err leave_any_shown(struct scope *sc, struct store *st, int64_t release, bool *out)
{
    const struct departed *d;
    struct shown           s;
    size_t                 n;
    TRY(store_shown_get(sc, st, release, &s));
    TRY(store_departed(sc, st, release, &d, &n));
    *out = release && (!s.release || n || s.n_stand);
    for (size_t i = 0; i < s.bytes && !*out; i++) *out = s.ids[i] != 0;
    return OK;
}

// -- what is ------------------------------------------------------------------------------------------------------------

static uint64_t kind_of(const struct fact *i)
{
    return i->kinds ? (uint64_t)MIXES + i->kinds : (uint64_t)(uint32_t)i->category;
}

/// The release that showed it last, of one that is hidden; 0: the newest did, or none.
static uint32_t until_of(const struct leave *l, uint16_t stand)
{
    return stand ? (uint32_t)l->before.stand[stand - 1].release : 0;
}

/// Where the number of a kind is kept; NULL: no room, which is told later.
static uint32_t *kind_slot(struct leave *l, const struct fact *i, uint32_t until)
{
    struct kind_map *m = l->maps.item;
    bool             same = l->map < l->maps.n && m[l->map].until == until && m[l->map].source == i->source;
    size_t           n = same ? l->map : 0; // rows of a source mostly stand together
    while (n < l->maps.n && (m[n].until != until || m[n].source != i->source)) n++;
    l->map = n;
    if (n == l->maps.n) {
        ADD(l, &l->maps, (struct kind_map){ until, i->source, calloc(KINDS, sizeof *m->at) });
        if (l->no_room) return NULL;
        m = l->maps.item;
        l->no_room = !m[n].at;
    }
    return m[n].at ? &m[n].at[kind_of(i)] : NULL;
}

/// NULL: there is no room, which is told later.
static struct cover_kind *kind_at(struct leave *l, const struct fact *i, uint32_t until)
{
    uint32_t *at = kind_slot(l, i, until);
    if (at && !*at) {
        struct cover_kind k = {
            .source = i->source, .category = i->category, .kinds = i->kinds, .until = until
        };
        k.number = (uint32_t)l->kinds.n;
        ADD(l, &l->kinds, k);
        if (l->no_room) return NULL;
        *at = (uint32_t)l->kinds.n;
    }
    return at ? (struct cover_kind *)l->kinds.item + *at - 1 : NULL;
}

/// One that may go along, or goes, of those that were public to this end.
static void count_kind(struct leave *l, const struct fact *i, uint16_t stand)
{
    struct cover_kind *k = kind_at(l, i, until_of(l, stand));
    if (k) k->rows++;
}

static const struct departed *departed_of(struct leave *l, int64_t incident)
{
    size_t *k = &l->next_departed;
    while (*k < l->n_departed && l->departed[*k].incident < incident) ++*k;
    return *k < l->n_departed && l->departed[*k].incident == incident ? &l->departed[*k] : NULL;
}

/// Something was withdrawn that this may be: what it became is asked when all are met.
static bool may_be_lost(struct leave *l, const struct arrival *a)
{
    if (!lost_any(&l->lost, &a->fact)) return false;
    ADD(l, &l->arrivals, (struct arrival) * a);
    return true;
}

/// Its source tells it in another slice, where it is public.
static bool may_be_handed(struct leave *l, const struct arrival *a)
{
    if (!l->handed.n || !handed_may(&l->handed, a->incident)) return false;
    ADD(l, &l->arrivals, (struct arrival) * a);
    return true;
}

/// What the source tells, since the last release, under another number in place of one that stands in a count.
static bool came_counted(struct leave *l, int64_t incident, const struct fact *i)
{
    struct lost *o = lost_came(&l->lost, &l->before, incident) ? lost_counted(&l->lost, i) : NULL;
    if (!o) return false;
    o->taken = true;
    ADD(l, &l->passed, (struct leave_passed){ o->is.id, incident });
    return true;
}

static bool gone(struct leave *l, uint64_t at)
{
    ADD(l, &l->exceptions, (struct exception){ at, GONE, 0 });
    return true;
}

static enum leave_past past_of_departed(const struct departed *d)
{
    return d->turned && d->turned <= d->release ? LEAVE_TURNED : LEAVE_ALONG;
}

/// It left under its former number. What went along has not turned, whatever its source told of it since.
static void left_before(struct leave *l, int64_t incident, struct lost *o)
{
    struct departed passed = *o->left;
    bool            turned = past_of_departed(o->left) == LEAVE_TURNED;
    passed.passed = l->order.number;
    ADD(l, &l->leaving, passed);
    ADD(l, &l->leaving,
        (struct departed){ .incident = incident,
                           .release = l->order.number,
                           .turned = turned ? o->left->turned : 0,
                           .run = o->left->run < 0 ? -1 : 0 });
    if (o->counted) ADD(l, &l->passed, (struct leave_passed){ o->is.id, incident });
    count_turned(l, o, -1);
    o->taken = true;
}

/// A release showed it under its former number.
static void take_place(struct leave *l, int64_t incident, struct lost *o)
{
    o->taken = true;
    shown_put(&l->before, o->is.id, false);
    ADD(l, &l->renumbered, (struct was_said){ incident, o->is.outcome, o->is.category, o->is.flags, 0 });
    if (!o->stand) shown_put(&l->before, incident, true);
    else l->before.hidden.of[o->is.id] = 0, l->before.hidden.of[incident] = o->stand;
}

static int cmp_said(const void *a, const void *b)
{
    const struct was_said *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

/// NULL: nothing of it has changed. The last that came under another number may not stand in its order yet.
static const struct was_said *said_before(const struct leave *l, int64_t incident)
{
    const struct was_said key = { .incident = incident }, *last = l->renumbered.item;
    size_t                n = l->renumbered.n;
    if (n && last[n - 1].incident == incident) return &last[n - 1];
    const struct was_said *is = n ? bsearch(&key, last, n, sizeof key, cmp_said) : NULL;
    return is || !l->n_said ? is : bsearch(&key, l->said_before, l->n_said, sizeof key, cmp_said);
}

unsigned leave_changed(const struct fact *was, const struct fact *is)
{
    enum { NOT_TOLD = FLAG_DOMESTIC | FLAG_PLACE_OTHER }; // such a mark hides
    bool time = was->from_s != is->from_s || was->to_s != is->to_s || was->offset_s != is->offset_s ||
                was->precision != is->precision;
    bool place = was->has_point != is->has_point || was->lon_e7 != is->lon_e7 || was->lat_e7 != is->lat_e7 ||
                 memcmp(was->area, is->area, sizeof was->area);
    return (was->category != is->category || was->kinds != is->kinds ? SAID_KIND : 0) |
           (was->outcome != is->outcome ? SAID_OUTCOME : 0) | (time ? SAID_TIME : 0) |
           (place ? SAID_PLACE : 0) | ((was->flags ^ is->flags) & ~NOT_TOLD ? SAID_MARK : 0);
}

/// Makes of a fact what was told of it last, at least its kind, its outcome and its marks.
static enum err undo(const struct leave *l, const struct was_said *is, bool all, struct fact *i)
{
    if (is->changed & (all ? ~0u : SAID_KIND))
        return facts_behind(l->facts, is->incident, shown_run(&l->before, is->incident), i);
    if (is->category >= 0 && is->category != i->category) i->category = is->category, i->kinds = 0;
    if (is->outcome >= 0) i->outcome = is->outcome;
    if (is->flags >= 0) i->flags = (typeof(i->flags))is->flags;
    return OK;
}

/// Likewise; the kind alone is wanted.
static void kind_as_told(struct leave *l, int64_t incident, struct fact *i)
{
    const struct was_said *is = said_before(l, incident);
    if (is && !l->e) l->e = undo(l, is, false, i);
}

enum err leave_as_told(const struct leave *l, int64_t incident, struct fact *i, unsigned *changed)
{
    const struct was_said *is = said_before(l, incident);
    const struct fact      now = *i;
    *changed = 0;
    if (!is) return OK;
    TRY(undo(l, is, true, i));
    *changed = is->changed | leave_changed(i, &now);
    return OK;
}

/// It has changed since it was told, and what was told does not until the date.
static bool stands(const struct leave *l, int64_t incident)
{
    return !leave_is_date(l) && shown_was(&l->before, incident) && said_before(l, incident);
}

enum err leave_stands(struct leave *l, int64_t incident, struct fact *i, bool *out)
{
    *out = stands(l, incident);
    if (!*out) return OK;
    const struct was_said *is = said_before(l, incident);
    int64_t                run = shown_run(&l->before, incident);
    // That its kind was another does not say which further ones it had.
    TRY(is->category >= 0 ? facts_behind(l->facts, incident, run, i) : undo(l, is, true, i));
    ADD(l, &l->exceptions, (struct exception){ l->at, AS_TOLD, l->stood.n });
    ADD(l, &l->stood, (struct stood){ incident, run, *i });
    return l->no_room ? no_room(l->sc) : OK;
}

/// The public sees, or will at the date, that its slice and its month were told again.
static void touch(struct leave *l, const struct fact *i)
{
    l->no_room = !touched_add(&l->touched, i->slice, month_of(i->from_s)) || l->no_room;
}

static void show(struct leave *l, int64_t incident, uint64_t at, const struct fact *i)
{
    struct fact told = *i;
    shown_put(&l->now, incident, true);
    if (incident > l->since_id) touch(l, i);
    if (!shown_was(&l->before, incident)) return;
    kind_as_told(l, incident, &told);
    if (said_before(l, incident)) touch(l, &told), touch(l, i);
    count_kind(l, &told, shown_stand(&l->before, incident));
    if (l->handed.n) handed_meet(&l->handed, incident, at, i);
}

/// It was shown, and may not be after all.
static void take_back(struct leave *l, int64_t incident, uint64_t at, const struct fact *i)
{
    struct fact        was = *i;
    struct cover_kind *rows;
    kind_as_told(l, incident, &was);
    rows = kind_at(l, &was, until_of(l, shown_stand(&l->before, incident)));
    shown_put(&l->now, incident, false);
    if (rows && shown_was(&l->before, incident)) rows->rows--;
    (void)gone(l, at);
    l->took_back = true;
}

/// May it be what was shown as well as what stands in a count? Then what comes instead of the latter is met first.
static bool may_be_either(const struct leave *l, int64_t incident, const struct fact *i)
{
    return lost_came(&l->lost, &l->before, incident) && lost_counted(&l->lost, i) &&
           lost_as(&l->lost, &l->before, incident, i);
}

/// What its source told under another number stands in the place of this one until the date.
static void stand_in(struct leave *l, int64_t incident, uint64_t at, const struct fact *i, struct lost *o)
{
    o->taken = true;
    (void)gone(l, at);
    touch(l, i);
    ADD(l, &l->turned,
        (struct turned){ .incident = o->is.id,
                         .as = incident,
                         .run = shown_run(&l->before, o->is.id),
                         .stand = o->stand,
                         .live = true,
                         .at = at,
                         .known = true,
                         .fact = *i,
                         .renumbered = true });
}

static bool meet_shown(struct leave *l, int64_t incident, uint64_t at, const struct fact *i, bool counted)
{
    struct arrival a = { .incident = incident, .at = at, .shown = true, .fact = *i };
    bool public = shown_was(&l->before, incident);
    struct lost *o = public ? NULL : lost_again(&l->lost, i);
    if (o && o->left) return left_before(l, incident, o), gone(l, at);
    if (o && !leave_is_date(l)) return stand_in(l, incident, at, i, o), true;
    if (o) take_place(l, incident, o);
    a.waits = !public && !o && !counted && may_be_either(l, incident, i);
    if (a.waits) return may_be_lost(l, &a);
    if (!public && !o && (counted || came_counted(l, incident, i))) return l->totals.counted++, gone(l, at);
    if (!public && !o) (void)may_be_lost(l, &a);
    return show(l, incident, at, i), false;
}

/// It went along, and now has turned itself.
static void turn_late(struct leave *l, const struct departed *d)
{
    struct departed late = *d;
    if (d->turned) return;
    late.turned = l->order.number;
    ADD(l, &l->leaving, late);
}

/// Hidden by a rule until now: has its record changed since?
static bool is_revised(const struct leave *l, int64_t incident)
{
    return l->revised && l->revised[incident] > shown_run(&l->before, incident);
}

/// Not yet due: it may stand in a count all the same, in the place of another.
static bool wait_due(struct leave *l, int64_t incident, const struct fact *i, bool dealt_with)
{
    if (!dealt_with && !shown_was(&l->before, incident)) (void)came_counted(l, incident, i);
    return false;
}

bool leave_meet(struct leave *l, int64_t incident, const struct fact *i, enum leave_verdict v,
                sensitivity_set classes, bool counted)
{
    uint64_t               at = l->at++;
    const struct departed *d = departed_of(l, incident);
    uint16_t               stand = shown_stand(&l->before, incident);
    bool                   passed = d && d->passed; // what stands in its place has left for it
    if (d) note_left(l, d, i);
    l->past_of = passed ? LEAVE_ALONG : d ? past_of_departed(d) : stand ? LEAVE_WAS_SHOWN : LEAVE_NEVER_SHOWN;
    if (v == LEAVE_MAY_SHOW) return d ? gone(l, at) : meet_shown(l, incident, at, i, counted);
    if (v == LEAVE_LATER) return wait_due(l, incident, i, d || counted);
    if (d) return turn_late(l, d), false;
    if (shown_has(&l->before, incident) || (stand && is_revised(l, incident))) {
        ADD(l, &l->turned,
            (struct turned){ incident, 0, shown_run(&l->before, incident), stand, true, at, true, *i,
                             v == LEAVE_BY_AREA, classes });
        return true;
    }
    const struct arrival a = { .incident = incident,
                               .at = at,
                               .by_area = v == LEAVE_BY_AREA,
                               .counted = counted,
                               .fact = *i,
                               .classes = classes };
    return !stand && (may_be_lost(l, &a) || may_be_handed(l, &a)) && v == LEAVE_BY_AREA;
}

enum leave_past leave_past(const struct leave *l)
{
    return l->past_of;
}

/// It left under its former number: it is counted as that would be.
static void arrive_left(struct leave *l, const struct arrival *a, struct lost *o)
{
    enum leave_past past = past_of_departed(o->left);
    left_before(l, a->incident, o);
    if (a->by_area && !o->counted)
        ADD(l, &l->fresh, (struct leave_new){ a->incident, a->fact, a->classes, past });
}

/// Nothing that was public became this: it may stand in a count by area in the place of another, or be new to it.
static void count_arrival(struct leave *l, const struct arrival *a)
{
    struct lost *left = lost_left(&l->lost, &a->fact);
    if (left) arrive_left(l, a, left);
    else if ((a->counted || !came_counted(l, a->incident, &a->fact)) && a->by_area)
        ADD(l, &l->fresh, (struct leave_new){ a->incident, a->fact, a->classes, LEAVE_NEVER_SHOWN });
}

/// Of what was hidden already something of the same kind came again.
static void match_same(struct leave *l)
{
    struct arrival *a = l->arrivals.item;
    for (size_t i = 0; i < l->arrivals.n; i++) {
        struct lost *o = a[i].shown ? NULL : lost_same(&l->lost, &a[i].fact);
        if (!o || (!o->left && (a[i].counted || !lost_came(&l->lost, &l->before, a[i].incident)))) continue;
        a[i].done = true;
        if (o->left) arrive_left(l, &a[i], o);
        else (void)came_counted(l, a[i].incident, &a[i].fact);
    }
}

static void turn_as(struct leave *l, const struct lost *o, const struct arrival *a)
{
    ADD(l, &l->turned,
        (struct turned){ .incident = o->is.id,
                         .as = a->incident,
                         .run = shown_run(&l->before, o->is.id),
                         .stand = o->stand,
                         .known = true,
                         .fact = a->fact,
                         .by_area = a->by_area,
                         .classes = a->classes });
}

/// It is public in another slice of its source. True: so.
static enum err hand_over(struct leave *l, const struct arrival *a, bool *out)
{
    struct handed_from *from;
    TRY(handed_find(&l->handed, a->incident, &a->fact, &from));
    *out = from;
    if (!from) return OK;
    from->taken = true;
    if (from->lost) {
        from->lost->taken = true;
        turn_as(l, from->lost, a);
        return OK;
    }
    take_back(l, from->incident, from->at, &from->fact);
    ADD(l, &l->turned,
        (struct turned){ .incident = from->incident,
                         .as = a->incident,
                         .run = shown_run(&l->before, from->incident),
                         .stand = shown_stand(&l->before, from->incident),
                         .live = true,
                         .at = from->at,
                         .known = true,
                         .fact = a->fact,
                         .by_area = a->by_area,
                         .classes = a->classes,
                         .handed = true,
                         .own = from->fact });
    return OK;
}

static void match_shown(struct leave *l, const struct arrival *a)
{
    bool         out = a->waits && came_counted(l, a->incident, &a->fact);
    struct lost *o = out ? NULL : lost_as(&l->lost, &l->before, a->incident, &a->fact);
    if (o && !leave_is_date(l)) {
        if (!a->waits) take_back(l, a->incident, a->at, &a->fact);
        stand_in(l, a->incident, a->at, &a->fact, o);
        return;
    }
    if (o) take_place(l, a->incident, o);
    if (out) l->totals.counted++, gone(l, a->at);
    else if (a->waits) {
        show(l, a->incident, a->at, &a->fact);
        ADD(l, &l->late, (struct fact)a->fact);
    } else if (o) count_kind(l, &a->fact, o->stand);
}

/// An arrival that may not be shown is what one of those became; then one that may be, of whatever kind it is now.
static enum err match_arrivals(struct leave *l, bool is_shown)
{
    const struct arrival *a = l->arrivals.item;
    for (size_t i = 0; i < l->arrivals.n; i++) {
        if (a[i].done || a[i].shown != is_shown) continue;
        if (is_shown) {
            match_shown(l, &a[i]);
            continue;
        }
        struct lost *o = lost_as(&l->lost, &l->before, a[i].incident, &a[i].fact);
        bool         handed = false;
        if (o) o->taken = true, turn_as(l, o, &a[i]);
        else TRY(hand_over(l, &a[i], &handed));
        if (!o && !handed) count_arrival(l, &a[i]);
    }
    return OK;
}

static int cmp_exceptions(const void *a, const void *b)
{
    const struct exception *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (int)y->what - (int)x->what; // what stands in for one that is gone comes first
}

static void sort_exceptions(struct leave *l)
{
    if (l->exceptions.n) qsort(l->exceptions.item, l->exceptions.n, sizeof(struct exception), cmp_exceptions);
}

enum err leave_replaced(struct leave *l)
{
    if (l->handed.e || l->e) return l->handed.e ? l->handed.e : l->e;
    match_same(l);
    TRY(match_arrivals(l, false));
    TRY(match_arrivals(l, true));
    sort_exceptions(l);
    for (size_t i = 0; i < l->lost.n; i++) {
        const struct lost *o = &l->lost.of[i];
        const struct fact  is = { .slice = (uint32_t)o->is.slice, .from_s = o->is.from_s };
        if (!o->taken && !o->stays && !o->left && !o->counted && o->is.run > l->since_run)
            touch(l, &is);         // the public sees that it is gone
        if (o->stays && !o->taken) // withdrawn while it stayed, and nothing came for it
            ADD(l, &l->turned,
                (struct turned){ .incident = o->is.id, .run = shown_run(&l->before, o->is.id) });
    }
    return l->no_room ? no_room(l->sc) : OK;
}

const struct leave_new *leave_list_new(const struct leave *l, size_t *n)
{
    *n = l->fresh.n;
    return l->fresh.item;
}

const struct fact *leave_list_late(const struct leave *l, size_t *n)
{
    *n = l->late.n;
    return l->late.item;
}

const struct leave_passed *leave_list_passed(const struct leave *l, size_t *n)
{
    *n = l->passed.n;
    return l->passed.item;
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

const struct leave_left *leave_list_left(const struct leave *l, size_t *n)
{
    *n = l->left_at.n;
    return l->left_at.item;
}

const struct departed *leave_list_departed(const struct leave *l, size_t *n)
{
    *n = l->n_departed;
    return l->departed;
}

static struct cover_row row_of(const struct leave *l, const struct fact *i, int64_t incident, uint64_t at,
                               const struct leave_spot *spot)
{
    int32_t month = month_of(i->from_s);
    return (struct cover_row){ .place = spot->place,
                               .kind = (uint64_t)(uint32_t)i->source << 32 | kind_of(i),
                               .slice = touched_slice(&l->touched, i->slice) ? i->slice : 0,
                               .touched = touched_month(&l->touched, i->slice, month),
                               .moment = spot->moment,
                               .said = spot->said,
                               .before = spot->before,
                               .batches = spot->batches,
                               .again = spot->again,
                               .month = month,
                               .near = i->has_point ? (uint32_t)morton(i->at, NEAR_LEVEL) : i->area[0],
                               .fact = at,
                               .incident = incident };
}

enum err leave_stays(struct leave *l, const struct turned *t, const struct fact *past)
{
    struct fact told = *past;
    if (t->live) ADD(l, &l->exceptions, (struct exception){ t->at, STANDS_IN, 0 });
    ADD(l, &l->staying, (struct staying){ t->incident, t->run });
    ADD(l, &l->past, told);
    if (t->renumbered) {
        size_t turned = (size_t)(t - (const struct turned *)l->turned.item);
        ADD(l, &l->stand_ins, (struct stand_in){ turned, l->staying.n - 1, leave_changed(past, &t->fact) });
        count_kind(l, past, t->stand);
        l->totals.wait++;
    } else l->totals.stay++;
    return l->no_room ? no_room(l->sc) : OK;
}

enum err leave_goes(struct leave *l, const struct turned *t, const struct fact *past,
                    const struct leave_spot *spot, unsigned changed, bool by_said)
{
    struct cover_row       row = row_of(l, past, t->incident, t->at, spot);
    const struct was_said *said = t->live ? said_before(l, t->incident) : NULL;
    struct cover_kind     *k = kind_at(l, past, until_of(l, t->stand));
    if (!k) return no_room(l->sc);
    row.turned = true;
    row.changed = (uint8_t)(changed | (said ? said->changed : 0)), row.own = SAID_KIND | SAID_PLACE,
    row.by_said = by_said;
    row.line = k->number; // its line later
    k->rows++;
    count_left(l, row.month);
    ADD(l, &l->rows, row);
    struct departed of = { t->incident, l->order.number, l->order.number, 0, t->run, false }, as = of;
    of.passed = t->as ? l->order.number : 0;
    as.incident = t->as, as.run = 0;
    ADD(l, &l->leaving, of);
    if (t->as) ADD(l, &l->leaving, as);
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
    l->line_of = calloc(l->kinds.n + 1, sizeof *l->line_of);
    l->wanted = calloc(l->kinds.n + 1, sizeof *l->wanted);
    l->again = calloc(l->kinds.n + 1, sizeof *l->again);
    if (!l->line_of || !l->wanted || !l->again) return no_room(l->sc);
    sort_exceptions(l);
    if (l->renumbered.n) qsort(l->renumbered.item, l->renumbered.n, sizeof(struct was_said), cmp_said);
    cover_lines(k, l->kinds.n);
    for (size_t i = 0; i < l->kinds.n; i++) {
        l->line_of[k[i].number] = k[i].line;
        l->again[k[i].line] = k[i].until;
    }
    for (size_t i = 0; i < l->rows.n; i++) {
        row[i].line = l->line_of[row[i].line];
        l->wanted[row[i].line] = true;
    }
    return OK;
}

/// The line that it may leave with; NULL: none, or there is no room, which is told later.
static const uint32_t *line_of(struct leave *l, int64_t incident, const struct fact *told)
{
    const uint32_t *kind = kind_slot(l, told, until_of(l, shown_stand(&l->before, incident)));
    return kind && *kind ? &l->line_of[*kind - 1] : NULL;
}

bool leave_wants(struct leave *l, int64_t incident, const struct fact *i)
{
    struct fact told = *i;
    if (!shown_was(&l->before, incident)) return false;
    (void)kind_as_told(l, incident, &told);
    const uint32_t *line = line_of(l, incident, &told);
    return line && l->wanted[*line];
}

enum err leave_offer(struct leave *l, int64_t incident, uint64_t at, const struct fact *told,
                     const struct leave_spot *spot, unsigned changed)
{
    struct cover_row row = row_of(l, told, incident, at, spot);
    const uint32_t  *line = line_of(l, incident, told);
    row.changed = (uint8_t)changed;
    if (line) row.line = *line;
    if (line) ADD(l, &l->rows, row);
    return l->no_room ? no_room(l->sc) : l->e;
}

size_t leave_stand_ins(const struct leave *l)
{
    return l->stand_ins.n;
}

const struct fact *leave_stand_in(const struct leave *l, size_t k)
{
    const struct stand_in *s = (const struct stand_in *)l->stand_ins.item + k;
    return (const struct fact *)l->past.item + s->staying;
}

enum err leave_offer_stand_in(struct leave *l, size_t k, const struct leave_spot *spot)
{
    const struct stand_in *s = (const struct stand_in *)l->stand_ins.item + k;
    const struct turned   *t = (const struct turned *)l->turned.item + s->turned;
    const struct fact     *told = leave_stand_in(l, k);
    const uint32_t        *kind = kind_slot(l, told, until_of(l, t->stand));
    if (!kind || !*kind || !l->wanted[l->line_of[*kind - 1]]) return l->no_room ? no_room(l->sc) : OK;
    struct cover_row row = row_of(l, told, t->incident, t->at, spot);
    row.changed = (uint8_t)s->changed;
    row.line = l->line_of[*kind - 1];
    row.stand_in = (uint32_t)k + 1;
    ADD(l, &l->rows, row);
    return l->no_room ? no_room(l->sc) : OK;
}

/// Who is covered by whom, and of which of the new lines something that was hidden comes back.
static enum err split_lines(struct leave *l)
{
    struct cover_parts parts;
    if (!cover_split(l->rows.item, l->rows.n, (uint32_t)l->kinds.n, &parts)) return no_room(l->sc);
    bool *again = reallocarray(l->again, parts.first + parts.n + 1, sizeof *again);
    if (again) l->again = again;
    for (size_t i = 0; again && i < parts.n; i++) again[parts.first + i] = again[parts.of[i]];
    free(parts.of);
    l->totals.unlike = parts.unlike;
    return again ? OK : no_room(l->sc);
}

/// How many are lacking in lines of what was hidden and comes back.
static uint64_t bare_of(const struct leave *l)
{
    const struct cover_row *row = l->rows.item;
    int64_t                 bare = 0;
    for (size_t i = 0; i < l->rows.n; i++)
        if (l->again[row[i].line]) bare += row[i].turned ? COVER_EACH : -(int64_t)row[i].along;
    return (uint64_t)bare;
}

/// The old number goes along, and the new one with it.
static void stand_in_goes(struct leave *l, size_t k)
{
    const struct stand_in *s = (const struct stand_in *)l->stand_ins.item + k;
    const struct turned   *t = (const struct turned *)l->turned.item + s->turned;
    ((struct staying *)l->staying.item)[s->staying].incident = 0; // see drop_gone
    l->totals.wait--;
    ADD(l, &l->leaving,
        (struct departed){
            .incident = t->incident, .release = l->order.number, .passed = l->order.number, .run = t->run });
    ADD(l, &l->leaving, (struct departed){ .incident = t->as, .release = l->order.number });
}

static void row_goes(struct leave *l, const struct cover_row *row)
{
    gone(l, row->fact);
    shown_put(&l->now, row->incident, false);
    ADD(l, &l->leaving,
        (struct departed){ .incident = row->incident,
                           .release = l->order.number,
                           .run = shown_run(&l->before, row->incident) });
}

/// Of those that are told as they were, what goes along after all.
static void drop_gone(struct leave *l)
{
    struct staying *s = l->staying.item;
    struct fact    *past = l->past.item;
    size_t          n = 0;
    for (size_t i = 0; i < l->staying.n; i++)
        if (s[i].incident) s[n] = s[i], past[n] = past[i], n++;
    l->staying.n = l->past.n = n;
}

enum err leave_cover(struct leave *l, bool *any)
{
    struct cover_row  *row = l->rows.item;
    struct cover_short lacks;
    TRY(split_lines(l));
    if (!cover_choose(row, l->rows.n, &lacks)) return no_room(l->sc);
    l->totals.lacking = lacks.rows;
    l->totals.together = lacks.together;
    if (l->totals.lacking) l->totals.bare = bare_of(l);
    for (size_t i = 0; i < l->rows.n; i++) {
        if (!row[i].along) continue;
        if (row[i].stand_in) stand_in_goes(l, row[i].stand_in - 1);
        else row_goes(l, &row[i]);
        count_left(l, row[i].month);
        l->totals.along++;
    }
    drop_gone(l);
    *any = l->totals.along > 0;
    return OK;
}

bool leave_took_back(const struct leave *l)
{
    return l->took_back;
}

int64_t leave_next_shown(const struct leave *l, int64_t *at)
{
    int64_t end = (int64_t)l->now.bytes * 8;
    while (*at < end && !shown_has(&l->now, *at)) *at += *at & 7 || l->now.ids[*at >> 3] ? 1 : 8;
    return (*at)++;
}

/// What the last release showed until now, as it stood behind the run: its number among the stands.
static enum err stand_behind(struct leave *l, int64_t run, uint16_t *mark)
{
    // What came in place of one that stayed may have come before it was hidden.
    struct stand  is = { l->before.release, run, run == l->before.run ? l->before.last : 0 };
    struct stand *all = l->stands.item;
    size_t        n = l->stands.n;
    while (n && (all[n - 1].release != is.release || all[n - 1].run != is.run)) n--;
    if (!n) {
        if (l->stands.n == MARKS_MOST)
            return fail(&l->sc->fault, ERR_LIMIT, "what is hidden was last shown by more than %d releases",
                        MARKS_MOST);
        ADD(l, &l->stands, is);
        n = l->stands.n;
    }
    *mark = (uint16_t)n;
    return OK;
}

/// Those of a byte of the lists that the last release showed, and neither this one does nor have they left.
static enum err hide_byte(struct leave *l, size_t at, struct marks *m)
{
    unsigned rest = l->before.ids[at];
    if (at < l->now.bytes) rest &= ~(unsigned)l->now.ids[at];
    for (unsigned bit = 0; rest >> bit; bit++)
        if (rest >> bit & 1)
            TRY(stand_behind(l, shown_run(&l->before, (int64_t)(at * 8 + bit)), &m->of[at * 8 + bit]));
    return OK;
}

/// What was public, is not now, and has not left: it may come back.
static enum err hide_rest(struct leave *l)
{
    const struct departed *left = l->leaving.item;
    struct marks           m = l->before.hidden;
    if (!l->before.release) return OK;
    for (size_t i = 0; i < l->before.n_stand; i++) ADD(l, &l->stands, (struct stand)l->before.stand[i]);
    if (l->no_room) return no_room(l->sc);
    TRY(marks_room(l->sc, (int64_t)l->before.bytes * 8 - 1, &m));
    for (size_t i = 0; i < l->leaving.n; i++) {
        shown_put(&l->before, left[i].incident, false);
        m.of[left[i].incident] = 0;
    }
    for (size_t id = 0; id < m.n; id++)
        if (m.of[id] && shown_has(&l->now, (int64_t)id)) m.of[id] = 0;
    for (size_t at = 0; at < l->before.bytes; at++) TRY(hide_byte(l, at, &m));
    l->now.hidden = m;
    l->now.stand = l->stands.item;
    l->now.n_stand = l->stands.n;
    return OK;
}

/// What has changed and is told all the same is told as it was.
static void keep_stood(struct leave *l)
{
    const struct stood *s = l->stood.item;
    for (size_t i = 0; i < l->stood.n; i++) {
        if (!shown_has(&l->now, s[i].incident)) continue;
        ADD(l, &l->staying, (struct staying){ s[i].incident, s[i].run });
        l->totals.wait++;
    }
}

/// At the date what has changed is told as it is.
static void count_corrected(struct leave *l)
{
    for (size_t i = 0; i < l->n_said && leave_is_date(l); i++) {
        int64_t id = l->said_before[i].incident;
        l->totals.corrected += shown_has(&l->now, id) && shown_was(&l->before, id);
    }
    const struct was_said *renumbered = l->renumbered.item;
    for (size_t i = 0; i < l->renumbered.n; i++)
        l->totals.corrected += shown_has(&l->now, renumbered[i].incident);
}

enum err leave_settle(struct leave *l)
{
    const struct staying *s;
    keep_stood(l);
    count_corrected(l);
    s = l->staying.item;
    if (l->no_room || l->e)
        return l->no_room ? no_room(l->sc) : l->e; // what could not be read is not left out
    sort_exceptions(l);
    for (size_t i = 0; i < l->staying.n; i++) shown_put(&l->now, s[i].incident, true);
    l->now.staying = s;
    l->now.n_staying = l->staying.n;
    TRY(hide_rest(l));
    free(l->rows.item);
    l->rows = (struct vec){ 0 };
    return OK;
}

// -- reading it ---------------------------------------------------------------------------------------------------------

enum leave_what leave_what(const struct leave *l, size_t *next, uint64_t at, struct fact *i)
{
    static const enum leave_what as[] = {
        [AS_TOLD] = LEAVE_TOLD, [GONE] = LEAVE_GONE, [STANDS_IN] = LEAVE_STANDS_IN
    };
    const struct exception *e = l->exceptions.item;
    while (*next < l->exceptions.n && e[*next].at < at) ++*next;
    if (*next == l->exceptions.n || e[*next].at != at) return LEAVE_TOLD;
    if (e[*next].what == AS_TOLD) *i = ((const struct stood *)l->stood.item)[e[*next].stood].told;
    return as[e[*next].what];
}

const struct fact *leave_staying(const struct leave *l, size_t *n)
{
    *n = l->past.n;
    return l->past.item;
}

const struct cover_half *leave_left(const struct leave *l)
{
    return l->left;
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
