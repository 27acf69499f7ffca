// SPDX-License-Identifier: EUPL-1.2
// The tiles of a whole release, or of what a filter leaves of it, as one PMTiles archive (wire/pmtiles.h), so that they can
// be served from any store of files. A tile holds what the server would answer: of one layer the same bytes; of several the
// layers behind each other, those of a set of areas as "areas-SET" and "area_names-SET". Tiles that hold nothing are left
// out. Which to try is read off the release: the points of the index, the boxes of areas and background.
// Several threads draw and pack; the same release and wish give the same bytes. Threads: one archive is one thread's.
// Tests: tests/unit/test_archive.c; tests/browser/pmtiles_reader.mjs against the server.
#pragma once
#include "index/filter.h"
#include "tile/tile.h"
#include "wire/pmtiles.h"

struct archive_wish {
    struct filter filter; // of the incidents
    bool          incidents, base, set[MAX_AREA_SETS];
    bool          plain;    // areas of one set by the names that the server gives them
    unsigned      max_zoom; // at most TILE_MAX_Z
    unsigned      threads;  // 0: as many as the machine has
};
struct archive;
/// The index is borrowed until the archive is closed; the file is written at the end. ERR_NOMEM, ERR_IO, ERR_FULL.
enum err archive_open(struct scope *sc, const struct index *ix, const struct archive_wish *w,
                      const char *path, struct archive **out);
/// Some hundred tiles more; *more is false when there are none left. `tried` counts those that were drawn, out of `all`.
struct archive_progress {
    uint64_t tried, all;
};
enum err archive_step(struct scope *sc, struct archive *a, struct archive_progress *p, bool *more);
/// The archive takes its name, and replaces what has it. ERR_IO: the index was lost meanwhile (index_lost), too.
enum err archive_commit(struct scope *sc, struct archive *a, struct pmtiles_totals *out);
void     archive_closep(struct archive **a); // without commit: nothing is left behind; accepts NULL
