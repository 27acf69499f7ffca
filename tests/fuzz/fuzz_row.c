// SPDX-License-Identifier: EUPL-1.2
// A whole file through a profile: the first byte chooses one of the program's own, or, as '+', a mapping that stands
// before the first NUL. Every record must become an incident that the store can hold, or be rejected by a reason.
#include "fuzz.h"

#include "base/civil.h"
#include "import/row.h"
#include <string.h>

static struct scope          packed;
static const struct profile *known;
static size_t                n_known;

static void check_text(str s, size_t max)
{
    must(s.n <= max && str_is_utf8(s, NULL));
}

static void check_incident(const struct profile *p, const struct row *row)
{
    const struct incident *i = &row->incident;
    must(i->from_s >= STORE_FIRST_S && i->to_s <= STORE_LAST_S && i->from_s <= i->to_s);
    must(i->precision <= PRECISION_MONTH && i->precision >= p->finest);
    must(i->offset_s > -48 * HOUR_S && i->offset_s < 48 * HOUR_S);
    bool coordinates = i->point == POINT_EXACT || i->point == POINT_SNAPPED;
    must(coordinates || (!i->lon_e7 && !i->lat_e7));
    if (coordinates) {
        must(i->lon_e7 >= p->extent.west * 1e7 - 1 && i->lon_e7 <= p->extent.east * 1e7 + 1);
        must(i->lat_e7 >= p->extent.south * 1e7 - 1 && i->lat_e7 <= p->extent.north * 1e7 + 1);
    }
    must((i->point == POINT_AREA) <= (i->area.n > 0));
    check_text(i->key, KEY_MAX_BYTES);
    check_text(i->slice, KEY_MAX_BYTES);
    check_text(i->area, KEY_MAX_BYTES);
    check_text(i->place, PLACE_MAX_BYTES);
    check_text(row->outcome, CODE_MAX_BYTES);
    must(!(i->classes & ~(CLASSES_HIDING | sensitivity_bit(SENSITIVITY_UNCLASSIFIED))));
    must(i->key.n || (p->identity != IDENTITY_STABLE && p->identity != IDENTITY_TYPES));
    must(row->n_categories && row->n_categories <= TYPES_MAX);
    for (size_t k = 0; k < row->n_categories; k++) {
        must(row->category[k].n);
        check_text(row->category[k], CODE_MAX_BYTES);
    }
}

static void check_row(const struct profile *p, const struct row *row)
{
    must((int)row->rejected < NOTE_FIRST && reason_code(row->rejected));
    must(!(row->notes >> REASONS) && !(row->notes & ((1ull << NOTE_FIRST) - 1)));
    bool own = !row->column.n;
    for (size_t i = 0; i < p->columns.n && !own; i++) own = str_eq(row->column, p->columns.name[i]);
    must(own);
    if (!row->rejected) check_incident(p, row);
}

static enum err read_records(struct scope *sc, const struct profile *p, struct stream *from)
{
    AUTO(reader_closep) struct reader *reader = NULL;
    AUTO(zone_closep) struct zone     *zone = NULL;
    struct record                      r;
    struct row                         row;
    uint64_t                           line = 0;
    TRY(zone_open(sc, p->source.timezone.n ? p->source.timezone : S("Europe/Kyiv"), &zone));
    TRY(reader_open(sc, from, p, &reader));
    struct row_rules rules = { .p = p, .zone = zone, .crs = p->epsg ? crs_by_epsg(p->epsg) : NULL };
    while (reader_next(reader, &r)) {
        struct arena_mark mark = arena_mark(sc->mem);
        must(r.line >= line);
        line = r.line;
        must(str_is_utf8(reader_raw(reader), NULL));
        TRY(row_take(sc, &rules, &r, &row));
        check_row(p, &row);
        arena_back(sc->mem, mark);
    }
    return reader_end(sc, reader);
}

static enum err read_all(struct scope *sc, str bytes, const struct profile *p)
{
    AUTO(stream_closep) struct stream *from = NULL;
    struct sample                      s;
    TRY(stream_open_bytes(sc, bytes, "fuzz.csv", &from));
    TRY(sample_read(sc, from, &p->csv, &s));
    for (size_t i = 0; i < s.n; i++) must(str_is_utf8(s.name[i], NULL));
    return read_records(sc, p, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct profile own;
    if (!packed.mem) {
        packed.mem = arena_open((size_t)64 << 20);
        must(packed.mem && profiles_read(&packed, &known, &n_known) == OK);
    }
    struct scope          sc = { .mem = arena_open((size_t)64 << 20) };
    str                   bytes = { (const char *)data, n }, mapping;
    const struct profile *p = n ? &known[data[0] % n_known] : NULL;
    must(sc.mem);
    if (n && data[0] == '+') {
        p = NULL;
        if (str_cut(&bytes, 0, &mapping) && bytes.p &&
            !profile_parse(&sc, "fuzz", str_slice(mapping, 1, mapping.n), known, n_known, &own))
            p = &own;
    } else {
        bytes = str_slice(bytes, 1, n);
    }
    if (p) must_tell(&sc, read_all(&sc, bytes, p));
    arena_close(sc.mem);
    return 0;
}
