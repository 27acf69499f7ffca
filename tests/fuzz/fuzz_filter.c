// SPDX-License-Identifier: EUPL-1.2
// A query string as a filter. What is taken must be one that the scan can rely on, and its canonical text must read
// back as the same filter and be its own canonical text.
#include "fuzz.h"

#include "http/target.h"
#include "index/filter.h"
#include <string.h>

static const struct release_area     areas[] = { { .code = S("1") },
                                                 { .code = S("a,b: c") },
                                                 { .code = S("Ž") } };
static const struct release_set      sets[] = { { .key = S("beats"), .areas = areas, .n = COUNT(areas) },
                                                { .key = S("x-2"), .areas = areas, .n = 1 } };
static const struct release_category categories[] = { { .key = S("theft"), .iccs = 5 },
                                                      { .key = S("burglary"), .iccs = 5 },
                                                      { .key = S("robbery"), .iccs = 4 },
                                                      { .key = S("noise"), .iccs = 12 } };
static const struct release_outcome  outcomes[] = { { .key = S("none") },
                                                    { .key = S("open") },
                                                    { .key = S("charged") } };

static const struct release_info town = {
    .release = 7,
    .first_day = 19000,
    .last_day = 20000,
    .categories = categories,
    .n_categories = COUNT(categories),
    .outcomes = outcomes,
    .n_outcomes = COUNT(outcomes),
    .sets = sets,
    .n_sets = COUNT(sets),
};

static bool bits_below(const uint64_t *set, size_t words, size_t n)
{
    for (size_t i = n; i < words * 64; i++)
        if (set[i / 64] >> (i % 64) & 1) return false;
    return true;
}

static void check_filter(const struct filter *f)
{
    must(f->from_day <= f->to_day);
    must(f->hours && !(f->hours >> 24) && f->days && !(f->days >> 7));
    must(bits_below(f->category, FILTER_CAT_WORDS, town.n_categories));
    must(bits_below(f->outcome, COUNT(f->outcome), town.n_outcomes));
    must(f->set >= -1 && f->set < (int)town.n_sets);
    must(f->set < 0 || f->area < town.sets[f->set].n || f->area == AREA_NOWHERE);
    if (f->has_box || f->has_poly) must(f->box.min_x <= f->box.max_x && f->box.min_y <= f->box.max_y);
    must(f->has_poly == (f->n_poly > 0));
    if (!f->has_poly) return;
    must(f->n_poly >= 4 && f->n_poly <= FILTER_MAX_POLY + 1);
    must(!memcmp(&f->poly[0], &f->poly[f->n_poly - 1], sizeof f->poly[0]));
}

static enum err read_query(struct scope *sc, str query, struct filter *out)
{
    struct http_req rq = { 0 };
    struct param   *p = arena_array(sc->mem, struct param, HTTP_MAX_PARAMS + 1);
    str             bad = { 0 }, target = arena_printf(sc->mem, "/?%.*s", STR(query));
    must(p && target.p);
    TRY(target_read(sc, target, &rq));
    for (size_t i = 0; i < rq.n_params; i++) p[i] = (struct param){ rq.param[i].name, rq.param[i].value };
    enum err e = filter_read(sc, &town, p, rq.n_params, NULL, out, &bad);
    must(!e || bad.p);
    return e;
}

static void check_equal(const struct filter *a, const struct filter *b)
{
    must(a->from_day == b->from_day && a->to_day == b->to_day && a->hours == b->hours && a->days == b->days);
    must(a->any_category == b->any_category && !memcmp(a->category, b->category, sizeof a->category));
    must(a->any_outcome == b->any_outcome && !memcmp(a->outcome, b->outcome, sizeof a->outcome));
    must(a->set == b->set && a->area == b->area && a->has_poly == b->has_poly && a->n_poly == b->n_poly);
    must(!memcmp(a->poly, b->poly, a->n_poly * sizeof a->poly[0]));
    // A polygon's own box is not written: a box that does not cut it says nothing.
    if (a->has_box || a->has_poly) must(!memcmp(&a->box, &b->box, sizeof a->box));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope  sc = { .mem = arena_open((size_t)16 << 20) };
    struct filter f, again;
    struct buf    once, twice;
    must(sc.mem);
    enum err e = read_query(&sc, (str){ (const char *)data, n }, &f);
    if (e) must(sc.fault.code == e && sc.fault.text[0]);
    else {
        check_filter(&f);
        buf_init(&once, 64 * 1024);
        buf_init(&twice, 64 * 1024);
        filter_write(&once, &town, &f);
        must(!once.failed && read_query(&sc, buf_str(&once), &again) == OK);
        check_filter(&again);
        check_equal(&f, &again);
        filter_write(&twice, &town, &again);
        must(str_eq(buf_str(&once), buf_str(&twice)));
        buf_free(&once);
        buf_free(&twice);
    }
    arena_close(sc.mem);
    return 0;
}
