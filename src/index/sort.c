// SPDX-License-Identifier: EUPL-1.2
// Most of the order is one number: no point, cell, day. A radix sort of these numbers moves 16 bytes a row instead of
// 48, and only rows that agree in it are compared field by field.
#include "index/sort_int.h"
#include "geo/mercator.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof(struct sort_row) == 48, "no gaps: rows are compared and kept as bytes");

struct key {
    uint64_t order;
    uint32_t row, zero;
};

struct run {
    uint64_t         next, end; // rows of the file that are still to be read into buffer
    struct sort_row *buffer;
    size_t           at, n;
};

struct sorter {
    char            *path;
    int              fd; // -1: all rows are in memory
    size_t           run_rows;
    struct sort_row *rows;        // [run_rows] those that are not in the file
    size_t           n;           // of them
    struct key      *key, *other; // [n] once sorted
    uint64_t         filed;       // rows in the file
    unsigned         leaf;
    int32_t          first_day;
    // reading
    size_t           at;  // without a file
    struct run      *run; // with one
    size_t           n_runs, *heap, n_heap;
    struct sort_row *buffers;
    bool             started;
};

uint64_t sort_cell(const struct sort_row *r, unsigned leaf)
{
    return leaf ? r->code >> (64 - 2 * leaf) : 0;
}

static uint64_t order_of(const struct sorter *s, const struct sort_row *r)
{
    return (uint64_t)r->no_point << 63 | sort_cell(r, s->leaf) << 17 | (uint32_t)(r->day - s->first_day);
}

// What is left when cell and day are equal. The time of day comes first, so that the rows of a place are in time's
// order; the rest only has to be always the same.
static int compare_rest(const struct sort_row *a, const struct sort_row *b)
{
    if (a->minute != b->minute) return a->minute < b->minute ? -1 : 1;
    if (a->code != b->code) return a->code < b->code ? -1 : 1;
    if (a->category != b->category) return a->category < b->category ? -1 : 1;
    return memcmp(a, b, sizeof *a);
}

enum err sorter_open(struct scope *sc, const char *path, size_t run_rows, struct sorter **out)
{
    struct sorter *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room to sort rows");
    s->fd = -1;
    s->run_rows = run_rows;
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
    TRY(write_at(sc, s->fd, s->rows, s->n * sizeof *s->rows, s->filed * sizeof *s->rows));
    s->filed += s->n;
    s->n = 0;
    return OK;
}

enum err sorter_add(struct scope *sc, struct sorter *s, const struct sort_row *row)
{
    if (!s->rows) s->rows = malloc(s->run_rows * sizeof *s->rows);
    if (!s->rows) return fail(&sc->fault, ERR_NOMEM, "no room for %zu rows", s->run_rows);
    if (s->n == s->run_rows) TRY(file_rows(sc, s));
    s->rows[s->n++] = *row;
    return OK;
}

// Least significant byte first; bytes that are equal in all keys are skipped. Leaves the result in s->key.
static void radix_sort(struct sorter *s)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t first[257] = { 0 };
        for (size_t i = 0; i < s->n; i++) first[(s->key[i].order >> shift & 255) + 1]++;
        if (first[(s->key[0].order >> shift & 255) + 1] == s->n) continue;
        for (int i = 0; i < 256; i++) first[i + 1] += first[i];
        for (size_t i = 0; i < s->n; i++) s->other[first[s->key[i].order >> shift & 255]++] = s->key[i];
        struct key *swap = s->key;
        s->key = s->other;
        s->other = swap;
    }
}

static int compare_keys(const void *a, const void *b, void *rows)
{
    const struct sort_row *r = rows;
    return compare_rest(&r[((const struct key *)a)->row], &r[((const struct key *)b)->row]);
}

static enum err sort_rows(struct scope *sc, struct sorter *s)
{
    if (!s->n) return OK;
    if (!s->key) s->key = malloc(s->run_rows * sizeof *s->key);
    if (!s->other) s->other = malloc(s->run_rows * sizeof *s->other);
    if (!s->key || !s->other) return fail(&sc->fault, ERR_NOMEM, "no room to sort %zu rows", s->n);
    for (size_t i = 0; i < s->n; i++) s->key[i] = (struct key){ order_of(s, &s->rows[i]), (uint32_t)i, 0 };
    radix_sort(s);
    for (size_t i = 0, end; i < s->n; i = end) {
        for (end = i + 1; end < s->n && s->key[end].order == s->key[i].order;) end++;
        if (end - i > 1) qsort_r(s->key + i, end - i, sizeof *s->key, compare_keys, s->rows);
    }
    return OK;
}

// Each run is read, sorted and written back to where it was.
static enum err sort_runs(struct scope *sc, struct sorter *s)
{
    TRY(file_rows(sc, s));
    struct sort_row *sorted = malloc(s->run_rows * sizeof *sorted);
    if (!sorted) return fail(&sc->fault, ERR_NOMEM, "no room to sort %zu rows", s->run_rows);
    enum err e = OK;
    for (uint64_t from = 0; from < s->filed && !e; from += s->run_rows) {
        s->n = s->filed - from < s->run_rows ? (size_t)(s->filed - from) : s->run_rows;
        e = read_at(sc, s->fd, s->rows, s->n * sizeof *s->rows, from * sizeof *s->rows);
        if (!e) e = sort_rows(sc, s);
        for (size_t i = 0; i < s->n && !e; i++) sorted[i] = s->rows[s->key[i].row];
        if (!e) e = write_at(sc, s->fd, sorted, s->n * sizeof *sorted, from * sizeof *sorted);
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

// All runs are read through one block of memory, as large as that of the rows was.
static enum err open_runs(struct scope *sc, struct sorter *s)
{
    s->n_runs = (size_t)((s->filed + s->run_rows - 1) / s->run_rows);
    size_t each = s->run_rows / s->n_runs;
    if (!each) each = 1;
    s->run = calloc(s->n_runs, sizeof *s->run);
    s->heap = calloc(s->n_runs, sizeof *s->heap);
    s->buffers = malloc(s->n_runs * each * sizeof *s->buffers);
    if (!s->run || !s->heap || !s->buffers)
        return fail(&sc->fault, ERR_NOMEM, "no room to merge %zu runs", s->n_runs);
    for (size_t i = 0; i < s->n_runs; i++) s->run[i].buffer = s->buffers + i * each;
    return OK;
}

enum err sorter_sort(struct scope *sc, struct sorter *s, unsigned leaf, int32_t first_day)
{
    s->leaf = leaf;
    s->first_day = first_day;
    if (!s->filed) TRY(sort_rows(sc, s));
    else {
        TRY(sort_runs(sc, s));
        TRY(open_runs(sc, s));
    }
    return sorter_rewind(sc, s);
}

static enum err fill(struct scope *sc, struct sorter *s, struct run *r)
{
    size_t each = s->run_rows / s->n_runs;
    if (!each) each = 1;
    r->at = 0;
    r->n = r->end - r->next < each ? (size_t)(r->end - r->next) : each;
    TRY(read_at(sc, s->fd, r->buffer, r->n * sizeof *r->buffer, r->next * sizeof *r->buffer));
    r->next += r->n;
    return OK;
}

static bool before(const struct sorter *s, size_t a, size_t b)
{
    const struct sort_row *x = &s->run[a].buffer[s->run[a].at], *y = &s->run[b].buffer[s->run[b].at];
    uint64_t               ox = order_of(s, x), oy = order_of(s, y);
    return ox != oy ? ox < oy : compare_rest(x, y) < 0;
}

static void sift_down(struct sorter *s, size_t i)
{
    for (;;) {
        size_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < s->n_heap && before(s, s->heap[left], s->heap[least])) least = left;
        if (right < s->n_heap && before(s, s->heap[right], s->heap[least])) least = right;
        if (least == i) return;
        size_t swap = s->heap[i];
        s->heap[i] = s->heap[least];
        s->heap[least] = swap;
        i = least;
    }
}

enum err sorter_rewind(struct scope *sc, struct sorter *s)
{
    s->at = 0;
    s->started = false;
    s->n_heap = 0;
    for (size_t i = 0; i < s->n_runs; i++) {
        struct run *r = &s->run[i];
        r->next = (uint64_t)i * s->run_rows;
        r->end = r->next + s->run_rows < s->filed ? r->next + s->run_rows : s->filed;
        TRY(fill(sc, s, r));
        s->heap[s->n_heap++] = i;
    }
    for (size_t i = s->n_heap / 2; i-- > 0;) sift_down(s, i);
    return OK;
}

enum err sorter_next(struct scope *sc, struct sorter *s, const struct sort_row **row)
{
    if (!s->n_runs) {
        *row = s->at < s->n ? &s->rows[s->key[s->at++].row] : NULL;
        return OK;
    }
    if (s->started && s->n_heap) { // the row given last is let go only now: the caller was still reading it
        struct run *r = &s->run[s->heap[0]];
        if (++r->at == r->n) {
            if (r->next < r->end) TRY(fill(sc, s, r));
            else s->heap[0] = s->heap[--s->n_heap];
        }
        sift_down(s, 0);
    }
    s->started = true;
    *row = s->n_heap ? &s->run[s->heap[0]].buffer[s->run[s->heap[0]].at] : NULL;
    return OK;
}
