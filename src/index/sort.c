// SPDX-License-Identifier: EUPL-1.2
// Most of the order is one number: no point, cell, day, minute. A radix sort of these numbers moves 16 bytes a row
// instead of 48, and only rows that agree in it are compared field by field. A merge compares the numbers, too.
#include "index/sort_int.h"
#include "geo/mercator.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof(struct sort_row) == 48, "no gaps: rows are compared and kept as bytes");

// no point: 1 bit, cell: at most 40, day: 16, and of the minute what is left, 7 bits or all.
enum { DAY_BITS = 16, MINUTE_BITS = 11, DIGIT_BITS = 11, FEW = 16 };

struct key {
    uint64_t order;
    uint32_t row, zero;
};

struct run {
    uint64_t next, end; // rows of the file that are still to be read into buffer
    char    *buffer;
    size_t   at, n;
};

struct head { // of a run, in the heap
    uint64_t order;
    size_t   run;
};

struct sorter {
    char        *path;
    int          fd; // -1: all rows are in memory
    size_t       run_rows, row_bytes;
    char        *rows;        // [run_rows] those that are not in the file
    size_t       n;           // of them
    struct key  *key, *other; // [n] once sorted
    uint64_t     filed;       // rows in the file
    unsigned     leaf, minute_bits;
    int32_t      first_day;
    // reading
    size_t       at;  // without a file
    struct run  *run; // with one
    size_t       n_runs, n_heap;
    struct head *heap;
    char        *buffers;
    unsigned     ignored; // bits of the order that this reading does not care for
    bool         started;
};

uint64_t sort_cell(const struct sort_row *r, unsigned leaf)
{
    return leaf ? r->code >> (64 - 2 * leaf) : 0;
}

static uint64_t order_of(const struct sorter *s, const struct sort_row *r)
{
    uint64_t when = (uint64_t)(uint32_t)(r->day - s->first_day) << s->minute_bits |
                    r->minute >> (MINUTE_BITS - s->minute_bits);
    return (uint64_t)r->no_point << 63 | sort_cell(r, s->leaf) << (DAY_BITS + s->minute_bits) | when;
}

static const struct sort_row *row_at(const struct sorter *s, const char *rows, size_t i)
{
    return (const struct sort_row *)(const void *)(rows + i * s->row_bytes);
}

// What is left when cell and day are equal. The time of day comes first, so that the rows of a place are in time's
// order; the rest only has to be always the same.
static int compare_rest(const struct sorter *s, const struct sort_row *a, const struct sort_row *b)
{
    if (a->minute != b->minute) return a->minute < b->minute ? -1 : 1;
    if (a->code != b->code) return a->code < b->code ? -1 : 1;
    if (a->category != b->category) return a->category < b->category ? -1 : 1;
    return memcmp(a, b, s->row_bytes);
}

enum err sorter_open(struct scope *sc, const char *path, size_t n_sets, size_t run_rows, struct sorter **out)
{
    struct sorter *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room to sort rows");
    s->fd = -1;
    s->run_rows = run_rows;
    s->row_bytes = sort_bytes(n_sets);
    s->path = strdup(path);
    if (!s->path) {
        sorter_close(s);
        return fail(&sc->fault, ERR_NOMEM, "no room to sort rows");
    }
    *out = s;
    return OK;
}

void sorter_close(struct sorter *s)
{
    if (!s) return;
    if (s->fd >= 0) close(s->fd);
    free(s->path);
    free(s->rows);
    free(s->key);
    free(s->other);
    free(s->run);
    free(s->heap);
    free(s->buffers);
    free(s);
}

static enum err write_at(struct scope *sc, int fd, const void *from, size_t size, uint64_t at)
{
    const char *p = from;
    while (size) {
        ssize_t n = pwrite(fd, p, size, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(&sc->fault, "cannot write rows that wait to be sorted");
        p += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return OK;
}

static enum err read_at(struct scope *sc, int fd, void *to, size_t size, uint64_t at)
{
    char *p = to;
    while (size) {
        ssize_t n = pread(fd, p, size, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(&sc->fault, "cannot read rows that wait to be sorted");
        if (!n) return fail(&sc->fault, ERR_IO, "the file of rows that wait to be sorted became shorter");
        p += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return OK;
}

static enum err file_rows(struct scope *sc, struct sorter *s)
{
    if (s->fd < 0) {
        s->fd = open(s->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (s->fd < 0) return fail_errno(&sc->fault, "cannot create %s", s->path);
        unlink(s->path); // nobody else needs its name, and a killed run leaves nothing behind
    }
    TRY(write_at(sc, s->fd, s->rows, s->n * s->row_bytes, s->filed * s->row_bytes));
    s->filed += s->n;
    s->n = 0;
    return OK;
}

enum err sorter_add(struct scope *sc, struct sorter *s, const struct sort_row *row)
{
    if (!s->rows) s->rows = malloc(s->run_rows * s->row_bytes);
    if (!s->rows) return fail(&sc->fault, ERR_NOMEM, "no room for %zu rows", s->run_rows);
    if (s->n == s->run_rows) TRY(file_rows(sc, s));
    memcpy(s->rows + s->n++ * s->row_bytes, row, s->row_bytes);
    return OK;
}

// Least significant digit first; bits that are equal in all keys are skipped. Leaves the result in s->key.
static void radix_sort(struct sorter *s)
{
    uint64_t differ = 0;
    for (size_t i = 1; i < s->n; i++) differ |= s->key[i].order ^ s->key[0].order;
    while (differ) {
        unsigned shift = (unsigned)__builtin_ctzll(differ);
        uint64_t digit = (1u << DIGIT_BITS) - 1;
        size_t   first[(1 << DIGIT_BITS) + 1] = { 0 };
        differ &= ~(digit << shift);
        for (size_t i = 0; i < s->n; i++) first[(s->key[i].order >> shift & digit) + 1]++;
        for (size_t i = 0; i < 1 << DIGIT_BITS; i++) first[i + 1] += first[i];
        for (size_t i = 0; i < s->n; i++) s->other[first[s->key[i].order >> shift & digit]++] = s->key[i];
        struct key *swap = s->key;
        s->key = s->other;
        s->other = swap;
    }
}

static int compare_keys(const void *a, const void *b, void *sorter)
{
    const struct sorter *s = sorter;
    const struct key    *x = a, *y = b;
    return compare_rest(s, row_at(s, s->rows, x->row), row_at(s, s->rows, y->row));
}

// Rows of one order. There are seldom more than a few, and then they are often sorted already.
static void sort_equals(struct sorter *s, struct key *k, size_t n)
{
    if (n > FEW) {
        qsort_r(k, n, sizeof *k, compare_keys, s);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j && compare_keys(&k[j - 1], &k[j], s) > 0; j--) {
            struct key swap = k[j];
            k[j] = k[j - 1];
            k[j - 1] = swap;
        }
}

static enum err sort_rows(struct scope *sc, struct sorter *s)
{
    if (!s->n) return OK;
    if (!s->key) s->key = malloc(s->run_rows * sizeof *s->key);
    if (!s->other) s->other = malloc(s->run_rows * sizeof *s->other);
    if (!s->key || !s->other) return fail(&sc->fault, ERR_NOMEM, "no room to sort %zu rows", s->n);
    for (size_t i = 0; i < s->n; i++)
        s->key[i] = (struct key){ order_of(s, row_at(s, s->rows, i)), (uint32_t)i, 0 };
    radix_sort(s);
    for (size_t i = 0, end; i < s->n; i = end) {
        for (end = i + 1; end < s->n && s->key[end].order == s->key[i].order;) end++;
        sort_equals(s, s->key + i, end - i);
    }
    return OK;
}

// Each run is read, sorted and written back to where it was.
static enum err sort_runs(struct scope *sc, struct sorter *s)
{
    TRY(file_rows(sc, s));
    size_t bytes = s->row_bytes;
    char  *sorted = malloc(s->run_rows * bytes);
    if (!sorted) return fail(&sc->fault, ERR_NOMEM, "no room to sort %zu rows", s->run_rows);
    enum err e = OK;
    for (uint64_t from = 0; from < s->filed && !e; from += s->run_rows) {
        s->n = s->filed - from < s->run_rows ? (size_t)(s->filed - from) : s->run_rows;
        e = read_at(sc, s->fd, s->rows, s->n * bytes, from * bytes);
        if (!e) e = sort_rows(sc, s);
        for (size_t i = 0; i < s->n && !e; i++)
            memcpy(sorted + i * bytes, s->rows + s->key[i].row * bytes, bytes);
        if (!e) e = write_at(sc, s->fd, sorted, s->n * bytes, from * bytes);
    }
    free(sorted);
    free(s->rows);
    free(s->key);
    free(s->other);
    s->rows = NULL;
    s->key = s->other = NULL;
    s->n = 0;
    return e;
}

static size_t rows_of_buffer(const struct sorter *s)
{
    size_t each = s->run_rows / s->n_runs;
    return each ? each : 1;
}

// All runs are read through one block of memory, as large as that of the rows was.
static enum err open_runs(struct scope *sc, struct sorter *s)
{
    s->n_runs = (size_t)((s->filed + s->run_rows - 1) / s->run_rows);
    size_t bytes = rows_of_buffer(s) * s->row_bytes;
    s->run = calloc(s->n_runs, sizeof *s->run);
    s->heap = calloc(s->n_runs, sizeof *s->heap);
    s->buffers = malloc(s->n_runs * bytes);
    if (!s->run || !s->heap || !s->buffers)
        return fail(&sc->fault, ERR_NOMEM, "no room to merge %zu runs", s->n_runs);
    for (size_t i = 0; i < s->n_runs; i++) s->run[i].buffer = s->buffers + i * bytes;
    return OK;
}

enum err sorter_sort(struct scope *sc, struct sorter *s, unsigned leaf, int32_t first_day)
{
    unsigned left = 63 - 2 * leaf - DAY_BITS;
    s->leaf = leaf;
    s->first_day = first_day;
    s->minute_bits = left < MINUTE_BITS ? left : MINUTE_BITS;
    if (!s->filed) return sort_rows(sc, s);
    TRY(sort_runs(sc, s));
    return open_runs(sc, s);
}

static enum err fill(struct scope *sc, struct sorter *s, struct run *r)
{
    size_t each = rows_of_buffer(s);
    r->at = 0;
    r->n = r->end - r->next < each ? (size_t)(r->end - r->next) : each;
    TRY(read_at(sc, s->fd, r->buffer, r->n * s->row_bytes, r->next * s->row_bytes));
    r->next += r->n;
    return OK;
}

static const struct sort_row *head_row(const struct sorter *s, const struct head *h)
{
    return row_at(s, s->run[h->run].buffer, s->run[h->run].at);
}

static bool before(const struct sorter *s, const struct head *a, const struct head *b)
{
    if (a->order != b->order || s->ignored) return a->order < b->order;
    return compare_rest(s, head_row(s, a), head_row(s, b)) < 0;
}

static void sift_down(struct sorter *s, size_t i)
{
    struct head *h = s->heap, top = h[i];
    for (size_t child; (child = 2 * i + 1) < s->n_heap; i = child) {
        if (child + 1 < s->n_heap && before(s, &h[child + 1], &h[child])) child++;
        if (!before(s, &h[child], &top)) break;
        h[i] = h[child];
    }
    h[i] = top;
}

enum err sorter_rewind(struct scope *sc, struct sorter *s, enum sort_reading reading)
{
    s->at = 0;
    s->started = false;
    s->n_heap = 0;
    s->ignored = reading == SORT_CELLS ? DAY_BITS + s->minute_bits : 0;
    for (size_t i = 0; i < s->n_runs; i++) {
        struct run *r = &s->run[i];
        r->next = (uint64_t)i * s->run_rows;
        r->end = r->next + s->run_rows < s->filed ? r->next + s->run_rows : s->filed;
        TRY(fill(sc, s, r));
        s->heap[s->n_heap++] = (struct head){ order_of(s, row_at(s, r->buffer, 0)) >> s->ignored, i };
    }
    for (size_t i = s->n_heap / 2; i-- > 0;) sift_down(s, i);
    return OK;
}

// The row given last is let go only now: the caller was still reading it.
static enum err advance(struct scope *sc, struct sorter *s)
{
    struct head *h = &s->heap[0];
    struct run  *r = &s->run[h->run];
    if (++r->at == r->n && r->next < r->end) TRY(fill(sc, s, r));
    if (r->at == r->n) *h = s->heap[--s->n_heap];
    else {
        uint64_t order = order_of(s, row_at(s, r->buffer, r->at)) >> s->ignored;
        if (s->ignored && order == h->order) return OK; // of one cell all rows of a run, then all of the next
        h->order = order;
    }
    if (s->n_heap) sift_down(s, 0);
    return OK;
}

enum err sorter_next(struct scope *sc, struct sorter *s, const struct sort_row **row)
{
    if (!s->n_runs) {
        *row = s->at < s->n ? row_at(s, s->rows, s->key[s->at++].row) : NULL;
        return OK;
    }
    if (s->started && s->n_heap) TRY(advance(sc, s));
    s->started = true;
    *row = s->n_heap ? head_row(s, &s->heap[0]) : NULL;
    return OK;
}
