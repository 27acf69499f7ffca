// SPDX-License-Identifier: EUPL-1.2
#include "http/out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
    PIECE_MAX_BYTES = 9 << 20,
    FILE_PIECE_BYTES = 512 * 1024,
    READ_BYTES = 64 * 1024,        // of a file at once; on the stack
    KEEP_PIECE_BYTES = 128 * 1024, // a piece's memory is kept for the next one up to here
    SIZE_DIGITS = 8,               // of a chunk
};

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
static int put_date(char *to, size_t max)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct timespec   now;
    struct tm         t;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    gmtime_r(&now.tv_sec, &t);
    return snprintf(to, max, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + (size_t)t.tm_wday * 3,
                    t.tm_mday, months + (size_t)t.tm_mon * 3, t.tm_year + 1900, t.tm_hour, t.tm_min,
                    t.tm_sec);
}

static void put_tail(struct out *o, const struct out_how *how)
{
    char   etag[BODY_ETAG_BYTES];
    size_t n = (size_t)put_date(o->tail, sizeof o->tail);
    if (how->known.p) {
        body_name_tag(how->known, etag);
        n += (size_t)snprintf(o->tail + n, sizeof o->tail - n, "ETag: %s\r\n", etag);
    }
    n +=
        (size_t)snprintf(o->tail + n, sizeof o->tail - n, "%s\r\n", how->last ? "Connection: close\r\n" : "");
    o->n_tail = n;
}

void out_begin(struct out *o, struct answer *a, const struct out_how *how)
{
    const struct body *b = &a->body;
    *o = (struct out){ .answer = a };
    buf_init(&o->piece, PIECE_MAX_BYTES);
    put_tail(o, how);
    o->bodiless = how->head_only || how->known.p;
    o->chunked = b->flow && how->eleven;
    o->ended = o->bodiless || !b->flow;
    o->part[0] = buf_str(how->known.p ? &a->known : &a->head);
    o->part[1] = (str){ o->tail, o->n_tail };
    if (o->bodiless) return;
    o->part[2] = b->memory;
    o->body = b->flow ? 0 : b->bytes;
    o->at = b->at;
    o->left = b->fd > 0 ? b->bytes : 0;
}

static enum out_state what_next(const struct out *o)
{
    return o->left || !o->ended ? OUT_HUNGRY : OUT_DONE;
}

static void written(struct out *o, size_t n)
{
    o->sent += n;
    for (size_t i = 0; i < COUNT(o->part); i++) {
        size_t here = n < o->part[i].n ? n : o->part[i].n;
        o->part[i] = str_slice(o->part[i], here, o->part[i].n);
        n -= here;
    }
}

enum out_state out_write(struct out *o, int fd)
{
    for (;;) {
        struct iovec  v[COUNT(o->part)];
        struct msghdr m = { .msg_iov = v };
        for (size_t i = 0; i < COUNT(o->part); i++)
            if (o->part[i].n)
                v[m.msg_iovlen++] = (struct iovec){ (void *)(uintptr_t)o->part[i].p, o->part[i].n };
        if (!m.msg_iovlen) return what_next(o);
        ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT | (o->left ? MSG_MORE : 0));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN ? OUT_BLOCKED : OUT_BROKEN;
        written(o, (size_t)n);
    }
}

/// Behind what was read: all of it is what the answer was made for. sendfile would give the kernel the pages of the file itself,
/// in which whoever writes into it changes what a slow reader is sent long after.
static bool is_unwritten(const struct body *b)
{
    struct file_mark is;
    return file_mark_open(b->fd, &is) && file_mark_same(&b->fd_is, &is);
}

/// What the socket does not take is read once more when it does, so that a slow reader holds no memory.
static enum out_state send_file(struct out *o, int fd)
{
    const struct body *b = &o->answer->body;
    char               bytes[READ_BYTES];
    for (size_t done = 0; o->left && done < FILE_PIECE_BYTES;) {
        ssize_t n = pread(b->fd, bytes, o->left < sizeof bytes ? o->left : sizeof bytes, (off_t)o->at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || !is_unwritten(b)) return OUT_BROKEN; // 0: the file was cut
        n = send(fd, bytes, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT | (o->left > (size_t)n ? MSG_MORE : 0));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN ? OUT_BLOCKED : OUT_BROKEN;
        o->at += (uint64_t)n;
        o->left -= (uint64_t)n;
        o->sent += (uint64_t)n;
        done += (size_t)n;
    }
    return what_next(o);
}

/// The next piece in its frame; the last one is empty, which is the end mark of chunks.
static bool make_piece(struct out *o)
{
    char   size[SIZE_DIGITS + 3];
    size_t frame = o->chunked ? SIZE_DIGITS + 2 : 0;
    if (o->piece.cap > KEEP_PIECE_BYTES) {
        buf_free(&o->piece);
        buf_init(&o->piece, PIECE_MAX_BYTES);
    }
    buf_reset(&o->piece);
    if (frame && !buf_room(&o->piece, frame)) return false;
    if (flow_next(o->answer->body.flow, &o->piece) || o->piece.failed) return false;
    size_t n = o->piece.n - frame;
    o->ended = !n;
    o->body += n;
    if (o->chunked) {
        snprintf(size, sizeof size, "%08zx\r\n", n);
        memcpy(o->piece.p, size, frame);
        buf_add(&o->piece, S("\r\n"));
    }
    o->part[2] = buf_str(&o->piece);
    return !o->piece.failed;
}

enum out_state out_feed(struct out *o, int fd)
{
    if (o->left) return send_file(o, fd);
    if (!make_piece(o)) return OUT_BROKEN;
    return out_write(o, fd);
}

void out_end(struct out *o)
{
    buf_free(&o->piece);
}
