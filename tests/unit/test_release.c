// SPDX-License-Identifier: EUPL-1.2
// The release folder: whole or not there, whatever happens in between. Its index files are any bytes here; that they
// hold what they should is tests/unit/test_publish.c.
#include "publish/release.h"

#include "base/file.h"
#include "check.h"
#include "keys.h"
#include "seal/hash.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char *at(struct scope *sc, const char *dir, const char *name)
{
    const char *path;
    ok_err(sc, path_join(sc, dir, name, &path), OK);
    return path;
}

static bool is_there(struct scope *sc, const char *dir, const char *name)
{
    return !access(at(sc, dir, name), F_OK);
}

static void put(struct scope *sc, const char *dir, const char *name, str bytes)
{
    ok_err(sc, file_replace(sc, at(sc, dir, name), bytes), OK);
}

static struct policy policy_of(struct scope *sc, str text)
{
    struct policy p;
    ok_err(sc, policy_read(sc, text, &p), OK);
    return p;
}

static const struct release_source source = {
    S("uk-police"),       S("data.police.uk"),         S("OGL v3.0"),
    S("https://x/ogl"),   S("https://data.police.uk"), S("Contains \"public\" data"),
    S("Points are moved")
};

static enum err publish_one(struct scope *sc, const char *dir, int64_t number, str *sha256)
{
    struct policy         p = policy_of(sc, policy_default());
    struct key_ring       keys = test_keys(sc, dir);
    struct publish_totals t[TIERS] = { 0 };
    struct release_new    r;
    const struct run      runs[] = {
             { .id = 5, .source = 1, .profile = S("uk-police"), .files = S("a.csv"), .started_s = 86400 }
    };
    t[TIER_PUBLIC] = (struct publish_totals){ .incidents = 760,
                                              .withheld = 3,
                                              .no_place = 13,
                                              .moved_median_m = 81.3,
                                              .moved_p95_m = 190,
                                              .sources = &source,
                                              .n_sources = 1,
                                              .anchor_m = 273 };
    t[TIER_POLICE].incidents = 763;
    TRY(release_begin(sc, dir, number, 1480000000, &r));
    str text = arena_printf(sc->mem, "rows of release %lld", (long long)number);
    TRY(file_replace(sc, at(sc, r.public_dir, "public.index"), text));
    TRY(file_replace(sc, at(sc, r.restricted_dir, "partner.index"), S("partner rows")));
    TRY(file_replace(sc, at(sc, r.restricted_dir, "police.index"), S("police rows")));
    return release_commit(sc, dir, &r, &keys, &p, t, runs, COUNT(runs), sha256);
}

static void a_release_is_whole_and_numbered(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path;
    int64_t      number, *list;
    size_t       n;
    str          sha, text;
    ok_err(&sc, release_current(&sc, dir, &number), ERR_NOTFOUND);
    ok(strstr(sc.fault.text, "hromada publish"), "%s", sc.fault.text);
    ok_err(&sc, release_list(&sc, dir, &list, &n), OK);
    ok_i64(n, 0);
    for (int64_t i = 1; i <= 12; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    ok_err(&sc, release_current(&sc, dir, &number), OK);
    ok_i64(number, 12);
    ok_err(&sc, release_list(&sc, dir, &list, &n), OK);
    ok_i64(n, 12);
    for (size_t i = 0; i < n; i++) {
        ok_i64(list[i], i + 1);
        ok_err(&sc, release_verify(&sc, dir, list[i]), OK);
    }
    ok_err(&sc, release_index_path(&sc, dir, 12, TIER_PUBLIC, &path), OK);
    ok_err(&sc, file_read(&sc, path, 100, &text), OK);
    ok_str(text, S("rows of release 12"));
    ok_err(&sc, release_index_path(&sc, dir, 12, TIER_POLICE, &path), OK);
    ok_err(&sc, file_read(&sc, path, 100, &text), OK);
    ok_str(text, S("police rows"));
    ok_err(&sc, release_verify(&sc, dir, 13), ERR_NOTFOUND);
    static const char *const own[] = { "releases",
                                       "releases/12",
                                       "releases/12/public.index",
                                       "releases/12/manifest.json",
                                       "releases/12/manifest.sig",
                                       "releases/12/key.pub",
                                       "releases/current",
                                       "restricted",
                                       "restricted/12",
                                       "restricted/12/police.index",
                                       "restricted/12/manifest.json",
                                       "restricted/12/manifest.sha256",
                                       "restricted/12/manifest.sig" };
    for (size_t i = 0; i < COUNT(own); i++) {
        struct stat st;
        ok(!stat(at(&sc, dir, own[i]), &st) && !(st.st_mode & 0077), "%s is for nobody else", own[i]);
    }
    ok(!is_there(&sc, dir, "releases/12.tmp") && !is_there(&sc, dir, "restricted/12.tmp"),
       "nothing half is left");
    // Never written twice.
    struct release_new r;
    ok_err(&sc, release_begin(&sc, dir, 12, 0, &r), ERR_EXISTS);
    ok_err(&sc, release_begin(&sc, dir, 3, 0, &r), ERR_EXISTS);
    ok_err(&sc, release_begin(&sc, dir, 0, 0, &r), ERR_INVALID);
    ok_err(&sc, release_verify(&sc, dir, 3), OK);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void the_manifest_says_what_it_may(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          sha, text;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    ok_i64(sha.n, 64);
    ok_err(&sc, file_read(&sc, at(&sc, dir, "releases/1/manifest.json"), 1 << 20, &text), OK);
    static const char *const has[] = {
        "\"release\":1",
        "\"created\":\"2016-11-24T15:06:40Z\"",
        "\"incidents\":760",
        "\"without_point\":13",
        "\"cell_m\":273",
        "\"median_m\":109", // 0.399 of the cell, whatever was measured
        "\"p95_m\":164",
        "\"left_area\":0",
        "\"left_area_share\":0",
        "\"format\":2",
        "\"signed_by\":\"",
        "\"exceptions\":[]",
        "\"name\":\"key.pub\"",
        "\"licence\":\"OGL v3.0\"",
        "\"attribution\":\"Contains \\\"public\\\" data\"",
        "\"name\":\"public.index\"",
        "\"bytes\":17",
        "tier public",
        "anchors grid 250 m",
        // printf 'rows of release 1' | sha256sum
        "a44caeed4b5fe886a9933d04e873e4a151c6df9447f8c992a3d04978e16f23c5",
    };
    for (size_t i = 0; i < COUNT(has); i++)
        ok(str_has(text, str_of(has[i])), "%s in %.*s", has[i], STR(text));
    // A count of what is withheld can be a person, and the name of a file can say who.
    ok(!str_has(text, S("\"withheld\"")) && !str_has(text, S("\"delayed\"")), "%.*s", STR(text));
    ok(!str_has(text, S("a.csv")) && !str_has(text, S("1970")), "%.*s", STR(text));
    ok_err(&sc, file_read(&sc, at(&sc, dir, "restricted/1/manifest.json"), 1 << 20, &text), OK);
    ok(str_has(text, S("\"median_m\":81.3,\"p95_m\":190,\"left_area\":0")), "%.*s", STR(text));
    ok(str_has(text, S("\"withheld\":3")) && str_has(text, S("\"police\":{\"incidents\":763")), "%.*s",
       STR(text));
    ok(str_has(text, S("\"files\":\"a.csv\",\"started\":\"1970-01-02T00:00:00Z\"")), "%.*s", STR(text));
    ok(str_has(text, arena_printf(sc.mem, "\"public_manifest_sha256\":\"%.*s\"", STR(sha))), "%.*s",
       STR(text));
    ok(str_has(text, S("\"name\":\"partner.index\"")) && str_has(text, S("\"name\":\"police.index\"")),
       "%.*s", STR(text));
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void exceptions_stand_in_the_manifest(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc);
    struct key_ring keys = test_keys(&sc, dir);
    struct policy   p =
        policy_of(&sc, S("exception delay \"The mayor's promise\" by \"O. H.\" until 2027-06-30\n"
                         "tier public\ndelay 1 day\n"));
    struct publish_totals t[TIERS] = { { .smallest_region = 2.26, .finest_dropped = 4 } };
    struct release_new    r;
    str                   sha, text;
    ok_err(&sc, release_begin(&sc, dir, 1, 1480000000, &r), OK);
    put(&sc, r.public_dir, "public.index", S("x"));
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &p, t, NULL, 0, &sha), OK);
    ok_err(&sc, file_read(&sc, at(&sc, dir, "releases/1/manifest.json"), 1 << 20, &text), OK);
    ok(str_has(
           text,
           S("\"exceptions\":[{\"floor\":\"delay\",\"says\":\"nothing is told before 7 days are over\","
             "\"line\":3,\"reason\":\"The mayor's promise\",\"by\":\"O. H.\",\"until\":\"2027-06-30\"}]")),
       "%.*s", STR(text));
    ok(str_has(text, S("\"unit\":\"hectares\",\"least\":2,\"smallest\":2.3,\"finest_areas_not_told\":4")),
       "%.*s", STR(text));
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void what_is_missing_is_not_committed(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc);
    struct key_ring       keys = test_keys(&sc, dir);
    struct policy         all = policy_of(&sc, policy_default()), one = policy_of(&sc, S("tier public"));
    struct publish_totals t[TIERS] = { 0 };
    struct release_new    r;
    int64_t               number;
    str                   sha;
    ok_err(&sc, release_begin(&sc, dir, 1, 0, &r), OK);
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &all, t, NULL, 0, &sha), ERR_NOTFOUND);
    put(&sc, r.public_dir, "public.index", S("x"));
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &all, t, NULL, 0, &sha), ERR_NOTFOUND);
    ok(strstr(sc.fault.text, "partner.index"), "%s", sc.fault.text);
    put(&sc, r.restricted_dir, "police.index", S("x"));
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &one, t, NULL, 0, &sha), ERR_INVALID);
    ok_err(&sc, release_current(&sc, dir, &number), ERR_NOTFOUND);
    // The next run clears it away, and a policy of one tier is enough.
    ok_err(&sc, release_begin(&sc, dir, 1, 0, &r), OK);
    ok(!is_there(&sc, r.restricted_dir, "police.index") && !is_there(&sc, r.public_dir, "public.index"),
       "cleared");
    put(&sc, r.public_dir, "public.index", S("x"));
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &one, t, NULL, 0, &sha), OK);
    ok_err(&sc, release_verify(&sc, dir, 1), OK);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A pipe that nobody writes into is not waited for, wherever it lies.
static void a_pipe_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = { "releases/1/public.index",   "releases/1/manifest.json",
                                         "releases/1/manifest.sig",   "releases/1/key.pub",
                                         "restricted/1/police.index", "restricted/1/manifest.sha256" };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc), *path = at(&sc, dir, files[i]);
        str          sha;
        ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
        ok(!unlink(path) && !mkfifo(path, 0600), "%s", path);
        ok_err(&sc, release_verify(&sc, dir, 1), ERR_IO);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// What the server does not hand out is nothing that all is well with.
static void a_link_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = { "manifest.json", "manifest.sig", "key.pub", "public.index",
                                         "public.sums" };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc),
                   *path = at(&sc, dir, arena_printf(sc.mem, "releases/1/%s", files[i]).p);
        const char *to = at(&sc, dir, "elsewhere");
        str         sha;
        ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
        ok(!rename(path, to) && !symlink(to, path), "%s", path);
        ok(release_verify(&sc, dir, 1), "%s is a link", files[i]);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static void damage_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *file, *bytes, *says; // bytes NULL: removed
    } rows[] = {
        { "releases/1/public.index", "rows of release 2", "public.index is not what was published" },
        { "releases/1/public.index", "rows", "has 4 bytes" },
        { "releases/1/public.index", NULL, "public.index is missing" },
        { "restricted/1/police.index", "Police rows", "police.index is not what was published" },
        { "restricted/1/partner.index", NULL, "partner.index is missing" },
        { "releases/1/manifest.json", "{\"release\":1,\"files\":[]}",
          "manifest.json is not what was published" },
        { "releases/1/manifest.json", "{\"release\":7}", "another release" },
        { "releases/1/manifest.json", "{", "manifest.json, line" },
        { "releases/1/manifest.json", NULL, "manifest.json is missing" },
        { "restricted/1/manifest.json", "{}", "is not what was published" },
        { "restricted/1/manifest.json", NULL, "manifest.json is missing" },
        { "restricted/1/manifest.sha256", "x", "manifest.json is not what was published" },
        { "restricted/1/manifest.sha256", NULL, "manifest.sha256 is missing" },
        { "releases/1/manifest.sha256", "x", "not part of the release" },
        { "releases/1/manifest.sig", "x", "manifest.sig is no signature" },
        { "releases/1/manifest.sig", NULL, "manifest.sig is missing" },
        { "releases/1/key.pub", "x", "key.pub is no list of keys" },
        { "releases/1/key.pub", NULL, "key.pub" },
        { "restricted/1/manifest.sig", "x", "manifest.sig is no signature" },
        { "restricted/1/manifest.sig", NULL, "manifest.sig is missing" },
        { "releases/1/extra", "x", "not part of the release" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc), *path = at(&sc, dir, rows[i].file);
        str          sha;
        ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
        struct stat st;
        bool        ours = strcmp(rows[i].says, "not part of the release") != 0;
        ok(!ours || (!stat(path, &st) && !(st.st_mode & 0222)), "%s is read-only", path);
        if (rows[i].bytes) put(&sc, dir, rows[i].file, str_of(rows[i].bytes));
        else ok(!unlink(path), "%s", path);
        ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
        ok(strstr(sc.fault.text, rows[i].says), "%s: %s", rows[i].file, sc.fault.text);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    int64_t      number;
    str          sha;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    put(&sc, dir, "releases/current", S("one\n"));
    ok_err(&sc, release_current(&sc, dir, &number), ERR_CORRUPT);
    struct release_new r;
    ok_err(&sc, release_begin(&sc, dir, 2, 0, &r), ERR_CORRUPT); // nothing is cleared by guessing
    ok(is_there(&sc, dir, "releases/1/public.index"), "still there");
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// What a reader may find at any instant: release 1 or 2, whole. Then the next run must go through.
static void check_after_kill(const char *dir, bool *second)
{
    struct scope sc = test_scope();
    int64_t      number;
    str          sha;
    ok_err(&sc, release_current(&sc, dir, &number), OK);
    ok(number == 1 || number == 2, "release %lld", (long long)number);
    ok_err(&sc, release_verify(&sc, dir, number), OK);
    *second = number == 2;
    ok_err(&sc, publish_one(&sc, dir, number + 1, &sha), OK);
    ok_err(&sc, release_current(&sc, dir, &number), OK);
    ok_err(&sc, release_verify(&sc, dir, number), OK);
    ok(!is_there(&sc, dir, arena_printf(sc.mem, "releases/%lld.tmp", (long long)number).p), "no leftovers");
    test_scope_end(&sc);
}

static void publish_two(struct scope *sc, const char *dir)
{
    str sha;
    ok_err(sc, publish_one(sc, dir, 2, &sha), OK);
}

/// Does it in a child that is killed after n stops at system calls (two to a call). False: it was done before that. -1: the
/// machine does not let us trace.
static int killed_after(const char *dir, int n, void (*act)(struct scope *sc, const char *dir))
{
    int   status;
    pid_t child = fork();
    if (!child) {
        struct scope own = test_scope();
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) _exit(77);
        raise(SIGSTOP);
        act(&own, dir);
        _exit(0);
    }
    ok(waitpid(child, &status, 0) == child, "child");
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 77 ? -1 : 0;
    for (int i = 0; i < n; i++) {
        ok(!ptrace(PTRACE_SYSCALL, child, NULL, NULL), "step %d", i);
        ok(waitpid(child, &status, 0) == child, "step %d", i);
        if (!WIFEXITED(status)) continue;
        ok_i64(WEXITSTATUS(status), 0);
        return 0;
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return 1;
}

static void killed_at_any_instant(void **state)
{
    (void)state;
    size_t before = 0, after = 0;
    for (int n = 1, killed = 1; killed; n += 7) { // odd: before and behind calls in turn
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc);
        str          sha;
        bool         second;
        ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
        killed = killed_after(dir, n, publish_two);
        if (killed < 0) {
            test_dir_end(&sc, dir);
            test_scope_end(&sc);
            test_skip("ptrace is not allowed here");
        }
        check_after_kill(dir, &second);
        *(second ? &after : &before) += 1;
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
    ok(before > 20 && after > 0, "both sides of the last rename were seen: %zu before, %zu after", before,
       after);
}

// -- apart from the town ------------------------------------------------------------------------------------------------

static void a_reader_verifies_it(void **state)
{
    (void)state;
    static const struct {
        const char *file, *bytes, *says; // bytes NULL: removed; says NULL: it passes
    } rows[] = {
        { "manifest.json", NULL, "cannot open" },
        { "manifest.json", "{\"release\":1}", "does not fit" },
        { "manifest.sig", NULL, "manifest.sig is missing" },
        { "manifest.sig", "00\n", "no signature" },
        { "public.index", "rows of release 2", "is not what was published" },
        { "public.index", "rows", "has 4 bytes" },
        { "public.index", NULL, NULL },
        { "public.sums", NULL, NULL },
        { "key.pub", "", "no list of keys" },
        { "key.pub", NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope    sc = test_scope();
        const char     *dir = test_dir(&sc), *release = at(&sc, dir, "releases/1");
        struct key_ring keys = test_keys(&sc, dir);
        struct apart    a = { 0 };
        str             sha;
        ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
        ok_err(&sc, apart_verify(&sc, release, S(""), NULL, &a), OK);
        ok_err(&sc, apart_verify(&sc, release, S(""), &keys.list, &a), OK);
        ok(a.number == 1 && a.n == 3 && str_eq(a.sha256, sha), "release %lld, %zu files", (long long)a.number,
           a.n);
        ok_i64(a.created_s, 1480000000);
        if (rows[i].bytes) put(&sc, release, rows[i].file, str_of(rows[i].bytes));
        else ok(!unlink(at(&sc, release, rows[i].file)), "%s", rows[i].file);
        enum err e = apart_verify(&sc, release, S(""), &keys.list, &a);
        ok(!e == !rows[i].says && (!e || strstr(sc.fault.text, rows[i].says)), "%zu: %s", i, sc.fault.text);
        for (size_t k = 0; k < a.n && !e; k++)
            ok(a.file[k].there == (strcmp(rows[i].file, arena_cstr(sc.mem, a.file[k].name)) != 0), "file %zu",
               k);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static void copy_to(struct scope *sc, const char *dir, const char *from, const char *to)
{
    str text;
    ok_err(sc, file_read(sc, at(sc, dir, from), 1 << 20, &text), OK);
    put(sc, dir, to, text);
}

/// Whoever makes a release of their own and signs it, or takes another signature of the town's, is found out.
static void nobody_else_signs(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *other = test_dir(&sc), *mine = at(&sc, dir, "releases/1");
    struct key_ring keys = test_keys(&sc, dir), next;
    struct apart    a;
    str             sha;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    ok_err(&sc, publish_one(&sc, other, 1, &sha), OK);
    ok_err(&sc, apart_verify(&sc, at(&sc, other, "releases/1"), S(""), NULL, &a), OK);
    ok_err(&sc, apart_verify(&sc, at(&sc, other, "releases/1"), S(""), &keys.list, &a), ERR_CORRUPT);
    ok(strstr(sc.fault.text, "another key"), "%s", sc.fault.text);
    ok_err(&sc, release_origin(&sc, dir, 1, &keys.list), OK);
    ok_err(&sc, release_origin(&sc, other, 1, &keys.list), ERR_CORRUPT);
    // The signature of the restricted manifest is none of the public one, and the other way round.
    copy_to(&sc, dir, "restricted/1/manifest.json", "releases/1/manifest.json");
    copy_to(&sc, dir, "restricted/1/manifest.sig", "releases/1/manifest.sig");
    ok_err(&sc, apart_verify(&sc, mine, S(""), NULL, &a), ERR_CORRUPT);
    // Under the key that took its place a release goes on being the town's, by who trusted the first.
    ok_err(&sc, keys_rotate(&sc, dir, NULL, 1400000000, &next), OK);
    ok_err(&sc, publish_one(&sc, dir, 2, &sha), OK);
    ok_err(&sc, apart_verify(&sc, at(&sc, dir, "releases/2"), S(""), &keys.list, &a), OK);
    ok_err(&sc, release_origin(&sc, dir, 2, &next.list), OK);
    // The old one, stolen, signs nothing that is dated later.
    struct policy         p = policy_of(&sc, S("tier public"));
    struct publish_totals t[TIERS] = { 0 };
    struct release_new    r;
    ok_err(&sc, release_begin(&sc, dir, 3, 1480000000, &r), OK);
    put(&sc, r.public_dir, "public.index", S("x"));
    ok_err(&sc, release_commit(&sc, dir, &r, &keys, &p, t, NULL, 0, &sha), OK);
    ok_err(&sc, apart_verify(&sc, at(&sc, dir, "releases/3"), S(""), &next.list, &a), ERR_CORRUPT);
    ok(strstr(sc.fault.text, "replaced by then"), "%s", sc.fault.text);
    ok_err(&sc, release_origin(&sc, dir, 3, &next.list), ERR_CORRUPT);
    // That there is another is known when what it signed is withdrawn, too.
    struct key_list known;
    for (int64_t i = 3; i >= 2; i--) ok_err(&sc, release_withdraw(&sc, dir, i, 0, S("why"), 1), OK);
    ok(!unlink(at(&sc, dir, "releases/3/key.pub")), "that of the old one");
    ok_err(&sc, release_keys(&sc, dir, &known), OK);
    ok(!keys_go_on_from(&keys.list, &known) && keys_go_on_from(&next.list, &known), "%zu keys", known.n);
    test_dir_end(&sc, dir);
    test_dir_end(&sc, other);
    test_scope_end(&sc);
}

/// As an older program made it: format 1, and nothing signed. Taking the signatures away from a later one is not that.
/// What is handed out is of the release that was asked for, and proved by the very keys that its manifest lists.
static void papers_are_of_their_release(void **state)
{
    (void)state;
    static const char *const papers[] = { "manifest.json", "manifest.sig", "key.pub" };
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc);
    struct release_papers    p;
    str                      sha, own[COUNT(papers)], newer;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    ok_err(&sc, publish_one(&sc, dir, 2, &sha), OK);
    ok_err(&sc, release_papers(&sc, dir, 1, &p), OK);
    for (size_t i = 0; i < COUNT(papers); i++) {
        const char *from = arena_printf(sc.mem, "releases/2/%s", papers[i]).p,
                   *to = arena_printf(sc.mem, "releases/1/%s", papers[i]).p;
        ok_err(&sc, file_read(&sc, at(&sc, dir, to), 1 << 16, &own[i]), OK);
        ok_err(&sc, file_read(&sc, at(&sc, dir, from), 1 << 16, &newer), OK);
        put(&sc, dir, to, newer);
    }
    ok_err(&sc, release_papers(&sc, dir, 1, &p), ERR_CORRUPT);
    ok(strstr(sc.fault.text, "of another release"), "%s", sc.fault.text);
    for (size_t i = 0; i < COUNT(papers); i++)
        put(&sc, dir, arena_printf(sc.mem, "releases/1/%s", papers[i]).p, own[i]);
    // The same key since another day, which nothing else proves.
    char *dated = arena_cstr(sc.mem, own[2]), *day = strrchr(dated, 'T') - 1;
    *day = *day == '1' ? '2' : '1';
    put(&sc, dir, "releases/1/key.pub", str_of(dated));
    ok_err(&sc, release_papers(&sc, dir, 1, &p), ERR_CORRUPT);
    ok(strstr(sc.fault.text, "the manifest lists another"), "%s", sc.fault.text);
    put(&sc, dir, "releases/1/key.pub", own[2]);
    ok_err(&sc, release_papers(&sc, dir, 1, &p), OK);
    // One that says that it is older than signatures does not lie beside one.
    put(&sc, dir, "releases/1/manifest.json", S("{\"format\":1,\"release\":1,\"files\":[]}"));
    ok_err(&sc, release_papers(&sc, dir, 1, &p), ERR_CORRUPT);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// In place of those of release 1, and sealed.
static void put_manifests(struct scope *sc, const char *dir, str manifest)
{
    str sha;
    put(sc, dir, "releases/1/manifest.json", manifest);
    ok_err(sc, hash_sha256(sc, manifest, &sha), OK);
    str restricted = arena_printf(sc->mem, "{\"public_manifest_sha256\":\"%.*s\",\"files\":[]}", STR(sha));
    put(sc, dir, "restricted/1/manifest.json", restricted);
    ok_err(sc, hash_sha256(sc, restricted, &sha), OK);
    put(sc, dir, "restricted/1/manifest.sha256", arena_printf(sc->mem, "%.*s  manifest.json\n", STR(sha)));
}

static void older_ones_are_not_signed(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          sha, manifest;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    static const char *const proofs[] = { "releases/1/manifest.sig", "restricted/1/manifest.sig",
                                          "releases/1/key.pub", "releases/1/public.sums" };
    for (size_t i = 0; i < COUNT(proofs); i++) ok(!unlink(at(&sc, dir, proofs[i])), "%s", proofs[i]);
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
    manifest = S("{\"format\":1,\"release\":1,\"files\":[{\"name\":\"public.index\",\"bytes\":17,\"sha256\":"
                 "\"a44caeed4b5fe886a9933d04e873e4a151c6df9447f8c992a3d04978e16f23c5\"}]}");
    for (int format = 1; format <= 2; format++) {
        char *text = arena_cstr(sc.mem, manifest);
        text[10] = (char)('0' + format);
        put_manifests(&sc, dir, str_of(text));
        ok(!system(arena_printf(sc.mem, "rm -f %s/restricted/1/p*", dir).p), "no restricted tiers");
        ok_err(&sc, release_verify(&sc, dir, 1), format == 1 ? OK : ERR_CORRUPT);
    }
    // A file of another folder is none of the release, whatever its bytes.
    put(&sc, dir, "index", S("rows of release 1"));
    ok(!unlink(at(&sc, dir, "releases/1/public.index")), "the index");
    put_manifests(
        &sc, dir,
        S("{\"format\":1,\"release\":1,\"files\":[{\"name\":\"../../index\",\"bytes\":17,\"sha256\":"
          "\"a44caeed4b5fe886a9933d04e873e4a151c6df9447f8c992a3d04978e16f23c5\"}]}"));
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

// -- what becomes of it ------------------------------------------------------------------------------------------------

static int fate_of(struct scope *sc, const char *dir, int64_t number)
{
    struct release_fate f;
    ok_err(sc, release_fate(sc, dir, number, &f), OK);
    return (int)f.is;
}

static const char *const of_one[] = { "releases/1/public.index", "releases/1/manifest.json",
                                      "restricted/1/police.index", "restricted/1/partner.index",
                                      "restricted/1/manifest.json" };

static void withdrawn_is_gone_and_says_why(void **state)
{
    (void)state;
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc);
    struct release_fate f;
    struct release_new  r;
    int64_t             number;
    str                 sha, why = S("Zveřejněno omylem: a place was too exact.");
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, why, 1480000000), ERR_NOTFOUND);
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    ok_i64(fate_of(&sc, dir, 1), RELEASE_WHOLE);
    ok_i64(fate_of(&sc, dir, 2), RELEASE_ABSENT);
    ok_err(&sc, release_withdraw(&sc, dir, 2, 0, why, 1480000000), ERR_NOTFOUND);
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, S(""), 1480000000), ERR_INVALID);
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, S("two\nlines"), 1480000000), ERR_INVALID);
    ok_err(&sc, release_withdraw(&sc, dir, 1, 1, why, 1480000000), ERR_INVALID);
    ok_i64(fate_of(&sc, dir, 1), RELEASE_WHOLE);
    for (int times = 0; times < 3; times++) { // once more changes nothing, but for a better reason
        str given = times == 1 ? S("") : times == 2 ? S("Another reason") : why;
        ok_err(&sc, release_withdraw(&sc, dir, 1, 0, given, 1480000000 + times * 86400), OK);
        ok_err(&sc, release_fate(&sc, dir, 1, &f), OK);
        ok_i64(f.is, RELEASE_WITHDRAWN);
        ok_i64(f.since_s, 1480000000);
        ok_str(f.reason, times == 2 ? given : why);
        for (size_t i = 0; i < COUNT(of_one); i++)
            ok(!is_there(&sc, dir, of_one[i]), "%s is gone", of_one[i]);
    }
    ok_err(&sc, release_verify(&sc, dir, 1), OK);
    ok_err(&sc, release_begin(&sc, dir, 1, 0, &r), ERR_EXISTS);
    ok_err(&sc, release_current(&sc, dir, &number), OK); // still names it: nothing is current in its place
    ok_i64(number, 1);
    put(&sc, dir, "releases/1/public.index", S("from a backup"));
    ok_i64(fate_of(&sc, dir, 1), RELEASE_WITHDRAWN);
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, S(""), 0), OK);
    ok(!is_there(&sc, dir, "releases/1/public.index"), "gone again");
    put(&sc, dir, "restricted/1/police.index", S("from a backup"));
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, S(""), 0), OK);
    ok_err(&sc, release_verify(&sc, dir, 1), OK);
    ok(!rmdir(at(&sc, dir, "restricted/1")), "empty");
    put(&sc, dir, "restricted/1", S("in the folder's place: what cannot be looked into may hold anything"));
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_IO);
    ok(!unlink(at(&sc, dir, "restricted/1")), "gone");
    ok_err(&sc, publish_one(&sc, dir, 2, &sha), OK);
    ok_err(&sc, release_verify(&sc, dir, 2), OK);
    // A record that cannot be read takes nothing back, nor does a folder that somebody has removed by hand.
    static const char *const records[] = { "", "\xFF", "yesterday\n\n" };
    for (size_t i = 0; i < COUNT(records); i++) {
        put(&sc, dir, "releases/2/withdrawn.txt", str_of(records[i]));
        ok_i64(fate_of(&sc, dir, 2), RELEASE_WITHDRAWN);
    }
    put(&sc, dir, "secret", S("2016-11-24T15:06:40Z\nsecret\n"));
    ok(!unlink(at(&sc, dir, "releases/2/withdrawn.txt")) &&
           !symlink("../../secret", at(&sc, dir, "releases/2/withdrawn.txt")),
       "a link");
    ok_err(&sc, release_fate(&sc, dir, 2, &f), OK);
    ok(f.is == RELEASE_WITHDRAWN && !f.reason.n, "a link says no more than that");
    ok(!unlink(at(&sc, dir, "releases/1/withdrawn.txt")) && !unlink(at(&sc, dir, "releases/1/key.pub")) &&
           !rmdir(at(&sc, dir, "releases/1")),
       "by hand");
    ok_err(&sc, release_withdraw(&sc, dir, 1, 0, why, 1480000000), OK);
    ok_i64(fate_of(&sc, dir, 1), RELEASE_WITHDRAWN);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// No room on the disk, or none for so long as it takes: nothing of it is served, and it is said what is not done.
static void withdrawn_on_a_full_disk(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    const char   *dir = test_dir(&sc);
    struct rlimit was, none;
    str           sha, why = S("Zveřejněno omylem");
    for (int64_t i = 1; i <= 2; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    ok(!getrlimit(RLIMIT_FSIZE, &was), "limit");
    none = (struct rlimit){ 0, was.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    for (int64_t i = 1; i <= 2; i++) {
        ok(!setrlimit(RLIMIT_FSIZE, &none), "no byte can be written");
        enum err e = release_withdraw(&sc, dir, i, 0, why, 1480000000);
        ok(!setrlimit(RLIMIT_FSIZE, &was), "and again");
        ok(e == ERR_FULL && strstr(sc.fault.text, "is served any more") && strstr(sc.fault.text, "again"),
           "%s", sc.fault.text);
        ok_i64(fate_of(&sc, dir, i), RELEASE_RETIRED);
    }
    ok_err(&sc, release_verify(&sc, dir, 2), ERR_CORRUPT); // the newest one is missed
    for (int64_t i = 1; i <= 2; i++) {
        ok_err(&sc, release_withdraw(&sc, dir, i, 0, why, 1480000000), OK);
        ok_i64(fate_of(&sc, dir, i), RELEASE_WITHDRAWN);
        ok_err(&sc, release_verify(&sc, dir, i), OK);
    }
    ok_err(&sc, publish_one(&sc, dir, 3, &sha), OK);
    ok(!mkdir(at(&sc, dir, "releases/3/withdrawn.txt.tmp"), 0700),
       "what the record cannot be written through");
    ok_err(&sc, release_withdraw(&sc, dir, 3, 0, why, 1480000000), ERR_IO);
    ok(strstr(sc.fault.text, "STILL SERVED") && strstr(sc.fault.text, "releases/3/public.index"), "%s",
       sc.fault.text);
    ok_i64(fate_of(&sc, dir, 3), RELEASE_WHOLE);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A program that has no file left to open hears of no withdrawal.
static void no_file_left_is_no_withdrawal(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    const char   *dir = test_dir(&sc);
    struct rlimit was, none;
    str           sha;
    ok_err(&sc, publish_one(&sc, dir, 1, &sha), OK);
    ok(!getrlimit(RLIMIT_NOFILE, &was), "a limit");
    none = (struct rlimit){ 0, was.rlim_max };
    ok(!setrlimit(RLIMIT_NOFILE, &none), "no file more");
    int is = fate_of(&sc, dir, 1);
    ok(!setrlimit(RLIMIT_NOFILE, &was), "as before");
    ok_i64(is, RELEASE_WHOLE);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void back_to_an_older_one(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    const char        *dir = test_dir(&sc);
    int64_t            number;
    struct release_new r;
    str                sha;
    for (int64_t i = 1; i <= 4; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    ok_err(&sc, release_withdraw(&sc, dir, 2, 1, S("why"), 1), ERR_INVALID); // it is not current
    ok_err(&sc, release_withdraw(&sc, dir, 4, 7, S("why"), 1), ERR_INVALID);
    ok_err(&sc, release_withdraw(&sc, dir, 2, 0, S("why"), 1), OK);
    ok_err(&sc, release_withdraw(&sc, dir, 4, 2, S("why"), 1), ERR_NOTFOUND);
    ok_i64(fate_of(&sc, dir, 4), RELEASE_WHOLE);
    ok_err(&sc, release_withdraw(&sc, dir, 4, 3, S("why"), 1), OK);
    ok_err(&sc, release_current(&sc, dir, &number), OK);
    ok_i64(number, 3);
    ok_err(&sc, release_begin(&sc, dir, 4, 0, &r), ERR_EXISTS);  // its number is not given again
    ok_err(&sc, release_withdraw(&sc, dir, 4, 3, S(""), 1), OK); // once more
    put(&sc, dir, "releases/1/public.index", S("damaged"));
    ok_err(&sc, release_withdraw(&sc, dir, 3, 1, S("why"), 1), ERR_CORRUPT);
    ok_i64(fate_of(&sc, dir, 3), RELEASE_WITHDRAWN);
    ok_err(&sc, release_current(&sc, dir, &number), OK);
    ok_i64(number, 3); // so nothing is served
    ok_err(&sc, publish_one(&sc, dir, 5, &sha), OK);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void older_files_are_not_kept(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          sha;
    for (int64_t i = 1; i <= 5; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    ok_err(&sc, release_withdraw(&sc, dir, 4, 0, S("why"), 1), OK);
    ok_err(&sc, release_retire(&sc, dir, 3), OK);
    static const int three[] = { RELEASE_RETIRED, RELEASE_WHOLE, RELEASE_WHOLE, RELEASE_WITHDRAWN,
                                 RELEASE_WHOLE };
    static const int one[] = { RELEASE_RETIRED, RELEASE_RETIRED, RELEASE_RETIRED, RELEASE_WITHDRAWN,
                               RELEASE_WHOLE };
    for (int64_t i = 1; i <= 5; i++) ok_i64(fate_of(&sc, dir, i), three[i - 1]);
    put(&sc, dir, "restricted/1/police.index", S("left behind by a kill"));
    ok_err(&sc, release_retire(&sc, dir, 1), OK);
    for (int64_t i = 1; i <= 5; i++) {
        ok_i64(fate_of(&sc, dir, i), one[i - 1]);
        ok_err(&sc, release_verify(&sc, dir, i), OK);
    }
    for (size_t i = 0; i < COUNT(of_one); i++)
        ok(is_there(&sc, dir, of_one[i]) == !!strstr(of_one[i], "manifest"), "%s", of_one[i]);
    ok(is_there(&sc, dir, "releases/1/key.pub") && is_there(&sc, dir, "releases/1/manifest.sig") &&
           is_there(&sc, dir, "restricted/1/manifest.sig"),
       "and what proves them");
    put(&sc, dir, "releases/1/manifest.json", S("{\"release\":1}"));
    ok_err(&sc, release_verify(&sc, dir, 1), ERR_CORRUPT);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A release that is not current yet is neither kept in place of the one that is served, nor removed.
static void newer_files_are_left_alone(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          sha;
    for (int64_t i = 1; i <= 3; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    put(&sc, dir, "releases/current", S("2\n"));
    ok_err(&sc, release_retire(&sc, dir, 1), OK);
    ok_i64(fate_of(&sc, dir, 1), RELEASE_RETIRED);
    ok_i64(fate_of(&sc, dir, 2), RELEASE_WHOLE);
    ok_i64(fate_of(&sc, dir, 3), RELEASE_WHOLE);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void ok_newest(struct scope *sc, const char *dir, int64_t want)
{
    int64_t got;
    ok_err(sc, release_newest(sc, dir, &got), OK);
    ok_i64(got, want);
}

/// The highest number that somebody may have seen, whichever release is served.
static void the_newest_is_what_was_seen(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          sha;
    ok_newest(&sc, dir, 0);
    for (int64_t i = 1; i <= 4; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
    ok_newest(&sc, dir, 4);
    put(&sc, dir, "releases/current", S("2\n"));
    ok_newest(&sc, dir, 2); // 3 and 4 are of publications that were interrupted
    ok_err(&sc, release_withdraw(&sc, dir, 3, 0, S("why"), 1), OK);
    ok_newest(&sc, dir, 3);
    put(&sc, dir, "releases/current", S("two\n"));
    ok_newest(&sc, dir, 4); // which of them is current is not known
    ok_err(&sc, dir_make(&sc, at(&sc, dir, "releases/999999999")), OK);
    ok_err(&sc, dir_make(&sc, at(&sc, dir, "releases/1000000000")), OK);
    ok_newest(&sc, dir, 4);
    put(&sc, dir, "releases/999999999/withdrawn.txt", S("2026-11-28T20:41:40Z\nwhy\n"));
    put(&sc, dir, "releases/1000000000/withdrawn.txt", S("2026-11-28T20:41:40Z\nwhy\n"));
    ok_newest(&sc, dir, RELEASE_MAX_NUMBER); // and a longer number is none
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void withdraw_two(struct scope *sc, const char *dir)
{
    ok_err(sc, release_withdraw(sc, dir, 2, 1, S("why"), 1480000000), OK);
}

/// Killed at any instant it is withdrawn or whole, and once more does it.
static void withdrawing_killed_at_any_instant(void **state)
{
    (void)state;
    size_t before = 0, after = 0;
    for (int n = 1, killed = 1; killed; n += 7) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc);
        int64_t      number;
        str          sha;
        for (int64_t i = 1; i <= 2; i++) ok_err(&sc, publish_one(&sc, dir, i, &sha), OK);
        killed = killed_after(dir, n, withdraw_two);
        if (killed < 0) test_skip("ptrace is not allowed here");
        bool whole = fate_of(&sc, dir, 2) == RELEASE_WHOLE;
        if (!whole) ok_i64(fate_of(&sc, dir, 2), RELEASE_WITHDRAWN);
        *(whole ? &before : &after) += 1;
        withdraw_two(&sc, dir);
        ok_err(&sc, release_verify(&sc, dir, 2), OK);
        ok_err(&sc, release_current(&sc, dir, &number), OK);
        ok_i64(number, 1);
        ok_err(&sc, publish_one(&sc, dir, 3, &sha), OK);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
    ok(before > 2 && after > 2, "both sides were seen: %zu before, %zu after", before, after);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_release_is_whole_and_numbered),
    cmocka_unit_test(the_manifest_says_what_it_may),
    cmocka_unit_test(exceptions_stand_in_the_manifest),
    cmocka_unit_test(what_is_missing_is_not_committed),
    cmocka_unit_test(damage_is_found),
    cmocka_unit_test(a_pipe_is_refused),
    cmocka_unit_test(a_link_is_refused),
    cmocka_unit_test(killed_at_any_instant),
    cmocka_unit_test(a_reader_verifies_it),
    cmocka_unit_test(nobody_else_signs),
    cmocka_unit_test(papers_are_of_their_release),
    cmocka_unit_test(older_ones_are_not_signed),
    cmocka_unit_test(withdrawn_is_gone_and_says_why),
    cmocka_unit_test(withdrawn_on_a_full_disk),
    cmocka_unit_test(no_file_left_is_no_withdrawal),
    cmocka_unit_test(back_to_an_older_one),
    cmocka_unit_test(older_files_are_not_kept),
    cmocka_unit_test(newer_files_are_left_alone),
    cmocka_unit_test(the_newest_is_what_was_seen),
    cmocka_unit_test(withdrawing_killed_at_any_instant),
};
TEST_MAIN(tests)
