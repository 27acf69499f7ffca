// SPDX-License-Identifier: EUPL-1.2
// Care of a store: check, backup, digest.
#include "store/store.h"

#include "base/arena.h"
#include "base/file.h"
#include "store/content.h"
#include "store/copied.h"
#include "store/query.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// -- check --------------------------------------------------------------------------------------------------
enum { MAX_FINDINGS = 100, MAX_REPORT = 64 * 1024, RANGE = 4096 };
#define NO_CHECKSUMS                                                                                         \
    "pages: the database was written by an earlier version and has no checksums of its pages; the next "     \
    "command that writes makes them, for example hromada publish\n"

struct findings {
    struct buf lines;
    size_t     n; // of the statement at work: after MAX_FINDINGS it is cut short
};

/// Whether there is room for one more of its kind.
static bool counted(struct findings *f)
{
    if (f->n++ == MAX_FINDINGS) buf_printf(&f->lines, "... and more of this kind\n");
    return f->n <= MAX_FINDINGS;
}

/// What a page holds that no table uses, nobody reads; a file that ends inside it was cut off all the same.
static enum err find_length(struct scope *sc, struct store *st, struct findings *f)
{
    int64_t bytes = 0, wanted = 0;
    TRY(st->db->engine->length(sc, st->db, &bytes, &wanted));
    if (bytes != wanted)
        buf_printf(&f->lines, "length: hromada.db has %lld bytes, and its pages are %lld: %s\n",
                   (long long)bytes, (long long)wanted,
                   bytes < wanted ? "its end was cut off" : "something was written behind its end");
    return OK;
}

static enum err find_integrity(struct scope *sc, struct store *st, struct findings *f)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CHECK_INTEGRITY);
    if (!st->db->engine->strict(st->db, true)) buf_add(&f->lines, S(NO_CHECKSUMS));
    while (query_next(&q))
        if (!str_eq(query_str(&q, 0), S("ok")))
            buf_printf(&f->lines, "integrity: %.*s\n", STR(query_str(&q, 0)));
    (void)st->db->engine->strict(st->db, false);
    return query_end(&q);
}

// What stands in the columns of a finding is written into its sentence in order, at each '%'.
static void add_line(struct findings *f, struct query *q, const char *sentence)
{
    int column = 0;
    for (; *sentence; sentence++) {
        if (*sentence == '%') buf_add(&f->lines, query_str(q, column++));
        else buf_add_c(&f->lines, *sentence);
    }
    buf_add_c(&f->lines, '\n');
}

static const struct {
    enum sql    name;
    const char *sentence;
} checks[] = {
    { SQL_CHECK_FOREIGN_KEYS, "reference: in the table %, row % refers to a % that is not there" },
    { SQL_CHECK_TOTALS,
      "run %: the totals do not add up: read % is not imported % + unchanged % + revised % + rejected %" },
    { SQL_CHECK_RUNS,
      "run %: says that it imported % rows, of which % joined another; the store has % incidents of it" },
    { SQL_CHECK_VALUES,
      "incident %: impossible value: from %, to %, precision %, point % at %, %, classes %" },
    { SQL_CHECK_KEYS, "source %: the key % is that of % incidents" },
    { SQL_CHECK_TYPES, "incident %: a further category is its own" },
    { SQL_CHECK_SLICES, "slice % (%): holds no incident" },
    { SQL_CHECK_HISTORY, "revision %: is older than its incident %" },
    { SQL_CHECK_AREAS, "area % (%): its points or rings are not whole" },
    { SQL_CHECK_SHOWN, "release %: the list of what it showed is damaged in block %" },
    { SQL_CHECK_COUNTED, "release %: the list of what it counted by area is damaged in block %" },
    { SQL_CHECK_STAYING, "incident %: left with a batch and is told as before all the same" },
};

static enum err find(struct scope *sc, struct store *st, size_t at, struct findings *f)
{
    AUTO(query_free) struct query q = query_open(sc, st, checks[at].name);
    if (checks[at].name == SQL_CHECK_VALUES) {
        bind_i64(&q, ":first_s", STORE_FIRST_S);
        bind_i64(&q, ":last_s", STORE_LAST_S);
        bind_i64(&q, ":classes", (1 << SENSITIVITIES) - 1);
    }
    f->n = 0;
    while (query_next(&q) && counted(f)) add_line(f, &q, checks[at].sentence);
    return query_end(&q);
}

// What a source told of an incident, read back, must have the hash that was kept of it (store/content.h).
static enum err content_again(struct query *q, struct buf *room, unsigned char out[CONTENT_BYTES])
{
    str             key = query_str(q, 13);
    bool            types = query_i64(q, 16) == IDENTITY_TYPES && key.n;
    struct incident i = incident_of(q);
    i.flags = (uint32_t)query_i64(q, 11);
    i.area = query_str(q, 14);
    i.place = query_str(q, 15);
    i.classes = (sensitivity_set)query_i64(q, 17);
    return content_of(q->sc, room, &i, key, !types, out);
}

static enum err find_contents(struct scope *sc, struct store *st, struct buf *room, int64_t first,
                              int64_t last, struct findings *f)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CHECK_CONTENTS);
    unsigned char                 content[CONTENT_BYTES];
    bind_i64(&q, ":first", first);
    bind_i64(&q, ":last", last);
    while (query_next(&q)) {
        TRY(content_again(&q, room, content));
        if (str_eq(query_blob(&q, 1), (str){ (const char *)content, sizeof content }) || !counted(f))
            continue;
        buf_printf(&f->lines, "incident %lld: is not what its source told; its hash is of other values\n",
                   (long long)query_i64(&q, 0));
    }
    return query_end(&q);
}

struct store_check {
    struct scope   *sc;
    struct store   *st;
    struct findings f;
    struct buf      room;       // bytes of the incident whose content is hashed
    size_t          part;       // 0: pages; then a statement each; then contents
    int64_t         next, last; // incidents whose contents are still to come
    int64_t         pages;
    enum err        e;
};

enum err store_check_begin(struct scope *sc, struct store *st, struct store_check **out)
{
    struct store_check *c = calloc(1, sizeof *c);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no memory to check a store");
    *c = (struct store_check){ .sc = sc, .st = st };
    buf_init(&c->f.lines, MAX_REPORT);
    buf_init(&c->room, 4 * (STORE_MAX_TEXT + 64));
    enum err e = query_number(sc, st, SQL_CHECK_PAGES, &c->pages);
    if (e) free(c); // neither buffer holds anything
    else *out = c;
    return e;
}

static enum err check_part(struct store_check *c)
{
    size_t part = c->part++;
    if (!part) {
        TRY(find_length(c->sc, c->st, &c->f));
        return find_integrity(c->sc, c->st, &c->f);
    }
    if (part <= COUNT(checks)) return find(c->sc, c->st, part - 1, &c->f);
    if (part == COUNT(checks) + 1) {
        c->f.n = 0;
        return query_number(c->sc, c->st, SQL_INCIDENT_LAST, &c->last);
    }
    int64_t first = c->next + 1;
    c->next += RANGE;
    return find_contents(c->sc, c->st, &c->room, first, c->next, &c->f);
}

bool store_check_step(struct store_check *c)
{
    if (c->part > COUNT(checks) + 1 && c->next >= c->last) return false;
    enum err e = check_part(c);
    if (e == ERR_CORRUPT) { // a damaged page may end a statement early; that is a finding, too
        str why = str_of(c->sc->fault.text);
        if (!str_has(buf_str(&c->f.lines), why)) buf_printf(&c->f.lines, "integrity: %.*s\n", STR(why));
        if (c->part > COUNT(checks) + 2) c->next = c->last; // of contents the rest, too
        e = OK;
    }
    c->e = e;
    return !e;
}

struct store_check_at store_check_at(const struct store_check *c)
{
    if (c->part <= COUNT(checks) + 1)
        return (struct store_check_at){ "reading", "pages", (uint64_t)c->pages, -1 };
    int64_t done = c->next < c->last ? c->next : c->last;
    return (struct store_check_at){ "comparing", "incidents", (uint64_t)done,
                                    c->last ? (double)done / (double)c->last : 1 };
}

enum err store_check_end(struct scope *sc, struct store_check *c, str *report)
{
    enum err e = c->e;
    str      text = arena_str(sc->mem, buf_str(&c->f.lines));
    buf_free(&c->f.lines);
    buf_free(&c->room);
    const char *dir = c->st->dir;
    free(c);
    TRY(e);
    if (!text.p) return fail(&sc->fault, ERR_NOMEM, "no room for the report");
    *report = text;
    if (!text.n) return OK;
    if (str_eq(text, S(NO_CHECKSUMS)))
        return fail(&sc->fault, ERR_CORRUPT, "nothing else is wrong with the store in %s", dir);
    return fail(&sc->fault, ERR_CORRUPT, "the store in %s is damaged (first: %.*s): bring back a backup", dir,
                (int)str_find(text, '\n'), text.p);
}

// -- backup -------------------------------------------------------------------------------------------------
static enum err sync_file(struct scope *sc, const char *path)
{
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd)) return fail_errno(&sc->fault, "cannot write %s", path);
    return OK;
}

// The copy takes the place of what has its name: that must not be the database itself, nor a device.
static enum err check_target(struct scope *sc, const struct store *st, const char *to_path)
{
    struct stat to, own;
    const char *path;
    TRY(path_join(sc, st->dir, "hromada.db", &path));
    if (stat(to_path, &to)) return OK;
    if (S_ISDIR(to.st_mode))
        return fail(&sc->fault, ERR_INVALID, "%s is a folder; name the file in it", to_path);
    if (!S_ISREG(to.st_mode))
        return fail(&sc->fault, ERR_INVALID, "%s is not a regular file; name another", to_path);
    if (!stat(path, &own) && own.st_dev == to.st_dev && own.st_ino == to.st_ino)
        return fail(&sc->fault, ERR_INVALID, "%s is the database itself; name another file for the copy",
                    to_path);
    if (to.st_size && !st->db->engine->is_copy(to_path))
        return fail(&sc->fault, ERR_EXISTS,
                    "%s is there already, and is no copy that hromada backup made and nobody has used; "
                    "name another file, or remove it first. Nothing was written",
                    to_path);
    return OK;
}

enum err store_backup(struct scope *sc, struct store *st, const char *to_path)
{
    TRY(check_target(sc, st, to_path));
    str tmp = arena_printf(sc->mem, "%s.tmp", to_path), dir = arena_str(sc->mem, str_of(to_path));
    if (!tmp.p || !dir.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    unlink(tmp.p);
    enum err e = st->db->engine->backup(sc, st->db, tmp.p, sql_texts[SQL_COPIED_PUT].text);
    if (!e) e = sync_file(sc, tmp.p);
    if (!e && rename(tmp.p, to_path)) e = fail_errno(&sc->fault, "cannot rename %s to %s", tmp.p, to_path);
    if (e) {
        unlink(tmp.p);
        return e;
    }
    size_t n = dir.n;
    while (n && dir.p[n - 1] != '/') n--;
    str parent = arena_str(sc->mem, n ? str_slice(dir, 0, n) : S("."));
    if (!parent.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    return dir_sync(sc, parent.p);
}

#define COPIED S("copied")

enum err store_copied(struct scope *sc, struct store *st, str *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_GET);
    bind_str(&q, ":name", COPIED);
    *out = (str){ 0 };
    if (query_next(&q)) *out = query_keep(&q, 0);
    return query_end(&q);
}

enum err store_copied_forget(struct scope *sc, struct store *st)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_FORGET);
    bind_str(&q, ":name", COPIED);
    return query_run(&q);
}

// -- digest -------------------------------------------------------------------------------------------------
// The sum of the rows' hashes: it does not depend on their order, which is that of our own numbers.
static enum err digest_add(struct scope *sc, struct store *st, enum sql name, int from, int columns,
                           struct hash128 *sum)
{
    struct buf b;
    buf_init(&b, 8 * (STORE_MAX_TEXT + 64));
    AUTO(query_free) struct query q = query_open(sc, st, name);
    while (query_next(&q)) {
        buf_reset(&b);
        buf_add_c(&b, (char)columns);
        for (int i = from; i < columns; i++) {
            str s = query_str(&q, i);
            buf_add_le32(&b, (uint32_t)s.n);
            buf_add(&b, s);
        }
        if (buf_end(sc, &b)) break;
        struct hash128 h = hash_content(buf_str(&b));
        sum->lo += h.lo;
        sum->hi += h.hi + (sum->lo < h.lo);
    }
    enum err e = query_end(&q);
    if (!e) e = buf_end(sc, &b);
    buf_free(&b);
    return e;
}

enum err store_digest(struct scope *sc, struct store *st, struct hash128 *out)
{
    struct hash128 sum = { 0 };
    TRY(digest_add(sc, st, SQL_DIGEST_LIST, 1, 17, &sum));
    TRY(digest_add(sc, st, SQL_DIGEST_TYPE_LIST, 0, 4, &sum));
    *out = sum;
    return OK;
}
