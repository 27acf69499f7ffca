// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "wire/geojson.h"

static void show_geometry(struct buf *to, const struct geometry *g)
{
    static const char *const names[] = { "-", "point", "points", "line", "lines", "polygon", "polygons" };
    buf_add(to, str_of(names[g->kind]));
    for (size_t i = 0, part = 0; i < g->n_points; i++) {
        bool begins = !i || i == g->part_end[part];
        if (i && begins) part++;
        if (begins) buf_printf(to, "|%u", g->part_polygon[part]);
        buf_printf(to, ":%g,%g", g->lon_lat[2 * i], g->lon_lat[2 * i + 1]);
    }
    if (g->n_parts) ok(g->part_end[g->n_parts - 1] == g->n_points, "the parts hold all points");
}

// A feature as line#id{key=text}geometry!problem; kinds of values as n b d s a o; the failure behind the last one.
static void show(struct scope *sc, str bytes, struct buf *to)
{
    struct stream         *from;
    struct geojson        *g;
    struct geojson_feature f;
    ok_err(sc, stream_open_bytes(sc, bytes, "x", &from), OK);
    ok_err(sc, geojson_open(sc, from, &g), OK);
    for (uint64_t number = 1; geojson_next(g, &f); number++) {
        ok_i64(f.number, number);
        buf_printf(to, "%llu#%.*s{", (unsigned long long)f.line, STR(f.id));
        for (size_t i = 0; i < f.n_properties; i++)
            buf_printf(to, "%.*s=%c%.*s;", STR(f.property[i].key), "nbdsao"[f.property[i].kind],
                       STR(f.property[i].text));
        buf_add_c(to, '}');
        show_geometry(to, &f.geometry);
        if (f.problem) buf_printf(to, "!%s", f.problem);
        buf_add_c(to, ' ');
    }
    enum err e = geojson_end(sc, g);
    if (e) buf_printf(to, "%s %s", err_name(e), sc->fault.text);
    else if (to->n) to->n--;
    geojson_close(g);
    stream_close(from);
}

#define LIST(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(properties, geometry)                                                                        \
    "{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":" geometry "}"
#define SHAPE(type, coordinates) "{\"type\":\"" type "\",\"coordinates\":" coordinates "}"
#define OF_SHAPE(type, coordinates) S(LIST(FEATURE("{}", SHAPE(type, coordinates))))
#define OF_PROPERTIES(properties) S(LIST(FEATURE(properties, "null")))

struct geojson_case {
    const char *name;
    str         input;
    const char *want; // failures: up to where both are equal
};

static const struct geojson_case cases[] = {
    { "no features", S(LIST("")), "" },
    { "nothing in it", S(LIST("{\"type\":\"Feature\"}")), "1#{}-" },
    { "one of each value",
      OF_PROPERTIES("{\"a\":\"x\",\"b\":-1.50e3,\"c\":true,\"d\":null,\"e\":[1, {\"f\":2}],\"g\":{ }}"),
      "1#{a=sx;b=d-1.50e3;c=btrue;d=n;e=a[1, {\"f\":2}];g=o{ };}-" },
    { "null properties", OF_PROPERTIES("null"), "1#{}-" },
    { "ids", S(LIST("{\"type\":\"Feature\",\"id\":\"a\"},{\"id\":12,\"type\":\"Feature\"}")),
      "1#a{}- 1#12{}-" },
    { "empty key and text", OF_PROPERTIES("{\"\":\"\"}"), "1#{=s;}-" },
    { "escapes", OF_PROPERTIES("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\uDE00\"}"),
      "1#{a=s\"\\/\b\f\n\r\té€😀;}-" },
    { "escapes in raw values stay", OF_PROPERTIES("{\"a\":[\"\\u00e9\\n\"]}"), "1#{a=a[\"\\u00e9\\n\"];}-" },
    { "UTF-8", OF_PROPERTIES("{\"Район\":\"Žižkov\"}"), "1#{Район=sŽižkov;}-" },

    { "point", OF_SHAPE("Point", "[14.5,-50]"), "1#{}point|0:14.5,-50" },
    { "altitude is left out", OF_SHAPE("Point", "[1,2,3,4]"), "1#{}point|0:1,2" },
    { "points", OF_SHAPE("MultiPoint", "[[1,2],[3,4]]"), "1#{}points|0:1,2:3,4" },
    { "line", OF_SHAPE("LineString", "[[1,2],[3,4]]"), "1#{}line|0:1,2:3,4" },
    { "lines", OF_SHAPE("MultiLineString", "[[[1,2],[3,4]],[[5,6],[7,8]]]"),
      "1#{}lines|0:1,2:3,4|0:5,6:7,8" },
    { "polygon", OF_SHAPE("Polygon", "[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]"),
      "1#{}polygon|0:0,0:9,0:9,9:0,0|0:1,1:2,1:2,2:1,1" },
    { "polygons", OF_SHAPE("MultiPolygon", "[[[[0,0],[1,1]],[[2,2]]],[],[[[3,3]]]]"),
      "1#{}polygons|0:0,0:1,1|0:2,2|1:3,3" },
    { "empty coordinates", OF_SHAPE("Polygon", "[]"), "1#{}polygon" },
    { "empty rings", OF_SHAPE("Polygon", "[[],[[1,2]],[]]"), "1#{}polygon|0:1,2" },
    { "type behind the coordinates",
      S(LIST("{\"geometry\":{\"coordinates\":[[1,2],[3,4]],\"type\":\"LineString\"},"
             "\"id\":1,\"type\":\"Feature\"}")),
      "1#1{}line|0:1,2:3,4" },
    { "collections are told, and reading goes on",
      S(LIST(FEATURE("{}", "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\","
                           "\"coordinates\":[1,2]}]}") "," FEATURE("{}", SHAPE("Point", "[1,2]")))),
      "1#{}-!the geometry is a GeometryCollection, which is not read 1#{}point|0:1,2" },
    { "null coordinates", OF_SHAPE("Point", "[null,null]"), "1#{}-!a coordinate of the geometry is null" },
    { "unknown shape", OF_SHAPE("Circle", "[1,2]"), "1#{}-!the type of the geometry is none of GeoJSON" },

    { "members of others",
      S("{\"name\":\"x\",\"bbox\":[1,2],\"properties\":{\"a\":1},\"type\":\"FeatureCollection\","
        "\"features\":[{\"type\":\"Feature\",\"bbox\":[[]],\"tippecanoe\":{}}],\"more\":{\"type\":1}}"),
      "1#{}-" },
    { "type behind the list", S("{\"features\":[],\"type\":\"FeatureCollection\"}"), "" },
    { "a feature of its own, type last",
      S("{\"id\":3,\"properties\":{\"a\":1},\"geometry\":null,\"type\":\"Feature\"}"), "1#3{a=d1;}-" },
    { "one per line",
      S("{\"type\":\"Feature\",\"id\":1}\n{\"type\":\"Feature\",\"id\":2}\r\n\n{\"id\":3,\"type\":"
        "\"Feature\"}\n"),
      "1#1{}- 2#2{}- 4#3{}-" },
    { "record separators", S("\x1E{\"type\":\"Feature\",\"id\":1}\n\x1E{\"type\":\"Feature\",\"id\":2}\n"),
      "1#1{}- 2#2{}-" },
    { "byte-order mark", S("\xEF\xBB\xBF" LIST("")), "" },
    { "crs of WGS84",
      S("{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},"
        "\"type\":\"FeatureCollection\",\"features\":[]}"),
      "" },
    { "crs EPSG:4326",
      S("{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}},\"type\":\"FeatureCollection\","
        "\"features\":[]}"),
      "" },
    { "crs null", S("{\"crs\":null,\"type\":\"FeatureCollection\",\"features\":[]}"), "" },
    { "another crs",
      S("{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::2263\"}},\"type\":"
        "\"x\"}"),
      "unsupported x, line 1, column 74: the coordinates are in the system \"urn:ogc:def:crs:EPSG::2263\"" },
    { "another crs behind the list",
      S("{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":{\"properties\":{\"name\":\"EPSG:54326\"}}"
        "}"),
      "unsupported x, line 1, column 85: the coordinates are in the system \"EPSG:54326\"" },

    { "empty file", S(" \n"), "parse x, line 2, column 1: the file is empty" },
    { "not JSON", S("id,x,y\n"), "parse x, line 1, column 1: GeoJSON begins" },
    { "bare geometry", S(SHAPE("Point", "[1,2]")),
      "parse x, line 1, column 37: the file is GeoJSON of type \"Point\"" },
    { "no list", S("{\"type\":\"FeatureCollection\"}"), "parse x, line 1, column 29: the collection has no" },
    { "list of another type", S("{\"type\":\"Topology\",\"features\":[]}"),
      "parse x, line 1, column 31: the file is GeoJSON of" },
    { "collection without a type", S("{\"features\":[]}"),
      "parse x, line 1, column 16: the collection has no \"type\"" },
    { "something behind it", S(LIST("") " {}"), "parse x, line 1, column 44: something follows" },
    { "no feature in the list", S(LIST("1")), "parse x, line 1, column 41: a feature should stand here" },
    { "another object in the list", S(LIST("{\"a\":1}")),
      "parse x, line 1, column 48: the object that ends here is not" },
    { "line and column", S("{\"type\":\"FeatureCollection\",\n \"features\":[\n  {\"type\": ?\n"),
      "parse x, line 3, column 12: a string in quotes should stand here" },
    { "cut off", S("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feat"),
      "parse x, line 1, column 54: the file ends where the end of a string should stand" },
    { "cut off between features", S("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\"},"),
      "1#{}- parse x, line 1, column 60: the file ends where a feature should stand" },
    { "comma too many", S(LIST("{\"type\":\"Feature\"},")),
      "1#{}- parse x, line 1, column 60: a value should stand here" },
    { "comma missing", S(LIST("{\"type\":\"Feature\"}{")),
      "1#{}- parse x, line 1, column 59: a comma or ']' should" },
    { "comma too many in an object", OF_PROPERTIES("{\"a\":1,}"),
      "parse x, line 1, column 79: a string in quotes should" },
    { "property twice", OF_PROPERTIES("{\"a\":1,\"a\":2}"),
      "parse x, line 1, column 83: the property \"a\" stands twice" },
    { "property twice by an escape", OF_PROPERTIES("{\"a\":1,\"\\u0061\":2}"),
      "parse x, line 1, column 88: the property \"a\" stands" },
    { "member twice", S(LIST("{\"type\":\"Feature\",\"id\":1,\"id\":2}")),
      "parse x, line 1, column 71: the member \"id\" stands twice" },
    { "list twice", S("{\"type\":\"FeatureCollection\",\"features\":[],\"features\":[]}"),
      "parse x, line 1, column 54: the member \"features\" stands twice" },
    { "coordinates twice", S(LIST(FEATURE("{}", "{\"coordinates\":[1,2],\"coordinates\":[1,2]}"))),
      "parse x, line 1, column 121: the member \"coordinates\" stands twice" },
    { "not UTF-8", OF_PROPERTIES("{\"a\":\"\xE9\"}"),
      "parse x, line 1, column 80: the string that ends here is not UTF-8" },
    { "half a pair", OF_PROPERTIES("{\"a\":\"\\ud83d\"}"),
      "parse x, line 1, column 84: the second half of a surrogate pair" },
    { "the wrong half", OF_PROPERTIES("{\"a\":\"\\udc00\"}"),
      "parse x, line 1, column 84: half of a surrogate pair" },
    { "NUL", OF_PROPERTIES("{\"a\":\"\\u0000\"}"), "parse x, line 1, column 84: \\u0000 stands in a string" },
    { "unknown escape", OF_PROPERTIES("{\"a\":\"\\x\"}"), "parse x, line 1, column 79: one of" },
    { "no hexadecimal digit", OF_PROPERTIES("{\"a\":\"\\u00:0\"}"),
      "parse x, line 1, column 82: a hexadecimal digit" },
    { "line end in a string", OF_PROPERTIES("{\"a\":\"\n\"}"),
      "parse x, line 1, column 78: a control character" },
    { "leading zero", OF_PROPERTIES("{\"a\":01}"), "parse x, line 1, column 79: \"01\" is not a number" },
    { "plus", OF_PROPERTIES("{\"a\":+1}"), "parse x, line 1, column 77: a value should" },
    { "no digit behind the point", OF_PROPERTIES("{\"a\":1.}"), "parse x, line 1, column 79: \"1.\" is not" },
    { "not finite", OF_PROPERTIES("{\"a\":1e999}"),
      "parse x, line 1, column 82: the number 1e999 is too large" },
    { "NaN", OF_PROPERTIES("{\"a\":NaN}"), "parse x, line 1, column 77: a value should" },
    { "wrong word", OF_PROPERTIES("{\"a\":tru}"), "parse x, line 1, column 80: only the words" },
    { "brackets that do not match in a raw value", OF_PROPERTIES("{\"a\":[1}}"),
      "parse x, line 1, column 79: a comma or ']'" },
    { "one coordinate", OF_SHAPE("Point", "[1]"),
      "parse x, line 1, column 119: a position has one coordinate" },
    { "too deep for its type", OF_SHAPE("Point", "[[1,2]]"),
      "parse x, line 1, column 124: the coordinates of a Point are nested 2 deep" },
    { "not deep enough", OF_SHAPE("Polygon", "[[1,2]]"),
      "parse x, line 1, column 126: the coordinates of a Polygon are nested 2" },
    { "uneven", OF_SHAPE("Polygon", "[[[1,2]],[3,4]]"),
      "parse x, line 1, column 128: the coordinates are nested unevenly" },
    { "far too deep", OF_SHAPE("Polygon", "[[[[[1,2]]]]]"),
      "parse x, line 1, column 122: the coordinates are nested too deeply" },
    { "text as a coordinate", OF_SHAPE("Point", "[\"1\",2]"), "parse x, line 1, column 117: " },
    { "no coordinates", S(LIST(FEATURE("{}", "{\"type\":\"Point\"}"))),
      "parse x, line 1, column 102: a geometry has no \"coordinates\"" },
};

static void test_features(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scope sc = test_scope();
        struct buf   got;
        buf_init(&got, 1 << 20);
        show(&sc, cases[i].input, &got);
        str  want = str_of(cases[i].want);
        bool fails = str_has(want, S(", line "));
        ok(fails ? str_starts(buf_str(&got), want) : str_eq(buf_str(&got), want), "%s: got %.*s, want %s",
           cases[i].name, STR(buf_str(&got)), cases[i].want);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

static enum err read_whole(struct scope *sc, str bytes, uint64_t *features, size_t *points)
{
    struct stream         *from;
    struct geojson        *g;
    struct geojson_feature f;
    *features = 0;
    *points = 0;
    ok_err(sc, stream_open_bytes(sc, bytes, "x", &from), OK);
    ok_err(sc, geojson_open(sc, from, &g), OK);
    while (geojson_next(g, &f)) {
        *features = f.number;
        *points += f.geometry.n_points;
    }
    enum err e = geojson_end(sc, g);
    geojson_close(g);
    stream_close(from);
    return e;
}

static void add_times(struct buf *b, str s, size_t n)
{
    for (size_t i = 0; i < n; i++) buf_add(b, s);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str         before, repeated, behind;
        size_t      most;
        enum err    over;
    } limits[] = {
        { "nesting", S("{\"type\":\"Feature\",\"x\":"), S("["), S(""), GEOJSON_MAX_DEPTH - 1, ERR_PARSE },
        { "properties", S("{\"type\":\"Feature\",\"properties\":{"), S("p"), S("}}"), GEOJSON_MAX_PROPERTIES,
          ERR_LIMIT },
        { "number", S("{\"type\":\"Feature\",\"properties\":{\"a\":"), S("1"), S("}}"), 64, ERR_PARSE },
    };
    for (size_t i = 0; i < COUNT(limits); i++) {
        for (size_t over = 0; over <= 1; over++) {
            struct scope sc = test_scope();
            struct buf   b;
            uint64_t     features;
            size_t       points, n = limits[i].most + over;
            buf_init(&b, 1 << 20);
            buf_add(&b, limits[i].before);
            if (i == 1)
                for (size_t k = 0; k < n; k++) buf_printf(&b, "%s\"p%zu\":%zu", k ? "," : "", k, k);
            else add_times(&b, limits[i].repeated, n);
            if (i == 0) add_times(&b, S("]"), n);
            buf_add(&b, i == 0 ? S("}") : limits[i].behind);
            ok_err(&sc, read_whole(&sc, buf_str(&b), &features, &points), over ? limits[i].over : OK);
            ok_i64(features, !over);
            buf_free(&b);
            test_scope_end(&sc);
        }
    }
}

// A feature of 20 MB is read, one of 40 MB is refused, and 40 MB of small ones are read in little memory.
static void test_size(void **state)
{
    (void)state;
    static const struct {
        size_t   each, features;
        enum err want;
    } sizes[] = { { 3000000, 1, OK }, { 6000000, 1, ERR_LIMIT }, { 10, 200000, OK } };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct scope sc = test_scope();
        struct buf   b;
        uint64_t     features;
        size_t       points;
        buf_init(&b, 256 << 20);
        buf_add(&b, S("{\"type\":\"FeatureCollection\",\"features\":["));
        for (size_t f = 0; f < sizes[i].features; f++) {
            if (f) buf_add_c(&b, ',');
            buf_add(&b,
                    S("{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2]"));
            add_times(&b, S(",[1.5,2]"), sizes[i].each - 1);
            buf_add(&b, S("]}}"));
        }
        buf_add(&b, S("]}"));
        ok_err(&sc, read_whole(&sc, buf_str(&b), &features, &points), sizes[i].want);
        if (!sizes[i].want) ok_i64(points, sizes[i].each * sizes[i].features);
        buf_free(&b);
        test_scope_end(&sc);
    }
}

// Each byte of a small file is once the last of a read: the window ends in it.
static void test_edges_of_reads(void **state)
{
    (void)state;
    enum { WINDOW = 64 * 1024 };
    static const str text =
        S("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":-1.5e1,\"properties\":"
          "{\"\\ud83d\\ude00\":\"\\u00e9Ž\",\"r\":[true,null,\"x\\\\\"]},\"geometry\":{\"type\":\"Point\","
          "\"coordinates\":[14.25,50]}}]}");
    for (size_t before = 0; before <= text.n; before++) {
        struct scope sc = test_scope();
        struct buf   b, got;
        buf_init(&b, 1 << 20);
        buf_init(&got, 1 << 20);
        add_times(&b, S(" "), WINDOW - before);
        buf_add(&b, text);
        show(&sc, buf_str(&b), &got);
        ok_str(buf_str(&got), S("1#-1.5e1{😀=séŽ;r=a[true,null,\"x\\\\\"];}point|0:14.25,50"));
        buf_free(&b);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

static const struct {
    const char *file;
    uint64_t    features;
} files[] = {
    { "boundaries/chicago_police_beats.geojson.gz", 277 },
    { "boundaries/chicago_police_districts.geojson.gz", 25 },
    { "boundaries/chicago_community_areas.geojson.gz", 77 },
    { "boundaries/nottingham_lsoa_2011.geojson.gz", 182 },
    { "boundaries/nottingham_wards_2011.geojson.gz", 20 },
    { "boundaries/rutland_lsoa_2011.geojson.gz", 23 },
    { "boundaries/rutland_wards_2011.geojson.gz", 16 },
    { "boundaries/nottingham_wards_2022.geojson.gz", 20 },
    { "boundaries/nottinghamshire_districts.geojson.gz", 8 },
    { "boundaries/czechia_police_stations_2013.geojson.gz", 620 },
    { "boundaries/ua_oblasts.geojson.gz", 25 },
    { "boundaries/ua_zakarpattia_raions.geojson.gz", 6 },
    { "boundaries/ua_zakarpattia_hromadas.geojson.gz", 64 },
    { "boundaries/ua_uzhhorod_raion_asfetched.geojson.gz", 27 },
    { "basemap/chicago_streets_derived.geojson.gz", 2037 },
    { "basemap/naturalearth_countries_110m.geojson", 177 },
    { "analysis/columbus.geojson", 49 },
};

static void test_real_files(void **state)
{
    (void)state;
    const char *shared = test_shared();
    if (!shared) test_skip("no shared data");
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope           sc = test_scope();
        struct stream         *from;
        struct geojson        *g;
        struct geojson_feature f = { 0 };
        str                    path = arena_printf(sc.mem, "%s/%s", shared, files[i].file);
        ok_err(&sc, stream_open(&sc, path.p, &from), OK);
        ok_err(&sc, geojson_open(&sc, from, &g), OK);
        while (geojson_next(g, &f)) ok(!f.problem, "%s: %s", files[i].file, f.problem);
        ok_err(&sc, geojson_end(&sc, g), OK);
        ok(f.number == files[i].features, "%s: %llu features", files[i].file, (unsigned long long)f.number);
        geojson_close(g);
        stream_close(from);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_features),       cmocka_unit_test(test_limits),     cmocka_unit_test(test_size),
    cmocka_unit_test(test_edges_of_reads), cmocka_unit_test(test_real_files),
};
TEST_MAIN(tests)
