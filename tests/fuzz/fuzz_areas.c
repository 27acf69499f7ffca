// SPDX-License-Identifier: EUPL-1.2
// GeoJSON as a set of areas and as a layer of the background, into a real store and out of it again. Every feature must
// be accounted for.
#include "fuzz.h"

#include "base/file.h"
#include "import/areas.h"
#include "import/layers.h"
#include <string.h>

static struct store *town;
static char          dir[] = "/tmp/hromada-fuzz-XXXXXX";

static void close_town(void)
{
    char command[64];
    store_close(town);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    must(!system(command));
}

static void open_town(void)
{
    struct scope          sc = { .mem = arena_open((size_t)16 << 20) };
    struct store_settings s = { .name = S("T"), .timezone = S("UTC") };
    must(sc.mem && mkdtemp(dir));
    must(store_create(&sc, dir, &s) == OK && store_open(&sc, dir, STORE_WRITE, &town) == OK);
    arena_close(sc.mem);
    atexit(close_town);
}

static void check_rings(const struct point *p, const uint32_t *end, size_t n_points, size_t n_rings,
                        bool closed)
{
    uint32_t from = 0;
    must(n_rings && end[n_rings - 1] == n_points);
    for (size_t i = 0; i < n_rings; from = end[i++]) {
        must(end[i] > from);
        if (closed) must(end[i] - from >= 4 && !memcmp(&p[from], &p[end[i] - 1], sizeof *p));
    }
}

static void check_areas(struct scope *sc, const struct areas_report *r)
{
    const struct area_set *set;
    const struct area     *a;
    size_t                 n_sets, n;
    must(r->areas + r->joined + r->no_code + r->no_polygon <= r->features);
    must(r->with_population <= r->areas);
    must(store_area_sets(sc, town, &set, &n_sets) == OK && n_sets == 1);
    must(store_areas(sc, town, set[0].id, &a, &n) == OK && n == r->areas);
    for (size_t i = 0; i < n; i++) {
        must(a[i].code.n && str_is_utf8(a[i].code, NULL) && str_is_utf8(a[i].name, NULL));
        check_rings(a[i].point, a[i].ring_end, a[i].n_points, a[i].n_rings, true);
        for (size_t k = 0; k < i; k++) must(!str_eq(a[i].code, a[k].code));
        for (size_t k = 0; k < a[i].n_figures; k++)
            must(a[i].figures[k].population >= -1 && a[i].figures[k].officers >= -1);
    }
}

static void check_layer(struct scope *sc, const struct layers_report *r)
{
    const struct layer         *l;
    const struct layer_feature *f;
    size_t                      n_layers, n;
    must(r->drawn + r->no_shape <= r->features);
    must(store_layers(sc, town, &l, &n_layers) == OK && n_layers == 1);
    must(store_layer_features(sc, town, l[0].id, &f, &n) == OK && n == r->drawn);
    for (size_t i = 0; i < n; i++) {
        must(str_is_utf8(f[i].name, NULL) && str_is_utf8(f[i].class, NULL));
        check_rings(f[i].point, f[i].part_end, f[i].n_points, f[i].n_parts, f[i].shape == SHAPE_POLYGON);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct areas_options  ao = { .set = S("beats"),
                                 .id = S("id"),
                                 .name = S("name"),
                                 .parent = S("in"),
                                 .population = { areas_field_of(S("pop_2021")) },
                                 .officers = { areas_field_of(S("2020:cops")) },
                                 .n_population = 1,
                                 .n_officers = 1 };
    struct layers_options lo = { .kind = S("water") };
    struct areas_report   ar = { 0 };
    struct layers_report  lr = { 0 };
    str                   bytes = { (const char *)data, n };
    struct scope          sc = { .mem = arena_open((size_t)256 << 20) };
    must(sc.mem);
    if (!town) open_town();
    enum err e = areas_import(&sc, town, &ao, fuzz_file(bytes), &ar);
    if (e) must(sc.fault.code == e && sc.fault.text[0]);
    else check_areas(&sc, &ar);
    e = layers_import(&sc, town, &lo, fuzz_file(bytes), &lr);
    if (e) must(sc.fault.code == e && sc.fault.text[0]);
    else check_layer(&sc, &lr);
    arena_close(sc.mem);
    return 0;
}
