// SPDX-License-Identifier: EUPL-1.2
#include "publish/lost.h"

#include <stdlib.h>

struct moment { // of one that was withdrawn
    int64_t from_s;
    int32_t lon_e7, lat_e7;
    bool    anywhere; // its source does not tell where
};

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

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for what sources have withdrawn");
}

void lost_free(struct lost_set *s)
{
    free(s->of);
    *s = (struct lost_set){ 0 };
}

/// Room for so many more.
static bool make_room(struct lost_set *s, size_t n)
{
    struct lost *more = reallocarray(s->of, s->n + n + 1, sizeof *more);
    if (more) s->of = more;
    return more;
}

static enum err read_shown(struct scope *sc, struct store *st, const struct shown *before,
                           struct lost_set *out)
{
    const struct withdrawn *w;
    size_t                  n;
    TRY(store_withdrawn(sc, st, shown_oldest_run(before), before, &w, &n));
    if (!make_room(out, n)) return no_room(sc);
    for (size_t i = 0; i < n; i++)
        out->of[out->n++] = (struct lost){ .is = w[i],
                                           .stays = shown_staying(before, w[i].id) != NULL,
                                           .stand = shown_stand(before, w[i].id) };
    return OK;
}

/// What took the place of one that left is there itself.
static enum err read_left(struct scope *sc, struct store *st, const struct lost_sources *from,
                          struct lost_set *out)
{
    const struct withdrawn *w;
    size_t                  n;
    TRY(store_withdrawn_departed(sc, st, from->before->release, &w, &n));
    if (!make_room(out, n)) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        const struct departed key = { .incident = w[i].id };
        out->of[out->n++] =
            (struct lost){ .is = w[i],
                           .left = bsearch(&key, from->left, from->n_left, sizeof key, cmp_departed) };
    }
    return OK;
}

static int cmp_ids(const void *a, const void *b)
{
    const struct lost *x = a, *y = b;
    return (x->is.id > y->is.id) - (x->is.id < y->is.id);
}

/// Whenever that was, until another stands there in its place. left: [n_left] at the end of out, by id: what has left, too.
static enum err read_counted(struct scope *sc, struct store *st, const struct lost_sources *from,
                             size_t n_left, struct lost_set *out)
{
    const struct shown      in = { .hidden = from->counted->in };
    const struct withdrawn *w;
    size_t                  n;
    size_t                  first = out->n - n_left;
    if (!in.hidden.n) return OK;
    TRY(store_withdrawn(sc, st, 0, &in, &w, &n));
    if (!make_room(out, n)) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        struct lost  key = { .is = w[i], .counted = true };
        struct lost *left = bsearch(&key, out->of + first, n_left, sizeof key, cmp_ids);
        if (left) left->counted = true;
        else if (!shown_was(from->before, w[i].id) && !counted_is_passed(from->counted, w[i].id))
            out->of[out->n++] = key;
    }
    return OK;
}

enum err lost_read(struct scope *sc, struct store *st, const struct lost_sources *from, struct lost_set *out)
{
    size_t shown = 0;
    if (from->before->release) {
        TRY(read_shown(sc, st, from->before, out));
        shown = out->n;
        TRY(read_left(sc, st, from, out));
    }
    TRY(read_counted(sc, st, from, out->n - shown, out));
    if (!out->n) return OK;
    qsort(out->of, out->n, sizeof *out->of, cmp_lost);
    return store_revived(sc, st, shown_oldest_run(from->before), &out->revived, &out->n_revived);
}

// -- finding ------------------------------------------------------------------------------------------------------------

/// The first of this time and, unless it may be anywhere, this place.
static size_t lost_from(const struct lost_set *s, const struct moment *a)
{
    struct lost key = { .is = { .from_s = a->from_s, .lon_e7 = INT32_MIN, .lat_e7 = INT32_MIN } };
    if (!a->anywhere) key.is.lon_e7 = a->lon_e7, key.is.lat_e7 = a->lat_e7;
    size_t from = 0, to = s->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (cmp_lost(&s->of[middle], &key) < 0) from = middle + 1;
        else to = middle;
    }
    return from;
}

static bool is_there(const struct lost_set *s, const struct moment *a, size_t k)
{
    return k < s->n && s->of[k].is.from_s == a->from_s &&
           (a->anywhere || (s->of[k].is.lon_e7 == a->lon_e7 && s->of[k].is.lat_e7 == a->lat_e7));
}

static struct moment moment_of(const struct fact *i)
{
    return (struct moment){ i->from_s, i->lon_e7, i->lat_e7,
                            !i->has_point && i->precision != PRECISION_MONTH };
}

bool lost_any(const struct lost_set *s, const struct fact *i)
{
    struct moment m = moment_of(i);
    return s->n && is_there(s, &m, lost_from(s, &m));
}

struct lost *lost_again(const struct lost_set *s, const struct fact *i)
{
    const struct moment m = { i->from_s, i->lon_e7, i->lat_e7, false };
    struct lost        *left = NULL;
    if (!s->n) return NULL;
    for (size_t k = lost_from(s, &m); is_there(s, &m, k); k++) {
        struct lost *o = &s->of[k];
        if (o->taken || (o->counted && !o->left)) continue;
        if (!o->left && o->is.category == i->category) return o;
        if (o->left && !left) left = o;
    }
    return left;
}

typedef bool        lost_test(const struct lost *o);
static struct lost *find(const struct lost_set *s, const struct fact *i, lost_test *is, bool same)
{
    const struct moment m = moment_of(i);
    struct lost        *found = NULL;
    if (!s->n) return NULL;
    for (size_t k = lost_from(s, &m); is_there(s, &m, k); k++) {
        struct lost *o = &s->of[k];
        bool         alike = o->is.category == i->category;
        if (!o->taken && is(o) && (alike || (!found && !same))) found = o;
    }
    return found;
}

static bool has_left(const struct lost *o)
{
    return o->left != NULL;
}

static bool is_counted(const struct lost *o)
{
    return o->counted && !o->left;
}

static bool was_hidden(const struct lost *o)
{
    return o->counted || o->left;
}

struct lost *lost_same(const struct lost_set *s, const struct fact *i)
{
    return find(s, i, was_hidden, true);
}

struct lost *lost_left(const struct lost_set *s, const struct fact *i)
{
    return find(s, i, has_left, false);
}

struct lost *lost_counted(const struct lost_set *s, const struct fact *i)
{
    return find(s, i, is_counted, false);
}

static int cmp_revived(const void *a, const void *b)
{
    const struct revived *x = a, *y = b;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

/// The last run that brought it back; 0: none did.
static int64_t revived_run(const struct lost_set *s, int64_t incident)
{
    const struct revived  key = { .incident = incident };
    const struct revived *is =
        s->n_revived ? bsearch(&key, s->revived, s->n_revived, sizeof key, cmp_revived) : NULL;
    return is ? is->run : 0;
}

bool lost_came(const struct lost_set *s, const struct shown *before, int64_t incident)
{
    return s->n && (incident > before->last || revived_run(s, incident) > before->run);
}

/// Has it come since a release showed what is lost?
static bool came_since(const struct lost_set *s, const struct lost *o, const struct shown *before,
                       int64_t incident)
{
    const struct stand  newest = { before->release, before->run, before->last };
    const struct stand *is = o->stand ? &before->stand[o->stand - 1] : &newest;
    return incident > is->last || revived_run(s, incident) > is->run;
}

struct lost *lost_as(const struct lost_set *s, const struct shown *before, int64_t incident,
                     const struct fact *i)
{
    const struct moment m = moment_of(i);
    if (!s->n) return NULL;
    for (size_t k = lost_from(s, &m); is_there(s, &m, k); k++) {
        struct lost *o = &s->of[k];
        if (!o->taken && !o->left && !o->counted && (o->stays || came_since(s, o, before, incident)))
            return o;
    }
    return NULL;
}
