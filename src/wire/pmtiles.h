// SPDX-License-Identifier: EUPL-1.2
// Writes PMTiles archives, and tells whether a file is one: version 3 (github.com/protomaps/PMTiles, spec/v3/spec.md): a whole pyramid of tiles in one
// file that any server of byte ranges can give out.
//
//     header | root directory | metadata | leaf directories | tiles
//
// Header, 127 bytes, numbers little-endian:
//     0   7  "PMTiles"                            72  8  addressed tiles
//     7   1  version, 3                           80  8  entries of tiles
//     8   8  offset and                           88  8  contents, different ones
//     16  8  length of the root directory         96  1  1: contents stand in the order of their first tile
//     24  8  offset and                           97  1  packing of directories and metadata, 2: gzip
//     32  8  length of the metadata (JSON)        98  1  packing of tiles, 2: gzip
//     40  8  offset and                           99  1  kind of tiles, 1: Mapbox Vector Tiles
//     48  8  length of all leaf directories      100  1  least and
//     56  8  offset and                          101  1  greatest zoom
//     64  8  length of the tiles                 102  16 west, south, east, north, each i32 in degrees * 10^7
//                                                118  1  zoom and
//                                                119  8  longitude, latitude of the first view, likewise
// The root directory ends within the first 16,384 bytes.
//
// Directory, packed by gzip, all numbers varints as in protobuf: the number n of its entries, then n times the id less
// the id before, n times the run, n times the length, n times the offset + 1, or 0 when the entry begins where the one
// before it ends. An entry with a run says that `run` tiles from `id` on are the bytes at the offset, counted from the
// first tile; one with run 0 that the directory from `id` on stands at the offset, counted from the first leaf.
//
// The id of a tile: all tiles of lower zooms, and how far along the Hilbert curve of its own zoom it lies, so that the
// four children of a tile follow each other, as do those of its neighbour on the curve.
//
// Of equal contents one is kept, compared byte by byte. The same calls give the same bytes. Threads: one at a time.
// Tests: tests/unit/test_pmtiles.c (with a slow reader), tests/browser/pmtiles_reader.mjs (with the reader from npm).
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { PMTILES_MAX_Z = 26, PMTILES_ROOT_BYTES = 16384, PMTILES_HEADER_BYTES = 127 };

/// Looks at the header alone: is the file an archive of this version, and are all parts there that it names? ERR_NOTFOUND,
/// ERR_IO. ERR_CORRUPT: it is none, or was cut off.
enum err pmtiles_check(struct scope *sc, const char *path);

/// z at most PMTILES_MAX_Z; x and y below 2^z, y from the north.
uint64_t pmtiles_id(unsigned z, uint32_t x, uint32_t y);
/// The id of the first tile of a zoom: how many tiles all lower ones have.
uint64_t pmtiles_first(unsigned z);
/// The tile so far along the Hilbert curve of its zoom. The children of tile `at` of zoom z are 4 at .. 4 at + 3 of zoom
/// z + 1.
void     pmtiles_tile(unsigned z, uint64_t at, uint32_t *x, uint32_t *y);

struct pmtiles_about {
    unsigned center_zoom;
    int32_t  west_e7, south_e7, east_e7, north_e7; // the first view is in their middle
    str      metadata;                             // JSON, not packed
};
struct pmtiles_totals {
    uint64_t addressed, entries, contents, bytes; // bytes: of the file
};

struct pmtiles; // an archive that is being written
/// Tiles are collected in a file without a name in the same folder, because they come before their directories are known;
/// the archive is written at the end, to FILE.tmp. So twice its size is needed for a while. ERR_IO, ERR_FULL, ERR_NOMEM.
enum err pmtiles_open(struct scope *sc, const char *path, struct pmtiles **out);
/// The next tile, packed by gzip and not empty; ids ascend. Memory: 24 bytes for each entry, 48 for each content.
enum err pmtiles_add(struct scope *sc, struct pmtiles *w, uint64_t id, str packed);
/// Writes the archive, fsyncs it and renames it onto its path. A directory may not be empty: without any tile the one of
/// zoom 0 is there, with nothing in it.
enum err pmtiles_commit(struct scope *sc, struct pmtiles *w, const struct pmtiles_about *a,
                        struct pmtiles_totals *out);
void     pmtiles_closep(struct pmtiles **w); // without commit: nothing is left behind; accepts NULL
