// SPDX-License-Identifier: EUPL-1.2
#include "index/index.h"
#include "base/arena.h"
#include "base/civil.h"
#include "index/dictionary_int.h"
#include "index/index_int.h"
#include "index/kernel_int.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// Dictionaries are a few megabytes; a hostile one cannot have more entries than its file has bytes.
#define DICTIONARY_MAX ((size_t)4 << 30)

static enum err read_header(struct scope *sc, struct index *ix)
{
    struct format_header h;
    if (ix->map.n < sizeof h + sizeof ix->table)
        return fail(&sc->fault, ERR_CORRUPT, "it has %zu bytes, fewer than its header", ix->map.n);
    memcpy(&h, ix->map.p, sizeof h);
    memcpy(ix->table, ix->map.p + sizeof h, sizeof ix->table);
    if (memcmp(h.magic, INDEX_MAGIC, sizeof h.magic))
        return fail(&sc->fault, ERR_CORRUPT, "it is not an index");
    if (h.version != INDEX_VERSION)
        return fail(
            &sc->fault, ERR_VERSION,
            "has version %u of the format and this program reads version %d; publish again to renew it",
            h.version, INDEX_VERSION);
    uint32_t given = h.crc;
    h.crc = 0;
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)&h, sizeof h);
    crc = (uint32_t)crc32(crc, (const Bytef *)ix->table, sizeof ix->table);
    if (crc != given || h.sections != SECTIONS || h.languages != LANGUAGES)
        return fail(&sc->fault, ERR_CORRUPT, "its header is damaged");
    if (h.bytes != ix->map.n)
        return fail(&sc->fault, ERR_CORRUPT, "it has %zu bytes; its header says %llu", ix->map.n,
                    (unsigned long long)h.bytes);
    return OK;
}

static enum err check_table(struct scope *sc, const struct index *ix)
{
    uint64_t at = sizeof(struct format_header) + sizeof ix->table;
    for (unsigned s = 0; s < SECTIONS; s++) {
        const struct format_entry *e = &ix->table[s];
        at = (at + INDEX_ALIGN - 1) / INDEX_ALIGN * INDEX_ALIGN;
        if (e->number != s || e->offset != at || e->offset > ix->map.n || e->size > ix->map.n - e->offset)
            return fail(&sc->fault, ERR_CORRUPT, "section %u is not where it should be", s);
        at += e->size;
    }
    if (at != ix->map.n) return fail(&sc->fault, ERR_CORRUPT, "there are bytes behind its last section");
    return OK;
}

static enum err check_cells(struct scope *sc, struct index *ix)
{
    const struct format_entry *e = &ix->table[SECTION_CELLS], *a = &ix->table[SECTION_ANCHORS];
    if (!e->size || e->size % sizeof *ix->cell || a->size % sizeof *ix->anchor ||
        e->size / sizeof *ix->cell > UINT32_MAX || a->size / sizeof *ix->anchor > UINT32_MAX)
        return fail(&sc->fault, ERR_CORRUPT, "the cells have a broken size");
    struct format_cell *own =
        arena_alloc(ix->mem, e->size); // what was checked stays so, whatever becomes of the file
    if (!own) return fail(&sc->fault, ERR_NOMEM, "no room for the cells");
    memcpy(own, ix->map.p + e->offset, e->size);
    ix->cell = own;
    ix->anchor = (const struct point *)(const void *)(ix->map.p + a->offset);
    ix->n_cells = (uint32_t)(e->size / sizeof *ix->cell) - 1;
    ix->n_anchors = (uint32_t)(a->size / sizeof *ix->anchor);
    const struct format_cell *c = ix->cell, *last = c + ix->n_cells;
    bool                      good = !c->first_row && !c->first_anchor && last->first_row == ix->with_point &&
                last->first_anchor == ix->n_anchors && last->code == UINT64_MAX;
    for (; good && c < last; c++) {
        good = c->code >> 2 * ix->leaf == 0 && c->code < c[1].code && c->first_row < c[1].first_row &&
               c->first_anchor < c[1].first_anchor;
        uint32_t rows = c[1].first_row - c->first_row, anchors = c[1].first_anchor - c->first_anchor;
        if (rows > ix->most_rows) ix->most_rows = rows;
        if (anchors > ix->most_anchors) ix->most_anchors = anchors;
    }
    return good ? OK : fail(&sc->fault, ERR_CORRUPT, "cell %td is broken", c - ix->cell);
}

static enum err open_columns(struct scope *sc, struct index *ix)
{
    const struct release_info *in = &ix->info;
    struct column_of          *c = ix->column;
    c[SECTION_HOW].width = c[SECTION_OUTCOME].width = c[SECTION_FLAGS].width = 1;
    c[SECTION_DAY].width = c[SECTION_MINUTE].width = 2;
    c[SECTION_CATEGORY].width = format_width(release_n_kinds(in));
    c[SECTION_ANCHOR].width = format_width(ix->most_anchors);
    c[SECTION_PLACE].width = format_width(in->n_places);
    c[SECTION_SOURCE].width = format_width(in->n_sources);
    for (size_t i = 0; i < in->n_sets; i++) c[SECTION_AREA + i].width = format_width(in->sets[i].n + 1);
    for (unsigned s = SECTION_DAY; s < SECTION_STEPS; s++) {
        uint64_t rows = s == SECTION_ANCHOR ? ix->with_point : ix->rows;
        if (ix->table[s].size != rows * c[s].width)
            return fail(&sc->fault, ERR_CORRUPT, "section %u has %llu bytes for %llu rows of %u", s,
                        (unsigned long long)ix->table[s].size, (unsigned long long)rows, c[s].width);
        c[s].p = ix->map.p + ix->table[s].offset;
    }
    if (ix->rows && (!in->n_categories || !in->n_outcomes || !in->n_sources))
        return fail(&sc->fault, ERR_CORRUPT, "it has rows and no names for them");
    return OK;
}

static enum err open_shortcuts(struct scope *sc, struct index *ix)
{
    const struct release_info *in = &ix->info;
    const struct format_entry *steps = &ix->table[SECTION_STEPS], *cube = &ix->table[SECTION_CUBE];
    ix->first_month = civil_month_of_day(in->first_day);
    ix->n_months = ix->rows ? civil_month_of_day(in->last_day) - ix->first_month + 1 : 0;
    ix->step = format_steps(ix->n_cells, ix->with_point, ix->n_months);
    uint64_t n_cube = format_cube(ix->rows, ix->n_months, release_n_kinds(in));
    if (steps->size != (uint64_t)ix->n_cells * ix->step.n * sizeof *ix->steps ||
        cube->size != n_cube * sizeof *ix->cube)
        return fail(&sc->fault, ERR_CORRUPT, "its steps or its cube have a broken size");
    ix->steps = (const uint16_t *)(const void *)(ix->map.p + steps->offset);
    if (n_cube) ix->cube = (const uint32_t *)(const void *)(ix->map.p + cube->offset);
    return OK;
}

static enum err read_dictionary(struct scope *sc, struct index *ix)
{
    struct scope       own = { .mem = ix->mem };
    struct format_meta m;
    enum err           e = dictionary_decode(&own, ix->map.p, ix->table, &m, &ix->info);
    if (e) {
        sc->fault = own.fault;
        return e;
    }
    ix->rows = (uint32_t)m.rows;
    ix->with_point = (uint32_t)m.with_point;
    ix->epoch_day = m.epoch_day;
    ix->leaf = m.leaf;
    return OK;
}

static enum err open_mapped(struct scope *sc, struct index *ix)
{
    TRY(read_header(sc, ix));
    TRY(check_table(sc, ix));
    TRY(read_dictionary(sc, ix));
    TRY(check_cells(sc, ix));
    TRY(open_columns(sc, ix));
    return open_shortcuts(sc, ix);
}

/// Without sums that fit it is read unproved, as index_proves tells.
static void prove(struct scope *sc, const char *path, struct map *m)
{
    struct scope own = { .mem = sc->mem };
    str          name = str_of(path);
    if (!str_ends(name, S(".index"))) return;
    str sums = arena_printf(sc->mem, "%.*s.sums", STR(str_slice(name, 0, name.n - strlen(".index"))));
    if (sums.p && map_prove(&own, m, sums.p)) own.fault.code = OK;
}

enum err index_open(struct scope *sc, const char *path, struct index **out)
{
    AUTO(index_closep) struct index *ix = calloc(1, sizeof *ix);
    if (!ix) return fail(&sc->fault, ERR_NOMEM, "no room to open %s", path);
    ix->map.fd = -1;
    ix->kernel = kernel_best();
    TRY(map_open(sc, path, &ix->map));
    prove(sc, path, &ix->map);
    ix->mem = arena_open(DICTIONARY_MAX);
    if (!ix->mem) return fail(&sc->fault, ERR_NOMEM, "no room to open %s", path);
    enum err e = open_mapped(sc, ix);
    if (!e && map_lost(&ix->map)) e = fail(&sc->fault, ERR_CORRUPT, "a block of it is not what was written");
    if (e) return fail_at(&sc->fault, e == ERR_CORRUPT ? "the index %s is damaged" : "the index %s", path);
    *out = ix;
    ix = NULL;
    return OK;
}

void index_close(struct index *ix)
{
    if (!ix) return;
    map_close(&ix->map);
    arena_close(ix->mem);
    free(ix);
}

void index_closep(struct index **ix)
{
    index_close(*ix);
    *ix = NULL;
}

bool index_lost(const struct index *ix)
{
    return map_lost(&ix->map);
}

str index_file(const struct index *ix, int *fd)
{
    *fd = ix->map.fd;
    return (str){ (const char *)ix->map.p, ix->map.n };
}

bool index_proves(const struct index *ix)
{
    return ix->map.twin != NULL;
}

bool index_proved(const struct index *ix)
{
    return map_proved(&ix->map);
}

const struct release_info *index_info(const struct index *ix)
{
    return &ix->info;
}

// -- checking all of it -------------------------------------------------------------------------------------

static enum err verify_bytes(struct scope *sc, const struct index *ix)
{
    uint64_t at = sizeof(struct format_header) + sizeof ix->table;
    for (unsigned s = 0; s < SECTIONS; s++) {
        const struct format_entry *e = &ix->table[s];
        for (; at < e->offset; at++)
            if (ix->map.p[at])
                return fail(&sc->fault, ERR_CORRUPT, "the index is damaged at byte %llu, before section %u",
                            (unsigned long long)at, s);
        uint32_t crc = (uint32_t)crc32_z(0, ix->map.p + e->offset, e->size);
        if (crc != e->crc)
            return fail(
                &sc->fault, ERR_CORRUPT,
                "the index is damaged in section %u, bytes %llu to %llu: its checksum is %08x, not %08x", s,
                (unsigned long long)e->offset, (unsigned long long)(e->offset + e->size), crc, e->crc);
        at = e->offset + e->size;
    }
    return OK;
}

static enum err verify_numbers(struct scope *sc, const struct index *ix)
{
    const struct release_info *in = &ix->info;
    uint64_t                   below[SECTIONS] = {
                          [SECTION_DAY] = (uint64_t)((int64_t)in->last_day - in->first_day + 1),
                          [SECTION_HOW] = HOW_VALUES,
                          [SECTION_CATEGORY] = release_n_kinds(in),
                          [SECTION_OUTCOME] = in->n_outcomes,
                          [SECTION_FLAGS] = 256,
                          [SECTION_MINUTE] = 24 * 60,
                          [SECTION_ANCHOR] = UINT64_MAX,
                          [SECTION_PLACE] = in->n_places ? in->n_places : 1,
                          [SECTION_SOURCE] = in->n_sources,
    };
    for (size_t i = 0; i < in->n_sets; i++) below[SECTION_AREA + i] = in->sets[i].n + 1;
    for (unsigned s = SECTION_DAY; s < SECTION_STEPS; s++) {
        uint32_t rows = !ix->column[s].width ? 0 : s == SECTION_ANCHOR ? ix->with_point : ix->rows;
        for (uint32_t row = 0; row < rows; row++)
            if (column_get(&ix->column[s], row) >= below[s])
                return fail(&sc->fault, ERR_CORRUPT,
                            "the index is damaged: row %u has number %u of %llu in section %u", row,
                            column_get(&ix->column[s], row), (unsigned long long)below[s], s);
    }
    return OK;
}

// How many rows of the cell stand before the end of each step?
static bool steps_agree(const struct index *ix, uint32_t cell)
{
    uint32_t row = ix->cell[cell].first_row, end = ix->cell[cell + 1].first_row;
    for (uint32_t k = 0, n = 0; k < ix->step.n; k++) {
        int64_t next = (int64_t)index_step_day(ix, k + 1) - ix->epoch_day;
        for (; row < end && column_get(&ix->column[SECTION_DAY], row) < next; row++) n++;
        if (ix->steps[(size_t)cell * ix->step.n + k] != (n < UINT16_MAX ? n : UINT16_MAX)) return false;
    }
    return true;
}

static enum err verify_cube(struct scope *sc, const struct index *ix)
{
    const struct column_of *c = ix->column;
    size_t                  n = ix->table[SECTION_CUBE].size / sizeof *ix->cube;
    if (!n) return OK;
    uint32_t *own = calloc(n, sizeof *own);
    if (!own) return fail(&sc->fault, ERR_NOMEM, "no room to check the cube of an index");
    bool good = true;
    for (uint32_t row = 0; row < ix->rows && good;
         row++) { // whoever writes into the file may have changed them since
        int32_t day = ix->epoch_day + (int32_t)column_get(&c[SECTION_DAY], row);
        size_t  month = (size_t)(civil_month_of_day(day) - ix->first_month),
               kinds = release_n_kinds(&ix->info);
        uint32_t kind = column_get(&c[SECTION_CATEGORY], row), how = column_get(&c[SECTION_HOW], row);
        good = month < (size_t)ix->n_months && kind < kinds && how < HOW_VALUES;
        if (good) own[(month * kinds + kind) * HOW_VALUES + how]++;
    }
    good = good && !memcmp(own, ix->cube, n * sizeof *own);
    free(own);
    return good ? OK
                : fail(&sc->fault, ERR_CORRUPT, "the index is damaged: its cube does not add up to its rows");
}

// Rows of a cell ascend by day and point into the cell; its points lie in it and ascend, too.
static enum err verify_cells(struct scope *sc, const struct index *ix)
{
    const struct column_of *day = &ix->column[SECTION_DAY];
    for (uint32_t c = 0; c <= ix->n_cells; c++) {
        bool     rest = c == ix->n_cells; // the rows without a point
        uint32_t from = ix->cell[c].first_row, to = rest ? ix->rows : ix->cell[c + 1].first_row;
        uint32_t anchors = rest ? 0 : ix->cell[c + 1].first_anchor - ix->cell[c].first_anchor;
        bool     good = true;
        for (uint32_t row = from; row < to && good; row++) {
            good = row == from || column_get(day, row - 1) <= column_get(day, row);
            if (!rest) good = good && column_get(&ix->column[SECTION_ANCHOR], row) < anchors;
        }
        if (!rest) good = good && steps_agree(ix, c);
        const struct point *p = ix->anchor + ix->cell[c].first_anchor;
        for (uint32_t i = 0; i < anchors && good; i++)
            good =
                morton(p[i], ix->leaf) == ix->cell[c].code && (!i || morton(p[i - 1], 32) < morton(p[i], 32));
        if (!good)
            return fail(&sc->fault, ERR_CORRUPT,
                        "the index is damaged: rows or points of cell %u are out of order", c);
    }
    return OK;
}

enum err index_verify(struct scope *sc, const struct index *ix)
{
    TRY(verify_bytes(sc, ix));
    TRY(verify_numbers(sc, ix));
    TRY(verify_cells(sc, ix));
    return verify_cube(sc, ix);
}
