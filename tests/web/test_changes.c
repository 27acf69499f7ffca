// SPDX-License-Identifier: EUPL-1.2
// The reports of differences as page, feed and JSON: the same figures in each and in every language, none that may not be told,
// and a sentence where there is none.
#include "analysis/difference.h"
#include "base/file.h"
#include "publish/release.h"
#include "schema.h"
#include "town.h"
#include "xml.h"
#include <fcntl.h>

enum { SOME = 25 };

/// The next release, with its report of what differs from the one before; rows and dictionary are the fixture's.
static void publish(struct town *t, int64_t number)
{
    static const char                policy_text[] = "tier public\nclass street ordinary points\n";
    AUTO(index_closep) struct index *old = NULL, *new = NULL;
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    struct scope                                  *sc = &t->sc;
    struct release_new                             r;
    struct key_ring                                keys = test_keys(sc, t->fx.dir);
    struct policy                                  policy;
    struct publish_totals totals[TIERS] = { [TIER_PUBLIC] = { .incidents = t->fx.n } };
    struct difference     d = { .release = (uint64_t)number, .none = DIFFERENCE_FIRST };
    struct buf            text;
    const char           *path;
    str                   sha256;
    t->fx.info.release = (uint64_t)number;
    t->fx.info.created_s = 1480000000 + number * 86400;
    ok_err(sc,
           policy_read(sc, arena_printf(sc->mem, "%s# <%lld> & more\n", policy_text, (long long)number),
                       &policy),
           OK);
    ok_err(sc, release_begin(sc, t->fx.dir, number, t->fx.info.created_s, &r), OK);
    ok_err(sc, path_join(sc, r.public_dir, "public.index", &path), OK);
    ok_err(sc, index_writer_open(sc, path, &t->fx.info, &w), OK);
    for (size_t i = 0; i < t->fx.n; i++) ok_err(sc, index_writer_add(sc, w, &t->fx.row[i]), OK);
    ok_err(sc, index_writer_commit(sc, w), OK);
    ok_err(sc, index_open(sc, path, &new), OK);
    if (number > 1) {
        str policy_before = arena_printf(sc->mem, "%s# <%lld> & more\n", policy_text, (long long)number - 1);
        ok_err(sc, release_index_path(sc, t->fx.dir, number - 1, TIER_PUBLIC, &path), OK);
        ok_err(sc, index_open(sc, path, &old), OK);
        ok_err(sc, difference_of(sc, old, new, DIFFERENCE_HELD, &d), OK);
        ok_err(sc, difference_of_policies(sc, policy_before, policy.text, &d), OK);
    }
    buf_init(&text, DIFFERENCE_MAX_BYTES);
    difference_write(&text, &d);
    ok_err(sc, path_join(sc, r.public_dir, RELEASE_DIFFERENCE, &path), OK);
    ok_err(sc, file_replace(sc, path, buf_str(&text)), OK);
    buf_free(&text);
    ok_err(sc, release_commit(sc, t->fx.dir, &r, &keys, &policy, totals, NULL, 0, &sha256), OK);
}

/// Release 1 without the newest rows, 2 with all of them, some of which are of another kind, or solved.
static void open_two(struct town *t)
{
    town_make(t);
    size_t  all = t->fx.n;
    int32_t until = civil_day(FIXTURE_FIRST_YEAR + FIXTURE_YEARS - 1, 11, 1);
    size_t  n = 0;
    for (size_t i = 0; i < all; i++) // those of the last two months stand last
        if (t->fx.row[i].day < until) {
            struct release_row r = t->fx.row[n];
            t->fx.row[n++] = t->fx.row[i];
            t->fx.row[i] = r;
        }
    t->fx.n = n;
    publish(t, 1);
    t->fx.n = all;
    for (size_t i = 0, kinds = 0, outcomes = 0; i < n; i++) {
        struct release_row *r = &t->fx.row[i];
        if (r->kind == 0 && kinds < SOME) r->kind = 1, kinds++;
        else if (r->kind == 0 && r->outcome == 1 && outcomes < SOME) r->outcome = 2, outcomes++;
    }
    publish(t, 2);
    struct web_config  wc = { .data_dir = t->fx.dir, .watch_ms = -1 };
    struct http_config hc = {
        .listen = "127.0.0.1:0", .threads = 2, .keep_for = web_keep_for, .keep_bytes = 4 << 20
    };
    ok_err(&t->sc, web_open(&t->sc, &wc, &t->web), OK);
    ok_err(&t->sc, http_start(&t->sc, &hc, web_handle, t->web, &t->server), OK);
    t->port = http_port(t->server);
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static json_t *change_at(const json_t *answer, size_t i)
{
    return json_array_get(json_object_get(answer, "changes"), i);
}

static int64_t total_of(const json_t *change, const char *table, const char *column)
{
    const json_t *t = json_object_get(json_object_get(change, "figures"), table);
    return json_integer_value(json_object_get(json_object_get(t, "total"), column));
}

/// Every whole number in the figures of a report.
static void check_figures(const json_t *v, int64_t least)
{
    const char *key;
    json_t     *one;
    size_t      i;
    if (json_is_integer(v))
        ok(!json_integer_value(v) || json_integer_value(v) >= least, "%lld is told",
           (long long)json_integer_value(v));
    if (json_is_object(v)) json_object_foreach((json_t *)(uintptr_t)v, key, one) check_figures(one, least);
    json_array_foreach(v, i, one) check_figures(one, least);
}

static void the_api_tells_it(void **state)
{
    (void)state;
    struct town t;
    open_two(&t);
    json_t *j = get_json(&t, "/v1/changes"), *doc = get_json(&t, "/v1/openapi.json"), *two = change_at(j, 0);
    schema_check(doc,
                 json_object_get(json_object_get(json_object_get(doc, "components"), "schemas"), "Changes"),
                 j, "/v1/changes");
    ok_i64(json_array_size(json_object_get(j, "changes")), 2);
    ok(json_is_null(json_object_get(two, "none")) && json_is_null(json_object_get(j, "older_before")),
       "a report");
    ok_i64(json_integer_value(json_object_get(two, "before")), 1);
    ok_i64(total_of(two, "reclassified", "were"), SOME);
    ok_i64(total_of(two, "reclassified", "are"), SOME);
    ok_i64(total_of(two, "solved", "solved"), SOME);
    ok_i64(total_of(two, "corrections", "gone"), 0);
    ok(total_of(two, "new_months", "new") > 100, "new months");
    check_figures(json_object_get(two, "figures"), FIXTURE_LEAST);
    ok(!strcmp(text(change_at(j, 1), "none"), "first"), "of the first there is none");
    json_t *kinds = json_object_get(json_object_get(json_object_get(two, "figures"), "new_months"), "kinds"),
           *k;
    size_t i;
    bool   several = false;
    json_array_foreach(kinds, i, k) several = several || json_is_null(json_object_get(k, "key"));
    ok(several, "incidents of several kinds have a row of their own");
    json_t *cs = get_json(&t, "/v1/changes?lang=cs");
    str     dump = get(&t, "/v1/changes?lang=cs");
    ok(str_has(dump, S("Vloupání")) && str_has(dump, S("Několik druhů")), "labels in the language asked for");
    json_decref(cs);
    json_decref(doc);
    json_decref(j);
    town_close(&t);
}

static void the_page_tells_the_same(void **state)
{
    (void)state;
    static const char *const        title[] = { "What differs between releases", "Čím se vydání liší",
                                                "Чим відрізняються випуски" },
                             *const few[] = { "fewer than 10", "menší než 10", "менше за 10" },
                             *const solved[] = { "Solved", "Objasněno", "Розкрито" },
                             *const months[] = { "Told for the first time: Nov", "Poprvé zveřejněno: list",
                                                 "Оприлюднено вперше: лист" };
    struct town                     t;
    open_two(&t);
    for (int l = 0; l < LANGUAGES; l++) {
        str page =
            get(&t, arena_printf(t.sc.mem, "/changes?lang=%.*s", STR(language_code((enum language)l))).p);
        ok(str_has(page, str_of(title[l])) && str_has(page, str_of(few[l])) &&
               str_has(page, str_of(months[l])),
           "%.*s", STR(page));
        str row = arena_printf(t.sc.mem, "%s</th><td class=\"n\">%d</td>", solved[l], SOME);
        ok(str_has(page, row), "%.*s is not in %.*s", STR(row), STR(page));
        ok(str_has(page, S("type=\"application/atom+xml\"")) &&
               str_has(page, S("/feeds/releases.atom?lang=")),
           "the feed is found");
        ok(str_has(page, S("+ # &lt;2&gt; &amp; more")) && str_has(page, S("- # &lt;1&gt; &amp; more")),
           "lines of the policy");
        for (int n = 1; n < FIXTURE_LEAST; n++)
            ok(!str_has(page, arena_printf(t.sc.mem, "<td class=\"n\">%d</td>", n)), "no %d", n);
    }
    str data = get(&t, "/data");
    ok(str_has(data, S("href=\"/changes\"")) && str_has(data, S("href=\"/data/2/difference.json\"")) &&
           str_has(data, S("href=\"/data/2/public.sums\"")),
       "linked from the data");
    ok(str_has(get(&t, "/data/2/difference.json"), S("{")), "the report itself");
    ok(str_has(get(&t, "/"), S("href=\"/changes\"")), "and from the foot of every page");
    town_close(&t);
}

static str element(str feed, const char *open, size_t from)
{
    str         rest = str_slice(feed, from, feed.n), value;
    const char *at = memmem(rest.p, rest.n, open, strlen(open));
    if (!at) return (str){ 0 };
    rest = str_slice(rest, (size_t)(at - rest.p) + strlen(open), rest.n);
    str_cut(&rest, '<', &value);
    return value;
}

static void the_feed_is_atom(void **state)
{
    (void)state;
    struct town   t;
    struct answer a, again;
    open_two(&t);
    for (int l = 0; l < LANGUAGES; l++) {
        a = client_get(
            &t.sc, t.port,
            arena_printf(t.sc.mem, "/feeds/releases.atom?lang=%.*s", STR(language_code((enum language)l))).p);
        ok_i64(a.status, 200);
        ok_str(answer_header(&a, "Content-Type"), S("application/atom+xml; charset=utf-8"));
        ok_str(answer_header(&a, "Cache-Control"), S("no-cache"));
        xml_check(a.body);
        size_t entry = (size_t)((char *)memmem(a.body.p, a.body.n, "<entry>", 7) - a.body.p);
        ok_str(element(a.body, "<id>", 0), S("tag:localhost,2026:hromada/releases"));
        ok_str(element(a.body, "<updated>", 0), S("2016-11-26T15:06:40Z"));
        ok_str(element(a.body, "<id>", entry), S("tag:localhost,2026:hromada/release/2"));
        ok_str(element(a.body, "<updated>", entry), S("2016-11-26T15:06:40Z"));
        ok(str_has(element(a.body, "<content type=\"text\">", entry), S(": 25\n")), "%.*s", STR(a.body));
        ok(str_has(a.body, S("href=\"/changes?lang=")) && str_has(a.body, S("#release-2\"")),
           "a link to the page");
    }
    str tag = arena_printf(t.sc.mem, "If-None-Match: %.*s\r\n", STR(answer_header(&a, "ETag")));
    again = client_ask(&t.sc, t.port, "GET", "/feeds/releases.atom?lang=uk", tag.p);
    ok_i64(again.status, 304);
    town_close(&t);
}

/// Ids hold what the reader asked, in letters that a tag URI has, and no piece of a header that it has not.
static void ids_are_of_the_address(void **state)
{
    (void)state;
    static const struct {
        const char *host, *id;
    } rows[] = { { "Map.Example.org:8443", "tag:map.example.org,2026:" },
                 { "127.0.0.1", "tag:127.0.0.1,2026:" },
                 { "[::1]:80", "tag:localhost,2026:" } };
    struct town t;
    open_two(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)t.port) };
        inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
        str ask = arena_printf(t.sc.mem,
                               "GET /feeds/releases.atom HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                               rows[i].host);
        ok(!connect(fd, (struct sockaddr *)&to, sizeof to) && write(fd, ask.p, ask.n) == (ssize_t)ask.n,
           "asked");
        str all = client_read(&t.sc, fd);
        close(fd);
        ok(str_has(all, arena_printf(t.sc.mem, "<id>%shromada/release/1</id>", rows[i].id)), "%.*s",
           STR(all));
    }
    town_close(&t);
}

static void look_anew(struct town *t)
{
    http_stop(t->server, 5000);
    web_close(t->web);
    struct web_config  wc = { .data_dir = t->fx.dir, .watch_ms = -1 };
    struct http_config hc = { .listen = "127.0.0.1:0", .threads = 2 };
    ok_err(&t->sc, web_open(&t->sc, &wc, &t->web), OK);
    ok_err(&t->sc, http_start(&t->sc, &hc, web_handle, t->web, &t->server), OK);
    t->port = http_port(t->server);
}

static void what_was_withdrawn_is_not_told(void **state)
{
    (void)state;
    struct town t;
    open_two(&t);
    publish(&t, 3);
    look_anew(&t);
    ok_i64(client_get(&t.sc, t.port, "/data/3/difference.json").status, 200);
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 2, 0, S("Places were <too> exact & seen"), 1500000000),
           OK);
    look_anew(&t);
    json_t *j = get_json(&t, "/v1/changes"), *three = change_at(j, 0), *two = change_at(j, 1);
    ok(!strcmp(text(three, "none"), "before-withdrawn-later") && !json_object_get(three, "figures"),
       "3 compared with 2");
    ok(!strcmp(text(two, "none"), "withdrawn") && !strcmp(text(two, "withdrawn"), "2017-07-14T02:40:00Z") &&
           !json_object_get(two, "figures") && !strcmp(text(two, "reason"), "Places were <too> exact & seen"),
       "2");
    json_decref(j);
    struct answer report = client_get(&t.sc, t.port, "/data/3/difference.json");
    ok(report.status == 404 && !str_has(report.body, S("figures")), "nor as a file: %d", report.status);
    ok(!str_has(get(&t, "/data"), S("/data/3/difference.json")), "nor is it linked");
    str page = get(&t, "/changes");
    ok(str_has(page, S("Places were &lt;too&gt; exact &amp; seen")) &&
           str_has(page, S("was withdrawn later")) && !str_has(page, S("Solved")),
       "%.*s", STR(page));
    str feed = get(&t, "/feeds/releases.atom");
    xml_check(feed);
    ok(str_has(feed, S("Places were &lt;too&gt; exact &amp; seen")) && !str_has(feed, S("Solved")), "%.*s",
       STR(feed));
    ok_str(element(feed, "<updated>", 0), S("2017-07-14T02:40:00Z"));
    ok(str_has(feed, S("hromada/release/2</id>")), "with the id that it had");
    // The last one, too: the feed stays, or its readers would drop it for ever. XML has no control characters.
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 3, 0, S("why"), 1500000001), OK);
    ok_err(&t.sc,
           file_replace(&t.sc, arena_printf(t.sc.mem, "%s/releases/3/withdrawn.txt", t.fx.dir).p,
                        S("2017-07-14T02:40:01Z\na\x01 b \xEF\xBF\xBF c\n")),
           OK);
    look_anew(&t);
    ok_i64(client_get(&t.sc, t.port, "/changes").status, 410);
    ok_i64(client_get(&t.sc, t.port, "/v1/changes").status, 410);
    feed = get(&t, "/feeds/releases.atom?lang=cs");
    xml_check(feed);
    ok(str_has(feed, S("hromada/release/3</id>")), "%.*s", STR(feed));
    town_close(&t);
}

static void a_report_that_is_no_more(void **state)
{
    (void)state;
    struct town t;
    open_two(&t);
    fixture_publish(&t.sc, &t.fx, 3); // without one
    look_anew(&t);
    json_t *j = get_json(&t, "/v1/changes");
    ok(!strcmp(text(change_at(j, 0), "none"), "missing") && !*text(change_at(j, 1), "none"),
       "2 has its report");
    json_decref(j);
    const char *path = arena_printf(t.sc.mem, "%s/releases/2/" RELEASE_DIFFERENCE, t.fx.dir).p;
    str         whole;
    ok_err(&t.sc, file_read(&t.sc, path, DIFFERENCE_MAX_BYTES, &whole), OK);
    char *other = arena_cstr(t.sc.mem, whole);
    *strstr(other, "bicycle") = 'B'; // what the reader takes, and is not what was published
    str broken[] = { S(""), S("{}"), { other, whole.n }, { 0 } };
    for (size_t i = 0; i < COUNT(broken); i++) {
        if (broken[i].p) ok_err(&t.sc, file_replace(&t.sc, path, broken[i]), OK);
        else ok(!unlink(path), "lost");
        j = get_json(&t, "/v1/changes");
        ok(!strcmp(text(change_at(j, 1), "none"), "damaged") &&
               !strcmp(text(change_at(j, 2), "none"), "first"),
           "%zu", i);
        json_decref(j);
        ok(str_has(get(&t, "/changes"), S("its file is damaged or missing")), "and the page says so");
        xml_check(get(&t, "/feeds/releases.atom"));
    }
    town_close(&t);
}

/// How many lines stderr got while `target` was asked `times` times.
static size_t log_lines(struct town *t, const char *target, int times)
{
    const char *path = arena_printf(t->sc.mem, "%s/log", t->fx.dir).p;
    int         was = dup(2), to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    str         log;
    ok(was >= 0 && to >= 0 && dup2(to, 2) == 2, "stderr goes to a file");
    for (int i = 0; i < times; i++) (void)client_get(&t->sc, t->port, target);
    ok(dup2(was, 2) == 2, "and back");
    close(was);
    close(to);
    ok_err(&t->sc, file_read(&t->sc, path, 1 << 20, &log), OK);
    size_t n = 0;
    for (size_t i = 0; i < log.n; i++) n += log.p[i] == '\n';
    return n;
}

/// Whoever asks for it without end fills no disk.
static void damage_is_logged_once(void **state)
{
    (void)state;
    struct town t;
    open_two(&t);
    ok_err(&t.sc,
           file_replace(&t.sc, arena_printf(t.sc.mem, "%s/releases/2/" RELEASE_DIFFERENCE, t.fx.dir).p,
                        S("{}")),
           OK);
    ok_i64(log_lines(&t, "/v1/changes", 20), 1);
    ok_i64(log_lines(&t, "/changes", 20), 0);
    ok_i64(log_lines(&t, "/data/2/difference.json", 20), 1);
    ok_err(&t.sc,
           file_replace(&t.sc, arena_printf(t.sc.mem, "%s/releases/1/manifest.json", t.fx.dir).p, S("{}")),
           OK);
    ok_i64(log_lines(&t, "/v1/releases", 20), 1);
    ok_i64(log_lines(&t, "/data", 20), 0);
    ok_i64(log_lines(&t, "/data/1/manifest.json", 20), 1);
    town_close(&t);
}

static void older_ones_follow(void **state)
{
    (void)state;
    enum { MANY = 23 };
    struct town t;
    open_two(&t);
    t.fx.n = 50;
    for (int64_t i = 3; i <= MANY; i++) publish(&t, i);
    look_anew(&t);
    json_t *j = get_json(&t, "/v1/changes");
    ok_i64(json_array_size(json_object_get(j, "changes")), 20);
    ok_i64(json_integer_value(json_object_get(j, "older_before")), 4);
    json_decref(j);
    j = get_json(&t, "/v1/changes?before=4");
    ok_i64(json_array_size(json_object_get(j, "changes")), 3);
    ok(json_is_null(json_object_get(j, "older_before")), "the last");
    json_decref(j);
    ok(str_has(get(&t, "/changes?lang=uk"), S("href=\"/changes?before=4&amp;lang=uk\"")), "a link to them");
    str last = get(&t, "/changes?before=1");
    ok(str_has(last, S("There are no older releases.")), "and behind the last");
    ok(str_has(last, S("href=\"/changes?before=21\" rel=\"prev\">Newer releases<")), "and back");
    ok(str_has(get(&t, "/changes?before=4&lang=uk"), S("href=\"/changes?lang=uk\" rel=\"prev\">")),
       "to the newest");
    ok(!str_has(get(&t, "/changes"), S("rel=\"prev\"")), "before which there is none");
    xml_check(get(&t, "/feeds/releases.atom?before=1"));
    static const char *const bad[] = { "/changes?before=0", "/changes?before=x", "/v1/changes?x=1",
                                       "/feeds/releases.atom?lang=xx" };
    for (size_t i = 0; i < COUNT(bad); i++) ok(client_get(&t.sc, t.port, bad[i]).status == 400, "%s", bad[i]);
    town_close(&t);
}

/// The list of releases tells two hundred at once, on the page and to programs, and that there are more.
static void older_releases_follow(void **state)
{
    (void)state;
    enum { LAST = 203 };
    struct town t;
    open_two(&t);
    json_t *j = get_json(&t, "/v1/releases");
    ok_i64(json_array_size(json_object_get(j, "releases")), 2);
    ok(json_is_null(json_object_get(j, "older_before")), "that were all");
    json_decref(j);
    ok(!str_has(get(&t, "/data"), S("rel=\"next\"")), "on the page, too");
    for (int i = 3; i <= LAST; i++) {
        const char *dir = arena_printf(t.sc.mem, "%s/releases/%d", t.fx.dir, i).p;
        ok_err(&t.sc, dir_make(&t.sc, dir), OK);
        ok_err(&t.sc,
               file_replace(&t.sc, arena_printf(t.sc.mem, "%s/withdrawn.txt", dir).p,
                            S("2026-11-28T20:41:40Z\nwhy\n")),
               OK);
    }
    j = get_json(&t, "/v1/releases");
    ok_i64(json_array_size(json_object_get(j, "releases")), 200);
    ok_i64(json_integer_value(json_object_get(json_array_get(json_object_get(j, "releases"), 199), "number")),
           4);
    ok_i64(json_integer_value(json_object_get(j, "older_before")), 4);
    json_decref(j);
    ok(str_has(get(&t, "/data?lang=uk"), S("href=\"/data?before=4&amp;lang=uk\"")), "a link to them");
    j = get_json(&t, "/v1/releases?before=4");
    ok_i64(json_array_size(json_object_get(j, "releases")), 3);
    ok(json_is_null(json_object_get(j, "older_before")), "the last");
    json_decref(j);
    j = get_json(&t, "/v1/releases?before=204");
    ok_i64(json_integer_value(json_object_get(j, "older_before")), 4);
    json_decref(j);
    str data = get(&t, "/data?before=4");
    ok(str_has(data, S("href=\"/data/2/public.index\"")) && !str_has(data, S("rel=\"next\"")),
       "and there they are");
    ok(str_has(data, S("href=\"/data\" rel=\"prev\">")), "and back");
    ok(str_has(get(&t, "/data?before=2"), S("href=\"/data?before=202\" rel=\"prev\">")), "page by page");
    static const char *const newest[] = { "/data", "/data?before=204", "/data?before=9223372036854775807" };
    for (size_t i = 0; i < COUNT(newest); i++)
        ok(!str_has(get(&t, newest[i]), S("rel=\"prev\"")), "%s", newest[i]);
    static const char *const bad[] = { "/data?before=0", "/data?before=x", "/v1/releases?before=01x",
                                       "/v1/releases?x=1" };
    for (size_t i = 0; i < COUNT(bad); i++) ok(client_get(&t.sc, t.port, bad[i]).status == 400, "%s", bad[i]);
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_api_tells_it),
    cmocka_unit_test(the_page_tells_the_same),
    cmocka_unit_test(the_feed_is_atom),
    cmocka_unit_test(ids_are_of_the_address),
    cmocka_unit_test(what_was_withdrawn_is_not_told),
    cmocka_unit_test(a_report_that_is_no_more),
    cmocka_unit_test(damage_is_logged_once),
    cmocka_unit_test(older_ones_follow),
    cmocka_unit_test(older_releases_follow),
};
TEST_MAIN(tests)
