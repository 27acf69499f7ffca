// SPDX-License-Identifier: EUPL-1.2
// What the attacks share: a town that is published, counts by area with it, and served; and the eyes of an attacker, who
// sees the public index (by the slow reader) and the answers of the server, and nothing of the store. What a test knows of
// the store is for scoring alone. Each attack also runs against a naive protection, where it must succeed: an attack that
// breaks nothing proves nothing.
#pragma once
#include "town.h"
#include "verdict.h"

#include "http/http.h"
#include "property/slow_reader.h"
#include "web/client.h"
#include "web/web.h"
#include <math.h>

static inline int64_t attack_wall(int year, int month, int day)
{
    return (int64_t)civil_day(year, month, day) * DAY_S;
}

static inline uint64_t attack_below(uint64_t *seed, uint64_t n)
{
    return test_random(seed) % n;
}

/// A number with this mean (Knuth 1969, 3.4.1), for means of a few dozens at most.
static inline unsigned attack_poisson(uint64_t *seed, double mean)
{
    double   product = 1;
    unsigned n = 0;
    for (;; n++) {
        product *= (double)(test_random(seed) >> 11) / 9007199254740992.0;
        if (product <= exp(-mean)) return n;
    }
}

/// The next import into a town that is published again and again.
static inline void attack_import(struct scope *sc, struct town *t)
{
    struct run_totals totals = { .read = t->staged };
    ok_err(sc, store_run_finish(sc, t->st, &t->run, false, &totals), OK);
    t->staged = 0;
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
}

/// Publishes what was imported to everybody, counts by area for good. policy NULL: the default, without its inner tiers'
/// files, which no attacker sees.
static inline void attack_publish(struct scope *sc, struct town *t, const char *policy, int64_t now_s,
                                  int64_t number)
{
    struct policy                                  p;
    struct release_new                             r;
    struct release_row                             row;
    struct publish_totals                          totals[TIERS] = { 0 };
    const char                                    *path;
    str                                            sha256;
    struct key_ring                                keys = test_keys(sc, t->dir);
    AUTO(publication_closep) struct publication   *of = NULL;
    AUTO(publish_closep) struct publisher         *from = NULL;
    AUTO(index_writer_closep) struct index_writer *to = NULL;
    ok_err(sc, policy_read(sc, policy ? str_of(policy) : policy_default(), &p), OK);
    p.tier[TIER_PARTNER].given = p.tier[TIER_POLICE].given = false;
    store_rollback(t->st); // the run that stands open brought nothing yet
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, town_publication(sc, t, &p, number, now_s, &of), OK);
    ok_err(sc, publication_keep(sc, of), OK);
    ok_err(sc, release_begin(sc, t->dir, number, now_s, &r), OK);
    ok_err(sc, path_join(sc, r.public_dir, "public.index", &path), OK);
    ok_err(sc, publish_open(sc, of, TIER_PUBLIC, &from), OK);
    ok_err(sc, index_writer_open(sc, path, publish_info(from), &to), OK);
    while (publish_next(from, &row)) ok_err(sc, index_writer_add(sc, to, &row), OK);
    ok_err(sc, publish_end(sc, from, &totals[TIER_PUBLIC]), OK);
    ok_err(sc, index_writer_commit(sc, to), OK);
    ok_err(sc, release_commit(sc, t->dir, &r, &keys, &p, totals, &t->run, 1, &sha256), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
}

struct served {
    struct web         *web;
    struct http_server *server;
    int                 port;
};

static inline void attack_serve(struct scope *sc, const char *dir, struct served *out)
{
    struct web_config  wc = { .data_dir = dir, .watch_ms = -1 };
    struct http_config hc = { .listen = "127.0.0.1:0",
                              .threads = 2,
                              .keep_for = web_keep_for,
                              .keep_bytes = 4 << 20,
                              .admit = web_admit };
    ok_err(sc, web_open(sc, &wc, &out->web), OK);
    ok_err(sc, http_start(sc, &hc, web_handle, out->web, &out->server), OK);
    out->port = http_port(out->server);
}

static inline void attack_unserve(struct served *s)
{
    http_stop(s->server, 5000);
    web_close(s->web);
    *s = (struct served){ 0 };
}

/// The public index, as anybody who has downloaded it reads it.
static inline void attack_read(struct scope *sc, const char *dir, int64_t number, struct slow_index *out)
{
    const char *path;
    ok_err(sc, release_index_path(sc, dir, number, TIER_PUBLIC, &path), OK);
    slow_read(sc, path, out);
}

// -- counts by area ---------------------------------------------------------------------------------------------------

struct told_group {
    int half; // half-years since 1970
    enum sensitivity class;
    uint64_t count, areas; // areas: bit set of their numbers; 0: somewhere in the town
};
struct told_groups {
    struct told_group *of; // [n]
    size_t             n, least;
};

/// All that stands in the public index, also what no page of the server would show.
static inline void attack_groups(struct scope *sc, const char *dir, int64_t number, struct told_groups *out)
{
    AUTO(index_closep) struct index *ix = NULL;
    const char                      *path;
    ok_err(sc, release_index_path(sc, dir, number, TIER_PUBLIC, &path), OK);
    ok_err(sc, index_open(sc, path, &ix), OK);
    const struct release_info *in = index_info(ix);
    *out = (struct told_groups){ .of = arena_array(sc->mem, struct told_group, in->n_counts + 1),
                                 .n = in->n_counts,
                                 .least = in->least };
    for (size_t i = 0; i < in->n_counts; i++) {
        const struct release_count *c = &in->counts[i];
        out->of[i] = (struct told_group){ c->half, (enum sensitivity)c->class, c->count, 0 };
        for (size_t k = 0; k < c->n; k++) out->of[i].areas |= (uint64_t)1 << c->area[k];
    }
}

static inline unsigned attack_bits(uint64_t set)
{
    return (unsigned)__builtin_popcountll(set);
}
