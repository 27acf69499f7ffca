// SPDX-License-Identifier: EUPL-1.2
// http/ under load and under attack: dripping requests, thousands of connections, a stop while requests run.
#include "lab.h"

#include "base/file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>

static int64_t now_ms(void)
{
    return clock_system.monotonic_ms();
}

/// How long the server bears a client that sends one byte each 100 ms and never finishes.
static int64_t drip(struct lab *lab, const char *begin, const char *again)
{
    int     fd = lab_connect(lab);
    int64_t began = now_ms();
    (void)lab_send(fd, str_of(begin));
    for (size_t i = 0; now_ms() - began < 10000; i++) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        char          c;
        if (poll(&p, 1, 100) > 0 && recv(fd, &c, 1, 0) <= 0) break;
        if (!lab_send(fd, (str){ again + i % strlen(again), 1 })) break;
    }
    close(fd);
    return now_ms() - began;
}

static void slow(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 1 });
    int64_t head = drip(&lab, "GET /hello HTTP/1.1\r\nHost: lab\r\nX: ", "a");
    int64_t line = drip(&lab, "GET /", "a");
    int64_t body = drip(&lab, "POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 1000\r\n\r\n", "b");
    int64_t idle = drip(&lab, "", "\r\n");
    ok(head < 3000 && line < 3000 && body < 3000 && idle < 3000, "closed after %lld, %lld, %lld, %lld ms",
       (long long)head, (long long)line, (long long)body, (long long)idle);
    ok(head > 500, "and not at once: %lld ms", (long long)head);
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "still serving");
    lab_end(&lab);
}

/// May so many files be open at once, when the limit is raised as far as it goes?
static bool may_open(rlim_t wanted)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur >= wanted;
}

static void crowd(void **state)
{
    (void)state;
    enum { MANY = 2000, LIMIT = 300 };
    if (!may_open(2 * MANY + 200)) test_skip("too few files may be open at once");
    struct lab lab;
    int       *fd = calloc(MANY, sizeof *fd);
    ok(fd, "room");
    lab_start(&lab, (struct http_config){ .max_connections = 2 * MANY });
    for (int i = 0; i < MANY; i++) ok((fd[i] = lab_connect(&lab)) >= 0, "connection %d", i);
    for (int i = 0; i < MANY; i++)
        ok(lab_send(fd[i], S("GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n")), "request %d", i);
    for (int i = 0; i < MANY; i++) {
        char          text[16] = "";
        struct pollfd p = { .fd = fd[i], .events = POLLIN };
        ok(poll(&p, 1, 20000) == 1 && recv(fd[i], text, sizeof text - 1, 0) > 12 &&
               !memcmp(text + 9, "200", 3),
           "connection %d of %d is answered: \"%s\"", i, MANY, text);
    }
    struct http_stats st;
    http_stats_get(lab.server, &st);
    ok_i64(st.open_connections, MANY);
    for (int i = 0; i < MANY; i++) close(fd[i]);
    lab_end(&lab);

    // More than the limit: who comes on top is told to come again, the health check is answered, and those that only sit
    // there are sent away within seconds, though the time-out is half a minute.
    lab_start(&lab, (struct http_config){ .max_connections = LIMIT });
    for (int i = 0; i < LIMIT; i++) ok((fd[i] = lab_connect(&lab)) >= 0, "connection %d", i);
    usleep(200 * 1000);
    struct answer a = lab_ask(&lab, "GET", "/hello", "");
    ok_i64(a.status, 503);
    ok(lab_header(a, "Retry-After").n > 0, "and when to come again");
    ok_i64(lab_ask(&lab, "GET", HTTP_HEALTH, "").status, 200);
    int64_t began = now_ms();
    while (lab_ask(&lab, "GET", "/hello", "").status != 200 && now_ms() - began < 10000) usleep(100 * 1000);
    ok(now_ms() - began < 6000, "room again after %lld ms", (long long)(now_ms() - began));
    for (int i = 0; i < LIMIT; i++) close(fd[i]);
    free(fd);
    lab_end(&lab);
}

/// One address does not take the places of all.
static void few_from_one_address(void **state)
{
    (void)state;
    enum { MANY = 8, ROOM = 3 };
    struct lab lab;
    int        fd[MANY], good = 0;
    lab_start(&lab, (struct http_config){ .max_per_address = ROOM });
    for (int i = 0; i < MANY; i++) {
        fd[i] = lab_connect(&lab);
        (void)lab_send(fd[i], S("GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n"));
    }
    for (int i = 0; i < MANY; i++) {
        char          text[16] = "";
        struct pollfd p = { .fd = fd[i], .events = POLLIN };
        if (poll(&p, 1, 2000) == 1 && recv(fd[i], text, sizeof text - 1, 0) > 12)
            good += !memcmp(text + 9, "200", 3);
    }
    ok_i64(good, ROOM);
    for (int i = 0; i < MANY; i++) close(fd[i]);
    usleep(200 * 1000);
    ok_i64(lab_ask(&lab, "GET", "/hello", "").status, 200); // who left makes room
    lab_end(&lab);
}

/// How long an endless answer is sent to somebody who takes `bytes` of it each 100 ms.
static int64_t sip(struct lab *lab, size_t bytes)
{
    int     fd = lab_connect(lab);
    int64_t began = now_ms();
    char   *to = malloc(bytes + 1);
    ok(to && lab_send(fd, S("GET /endless HTTP/1.1\r\nHost: lab\r\n\r\n")), "asked");
    struct http_stats st = { .open_connections = 1 };
    while (st.open_connections && now_ms() - began < 8000) {
        usleep(100 * 1000);
        if (bytes && recv(fd, to, bytes, MSG_DONTWAIT) == 0) break;
        http_stats_get(lab->server, &st);
    }
    close(fd);
    free(to);
    for (int i = 0; i < 500 && st.open_connections; i++) {
        usleep(10 * 1000);
        http_stats_get(lab->server, &st);
    }
    return now_ms() - began;
}

static void slow_readers(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 1 });
    int64_t none = sip(&lab, 0), drops = sip(&lab, 20);
    ok(none < 8000 && drops < 8000, "who takes nothing or drops is let go: %lld, %lld ms", (long long)none,
       (long long)drops);
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "still serving");
    lab_end(&lab);
}

struct visitor {
    struct lab *lab;
    atomic_bool done;
    atomic_int  answered, broken, refused;
};

static void *download(void *arg)
{
    struct visitor *v = arg;
    struct lab      own = { .sc = test_scope(), .port = v->lab->port };
    struct buf      got;
    int             fd = lab_connect(&own);
    buf_init(&got, 1 << 30);
    ok(lab_send(fd, S("GET /flow HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")), "asked");
    ok(lab_receive(fd, &got, 60000), "the download ends"); // hundreds have their turn in between
    close(fd);
    str           rest = buf_str(&got);
    struct answer a = lab_cut(&own.sc, &rest, false);
    atomic_store(&v->answered, a.status == 200 && a.body.n == (size_t)8 * LAB_FLOW_LINES);
    atomic_store(&v->refused, a.status == 503 && lab_header(a, "Retry-After").n);
    buf_free(&got);
    test_scope_end(&own.sc);
    return NULL;
}

/// Thousands who read downloads slowly or not at all, or write slowly: whoever asks for little is answered meanwhile.
static void besieged(void **state)
{
    (void)state;
    enum { EACH = 500, READERS = 20 };
    if (!may_open(4 * EACH + 300)) test_skip("too few files may be open at once");
    struct lab     lab;
    const int      few = 4096; // bytes that the system takes for the reader
    static int     fd[2 * EACH];
    struct visitor readers[READERS] = { 0 };
    pthread_t      thread[READERS];
    lab_start(&lab, (struct http_config){ .threads = 4,
                                          .max_connections = 4 * EACH,
                                          .keep_for = lab_keep_for,
                                          .keep_bytes = 1 << 20 });
    for (int i = 0; i < EACH; i++) {
        fd[i] = lab_connect(&lab);
        setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
        ok(lab_send(fd[i], S("GET /endless HTTP/1.1\r\nHost: lab\r\n\r\n")), "a slow reader");
        fd[EACH + i] = lab_connect(&lab);
        ok(lab_send(fd[EACH + i], S("GET /hello HTTP/1.1\r\nHost: l")), "a slow writer");
    }
    for (int i = 0; i < READERS; i++) {
        readers[i].lab = &lab;
        ok(!pthread_create(&thread[i], NULL, download, &readers[i]), "a download");
    }
    for (int i = 0; i < 20; i++) {
        ok_i64(lab_ask(&lab, "GET", HTTP_HEALTH, "").status, 200);
        ok_i64(lab_ask(&lab, "GET", "/kept/tile", "").status, 200);
        ok_i64(lab_ask(&lab, "GET", "/big", "").status, 200);
    }
    for (int i = 0; i < READERS; i++) { // more downloads run than may
        pthread_join(thread[i], NULL);
        ok(atomic_load(&readers[i].answered) || atomic_load(&readers[i].refused), "download %d is answered",
           i);
    }
    for (int i = EACH / 2; i < 2 * EACH; i++)
        close(fd[i]); // half of the slow readers are left, which leaves room
    for (int i = 0; i < 500 && !atomic_load(&readers[0].answered); i++) {
        usleep(10 * 1000);
        (void)download(&readers[0]);
    }
    ok(atomic_load(&readers[0].answered), "a download beside %d that are not read comes whole", EACH / 2);
    for (int i = 0; i < EACH / 2; i++) close(fd[i]);
    lab_end(&lab);
}

static int status_of(int fd)
{
    char          text[16] = "";
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, 20000) == 1 && recv(fd, text, sizeof text - 1, MSG_PEEK) > 12 ? atoi(text + 9) : 0;
}

/// Large answers that nobody reads take memory up to a limit, whether they are kept, are kept no longer, or never were; who asks
/// for little is answered meanwhile, and those who do not read make room.
static void unread(void **state)
{
    (void)state;
    enum { MANY = 400, KEPT = 16, HELD = 96 }; // MiB, as the answers have; http/server_int.h
    if (!may_open(MANY + 300)) test_skip("too few files may be open at once");
    static const char *const asked[] = { "/kept/wide", "/kept/not-wide" };
    for (size_t k = 0; k < COUNT(asked); k++) {
        struct lab lab;
        const int  few = 4096; // bytes that the system takes for the reader
        int        fd[MANY], good = 0, refused = 0;
        lab_start(&lab, (struct http_config){ .threads = 4,
                                              .max_connections = 4 * MANY,
                                              .keep_for = lab_keep_for,
                                              .keep_bytes = KEPT << 20 });
        for (int i = 0; i < MANY; i++) {
            str ask = arena_printf(lab.sc.mem, "GET %s?%d HTTP/1.1\r\nHost: lab\r\n\r\n", asked[k], i);
            fd[i] = lab_connect(&lab);
            setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
            ok(lab_send(fd[i], ask), "reader %d", i);
        }
        for (int i = 0; i < MANY; i++) {
            int status = status_of(fd[i]);
            good += status == 200;
            refused += status == 503;
        }
        ok_i64(lab_ask(&lab, "GET", HTTP_HEALTH, "").status, 200);
        ok_i64(lab_ask(&lab, "GET", "/big", "").status, 200);
        ok(good >= HELD / 2 && refused, "%s: %d answers wait, %d were refused", asked[k], good, refused);
        int64_t began = now_ms();
        while (lab_ask(&lab, "GET", asked[k], "").status != 200 && now_ms() - began < 20000)
            usleep(100 * 1000);
        ok(now_ms() - began < 20000, "there is room again");
        for (int i = 0; i < MANY; i++) close(fd[i]);
        lab_end(&lab);
    }
}

/// What is taken back is not sent to its end: a flow and a file that are on their way break off, and an answer in memory, kept or
/// not, that is made from it; what is asked later comes whole.
static void cut_downloads(void **state)
{
    (void)state;
    static const char *const asked[] = { "/endless",   "/flow",      "/long-file",
                                         "/kept/wide", "/kept/wide", "/kept/not-wide" };
    enum { FIRST_IN_MEMORY = 3, NOT_CUT = 5 };
    struct lab lab;
    const int  few = 4096; // bytes that the system takes for the reader
    int        fd[COUNT(asked)];
    char       bytes[4096];
    lab_start(&lab, (struct http_config){ .threads = 2, .keep_for = lab_keep_for, .keep_bytes = 16 << 20 });
    for (size_t i = 0; i < COUNT(asked); i++) {
        str ask =
            arena_printf(lab.sc.mem, "GET %s HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n", asked[i]);
        fd[i] = lab_connect(&lab);
        if (i != NOT_CUT) setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
        ok(lab_send(fd[i], ask) && recv(fd[i], bytes, 100, MSG_WAITALL) == 100, "%s begins", asked[i]);
    }
    http_cut(lab.server);
    for (size_t i = 0; i < COUNT(asked); i++) {
        size_t all = 100;
        for (ssize_t n; (n = recv(fd[i], bytes, sizeof bytes, 0)) > 0;) all += (size_t)n;
        bool whole = all > (i < FIRST_IN_MEMORY ? LAB_LONG_FILE : LAB_WIDE) / 2; // less was under way already
        ok(whole == (i == NOT_CUT), "%s: %zu bytes came", asked[i], all);
        close(fd[i]);
    }
    struct answer a = lab_ask(&lab, "GET", "/flow", "");
    ok(a.status == 200 && a.body.n == 8 * (size_t)LAB_FLOW_LINES, "what is asked later");
    lab_end(&lab);
}

/// In a child of its own, since the limit of a process cannot be raised again.
static int with_few_files(rlim_t soft, rlim_t hard)
{
    struct rlimit files = { soft, hard };
    struct lab    lab;
    if (setrlimit(RLIMIT_NOFILE, &files)) return 2;
    lab = lab_open((struct http_config){ 0 });
    struct http_config c = { .listen = "127.0.0.1:0", .threads = 2 };
    enum err           e = http_start(&lab.sc, &c, lab_handler, &lab, &lab.server);
    if (e == ERR_LIMIT) return strstr(lab.sc.fault.text, "ulimit -n") ? 3 : 4;
    if (e) return 5;
    lab.port = http_port(lab.server);
    getrlimit(RLIMIT_NOFILE, &files);
    if (hard > 4096) return files.rlim_cur > 2000 ? 0 : 6; // raised
    // More than there is room for come from another process, each for a file that it does not read; there is still one to open
    // for those inside.
    pid_t crowd = fork();
    if (!crowd) {
        for (int i = 0, few = 4096; i < 40; i++) {
            int conn = lab_connect(&lab);
            setsockopt(conn, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
            (void)lab_send(conn, S("GET /file HTTP/1.1\r\nHost: lab\r\n\r\n"));
        }
        pause();
    }
    usleep(300 * 1000);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), status;
    if (fd >= 0) close(fd);
    kill(crowd, SIGKILL);
    waitpid(crowd, &status, 0);
    int good = -1;
    for (int i = 0; i < 300 && good != 200; i++) {
        usleep(20 * 1000);
        int conn = lab_connect(&lab);
        if (conn < 0) continue;
        close(conn);
        good = lab_ask(&lab, "GET", "/file", "").status;
    }
    return fd >= 0 && good == 200 ? 0 : 7;
}

static void few_files(void **state)
{
    (void)state;
    static const struct {
        rlim_t soft, hard;
        int    wanted;
    } rows[] = { { 24, 24, 3 }, { 96, 96, 0 }, { 64, 8192, 0 } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int   status;
        pid_t child = fork();
        if (!child) _exit(with_few_files(rows[i].soft, rows[i].hard));
        ok(waitpid(child, &status, 0) == child && WIFEXITED(status), "the child ends");
        ok(WEXITSTATUS(status) == rows[i].wanted, "limit %d of %d: %d", (int)rows[i].soft, (int)rows[i].hard,
           WEXITSTATUS(status));
    }
}

static void leavers(void **state)
{
    (void)state;
    static const char *const begun[] = { "",
                                         "G",
                                         "GET /hello HTTP/1.1\r\nHost:",
                                         "GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n",
                                         "POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 9\r\n\r\nab",
                                         "GET /big HTTP/1.1\r\nHost: lab\r\n\r\n",
                                         "GET /endless HTTP/1.1\r\nHost: lab\r\n\r\n",
                                         "GET /slow HTTP/1.1\r\nHost: lab\r\n\r\n" };
    struct lab               lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 2 }); // half a head and then an end is waited for
    for (size_t i = 0; i < 10 * COUNT(begun); i++) {
        int fd = lab_connect(&lab);
        ok(fd >= 0 && lab_send(fd, str_of(begun[i % COUNT(begun)])), "begun");
        struct linger now = { .l_onoff = 1 };
        if (i & 1) setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now); // a reset instead of an end
        close(fd);
    }
    struct http_stats st = { .open_connections = 1 };
    for (int i = 0; i < 500 && st.open_connections; i++) {
        usleep(20 * 1000);
        http_stats_get(lab.server, &st);
    }
    ok(!st.open_connections, "%llu connections are left over", (unsigned long long)st.open_connections);
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "still serving");
    lab_end(&lab);
}

/// Asks again and again, on one connection as long as the server keeps it. What counts as broken: an answer that was cut
/// off, or none to a request on a fresh connection that was accepted.
static void *visit(void *arg)
{
    struct visitor *v = arg;
    int             fd = -1;
    while (!atomic_load(&v->done)) {
        bool fresh = fd < 0;
        if (fresh && (fd = lab_connect(v->lab)) < 0) {
            atomic_fetch_add(&v->refused, 1);
            break; // nobody listens any more
        }
        struct buf got;
        buf_init(&got, 1 << 20);
        bool sent = lab_send(fd, S("GET /slow HTTP/1.1\r\nHost: lab\r\n\r\n")), closed = false, whole = false;
        while (sent && !closed && !whole) {
            char    piece[4096];
            ssize_t n = recv(fd, piece, sizeof piece, 0);
            closed = n <= 0;
            if (n > 0) buf_add_bytes(&got, piece, (size_t)n);
            whole = str_ends(buf_str(&got), S("slept\n"));
        }
        bool bye = str_has(buf_str(&got), S("Connection: close"));
        if (whole) atomic_fetch_add(&v->answered, 1);
        else if (got.n || fresh) atomic_fetch_add(&v->broken, 1);
        else bye = true; // the server let go of an idle connection; HTTP/1.1 clients ask again
        buf_free(&got);
        if (!whole || bye) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0) close(fd);
    return NULL;
}

static void stop_under_load(void **state)
{
    (void)state;
    enum { VISITORS = 16 };
    for (int round = 0; round < 3; round++) {
        struct lab     lab;
        struct visitor v = { .lab = &lab };
        pthread_t      thread[VISITORS];
        lab_start(&lab, (struct http_config){ .threads = 8 });
        for (int i = 0; i < VISITORS; i++) ok(!pthread_create(&thread[i], NULL, visit, &v), "a visitor");
        usleep(700 * 1000 + (useconds_t)round * 50000);
        int64_t began = now_ms();
        http_stop(lab.server, 5000);
        int64_t took = now_ms() - began;
        // The port answers no more; visitors that ask afresh must be refused, not left hanging. The lab's server is gone,
        // so they are told first.
        atomic_store(&v.done, true);
        for (int i = 0; i < VISITORS; i++) pthread_join(thread[i], NULL);
        ok(!atomic_load(&v.broken), "%d answers were broken off, %d came whole", atomic_load(&v.broken),
           atomic_load(&v.answered));
        ok(atomic_load(&v.answered) > VISITORS && took < 4000, "%d answers, stopped in %lld ms",
           atomic_load(&v.answered), (long long)took);
        lab.server = NULL;
        lab_end(&lab);
    }
}

static void listening(void **state)
{
    (void)state;
    struct lab          lab;
    struct http_server *second;
    char                where[64];
    struct http_config  c = { .listen = where };
    lab_start(&lab, (struct http_config){ 0 });
    snprintf(where, sizeof where, "127.0.0.1:%d", http_port(lab.server));
    ok_err(&lab.sc, http_start(&lab.sc, &c, lab_handler, &lab, &second), ERR_BUSY);
    ok(str_has(str_of(lab.sc.fault.text), S("another program listens")), "a clear sentence: %s",
       lab.sc.fault.text);
    static const char *const bad[] = {
        "", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", ":80", "unix:"
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        c.listen = bad[i];
        ok_err(&lab.sc, http_start(&lab.sc, &c, lab_handler, &lab, &second), ERR_INVALID);
    }
    static const char *const six[] = { "[::1]:0", "[::]:0" };
    for (size_t i = 0; i < COUNT(six); i++) {
        c.listen = six[i];
        enum err e = http_start(&lab.sc, &c, lab_handler, &lab, &second);
        if (e) continue; // a machine without IPv6
        ok(http_port(second) > 0, "a port of its own");
        http_stop(second, 1000);
    }
    const char *dir = test_dir(&lab.sc);
    c.listen = arena_printf(lab.sc.mem, "unix:%s/s", dir).p;
    ok_err(&lab.sc, http_start(&lab.sc, &c, lab_handler, &lab, &second), OK);
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", c.listen + 5);
    int        fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct buf got;
    buf_init(&got, 1 << 16);
    ok(!connect(fd, (struct sockaddr *)&a, sizeof a) && lab_send(fd, S("GET /hello HTTP/1.0\r\n\r\n")),
       "asked");
    ok(lab_receive(fd, &got, 3000) && str_ends(buf_str(&got), S("hello\n")), "answered by a socket file");
    close(fd);
    buf_free(&got);
    str kept = arena_printf(lab.sc.mem, "%s/kept", dir), link = arena_printf(lab.sc.mem, "%s/link", dir),
        left;
    ok_err(&lab.sc, file_replace(&lab.sc, kept.p, S("a key")), OK);
    ok(!symlink("kept", link.p), "a link");
    const struct http_config on_file = { .listen = arena_printf(lab.sc.mem, "unix:%s", kept.p).p },
                             on_link = { .listen = arena_printf(lab.sc.mem, "unix:%s", link.p).p };
    struct http_server *none;
    ok_err(&lab.sc, http_start(&lab.sc, &on_file, lab_handler, &lab, &none), ERR_EXISTS);
    ok_err(&lab.sc, http_start(&lab.sc, &on_link, lab_handler, &lab, &none), ERR_EXISTS);
    ok(!access(link.p, F_OK) && !file_read(&lab.sc, kept.p, 100, &left), "nothing is removed");
    ok_str(left, S("a key"));
    struct http_server *third;
    ok_err(&lab.sc, http_start(&lab.sc, &c, lab_handler, &lab, &third), ERR_BUSY);
    http_stop(second, 1000);
    ok(access(c.listen + 5, F_OK), "the socket file is gone");
    test_dir_end(&lab.sc, dir);
    lab_end(&lab);
}

static void numbers(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    for (int i = 0; i < 5; i++) (void)lab_ask(&lab, "GET", "/hello", "");
    (void)lab_ask(&lab, "GET", "/nowhere", "");
    (void)lab_ask(&lab, "GET", "/slow", "");
    struct http_stats st = { 0 };
    for (int i = 0; i < 100 && st.requests < 7; i++) {
        usleep(10 * 1000);
        http_stats_get(lab.server, &st);
    }
    ok_i64(st.requests, 7);
    ok_i64(st.by_class[2], 6);
    ok_i64(st.by_class[4], 1);
    ok_i64(st.le_ms[7], 7);
    ok(st.le_ms[4] <= 6 && st.ms_sum >= 150, "the slow one is among the slow ones");
    ok(st.bytes_out >= 36, "bytes are counted");
    lab_end(&lab);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(slow),
    cmocka_unit_test(crowd),
    cmocka_unit_test(few_from_one_address),
    cmocka_unit_test(slow_readers),
    cmocka_unit_test(besieged),
    cmocka_unit_test(unread),
    cmocka_unit_test(cut_downloads),
    cmocka_unit_test(few_files),
    cmocka_unit_test(leavers),
    cmocka_unit_test(stop_under_load),
    cmocka_unit_test(listening),
    cmocka_unit_test(numbers),
};
TEST_MAIN(tests)
