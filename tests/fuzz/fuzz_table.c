// SPDX-License-Identifier: EUPL-1.2
// Small CSV tables that stand beside a town's files. The first byte chooses: 'a' a list of anchor points, else a table
// of addresses.
#include "fuzz.h"

#include "import/geocode.h"
#include "publish/anchor.h"

static void read_anchors(struct scope *sc, str bytes)
{
    struct named_point *p = NULL;
    size_t              n = 0;
    enum err            e = anchors_read(sc, fuzz_file(bytes), false, &p, &n);
    if (e) must(sc->fault.code == e && sc->fault.text[0]);
    else must(n && n <= bytes.n);
    for (size_t i = 0; i < n; i++) {
        must(p[i].name.n && p[i].name.n <= ANCHOR_MAX_NAME && str_is_utf8(p[i].name, NULL));
        struct lon_lat at = mercator_to(p[i].at);
        must(at.lon >= -180 && at.lon <= 180 && at.lat >= -86 && at.lat <= 86);
    }
}

static void read_addresses(struct scope *sc, str bytes)
{
    static struct profile p;
    struct geocode       *g = NULL;
    struct lon_lat        at;
    str                   path = str_of(fuzz_file(bytes));
    must(profile_parse(sc, "fuzz",
                       S("[source]\nkey = t\nname = T\n[identity]\nslice = {d}\n[when]\nfrom = {d}\n"
                         "format = %Y-%m\n[where]\naddress = {a}\ngeocode = x\n"
                         "geocode-address = {street} {number | nr}\ngeocode-lon = {lon}\n"
                         "geocode-lat = {lat}\n[what]\ncategory = {c}\n"),
                       NULL, 0, &p) == OK);
    p.geocode = path;
    must_tell(sc, geocode_open(sc, &p, &g));
    if (!g) return;
    (void)geocode_find(g, S(""), &at);
    bool found = geocode_find(g, S("Main street 7"), &at);
    must(found == geocode_find(g, S("  MAIN   Street  7 "), &at));
    geocode_close(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { .mem = arena_open((size_t)64 << 20) };
    must(sc.mem);
    if (n && data[0] == 'a') read_anchors(&sc, (str){ (const char *)data + 1, n - 1 });
    else if (n) read_addresses(&sc, (str){ (const char *)data + 1, n - 1 });
    arena_close(sc.mem);
    return 0;
}
