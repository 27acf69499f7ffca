// SPDX-License-Identifier: EUPL-1.2
// Commit reads the sorted rows twice. The first time finds the cells and their points, which the file begins with, and
// asks for no order within a cell; then the size of everything is known, and the second time writes all columns side by
// side, each at its own place, some thousand rows of one column after the same rows of another.
#include "base/arena.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "index/dictionary_int.h"
#include "index/format.h"
#include "index/index.h"
#include "index/sort_int.h"
#include <errno.h>
#include <libdeflate.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// -- the level of the leaf cells ----------------------------------------------------------------------------

// Down to SQUARE_LEVEL a cell shall hold 64 to 256 rows: these are the squares in which the map of a whole city, at level 10,
// counts, and a square is a sum over cells that are no larger, else rows must be told apart by their points. Beyond that
// cells are as large as they may be: looking for the dates in a cell costs more than a scan of some thousands of rows
// (100 M rows, level 16 instead of 18: z10 12.0 -> 3.6 ms in the median, z12 1.4 -> 0.7, z14 0.18 -> 0.06).
enum {
    ROWS_PER_CELL = 16384,
    ROWS_PER_SQUARE = 64,
    SQUARE_LEVEL = 16,
    SURVEY_MAX = 1 << 20,
    SURVEY_WAIT = 64
};

// The set of cells that have points, at the deepest level at which they are at most SURVEY_MAX. Which cells are left
// at the end does not depend on the order of the points. Cells are kept 64 to a block of three levels above them: those
// of a town are then a table that a processor's cache holds.
struct block {
    uint64_t code;  // + 1; 0: free
    uint64_t cells; // a bit for each
};
struct survey {
    struct block *slot;              // open addressing, n_blocks of size used
    size_t        size, n_blocks, n; // n: cells
    unsigned      level;
    uint64_t      waiting[SURVEY_WAIT]; // codes of points, all 64 bits
    size_t        n_waiting;
};

static size_t survey_home(const struct survey *v, uint64_t cell)
{
    return (size_t)(((cell >> 6) + 1) * 0x9E3779B97F4A7C15u >> 20) & (v->size - 1);
}

static void survey_put(struct survey *v, uint64_t cell)
{
    uint64_t block = (cell >> 6) + 1, bit = (uint64_t)1 << (cell & 63);
    size_t   i = survey_home(v, cell);
    while (v->slot[i].code && v->slot[i].code != block) i = (i + 1) & (v->size - 1);
    struct block *b = &v->slot[i];
    v->n_blocks += !b->code;
    v->n += !(b->cells & bit);
    b->code = block;
    b->cells |= bit;
}

// A new table with the old one's cells, at a level that is `up` above theirs.
static enum err survey_move(struct scope *sc, struct survey *v, size_t size, unsigned up)
{
    struct survey to = { .size = size, .level = v->level - up };
    to.slot = calloc(size, sizeof *to.slot);
    if (!to.slot) return fail(&sc->fault, ERR_NOMEM, "no room for a survey of %zu cells", v->n);
    for (size_t i = 0; i < v->size; i++)
        for (uint64_t left = v->slot[i].cells; left; left &= left - 1)
            survey_put(&to, ((v->slot[i].code - 1) << 6 | (unsigned)__builtin_ctzll(left)) >> 2 * up);
    free(v->slot);
    v->slot = to.slot;
    v->size = size;
    v->n_blocks = to.n_blocks;
    v->n = to.n;
    v->level = to.level;
    return OK;
}

static uint64_t survey_cell(const struct survey *v, uint64_t code)
{
    return v->level ? code >> (64 - 2 * v->level) : 0;
}

// Some points at a time: while the memory of one is on its way to the processor, that of the others is, too.
static enum err survey_flush(struct scope *sc, struct survey *v)
{
    if (v->n_waiting && !v->slot) {
        v->level = INDEX_MAX_LEAF;
        TRY(survey_move(sc, v, 1024, 0));
    }
    for (size_t i = 0; i < v->n_waiting; i++)
        __builtin_prefetch(&v->slot[survey_home(v, survey_cell(v, v->waiting[i]))], 1);
    for (size_t i = 0; i < v->n_waiting; i++) {
        survey_put(v, survey_cell(v, v->waiting[i]));
        while (v->n > SURVEY_MAX) TRY(survey_move(sc, v, v->size, 1));
        if (v->n_blocks > v->size / 2) TRY(survey_move(sc, v, v->size * 2, 0));
    }
    v->n_waiting = 0;
    return OK;
}

static enum err survey_add(struct scope *sc, struct survey *v, uint64_t code)
{
    v->waiting[v->n_waiting++] = code;
    return v->n_waiting == SURVEY_WAIT ? survey_flush(sc, v) : OK;
}

// The deepest level at which cells hold ROWS_PER_CELL rows on average, or ROWS_PER_SQUARE when it is SQUARE_LEVEL or above.
// Uses the survey up.
static enum err survey_leaf(struct scope *sc, struct survey *v, uint64_t with_point, unsigned *leaf)
{
    TRY(survey_flush(sc, v));
    if (!v->slot) {
        *leaf = 0;
        return OK;
    }
    while (v->level && v->n * (v->level > SQUARE_LEVEL ? ROWS_PER_CELL : ROWS_PER_SQUARE) > with_point)
        TRY(survey_move(sc, v, v->size, 1));
    *leaf = v->level;
    return OK;
}

// -- the file, section by section ---------------------------------------------------------------------------

enum { WRITE_BUFFER = 1 << 16, BATCH = 2048, CHECKS = 8 };

// One section that is written from front to back, while others are, too.
struct column {
    uint64_t offset; // of the next write
    uint64_t size;   // bytes written or waiting
    uint32_t crc;
    unsigned width;
    size_t   n;
    alignas(8) uint8_t waiting[WRITE_BUFFER];
};

struct index_writer {
    const struct release_info *info;
    struct file_new            file;
    struct sorter             *rows;
    struct survey              survey;
    uint64_t                   n, with_point;
    int32_t                    first_day, last_day;
    struct box                 extent;
    unsigned                   leaf;
    struct format_cell        *cell; // [n_cells + 1]
    size_t                     n_cells, cap_cells;
    uint32_t                   n_anchors, most_anchors; // most: of one cell
    uint64_t                  *code;                    // [cap_code] points of the cell at hand
    size_t                     cap_code;
    uint64_t                  *code_too;      // for sorting them
    uint64_t                   below[CHECKS]; // check_row
    int32_t                    min_day, max_day;
    struct column             *column; // [SECTIONS]
    struct sort_row           *batch;  // [BATCH] rows on their way to the columns
    struct format_steps        step;
    uint32_t                  *in_step; // [step.n] rows of the cell at hand
    uint16_t                  *up_to;   // [step.n] room for what is written of it
    uint16_t                  *month;   // [days] by day since first_day, from 0
    uint32_t                  *cube;    // [n_cube]
    uint64_t                   n_cube;
    struct dictionary          dictionary;
    int64_t                    sort_ms, write_ms;
};

static enum err put_bytes(struct scope *sc, struct index_writer *w, const void *from, size_t size,
                          uint64_t at)
{
    const char *p = from;
    while (size) {
        ssize_t n = pwrite(fileno(w->file.f), p, size, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(&sc->fault, "cannot write %s", w->file.tmp);
        p += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return OK;
}

static enum err flush(struct scope *sc, struct index_writer *w, struct column *c)
{
    TRY(put_bytes(sc, w, c->waiting, c->n, c->offset));
    c->crc = libdeflate_crc32(c->crc, c->waiting, c->n);
    c->offset += c->n;
    c->n = 0;
    return OK;
}

static enum err column_add(struct scope *sc, struct index_writer *w, struct column *c, const void *p,
                           size_t size)
{
    const uint8_t *from = p;
    c->size += size;
    while (size) {
        size_t part = WRITE_BUFFER - c->n < size ? WRITE_BUFFER - c->n : size;
        memcpy(c->waiting + c->n, from, part);
        c->n += part;
        from += part;
        size -= part;
        if (c->n == WRITE_BUFFER) TRY(flush(sc, w, c));
    }
    return OK;
}

// One number a row, as wide as the column is; little-endian: the low bytes come first.
static enum err numbers_add(struct scope *sc, struct index_writer *w, enum section s,
                            const uint32_t number[BATCH], size_t n)
{
    static_assert(WRITE_BUFFER >= BATCH * sizeof(uint32_t), "a batch fits");
    struct column *c = &w->column[s];
    if (c->n + n * c->width > WRITE_BUFFER) TRY(flush(sc, w, c));
    uint8_t *to = c->waiting + c->n;
    if (c->width == 1)
        for (size_t i = 0; i < n; i++) to[i] = (uint8_t)number[i];
    else if (c->width == 2)
        for (size_t i = 0; i < n; i++) ((uint16_t *)(void *)to)[i] = (uint16_t)number[i];
    else memcpy(to, number, n * sizeof *number);
    c->n += n * c->width;
    c->size += n * c->width;
    return OK;
}

static uint64_t aligned(uint64_t at)
{
    return (at + INDEX_ALIGN - 1) / INDEX_ALIGN * INDEX_ALIGN;
}

// -- collecting ---------------------------------------------------------------------------------------------

void index_writer_closep(struct index_writer **w)
{
    struct index_writer *x = *w;
    *w = NULL;
    if (!x) return;
    file_new_abort(&x->file);
    sorter_close(x->rows);
    dictionary_free(&x->dictionary);
    free(x->survey.slot);
    free(x->cell);
    free(x->code);
    free(x->code_too);
    free(x->batch);
    free(x->in_step);
    free(x->up_to);
    free(x->month);
    free(x->cube);
    free(x->column);
    free(x);
}

static void limit_rows(struct index_writer *w)
{
    const struct release_info *in = w->info;
    const uint64_t             below[CHECKS] = {
                    release_n_kinds(in), in->n_outcomes, in->n_sources, in->n_places ? in->n_places : 1,
                    HOW_VALUES,          PRECISIONS,     24 * 60,       64
    };
    memcpy(w->below, below, sizeof below);
    w->min_day = civil_day(CIVIL_MIN_YEAR, 1, 1);
    w->max_day = civil_day(CIVIL_MAX_YEAR, 12, 31);
}

enum err index_writer_open(struct scope *sc, const char *path, const struct release_info *info,
                           struct index_writer **out)
{
    AUTO(index_writer_closep) struct index_writer *w = calloc(1, sizeof *w);
    char *rows = arena_cstr(sc->mem, arena_printf(sc->mem, "%s.rows", path));
    if (!w || !rows) return fail(&sc->fault, ERR_NOMEM, "no room to write %s", path);
    w->info = info;
    w->first_day = INT32_MAX;
    w->last_day = INT32_MIN;
    w->extent = BOX_EMPTY;
    limit_rows(w);
    TRY(sorter_open(sc, rows, info->n_sets, SORT_RUN_ROWS, &w->rows));
    TRY(file_new_open(sc, path, &w->file));
    *out = w;
    w = NULL;
    return OK;
}

static enum err check_row(struct scope *sc, const struct index_writer *w, const struct release_row *r)
{
    static const char *const   what[CHECKS] = { "kind",   "outcome",          "source",
                                                "place",  "hour of the week", "precision",
                                                "minute", "set of flags" };
    const uint64_t             value[CHECKS] = { r->kind, r->outcome,   r->source, r->place,
                                                 r->how,  r->precision, r->minute, r->flags };
    const struct release_info *in = w->info;
    for (size_t i = 0; i < CHECKS; i++)
        if (value[i] >= w->below[i])
            return fail(&sc->fault, ERR_INVALID, "row %llu: the %s is number %llu of %llu",
                        (unsigned long long)w->n, what[i], (unsigned long long)value[i],
                        (unsigned long long)w->below[i]);
    for (size_t i = 0; i < in->n_sets && i < MAX_AREA_SETS; i++)
        if (r->area[i] != AREA_NOWHERE && r->area[i] >= in->sets[i].n)
            return fail(&sc->fault, ERR_INVALID,
                        "row %llu: area number %u of the set \"%.*s\", which has %zu",
                        (unsigned long long)w->n, r->area[i], STR(in->sets[i].key), in->sets[i].n);
    if (r->day < w->min_day || r->day > w->max_day)
        return fail(&sc->fault, ERR_INVALID, "row %llu: day %d is not of the years %d to %d",
                    (unsigned long long)w->n, r->day, CIVIL_MIN_YEAR, CIVIL_MAX_YEAR);
    return OK;
}

enum err index_writer_add(struct scope *sc, struct index_writer *w, const struct release_row *r)
{
    TRY(check_row(sc, w, r));
    if (w->n >= UINT32_MAX - 1)
        return fail(&sc->fault, ERR_LIMIT, "more than %llu rows", (unsigned long long)w->n);
    struct sort_row s = {
        .code = r->has_point ? morton(r->at, 32) : 0,
        .day = r->day,
        .place = r->place,
        .minute = r->minute,
        .category = r->kind,
        .source = r->source,
        .no_point = !r->has_point,
        .outcome = r->outcome,
        .how = r->how,
        .precision = r->precision,
        .flags = r->flags,
    };
    for (size_t i = 0; i < w->info->n_sets && i < MAX_AREA_SETS; i++) s.area[i] = r->area[i];
    TRY(sorter_add(sc, w->rows, &s));
    if (r->has_point) {
        TRY(survey_add(sc, &w->survey, s.code));
        box_add(&w->extent, r->at);
    }
    w->n++;
    w->with_point += r->has_point ? 1 : 0;
    if (r->day < w->first_day) w->first_day = r->day;
    if (r->day > w->last_day) w->last_day = r->day;
    return OK;
}

// -- first reading: cells and points ------------------------------------------------------------------------

// Least significant byte first; bytes that are equal in all codes are skipped. `other` has room for n, too.
static void sort_codes(uint64_t *code, uint64_t *other, size_t n)
{
    uint64_t differ = 0, *from = code, *to = other;
    for (size_t i = 1; i < n; i++) differ |= code[i] ^ code[0];
    while (differ) {
        unsigned shift = (unsigned)__builtin_ctzll(differ);
        size_t   first[257] = { 0 };
        differ &= ~((uint64_t)255 << shift);
        for (size_t i = 0; i < n; i++) first[(from[i] >> shift & 255) + 1]++;
        for (size_t i = 0; i < 256; i++) first[i + 1] += first[i];
        for (size_t i = 0; i < n; i++) to[first[from[i] >> shift & 255]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != code) memcpy(code, from, n * sizeof *code);
}

static size_t distinct(struct index_writer *w, size_t n)
{
    if (!n) return 0;
    sort_codes(w->code, w->code_too, n);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (w->code[i] != w->code[kept - 1]) w->code[kept++] = w->code[i];
    return kept;
}

// Keeps the cell's distinct points only: when the list is full it is thinned out, and grows if that was of little use.
static enum err gather_code(struct scope *sc, struct index_writer *w, uint64_t code, size_t *n)
{
    if (*n && w->code[*n - 1] == code) return OK;
    if (*n == w->cap_code) {
        *n = distinct(w, *n);
        if (*n > w->cap_code / 2 || !w->cap_code) {
            size_t    cap = w->cap_code ? w->cap_code * 2 : 4096;
            uint64_t *more = reallocarray(w->code, cap, sizeof *more), *too = NULL;
            if (more) w->code = more;
            if (more) too = reallocarray(w->code_too, cap, sizeof *too);
            if (!too) return fail(&sc->fault, ERR_NOMEM, "no room for the %zu points of a cell", cap);
            w->code_too = too;
            w->cap_code = cap;
        }
    }
    w->code[(*n)++] = code;
    return OK;
}

static enum err end_cell(struct scope *sc, struct index_writer *w, size_t n_codes)
{
    n_codes = distinct(w, n_codes);
    for (size_t i = 0; i < n_codes; i++) {
        struct point p = morton_point(w->code[i], 32);
        TRY(column_add(sc, w, &w->column[SECTION_ANCHORS], &p, sizeof p));
    }
    w->n_anchors += (uint32_t)n_codes;
    if (n_codes > w->most_anchors) w->most_anchors = (uint32_t)n_codes;
    return OK;
}

static enum err add_cell(struct scope *sc, struct index_writer *w, uint64_t code, uint64_t row)
{
    if (w->n_cells == w->cap_cells) {
        size_t              cap = w->cap_cells ? w->cap_cells * 2 : 1024;
        struct format_cell *more = reallocarray(w->cell, cap, sizeof *more);
        if (!more) return fail(&sc->fault, ERR_NOMEM, "no room for %zu cells", cap);
        w->cell = more;
        w->cap_cells = cap;
    }
    w->cell[w->n_cells++] = (struct format_cell){ code, (uint32_t)row, w->n_anchors };
    return OK;
}

static enum err find_cells(struct scope *sc, struct index_writer *w)
{
    const struct sort_row *r;
    uint64_t               row = 0;
    size_t                 n_codes = 0;
    TRY(sorter_rewind(sc, w->rows, SORT_CELLS));
    TRY(sorter_next(sc, w->rows, &r));
    for (; r && !r->no_point; row++) {
        uint64_t code = sort_cell(r, w->leaf);
        if (!w->n_cells || w->cell[w->n_cells - 1].code != code) {
            TRY(end_cell(sc, w, n_codes));
            TRY(add_cell(sc, w, code, row));
            n_codes = 0;
        }
        TRY(gather_code(sc, w, r->code, &n_codes));
        TRY(sorter_next(sc, w->rows, &r));
    }
    TRY(end_cell(sc, w, n_codes));
    TRY(flush(sc, w, &w->column[SECTION_ANCHORS]));
    TRY(add_cell(sc, w, UINT64_MAX, row));
    w->n_cells--;
    return OK;
}

// -- second reading: columns --------------------------------------------------------------------------------

static void choose_widths(struct index_writer *w)
{
    const struct release_info *in = w->info;
    struct column             *c = w->column;
    c[SECTION_HOW].width = c[SECTION_OUTCOME].width = c[SECTION_FLAGS].width = 1;
    c[SECTION_DAY].width = c[SECTION_MINUTE].width = 2;
    c[SECTION_CATEGORY].width = format_width(release_n_kinds(in));
    c[SECTION_ANCHOR].width = format_width(w->most_anchors);
    c[SECTION_PLACE].width = format_width(in->n_places);
    c[SECTION_SOURCE].width = format_width(in->n_sources);
    for (size_t i = 0; i < in->n_sets; i++) c[SECTION_AREA + i].width = format_width(in->sets[i].n + 1);
}

// Sections one behind the other, from the cells on; the points are in the file already.
static enum err place_sections(struct scope *sc, struct index_writer *w, struct format_entry *table)
{
    uint64_t at = sizeof(struct format_header) + SECTIONS * sizeof *table;
    for (unsigned s = 0; s < SECTIONS; s++) {
        struct column *c = &w->column[s];
        uint64_t       size = s == SECTION_ANCHORS  ? c->size
                              : s == SECTION_CELLS  ? (w->n_cells + 1) * sizeof *w->cell
                              : s <= SECTION_PLACES ? w->dictionary.section[s].n
                              : s == SECTION_ANCHOR ? w->with_point * c->width
                              : s == SECTION_STEPS  ? w->n_cells * w->step.n * sizeof *w->up_to
                              : s == SECTION_CUBE   ? w->n_cube * sizeof *w->cube
                                                    : w->n * c->width;
        table[s] = (struct format_entry){ .number = s, .offset = aligned(at), .size = size };
        at = table[s].offset + size;
        if (s == SECTION_ANCHORS) continue;
        c->offset = table[s].offset;
        if (s == SECTION_CELLS) TRY(column_add(sc, w, c, w->cell, size));
        else if (s <= SECTION_PLACES) TRY(column_add(sc, w, c, w->dictionary.section[s].p, size));
    }
    // The last section may be empty or short of the end that its offset claims; the file reaches there all the same.
    if (ftruncate(fileno(w->file.f), (off_t)at))
        return fail_errno(&sc->fault, "cannot write %s", w->file.tmp);
    return OK;
}

// The columns whose numbers stand in the rows as they are.
static enum err add_numbers(struct scope *sc, struct index_writer *w, size_t n)
{
    const struct sort_row *r = w->batch;
    uint32_t               v[BATCH];
    for (size_t i = 0; i < n; i++) v[i] = (uint32_t)(r[i].day - w->first_day);
    TRY(numbers_add(sc, w, SECTION_DAY, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].how;
    TRY(numbers_add(sc, w, SECTION_HOW, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].category;
    TRY(numbers_add(sc, w, SECTION_CATEGORY, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].outcome;
    TRY(numbers_add(sc, w, SECTION_OUTCOME, v, n));
    for (size_t i = 0; i < n; i++) v[i] = (uint32_t)(r[i].precision | r[i].flags << 2);
    TRY(numbers_add(sc, w, SECTION_FLAGS, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].minute;
    TRY(numbers_add(sc, w, SECTION_MINUTE, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].place;
    TRY(numbers_add(sc, w, SECTION_PLACE, v, n));
    for (size_t i = 0; i < n; i++) v[i] = r[i].source;
    TRY(numbers_add(sc, w, SECTION_SOURCE, v, n));
    for (unsigned s = 0; s < w->info->n_sets; s++) {
        uint32_t none = (uint32_t)w->info->sets[s].n;
        for (size_t i = 0; i < n; i++) v[i] = r[i].area[s] == AREA_NOWHERE ? none : r[i].area[s];
        TRY(numbers_add(sc, w, SECTION_AREA + s, v, n));
    }
    return OK;
}

// The points of one cell, back from the file, as Morton codes in ascending order.
static enum err load_codes(struct scope *sc, struct index_writer *w, const struct format_cell *c)
{
    uint32_t n = c[1].first_anchor - c->first_anchor;
    if (n > w->cap_code)
        return fail(&sc->fault, ERR_CORRUPT, "a cell changed while %s was written", w->file.tmp);
    uint64_t at = aligned(sizeof(struct format_header) + SECTIONS * sizeof(struct format_entry)) +
                  (uint64_t)c->first_anchor * sizeof(struct point);
    struct point part[512];
    for (uint32_t i = 0, k; i < n; i += k) {
        k = n - i < COUNT(part) ? n - i : (uint32_t)COUNT(part);
        ssize_t got = pread(fileno(w->file.f), part, k * sizeof *part, (off_t)(at + i * sizeof *part));
        if (got != (ssize_t)(k * sizeof *part)) return fail_errno(&sc->fault, "cannot read %s", w->file.tmp);
        for (uint32_t m = 0; m < k; m++) w->code[i + m] = morton(part[m], 32);
    }
    return OK;
}

static uint32_t code_number(const uint64_t *code, uint32_t n, uint64_t wanted)
{
    uint32_t from = 0;
    while (n > 1) {
        uint32_t half = n / 2;
        if (code[from + half] <= wanted) from += half, n -= half;
        else n = half;
    }
    return from;
}

static enum err add_steps(struct scope *sc, struct index_writer *w)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < w->step.n; k++) {
        n += w->in_step[k];
        w->up_to[k] = n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
    }
    memset(w->in_step, 0, w->step.n * sizeof *w->in_step);
    return column_add(sc, w, &w->column[SECTION_STEPS], w->up_to, w->step.n * sizeof *w->up_to);
}

static void add_to_cube(struct index_writer *w, size_t n)
{
    if (!w->cube) return;
    for (size_t i = 0; i < n; i++) {
        const struct sort_row *r = &w->batch[i];
        uint64_t               month = w->month[r->day - w->first_day];
        w->cube[(month * release_n_kinds(w->info) + r->category) * HOW_VALUES + r->how]++;
    }
}

// Number of the point within its cell, and the steps. *c is the first cell that none of the rows before is of.
static enum err add_points(struct scope *sc, struct index_writer *w, size_t n, uint64_t row,
                           const struct format_cell **c)
{
    uint32_t v[BATCH];
    size_t   k = 0;
    for (; k < n && !w->batch[k].no_point; k++, row++) {
        const struct sort_row *r = &w->batch[k];
        if (row == (*c)->first_row) TRY(load_codes(sc, w, (*c)++));
        v[k] = code_number(w->code, (*c)->first_anchor - (*c)[-1].first_anchor, r->code);
        w->in_step[w->month[r->day - w->first_day] / w->step.months]++;
        if (row + 1 == (*c)->first_row) TRY(add_steps(sc, w));
    }
    return numbers_add(sc, w, SECTION_ANCHOR, v, k);
}

static enum err take_batch(struct scope *sc, struct index_writer *w, size_t *n)
{
    const struct sort_row *r;
    size_t                 bytes = sort_bytes(w->info->n_sets);
    for (*n = 0; *n < BATCH; ++*n) {
        TRY(sorter_next(sc, w->rows, &r));
        if (!r) return OK;
        memcpy(&w->batch[*n], r, bytes);
    }
    return OK;
}

static enum err write_columns(struct scope *sc, struct index_writer *w)
{
    const struct format_cell *c = w->cell;
    size_t                    n = BATCH;
    w->batch = calloc(BATCH, sizeof *w->batch);
    if (!w->batch) return fail(&sc->fault, ERR_NOMEM, "no room to write %s", w->file.path);
    TRY(sorter_rewind(sc, w->rows, SORT_WHOLE));
    for (uint64_t row = 0; n == BATCH; row += n) {
        TRY(take_batch(sc, w, &n));
        TRY(add_numbers(sc, w, n));
        TRY(add_points(sc, w, n, row, &c));
        add_to_cube(w, n);
    }
    return column_add(sc, w, &w->column[SECTION_CUBE], w->cube, w->n_cube * sizeof *w->cube);
}

static enum err make_shortcuts(struct scope *sc, struct index_writer *w)
{
    if (!w->n) return OK;
    int32_t days = w->last_day - w->first_day + 1, first = civil_month_of_day(w->first_day),
            months = civil_month_of_day(w->last_day) - first + 1;
    w->step = format_steps(w->n_cells, w->with_point, months);
    w->n_cube = format_cube(w->n, months, release_n_kinds(w->info));
    w->in_step = calloc(w->step.n, sizeof *w->in_step);
    w->up_to = calloc(w->step.n, sizeof *w->up_to);
    w->month = calloc((size_t)days, sizeof *w->month);
    if (w->n_cube) w->cube = calloc(w->n_cube, sizeof *w->cube);
    if (!w->in_step || !w->up_to || !w->month || (w->n_cube && !w->cube))
        return fail(&sc->fault, ERR_NOMEM, "no room for the steps and the cube of %s", w->file.path);
    for (int32_t i = 0; i < days; i++) w->month[i] = (uint16_t)(civil_month_of_day(w->first_day + i) - first);
    return OK;
}

static enum err write_header(struct scope *sc, struct index_writer *w, struct format_entry *table)
{
    const struct format_entry *last = &table[SECTIONS - 1];
    struct format_header       h = { .version = INDEX_VERSION,
                                     .bytes = last->offset + last->size,
                                     .sections = SECTIONS,
                                     .languages = LANGUAGES };
    memcpy(h.magic, INDEX_MAGIC, sizeof h.magic);
    uint32_t crc = libdeflate_crc32(0, &h, sizeof h);
    h.crc = libdeflate_crc32(crc, table, SECTIONS * sizeof *table);
    TRY(put_bytes(sc, w, &h, sizeof h, 0));
    return put_bytes(sc, w, table, SECTIONS * sizeof *table, sizeof h);
}

static struct box areas_box(const struct release_info *in)
{
    struct box b = BOX_EMPTY;
    for (size_t i = 0; i < in->n_sets; i++)
        for (size_t k = 0; k < in->sets[i].n; k++) {
            const struct release_area *a = &in->sets[i].areas[k];
            if (!a->n_points) continue;
            box_add(&b, (struct point){ a->box.min_x, a->box.min_y });
            box_add(&b, (struct point){ a->box.max_x, a->box.max_y });
        }
    return b;
}

enum err index_writer_commit(struct scope *sc, struct index_writer *w)
{
    struct format_entry table[SECTIONS];
    int64_t             began_ms = clock_system.monotonic_ms();
    if (!w->n) w->first_day = 0, w->last_day = -1;
    if (w->n && w->last_day - w->first_day >= INDEX_MAX_DAYS)
        return fail(&sc->fault, ERR_LIMIT, "rows of %d days; one release can hold %d",
                    w->last_day - w->first_day + 1, INDEX_MAX_DAYS);
    w->column = calloc(SECTIONS, sizeof *w->column);
    if (!w->column) return fail(&sc->fault, ERR_NOMEM, "no room to write %s", w->file.path);
    w->column[SECTION_ANCHORS].offset = aligned(sizeof(struct format_header) + sizeof table);
    TRY(survey_leaf(sc, &w->survey, w->with_point, &w->leaf));
    TRY(sorter_sort(sc, w->rows, w->leaf, w->first_day));
    TRY(find_cells(sc, w));
    int64_t sorted_ms = clock_system.monotonic_ms();
    w->sort_ms = sorted_ms - began_ms;

    struct release_info in = *w->info;
    in.rows = w->n;
    in.with_point = w->with_point;
    in.first_day = w->first_day;
    in.last_day = w->last_day;
    in.extent = w->with_point ? w->extent : areas_box(&in);
    TRY(dictionary_encode(sc, &in, w->leaf, &w->dictionary));
    choose_widths(w);
    TRY(make_shortcuts(sc, w));
    TRY(place_sections(sc, w, table));
    TRY(write_columns(sc, w));
    for (unsigned s = 0; s < SECTIONS; s++) {
        TRY(flush(sc, w, &w->column[s]));
        table[s].crc = w->column[s].crc;
    }
    TRY(write_header(sc, w, table));
    TRY(file_new_commit(sc, &w->file));
    w->write_ms = clock_system.monotonic_ms() - sorted_ms;
    return OK;
}

void index_writer_times(const struct index_writer *w, int64_t *sort_ms, int64_t *write_ms)
{
    *sort_ms = w->sort_ms;
    *write_ms = w->write_ms;
}
