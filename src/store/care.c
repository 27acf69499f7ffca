// SPDX-License-Identifier: EUPL-1.2
// Care of a store: check, backup, digest.
#include "store/store.h"

#include "base/arena.h"
#include "base/file.h"
#include "store/query.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// -- check
// ---------------------------------------------------------------------------------------------------------
enum { MAX_FINDINGS = 100, MAX_REPORT = 64 * 1024 };

struct findings {
    struct buf lines;
    size_t     n; // of the statement at work: after MAX_FINDINGS it is cut short
};

static enum err find_integrity(struct scope *sc, struct store *st, struct findings *f)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CHECK_INTEGRITY);
    while (query_next(&q))
        if (!str_eq(query_str(&q, 0), S("ok")))
            buf_printf(&f->lines, "integrity: %.*s\n", STR(query_str(&q, 0)));
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
    { SQL_CHECK_VALUES, "incident %: impossible value: from %, to %, precision %, point % at %, %" },
    { SQL_CHECK_KEYS, "source %: the key % is that of % incidents" },
    { SQL_CHECK_TYPES, "incident %: a further category is its own" },
    { SQL_CHECK_SLICES, "slice % (%): holds no incident" },
    { SQL_CHECK_HISTORY, "revision %: is older than its incident %" },
    { SQL_CHECK_AREAS, "area % (%): its points or rings are not whole" },
};

static enum err find(struct scope *sc, struct store *st, size_t at, struct findings *f)
{
    AUTO(query_free) struct query q = query_open(sc, st, checks[at].name);
    if (checks[at].name == SQL_CHECK_VALUES) {
        bind_i64(&q, ":first_s", STORE_FIRST_S);
        bind_i64(&q, ":last_s", STORE_LAST_S);
    }
    for (f->n = 0; query_next(&q); f->n++) {
        if (f->n == MAX_FINDINGS) {
            buf_printf(&f->lines, "... and more of this kind\n");
            break;
        }
        add_line(f, &q, checks[at].sentence);
    }
    return query_end(&q);
}

static enum err find_all(struct scope *sc, struct store *st, struct findings *f)
{
    TRY(find_integrity(sc, st, f));
    for (size_t i = 0; i < COUNT(checks); i++) TRY(find(sc, st, i, f));
    return OK;
}

enum err store_check(struct scope *sc, struct store *st, str *report)
{
    struct findings f = { 0 };
    buf_init(&f.lines, MAX_REPORT);
    enum err e = find_all(sc, st, &f);
    if (e == ERR_CORRUPT) { // a damaged page may end a statement early; that is a finding, too
        buf_printf(&f.lines, "integrity: %s\n", sc->fault.text);
        e = OK;
    }
    str text = arena_str(sc->mem, buf_str(&f.lines));
    buf_free(&f.lines);
    TRY(e);
    if (!text.p) return fail(&sc->fault, ERR_NOMEM, "no room for the report");
    *report = text;
    if (!text.n) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "the store in %s is damaged (first: %.*s): bring back a backup",
                st->dir, (int)str_find(text, '\n'), text.p);
}

// -- backup
// --------------------------------------------------------------------------------------------------------
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
    return OK;
}

enum err store_backup(struct scope *sc, struct store *st, const char *to_path)
{
    TRY(check_target(sc, st, to_path));
    str tmp = arena_printf(sc->mem, "%s.tmp", to_path), dir = arena_str(sc->mem, str_of(to_path));
    if (!tmp.p || !dir.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    unlink(tmp.p);
    enum err e = st->db->engine->backup(sc, st->db, tmp.p);
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

// -- digest
// --------------------------------------------------------------------------------------------------------
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
    TRY(digest_add(sc, st, SQL_DIGEST_LIST, 1, 16, &sum));
    TRY(digest_add(sc, st, SQL_DIGEST_TYPE_LIST, 0, 4, &sum));
    *out = sum;
    return OK;
}
