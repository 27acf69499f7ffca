// SPDX-License-Identifier: EUPL-1.2
#include "web/search.h"

#include "base/arena.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

struct entry {
    str                  folded; // " word word ", so that a word's beginning is a blank before it
    uint32_t             weight; // how much there is: incidents of a place, 0 else
    struct search_result is;
};
struct search {
    struct entry *entry;
    size_t        n;
};

// -- folding --------------------------------------------------------------------------------------

static bool is_apostrophe(ucs4_t c)
{
    return c == '\'' || c == 0x2019 || c == 0x02BC ||
           c == 0x2032; // Ukrainian names are written with any of them
}

enum err search_fold(struct scope *sc, str s, str *out)
{
    size_t   n = 0;
    uint8_t *wide = u8_casefold((const uint8_t *)s.p, s.n, NULL, UNINORM_NFKD, NULL, &n);
    if (!wide && errno == EILSEQ) wide = calloc(1, 1); // not UTF-8: a name that nothing finds
    char *p = wide ? arena_alloc(sc->mem, n + 2) : NULL;
    if (!p) {
        free(wide);
        return fail(&sc->fault, ERR_NOMEM, "no room to fold %zu bytes", s.n);
    }
    size_t k = 0;
    p[k++] = ' ';
    for (size_t i = 0; i < n;) {
        ucs4_t c;
        int    len = u8_mbtouc(&c, wide + i, n - i);
        bool   letter = uc_is_property_alphabetic(c) || uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER);
        if (uc_is_general_category(c, UC_MARK) || is_apostrophe(c)) {
            // dropped
        } else if (letter) {
            memcpy(p + k, wide + i, (size_t)len);
            k += (size_t)len;
        } else if (p[k - 1] != ' ') {
            p[k++] = ' ';
        }
        i += (size_t)len;
    }
    if (p[k - 1] != ' ') p[k++] = ' ';
    free(wide);
    *out = (str){ p, k };
    return OK;
}

// -- building -------------------------------------------------------------------------------------

static struct box box_join(struct box a, struct box b)
{
    return (struct box){ a.min_x < b.min_x ? a.min_x : b.min_x, a.min_y < b.min_y ? a.min_y : b.min_y,
                         a.max_x > b.max_x ? a.max_x : b.max_x, a.max_y > b.max_y ? a.max_y : b.max_y };
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->is.kind != y->is.kind) return x->is.kind < y->is.kind ? -1 : 1;
    int c = str_cmp(x->is.name, y->is.name);
    if (c) return c;
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : 0;
}

/// A street of many pieces and a place text of many points are one thing to find: the heaviest piece is its centre.
static size_t join_equal(struct entry *e, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (k && e[i].is.kind != SEARCH_AREA && e[i].is.kind == e[k - 1].is.kind &&
            str_eq(e[i].is.name, e[k - 1].is.name)) {
            e[k - 1].is.box = box_join(e[k - 1].is.box, e[i].is.box);
            e[k - 1].weight += e[i].weight;
        } else {
            e[k++] = e[i];
        }
    }
    return k;
}

static size_t add_areas(const struct release_info *in, struct entry *e)
{
    size_t n = 0;
    for (size_t s = 0; s < in->n_sets; s++)
        for (size_t i = 0; i < in->sets[s].n; i++) {
            const struct release_area *a = &in->sets[s].areas[i];
            e[n++].is =
                (struct search_result){ SEARCH_AREA, a->name, (uint16_t)s, (uint16_t)i, a->label, a->box };
        }
    return n;
}

static size_t add_streets(const struct release_info *in, struct entry *e)
{
    size_t n = 0;
    for (size_t l = 0; l < in->n_layers; l++)
        for (size_t i = 0; i < in->layers[l].n && str_eq(in->layers[l].kind, S("street")); i++) {
            const struct release_feature *f = &in->layers[l].features[i];
            if (!f->name.n || !f->n_points) continue;
            e[n].weight = (uint32_t)f->n_points; // the longest piece, roughly
            e[n++].is = (struct search_result){
                .kind = SEARCH_STREET, .name = f->name, .center = f->point[f->n_points / 2], .box = f->box
            };
        }
    return n;
}

static size_t add_places(const struct release_info *in, const struct place *p, size_t n_places,
                         struct entry *e)
{
    size_t n = 0;
    for (size_t i = 0; i < n_places; i++) {
        if (!p[i].place || p[i].place >= in->n_places) continue;
        e[n].weight = p[i].count;
        e[n++].is = (struct search_result){ .kind = SEARCH_PLACE,
                                            .name = in->places[p[i].place],
                                            .center = p[i].at,
                                            .box = { p[i].at.x, p[i].at.y, p[i].at.x, p[i].at.y } };
    }
    return n;
}

static size_t entries_at_most(const struct release_info *in)
{
    size_t n = 0;
    for (size_t s = 0; s < in->n_sets; s++) n += in->sets[s].n;
    for (size_t l = 0; l < in->n_layers; l++)
        if (str_eq(in->layers[l].kind, S("street"))) n += in->layers[l].n;
    return n;
}

enum err search_build(struct scope *sc, const struct index *ix, const struct search **out)
{
    const struct release_info *in = index_info(ix);
    struct filter             *all = arena_new(sc->mem, struct filter);
    struct search             *s = arena_new(sc->mem, struct search);
    if (!all || !s) return fail(&sc->fault, ERR_NOMEM, "no room for the names of the release");
    filter_all(all);
    struct place *place = NULL;
    size_t        n_places = 0;
    bool          more;
    struct box    world = { 0, 0, UINT32_MAX, UINT32_MAX };
    if (in->with_point && in->n_places > 1)
        TRY(index_places(sc, ix, all, world, SEARCH_MAX_PLACES, &place, &n_places, &more));
    s->entry = arena_array(sc->mem, struct entry, entries_at_most(in) + n_places + 1);
    if (!s->entry) return fail(&sc->fault, ERR_NOMEM, "no room for the names of the release");
    s->n = add_areas(in, s->entry);
    s->n += add_streets(in, s->entry + s->n);
    s->n += add_places(in, place, n_places, s->entry + s->n);
    qsort(s->entry, s->n, sizeof *s->entry, by_name);
    s->n = join_equal(s->entry, s->n);
    for (size_t i = 0; i < s->n; i++) TRY(search_fold(sc, s->entry[i].is.name, &s->entry[i].folded));
    *out = s;
    return OK;
}

// -- asking ---------------------------------------------------------------------------------------

struct hit {
    const struct entry *e;
    int                 rank;
};

/// 0 best; -1: not found. q is folded: " a b ".
static int rank_of(const struct entry *e, str q)
{
    if (str_eq(e->folded, q)) return 0;
    str open = str_slice(q, 0, q.n - 1); // the last word may be unfinished
    if (str_starts(e->folded, open)) return 1;
    if (str_has(e->folded, open)) return 2;
    bool all_start = true;
    str  rest = str_slice(open, 1, open.n), word;
    for (const char *before = open.p; str_cut(&rest, ' ', &word); before = word.p + word.n) {
        if (!str_has(e->folded, word)) return -1;
        all_start = all_start && str_has(e->folded, (str){ before, word.n + 1 });
    }
    return all_start ? 3 : 4;
}

static int by_rank(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->rank != y->rank) return x->rank - y->rank;
    if (x->e->is.kind != y->e->is.kind) return x->e->is.kind < y->e->is.kind ? -1 : 1;
    if (x->e->folded.n != y->e->folded.n) return x->e->folded.n < y->e->folded.n ? -1 : 1;
    int c = str_cmp(x->e->is.name, y->e->is.name);
    return c ? c : (x->e > y->e) - (x->e < y->e);
}

enum err search_ask(struct scope *sc, const struct search *s, str query, size_t max,
                    struct search_result **out, size_t *n)
{
    str q;
    TRY(search_fold(sc, query, &q));
    struct hit *hit = arena_array(sc->mem, struct hit, s->n + 1);
    if (!hit) return fail(&sc->fault, ERR_NOMEM, "no room for %zu names", s->n);
    size_t k = 0;
    for (size_t i = 0; i < s->n && q.n > 2; i++) {
        int rank = rank_of(&s->entry[i], q);
        if (rank >= 0) hit[k++] = (struct hit){ &s->entry[i], rank };
    }
    qsort(hit, k, sizeof *hit, by_rank);
    if (k > max) k = max;
    struct search_result *r = arena_array(sc->mem, struct search_result, k + 1);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for %zu results", k);
    for (size_t i = 0; i < k; i++) r[i] = hit[i].e->is;
    *out = r;
    *n = k;
    return OK;
}
