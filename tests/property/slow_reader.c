// SPDX-License-Identifier: EUPL-1.2
#include "slow_reader.h"
#include "base/civil.h"
#include "base/file.h"
#include "check.h"

struct bytes {
    const unsigned char *p;
    uint64_t             n;
};

static uint64_t number(struct bytes b, uint64_t at, unsigned width)
{
    uint64_t v = 0;
    ok(at + width <= b.n, "byte %llu of %llu", (unsigned long long)at, (unsigned long long)b.n);
    for (unsigned i = 0; i < width; i++) v |= (uint64_t)b.p[at + i] << 8 * i;
    return v;
}

// CRC-32 with the polynomial EDB88320, bit by bit.
static uint32_t crc_of(uint32_t crc, const unsigned char *p, uint64_t n)
{
    crc = ~crc;
    for (uint64_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void read_sections(struct scope *sc, struct bytes file, struct bytes section[38])
{
    ok(!memcmp(file.p, "hromada\x1A", 8), "magic");
    ok_i64(number(file, 8, 4), 4);
    ok_i64(number(file, 16, 8), file.n);
    ok_i64(number(file, 24, 4), 38);
    ok_i64(number(file, 28, 4), 3);
    unsigned char *head = arena_alloc(sc->mem, 976);
    memcpy(head, file.p, 976);
    memset(head + 12, 0, 4);
    ok_i64(number(file, 12, 4), crc_of(0, head, 976));
    for (int i = 32; i < 64; i++) ok(!file.p[i], "zero at %d", i);
    uint64_t at = 976;
    for (unsigned s = 0; s < 38; s++) {
        uint64_t entry = 64 + 24 * s, begin = (at + 63) / 64 * 64;
        ok_i64(number(file, entry, 4), s);
        ok_i64(number(file, entry + 8, 8), begin);
        for (; at < begin; at++) ok(!file.p[at], "zero at %llu", (unsigned long long)at);
        section[s] = (struct bytes){ file.p + begin, number(file, entry + 16, 8) };
        ok(begin + section[s].n <= file.n, "section %u ends in the file", s);
        ok_i64(number(file, entry + 4, 4), crc_of(0, section[s].p, section[s].n));
        at = begin + section[s].n;
    }
    ok_i64(at, file.n);
}

static unsigned width_for(uint64_t count)
{
    if (count <= 256) return 1;
    if (count <= 65536) return 2;
    return 4;
}

// The number of a row in a column whose numbers take so many bytes.
static unsigned cell_value(struct bytes column, uint64_t row, unsigned width)
{
    return (unsigned)number(column, row * width, width);
}

// The Morton code of a point, its first `level` pairs of bits.
static uint64_t code_of(uint32_t x, uint32_t y, unsigned level)
{
    uint64_t code = 0;
    for (unsigned bit = 0; bit < level; bit++)
        code = code << 2 | (uint64_t)(y >> (31 - bit) & 1) << 1 | (x >> (31 - bit) & 1);
    return code;
}

// STEPS: how many rows of each cell stand before the end of each step of so many months.
static void check_steps(const struct slow_index *ix, struct bytes cells, struct bytes steps)
{
    uint64_t n_cells = cells.n / 16 - 1, n_steps, months, step = 1;
    int32_t  first = civil_month_of_day(ix->first_day);
    months = ix->n ? (uint64_t)(civil_month_of_day(ix->last_day) - first + 1) : 0;
    while ((n_steps = (months + step - 1) / step) > 16 && 2 * n_cells * n_steps > ix->with_point / 2) step++;
    ok_i64(steps.n, n_cells * n_steps * 2);
    for (uint64_t c = 0; c < n_cells; c++)
        for (uint64_t k = 0; k < n_steps; k++) {
            uint64_t n = 0;
            for (uint64_t i = number(cells, 16 * c + 8, 4); i < number(cells, 16 * c + 24, 4); i++)
                n += (uint64_t)(civil_month_of_day(ix->row[i].day) - first) < (k + 1) * step;
            ok_i64(number(steps, 2 * (n_steps * c + k), 2), n < 65535 ? n : 65535);
        }
}

// CUBE: each number is that of the rows of a month, category and hour of the week.
static void check_cube(struct scope *sc, const struct slow_index *ix, struct bytes cube)
{
    int32_t first = civil_month_of_day(ix->first_day),
            months = ix->n ? civil_month_of_day(ix->last_day) - first + 1 : 0;
    uint64_t n = (uint64_t)months * ix->n_kinds * 176, bytes = 4 * n;
    if (bytes > 64 * 1024 * 1024 || (bytes > 1024 * 1024 && bytes > 8 * ix->n)) n = 0;
    ok_i64(cube.n, 4 * n);
    uint32_t *want = arena_array(sc->mem, uint32_t, n + 1);
    for (size_t i = 0; i < ix->n && n; i++) {
        const struct slow_row *r = &ix->row[i];
        uint64_t               month = (uint64_t)(civil_month_of_day(r->day) - first);
        want[(month * ix->n_kinds + r->kind) * 176 + r->how]++;
    }
    for (uint64_t i = 0; i < n; i++)
        ok(number(cube, 4 * i, 4) == want[i], "number %llu", (unsigned long long)i);
}

// What a number in the column CATEGORY stands for: a category, or a mix of several.
static void read_kinds(struct scope *sc, struct slow_index *ix, struct bytes categories, struct bytes mixes)
{
    ix->kind = arena_array(sc->mem, struct slow_kind, ix->n_categories + mixes.n / 6 + 1);
    ix->iccs = arena_array(sc->mem, unsigned, ix->n_categories + 1);
    for (; ix->n_kinds < ix->n_categories; ix->n_kinds++) {
        ix->kind[ix->n_kinds] = (struct slow_kind){ 1, { (unsigned)ix->n_kinds } };
        ix->iccs[ix->n_kinds] = (unsigned)number(categories, 40 * ix->n_kinds + 32, 4);
    }
    for (uint64_t at = 0; at < mixes.n; ix->n_kinds++) {
        struct slow_kind *k = &ix->kind[ix->n_kinds];
        k->n = (size_t)number(mixes, at, 2);
        at += 2;
        ok(k->n >= 2 && k->n <= 16, "a mix has two or more");
        for (size_t i = 0; i < k->n; i++, at += 2) {
            k->category[i] = (unsigned)number(mixes, at, 2);
            ok(k->category[i] < ix->n_categories && (!i || k->category[i - 1] < k->category[i]),
               "a mix ascends");
        }
    }
}

bool slow_has(const struct slow_index *ix, const struct slow_row *r, unsigned category)
{
    const struct slow_kind *k = &ix->kind[r->kind];
    for (size_t i = 0; i < k->n; i++)
        if (k->category[i] == category) return true;
    return false;
}

static bool slow_any(const struct slow_index *ix, const struct slow_row *r, const uint64_t *set)
{
    for (unsigned c = 0; c < ix->n_categories; c++)
        if (slow_has(ix, r, c) && set[c / 64] >> c % 64 & 1) return true;
    return false;
}

void slow_read(struct scope *sc, const char *path, struct slow_index *out)
{
    enum {
        ANCHORS = 0,
        CELLS = 1,
        META = 2,
        CATEGORIES = 4,
        OUTCOMES = 5,
        SOURCES = 6,
        SETS = 7,
        MIXES = 14,
        PLACES = 18,
        DAY = 19,
        HOW = 20,
        CATEGORY = 21,
        OUTCOME = 22,
        FLAGS = 23,
        MINUTE = 24,
        ANCHOR = 25,
        PLACE = 26,
        SOURCE = 27,
        AREA = 28,
        STEPS = 36,
        CUBE = 37
    };
    struct bytes s[38];
    str          whole;
    ok_err(sc, file_read(sc, path, (size_t)1 << 30, &whole), OK);
    read_sections(sc, (struct bytes){ (const unsigned char *)whole.p, whole.n }, s);
    struct slow_index ix = {
        .n = (size_t)number(s[META], 16, 8),
        .with_point = (size_t)number(s[META], 24, 8),
        .first_day = (int32_t)number(s[META], 36, 4),
        .last_day = (int32_t)number(s[META], 40, 4),
        .n_categories = s[CATEGORIES].n / 40,
        .n_outcomes = s[OUTCOMES].n / 36,
        .n_sets = s[SETS].n / 32,
        .leaf = (unsigned)number(s[META], 88, 4),
    };
    int32_t epoch = (int32_t)number(s[META], 32, 4);
    for (size_t i = 0; i < ix.n_sets; i++) ix.n_areas[i] = (size_t)number(s[SETS], 32 * i + 28, 4);
    uint64_t cells = s[CELLS].n / 16 - 1, most = 0;
    for (uint64_t c = 0; c < cells; c++) {
        uint64_t here = number(s[CELLS], 16 * c + 12, 4), next = number(s[CELLS], 16 * c + 28, 4);
        if (next - here > most) most = next - here;
    }
    ok_i64(number(s[CELLS], 16 * cells, 8), -1);
    ok_i64(number(s[CELLS], 16 * cells + 8, 4), ix.with_point);
    ok_i64(number(s[CELLS], 16 * cells + 12, 4), s[ANCHORS].n / 8);

    read_kinds(sc, &ix, s[CATEGORIES], s[MIXES]);
    ix.row = arena_array(sc->mem, struct slow_row, ix.n + 1);
    uint64_t cell = 0;
    for (uint64_t i = 0; i < ix.n; i++) {
        struct slow_row *r = &ix.row[i];
        r->day = epoch + (int32_t)cell_value(s[DAY], i, 2);
        r->how = cell_value(s[HOW], i, 1);
        r->kind = cell_value(s[CATEGORY], i, width_for(ix.n_kinds));
        ok(r->kind < ix.n_kinds, "kind of row %llu", (unsigned long long)i);
        r->outcome = cell_value(s[OUTCOME], i, 1);
        r->precision = cell_value(s[FLAGS], i, 1) % 4;
        r->flags = cell_value(s[FLAGS], i, 1) / 4;
        r->minute = cell_value(s[MINUTE], i, 2);
        r->place = cell_value(s[PLACE], i, width_for(s[PLACES].n / 8));
        r->source = cell_value(s[SOURCE], i, width_for(s[SOURCES].n / 56));
        for (size_t k = 0; k < ix.n_sets; k++)
            r->area[k] = cell_value(s[AREA + k], i, width_for(ix.n_areas[k] + 1));
        r->has_point = i < ix.with_point;
        if (!r->has_point) continue;
        while (number(s[CELLS], 16 * (cell + 1) + 8, 4) <= i) cell++;
        uint64_t anchor = number(s[CELLS], 16 * cell + 12, 4) + cell_value(s[ANCHOR], i, width_for(most));
        ok(anchor < number(s[CELLS], 16 * cell + 28, 4), "row %llu has a point of its cell",
           (unsigned long long)i);
        r->x = (uint32_t)number(s[ANCHORS], 8 * anchor, 4);
        r->y = (uint32_t)number(s[ANCHORS], 8 * anchor + 4, 4);
        ok_i64(code_of(r->x, r->y, ix.leaf), number(s[CELLS], 16 * cell, 8));
        if (i && number(s[CELLS], 16 * cell + 8, 4) < i)
            ok(r[-1].day <= r->day, "rows of a cell ascend by day");
    }
    for (size_t i = ix.with_point + 1; i < ix.n; i++)
        ok(ix.row[i - 1].day <= ix.row[i].day, "rows without a point ascend by day");
    check_steps(&ix, s[CELLS], s[STEPS]);
    check_cube(sc, &ix, s[CUBE]);
    *out = ix;
}

bool slow_passes(const struct slow_index *ix, const struct slow_row *r, const struct filter *f,
                 enum slow_dimension ignore)
{
    if (ignore != SLOW_DATE && (r->day < f->from_day || r->day > f->to_day)) return false;
    if (ignore != SLOW_CATEGORY && !f->any_category && !slow_any(ix, r, f->category)) return false;
    if (ignore != SLOW_OUTCOME && !f->any_outcome && !(f->outcome[r->outcome / 64] >> r->outcome % 64 & 1))
        return false;
    if (ignore != SLOW_TIME) {
        bool every_hour = f->hours == 0xFFFFFF, every_day = f->days == 0x7F;
        if (r->how < 168) { // the hour of the week is known
            if (!(f->days & 1u << r->how / 24)) return false;
            if (!(f->hours & 1u << r->how % 24)) return false;
        } else if (r->how < 175) { // the weekday is
            if (!every_hour || !(f->days & 1u << (r->how - 168))) return false;
        } else if (!every_hour || !every_day) return false;
    }
    if (ignore != SLOW_AREA && f->set >= 0) {
        if ((size_t)f->set >= ix->n_sets) return false;
        unsigned wanted = f->area == AREA_NOWHERE ? (unsigned)ix->n_areas[f->set] : f->area;
        if (r->area[f->set] != wanted) return false;
    }
    if (!f->has_box && !f->has_poly) return true;
    if (!r->has_point) return false;
    if (r->x < f->box.min_x || r->x > f->box.max_x || r->y < f->box.min_y || r->y > f->box.max_y)
        return false;
    if (!f->has_poly) return true;
    bool in = false;
    for (size_t i = 0; i + 1 < f->n_poly; i++) {
        __int128 ax = f->poly[i].x, ay = f->poly[i].y, bx = f->poly[i + 1].x, by = f->poly[i + 1].y, x = r->x,
                 y = r->y;
        if ((ay <= y) == (by <= y)) continue; // half-open in y
        __int128 side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
        if (by > ay ? side > 0 : side < 0) in = !in; // the edge is east of the point
    }
    return in;
}
