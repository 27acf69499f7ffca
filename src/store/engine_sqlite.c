// SPDX-License-Identifier: EUPL-1.2
// The store on SQLite: one file in WAL mode, with a checksum in each page. It and sqlite_pages.c alone include sqlite3.h.
#include "store/engine.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "store/sqlite_log.h"
#include "store/sqlite_pages.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x68726D64, // "hrmd", at offset 68 of the file
    BUSY_MS = 10000,             // how long a reader or a second writer waits
    BACKUP_PAGES = 256,          // copied between two looks at whether others wait
    BACKUP_PAUSE_MS = 5,
    HEAD_BYTES = 100,
    COUNTER_AT = 24,   // in it: how often the file was changed
    VALID_FOR_AT = 92, // the same, where the head was written by an SQLite that counts
};

// Bounded caches: the import of a file of any size stays below 300 MB in the whole process, measured with a
// million rows. Temporary tables and sorts go to files, which SQLite unlinks as soon as it has opened them; their journal does not,
// for its end comes behind that of the database, and a failure there would be told of what is done.
static const char settings_of_connection[] = "PRAGMA foreign_keys = ON;"
                                             "PRAGMA trusted_schema = OFF;"
                                             "PRAGMA cell_size_check = ON;"
                                             "PRAGMA temp_store = FILE;"
                                             "PRAGMA cache_size = -49152;"
                                             "PRAGMA temp.cache_size = -16384;"
                                             "PRAGMA temp.journal_mode = MEMORY;"
                                             "PRAGMA main.secure_delete = ON;"
                                             "PRAGMA synchronous = FULL;";

struct sqlite {
    struct db db;
    sqlite3  *file;
    char      path[];
};
// A statement is SQLite's own; the store knows it as struct stmt.
static sqlite3_stmt *own(struct stmt *s)
{
    return (sqlite3_stmt *)s;
}
static struct sqlite *of(struct db *db)
{
    return (struct sqlite *)db;
}

static bool folder_refuses(const char *path)
{
    char        dir[4096];
    const char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) >= sizeof dir) return access(".", W_OK) != 0;
    memcpy(dir, path, (size_t)(slash - path));
    dir[slash - path] = 0;
    return access(*dir ? dir : "/", W_OK) != 0;
}

static const char *const beside[] = { "-shm", "-wal", "-journal" };

/// The first of those beside the database that is there and may not be written to; NULL: none.
static const char *locked_beside(const char *path)
{
    char name[4096 + 16];
    for (size_t i = 0; i < COUNT(beside); i++)
        if (snprintf(name, sizeof name, "%s%s", path, beside[i]) < (int)sizeof name && !access(name, F_OK) &&
            access(name, W_OK))
            return beside[i];
    return NULL;
}

// SQLite gives what it makes beside a database the mode that the database has then. Of one that could only be read for a while
// they stay behind so, and no writer gets past them. Who has them open does not notice when they get the database's mode. They
// are not opened for it: closing one would end the locks that this process has on it.
static void unlock_beside(const char *path)
{
    char        name[4096 + 16];
    struct stat db, st;
    if (access(path, W_OK) || stat(path, &db)) return;
    for (size_t i = 0; i < COUNT(beside); i++) {
        if (snprintf(name, sizeof name, "%s%s", path, beside[i]) >= (int)sizeof name || !access(name, W_OK))
            continue;
        // Where it cannot be done, what cannot be written says so.
        if (!lstat(name, &st) && S_ISREG(st.st_mode) && chmod(name, db.st_mode & 0666)) errno = 0;
    }
}

static enum err read_only(struct scope *sc, const char *path, const char *what, const char *why)
{
    const char *locked = locked_beside(path);
    if (folder_refuses(path)) // a writer was killed, and what it left is to be taken back first
        return fail(
            &sc->fault, ERR_IO,
            "%s was not closed properly, and its folder cannot be written to: open it once with a program "
            "that may write there, for example with hromada check",
            path);
    if (access(path, W_OK))
        return fail(&sc->fault, ERR_IO,
                    "%s cannot be written to by this user: give it back its mode (chmod u+w) or its owner, "
                    "and what lies beside it (-wal, -shm) the same",
                    path);
    if (locked)
        return fail(&sc->fault, ERR_IO,
                    "%s%s cannot be written to by this user, though the database can: give it the mode and "
                    "the owner of %s",
                    path, locked, path);
    return fail(&sc->fault, ERR_IO, "cannot %s %s: %s", what, path, why);
}

// One sentence for what SQLite says. The caller's words come first, what to do comes last.
static enum err refused(struct scope *sc, struct sqlite *q, int code, const char *what)
{
    const char *why = q->file ? sqlite3_errmsg(q->file) : sqlite3_errstr(code);
    int         os = q->file ? sqlite3_system_errno(q->file) : 0;
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return fail(&sc->fault, ERR_FULL,
                    "cannot %s %s: no space is left on the disk; nothing was changed. Make room "
                    "there (and where TMPDIR points), then try again",
                    what, q->path);
    case SQLITE_NOMEM:
        return fail(&sc->fault, ERR_NOMEM, "cannot %s %s: no memory", what, q->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(&sc->fault, ERR_BUSY, "cannot %s %s: another process holds it; try again later", what,
                    q->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        if (q->file && pages_refused(q->file))
            return fail(&sc->fault, ERR_CORRUPT,
                        "%s is damaged (page %u is not as this program wrote it): bring back a backup",
                        q->path, pages_refused(q->file));
        return fail(&sc->fault, ERR_CORRUPT, "%s is damaged (%s): bring back a backup", q->path, why);
    case SQLITE_CONSTRAINT:
        return fail(&sc->fault, ERR_INVALID, "cannot %s %s: %s", what, q->path, why);
    case SQLITE_READONLY:
        return read_only(sc, q->path, what, why);
    case SQLITE_TOOBIG:
        return fail(&sc->fault, ERR_LIMIT, "cannot %s %s: a value is too long", what, q->path);
    case SQLITE_IOERR:
        if (os == ENOSPC || os == EDQUOT || os == EFBIG)
            return fail(&sc->fault, ERR_FULL,
                        "cannot %s %s: the disk, a quota or a file size limit is full; nothing "
                        "was changed. Make room, then try again",
                        what, q->path);
        break;
    default:
        break;
    }
    if (os) return fail(&sc->fault, ERR_IO, "cannot %s %s: %s (%s)", what, q->path, why, strerror(os));
    return fail(&sc->fault, ERR_IO, "cannot %s %s: %s", what, q->path, why);
}

static enum err exec(struct scope *sc, struct sqlite *q, const char *what, const char *statements)
{
    int code = sqlite3_exec(q->file, statements, NULL, NULL, NULL);
    return code ? refused(sc, q, code, what) : OK;
}

static enum err one_number(struct scope *sc, struct sqlite *q, const char *statement, int64_t *out)
{
    sqlite3_stmt *s = NULL;
    int           code = sqlite3_prepare_v2(q->file, statement, -1, &s, NULL);
    if (!code) code = sqlite3_step(s);
    if (code == SQLITE_ROW) *out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return code == SQLITE_ROW ? OK : refused(sc, q, code, "read");
}

static void sqlite_close(struct db *db)
{
    struct sqlite *q = of(db);
    if (!q) return;
    sqlite3_close(q->file); // refuses as long as a statement lives, which would be our mistake
    free(q);
}
static void sqlite_closep(struct sqlite **q)
{
    if (*q) sqlite_close(&(*q)->db);
    *q = NULL;
}
/// NULL: no memory.
static struct sqlite *sqlite_new(const char *path)
{
    struct sqlite *q = calloc(1, sizeof *q + strlen(path) + 1);
    if (!q) return NULL;
    q->db.engine = &engine_sqlite;
    strcpy(q->path, path);
    return q;
}

static enum err configure(struct scope *sc, struct sqlite *q)
{
    static const struct {
        int option, on;
    } options[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
        { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
        { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    };
    for (size_t i = 0; i < COUNT(options); i++) {
        int code = sqlite3_db_config(q->file, options[i].option, options[i].on, (int *)NULL);
        if (code) return refused(sc, q, code, "open");
    }
    sqlite3_extended_result_codes(q->file, 1);
    sqlite3_busy_timeout(q->file, BUSY_MS);
    return exec(sc, q, "open", settings_of_connection);
}

// "file:..." with what has a meaning in a URI written as %XX.
static enum err uri_of(struct scope *sc, const char *path, str *out)
{
    struct buf b;
    buf_init(&b, 3 * strlen(path) + 64);
    buf_add(&b, S("file:"));
    for (const char *p = path; *p; p++) {
        if (strchr("?#%", *p)) buf_printf(&b, "%%%02X", (unsigned)*p);
        else buf_add_c(&b, *p);
    }
    buf_add(&b, S("?immutable=1"));
    enum err e = buf_end(sc, &b);
    if (!e) *out = arena_str(sc->mem, buf_str(&b));
    if (!e && !out->p) e = fail(&sc->fault, ERR_NOMEM, "no room for a path");
    buf_free(&b);
    return e;
}

// A reader of a WAL database writes to the shared-memory file beside it. Where the folder cannot be written
// to and no log is left over, nobody changes the file, and it is read as one that never changes.
static enum err open_immutable(struct scope *sc, struct sqlite *q)
{
    struct stat st;
    str         wal = arena_printf(sc->mem, "%s-wal", q->path), uri = { 0 };
    if (!wal.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (!stat(wal.p, &st) && st.st_size) return refused(sc, q, SQLITE_READONLY, "read");
    TRY(uri_of(sc, q->path, &uri));
    sqlite3_close(q->file);
    q->file = NULL;
    int code = sqlite3_open_v2(uri.p, &q->file, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                               pages_vfs());
    if (code) return refused(sc, q, code, "open");
    return configure(sc, q);
}

static enum err check_format(struct scope *sc, struct sqlite *q, int *version)
{
    int64_t application = 0, number = 0;
    TRY(one_number(sc, q, "PRAGMA application_id", &application));
    TRY(one_number(sc, q, "PRAGMA user_version", &number));
    if (application != APPLICATION_ID)
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s is a database of another program, not a store of hromada: name "
                    "another data folder",
                    q->path);
    if (number < 1 || number > 9999)
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s says that its format is %lld: it is damaged, bring back a backup", q->path,
                    (long long)number);
    *version = (int)number;
    return OK;
}

// -- the head of the file -----------------------------------------------------------------------------------------------

static uint32_t number_at(const unsigned char head[HEAD_BYTES], size_t at)
{
    return (uint32_t)head[at] << 24 | (uint32_t)head[at + 1] << 16 | (uint32_t)head[at + 2] << 8 |
           head[at + 3];
}

// Bytes 18 and 19 of the file: 1 without a log, as backup leaves a copy, 2 with one.
static bool is_without_log(const unsigned char head[HEAD_BYTES])
{
    return !memcmp(head, "SQLite format 3", 16) && head[18] == 1;
}

static bool sqlite_is_copy(const char *path)
{
    unsigned char       head[HEAD_BYTES];
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && pread(fd, head, HEAD_BYTES, 0) == HEAD_BYTES && is_without_log(head) &&
           number_at(head, 68) == APPLICATION_ID;
}

// By SQLite's own handle: a process that opens and closes the file beside it loses the locks that it has on it.
static bool read_head(struct sqlite *q, unsigned char head[HEAD_BYTES])
{
    sqlite3_file *f = NULL;
    return !sqlite3_file_control(q->file, "main", SQLITE_FCNTL_FILE_POINTER, &f) && f && f->pMethods &&
           !f->pMethods->xRead(f, head, HEAD_BYTES, 0);
}

// Beside a file that has no log, or is older than it, a log is of another one: a crash left it, and then a copy took the place of
// the database. SQLite would write it into the copy as soon as it reads.
static enum err check_log(struct scope *sc, struct sqlite *q)
{
    unsigned char head[HEAD_BYTES], again[HEAD_BYTES];
    struct stat   st;
    str           log = arena_printf(sc->mem, "%s-wal", q->path);
    if (!log.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (stat(log.p, &st) || !st.st_size || !read_head(q, head)) return OK;
    if (!is_without_log(head) && !(log_is_later(log.p, number_at(head, COUNTER_AT)) && read_head(q, again) &&
                                   number_at(again, COUNTER_AT) == number_at(head, COUNTER_AT)))
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "%s is a copy, and beside it lies the log of the database that it took the place of: "
                "remove %s-wal and "
                "%s-shm, then try again",
                q->path, q->path, q->path);
}

// Page 1, where the file has the pages that this program makes. False: it does not, or what stands there was written in part.
static bool read_first(struct sqlite *q, unsigned char page[PAGES_BYTES])
{
    sqlite3_file *f = NULL;
    return !sqlite3_file_control(q->file, "main", SQLITE_FCNTL_FILE_POINTER, &f) && f && f->pMethods &&
           !f->pMethods->xRead(f, page, PAGES_BYTES, 0);
}

static bool is_being_written(struct sqlite *q)
{
    sqlite3_file *f = NULL;
    int           held = 0;
    return sqlite3_file_control(q->file, "main", SQLITE_FCNTL_FILE_POINTER, &f) || !f || !f->pMethods ||
           f->pMethods->xCheckReservedLock(f, &held) || held;
}

// SQLite would write a journal back into the copy, and cut it.
static enum err check_journal(struct scope *sc, struct sqlite *q)
{
    unsigned char page[PAGES_BYTES], again[PAGES_BYTES];
    struct stat   st;
    str           journal = arena_printf(sc->mem, "%s-journal", q->path);
    if (!journal.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (stat(journal.p, &st) || !st.st_size || is_being_written(q) || !read_first(q, page) ||
        !journal_is_foreign(journal.p, page, PAGES_BYTES) || !read_first(q, again) ||
        memcmp(page, again, PAGES_BYTES))
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "%s is a copy, and beside it lies the journal of the database that it took the place of: "
                "remove %s-journal, then try again",
                q->path, q->path);
}

static enum err open_file(struct scope *sc, struct sqlite *q, int flags)
{
    if (!pages_vfs()) return fail(&sc->fault, ERR_NOMEM, "no memory for %s", q->path);
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int code = sqlite3_open_v2(q->path, &q->file, flags, pages_vfs());
    if (code) return refused(sc, q, code, "open");
    TRY(check_log(sc, q));
    return check_journal(sc, q);
}

// A writer without a log that was killed leaves a journal. The first to open the database takes back what that writer did,
// which a reader may not: this is done for it.
static enum err take_back(struct scope *sc, const char *path)
{
    str     journal = arena_printf(sc->mem, "%s-journal", path);
    int64_t any;
    if (!journal.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (access(journal.p, F_OK)) return OK;
    AUTO(sqlite_closep) struct sqlite *q = sqlite_new(path);
    if (!q) return fail(&sc->fault, ERR_NOMEM, "no memory for %s", path);
    TRY(open_file(sc, q, SQLITE_OPEN_READWRITE));
    sqlite3_extended_result_codes(q->file, 1);
    sqlite3_busy_timeout(q->file, BUSY_MS);
    return one_number(sc, q, "PRAGMA schema_version", &any);
}

static enum err reserve(struct scope *sc, struct sqlite *q)
{
    int bytes = PAGES_RESERVED;
    int code = sqlite3_file_control(q->file, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
    return code ? refused(sc, q, code, "write to") : OK;
}

static enum err copy_into(struct scope *sc, struct sqlite *q, const char *to)
{
    sqlite3_stmt *s = NULL;
    TRY(reserve(sc, q));
    int code = sqlite3_prepare_v2(q->file, "VACUUM INTO ?1", -1, &s, NULL);
    if (!code) code = sqlite3_bind_text(s, 1, to, -1, SQLITE_STATIC);
    if (!code) code = sqlite3_step(s);
    sqlite3_finalize(s);
    if (code != SQLITE_DONE) return refused(sc, q, code, "write to");
    AUTO(fd_closep) int fd = open(to, O_RDONLY | O_CLOEXEC);
    return fd < 0 || fsync(fd) ? fail_errno(&sc->fault, "cannot write %s", to) : OK;
}

// A file of an earlier version gets its checksums: a copy that has them takes its place. Without the log nobody else has it
// open; who opens it before the rename reads the old file, which nobody writes any more. Where somebody is in the way, or
// the disk has no room for both, it stays as it is for this time, and hromada check says so.
static enum err seal_file(struct scope *sc, struct sqlite *q)
{
    str new = arena_printf(sc->mem, "%s.new", q->path), dir = arena_str(sc->mem, str_of(q->path));
    if (!new.p || !dir.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    sqlite3_busy_timeout(q->file, 0);
    if (sqlite3_exec(q->file, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL)) return OK;
    unlink(new.p);
    enum err e = copy_into(sc, q, new.p);
    if (!e && rename(new.p, q->path)) e = fail_errno(&sc->fault, "cannot rename %s to %s", new.p, q->path);
    if (e) unlink(new.p);
    if (e == ERR_FULL) return OK;
    TRY(e);
    while (dir.n && dir.p[dir.n - 1] != '/') dir.n--;
    TRY(dir_sync(sc, dir.n ? arena_cstr(sc->mem, dir) : "."));
    sqlite3_close(q->file);
    q->file = NULL;
    TRY(open_file(sc, q, SQLITE_OPEN_READWRITE));
    return configure(sc, q);
}

static enum err sqlite_open(struct scope *sc, const char *path, enum engine_mode mode, int *version,
                            struct db **out)
{
    struct stat st;
    bool        there = !stat(path, &st);
    if (mode == ENGINE_CREATE && there) return fail(&sc->fault, ERR_EXISTS, "%s exists", path);
    if (mode != ENGINE_CREATE && !there) return fail_errno(&sc->fault, "cannot open %s", path);
    if (there && st.st_size < 512)
        return fail(&sc->fault, ERR_CORRUPT, "%s has only %lld bytes: it is damaged, bring back a backup",
                    path, (long long)st.st_size);
    if (there) unlock_beside(path);
    if (mode == ENGINE_READ) TRY(take_back(sc, path));
    AUTO(sqlite_closep) struct sqlite *q = sqlite_new(path);
    if (!q) return fail(&sc->fault, ERR_NOMEM, "no memory for %s", path);
    int flags = mode == ENGINE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (mode == ENGINE_CREATE) flags |= SQLITE_OPEN_CREATE;
    TRY(open_file(sc, q, flags));
    int      number = 0;
    enum err e = configure(sc, q);
    if (!e && mode == ENGINE_CREATE) e = reserve(sc, q);
    if (!e && mode == ENGINE_CREATE)
        e = exec(sc, q, "create",
                 "PRAGMA auto_vacuum = NONE; PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;");
    else if (!e) e = check_format(sc, q, &number);
    if (!e && mode == ENGINE_WRITE && !pages_sealed(q->file)) e = seal_file(sc, q);
    if (!e && mode == ENGINE_WRITE) // a copy that a backup made comes without it
        e = exec(sc, q, "open", "PRAGMA journal_mode = WAL;");
    if (e == ERR_IO && mode == ENGINE_READ && folder_refuses(path)) {
        TRY(open_immutable(sc, q));
        e = check_format(sc, q, &number);
    }
    if (e) return e;
    *version = number;
    *out = &q->db;
    q = NULL;
    return OK;
}

static enum err sqlite_migrate(struct scope *sc, struct db *db, const char *statements, int version)
{
    struct sqlite *q = of(db);
    char           mark[96];
    TRY(exec(sc, q, "bring up to date", statements));
    snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID,
             version);
    return version ? exec(sc, q, "bring up to date", mark) : OK;
}

static enum err sqlite_begin(struct scope *sc, struct db *db, bool write)
{
    struct sqlite *q = of(db);
    if (write) return exec(sc, q, "write to", "BEGIN IMMEDIATE");
    TRY(exec(sc, q, "read", "BEGIN"));
    int64_t  any; // the state is fixed by the first read, not by BEGIN
    enum err e = one_number(sc, q, "PRAGMA schema_version", &any);
    if (e) sqlite3_exec(q->file, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

static enum err sqlite_commit(struct scope *sc, struct db *db)
{
    return exec(sc, of(db), "write to", "COMMIT");
}

// What is written behind the end of a file has no old state that a journal must hold: the first import of a town is written
// once, where the log would have it twice. Nothing is lost when somebody is in the way: the mode stays as it was, and whoever
// opens the store for writing puts the log back.
static enum err sqlite_prepare_for(struct scope *sc, struct db *db, enum engine_work work)
{
    struct sqlite *q = of(db);
    sqlite3_busy_timeout(q->file, 0);
    sqlite3_exec(q->file,
                 work == ENGINE_FIRST ? "PRAGMA main.journal_mode = DELETE"
                                      : "PRAGMA main.journal_mode = WAL",
                 NULL, NULL, NULL);
    sqlite3_busy_timeout(q->file, BUSY_MS);
    return exec(sc, q, "write to",
                work == ENGINE_PIECEMEAL ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
}

static bool sqlite_strict(struct db *db, bool on)
{
    pages_strict(of(db)->file, on);
    return pages_sealed(of(db)->file);
}

static void sqlite_rollback(struct db *db)
{
    struct sqlite *q = of(db);
    // A full disk may have rolled back already.
    if (!sqlite3_get_autocommit(q->file)) sqlite3_exec(q->file, "ROLLBACK", NULL, NULL, NULL);
}

static enum err measure(struct scope *sc, struct sqlite *q, int64_t *bytes, int64_t *wanted)
{
    struct stat st;
    int64_t     pages, page_bytes;
    str         wal = arena_printf(sc->mem, "%s-wal", q->path);
    if (!wal.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    TRY(one_number(sc, q, "PRAGMA main.page_count", &pages));
    TRY(one_number(sc, q, "PRAGMA main.page_size", &page_bytes));
    *bytes = *wanted = pages * page_bytes;
    if (!stat(wal.p, &st) && st.st_size) return OK;
    if (stat(q->path, &st)) return fail_errno(&sc->fault, "cannot read %s", q->path);
    *bytes = st.st_size;
    return OK;
}

// Whoever reads while the log is empty reads the file alone, and until then nobody moves pages of a later log into it.
static enum err sqlite_length(struct scope *sc, struct db *db, int64_t *bytes, int64_t *wanted)
{
    bool inside = !sqlite3_get_autocommit(of(db)->file);
    if (!inside) TRY(sqlite_begin(sc, db, false));
    enum err e = measure(sc, of(db), bytes, wanted);
    if (!inside) sqlite_rollback(db);
    return e;
}

// A log of the size of an import would stay on the disk until the next one.
static void sqlite_tidy(struct db *db)
{
    struct sqlite *q = of(db);
    sqlite3_busy_timeout(q->file, 0);
    sqlite3_wal_checkpoint_v2(q->file, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(q->file, BUSY_MS);
}

// What cannot be read is the damage of the source, though SQLite keeps the error with the copy.
static enum err not_copied(struct scope *sc, struct sqlite *from, struct sqlite *to, int code)
{
    if ((code & 0xFF) != SQLITE_CORRUPT && (code & 0xFF) != SQLITE_NOTADB)
        return refused(sc, to, code, "write to");
    if (pages_refused(from->file)) return refused(sc, from, code, "read");
    return fail(&sc->fault, ERR_CORRUPT, "%s is damaged (%s): bring back a backup", from->path,
                sqlite3_errstr(code));
}

static enum err copy_pages(struct scope *sc, struct sqlite *from, struct sqlite *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to->file, "main", from->file, "main");
    if (!b) return refused(sc, to, sqlite3_errcode(to->file), "write to");
    int code, waited_ms = 0;
    do {
        code = sqlite3_backup_step(b, BACKUP_PAGES);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) waited_ms += sqlite3_sleep(BACKUP_PAUSE_MS);
        else waited_ms = 0;
    } while (code == SQLITE_OK || ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && waited_ms < BUSY_MS));
    int end = sqlite3_backup_finish(b);
    if (code != SQLITE_DONE) return not_copied(sc, from, to, code);
    return end ? not_copied(sc, from, to, end) : OK;
}

static enum err open_copy(struct scope *sc, const struct sqlite *from, struct sqlite *to)
{
    int code =
        sqlite3_open_v2(to->path, &to->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        pages_sealed(from->file) ? pages_vfs() : NULL);
    if (code) return refused(sc, to, code, "create");
    sqlite3_extended_result_codes(to->file, 1);
    return OK;
}

// The change counter of a copy is far from that of every other file, so that a journal tells whose it is (sqlite_log.h).
static enum err set_apart(struct scope *sc, struct sqlite *to)
{
    unsigned char page[PAGES_BYTES];
    sqlite3_file *f = NULL;
    uint32_t      far;
    int           n = pages_sealed(to->file) ? PAGES_BYTES : HEAD_BYTES;
    int           code = sqlite3_file_control(to->file, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (!code) code = f->pMethods->xRead(f, page, n, 0);
    if (code) return refused(sc, to, code, "read");
    sqlite3_randomness(sizeof far, &far);
    far = number_at(page, COUNTER_AT) + (far | 1u << 16);
    for (int i = 0; i < 4; i++)
        page[COUNTER_AT + i] = page[VALID_FOR_AT + i] = (unsigned char)(far >> (24 - 8 * i));
    code = f->pMethods->xWrite(f, page, n, 0);
    return code ? refused(sc, to, code, "write to") : OK;
}

// All pages are copied within one read transaction: without it, a busy writer makes the copy start anew each
// time. The copy is a file of its own, without a log beside it, and has checksums when the file has.
static enum err sqlite_backup(struct scope *sc, struct db *db, const char *to_path, const char *mark)
{
    struct sqlite                     *from = of(db);
    AUTO(sqlite_closep) struct sqlite *to = sqlite_new(to_path);
    if (!to) return fail(&sc->fault, ERR_NOMEM, "no memory for %s", to_path);
    TRY(open_copy(sc, from, to));
    TRY(exec(sc, to, "create",
             "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;")); // fsynced as a whole, below
    bool inside = !sqlite3_get_autocommit(from->file);
    if (!inside) TRY(sqlite_begin(sc, db, false));
    enum err e = copy_pages(sc, from, to);
    if (!inside) sqlite_rollback(db);
    if (e) return e;
    sqlite3_close(to->file); // what was copied says that there is a log
    to->file = NULL;
    TRY(open_copy(sc, from, to));
    TRY(exec(sc, to, "write to",
             "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"));
    TRY(exec(sc, to, "write to", mark));
    return set_apart(sc, to);
}

static enum err sqlite_prepare(struct scope *sc, struct db *db, const char *text, bool lasting,
                               struct stmt **out)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v3(of(db)->file, text, -1, lasting ? SQLITE_PREPARE_PERSISTENT : 0, &s, NULL);
    if (code) return refused(sc, of(db), code, "prepare a statement for");
    *out = (struct stmt *)s;
    return OK;
}

static void sqlite_finalize(struct stmt *s)
{
    sqlite3_finalize(own(s));
}

static void sqlite_reset(struct stmt *s)
{
    sqlite3_reset(own(s));
    sqlite3_clear_bindings(own(s));
}

// -- rows that are lent, as SQLite's virtual table: it has no life but that of the module -------------------------------

struct lent_table {
    sqlite3_vtab       of_sqlite;
    const struct lent *rows;
};
struct lent_cursor {
    sqlite3_vtab_cursor of_sqlite;
    size_t              at;
};
static const struct lent *lent_of(sqlite3_vtab_cursor *c)
{
    return ((struct lent_table *)c->pVtab)->rows;
}

static int lent_connect(sqlite3 *file, void *rows, int n, const char *const *words, sqlite3_vtab **out,
                        char **why)
{
    (void)n, (void)words, (void)why;
    const struct lent *l = rows;
    char               shape[512];
    int                len = snprintf(shape, sizeof shape, "CREATE TABLE lent (%s)", l->columns);
    assert(len > 0 && (size_t)len < sizeof shape);
    int code = sqlite3_declare_vtab(file, shape);
    if (code) return code;
    sqlite3_vtab_config(file, SQLITE_VTAB_DIRECTONLY);
    struct lent_table *t = sqlite3_malloc64(sizeof *t);
    if (!t) return SQLITE_NOMEM;
    *t = (struct lent_table){ .rows = l };
    *out = &t->of_sqlite;
    return SQLITE_OK;
}
static int lent_disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}
static int lent_plan(sqlite3_vtab *t, sqlite3_index_info *plan)
{
    (void)t;
    plan->estimatedCost = 1000;
    return SQLITE_OK;
}
static int lent_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    (void)t;
    struct lent_cursor *c = sqlite3_malloc64(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    *c = (struct lent_cursor){ 0 };
    *out = &c->of_sqlite;
    return SQLITE_OK;
}
static int lent_close(sqlite3_vtab_cursor *c)
{
    sqlite3_free(c);
    return SQLITE_OK;
}
static int lent_first(sqlite3_vtab_cursor *c, int plan, const char *text, int n, sqlite3_value **value)
{
    (void)plan, (void)text, (void)n, (void)value;
    ((struct lent_cursor *)c)->at = 0;
    return SQLITE_OK;
}
static int lent_next(sqlite3_vtab_cursor *c)
{
    ((struct lent_cursor *)c)->at++;
    return SQLITE_OK;
}
static int lent_end(sqlite3_vtab_cursor *c)
{
    return ((struct lent_cursor *)c)->at >= lent_of(c)->n;
}
static int lent_number(sqlite3_vtab_cursor *c, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct lent_cursor *)c)->at;
    return SQLITE_OK;
}
static int lent_column(sqlite3_vtab_cursor *c, sqlite3_context *to, int at)
{
    const struct lent *l = lent_of(c);
    const struct cell *v = &l->cell[((struct lent_cursor *)c)->at * l->width + (size_t)at];
    switch (v->kind) {
    case CELL_NULL:
        break; // it is NULL already
    case CELL_I64:
        sqlite3_result_int64(to, v->i64);
        break;
    case CELL_STR:
        sqlite3_result_text64(to, v->bytes.p, v->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case CELL_BLOB:
        sqlite3_result_blob64(to, v->bytes.p, v->bytes.n, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

static enum err sqlite_lend(struct scope *sc, struct db *db, struct lent *rows)
{
    static const sqlite3_module lent_module = {
        .xConnect = lent_connect,
        .xBestIndex = lent_plan,
        .xDisconnect = lent_disconnect,
        .xOpen = lent_open,
        .xClose = lent_close,
        .xFilter = lent_first,
        .xNext = lent_next,
        .xEof = lent_end,
        .xColumn = lent_column,
        .xRowid = lent_number,
    };
    struct sqlite *q = of(db);
    int            code = sqlite3_create_module_v2(q->file, rows->table, &lent_module, rows, NULL);
    return code ? refused(sc, q, code, "open") : OK;
}

// -- statements ---------------------------------------------------------------------------------------------
static enum err bound(int code)
{
    if (code == SQLITE_TOOBIG) return ERR_LIMIT;
    assert(code == SQLITE_OK || code == SQLITE_NOMEM); // the number is known at build time
    return code ? ERR_NOMEM : OK;
}
static enum err sqlite_bind_i64(struct stmt *s, int at, int64_t value)
{
    return bound(sqlite3_bind_int64(own(s), at, value));
}
static enum err sqlite_bind_str(struct stmt *s, int at, str value)
{
    return bound(
        sqlite3_bind_text64(own(s), at, value.n ? value.p : "", value.n, SQLITE_STATIC, SQLITE_UTF8));
}
static enum err sqlite_bind_blob(struct stmt *s, int at, str value)
{
    return bound(sqlite3_bind_blob64(own(s), at, value.n ? value.p : "", value.n, SQLITE_STATIC));
}
static enum err sqlite_bind_null(struct stmt *s, int at)
{
    return bound(sqlite3_bind_null(own(s), at));
}

static enum err sqlite_step(struct scope *sc, struct db *db, struct stmt *s, bool *row)
{
    int code = sqlite3_step(own(s));
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return refused(sc, of(db), code, sqlite3_stmt_readonly(own(s)) ? "read" : "write to");
    *row = code == SQLITE_ROW;
    return OK;
}

static int64_t sqlite_column_i64(struct stmt *s, int at)
{
    return sqlite3_column_int64(own(s), at);
}
static str sqlite_column_str(struct stmt *s, int at)
{
    const char *p = (const char *)sqlite3_column_text(own(s), at);
    return p ? (str){ p, (size_t)sqlite3_column_bytes(own(s), at) } : S("");
}
static str sqlite_column_blob(struct stmt *s, int at)
{
    const char *p = sqlite3_column_blob(own(s), at);
    return p ? (str){ p, (size_t)sqlite3_column_bytes(own(s), at) } : S("");
}
static bool sqlite_column_null(struct stmt *s, int at)
{
    return sqlite3_column_type(own(s), at) == SQLITE_NULL;
}

const struct engine engine_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .migrate = sqlite_migrate,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .prepare_for = sqlite_prepare_for,
    .rollback = sqlite_rollback,
    .tidy = sqlite_tidy,
    .backup = sqlite_backup,
    .is_copy = sqlite_is_copy,
    .strict = sqlite_strict,
    .length = sqlite_length,
    .lend = sqlite_lend,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .reset = sqlite_reset,
    .bind_i64 = sqlite_bind_i64,
    .bind_str = sqlite_bind_str,
    .bind_blob = sqlite_bind_blob,
    .bind_null = sqlite_bind_null,
    .step = sqlite_step,
    .column_i64 = sqlite_column_i64,
    .column_str = sqlite_column_str,
    .column_blob = sqlite_column_blob,
    .column_null = sqlite_column_null,
};
