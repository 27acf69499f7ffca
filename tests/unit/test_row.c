// SPDX-License-Identifier: EUPL-1.2
// Every rule by which a record becomes an incident, as a table: a profile, a row, and what comes of it.
#include "check.h"

#include "base/civil.h"
#include "import/row.h"

static const char town[] =
    "[source]\nkey = town\nname = A town\n"
    "[identity]\nkind = stable\nkey = {id}\n"
    "[when]\nzone = Europe/Prague\nfrom = {date}\nto = {until : optional}\n"
    "format = %Y-%m-%d %H:%M | %Y-%m-%d %H | %Y-%m-%dT%H:%M%z | %Y-%m-%d | %Y-%m\n"
    "[where]\nlon = {lon | @lon : optional}\nlat = {lat | @lat : optional}\npair = {pair : optional}\nblank "
    "= NA\nextent = 12 48 19 51\n"
    "area = districts:{district:unpad}\nplace = {place}\nplace-strip = On or near\n"
    "place-blank = No Location\nelsewhere = {rel} is not 1 | 2\n"
    "[what]\ncategory = {kind}\noutcome = {state}\narrest = {arrest : optional} is true | y\n"
    "domestic = {home : optional} is true | ano not false | ne | blank\nattempted = {tried : optional}\n";

/// What a row says, in one line: reason@column, or times, precision, point, area, place, flags, notes, codes.
static void tell(struct buf *to, const struct row *r)
{
    static const char *const precisions[] = { "minute", "hour", "day", "month" };
    static const char *const points[] = { "none", "exact", "snapped", "area" };
    const struct incident   *i = &r->incident;
    if (r->rejected) {
        buf_printf(to, "%s@%.*s", reason_code(r->rejected), STR(r->column));
        return;
    }
    buf_printf(to, "%.*s ", STR(i->key));
    civil_add_time(to, i->from_s);
    buf_add(to, S(".."));
    civil_add_time(to, i->to_s);
    buf_printf(to, " %+d %s %s", i->offset_s / 3600, precisions[i->precision], points[i->point]);
    if (i->lon_e7 || i->lat_e7) buf_printf(to, "(%d,%d)", i->lon_e7, i->lat_e7);
    if (i->area.n) buf_printf(to, " area=%.*s", STR(i->area));
    if (i->place.n) buf_printf(to, " place=%.*s", STR(i->place));
    if (i->flags) buf_printf(to, " flags=%u", i->flags);
    for (int s = 0; s < SENSITIVITIES; s++)
        if (i->classes >> s & 1) buf_printf(to, " %.*s", STR(sensitivity_word((enum sensitivity)s)));
    for (unsigned n = NOTE_FIRST; n < REASONS; n++)
        if (r->notes >> n & 1) buf_printf(to, " !%s", reason_code((enum reason)n));
    for (size_t k = 0; k < r->n_categories; k++) buf_printf(to, "%s%.*s", k ? "+" : " ", STR(r->category[k]));
    if (r->outcome.n) buf_printf(to, "/%.*s", STR(r->outcome));
}

static void read_rows(struct scope *sc, const char *profile, str bytes, struct buf *to)
{
    struct profile p;
    struct zone   *zone;
    struct stream *from;
    struct reader *reader;
    struct record  record;
    struct row     row;
    ok_err(sc, profile_parse(sc, "test", str_of(profile), NULL, 0, &p), OK);
    ok_err(sc, zone_open(sc, p.source.timezone, &zone), OK);
    ok_err(sc, stream_open_bytes(sc, bytes, "rows", &from), OK);
    ok_err(sc, reader_open(sc, from, &p, &reader), OK);
    struct row_rules rules = { .p = &p, .zone = zone, .crs = p.epsg ? crs_by_epsg(p.epsg) : NULL };
    while (reader_next(reader, &record)) {
        if (to->n) buf_add_c(to, '\n');
        ok_err(sc, row_take(sc, &rules, &record, &row), OK);
        tell(to, &row);
    }
    ok_err(sc, reader_end(sc, reader), OK);
    reader_close(reader);
    stream_close(from);
    zone_close(zone);
}

struct row_case {
    const char *name, *header, *row, *want;
};
#define DAY_1 "2023-05-02T00:00:00..2023-05-02T23:59:59 +2 day"
// clang-format off
static const struct row_case cases[] = {
    { "plain", "id,date,kind,rel", "7,2023-05-02,theft,1", "7 " DAY_1 " none theft" },
    { "columns that nobody asked for, and blanks", "id,x,date,kind,rel", " 7 ,1, 2023-05-02 , theft ,1", "7 " DAY_1 " none theft" },
    { "no id", "id,date,kind,rel", ",2023-05-02,theft,1", "id-missing@id" },
    { "no date", "id,date,kind,rel", "7,,theft,1", "date-missing@date" },
    { "a date of another form", "id,date,kind,rel", "7,2.5.2023,theft,1", "date-unreadable@date" },
    { "no such day", "id,date,kind,rel", "7,2023-02-30,theft,1", "date-impossible@date" },
    { "no category", "id,date,kind,rel", "7,2023-05-02,,1", "category-missing@kind" },
    { "too few fields", "id,date,kind,rel", "7,2023-05-02,theft", "fields@" },
    { "too many fields", "id,date,kind,rel", "7,2023-05-02,theft,1,", "fields@" },
    { "bytes of no meaning", "id,date,kind,rel", "7,2023-05-02,th\xE1" "ft,1", "encoding@" },
    { "text behind a quote", "id,date,kind,rel", "7,2023-05-02,\"theft\"s,1", "quotes@" },
    { "quoted line end", "id,date,kind,rel,place", "7,2023-05-02,theft,1,\"a\nb\"\"c\"", "7 " DAY_1 " none place=a\nb\"c theft" },
    // when
    { "minutes", "id,date,kind,rel", "7,2023-05-02 13:45,theft,1", "7 2023-05-02T13:45:00..2023-05-02T13:45:59 +2 minute none theft" },
    { "winter", "id,date,kind,rel", "7,2023-01-02 13:45,theft,1", "7 2023-01-02T13:45:00..2023-01-02T13:45:59 +1 minute none theft" },
    { "a month", "id,date,kind,rel", "7,2023-02,theft,1", "7 2023-02-01T00:00:00..2023-02-28T23:59:59 +1 month none theft" },
    { "offset of its own", "id,date,kind,rel", "7,2023-05-02T23:30Z,theft,1", "7 2023-05-03T01:30:00..2023-05-03T01:30:59 +2 minute none theft" },
    { "an hour that never was", "id,date,kind,rel", "7,2023-03-26 02:30,theft,1", "7 2023-03-26T02:30:00..2023-03-26T02:30:59 +1 minute none flags=8 !time-gap theft" },
    { "an hour that was twice", "id,date,kind,rel", "7,2023-10-29 02:30,theft,1", "7 2023-10-29T02:30:00..2023-10-29T02:30:59 +2 minute none flags=16 !time-repeat theft" },
    { "told apart by its offset", "id,date,kind,rel", "7,2023-10-29T01:30Z,theft,1", "7 2023-10-29T02:30:00..2023-10-29T02:30:59 +1 minute none theft" },
    { "a day with such an hour", "id,date,kind,rel", "7,2023-10-29,theft,1", "7 2023-10-29T00:00:00..2023-10-29T23:59:59 +2 day none theft" },
    { "window within the hour", "id,date,until,kind,rel", "7,2023-05-02 13:05,2023-05-02 13:40,theft,1", "7 2023-05-02T13:05:00..2023-05-02T13:40:59 +2 hour none theft" },
    { "window over night", "id,date,until,kind,rel", "7,2023-05-02 20:00,2023-05-03 07:00,theft,1", "7 2023-05-02T20:00:00..2023-05-03T07:00:59 +2 day none theft" },
    { "window of days", "id,date,until,kind,rel", "7,2023-05-02 20:00,2023-05-05 07:00,theft,1", "7 2023-05-02T20:00:00..2023-05-05T07:00:59 +2 month none theft" },
    { "window reversed", "id,date,until,kind,rel", "7,2023-05-02 20:00,2023-05-01 07:00,theft,1", "7 2023-05-02T20:00:00..2023-05-02T20:00:59 +2 minute none !window-reversed theft" },
    { "window without an end", "id,date,until,kind,rel", "7,2023-05-02 20:00,,theft,1", "7 2023-05-02T20:00:00..2023-05-02T20:00:59 +2 minute none theft" },
    { "window with a bad end", "id,date,until,kind,rel", "7,2023-05-02 20:00,soon,theft,1", "7 2023-05-02T20:00:00..2023-05-02T20:00:59 +2 minute none !window-unreadable theft" },
    { "the last moment there is, carried over", "id,date,kind,rel", "7,2149-12-31T23:30-05:00,theft,1", "date-impossible@date" },
    // where
    { "a point", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,14.5,50.25", "7 " DAY_1 " exact(145000000,502500000) theft" },
    { "both blank", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,,", "7 " DAY_1 " none theft" },
    { "blank as the source spells it", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,na,NA", "7 " DAY_1 " none theft" },
    { "one blank", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,14.5,", "7 " DAY_1 " none !point-half theft" },
    { "no number", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,14.5,north", "7 " DAY_1 " none !point-unreadable theft" },
    { "not finite", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,nan,inf", "7 " DAY_1 " none !point-unreadable theft" },
    { "0, 0", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,0.0,-0", "7 " DAY_1 " none !point-zero theft" },
    { "swapped", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,50.25,14.5", "7 " DAY_1 " exact(145000000,502500000) !point-swapped theft" },
    { "elsewhere on Earth", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,14.5,40", "7 " DAY_1 " none !point-outside theft" },
    { "not on Earth", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,14.5,481.5", "7 " DAY_1 " none !point-outside theft" },
    { "1e300", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,1e300,1e300", "7 " DAY_1 " none !point-outside theft" },
    { "on the edge of the extent", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,1,12,51", "7 " DAY_1 " exact(120000000,510000000) theft" },
    { "a written pair", "id,date,kind,rel,lon,lat,pair", "7,2023-05-02,theft,1,,,\"(50.25, 14.5)\"", "7 " DAY_1 " exact(145000000,502500000) theft" },
    { "half a written pair", "id,date,kind,rel,lon,lat,pair", "7,2023-05-02,theft,1,,,\"(50.25)\"", "7 " DAY_1 " none !point-half theft" },
    { "an empty written pair", "id,date,kind,rel,lon,lat,pair", "7,2023-05-02,theft,1,,,()", "7 " DAY_1 " none theft" },
    { "the area alone", "id,date,kind,rel,district", "7,2023-05-02,theft,1,007", "7 " DAY_1 " area area=districts:7 theft" },
    { "area 0", "id,date,kind,rel,district", "7,2023-05-02,theft,1,000", "7 " DAY_1 " area area=districts:0 theft" },
    { "place", "id,date,kind,rel,place", "7,2023-05-02,theft,1,On or near High Street", "7 " DAY_1 " none place=High Street theft" },
    { "place with nothing in it", "id,date,kind,rel,place", "7,2023-05-02,theft,1,On or near ", "7 " DAY_1 " none theft" },
    { "no place", "id,date,kind,rel,place", "7,2023-05-02,theft,1,No Location", "7 " DAY_1 " none theft" },
    { "not the place", "id,date,kind,rel,lon,lat", "7,2023-05-02,theft,3,14.5,50.25", "7 " DAY_1 " exact(145000000,502500000) flags=32 !place-elsewhere theft" },
    { "nobody says that it is the place", "id,date,kind,rel", "7,2023-05-02,theft,", "7 " DAY_1 " none flags=32 !place-elsewhere theft" },
    // what
    { "outcome and arrest", "id,date,kind,rel,state,arrest", "7,2023-05-02,theft,1,done,TRUE", "7 " DAY_1 " none flags=1 theft/done" },
    { "no arrest", "id,date,kind,rel,state,arrest", "7,2023-05-02,theft,1,done,false", "7 " DAY_1 " none theft/done" },
    { "what is neither yes nor no protects", "id,date,kind,rel,home", "7,2023-05-02,theft,1,asi", "7 " DAY_1 " none flags=2 theft" },
    { "and no as the profile says it does not", "id,date,kind,rel,home", "7,2023-05-02,theft,1,Ne", "7 " DAY_1 " none theft" },
    { "blank as the profile says it, too", "id,date,kind,rel,home", "7,2023-05-02,theft,1,NA", "7 " DAY_1 " none theft" },
    { "yes by another word is neither", "id,date,kind,rel,home", "7,2023-05-02,theft,1,yes", "7 " DAY_1 " none flags=2 theft" },
    { "a flag that protects nobody needs a yes", "id,date,kind,rel,tried", "7,2023-05-02,theft,1,perhaps", "7 " DAY_1 " none theft" },
    { "words that everybody knows", "id,date,kind,rel,tried", "7,2023-05-02,theft,1,ТАК", "7 " DAY_1 " none flags=4 theft" },
    { "a guarded cell", "id,date,kind,rel,place", "7,2023-05-02,theft,1,'=1+1", "7 " DAY_1 " none place==1+1 theft" },
    { "brackets in a table are no list", "id,date,kind,rel", "7,2023-05-02,\"[1,2]\",1", "7 " DAY_1 " none [1,2]" },
};
#define FEATURE(properties, geometry) "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":7,\"date\":\"2023-05-02\",\"rel\":1," properties "},\"geometry\":" geometry "}]}"
static const struct row_case features[] = {
    { "a point", "", FEATURE("\"kind\":\"theft\"", "{\"type\":\"Point\",\"coordinates\":[14.5,50.25]}"), "7 " DAY_1 " exact(145000000,502500000) theft" },
    { "coordinates beat the point", "", FEATURE("\"kind\":\"theft\",\"lon\":14.25,\"lat\":50", "{\"type\":\"Point\",\"coordinates\":[14.5,50.25]}"), "7 " DAY_1 " exact(142500000,500000000) theft" },
    { "no geometry", "", FEATURE("\"kind\":\"theft\"", "null"), "7 " DAY_1 " none theft" },
    { "another geometry", "", FEATURE("\"kind\":\"theft\"", "{\"type\":\"LineString\",\"coordinates\":[[14.5,50.25],[14,50]]}"), "7 " DAY_1 " none theft" },
    { "far away", "", FEATURE("\"kind\":\"theft\"", "{\"type\":\"Point\",\"coordinates\":[1e300,50.25]}"), "7 " DAY_1 " none !point-unreadable theft" },
    { "numbers as types", "", FEATURE("\"kind\":[1, 97]", "null"), "7 " DAY_1 " none 1+97" },
    { "words as types", "", FEATURE("\"kind\":[\"a\" , \"b c\"]", "null"), "7 " DAY_1 " none a+b c" },
    { "no types", "", FEATURE("\"kind\":[]", "null"), "category-missing@kind" },
    { "blanks of other scripts", "", FEATURE("\"kind\":\" \u3000theft\u200B \"", "null"), "7 " DAY_1 " none theft" },
    { "null among the types", "", FEATURE("\"kind\":[null,5]", "null"), "7 " DAY_1 " none 5" },
    { "no category", "", FEATURE("\"kind\":null", "null"), "category-missing@kind" },
    { "more types than anybody has", "", FEATURE("\"kind\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34]", "null"),
      "categories-many@kind" },
};
// clang-format on

static void check_cases(const struct row_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct scope sc = test_scope();
        struct buf   got;
        buf_init(&got, 1 << 16);
        read_rows(&sc, town,
                  arena_printf(sc.mem, "%s%s%s\n", c[i].header, c[i].header[0] ? "\n" : "", c[i].row), &got);
        ok(str_eq(buf_str(&got), str_of(c[i].want)), "%s\n  got  %.*s\n  want %s", c[i].name,
           STR(buf_str(&got)), c[i].want);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

static void test_rows(void **state)
{
    (void)state;
    check_cases(cases, COUNT(cases));
}

static void test_features(void **state)
{
    (void)state;
    check_cases(features, COUNT(features));
}

static void test_other_profiles(void **state)
{
    (void)state;
    static const struct {
        const char *name, *profile, *bytes, *want;
    } others[] = {
        { "decimal comma, semicolon, no header, finest",
          "[source]\nkey = a\nname = A\n[format]\nseparator = ;\ndecimal = ,\n"
          "header = no\ncolumns = when | lon | lat\n[identity]\nkind = none\nslice = {when}\n[when]\nzone = "
          "UTC\n"
          "from = {when}\nformat = %Y-%m-%d %H:%M\nfinest = day\n[where]\nlon = {lon}\nlat = "
          "{lat}\n[what]\ncategory = Theft of {when}\n",
          "2023-05-02 13:45;-75,5;6,25\n",
          " 2023-05-02T00:00:00..2023-05-02T23:59:59 +0 day exact(-755000000,62500000) Theft of 2023-05-02 "
          "13:45" },
        { "finest month",
          "[source]\nkey = a\nname = A\n[identity]\nkind = none\nslice = all\n[when]\nzone = UTC\n"
          "from = {when}\nformat = %Y-%m-%d\nfinest = month\n[what]\ncategory = x\n",
          "when\n2024-02-10\n", " 2024-02-01T00:00:00..2024-02-29T23:59:59 +0 month none x" },
        { "State Plane, Illinois East, where degrees are blank",
          "[source]\nkey = a\nname = A\n[identity]\nkind = none\nslice = all\n"
          "[when]\nzone = UTC\nfrom = {when}\nformat = %Y-%m-%d\n[where]\nlon = {lon}\nlat = {lat}\nx = "
          "{x}\ny = {y}\ncrs = 3435\nblank = 0\n[what]\ncategory = x\n",
          "when,lon,lat,x,y\n2024-02-10,,,0,0\n2024-02-10,,,1000,\n",
          " 2024-02-10T00:00:00..2024-02-10T23:59:59 +0 day none x\n "
          "2024-02-10T00:00:00..2024-02-10T23:59:59 +0 day none !point-half x" },
        { "any number of fields",
          "[source]\nkey = a\nname = A\n[format]\nfield-count = any\n[identity]\nkind = none\nslice = all\n"
          "[when]\nzone = UTC\nfrom = {when}\nformat = %Y-%m-%d\n[what]\ncategory = {b}\n",
          "when,b\n2024-02-10,x,y\n2024-02-10\n",
          " 2024-02-10T00:00:00..2024-02-10T23:59:59 +0 day none x\ncategory-missing@b" },
        { "ISO 8859-1",
          "[source]\nkey = a\nname = A\n[format]\nencoding = iso-8859-1\n[identity]\nkind = none\nslice = "
          "all\n"
          "[when]\nzone = UTC\nfrom = {when}\nformat = %Y-%m-%d\n[what]\ncategory = {b:lower}\n",
          "when,b\n2024-02-10,R\xE4UBER\n", " 2024-02-10T00:00:00..2024-02-10T23:59:59 +0 day none räuber" },
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        struct scope sc = test_scope();
        struct buf   got;
        buf_init(&got, 1 << 16);
        read_rows(&sc, others[i].profile, str_of(others[i].bytes), &got);
        ok(str_eq(buf_str(&got), str_of(others[i].want)), "%s\n  got  %.*s\n  want %s", others[i].name,
           STR(buf_str(&got)), others[i].want);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

// A row of the Chicago file: its projected point and its degrees are the same place (to 10 cm).
static void test_projected(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct buf   got;
    buf_init(&got, 1 << 16);
    read_rows(&sc,
              "[source]\nkey = a\nname = A\n[identity]\nkind = none\nslice = all\n[when]\nzone = UTC\nfrom = "
              "{when}\n"
              "format = %Y-%m-%d\n[where]\nx = {x}\ny = {y}\ncrs = 3435\n[what]\ncategory = x\n",
              S("when,x,y\n2024-02-10,1149444,1899069\n"), &got);
    const char *at = strstr(arena_cstr(sc.mem, buf_str(&got)), "exact(");
    int         lon = 0, lat = 0;
    ok(at && sscanf(at, "exact(%d,%d)", &lon, &lat) == 2, "%.*s", STR(buf_str(&got)));
    ok(abs(lon - -877267335) < 12 && abs(lat - 418789661) < 9, "%d, %d", lon, lat);
    buf_free(&got);
    test_scope_end(&sc);
}

/// What a record gives away by its article of the law and its words, besides its kind.
static void test_classes(void **state)
{
    (void)state;
    static const struct {
        const char *row, *want;
    } given[] = {
        { "1,2024-02-10,x,205,Krádež,no", "x" },
        { "1,2024-02-10,x,§ 187/1,,no", "child sexual x" },
        { "1,2024-02-10,x,205,Manželku napadl,no", "domestic person x" },
        { "1,2024-02-10,x,199,,yes", "flags=2 x" }, // the mark says so already
        { "1,2024-02-10,x,199,znásilnění,yes", "sexual flags=2 x" },
        { "1,2024-02-10,x,,znásilnění,no", "sexual !code-blank x" },
        { "1,2024-02-10,x,999,,no", "unclassified !code-unknown x" },
        { "1,2024-02-10,x,999,znásilnění,no", "unclassified sexual !code-unknown x" },
        { "1,2024-02-10,x,,,no", "!code-blank x" },
        // Before its law was in force a number was another article.
        { "1,2010-01-01,x,§ 242,,no", "x" },
        { "1,2009-12-31,x,§ 242,,no", "unclassified !code-early x" },
        { "1,2008-03-01,x,§ 241 odst. 1,,no", "unclassified !code-early x" },
        { "1,2007-04-01,x,187,,no", "child sexual unclassified !code-early x" },
        { "1,2007-04-01,x,,,no", "!code-blank x" },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(given); i++) {
        struct buf got;
        buf_init(&got, 1 << 16);
        read_rows(
            &sc,
            "[source]\nkey = a\nname = A\n[identity]\nkind = stable\nkey = {id}\n[when]\nzone = UTC\n"
            "from = {when}\nformat = %Y-%m-%d\n[what]\ncategory = {kind}\ncode = {law} by cz-criminal-code\n"
            "detail = {words}\ndomestic = {dv} is yes\n",
            arena_printf(sc.mem, "id,when,kind,law,words,dv\n%s\n", given[i].row), &got);
        str rest = buf_str(&got), want = str_of(given[i].want), word;
        while (str_cut(&want, ' ', &word))
            ok(str_has(rest, arena_printf(sc.mem, " %.*s", STR(word))), "%s: no \"%.*s\" in %.*s",
               given[i].row, STR(word), STR(rest));
        for (int s = 0; s < SENSITIVITIES; s++) {
            str class = sensitivity_word((enum sensitivity)s);
            ok(str_has(rest, class) == str_has(str_of(given[i].want), class), "%s: %.*s", given[i].row,
               STR(rest));
        }
        buf_free(&got);
    }
    test_scope_end(&sc);
}

static void test_long_values(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    char         id[KEY_MAX_BYTES + 2], place[2 * PLACE_MAX_BYTES];
    for (int over = 0; over < 2; over++) {
        struct buf got;
        buf_init(&got, 1 << 16);
        memset(id, 'i', sizeof id);
        id[KEY_MAX_BYTES + over] = 0;
        for (size_t i = 0; i + 2 < sizeof place; i += 2)
            memcpy(place + i + 1, "é", 2); // the cut would fall into a letter
        place[0] = 'p';
        place[sizeof place - 1] = 0;
        read_rows(&sc, town,
                  arena_printf(sc.mem, "id,date,kind,rel,place\n%s,2023-05-02,theft,1,%s\n", id, place),
                  &got);
        if (over) ok_str(buf_str(&got), S("id-too-long@id"));
        else
            ok(str_is_utf8(buf_str(&got), NULL) && str_has(buf_str(&got), S("éé theft")), "%.*s",
               STR(buf_str(&got)));
        buf_free(&got);
    }
    test_scope_end(&sc);
}

/// A kind that is cut off would be another one that begins alike.
static void test_long_kinds(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    char         kind[CODE_MAX_BYTES + 2];
    for (int over = 0; over < 2; over++) {
        struct buf got;
        buf_init(&got, 1 << 16);
        memset(kind, 'k', sizeof kind);
        kind[CODE_MAX_BYTES + over] = 0;
        read_rows(&sc, town, arena_printf(sc.mem, "id,date,kind,rel,place\n1,2023-05-02,%s,1,\n", kind),
                  &got);
        if (over) ok_str(buf_str(&got), S("category-too-long@kind"));
        else ok(str_ends(buf_str(&got), str_of(kind)), "%.*s", STR(buf_str(&got)));
        buf_free(&got);
    }
    test_scope_end(&sc);
}

static void test_wrong_file(void **state)
{
    (void)state;
    struct scope   sc = test_scope();
    struct profile p;
    struct stream *from;
    struct reader *reader;
    ok_err(&sc, profile_parse(&sc, "test", str_of(town), NULL, 0, &p), OK);
    ok_err(&sc, stream_open_bytes(&sc, S("a,b\n1,2\n"), "rows", &from), OK);
    ok_err(&sc, reader_open(&sc, from, &p, &reader), ERR_INVALID);
    ok(str_has(str_of(sc.fault.text), S("it has: a, b")), "%s", sc.fault.text);
    stream_close(from);
    ok_err(&sc, stream_open_bytes(&sc, S(""), "rows", &from), OK);
    ok_err(&sc, reader_open(&sc, from, &p, &reader), ERR_INVALID);
    ok(str_has(str_of(sc.fault.text), S("empty")), "%s", sc.fault.text);
    stream_close(from);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_rows),           cmocka_unit_test(test_features),
    cmocka_unit_test(test_other_profiles), cmocka_unit_test(test_projected),
    cmocka_unit_test(test_long_values),    cmocka_unit_test(test_long_kinds),
    cmocka_unit_test(test_wrong_file),     cmocka_unit_test(test_classes),
};
TEST_MAIN(tests)
