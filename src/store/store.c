// SPDX-License-Identifier: EUPL-1.2
// The data folder: making, opening, closing a store, the writer's lock, migrations, transactions.
#include "store/store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/query.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct engine *const engine = &engine_sqlite;

// -- the writer's lock
// --------------------------------------------------------------------------------------------- flock ends
// with its process, however that ends; the number in the file is only for people.
static enum err lock_refused(struct scope *sc, const char *dir, int fd)
{
    char    text[24] = { 0 };
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    int64_t pid = 0;
    if (n <= 0 || !str_to_i64(str_trim(str_of(text)), &pid))
        return fail(&sc->fault, ERR_BUSY,
                    "another process writes to %s: wait until it has ended, then try again", dir);
    return fail(&sc->fault, ERR_BUSY,
                "process %lld writes to %s: wait until it has ended, or stop it (kill %lld), "
                "then try again",
                (long long)pid, dir, (long long)pid);
}

static enum err lock_take(struct scope *sc, const char *dir, int *out)
{
    const char *path;
    TRY(path_join(sc, dir, "lock", &path));
    AUTO(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(&sc->fault, "cannot open %s for writing", path);
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno == EWOULDBLOCK) return lock_refused(sc, dir, fd);
        if (errno != EINTR) return fail_errno(&sc->fault, "cannot lock %s", path);
    }
    char text[24];
    int  n = snprintf(text, sizeof text, "%lld\n", (long long)getpid());
    // Neither is needed for the lock to hold: on a full disk the next writer is told less.
    if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n) errno = 0;
    *out = fd;
    fd = -1;
    return OK;
}

bool store_is_written(const char *dir)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/lock", dir) >= sizeof path) return false;
    AUTO(fd_closep)
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe in its place is not waited for
    return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
}

// -- opening ------------------------------------------------------------------------------------------------
void store_close(struct store *st)
{
    if (!st) return;
    run_stage_free(st);
    if (st->db) {
        for (size_t i = 0; i < SQL_STATEMENTS; i++) engine->finalize(st->ready[i]);
        engine->rollback(st->db);
        if (st->mode == STORE_WRITE) engine->tidy(st->db);
        engine->close(st->db);
    }
    fd_closep(&st->lock);
    free(st->dir);
    free(st);
}

void store_closep(struct store **st)
{
    store_close(*st);
    *st = NULL;
}

const char *store_dir(const struct store *st)
{
    return st->dir;
}

static enum err migrate(struct scope *sc, struct store *st, int from)
{
    for (int number = from + 1; number <= SQL_MIGRATIONS; number++) {
        const struct sql_migration *m = &sql_migrations[number - 1];
        TRY(store_begin(sc, st));
        enum err e = engine->migrate(sc, st->db, m->text, number);
        if (!e) {
            AUTO(query_free) struct query q = query_open(sc, st, SQL_MIGRATION_ADD);
            bind_i64(&q, ":number", number);
            bind_str(&q, ":name", str_of(m->name));
            bind_i64(&q, ":applied_s", clock_system.now_s());
            e = query_run(&q);
        }
        if (!e) e = store_commit(sc, st);
        store_rollback(st);
        if (e) return fail_at(&sc->fault, "migration %s", m->name);
    }
    return OK;
}

static enum err check_version(struct scope *sc, const struct store *st, int version)
{
    if (version > SQL_MIGRATIONS)
        return fail(&sc->fault, ERR_VERSION,
                    "the store in %s has format %d, and this program (hromada " HROMADA_VERSION
                    ") knows formats up to %d: use the newer program that wrote it, or another data folder",
                    st->dir, version, SQL_MIGRATIONS);
    if (version < SQL_MIGRATIONS && st->mode == STORE_READ)
        return fail(&sc->fault, ERR_VERSION,
                    "the store in %s has the older format %d: bring it up to date with any "
                    "command that writes to it, for example hromada publish (copy the folder first)",
                    st->dir, version);
    return OK;
}

// The tables of a run must stand before a statement that names them is prepared.
static enum err staging_make(struct scope *sc, struct store *st)
{
    static const enum sql tables[] = {
        SQL_STAGING_ROW,      SQL_STAGING_TOUCHED,       SQL_STAGING_HELD, SQL_STAGING_VERDICT,
        SQL_STAGING_CHANGE,   SQL_STAGING_EXTRA,         SQL_STAGING_GONE, SQL_STAGING_GONE_EARLIER,
        SQL_STAGING_APART,    SQL_STAGING_KEPT,          SQL_STAGING_LOST, SQL_STAGING_LIFT,
        SQL_STAGING_MENTION,  SQL_STAGING_SUSPECT,       SQL_STAGING_PART, SQL_STAGING_UNREAD_ROW,
        SQL_STAGING_READ_ROW, SQL_STAGING_REJECTED_SLICE
    };
    for (size_t i = 0; i < COUNT(tables); i++) TRY(query_plain(sc, st, tables[i]));
    return run_lend(sc, st);
}

static enum err handle_new(struct scope *sc, const char *dir, enum store_mode mode, struct store **out)
{
    struct store *st = calloc(1, sizeof *st);
    if (!st) return fail(&sc->fault, ERR_NOMEM, "no memory for a store");
    st->mode = mode;
    st->lock = -1;
    st->dir = strdup(dir);
    *out = st;
    return st->dir ? OK : fail(&sc->fault, ERR_NOMEM, "no memory for a store");
}

enum err store_open(struct scope *sc, const char *dir, enum store_mode mode, struct store **out)
{
    AUTO(store_closep) struct store *st = NULL;
    const char                      *path;
    int                              version = 0;
    TRY(handle_new(sc, dir, mode, &st));
    TRY(path_join(sc, dir, "hromada.db", &path));
    if (access(path, F_OK)) {
        if (errno != ENOENT && errno != ENOTDIR) // who may not look must not hear that there is none
            return fail_errno(&sc->fault, "cannot look for %s", path);
        return fail(&sc->fault, ERR_NOTFOUND, "there is no store in %s: make one with hromada -D %s init",
                    dir, dir);
    }
    if (mode == STORE_WRITE) TRY(lock_take(sc, dir, &st->lock));
    TRY(engine->open(sc, path, mode == STORE_WRITE ? ENGINE_WRITE : ENGINE_READ, &version, &st->db));
    TRY(check_version(sc, st, version));
    if (mode == STORE_WRITE) {
        TRY(migrate(sc, st, version));
        TRY(staging_make(sc, st));
    }
    *out = st;
    st = NULL;
    return OK;
}

// The database is made under another name and renamed when it is whole: a store that is half made is never
// seen.
static enum err make_new(struct scope *sc, const char *dir, const char *path, const struct store_settings *s)
{
    AUTO(store_closep) struct store *st = NULL;
    int                              version = 0;
    TRY(handle_new(sc, dir, STORE_WRITE, &st));
    TRY(engine->open(sc, path, ENGINE_CREATE, &version, &st->db));
    TRY(migrate(sc, st, version));
    return store_settings_set(sc, st, s);
}

static void remove_new(const char *path)
{
    static const char *const behind[] = { "", "-wal", "-shm", "-journal" };
    char                     name[4096 + 16];
    for (size_t i = 0; i < COUNT(behind); i++)
        if (snprintf(name, sizeof name, "%s%s", path, behind[i]) < (int)sizeof name) unlink(name);
}

// What still stands in the log when a database is closed would be lost with the rename.
static enum err check_closed(struct scope *sc, const char *path)
{
    struct stat st;
    str         log = arena_printf(sc->mem, "%s-wal", path);
    if (!log.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (stat(log.p, &st) || !st.st_size) return OK;
    return fail(&sc->fault, ERR_IO,
                "cannot write %s: its log could not be written back, as happens when the disk is full; "
                "nothing was made. Make room there, then try again",
                path);
}

enum err store_create(struct scope *sc, const char *dir, const struct store_settings *s)
{
    AUTO(fd_closep) int lock = -1;
    const char         *path, *new;
    TRY(dir_make(sc, dir));
    TRY(path_join(sc, dir, "hromada.db", &path));
    TRY(path_join(sc, dir, "hromada.db.new", &new));
    TRY(lock_take(sc, dir, &lock));
    if (!access(path, F_OK))
        return fail(&sc->fault, ERR_EXISTS,
                    "there is a store in %s already: import into it, or name another folder with -D", dir);
    remove_new(new);
    enum err e = make_new(sc, dir, new, s);
    if (!e) e = check_closed(sc, new);
    if (!e && rename(new, path)) e = fail_errno(&sc->fault, "cannot rename %s to %s", new, path);
    remove_new(new); // after the rename, what closing may have left beside it
    return e ? e : dir_sync(sc, dir);
}

// -- transactions -------------------------------------------------------------------------------------------
// Each reference is looked up again when a row is written.
static enum err end_bulk(struct scope *sc, struct store *st)
{
    if (st->bulk) TRY(engine->prepare_for(sc, st->db, ENGINE_PIECEMEAL));
    st->bulk = false;
    return OK;
}

static enum err begin(struct scope *sc, struct store *st)
{
    TRY(engine->begin(sc, st->db, st->mode == STORE_WRITE));
    st->inside = true;
    return OK;
}

enum err store_begin(struct scope *sc, struct store *st)
{
    assert(!st->inside);
    TRY(end_bulk(sc, st));
    return begin(sc, st);
}

enum err store_begin_run(struct scope *sc, struct store *st)
{
    assert(!st->inside && st->mode == STORE_WRITE);
    int64_t last;
    TRY(query_number(sc, st, SQL_INCIDENT_LAST, &last));
    TRY(engine->prepare_for(sc, st->db, last ? ENGINE_BULK : ENGINE_FIRST));
    st->bulk = true;
    enum err e = begin(sc, st);
    if (e) store_rollback(st);
    return e;
}

static void leave(struct store *st)
{
    struct scope later = { 0 }; // what fails now is done and told when the next transaction begins
    st->inside = false;
    (void)end_bulk(&later, st);
}

enum err store_commit(struct scope *sc, struct store *st)
{
    assert(st->inside);
    enum err e = engine->commit(sc, st->db);
    if (e) engine->rollback(st->db);
    leave(st);
    return e;
}

void store_rollback(struct store *st)
{
    run_stage_free(st);
    if (st->inside) engine->rollback(st->db);
    leave(st);
}

enum err store_enter(struct scope *sc, struct store *st, bool *own)
{
    *own = !st->inside;
    return *own ? store_begin(sc, st) : OK;
}

enum err store_leave(struct scope *sc, struct store *st, bool own, enum err e)
{
    if (!own) return e;
    if (!e) return store_commit(sc, st);
    store_rollback(st);
    return e;
}
