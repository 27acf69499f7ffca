// SPDX-License-Identifier: EUPL-1.2
// Files: read whole, map, write so that a reader sees the old file or the new one and never a half.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/sums.h"
#include <stdio.h>

void file_closep(FILE **f); // for AUTO; accepts NULL
void fd_closep(int *fd);    // for AUTO; accepts -1

/// Opens a file for reading. A pipe or a device in its place is refused and not waited for. ERR_NOTFOUND, ERR_IO.
enum err file_open(struct scope *sc, const char *path, int *fd, size_t *size);
/// The same of a file that the program itself put there: a symbolic link in its place is refused. ERR_CORRUPT: it is one.
enum err file_open_own(struct scope *sc, const char *path, int *fd, size_t *size);
/// Reads a file into the scope's arena. ERR_LIMIT above max_bytes, ERR_NOTFOUND, ERR_IO.
enum err file_read(struct scope *sc, const char *path, size_t max_bytes, str *out);
/// The same, opened as by file_open_own.
enum err file_read_own(struct scope *sc, const char *path, size_t max_bytes, str *out);

/// A read-only mapping. Close with map_close (accepts a zeroed one).
struct map {
    const unsigned char *p;
    size_t               n;
    int                  fd;    // kept open; holds no lock
    unsigned             watch; // base/watch.h; 0: none
    const unsigned char *twin;  // the same bytes once more, which the proof reads; NULL: it is not proved
    unsigned             twin_watch;
    struct sums          sums;
};
enum err map_open(struct scope *sc, const char *path, struct map *out);
/// Proves each block before its first use (base/watch.h), by the sums in the file `path`. ERR_NOTFOUND: there is none, or nobody
/// watches. ERR_CORRUPT: they are damaged or of another file. Then all can be read as before, unproved.
enum err map_prove(struct scope *sc, struct map *m, const char *path);
void     map_close(struct map *m);
/// Of one that is proved: are all its bytes what the sums say, as they are now? A block that was proved may have been written to.
bool     map_proved(const struct map *m);
/// Has the file shrunk, or the disk failed, under what was read? Then zeros were read (with watch_start; without it the
/// process is stopped by SIGBUS). Or a block of it was found damaged.
bool     map_lost(const struct map *m);

/// Writes path.tmp, fsyncs it, renames it onto path and fsyncs the folder. On failure path is as it was and
/// path.tmp is gone; only when the last step fails, path is new and may be old again after a loss of power.
enum err file_replace(struct scope *sc, const char *path, str bytes);

/// The same for what is written piece by piece: write to out->f, then commit; or abort (which a zeroed or
/// committed one accepts, so it can stand in AUTO).
struct file_new {
    FILE *f;
    char  path[4096], tmp[4096 + 8];
};
enum err file_new_open(struct scope *sc, const char *path, struct file_new *out);
enum err file_new_commit(struct scope *sc, struct file_new *nf);
void     file_new_abort(struct file_new *nf);

/// Makes one folder, mode 0700; OK when it is there already.
enum err dir_make(struct scope *sc, const char *path);
/// fsync of a folder, so that a rename in it lasts.
enum err dir_sync(struct scope *sc, const char *path);
/// "dir/name" into the arena.
enum err path_join(struct scope *sc, const char *dir, const char *name, const char **out);
