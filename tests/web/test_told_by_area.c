// SPDX-License-Identifier: EUPL-1.2
// What is told by half-year and area, and what is not told: pages in each language and the API against the rules and the
// groups of the fixture, whose damaged rows (below the least, of what no tier is told) nobody may see.
#include "schema.h"
#include "town.h"

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static int64_t number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/// No rules but points by month, and nothing told by area.
static void all_points(struct release_info *in)
{
    for (int i = 0; i < SENSITIVITIES; i++)
        in->rules[i] = (struct release_rule){ SHOW_POINTS, PRECISION_MONTH };
    in->n_counts = 0;
    in->first_half = 0;
    in->last_half = -1;
}

static void all_by_month(struct fixture *fx)
{
    fx->info.finest = PRECISION_MONTH;
    for (size_t i = 0; i < fx->n; i++) {
        struct release_row *r = &fx->row[i];
        r->precision = PRECISION_MONTH;
        r->how = HOW_NONE;
        r->minute = 0;
        r->day = civil_day_of_month(civil_month_of_day(r->day));
    }
}

// -- what is not told -------------------------------------------------------------------------------

static const char *const figures[] = {
    "/",        "/embed", "/areas/districts", "/areas/districts/01", "/areas/halves/01",
    "/compare", "/data",  "/picture.svg"
};

static void what_figures_lack_stands_beside_them(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *by_area, *withheld;
    } rows[] = {
        { "en",
          "Not counted here: acts against people, burglary of homes, possession of drugs and other kinds. "
          "These are told by half-year and area.",
          "Not told at all: suicide and self-harm." },
        { "cs",
          "Nejsou zde započteny: činy proti lidem, vloupání do obydlí, držení drog a jiné druhy. Zveřejňují "
          "se "
          "po "
          "pololetích a oblastech.",
          "Vůbec se nesdělují: sebevraždy a sebepoškozování." },
        { "uk",
          "Сюди не входять: дії проти людей, крадіжки з житла, зберігання наркотиків та інші види. Про них "
          "повідомляють за півріччями й районами.",
          "Зовсім не оприлюднюються: самогубства й самоушкодження." },
    };
    struct town t;
    town_open(&t);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(figures); k++) {
            str target = arena_printf(t.sc.mem, "%s?lang=%s", figures[k], rows[i].lang),
                page = get(&t, target.p);
            str link = arena_printf(t.sc.mem, "href=\"/method?lang=%s#withheld\"", rows[i].lang);
            ok(str_has(page, str_of(rows[i].by_area)) && str_has(page, str_of(rows[i].withheld)),
               "%s says what it lacks", target.p);
            ok(str_has(page, link) || str_has(page, S("<svg")), "%s leads to the reasons", target.p);
        }
    town_close(&t);
}

static void nothing_lacks_nothing_is_said(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    all_points(&t.fx.info);
    town_serve(&t);
    for (size_t k = 0; k < COUNT(figures); k++) {
        str page = get(&t, figures[k]);
        ok(!str_has(page, S("Not counted here")) && !str_has(page, S("Not told at all")) &&
               !str_has(page, S("Not all kinds")) && !str_has(page, S("/by-area")),
           "%s", figures[k]);
    }
    str page = get(&t, "/method");
    ok(!str_has(page, S("by half-year and area:")) && !str_has(page, S("by the policy of this release")) &&
           str_has(page, S("On the map, to the month")),
       "%.*s", STR(page));
    ok(str_has(page, S("Not at all, by the program")), "but for what no policy can change");
    page = get(&t, "/by-area");
    ok(str_has(page, S("This release tells nothing by half-year and area.")), "%.*s", STR(page));
    json_t *j = get_json(&t, "/v1/by-area");
    ok(!json_array_size(json_object_get(j, "rows")) && !json_array_size(json_object_get(j, "missing")) &&
           !json_array_size(json_object_get(j, "halves")),
       "no rows");
    json_decref(j);
    j = get_json(&t, "/v1/release");
    ok(json_is_null(json_object_get(j, "by_area")), "nor a word about them");
    json_decref(j);
    ok_i64(client_get(&t.sc, t.port, "/v1/by-area?class=person").status, 400);
    town_close(&t);
}

/// Each class stands under its own rule, and nothing else is claimed.
static void the_method_says_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *rule, *kinds;
    } rows[] = {
        { "en", "On the map, to the hour", "acts in public places" },
        { "en", "On the map, to the month", "acts against property, shops, offices and the state" },
        { "en", "Not on the map; how many, by half-year and area: none, or at least 10",
          "acts against children, acts of a sexual nature, violence at home, acts out of hate, acts against "
          "a "
          "person, burglary of homes, possession of drugs and other kinds" },
        { "en", "Not at all, by the policy of this release", "suicide and self-harm" },
        { "en", "Not at all, by the program: no policy can change it",
          "trafficking in persons, slavery and forced labour; what nobody has classified yet" },
        { "cs", "Na mapě, s přesností na hodinu", "činy na veřejných místech" },
        { "cs", "Vůbec ne, to zaručuje program: žádná pravidla to nezmění",
          "obchodování s lidmi, otroctví a nucená práce; co zatím nikdo nezařadil" },
        { "uk", "На карті, з точністю до місяця", "дії проти майна, крамниць, установ і держави" },
        { "uk", "Зовсім ні, за правилами цього випуску", "самогубства й самоушкодження" },
    };
    struct town t;
    town_open(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str page = get(&t, arena_printf(t.sc.mem, "/method?lang=%s", rows[i].lang).p);
        str entry = arena_printf(t.sc.mem, "<dt>%s</dt><dd>%s</dd>", rows[i].rule, rows[i].kinds);
        ok(str_has(page, entry), "%.*s", STR(entry));
    }
    str page = get(&t, "/method");
    ok(str_has(page, S("Not earlier than 31 days after")) && str_has(page, S("“Districts”")) &&
           str_has(page, S("Times of day are told of these alone: acts in public places.")),
       "delay, set and hours");
    ok(!str_has(page, S("On the map, to the day")) && !str_has(page, S("On the map, to the minute")),
       "no rule says a day or a minute");
    town_close(&t);
}

// -- counts by area ---------------------------------------------------------------------------------

/// Of the fixture's groups those that may be seen: no damage.
static bool is_told(const struct fixture_group *g, int half)
{
    return g->class != SENSITIVITY_TRAFFICKING && (!g->count || g->count + (uint32_t)half >= FIXTURE_LEAST);
}

static const char *class_word(int class)
{
    return class < SENSITIVITIES ? sensitivity_word((enum sensitivity) class).p : "other";
}

static void check_rows(struct town *t, const char *target, int half, int class)
{
    json_t *j = get_json(t, target), *rows = json_object_get(j, "rows"), *row;
    size_t  want = 0, i;
    bool    there[FIXTURE_HALVES][RELEASE_CLASSES] = { { false } };
    for (size_t g = 0; g < COUNT(fixture_groups); g++)
        for (int k = fixture_groups[g].first; k <= fixture_groups[g].last; k++) {
            const struct fixture_group *of = &fixture_groups[g];
            if (!is_told(of, k) || (half >= 0 && half != k) || (class >= 0 && class != of->class)) continue;
            str    key = arena_printf(t->sc.mem, "%d-%d", FIXTURE_FIRST_YEAR + k / 2, k % 2 + 1);
            size_t found = 0, areas = of->from > of->to ? 0 : (size_t)(of->to - of->from) + 1;
            json_array_foreach(rows, i, row)
            {
                json_t *codes = json_object_get(row, "areas");
                found += !strcmp(text(row, "half"), key.p) &&
                         !strcmp(text(row, "class"), class_word(of->class)) &&
                         number(row, "count") == (of->count ? of->count + (uint32_t)k : 0) &&
                         json_array_size(codes) == areas &&
                         (!areas || atoi(json_string_value(json_array_get(codes, 0))) == of->from + 1);
            }
            ok(found == 1, "%s: %s of %s stands %zu times", target, class_word(of->class), key.p, found);
            there[k][of->class] = true;
            want++;
        }
    ok_i64(json_array_size(rows), want);
    json_array_foreach(rows, i, row) ok(number(row, "count") == 0 || number(row, "count") >= FIXTURE_LEAST,
                                        "%s: no count below the least", target);
    size_t missing = 0;
    for (int k = 0; k < FIXTURE_HALVES; k++)
        for (int c = 0; c < RELEASE_CLASSES; c++)
            missing += !there[k][c] && (half < 0 || half == k) && (class < 0 || class == c) &&
                       (c == RELEASE_CLASS_OTHER ||
                        (fixture_rules[c].show == SHOW_AREAS && c != SENSITIVITY_TRAFFICKING));
    ok_i64(json_array_size(json_object_get(j, "missing")), missing);
    ok(number(j, "fewer_than") == FIXTURE_LEAST && !strcmp(text(j, "set"), "districts"), "%s", target);
    json_decref(j);
}

static void rows_are_those_of_the_groups(void **state)
{
    (void)state;
    struct town t;
    town_open(&t);
    check_rows(&t, "/v1/by-area", -1, -1);
    check_rows(&t, "/v1/by-area?half=2022-1", 0, -1);
    check_rows(&t, "/v1/by-area?class=sexual", -1, SENSITIVITY_SEXUAL);
    check_rows(&t, "/v1/by-area?half=2024-2&class=drugs&lang=uk", 5, SENSITIVITY_DRUGS);
    check_rows(&t, "/v1/by-area?class=other", -1, RELEASE_CLASS_OTHER);
    str    csv = get(&t, "/v1/by-area.csv?class=person&half=2023-1");
    size_t lines = 0;
    for (size_t i = 0; i < csv.n; i++) lines += csv.p[i] == '\n';
    ok_i64(lines, 6);
    ok(str_starts(csv, S("half,class,label,count,areas,set,least,release\r\n")) &&
           str_has(csv, S("\r\n2023-1,person,acts against a person,33,01; 02; 03,districts,10,1\r\n")) &&
           str_has(csv, S("\r\n2023-1,person,acts against a person,14,,,10,1\r\n")),
       "%.*s", STR(csv));
    town_close(&t);
}

static void the_rules_are_in_the_release(void **state)
{
    (void)state;
    struct town t;
    town_open(&t);
    json_t *j = get_json(&t, "/v1/release"), *rules = json_object_get(j, "rules"), *rule;
    ok_i64(json_array_size(rules), SENSITIVITIES);
    size_t i;
    json_array_foreach(rules, i, rule)
    {
        static const char *const shown[] = { "points", "areas", "withheld" };
        bool                     never = i == SENSITIVITY_TRAFFICKING || i == SENSITIVITY_UNCLASSIFIED;
        ok(!strcmp(text(rule, "class"), class_word((int)i)) &&
               !strcmp(text(rule, "show"), never ? "withheld" : shown[fixture_rules[i].show]),
           "%s is %s", text(rule, "class"), text(rule, "show"));
        ok(json_is_string(json_object_get(rule, "finest")) == !strcmp(text(rule, "show"), "points"),
           "times of points");
    }
    ok_i64(number(j, "delay_days"), 31);
    json_t *by = json_object_get(j, "by_area");
    ok(!strcmp(text(by, "first_half"), "2022-1") && !strcmp(text(by, "last_half"), "2024-2") &&
           !strcmp(text(by, "set"), "districts") && number(by, "least") == FIXTURE_LEAST,
       "what there is by area");
    json_decref(j);
    town_close(&t);
}

/// A spreadsheet runs what begins like a formula.
static void codes_are_no_formulas(void **state)
{
    (void)state;
    static const char *const codes[] = { "=1+1", "+a", "-a", "@a", "a\"b", "c,d" };
    static const char *const told[] = { ",'=1+1,", ",'+a,", ",'-a,", ",'@a,", ",\"a\"\"b\",", ",\"c,d\"," };
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct town          t;
        struct release_area *a;
        town_make(&t);
        a = fixture_areas(&t.sc);
        a[3].code = str_of(codes[i]);
        struct release_set sets[2] = { t.fx.info.sets[0], t.fx.info.sets[1] };
        sets[0].areas = a;
        t.fx.info.sets = sets;
        town_serve(&t);
        str csv = get(&t, "/v1/by-area.csv?class=person&half=2023-1");
        ok(str_has(csv, str_of(told[i])), "%s: %.*s", codes[i], STR(csv));
        town_close(&t);
    }
}

// -- pages --------------------------------------------------------------------------------------------

static void an_area_tells_its_groups(void **state)
{
    (void)state;
    static const struct {
        const char *target, *holds;
    } rows[] = {
        { "/areas/districts/02", "<b>36</b> <small>together with Žižkov and Radvanka</small>" },
        { "/areas/districts/02", "<b>17</b> <small>somewhere in the town</small>" },
        { "/areas/districts/02", "<b>19</b> <small>together with Žižkov, Radvanka and 3 more</small>" },
        { "/areas/districts/02", "<b>28</b> <small>in all areas together</small>" },
        { "/areas/districts/02", "<b>17</b> </span>" }, // burglary: a group by itself
        { "/areas/districts/02", "fewer than 10 in the town" },
        { "/areas/districts/02", "Fewer than 10 in the town in every half-year: acts out of hate." },
        { "/areas/districts/10", "<b>17</b> <small>somewhere in the town</small>" },
        { "/areas/districts/02?lang=cs", "<b>36</b> <small>dohromady s: Žižkov a Radvanka</small>" },
        { "/areas/districts/02?lang=cs", "červenec – prosinec 2024" },
        { "/areas/districts/02?lang=uk", "<b>28</b> <small>в усіх районах разом</small>" },
        { "/areas/districts/02?lang=uk", "менш ніж 10 у місті" },
        { "/areas/halves/01", "for the areas of another set: <a href=\"/areas/districts\">Districts</a>" },
        { "/areas/halves/01?lang=uk", "для районів іншого поділу: <a href=\"/areas/districts?lang=uk\">" },
    };
    struct town t;
    town_open(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str page = get(&t, rows[i].target);
        ok(str_has(page, str_of(rows[i].holds)), "%s says %s", rows[i].target, rows[i].holds);
    }
    str page = get(&t, "/areas/districts/02");
    ok(!str_has(page, S("<b>9</b>")) && !str_has(page, S("rafficking")), "damage is not told");
    ok(!str_has(get(&t, "/areas/halves/01"), S("data-label")), "nor is a table of other areas shown");
    town_close(&t);
}

static size_t count_of(str page, const char *what)
{
    size_t n = 0;
    for (size_t i = 0; i + strlen(what) <= page.n; i++) n += !memcmp(page.p + i, what, strlen(what));
    return n;
}

/// Six half-years in view, the others folded away; none of them lost.
static void older_half_years_are_folded(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    struct release_count *c = arena_array(t.sc.mem, struct release_count, 20);
    static const uint16_t area[] = { 1 };
    for (int i = 0; i < 20; i++)
        c[i] = (struct release_count){ FIXTURE_FIRST_HALF - 14 + i, SENSITIVITY_HOME, 100 + (uint32_t)i, area,
                                       1 };
    t.fx.info.counts = c;
    t.fx.info.n_counts = 20;
    t.fx.info.first_half = FIXTURE_FIRST_HALF - 14;
    town_serve(&t);
    str    page = get(&t, "/areas/districts/02");
    size_t folded = 0;
    while (folded < page.n && !str_starts(str_slice(page, folded, page.n), S("Earlier half-years"))) folded++;
    ok_i64(count_of(str_slice(page, 0, folded), "data-label"), 6);
    ok_i64(count_of(str_slice(page, folded, page.n), "data-label"), 14);
    page = get(&t, "/by-area");
    ok(str_has(page, S("half=2015-1")) && str_has(page, S("Earlier half-years")), "all are to be chosen");
    town_close(&t);
}

/// Nothing is asked: the page does not begin with a half-year or a class of which nothing is told.
static void the_page_begins_with_a_figure(void **state)
{
    (void)state;
    static const uint16_t       area[] = { 1 };
    static struct release_count one[] = { { FIXTURE_FIRST_HALF + 1, SENSITIVITY_HOME, 12, area, 1 } };
    struct town                 t;
    town_make(&t);
    t.fx.info.counts = one;
    t.fx.info.n_counts = COUNT(one);
    town_serve(&t);
    const char *begins = "<h2 id=\"groups-title\">Burglary of homes, July \xe2\x80\x93 December 2022</h2>";
    ok(str_has(get(&t, "/by-area?lang=en"), str_of(begins)), "the newest with a figure");
    ok(str_has(get(&t, "/by-area?lang=en&class=home"), str_of(begins)), "of the class that is asked");
    ok(!str_has(get(&t, "/by-area?lang=en&half=2024-2"), str_of(begins)), "who asks is answered");
    town_close(&t);
}

static void the_town_by_half_year(void **state)
{
    (void)state;
    static const struct {
        const char *target, *holds;
    } rows[] = {
        { "/by-area?class=person&half=2024-2",
          "<h2 id=\"groups-title\">Acts against a person, July – December 2024</h2>" },
        { "/by-area?class=person&half=2024-2", "<title>Žižkov, Нове місто and Radvanka: 36</title>" },
        { "/by-area?class=person&half=2024-2", ": none recorded</title>" },
        { "/by-area?class=person&half=2024-2", "Somewhere in the town</th><td class=\"n\">17</td>" },
        { "/by-area?class=person&half=2024-2&lang=cs", "Činy proti osobě, červenec – prosinec 2024" },
        { "/by-area?class=person&half=2024-2&lang=uk", "Дії проти особи, липень – грудень 2024" },
        { "/by-area?class=hate", "Fewer than 10 in the whole town." },
        { "/by-area?class=hate&lang=uk", "У всьому місті менш ніж 10." },
        { "/by-area?class=drugs", "Counted at another time; not in the picture" },
        { "/by-area?class=sexual&half=2022-1", "Fewer than 10 in the whole town." }, // the damaged row
        { "/by-area", "aria-current=\"true\"" },
        { "/data", "href=\"/v1/by-area.csv\"" },
        { "/method", "href=\"/by-area\"" },
        { "/", "href=\"/by-area\"" },
    };
    struct town t;
    town_open(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str page = get(&t, rows[i].target);
        ok(str_has(page, str_of(rows[i].holds)), "%s says %s", rows[i].target, rows[i].holds);
    }
    str page = get(&t, "/by-area?class=person&half=2024-2");
    ok_i64(count_of(page, "class=\"group "), 4);
    ok(!str_has(page, S("d=\"\"")) && !str_has(page, S("/tiles/")), "areas, and no incident");
    page = get(&t, "/by-area?class=drugs");
    ok_i64(count_of(page, "class=\"group "), 2); // of what lies over each other the one that says more
    ok(!str_has(get(&t, "/by-area?class=hate"), S("<svg class=\"shaded")), "nothing to shade");
    static const struct {
        const char *target, *parameter;
    } bad[] = {
        { "/v1/by-area?half=2016-3", "half" },
        { "/v1/by-area?half=2022", "half" },
        { "/v1/by-area?half=2021-2", "half" },
        { "/v1/by-area?half=2025-1", "half" },
        { "/v1/by-area?half=", "" },
        { "/v1/by-area?class=moon", "class" },
        { "/v1/by-area?class=ordinary", "class" },
        { "/v1/by-area?class=trafficking", "class" },
        { "/v1/by-area?class=self-harm", "class" },
        { "/v1/by-area?from=2024", "from" },
        { "/v1/by-area?x=1", "x" },
        { "/v1/by-area.csv?cat=burglary", "cat" },
        { "/v1/by-area.csv?class=child&class=home", "class" },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct answer a = client_get(&t.sc, t.port, bad[i].target);
        json_t       *j = json_loadb(a.body.p, a.body.n, 0, NULL);
        ok(a.status == (*bad[i].parameter ? 400 : 200), "%s: %d", bad[i].target, a.status);
        ok(!strcmp(text(j, "parameter"), bad[i].parameter), "%s names \"%s\"", bad[i].target,
           text(j, "parameter"));
        json_decref(j);
    }
    ok_i64(client_get(&t.sc, t.port, "/by-area?half=x").status, 400);
    ok_i64(client_get(&t.sc, t.port, "/by-area?class=trafficking").status, 400);
    town_close(&t);
}

/// Without a set of areas all is of somewhere in the town, and no page names an area.
static void without_areas(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    struct release_count c = { FIXTURE_FIRST_HALF + 5, SENSITIVITY_PERSON, 21, NULL, 0 };
    t.fx.info.count_set = AREA_NOWHERE;
    t.fx.info.counts = &c;
    t.fx.info.n_counts = 1;
    town_serve(&t);
    ok(str_has(get(&t, "/"), S("These are told by half-year for the whole town.")), "beside the figures");
    ok(str_has(get(&t, "/method"), S("by half-year for the whole town, from 10 on")), "and in the rules");
    str page = get(&t, "/by-area?class=person");
    ok(str_has(page, S("Somewhere in the town</th><td class=\"n\">21</td>")) &&
           !str_has(page, S("<svg class=\"shaded")),
       "%.*s", STR(page));
    ok(str_has(get(&t, "/areas/districts/01"), S("told by half-year, for the whole town")),
       "on an area's page");
    json_t *j = get_json(&t, "/v1/by-area");
    ok(json_is_null(json_object_get(j, "set")) && json_array_size(json_object_get(j, "rows")) == 1,
       "in the API");
    json_decref(j);
    town_close(&t);
}

// -- hours --------------------------------------------------------------------------------------------

static void a_chart_of_hours_says_of_how_many(void **state)
{
    (void)state;
    struct town t;
    size_t      known = 0, district = 0, known_there = 0;
    int         from = civil_day(2024, 1, 1);
    town_make(&t);
    for (size_t i = 0; i < t.fx.n; i++) { // two thirds are told by month
        struct release_row *r = &t.fx.row[i];
        if (i % 3 || r->precision == PRECISION_DAY) {
            r->precision = PRECISION_MONTH;
            r->how = HOW_NONE;
            r->minute = 0;
            r->day = civil_day_of_month(civil_month_of_day(r->day));
        }
        known += r->how < HOW_DAY;
        district += r->area[0] == 0 && r->day >= from;
        known_there += r->area[0] == 0 && r->day >= from && r->how < HOW_DAY;
    }
    town_serve(&t);
    char want[200], lone[40];
    snprintf(lone, sizeof lone, known < 1000 ? "%zu" : "%zu,%03zu", known < 1000 ? known : known / 1000,
             known % 1000);
    snprintf(want, sizeof want, "Hours are known of %s of 4,000 incidents; the others are told by month.",
             lone);
    ok(str_has(get(&t, "/"), str_of(want)), "the map: %s", want);
    ok(str_has(get(&t, "/method"), str_of(want)), "the method: %s", want);
    ok(str_has(get(&t, "/picture.svg?hours=8-12&w=900"), str_of(want)), "a picture of some hours: %s", want);
    ok(!str_has(get(&t, "/picture.svg?w=900"), S("Hours are known")), "and one of all does not");
    snprintf(want, sizeof want, "Hours are known of %zu of %zu incidents; the others are told by month.",
             known_there, district);
    ok(str_has(get(&t, "/areas/districts/01?from=2024&to=2024"), str_of(want)), "an area: %s", want);
    town_close(&t);
    town_make(&t);
    all_by_month(&t.fx);
    town_serve(&t);
    static const char *const pages[] = { "/", "/areas/districts/01", "/method" };
    for (size_t i = 0; i < COUNT(pages); i++)
        ok(str_has(get(&t, pages[i]), S("No times of day are told.")) || i == 2, "%s", pages[i]);
    town_close(&t);
}

// -- several categories, and answers against their description ----------------------------------------

static void an_incident_of_several_kinds(void **state)
{
    (void)state;
    struct town t;
    town_open(&t);
    json_t *j = get_json(&t, "/v1/facets"), *one;
    size_t  i, both = 0, want = 0;
    int64_t sum = 0;
    json_array_foreach(json_object_get(j, "categories"), i, one) sum += json_integer_value(one);
    for (i = 0; i < t.fx.n; i++) want += t.fx.row[i].kind >= COUNT(fixture_categories);
    ok_i64(sum, number(j, "total") + (int64_t)want);
    json_decref(j);
    for (int64_t offset = 0; offset < (int64_t)t.fx.n; offset += 1000) {
        j = get_json(&t, arena_printf(t.sc.mem, "/v1/incidents?limit=1000&offset=%lld", (long long)offset).p);
        json_array_foreach(json_object_get(j, "incidents"), i, one)
        {
            json_t *kinds = json_object_get(one, "categories");
            ok(!strcmp(text(one, "category"), json_string_value(json_array_get(kinds, 0))), "the first one");
            if (json_array_size(kinds) < 2) continue;
            ok(!strcmp(text(one, "label"), "Burglary; Assault"), "%s", text(one, "label"));
            both++;
        }
        json_decref(j);
    }
    ok_i64(both, want);
    ok(str_has(get(&t, "/method"), S("may add up to more than the total")), "and it is said");
    town_close(&t);
}

static void answers_are_as_described(void **state)
{
    (void)state;
    static const struct {
        const char *target, *schema;
    } rows[] = {
        { "/v1/release", "Release" },
        { "/v1/releases", "Releases" },
        { "/v1/counts?by=category", "Counts" },
        { "/v1/facets", "Facets" },
        { "/v1/areas/districts", "Areas" },
        { "/v1/areas/districts/01", "Area" },
        { "/v1/areas/districts/08", "Area" },
        { "/v1/compare/districts", "Comparison" },
        { "/v1/by-area", "ByArea" },
        { "/v1/by-area?half=2022-1&class=hate&lang=cs", "ByArea" },
        { "/v1/places?bbox=22.2,48.5,22.4,48.7", "Places" },
        { "/v1/incidents?limit=100", "Incidents" },
        { "/v1/search?q=korzo", "Search" },
        { "/v1/density", "Density" },
    };
    struct town t;
    town_open(&t);
    json_t *doc = get_json(&t, "/v1/openapi.json");
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *j = get_json(&t, rows[i].target);
        json_t *schema =
            json_object_get(json_object_get(json_object_get(doc, "components"), "schemas"), rows[i].schema);
        ok(schema, "openapi.json describes %s", rows[i].schema);
        schema_check(doc, schema, j, rows[i].target);
        json_decref(j);
    }
    json_decref(doc);
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_figures_lack_stands_beside_them),
    cmocka_unit_test(nothing_lacks_nothing_is_said),
    cmocka_unit_test(the_method_says_the_rules),
    cmocka_unit_test(rows_are_those_of_the_groups),
    cmocka_unit_test(the_rules_are_in_the_release),
    cmocka_unit_test(codes_are_no_formulas),
    cmocka_unit_test(an_area_tells_its_groups),
    cmocka_unit_test(older_half_years_are_folded),
    cmocka_unit_test(the_page_begins_with_a_figure),
    cmocka_unit_test(the_town_by_half_year),
    cmocka_unit_test(without_areas),
    cmocka_unit_test(a_chart_of_hours_says_of_how_many),
    cmocka_unit_test(an_incident_of_several_kinds),
    cmocka_unit_test(answers_are_as_described),
};
TEST_MAIN(tests)
