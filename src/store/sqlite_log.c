// SPDX-License-Identifier: EUPL-1.2
#include "store/sqlite_log.h"

#include "base/file.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 32,
    FRAME_BYTES = 24, // in front of each page
    COUNTER_AT = 24,  // in page 1
    PAGE_MOST = 65536,
    MAGIC = 0x377F0682, // and one more when the sums are of big-endian words
    FORMAT = 3007000,
};

struct log {
    int           fd;
    unsigned char head[HEAD_BYTES];
    uint32_t      page_bytes;
};

static uint32_t number(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool read_all(int fd, void *to, size_t n, int64_t at)
{
    return pread(fd, to, n, at) == (ssize_t)n;
}

static void add_sum(bool big, const unsigned char *p, size_t n, uint32_t sum[2])
{
    for (size_t i = 0; i + 8 <= n; i += 8) {
        uint32_t a = number(p + i), b = number(p + i + 4);
        if (!big) a = __builtin_bswap32(a), b = __builtin_bswap32(b);
        sum[0] += a + sum[1];
        sum[1] += b + sum[0];
    }
}

static bool is_sum(const unsigned char *p, const uint32_t sum[2])
{
    return number(p) == sum[0] && number(p + 4) == sum[1];
}

static bool read_head(struct log *l)
{
    uint32_t sum[2] = { 0 };
    if (!read_all(l->fd, l->head, HEAD_BYTES, 0)) return false;
    l->page_bytes = number(l->head + 8);
    if ((number(l->head) & ~1u) != MAGIC || number(l->head + 4) != FORMAT) return false;
    if (l->page_bytes < 512 || l->page_bytes > PAGE_MOST || l->page_bytes & (l->page_bytes - 1)) return false;
    add_sum(l->head[3] & 1, l->head, 24, sum);
    return is_sum(l->head + 24, sum);
}

static int64_t frame_at(const struct log *l, int64_t frame)
{
    return HEAD_BYTES + frame * (FRAME_BYTES + (int64_t)l->page_bytes);
}

/// The first frame that holds page 1, and its counter. False: there is none; behind it stands what was left of an earlier log.
static bool find_first(const struct log *l, int64_t *frame, uint32_t *counter)
{
    unsigned char f[FRAME_BYTES + COUNTER_AT + 4];
    for (*frame = 0; read_all(l->fd, f, sizeof f, frame_at(l, *frame)); ++*frame) {
        if (memcmp(f + 8, l->head + 16, 8)) return false;
        if (number(f) != 1) continue;
        *counter = number(f + FRAME_BYTES + COUNTER_AT);
        return true;
    }
    return false;
}

/// Is all whole up to this frame? What a crash cut off SQLite does not use, and what stands in it tells nothing.
static bool is_whole(const struct log *l, int64_t last)
{
    unsigned char f[FRAME_BYTES + PAGE_MOST];
    uint32_t      sum[2] = { number(l->head + 24), number(l->head + 28) };
    for (int64_t i = 0; i <= last; i++) {
        if (!read_all(l->fd, f, FRAME_BYTES + l->page_bytes, frame_at(l, i))) return false;
        add_sum(l->head[3] & 1, f, 8, sum);
        add_sum(l->head[3] & 1, f + FRAME_BYTES, l->page_bytes, sum);
        if (memcmp(f + 8, l->head + 16, 8) || !is_sum(f + 16, sum)) return false;
    }
    return true;
}

bool log_is_later(const char *path, uint32_t counter)
{
    unsigned char       again[HEAD_BYTES];
    uint32_t            first;
    int64_t             frame;
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct log          l = { .fd = fd };
    if (fd < 0 || !read_head(&l) || !find_first(&l, &frame, &first)) return false;
    // The counter runs over after four thousand million. Where the log was begun anew meanwhile, what was read is of two moments.
    return (int32_t)(first - counter) > 1 && is_whole(&l, frame) && read_all(fd, again, HEAD_BYTES, 0) &&
           !memcmp(again, l.head, HEAD_BYTES);
}

// -- the journal -------------------------------------------------------------------------------------------------------

enum { JOURNAL_HEAD_BYTES = 28, SIZE_AT = 28, VALID_FOR_AT = 92, STEP = 200 };

struct journal {
    int           fd;
    unsigned char head[JOURNAL_HEAD_BYTES]; // the first of its heads
    uint32_t      page_bytes, sector_bytes;
};

static bool is_journal_head(const unsigned char head[JOURNAL_HEAD_BYTES])
{
    return !memcmp(head, "\xD9\xD5\x05\xF9\x20\xA1\x63\xD7", 8);
}

static bool is_size(uint32_t bytes, uint32_t least, uint32_t most)
{
    return bytes >= least && bytes <= most && !(bytes & (bytes - 1));
}

static bool read_journal_head(struct journal *j)
{
    if (!read_all(j->fd, j->head, JOURNAL_HEAD_BYTES, 0) || !is_journal_head(j->head)) return false;
    j->sector_bytes = number(j->head + 20);
    j->page_bytes = number(j->head + 24);
    return is_size(j->sector_bytes, 32, PAGE_MOST) && is_size(j->page_bytes, 512, PAGE_MOST);
}

/// Is the page as it was written? The sum begins with the number that the head has for this journal.
static bool is_journal_page(const struct journal *j, const unsigned char head[JOURNAL_HEAD_BYTES],
                            const unsigned char *page)
{
    uint32_t sum = number(head + 12);
    for (uint32_t i = j->page_bytes - STEP; i < j->page_bytes && i > 0; i -= STEP) sum += page[i];
    return number(page + j->page_bytes) == sum;
}

enum found { FOUND, NOT_THERE, TORN };

/// Page 1 as it was, with its sum behind it. Each head stands at the beginning of a sector and says how many pages follow it.
static enum found find_page(const struct journal *j, unsigned char page[PAGE_MOST + 4])
{
    unsigned char head[JOURNAL_HEAD_BYTES], which[4];
    int64_t       step = 8 + (int64_t)j->page_bytes, at = 0;
    while (read_all(j->fd, head, sizeof head, at) && is_journal_head(head)) {
        uint32_t pages = number(head + 8);
        at += j->sector_bytes;
        for (uint32_t i = 0; i < pages; i++, at += step) {
            if (!read_all(j->fd, which, sizeof which, at)) return NOT_THERE;
            if (number(which) != 1) continue;
            return read_all(j->fd, page, j->page_bytes + 4, at + 4) && is_journal_page(j, head, page) ? FOUND
                                                                                                      : TORN;
        }
        at = (at + j->sector_bytes - 1) / j->sector_bytes * j->sector_bytes;
    }
    return NOT_THERE;
}

/// Is it still there? A writer that has ended removes it, cuts it off, or writes zeros over its head.
static bool is_there(const struct journal *j)
{
    unsigned char again[JOURNAL_HEAD_BYTES];
    struct stat   st;
    return !fstat(j->fd, &st) && st.st_nlink && read_all(j->fd, again, sizeof again, 0) &&
           is_journal_head(again) && !memcmp(again + 12, j->head + 12, sizeof again - 12);
}

bool journal_is_foreign(const char *path, const unsigned char *page, size_t page_bytes)
{
    unsigned char       was[PAGE_MOST + 4];
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct journal      j = { .fd = fd };
    if (fd < 0 || !read_journal_head(&j) || j.page_bytes != page_bytes) return false;
    enum found found = find_page(&j, was);
    bool       counted =
        number(page + COUNTER_AT) == number(page + VALID_FOR_AT); // else the number of pages says nothing
    bool foreign = found == FOUND       ? number(page + COUNTER_AT) - number(was + COUNTER_AT) > 1
                   : found == NOT_THERE ? counted && number(page + SIZE_AT) != number(j.head + 16)
                                        : false;
    return foreign && is_there(&j);
}
