// SPDX-License-Identifier: EUPL-1.2
#include "demo/demo.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "demo/incidents.h"
#include "demo/random.h"
#include "wire/json.h"
#include <inttypes.h>

enum { FEATURE_MAX_BYTES = 1 << 20, GEOJSON_YEAR = 2024 };

// -- ground: areas and layers as GeoJSON --------------------------------------------------------------------

struct sheet { // one GeoJSON file in the making
    struct file_new nf;
    struct buf      b;
    bool            any;
};

static void sheet_drop(struct sheet *s)
{
    file_new_abort(&s->nf);
    buf_free(&s->b);
}

static enum err sheet_open(struct scope *sc, struct sheet *s, const char *path)
{
    TRY(file_new_open(sc, path, &s->nf));
    buf_init(&s->b, FEATURE_MAX_BYTES);
    fputs("{\"type\":\"FeatureCollection\",\"name\":\"invented, not a real town\",\"features\":[\n", s->nf.f);
    return OK;
}

static enum err sheet_feature_end(struct scope *sc, struct sheet *s)
{
    TRY(buf_end(sc, &s->b));
    if (s->any) fputs(",\n", s->nf.f);
    s->any = true;
    fwrite(s->b.p, 1, s->b.n, s->nf.f);
    buf_reset(&s->b);
    return OK;
}

static enum err sheet_close(struct scope *sc, struct sheet *s)
{
    fputs("\n]}\n", s->nf.f);
    return file_new_commit(sc, &s->nf);
}

static void add_spot(struct json *j, struct spot s)
{
    double lon, lat;
    town_lon_lat(s, &lon, &lat);
    json_open(j, '[');
    json_fixed(j, lon, 6);
    json_fixed(j, lat, 6);
    json_close(j, ']');
}

static void feature_begin(struct json *j)
{
    json_open(j, '{');
    json_key(j, "type");
    json_cstr(j, "Feature");
    json_key(j, "properties");
    json_open(j, '{');
}

static void feature_geometry(struct json *j, const char *type)
{
    json_close(j, '}');
    json_key(j, "geometry");
    json_open(j, '{');
    json_key(j, "type");
    json_cstr(j, type);
    json_key(j, "coordinates");
}

static void add_ring(struct json *j, const struct shape *s)
{
    feature_geometry(j, "Polygon");
    json_open(j, '[');
    json_open(j, '[');
    for (int i = 0; i <= s->n; i++) add_spot(j, s->at[i % s->n]);
    json_close(j, ']');
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, '}');
}

static void add_text(struct json *j, const char *key, const char *text)
{
    json_key(j, key);
    json_cstr(j, text);
}

/// Two and a half people behind each door, a little more every year; officers after people and the centre.
static void add_figures(struct json *j, uint32_t homes, int district)
{
    for (int year = 0; year < DEMO_YEARS; year++) {
        char key[32];
        snprintf(key, sizeof key, "population_%d", DEMO_FIRST_YEAR + year);
        json_key(j, key);
        json_i64(j, (int64_t)((double)homes * 34 * (1 + 0.006 * year * (district % 3))));
        snprintf(key, sizeof key, "officers_%d", DEMO_FIRST_YEAR + year);
        json_key(j, key);
        json_i64(j, (int64_t)(homes / 15 + (district == 0 ? 90 : 20) + (uint32_t)(year / 2)));
    }
}

static enum err write_areas(struct scope *sc, const struct town *t, const char *districts,
                            const char *quarters)
{
    AUTO(sheet_drop) struct sheet d = { 0 };
    AUTO(sheet_drop) struct sheet q = { 0 };
    TRY(sheet_open(sc, &d, districts));
    TRY(sheet_open(sc, &q, quarters));
    for (int i = 0; i < TOWN_DISTRICTS; i++) {
        char        code[16], name[160];
        uint32_t    homes = 0;
        struct json j;
        for (int k = 0; k < TOWN_QUARTERS; k++) {
            homes += t->homes[i][k];
            j = json_on(&q.b);
            feature_begin(&j);
            snprintf(code, sizeof code, "%02d-%d", i + 1, k + 1);
            add_text(&j, "code", code);
            snprintf(name, sizeof name, "%s, %s", town_district_name(i), town_quarter_side(t, i, k));
            add_text(&j, "name", name);
            snprintf(code, sizeof code, "%02d", i + 1);
            add_text(&j, "district", code);
            add_figures(&j, t->homes[i][k], i);
            add_ring(&j, &t->quarter[i][k]);
            TRY(sheet_feature_end(sc, &q));
        }
        j = json_on(&d.b);
        feature_begin(&j);
        add_text(&j, "code", code);
        add_text(&j, "name", town_district_name(i));
        add_figures(&j, homes, i);
        add_ring(&j, &t->district[i]);
        TRY(sheet_feature_end(sc, &d));
    }
    TRY(sheet_close(sc, &d));
    return sheet_close(sc, &q);
}

static enum err write_streets(struct scope *sc, const struct town *t, const char *path)
{
    AUTO(sheet_drop) struct sheet s = { 0 };
    TRY(sheet_open(sc, &s, path));
    for (uint32_t i = 0; i < t->n_streets; i++) {
        const struct street *st = &t->street[i];
        char                 name[120];
        struct json          j = json_on(&s.b);
        town_street_name(st->name, name, sizeof name);
        feature_begin(&j);
        add_text(&j, "name", name);
        add_text(&j, "class", st->class);
        feature_geometry(&j, "LineString");
        json_open(&j, '[');
        add_spot(&j, st->from);
        add_spot(&j, st->to);
        json_close(&j, ']');
        json_close(&j, '}');
        json_close(&j, '}');
        TRY(sheet_feature_end(sc, &s));
    }
    return sheet_close(sc, &s);
}

static enum err write_river(struct scope *sc, const char *path)
{
    enum { BENDS = 80, REACH_M = 7600 };
    AUTO(sheet_drop) struct sheet s = { 0 };
    TRY(sheet_open(sc, &s, path));
    struct json j = json_on(&s.b);
    feature_begin(&j);
    add_text(&j, "name", "річка Вигадана");
    add_text(&j, "class", "river");
    feature_geometry(&j, "Polygon");
    json_open(&j, '[');
    json_open(&j, '[');
    for (int i = 0; i <= 2 * BENDS + 2;
         i++) { // there along the south bank, back along the north bank, and closed
        int    at = i <= BENDS ? i : i <= 2 * BENDS + 1 ? 2 * BENDS + 1 - i : 0;
        double x = -REACH_M + 2.0 * REACH_M * at / BENDS;
        bool   north = i > BENDS && i <= 2 * BENDS + 1;
        add_spot(&j, (struct spot){ x, town_river_y(x) + (north ? town_river_half_m : -town_river_half_m) });
    }
    json_close(&j, ']');
    json_close(&j, ']');
    json_close(&j, '}');
    json_close(&j, '}');
    TRY(sheet_feature_end(sc, &s));
    return sheet_close(sc, &s);
}

static enum err write_parks(struct scope *sc, const struct town *t, const char *path)
{
    AUTO(sheet_drop) struct sheet s = { 0 };
    TRY(sheet_open(sc, &s, path));
    for (int i = 0; i < TOWN_PARKS; i++) {
        struct json j = json_on(&s.b);
        feature_begin(&j);
        add_text(&j, "class", i % 4 == 3 ? "cemetery" : "park");
        add_ring(&j, &t->park[i]);
        TRY(sheet_feature_end(sc, &s));
    }
    return sheet_close(sc, &s);
}

// -- feeds: incidents as CSV and GeoJSON, with dirt ---------------------------------------------------------

enum dirt {
    CLEAN,
    DIRT_NO_COORDINATES,
    DIRT_NULL_ISLAND,
    DIRT_SWAPPED,
    DIRT_OUT_OF_RANGE,
    DIRT_NO_DATE,
    DIRT_BAD_DATE,
    DIRT_FIELDS,
    DIRT_BYTES,
    DIRT_TWICE,
    DIRT_QUOTES,
    DIRTS,
};

struct feed_file {
    struct file_new nf;
    uint64_t        rows;
    bool            geojson;
};

static void feed_drop(struct feed_file *f)
{
    file_new_abort(&f->nf);
}

struct teller { // what both feeds need to write a row
    const struct town *town;
    uint64_t           random;
    uint64_t           rows, dirty;
};

static enum dirt some_dirt(struct teller *t)
{
    if (random_unit(&t->random) > 0.03) return CLEAN;
    t->dirty++;
    return (enum dirt)(1 + random_below(&t->random, DIRTS - 1));
}

static void coordinates(const struct teller *t, const struct happening *h, enum dirt dirt, char x[16],
                        char y[16])
{
    double lon, lat;
    town_lon_lat(t->town->address[h->address].at, &lon, &lat);
    if (dirt == DIRT_SWAPPED) {
        double keep = lon;
        lon = lat;
        lat = keep;
    }
    if (dirt == DIRT_NULL_ISLAND) lon = lat = 0;
    if (dirt == DIRT_OUT_OF_RANGE) lat = 481.5;
    x[0] = y[0] = 0;
    if (dirt == DIRT_NO_COORDINATES) return;
    snprintf(x, 16, "%.6f", lon);
    snprintf(y, 16, "%.6f", lat);
}

/// One incident in the shape of the Police of the Czech Republic's open data: a row per type.
static void tell_police(struct teller *t, struct feed_file *f, const struct happening *h)
{
    enum dirt    dirt = some_dirt(t);
    struct civil c = civil_of_s(h->wall_s);
    char         x[16], y[16], when[40];
    coordinates(t, h, dirt, x, y);
    snprintf(when, sizeof when, "%04d-%02d-%02d %02d:%02d:00", c.year, c.month, c.day, c.hour, c.minute);
    if (dirt == DIRT_NO_DATE) when[0] = 0;
    if (dirt == DIRT_BAD_DATE) snprintf(when, sizeof when, "%02d.%02d.%02d", c.day, 13, c.year % 100);
    int state = h->outcome == 1 ? 1 : h->outcome == 2 ? 2 : 0, relevance = h->not_the_place ? 6 : 1;
    int mp = h->code[0] == '9' && h->code[1] == '7';
    if (f->geojson) {
        if (dirt == DIRT_NO_COORDINATES) snprintf(x, 16, "null"), snprintf(y, 16, "null");
        fprintf(f->nf.f,
                "%s{\"type\":\"Feature\",\"properties\":{\"id\":%" PRIu32
                ",\"mp\":%s,\"date\":\"%s\",\"state\":%d,"
                "\"relevance\":%d,\"types\":[%s%s%s]},\"geometry\":",
                f->rows ? ",\n" : "", h->number, mp ? "true" : "false", when, state, relevance, h->code,
                h->second ? "," : "", h->second ? h->second : "");
        if (dirt == DIRT_NO_COORDINATES) fputs("null}", f->nf.f);
        else fprintf(f->nf.f, "{\"type\":\"Point\",\"coordinates\":[%s,%s]}}", x, y);
        f->rows++;
        t->rows++;
        return;
    }
    const char *types[] = { h->code, h->second };
    int         copies = dirt == DIRT_TWICE ? 2 : 1;
    for (size_t k = 0; k < COUNT(types) && types[k]; k++)
        for (int i = 0; i < copies; i++, f->rows++, t->rows++)
            fprintf(f->nf.f, "%" PRIu32 "%s,%s,%s,%d,%s,%d,%d,%s%s\r\n", h->number,
                    dirt == DIRT_BYTES ? "\xE1\xFF" : "", x, y, mp, when, state, relevance, types[k],
                    dirt == DIRT_FIELDS ? ",,zbytek" : "");
}

/// One incident in the shape of data.police.uk's street files: months only, points snapped to streets.
static void tell_wardens(struct teller *t, struct feed_file *f, const struct happening *h)
{
    static const char *const outcomes[] = { "Under investigation", "Offender given a caution",
                                            "Investigation complete; no suspect identified" };
    enum dirt                dirt = some_dirt(t);
    struct civil             c = civil_of_s(h->wall_s);
    char                     x[16], y[16], street[120], id[80] = "";
    bool nuisance = h->code[0] == 'A'; // anti-social behaviour carries neither id nor outcome there
    coordinates(t, h, dirt, x, y);
    town_street_name(t->town->address[h->address].street, street, sizeof street);
    if (!nuisance)
        snprintf(id, sizeof id, "%016" PRIx64 "%016" PRIx64 "%032x", h->number * 0x9E3779B97F4A7C15u,
                 h->number * 0xBF58476D1CE4E5B9u, h->number);
    char month[16];
    snprintf(month, sizeof month, "%04d-%02d", c.year, dirt == DIRT_BAD_DATE ? 13 : c.month);
    if (dirt == DIRT_NO_DATE) month[0] = 0;
    int copies = dirt == DIRT_TWICE ? 2 : 1;
    for (int i = 0; i < copies; i++, f->rows++, t->rows++)
        fprintf(f->nf.f, "%s,%s,Invented Wardens,Invented Wardens,%s,%s,%sOn or near %s%s%s,,,%s,%s,%s\n", id,
                month, x, y, dirt == DIRT_QUOTES ? "\"" : "", street,
                dirt == DIRT_QUOTES ? ",\n\"\"ріг\"\"\"" : "", dirt == DIRT_BYTES ? "\xFE" : "", h->code,
                nuisance ? "" : outcomes[h->outcome], dirt == DIRT_FIELDS ? "a,b,c" : "");
}

static enum err feed_open(struct scope *sc, struct feed_file *f, const char *dir, enum demo_feed_kind kind,
                          int year, const char **path)
{
    f->geojson = kind == FEED_POLICE && year == GEOJSON_YEAR;
    f->rows = 0;
    str name = kind == FEED_POLICE
                   ? arena_printf(sc->mem, "police-%d.%s", year, f->geojson ? "geojson" : "csv")
                   : arena_printf(sc->mem, "wardens-%d.csv", year);
    if (!name.p) return fail(&sc->fault, ERR_NOMEM, "no room for a file name");
    TRY(path_join(sc, dir, name.p, path));
    TRY(file_new_open(sc, *path, &f->nf));
    if (f->geojson) fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", f->nf.f);
    else if (kind == FEED_POLICE) fputs("\xEF\xBB\xBFid,x,y,mp,date,state,relevance,types\r\n", f->nf.f);
    else
        fputs("Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime "
              "type,"
              "Last outcome category,Context\n",
              f->nf.f);
    return OK;
}

static enum err feed_close(struct scope *sc, struct feed_file *f)
{
    if (f->geojson) fputs("\n]}\n", f->nf.f);
    return file_new_commit(sc, &f->nf);
}

static enum err write_feeds(struct scope *sc, const struct town *t, const char *dir,
                            const struct demo_options *o, struct demo_files *out)
{
    enum { FEEDS = 2 };
    struct happenings *all;
    TRY(happenings_open(sc, t, o->seed ^ 0x5EED, o->incidents, &all));
    struct demo_feed *feeds = arena_array(sc->mem, struct demo_feed, FEEDS * DEMO_YEARS);
    if (!feeds) return fail(&sc->fault, ERR_NOMEM, "no room for the list of files");
    struct teller                    teller = { .town = t, .random = o->seed ^ 0xD127 };
    AUTO(feed_drop) struct feed_file police = { 0 };
    AUTO(feed_drop) struct feed_file wardens = { 0 };
    struct happening                 h;
    bool                             more = happenings_next(all, &h);
    size_t                           n = 0;
    for (int year = DEMO_FIRST_YEAR; year < DEMO_FIRST_YEAR + DEMO_YEARS; year++) {
        feeds[n].profile = "demo-police";
        TRY(feed_open(sc, &police, dir, FEED_POLICE, year, &feeds[n++].path));
        feeds[n].profile = "demo-wardens";
        TRY(feed_open(sc, &wardens, dir, FEED_WARDENS, year, &feeds[n++].path));
        for (; more && civil_of_s(h.wall_s).year == year; more = happenings_next(all, &h)) {
            if (h.feed == FEED_POLICE) tell_police(&teller, &police, &h);
            else tell_wardens(&teller, &wardens, &h);
        }
        TRY(feed_close(sc, &police));
        TRY(feed_close(sc, &wardens));
    }
    out->feeds = feeds;
    out->n_feeds = n;
    out->rows = teller.rows;
    out->dirty = teller.dirty;
    return OK;
}

enum err demo_write(struct scope *sc, const char *dir, const struct demo_options *o, struct demo_files *out)
{
    if (o->incidents < DEMO_MIN_INCIDENTS || o->incidents > DEMO_MAX_INCIDENTS)
        return fail(&sc->fault, ERR_INVALID, "a demo town can have %d to %d incidents, not %" PRIu32,
                    DEMO_MIN_INCIDENTS, DEMO_MAX_INCIDENTS, o->incidents);
    struct demo_files files = { 0 };
    struct town       t;
    TRY(town_build(sc, o->seed, &t));
    TRY(path_join(sc, dir, "districts.geojson", &files.districts));
    TRY(path_join(sc, dir, "neighbourhoods.geojson", &files.neighbourhoods));
    TRY(path_join(sc, dir, "streets.geojson", &files.streets));
    TRY(path_join(sc, dir, "water.geojson", &files.water));
    TRY(path_join(sc, dir, "green.geojson", &files.green));
    TRY(write_areas(sc, &t, files.districts, files.neighbourhoods));
    TRY(write_streets(sc, &t, files.streets));
    TRY(write_river(sc, files.water));
    TRY(write_parks(sc, &t, files.green));
    TRY(write_feeds(sc, &t, dir, o, &files));
    *out = files;
    return OK;
}
