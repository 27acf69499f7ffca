// SPDX-License-Identifier: EUPL-1.2
// What tests of the importer share: a store in a folder of its own, and an import of files in one call.
#pragma once
#include "check.h"

#include "base/file.h"
#include "import/import.h"

static inline struct store *import_store(struct scope *sc, const char *dir, str timezone)
{
    struct store         *st;
    struct store_settings town = { .name = S("Test"), .timezone = timezone };
    ok_err(sc, store_create(sc, dir, &town), OK);
    ok_err(sc, store_open(sc, dir, STORE_WRITE, &st), OK);
    return st;
}

static inline enum err import_by(struct scope *sc, struct store *st, const struct import_options *o,
                                 const char *const *paths, size_t n, struct import_report *out)
{
    struct import *job;
    TRY(import_begin(sc, st, o, paths, n, &job));
    while (import_step(job, 997)) {
        struct import_progress at = import_progress(job);
        ok(at.bytes <= at.bytes_total && at.file_number <= at.n_files + 1, "progress is beyond its end");
    }
    return import_finish(sc, job, out);
}

static inline enum err import_all(struct scope *sc, struct store *st, const struct profile *p, bool dry,
                                  const char *const *paths, size_t n, struct import_report *out)
{
    return import_by(sc, st, &(struct import_options){ .profile = p, .dry_run = dry }, paths, n, out);
}

/// Stored incidents may lose what protects them.
static inline enum err import_lifting(struct scope *sc, struct store *st, const struct profile *p,
                                      const char *path, struct import_report *out)
{
    return import_by(sc, st, &(struct import_options){ .profile = p, .lift_protection = true }, &path, 1,
                     out);
}

static inline enum err import_one(struct scope *sc, struct store *st, const struct profile *p,
                                  const char *path, struct import_report *out)
{
    return import_all(sc, st, p, false, &path, 1, out);
}

static inline uint64_t reason_count(const struct import_reason *r, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(r[i].code, code)) return r[i].count;
    return 0;
}

/// What must hold of any report.
static inline void check_sums(const struct import_report *r)
{
    const struct run_totals *t = &r->totals;
    uint64_t                 reasons = 0, read = 0, rejected = 0, without = 0;
    for (size_t i = 0; i < r->n_reasons; i++) reasons += r->reason[i].count;
    for (size_t i = 0; i < r->n_files; i++) {
        read += r->file[i].read;
        rejected += r->file[i].rejected;
        without += r->file[i].without_point;
    }
    ok_i64(t->read, t->imported + t->unchanged + t->revised + t->rejected);
    ok_i64(reasons, t->rejected);
    ok_i64(read, t->read);
    ok_i64(rejected, t->rejected);
    ok_i64(without, t->without_point);
}

static inline const char *write_file(struct scope *sc, const char *dir, const char *name, str bytes)
{
    const char *path;
    ok_err(sc, path_join(sc, dir, name, &path), OK);
    ok_err(sc, file_replace(sc, path, bytes), OK);
    return path;
}
