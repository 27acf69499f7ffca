// SPDX-License-Identifier: EUPL-1.2
#include "http/out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

enum {
    PIECE_MAX_BYTES = 9 << 20,
    FILE_PIECE_BYTES = 512 * 1024,
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

static void note_written(const struct out *o, struct timespec *at, off_t *bytes)
{
    struct stat st;
    bool        known = !fstat(o->answer->body.fd, &st);
    *at = known ? st.st_mtim : (struct timespec){ 0 };
    *bytes = known ? st.st_size : -1;
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
    if (o->left) note_written(o, &o->written, &o->file_bytes);
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

/// The kernel sends what stands in the file when it comes to it, which must be what the answer was made for.
static bool is_unwritten(const struct out *o)
{
    struct timespec at;
    off_t           bytes;
    note_written(o, &at, &bytes);
    return bytes >= 0 && bytes == o->file_bytes && at.tv_sec == o->written.tv_sec &&
           at.tv_nsec == o->written.tv_nsec;
}

static enum out_state send_file(struct out *o, int fd)
{
    for (size_t done = 0; o->left && done < FILE_PIECE_BYTES;) {
        if (!is_unwritten(o)) return OUT_BROKEN;
        off_t   at = (off_t)o->at;
        ssize_t n =
            sendfile(fd, o->answer->body.fd, &at, o->left < FILE_PIECE_BYTES ? o->left : FILE_PIECE_BYTES);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return OUT_BLOCKED;
        if (n <= 0) return OUT_BROKEN; // 0: the file was cut
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
