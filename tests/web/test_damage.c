// SPDX-License-Identifier: EUPL-1.2
// The file of a release is written to while it is served: nobody is told what stands in it then, not even the first who asks,
// and nobody is told it later.
#include "base/watch.h"
#include "town.h"
#include "web/call.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

// Times as most systems have them, those of the clock's last tick; newer ones tell each write from the one before. The kernel's is
// at most 10 ms; this one is longer, so that a test does something within it.
enum { TICK_MS = 40 };
static atomic_bool ticking;

static int tick_stat(int fd, const char *path, struct stat *st, int how)
{
    int r = (int)syscall(SYS_newfstatat, fd, path, st, how);
    if (r || !atomic_load(&ticking)) return r;
    st->st_ctim.tv_nsec -= st->st_ctim.tv_nsec % (TICK_MS * 1000000);
    st->st_mtim.tv_nsec -= st->st_mtim.tv_nsec % (TICK_MS * 1000000);
    return r;
}

int fstat(int fd, struct stat *st) // in place of the C library's
{
    return tick_stat(fd, "", st, AT_EMPTY_PATH);
}

int lstat(const char *path, struct stat *st)
{
    return tick_stat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

static int64_t tick_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / (TICK_MS * 1000000); // 25 in a second
}

static const char *const targets[] = { "/v1/counts?by=month",     "/tiles/1/incidents/0/0/0.mvt",
                                       "/v1/facets?cat=burglary", "/?lang=cs",
                                       "/v1/incidents.csv",       "/v1/incidents.geojson",
                                       "/data/1/public.index",    "/data/1/public.sums" };
enum { KEPT = 4, INDEX = 6 }; // the first ones are kept

/// Answers are kept, and looks come every watch_ms, or never (-1).
/// own: the town's keys; NULL: nobody asks whose the releases are.
static void serve_with_keys(struct town *t, const struct key_list *own, int watch_ms)
{
    struct web_config  wc = { .data_dir = t->fx.dir, .keys = own, .watch_ms = watch_ms };
    struct http_config hc = {
        .listen = "127.0.0.1:0", .threads = 2, .keep_for = web_keep_for, .keep_bytes = 4 << 20
    };
    ok(watch_start(), "files that are written to are watched for");
    ok_err(&t->sc, web_open(&t->sc, &wc, &t->web), OK);
    ok_err(&t->sc, http_start(&t->sc, &hc, web_handle, t->web, &t->server), OK);
    web_measures(t->web, t->server);
    t->port = http_port(t->server);
}

static void serve(struct town *t, int watch_ms)
{
    serve_with_keys(t, NULL, watch_ms);
}

static void end(struct town *t)
{
    web_measures(t->web, NULL);
    town_close(t);
}

static const char *index_path(struct town *t, int number)
{
    const char *path = arena_printf(t->sc.mem, "%s/releases/%d/public.index", t->fx.dir, number).p;
    ok(!chmod(path, 0600), "%s", path);
    return path;
}

/// Turns over a bit in place, and turns the time of writing back when asked to.
static void flip(const char *path, size_t at, bool time_back)
{
    struct stat   st;
    unsigned char byte;
    int           fd = open(path, O_RDWR | O_CLOEXEC);
    ok(!fstat(fd, &st) && pread(fd, &byte, 1, (off_t)at) == 1, "read");
    byte ^= (unsigned char)(1u << at % 8);
    ok(pwrite(fd, &byte, 1, (off_t)at) == 1, "written");
    if (time_back) ok(!futimens(fd, (struct timespec[]){ st.st_atim, st.st_mtim }), "time");
    ok(!close(fd), "closed");
}

/// As cp does it: the file is emptied, and filled from the front.
static void write_over(const char *path, str bytes)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    ok(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && !close(fd), "%s", path);
}

/// Asks until the answer holds the text; a deadline, not a measurement, and shorter than damage is believed to last.
static bool comes(struct town *t, const char *target, const char *wanted)
{
    for (int i = 0; i < 1000; i++) {
        struct arena_mark mark = arena_mark(t->sc.mem);
        struct answer     a = client_get(&t->sc, t->port, target);
        bool              there = str_has(a.head, str_of(wanted)) || str_has(a.body, str_of(wanted));
        arena_back(t->sc.mem, mark);
        if (there) return true;
        usleep(10000);
    }
    return false;
}

/// What was proved, or nothing. Returns whether it was nothing.
static bool right_or_none(struct town *t, size_t i, str right, const char *when)
{
    struct arena_mark mark = arena_mark(t->sc.mem);
    struct answer     a = client_get(&t->sc, t->port, targets[i]);
    ok(a.status == 503 || a.status == 500 || a.status == 404 || (a.status == 200 && str_eq(a.body, right)),
       "%s, %s: %d", targets[i], when, a.status);
    arena_back(t->sc.mem, mark);
    return a.status != 200;
}

static void ask_all(struct town *t, str right[COUNT(targets)])
{
    for (size_t i = 0; i < COUNT(targets); i++) right[i] = get(t, targets[i]);
}

/// From the first answer behind it on, without a look of the watch, with sums and without, asked before or not.
static void a_changed_bit_is_told_to_nobody(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int sums = 0; sums < 2; sums++) {
        struct town t;
        str         right[COUNT(targets)];
        struct stat st;
        town_make(&t);
        fixture_publish(&t.sc, &t.fx, 1);
        if (!sums)
            ok(!unlink(arena_printf(t.sc.mem, "%s/releases/1/public.sums", t.fx.dir).p), "without sums");
        serve(&t, -1);
        const char *path = index_path(&t, 1);
        ok(!stat(path, &st), "stat");
        for (size_t i = 0; i < COUNT(targets) - !sums; i++) right[i] = get(&t, targets[i]);
        for (int round = 0; round < 30; round++) {
            size_t at = (size_t)(test_random(&seed) % (uint64_t)st.st_size), first = (size_t)round % 7;
            if (round == 1)
                usleep(2 * GLANCE_MS * 1000); // what was kept in the first round is asked for no more
            flip(path, at, round % 2);
            const char *when = arena_printf(t.sc.mem, "byte %zu", at).p;
            if (round) ok(first < KEPT || right_or_none(&t, first, right[first], when), "%s: refused", when);
            for (size_t i = 0; i < COUNT(targets) - !sums; i++) {
                bool none = right_or_none(&t, i, right[i], when);
                ok(none || i < KEPT, "%s, %s: refused", targets[i], when);
            }
            usleep(2 * GLANCE_MS * 1000);
            for (size_t i = 0; i < KEPT; i++)
                ok(right_or_none(&t, i, right[i], when), "%s: not from what was kept either", targets[i]);
            ok(editions_in_trouble(t.web->editions), "and it is known");
            flip(path, at, false);
            ok_err(&t.sc, editions_look(&t.sc, t.web->editions), OK);
            for (size_t i = 0; i < COUNT(targets) - !sums; i++)
                ok(!right_or_none(&t, i, right[i], "put right"), "%s is there again", targets[i]);
        }
        end(&t);
    }
}

static str index_bytes(struct town *t, str tier, size_t rows)
{
    struct fixture fx = t->fx;
    str            bytes;
    fx.dir = test_dir(&t->sc);
    fx.info.tier = tier;
    fx.n = rows;
    fixture_publish(&t->sc, &fx, 1);
    const char *path = arena_printf(t->sc.mem, "%s/releases/1/public.index", fx.dir).p;
    ok_err(&t->sc, file_read(&t->sc, path, 64 << 20, &bytes), OK);
    test_dir_end(&t->sc, fx.dir);
    return bytes;
}

/// The index of another release, or of other readers, right in itself, is written over the one that is open.
static void another_file_written_over_it(void **state)
{
    (void)state;
    struct town t;
    str         right[COUNT(targets)];
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    str police = index_bytes(&t, S("police"), t.fx.n), half = index_bytes(&t, S("public"), t.fx.n / 2);
    serve(&t, 10);
    ask_all(&t, right);
    str   own = right[INDEX];
    char *front = arena_cstr(t.sc.mem, own);
    memcpy(front, police.p, own.n / 2);
    const str bytes[] = { police, half, { front, own.n }, str_slice(own, 0, own.n / 2), S("") };
    for (size_t k = 0; k < COUNT(bytes); k++) {
        write_over(index_path(&t, 1), bytes[k]);
        for (int again = 0; again < 3; again++)
            for (size_t i = 0; i < COUNT(targets); i++) (void)right_or_none(&t, i, right[i], "written over");
        ok(comes(&t, "/healthz", "cannot be read"), "operators are told");
        ok_i64(client_get(&t.sc, t.port, "/v1/incidents.csv").status, 503);
        write_over(index_path(&t, 1), own);
        ok(comes(&t, "/healthz", "ok release 1\n"), "and it comes back as soon as it is right");
        for (size_t i = 0; i < COUNT(targets); i++)
            ok(!right_or_none(&t, i, right[i], "right again"), "%s is there again", targets[i]);
    }
    end(&t);
}

/// Found while it is served, as at the start: the newest sound one before it stands in, until it is put right.
static void a_sound_one_stands_in(void **state)
{
    (void)state;
    struct town t;
    struct stat st;
    town_make(&t);
    for (int64_t i = 1; i <= 3; i++) fixture_publish(&t.sc, &t.fx, i);
    flip(index_path(&t, 2), 5000, false);
    serve(&t, 10);
    ok(comes(&t, "/healthz", "ok release 3\n"), "the newest");
    const char *path = index_path(&t, 3);
    ok(!stat(path, &st), "stat");
    flip(path, (size_t)st.st_size - 1, false);
    ok(comes(&t, "/healthz", "ok release 1\nthe newest release cannot be read"), "release 1 stands in");
    ok(str_has(get(&t, "/v1/counts?by=total"), S("\"release\":1")), "figures");
    ok_i64(client_get(&t.sc, t.port, "/data/3/public.index").status, 404);
    flip(path, (size_t)st.st_size - 1, false);
    ok(comes(&t, "/healthz", "ok release 3\n"), "put right");
    end(&t);
}

/// A tag that was given before the file was written to names no answer of later. A start changes none.
static void tags_are_of_the_file(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    serve(&t, -1);
    struct answer a = client_get(&t.sc, t.port, "/v1/facets");
    str           tag = answer_header(&a, "ETag");
    const char   *ask = arena_printf(t.sc.mem, "If-None-Match: %.*s\r\n", STR(tag)).p;
    ok_i64(client_ask(&t.sc, t.port, "GET", "/v1/facets", ask).status, 304);
    http_stop(t.server, 5000);
    web_close(t.web);
    serve(&t, -1);
    ok_i64(client_ask(&t.sc, t.port, "GET", "/v1/facets", ask).status, 304); // a start alone changes nothing
    flip(index_path(&t, 1), 5000, false);
    flip(index_path(&t, 1), 5000, true);
    usleep(2 * GLANCE_MS * 1000);
    ok_i64(client_ask(&t.sc, t.port, "GET", "/v1/facets", ask).status, 200);
    end(&t);
}

/// Copies that are links, other rights, the same bytes once more: nobody notices.
static void touching_is_not_damage(void **state)
{
    (void)state;
    struct town t;
    str         right[COUNT(targets)];
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    serve(&t, 10);
    ask_all(&t, right);
    const char *path = index_path(&t, 1), *copy = arena_printf(t.sc.mem, "%s/copy", t.fx.dir).p;
    for (int round = 0; round < 20; round++) {
        if (round % 2) ok(!link(path, copy), "linked");
        else ok(round < 2 || !unlink(copy), "removed");
        ok(!chmod(path, round % 3 ? 0600 : 0640), "chmod");
        for (size_t i = 0; i < COUNT(targets); i++)
            ok(!right_or_none(&t, i, right[i], "touched"), "%s is there", targets[i]);
        usleep(20000);
    }
    ok_i64(client_get(&t.sc, t.port, "/healthz").body.n, (int64_t)strlen("ok release 1\n"));
    end(&t);
}

/// Who has begun to read does not come to the end, whether a look finds it or the next piece.
static void downloads_break_off(void **state)
{
    (void)state;
    static const char *const downloads[] = { "/v1/incidents.geojson", "/v1/incidents.csv",
                                             "/data/1/public.index" };
    for (int looks = 0; looks < 2; looks++) {
        struct town t;
        size_t      whole[COUNT(downloads)];
        int         fd[COUNT(downloads)];
        town_make(&t);
        fixture_publish(&t.sc, &t.fx, 1);
        serve(&t, looks ? 10 : -1);
        for (size_t i = 0; i < COUNT(downloads); i++) {
            whole[i] = get(&t, downloads[i]).n;
            fd[i] = client_begin(&t.sc, t.port, downloads[i]);
        }
        flip(index_path(&t, 1), 5000, looks);
        if (looks) ok(comes(&t, "/healthz", "cannot be read"), "it is seen");
        for (size_t i = 0; i < COUNT(downloads); i++) {
            size_t all = client_to_end(fd[i]);
            ok(all < whole[i], "%s: %zu of %zu bytes came", downloads[i], all, whole[i]);
        }
        end(&t);
    }
}

/// A file that is sent, before anybody has looked: what is written into it goes to nobody.
static void a_file_that_is_sent_breaks_off(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    serve(&t, -1);
    size_t whole = get(&t, targets[INDEX]).n;
    int    fd = client_begin(&t.sc, t.port, targets[INDEX]);
    flip(index_path(&t, 1), whole - 1, false);
    size_t all = client_to_end(fd);
    ok(all < whole, "%zu of %zu bytes came", all, whole);
    end(&t);
}

/// Who reads slowly is sent the bytes that were there, whatever is written into the file meanwhile and whatever time it is given
/// then, be they right again when somebody looks or not.
static void what_is_sent_is_what_was_proved(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    serve(&t, 10);
    str         own = get(&t, targets[INDEX]);
    const char *path = index_path(&t, 1);
    char       *bad = arena_cstr(t.sc.mem, own);
    char       *got = arena_alloc(t.sc.mem, own.n + 8192);
    ok(bad && got, "room");
    for (size_t i = 0; i < own.n; i++) bad[i] = (char)~bad[i];
    for (int round = 0; round < 12; round++) {
        struct stat st;
        bool        time_back = round & 1, put_right = round & 2;
        ok(comes(&t, "/healthz", "ok release 1\n"), "served");
        int    conn = client_begin(&t.sc, t.port, targets[INDEX]), fd = open(path, O_RDWR | O_CLOEXEC);
        size_t n = 0, whole = own.n + 8192;
        ok(!fstat(fd, &st) && pwrite(fd, bad, own.n, 0) == (ssize_t)own.n, "written");
        if (time_back) ok(!futimens(fd, (struct timespec[]){ st.st_atim, st.st_mtim }), "time");
        usleep(round & 4 ? 30 * 1000 : 0);
        if (put_right) ok(pwrite(fd, own.p, own.n, 0) == (ssize_t)own.n, "put right");
        if (put_right && time_back) ok(!futimens(fd, (struct timespec[]){ st.st_atim, st.st_mtim }), "time");
        for (ssize_t more; n < whole && (more = recv(conn, got + n, whole - n, 0)) > 0;) n += (size_t)more;
        str    all = { got, n };
        size_t head = 0;
        while (head < n && !str_starts(str_slice(all, head, n), S("\r\n\r\n"))) head++;
        str body = str_slice(all, head + 4 < n ? head + 4 : n, n);
        ok(str_starts(own, body), "round %d: %zu bytes came, and not those that were published", round,
           body.n);
        ok(pwrite(fd, own.p, own.n, 0) == (ssize_t)own.n && !close(fd) && !close(conn), "put right");
    }
    end(&t);
}

/// Wrong for less than a tick of the clock, while somebody asks: it is there again, although no time tells that it was written to.
static void a_flicker_is_over_when_it_is(void **state)
{
    (void)state;
    static const char *const asked[] = { "/v1/releases", "/data/1/public.index", "/data/1/manifest.json" };
    static const char *const files[] = { "manifest.json", "public.index" };
    enum { INDEX_FILE = 1 };
    struct town t;
    str         right[COUNT(asked)];
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    atomic_store(&ticking, true);
    serve(&t, 10);
    for (size_t i = 0; i < COUNT(asked); i++) right[i] = get(&t, asked[i]);
    for (size_t k = 0; k < COUNT(files); k++) {
        const char *path = arena_printf(t.sc.mem, "%s/releases/1/%s", t.fx.dir, files[k]).p;
        ok(!chmod(path, 0600), "%s", path);
        int within = 0;
        for (int round = 0; round < 200 && within < 5; round++) {
            int64_t tick = tick_now();
            while (tick_now() == tick) usleep(500);
            tick = tick_now();
            flip(path, 1000, false);
            if (k == INDEX_FILE)
                usleep(3000); // who asks for what is read from it waits until the tick is over
            else (void)client_get(&t.sc, t.port, "/v1/releases");
            flip(path, 1000, false);
            within += tick_now() == tick;
        }
        ok(within >= 5, "%d times within a tick", within);
        ok(comes(&t, "/healthz", "ok release 1\n"), "it is served");
        usleep(200 * 1000);
        for (size_t i = 0; i < COUNT(asked); i++)
            ok(comes(&t, asked[i], arena_cstr(t.sc.mem, right[i])), "%s: %s is there again", files[k],
               asked[i]);
        ok_i64(client_get(&t.sc, t.port, "/healthz").body.n, (int64_t)strlen("ok release 1\n"));
    }
    end(&t);
    atomic_store(&ticking, false);
}

// -- whose it is -------------------------------------------------------------------------------------------------------

static const char *of_release(struct town *t, const char *dir, int number, const char *name)
{
    return arena_printf(t->sc.mem, "%s/releases/%d/%s", dir, number, name).p;
}

/// A release of the same number that another town has made: whole, signed by its own key, with nothing that is not sound.
static void take_from_elsewhere(struct town *t, int number)
{
    static const char *const files[] = { "manifest.json", "manifest.sig", "key.pub", "public.index",
                                         "public.sums" };
    struct fixture           fx = t->fx;
    str                      bytes;
    fx.dir = test_dir(&t->sc);
    fx.n = t->fx.n / 2;
    fixture_publish(&t->sc, &fx, number);
    for (size_t i = 0; i < COUNT(files); i++) {
        ok_err(&t->sc, file_read(&t->sc, of_release(t, fx.dir, number, files[i]), 64 << 20, &bytes), OK);
        ok_err(&t->sc, file_replace(&t->sc, of_release(t, t->fx.dir, number, files[i]), bytes), OK);
    }
    test_dir_end(&t->sc, fx.dir);
}

static const char foreign[] = "the newest release is not signed by this town";

/// At the start: the one before is served, or a page says why there is none.
static void another_town_s_release_is_not_served_at_the_start(void **state)
{
    (void)state;
    for (int before = 0; before < 2; before++) {
        struct town t;
        town_make(&t);
        for (int64_t i = 1; i <= 1 + before; i++) fixture_publish(&t.sc, &t.fx, i);
        struct key_ring own = test_keys(&t.sc, t.fx.dir);
        take_from_elsewhere(&t, 1 + before);
        serve_with_keys(&t, &own.list, -1);
        if (before) ok_err(&t.sc, editions_look(&t.sc, t.web->editions), ERR_FOREIGN);
        struct answer a = client_get(&t.sc, t.port, "/healthz");
        ok_i64(a.status, before ? 200 : 503);
        ok(str_has(a.body, str_of(foreign)), "%.*s", STR(a.body));
        ok(str_has(a.body, S("ok release 1\n")) == (before != 0), "%.*s", STR(a.body));
        a = client_get(&t.sc, t.port, "/?lang=en");
        ok_i64(a.status, before ? 200 : 503);
        if (!before) ok(str_has(a.body, S("not signed with this town")), "%.*s", STR(a.body));
        const char *manifest = before ? "/data/2/manifest.json" : "/data/1/manifest.json";
        ok_i64(client_get(&t.sc, t.port, manifest).status, 404);
        str list = client_get(&t.sc, t.port, "/v1/releases").body;
        ok(!str_has(list, before ? S("\"release\":2") : S("\"release\":1")), "%.*s", STR(list));
        end(&t);
    }
}

/// While another is served: that one stays, and it is the newest in the end.
static void another_town_s_release_is_not_served_later(void **state)
{
    (void)state;
    struct town t;
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    struct key_ring own = test_keys(&t.sc, t.fx.dir);
    serve_with_keys(&t, &own.list, 10);
    ok(comes(&t, "/healthz", "ok release 1\n"), "served");
    str right = get(&t, targets[0]);
    for (int number = 2; number >= 1; number--) { // newer; then in place of the very one that is open
        if (number == 2) {
            ok_err(&t.sc,
                   file_replace(&t.sc, arena_printf(t.sc.mem, "%s/releases/current", t.fx.dir).p, S("1\n")),
                   OK);
            fixture_publish(&t.sc, &t.fx, 2);
            ok(comes(&t, "/healthz", "ok release 2\n"), "served");
        }
        take_from_elsewhere(&t, number);
        ok(comes(&t, "/healthz", foreign) || number == 1, "release %d", number);
        for (int again = 0; again < 20; again++) {
            struct answer a = client_get(&t.sc, t.port, targets[0]);
            ok(a.status == 503 || str_has(a.body, S("\"release\":1")) || str_eq(a.body, right), "%.*s",
               STR(str_slice(a.body, 0, 200)));
            usleep(5000);
        }
    }
    ok(comes(&t, "/healthz", foreign), "neither is ours");
    ok_i64(client_get(&t.sc, t.port, targets[0]).status, 503);
    fixture_publish(&t.sc, &t.fx, 3);
    ok(comes(&t, "/healthz", "ok release 3\n"), "the town's next one");
    end(&t);
}

/// One that the key has signed is believed at once; one that took the place of a lost key as soon as it is told of. Keys that cannot
/// be read vouch for nothing.
static void a_rotated_key_is_the_town_s(void **state)
{
    (void)state;
    struct town     t;
    struct key_ring next, lost;
    town_make(&t);
    fixture_publish(&t.sc, &t.fx, 1);
    struct key_ring own = test_keys(&t.sc, t.fx.dir);
    serve_with_keys(&t, &own.list, 10);
    ok(comes(&t, "/healthz", "ok release 1\n"), "served");
    ok_err(&t.sc, keys_rotate(&t.sc, t.fx.dir, NULL, t.fx.info.created_s, &next), OK);
    fixture_publish(&t.sc, &t.fx, 2);
    ok(comes(&t, "/healthz", "ok release 2\n"), "signed by a key that ours vouches for");
    ok(!unlink(arena_printf(t.sc.mem, "%s/keys/signing.key", t.fx.dir).p), "lost");
    ok_err(&t.sc, keys_rotate(&t.sc, t.fx.dir, &next.list, t.fx.info.created_s, &lost), OK);
    fixture_publish(&t.sc, &t.fx, 3);
    ok(comes(&t, "/healthz", foreign), "nothing vouches for it");
    ok(str_starts(get(&t, "/healthz"), S("ok release 2\n")), "the one before stays");
    web_keys(t.web, &lost.list);
    ok(comes(&t, "/healthz", "ok release 3\n"), "now it is known");
    web_keys(t.web, &(struct key_list){ 0 });
    ok(comes(&t, "/healthz", foreign), "keys that cannot be read");
    ok_i64(client_get(&t.sc, t.port, "/?lang=cs").status, 503);
    web_keys(t.web, &lost.list);
    ok(comes(&t, "/healthz", "ok release 3\n"), "and when they can");
    end(&t);
}

/// A folder whose signature was left out says nothing of its town, and what is not signed is older than the town's first key.
static void what_proves_no_town_is_not_served(void **state)
{
    (void)state;
    static const char *const missing[] = { "manifest.sig", "key.pub", "manifest.json" };
    for (size_t i = 0; i < COUNT(missing); i++) {
        struct town t;
        town_make(&t);
        for (int64_t k = 1; k <= 2; k++) fixture_publish(&t.sc, &t.fx, k);
        struct key_ring own = test_keys(&t.sc, t.fx.dir);
        take_from_elsewhere(&t, 2);
        ok(!unlink(of_release(&t, t.fx.dir, 2, missing[i])), "%s", missing[i]);
        serve_with_keys(&t, &own.list, -1);
        (void)!editions_look(&t.sc, t.web->editions);
        ok(str_starts(client_get(&t.sc, t.port, "/healthz").body,
                      S("ok release 1\nthe newest release cannot")),
           "without %s", missing[i]);
        end(&t);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_changed_bit_is_told_to_nobody),
    cmocka_unit_test(another_file_written_over_it),
    cmocka_unit_test(a_sound_one_stands_in),
    cmocka_unit_test(tags_are_of_the_file),
    cmocka_unit_test(touching_is_not_damage),
    cmocka_unit_test(downloads_break_off),
    cmocka_unit_test(a_file_that_is_sent_breaks_off),
    cmocka_unit_test(a_flicker_is_over_when_it_is),
    cmocka_unit_test(what_is_sent_is_what_was_proved),
    cmocka_unit_test(another_town_s_release_is_not_served_at_the_start),
    cmocka_unit_test(another_town_s_release_is_not_served_later),
    cmocka_unit_test(a_rotated_key_is_the_town_s),
    cmocka_unit_test(what_proves_no_town_is_not_served),
};

TEST_MAIN(tests)
