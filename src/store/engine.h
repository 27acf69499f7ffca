// SPDX-License-Identifier: EUPL-1.2
// What a database must do for the store: a table of functions, so that a second engine can come without
// touching anything above. Only the engine's own file includes its library. Threads: a connection belongs to
// one thread.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

struct engine;
/// An open connection; each engine's own struct begins with it.
struct db {
    const struct engine *engine;
};
struct stmt;
enum engine_mode {
    ENGINE_READ,
    ENGINE_WRITE,  // the file exists
    ENGINE_CREATE, // makes it; ERR_EXISTS when there is one
};

/// A value of a row that is lent. Text and bytes are borrowed until the statement that reads them has ended.
struct cell {
    enum cell_kind { CELL_NULL, CELL_I64, CELL_STR, CELL_BLOB } kind;
    union {
        int64_t i64;
        str     bytes; // of the last two; its pointer is not NULL
    };
};
/// Rows that a statement reads as it would a table: thousands of rows cost one run of a statement.
struct lent {
    const char        *table, *columns; // its name, and those of its columns with commas between
    size_t             width, n;        // columns, and rows
    const struct cell *cell;            // row by row
};

/// What a transaction is for. References are looked up row by row in the first kind alone.
enum engine_work {
    ENGINE_PIECEMEAL, // at first
    ENGINE_BULK,      // many rows, while others read
    ENGINE_FIRST,     // many rows into what is empty: nobody has anything to read, and is told so (ERR_BUSY)
};

struct engine {
    const char *name;
    /// ERR_NOTFOUND, ERR_CORRUPT (damaged, or not ours), ERR_IO, ERR_NOMEM. *version is the number of the
    /// last migration, 0 for a new database.
    enum err (*open)(struct scope *sc, const char *path, enum engine_mode mode, int *version,
                     struct db **out);
    void (*close)(struct db *db); // rolls back what is open
    /// Several statements without results, as a migration holds them. Sets the version in the same
    /// transaction when it is not 0.
    enum err (*migrate)(struct scope *sc, struct db *db, const char *statements, int version);
    /// A transaction sees one state of the database from here on. write: waits for other writers.
    enum err (*begin)(struct scope *sc, struct db *db, bool write);
    enum err (*commit)(struct scope *sc, struct db *db);
    /// Outside a transaction: what the next ones are for.
    enum err (*prepare_for)(struct scope *sc, struct db *db, enum engine_work work);
    void (*rollback)(struct db *db); // fine when nothing is open
    /// Moves what was committed to where it stays. Not an error when a reader is in the way.
    void (*tidy)(struct db *db);
    /// mark: statements without results, which are run in the copy.
    enum err (*backup)(struct scope *sc, struct db *db, const char *to_path, const char *mark);
    /// A file that backup made and that nobody has opened for writing since.
    bool (*is_copy)(const char *path);
    /// Each page that is read is compared with its checksum, and a damaged one is ERR_CORRUPT; on: a page that was never
    /// written, too. False: a database of an earlier version, which has no checksums until it is next opened for writing.
    bool (*strict)(struct db *db, bool on);

    /// How many bytes the file has, and how many it says that it has. The same while a log beside it holds pages, which the
    /// file may then lack in whole or in part.
    enum err (*length)(struct scope *sc, struct db *db, int64_t *bytes, int64_t *wanted);

    /// Makes the table of that name for this connection; before any statement that names it is prepared. Whoever lends
    /// changes n and cell between two runs of statements. Borrowed until the connection is closed.
    enum err (*lend)(struct scope *sc, struct db *db, struct lent *rows);

    /// lasting: it will be used again and again.
    enum err (*prepare)(struct scope *sc, struct db *db, const char *text, bool lasting, struct stmt **out);
    void (*finalize)(struct stmt *s); // accepts NULL
    void (*reset)(struct stmt *s);    // forgets the values, too
    /// Parameters count from 1. Bytes are borrowed until the next reset. ERR_NOMEM, ERR_LIMIT.
    enum err (*bind_i64)(struct stmt *s, int at, int64_t value);
    enum err (*bind_str)(struct stmt *s, int at, str value);
    enum err (*bind_blob)(struct stmt *s, int at, str value);
    enum err (*bind_null)(struct stmt *s, int at);
    enum err (*step)(struct scope *sc, struct db *db, struct stmt *s, bool *row);
    /// Columns count from 0. Bytes are valid until the next step.
    int64_t (*column_i64)(struct stmt *s, int at);
    str (*column_str)(struct stmt *s, int at);  // empty for NULL
    str (*column_blob)(struct stmt *s, int at); // empty for NULL
    bool (*column_null)(struct stmt *s, int at);
};
extern const struct engine engine_sqlite;
