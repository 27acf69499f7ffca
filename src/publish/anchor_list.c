// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "publish/anchor.h"
#include "wire/csv.h"

#include <stdlib.h>
#include <string.h>

enum { LON, LAT, NAME, ADDRESSES, COLUMNS };
static const char *const column_names[COLUMNS] = { "lon", "lat", "name", "addresses" };

struct list {
    struct scope       *sc;
    const char         *path;
    bool                bare;            // lon, lat and nothing else is read
    bool                counted;         // it must say how many addresses a point stands for
    size_t              column[COLUMNS]; // SIZE_MAX: not in the file
    struct named_point *point;
    size_t              n, cap;
};

static enum err read_header(struct list *l, const struct csv_row *row)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        l->column[c] = SIZE_MAX;
        for (size_t i = 0; i < row->n; i++)
            if (str_eq_nocase(str_trim(row->field[i]), str_of(column_names[c]))) l->column[c] = i;
        if (l->column[c] == SIZE_MAX && c != ADDRESSES && !(l->bare && c == NAME))
            return fail(&l->sc->fault, ERR_INVALID,
                        "%s, line %llu: there is no column \"%s\"; the first line must name lon,lat,name "
                        "and, where known, "
                        "addresses",
                        l->path, (unsigned long long)row->line, column_names[c]);
    }
    if (!l->counted || l->column[ADDRESSES] != SIZE_MAX) return OK;
    return fail(&l->sc->fault, ERR_INVALID,
                "%s has no column \"addresses\", and so falls below the floor \"anchors\" for the public: "
                "each point says "
                "that it stands for 8 addresses or more, or 0 for a public place",
                l->path);
}

static str field(const struct list *l, const struct csv_row *row, size_t c)
{
    return l->column[c] < row->n ? str_trim(row->field[l->column[c]]) : (str){ 0 };
}

static enum err bad(const struct list *l, const struct csv_row *row, size_t c, const char *want)
{
    return fail(&l->sc->fault, ERR_INVALID, "%s, line %llu: %s \"%.*s\" is not %s", l->path,
                (unsigned long long)row->line, column_names[c], STR(str_slice(field(l, row, c), 0, 60)),
                want);
}

static enum err read_row(struct list *l, const struct csv_row *row, struct named_point *out)
{
    double   lon, lat;
    uint64_t addresses;
    if (!str_to_double(field(l, row, LON), &lon) || !(lon >= -180 && lon <= 180))
        return bad(l, row, LON, "a longitude from -180 to 180 degrees");
    if (!str_to_double(field(l, row, LAT), &lat) || !(lat >= -MERCATOR_MAX_LAT && lat <= MERCATOR_MAX_LAT))
        return bad(l, row, LAT, "a latitude from -85 to 85 degrees");
    if (l->bare) {
        out->at = mercator_of(lon, lat);
        return OK;
    }
    str name = field(l, row, NAME);
    if (!name.n || name.n > ANCHOR_MAX_NAME) return bad(l, row, NAME, "a name of 1 to 200 bytes");
    if (l->column[ADDRESSES] != SIZE_MAX) {
        if (!str_to_u64(field(l, row, ADDRESSES), &addresses))
            return bad(l, row, ADDRESSES, "a whole number; write 0 for a public place");
        if (addresses > 0 && addresses < ANCHOR_MIN_ADDRESSES)
            return bad(l, row, ADDRESSES,
                       "allowed: a point must stand for 8 addresses or more, or for none at all; join "
                       "it with a neighbour");
    }
    *out = (struct named_point){ mercator_of(lon, lat), arena_str(l->sc->mem, name) };
    return out->name.p ? OK : fail(&l->sc->fault, ERR_NOMEM, "no room for the anchors of %s", l->path);
}

static enum err append(struct list *l, const struct csv_row *row)
{
    if (row->problem)
        return fail(&l->sc->fault, ERR_INVALID,
                    "%s, line %llu: the line is broken (quotes, encoding or length)", l->path,
                    (unsigned long long)row->line);
    if (l->n == ANCHOR_MAX_POINTS)
        return fail(&l->sc->fault, ERR_LIMIT, "%s has more than %d points", l->path, ANCHOR_MAX_POINTS);
    if (l->n == l->cap) {
        size_t              cap = l->cap ? 2 * l->cap : 1024;
        struct named_point *more = arena_array(l->sc->mem, struct named_point, cap);
        if (!more) return fail(&l->sc->fault, ERR_NOMEM, "no room for the anchors of %s", l->path);
        if (l->n) memcpy(more, l->point, l->n * sizeof *more);
        l->point = more;
        l->cap = cap;
    }
    TRY(read_row(l, row, &l->point[l->n]));
    l->n++;
    return OK;
}

static enum err read_file(struct list *l)
{
    struct scope                      *sc = l->sc;
    const char                        *path = l->path;
    AUTO(stream_closep) struct stream *from = NULL;
    AUTO(csv_closep) struct csv       *csv = NULL;
    struct csv_row                     row;
    TRY(stream_open(sc, path, &from));
    TRY(csv_open(sc, from, &(struct csv_options){ 0 }, &csv));
    bool header = true;
    while (csv_next(csv, &row)) {
        TRY(header ? read_header(l, &row) : append(l, &row));
        header = false;
    }
    TRY(csv_end(sc, csv));
    return l->n ? OK : fail(&sc->fault, ERR_INVALID, "%s holds no points", path);
}

enum err anchors_read(struct scope *sc, const char *path, bool counted, struct named_point **out, size_t *n)
{
    struct list l = { .sc = sc, .path = path, .counted = counted };
    TRY(read_file(&l));
    *out = l.point;
    *n = l.n;
    return OK;
}

enum err addresses_read(struct scope *sc, const char *path, struct point **out, size_t *n)
{
    struct list l = { .sc = sc, .path = path, .bare = true };
    TRY(read_file(&l));
    struct point *p = arena_array(sc->mem, struct point, l.n);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for the addresses of %s", path);
    for (size_t i = 0; i < l.n; i++) p[i] = l.point[i].at;
    *out = p;
    *n = l.n;
    return OK;
}
