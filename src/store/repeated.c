// SPDX-License-Identifier: EUPL-1.2
#include "store/repeated.h"

#include "base/arena.h"
#include "store/query.h"
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
