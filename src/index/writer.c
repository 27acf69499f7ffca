// SPDX-License-Identifier: EUPL-1.2
// Commit reads the sorted rows twice. The first time finds the cells and their points, which the file begins with;
// then the size of everything is known, and the second time writes all columns side by side, each at its own place.
#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "index/dictionary_int.h"
#include "index/format.h"
#include "index/index.h"
#include "index/sort_int.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

// -- the level of the leaf cells ----------------------------------------------------------------------------

// A cell shall hold 512 to 2,048 rows: enough that a scan of it is long against the search for it, few enough that
// a tile at high zoom reads little beside its own (measured: 500 to 4,000 differ little).
enum { ROWS_PER_CELL = 512, SURVEY_MAX = 1 << 20 };

// The set of cells that have points, at the deepest level at which they are at most SURVEY_MAX. Which cells are left
// at the end does not depend on the order of the points.
struct survey {
    uint64_t *slot; // open addressing, code + 1; 0: free
    size_t    size, n;
    unsigned  level;
};

static bool survey_put(struct survey *v, uint64_t code)
{
    for (size_t i = (size_t)((code + 1) * 0x9E3779B97F4A7C15u >> 20) & (v->size - 1);;
         i = (i + 1) & (v->size - 1)) {
        if (v->slot[i] == code + 1) return false;
        if (v->slot[i]) continue;
        v->slot[i] = code + 1;
        v->n++;
        return true;
    }
}

// A new table with the old one's cells, at a level that is `up` above theirs.
static enum err survey_move(struct scope *sc, struct survey *v, size_t size, unsigned up)
{
    struct survey to = { .size = size, .level = v->level - up };
    to.slot = calloc(size, sizeof *to.slot);
    if (!to.slot) return fail(&sc->fault, ERR_NOMEM, "no room for a survey of %zu cells", size);
    for (size_t i = 0; i < v->size; i++)
        if (v->slot[i]) survey_put(&to, (v->slot[i] - 1) >> 2 * up);
    free(v->slot);
    *v = to;
    return OK;
}

static enum err survey_add(struct scope *sc, struct survey *v, struct point p)
{
    if (!v->slot) {
        v->level = INDEX_MAX_LEAF;
        TRY(survey_move(sc, v, 1024, 0));
    }
    survey_put(v, morton(p, v->level));
    while (v->n > SURVEY_MAX) TRY(survey_move(sc, v, v->size, 1));
    return v->n > v->size / 2 ? survey_move(sc, v, v->size * 2, 0) : OK;
}

// The deepest level at which cells hold ROWS_PER_CELL rows on average. Uses the survey up.
static enum err survey_leaf(struct scope *sc, struct survey *v, uint64_t with_point, unsigned *leaf)
{
    if (!v->slot) {
        *leaf = 0;
        return OK;
    }
    while (v->level && (uint64_t)v->n * ROWS_PER_CELL > with_point) TRY(survey_move(sc, v, v->size, 1));
    *leaf = v->level;
    return OK;
}

// -- the file, section by section ---------------------------------------------------------------------------

enum { WRITE_BUFFER = 1 << 16 };

// One section that is written from front to back, while others are, too.
struct column {
    uint64_t offset; // of the next write
    uint64_t size;   // bytes written or waiting
    uint32_t crc;
    unsigned width;
    size_t   n;
    uint8_t  waiting[WRITE_BUFFER];
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
    struct column             *column;               // [SECTIONS]
    uint32_t                   in_step[INDEX_STEPS]; // rows of the cell at hand
    uint32_t                  *cube;                 // [n_cube]
    uint64_t                   n_cube;
    struct dictionary          dictionary;
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
    c->crc = (uint32_t)crc32(c->crc, c->waiting, (uInt)c->n);
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

static enum err number_add(struct scope *sc, struct index_writer *w, enum section s, uint32_t v)
{
    struct column *c = &w->column[s];
    return column_add(sc, w, c, &v, c->width); // little-endian: the low bytes come first
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
    free(x->cube);
    free(x->column);
    free(x);
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
    TRY(sorter_open(sc, rows, SORT_RUN_ROWS, &w->rows));
    TRY(file_new_open(sc, path, &w->file));
    *out = w;
    w = NULL;
    return OK;
}

static enum err check_row(struct scope *sc, const struct index_writer *w, const struct release_row *r)
{
    const struct release_info *in = w->info;
    const struct {
        const char *what;
        uint64_t    value, below;
    } checks[] = {
        { "category", r->category, in->n_categories },
        { "outcome", r->outcome, in->n_outcomes },
        { "source", r->source, in->n_sources },
        { "place", r->place, in->n_places ? in->n_places : 1 },
        { "hour of the week", r->how, HOW_VALUES },
        { "precision", r->precision, PRECISIONS },
        { "minute", r->minute, 24 * 60 },
        { "set of flags", r->flags, 64 },
    };
    for (size_t i = 0; i < COUNT(checks); i++)
        if (checks[i].value >= checks[i].below)
            return fail(&sc->fault, ERR_INVALID, "row %llu: the %s is number %llu of %llu",
                        (unsigned long long)w->n, checks[i].what, (unsigned long long)checks[i].value,
                        (unsigned long long)checks[i].below);
    for (size_t i = 0; i < in->n_sets && i < MAX_AREA_SETS; i++)
        if (r->area[i] != AREA_NOWHERE && r->area[i] >= in->sets[i].n)
            return fail(&sc->fault, ERR_INVALID,
                        "row %llu: area number %u of the set \"%.*s\", which has %zu",
                        (unsigned long long)w->n, r->area[i], STR(in->sets[i].key), in->sets[i].n);
    if (r->day < civil_day(CIVIL_MIN_YEAR, 1, 1) || r->day > civil_day(CIVIL_MAX_YEAR, 12, 31))
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
        .category = r->category,
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
        TRY(survey_add(sc, &w->survey, r->at));
        box_add(&w->extent, r->at);
    }
    w->n++;
    w->with_point += r->has_point ? 1 : 0;
    if (r->day < w->first_day) w->first_day = r->day;
    if (r->day > w->last_day) w->last_day = r->day;
    return OK;
}

// -- first reading: cells and points ------------------------------------------------------------------------

static int compare_codes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static size_t distinct(uint64_t *code, size_t n)
{
    if (!n) return 0;
    qsort(code, n, sizeof *code, compare_codes);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (code[i] != code[kept - 1]) code[kept++] = code[i];
    return kept;
}

// Keeps the cell's distinct points only: when the list is full it is thinned out, and grows if that was of little use.
static enum err gather_code(struct scope *sc, struct index_writer *w, uint64_t code, size_t *n)
{
    if (*n && w->code[*n - 1] == code) return OK;
    if (*n == w->cap_code) {
        *n = distinct(w->code, *n);
        if (*n > w->cap_code / 2 || !w->cap_code) {
            size_t    cap = w->cap_code ? w->cap_code * 2 : 4096;
            uint64_t *more = reallocarray(w->code, cap, sizeof *more);
            if (!more) return fail(&sc->fault, ERR_NOMEM, "no room for the %zu points of a cell", cap);
            w->code = more;
            w->cap_code = cap;
        }
    }
    w->code[(*n)++] = code;
    return OK;
}

static enum err end_cell(struct scope *sc, struct index_writer *w, size_t n_codes)
{
    n_codes = distinct(w->code, n_codes);
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
    c[SECTION_CATEGORY].width = format_width(in->n_categories);
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
                              : s == SECTION_STEPS  ? w->n_cells * INDEX_STEPS * sizeof(uint16_t)
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

static enum err add_row(struct scope *sc, struct index_writer *w, const struct sort_row *r)
{
    TRY(number_add(sc, w, SECTION_DAY, (uint32_t)(r->day - w->first_day)));
    TRY(number_add(sc, w, SECTION_HOW, r->how));
    TRY(number_add(sc, w, SECTION_CATEGORY, r->category));
    TRY(number_add(sc, w, SECTION_OUTCOME, r->outcome));
    TRY(number_add(sc, w, SECTION_FLAGS, (uint32_t)(r->precision | r->flags << 2)));
    TRY(number_add(sc, w, SECTION_MINUTE, r->minute));
    TRY(number_add(sc, w, SECTION_PLACE, r->place));
    TRY(number_add(sc, w, SECTION_SOURCE, r->source));
    for (unsigned i = 0; i < w->info->n_sets; i++) {
        uint32_t n = (uint32_t)w->info->sets[i].n;
        TRY(number_add(sc, w, SECTION_AREA + i, r->area[i] == AREA_NOWHERE ? n : r->area[i]));
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
    uint16_t up_to[INDEX_STEPS];
    uint32_t n = 0;
    for (unsigned k = 0; k < INDEX_STEPS; k++) {
        n += w->in_step[k];
        up_to[k] = n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
    }
    memset(w->in_step, 0, sizeof w->in_step);
    return column_add(sc, w, &w->column[SECTION_STEPS], up_to, sizeof up_to);
}

static void add_to_cube(struct index_writer *w, const struct sort_row *r)
{
    if (!w->cube) return;
    uint64_t month = (uint64_t)(civil_month_of_day(r->day) - civil_month_of_day(w->first_day));
    w->cube[(month * w->info->n_categories + r->category) * HOW_VALUES + r->how]++;
}

static enum err write_columns(struct scope *sc, struct index_writer *w)
{
    const struct sort_row    *r;
    const struct format_cell *c = w->cell;
    uint64_t                  row = 0;
    uint32_t                  step = format_step(w->first_day, w->last_day);
    TRY(sorter_rewind(sc, w->rows));
    TRY(sorter_next(sc, w->rows, &r));
    for (; r; row++) {
        TRY(add_row(sc, w, r));
        add_to_cube(w, r);
        if (!r->no_point) {
            if (row == c->first_row) TRY(load_codes(sc, w, c++));
            TRY(number_add(sc, w, SECTION_ANCHOR,
                           code_number(w->code, c->first_anchor - c[-1].first_anchor, r->code)));
            w->in_step[(uint32_t)(r->day - w->first_day) / step]++;
            if (row + 1 == c->first_row) TRY(add_steps(sc, w));
        }
        TRY(sorter_next(sc, w->rows, &r));
    }
    return column_add(sc, w, &w->column[SECTION_CUBE], w->cube, w->n_cube * sizeof *w->cube);
}

static enum err make_cube(struct scope *sc, struct index_writer *w)
{
    int32_t months = w->n ? civil_month_of_day(w->last_day) - civil_month_of_day(w->first_day) + 1 : 0;
    w->n_cube = format_cube(w->n, months, w->info->n_categories);
    if (!w->n_cube) return OK;
    w->cube = calloc(w->n_cube, sizeof *w->cube);
    return w->cube ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the cube of %s", w->file.path);
}

static enum err write_header(struct scope *sc, struct index_writer *w, struct format_entry *table)
{
    const struct format_entry *last = &table[SECTIONS - 1];
    struct format_header       h = { .version = INDEX_VERSION,
                                     .bytes = last->offset + last->size,
                                     .sections = SECTIONS,
                                     .languages = LANGUAGES };
    memcpy(h.magic, INDEX_MAGIC, sizeof h.magic);
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)&h, sizeof h);
    h.crc = (uint32_t)crc32(crc, (const Bytef *)table, SECTIONS * sizeof *table);
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

    struct release_info in = *w->info;
    in.rows = w->n;
    in.with_point = w->with_point;
    in.first_day = w->first_day;
    in.last_day = w->last_day;
    in.extent = w->with_point ? w->extent : areas_box(&in);
    TRY(dictionary_encode(sc, &in, w->leaf, &w->dictionary));
    choose_widths(w);
    TRY(make_cube(sc, w));
    TRY(place_sections(sc, w, table));
    TRY(write_columns(sc, w));
    for (unsigned s = 0; s < SECTIONS; s++) {
        TRY(flush(sc, w, &w->column[s]));
        table[s].crc = w->column[s].crc;
    }
    TRY(write_header(sc, w, table));
    return file_new_commit(sc, &w->file);
}
