// SPDX-License-Identifier: EUPL-1.2
// A hostile index file whose checksums are right. What opens must bear every question; what also verifies must give
// answers that add up.
#include "fuzz.h"

#include "http/target.h"
#include "index/format.h"
#include "index/query.h"
#include "tile/tile.h"
#include "web/search.h"
#include <string.h>
#include <zlib.h>

enum { MEMORY = 256 << 20, PLACES = 1000 };

/// Checksums are for accidents; an enemy computes them. So do we, or no mutation would come any further.
static void mend(unsigned char *file, size_t n)
{
    struct format_header h;
    struct format_entry  table[SECTIONS];
    if (n < sizeof h + sizeof table) return;
    memcpy(&h, file, sizeof h);
    memcpy(table, file + sizeof h, sizeof table);
    for (size_t i = 0; i < SECTIONS; i++)
        if (table[i].offset <= n && table[i].size <= n - table[i].offset)
            table[i].crc = (uint32_t)crc32_z(0, file + table[i].offset, table[i].size);
    h.bytes = n;
    h.crc = 0;
    h.crc = (uint32_t)crc32_z(crc32_z(0, (const Bytef *)&h, sizeof h), (const Bytef *)table, sizeof table);
    memcpy(file, &h, sizeof h);
    memcpy(file + sizeof h, table, sizeof table);
}

static uint64_t sum(const uint64_t *v, size_t n)
{
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++) all += v[i];
    return all;
}

/// Every facet but those that leave rows out counts each row once.
static void check_sums(const struct release_info *in, const struct facets *f)
{
    must(f->total <= in->rows && f->without_point <= f->total);
    must(sum(f->category, in->n_categories) == f->total);
    must(sum(f->outcome, in->n_outcomes) == f->total);
    must(sum(f->month, (size_t)f->n_months) == f->total);
    must(sum(f->day, (size_t)f->n_days) == f->total);
    must(sum(f->hourweek, HOW_VALUES) == f->total);
    for (size_t i = 0; i < in->n_sets; i++) must(sum(f->area[i], in->sets[i].n + 1) == f->total);
}

static uint64_t count_rows(const struct index *ix, const struct filter *f, uint64_t *with_point)
{
    struct index_cursor c;
    struct release_row  row;
    uint64_t            n = 0;
    *with_point = 0;
    index_rows(ix, f, &c);
    for (; index_rows_next(&c, &row); n++) *with_point += row.has_point;
    return n;
}

static uint64_t count_places(struct scope *sc, const struct index *ix, const struct filter *f, bool *all)
{
    struct place       *p = NULL;
    struct release_row *row = NULL;
    size_t              n = 0, n_rows;
    uint64_t            rows = 0, total;
    bool                more = true;
    struct box          world = { 0, 0, UINT32_MAX, UINT32_MAX };
    must_tell(sc, index_places(sc, ix, f, world, PLACES, &p, &n, &more));
    for (size_t i = 0; i < n; i++) rows += p[i].count;
    if (n) must_tell(sc, index_place_rows(sc, ix, f, p[0].at, 5, &row, &n_rows, &total));
    *all = !more;
    return rows;
}

static uint64_t count_grid(struct scope *sc, const struct index *ix, const struct filter *f)
{
    static uint32_t count[1 << 8];
    uint64_t        rows = 0;
    must_tell(sc, index_grid(sc, ix, f, 0, 0, 0, 4, count));
    for (size_t i = 0; i < 1 << 8; i++) rows += count[i];
    return rows;
}

static void draw(struct scope *sc, const struct index *ix, const struct filter *f)
{
    static const unsigned      zooms[] = { 0, 9, TILE_PLACES_Z, TILE_MAX_Z };
    const struct release_info *in = index_info(ix);
    struct buf                 b;
    buf_init(&b, TILE_MAX_BYTES);
    for (size_t i = 0; i < COUNT(zooms); i++) {
        unsigned z = zooms[i];
        uint32_t x = z ? in->extent.min_x >> (32 - z) : 0, y = z ? in->extent.min_y >> (32 - z) : 0;
        buf_reset(&b);
        must_tell(sc, tile_incidents(sc, ix, f, z, x, y, &b));
        buf_reset(&b);
        must_tell(sc, tile_counts(sc, ix, f, z, x, y, &b));
        buf_reset(&b);
        must_tell(sc, tile_base(sc, ix, z, x, y, &b));
        for (size_t s = 0; s < in->n_sets; s++) {
            buf_reset(&b);
            must_tell(sc, tile_areas(sc, ix, s, z, x, y, &b));
        }
    }
    buf_free(&b);
}

static bool read_filter(struct scope *sc, const struct release_info *in, const char *query, struct filter *f)
{
    struct http_req rq = { 0 };
    struct param    p[8];
    must(target_read(sc, str_of(query), &rq) == OK && rq.n_params <= COUNT(p));
    for (size_t i = 0; i < rq.n_params; i++) p[i] = (struct param){ rq.param[i].name, rq.param[i].value };
    return filter_read(sc, in, p, rq.n_params, NULL, f, NULL) == OK;
}

static void ask(struct scope *sc, const struct index *ix, const struct filter *f, bool sound)
{
    const struct release_info *in = index_info(ix);
    struct facets              all = { 0 }, linked = { 0 };
    uint64_t                   with_point;
    bool                       every_place;
    must_tell(sc, index_facets(sc, ix, f, FACET_ALL, true, &linked));
    enum err e = index_facets(sc, ix, f, FACET_ALL, false, &all);
    uint64_t rows = count_rows(ix, f, &with_point), places = count_places(sc, ix, f, &every_place);
    uint64_t grid = count_grid(sc, ix, f);
    draw(sc, ix, f);
    if (!sound || e) return;
    check_sums(in, &all);
    must(rows == all.total && with_point == all.total - all.without_point && grid == with_point);
    must(linked.total == all.total);
    must(!every_place || places == with_point);
}

static const char *const questions[] = {
    "/",
    "/?from=2018-03&to=2019&hours=22-5",
    "/?days=sat,sun&outcome=none&cat=iccs-5",
    "/?bbox=-10,40,30,60&area=set0:none",
    "/?poly=80,-170:80,170:-80,10",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope         sc = { .mem = arena_open(MEMORY) };
    struct index        *ix = NULL;
    const struct search *names;
    struct filter       *f;
    must(sc.mem);
    unsigned char *file = arena_alloc(sc.mem, n + 1);
    must(file && (f = arena_new(sc.mem, struct filter)));
    if (n) memcpy(file, data, n);
    mend(file, n);
    must_tell(&sc, index_open(&sc, fuzz_file((str){ (const char *)file, n }), &ix));
    if (ix) {
        bool sound = index_verify(&sc, ix) == OK;
        for (size_t i = 0; i < COUNT(questions); i++)
            if (read_filter(&sc, index_info(ix), questions[i], f)) ask(&sc, ix, f, sound);
        must_tell(&sc, search_build(&sc, ix, &names));
    }
    index_close(ix);
    arena_close(sc.mem);
    return 0;
}
