// SPDX-License-Identifier: EUPL-1.2
#include "base/mark.h"

#include <time.h>

static bool is_settled(const struct stat *st)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t ms = (now.tv_sec - st->st_ctim.tv_sec) * 1000 + (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000;
    return ms > MARK_TICK_MS || ms < -MARK_TICK_MS; // a time to come: whoever writes gives it that of now
}

struct file_mark file_mark_of(const struct stat *st)
{
    return (struct file_mark){ .inode = (int64_t)st->st_ino,
                               .bytes = st->st_size,
                               .written_s = st->st_mtim.tv_sec,
                               .written_ns = st->st_mtim.tv_nsec,
                               .changed_s = st->st_ctim.tv_sec,
                               .changed_ns = st->st_ctim.tv_nsec,
                               .settled = is_settled(st) };
}

bool file_mark_open(int fd, struct file_mark *out)
{
    struct stat st;
    if (fstat(fd, &st)) return false;
    *out = file_mark_of(&st);
    return true;
}

bool file_mark_same_bytes(const struct file_mark *a, const struct file_mark *b)
{
    return a->inode == b->inode && a->bytes == b->bytes && a->written_s == b->written_s &&
           a->written_ns == b->written_ns;
}

bool file_mark_same(const struct file_mark *a, const struct file_mark *b)
{
    return file_mark_same_bytes(a, b) && a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

bool file_mark_holds(const struct file_mark *then, const struct file_mark *is)
{
    return file_mark_same(then, is) && (then->settled || !then->inode);
}
