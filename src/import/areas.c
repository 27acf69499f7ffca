// SPDX-License-Identifier: EUPL-1.2
#include "import/areas.h"

#include "base/arena.h"
#include "geo/unite.h"
#include "import/shape.h"
#include "wire/csv.h"
#include "wire/geojson.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct gathered { // one area while the file is read
    str                 code, name, parent;
    struct shape_parts  shape;
    struct area_figure *figure; // [n_years]
    bool                in_table;
};

struct job {
    const struct areas_options *o;
    struct gathered            *area;
    size_t                      n, cap;
    size_t                     *slot; // open addressing by code: number of the area + 1
    size_t                      n_slots;
    int                         year[2 * AREAS_MAX_FIGURES];
    size_t                      n_years;
    bool                        id_seen;
    struct areas_report         report;
};

static void job_free(struct job *j)
{
    for (size_t i = 0; i < j->n; i++) shape_free(&j->area[i].shape);
    free(j->area);
    free(j->slot);
}

struct areas_field areas_field_of(str text)
{
    struct areas_field f = { .field = text, .year = AREAS_YEAR_UNKNOWN };
    size_t             colon = str_find(text, ':');
    uint64_t           year;
    if (colon == 4 && colon + 1 < text.n && str_to_u64(str_slice(text, 0, 4), &year)) {
        f.field = str_slice(text, 5, text.n);
        f.year = (int)year;
    } else if (text.n > 4 && str_to_u64(str_slice(text, text.n - 4, text.n), &year) && year >= 1900 &&
               year < 2150)
        f.year = (int)year;
    return f;
}

// -- areas by code -----------------------------------------------------------------------------------------------------

static size_t *slot_of(const struct job *j, str code)
{
    for (size_t i = str_hash(code) % j->n_slots;; i = (i + 1) % j->n_slots)
        if (!j->slot[i] || str_eq(j->area[j->slot[i] - 1].code, code)) return &j->slot[i];
}

static enum err area_of(struct scope *sc, struct job *j, str code, struct gathered **out, bool *fresh)
{
    enum { SLOTS = 131072 }; // twice AREAS_MAX: the table is never full
    if (!j->slot) {
        j->n_slots = SLOTS;
        j->slot = calloc(SLOTS, sizeof *j->slot);
        if (!j->slot) return fail(&sc->fault, ERR_NOMEM, "no room for areas");
    }
    size_t *slot = slot_of(j, code);
    *fresh = !*slot;
    if (*slot) {
        *out = &j->area[*slot - 1];
        return OK;
    }
    if (j->n == AREAS_MAX)
        return fail(&sc->fault, ERR_LIMIT, "the file holds more than the %d areas that a set can have",
                    AREAS_MAX);
    if (j->n == j->cap) {
        size_t           cap = j->cap ? j->cap * 2 : 64;
        struct gathered *grown = realloc(j->area, cap * sizeof *grown);
        if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for areas");
        j->area = grown;
        j->cap = cap;
    }
    struct gathered *a = &j->area[j->n];
    *a = (struct gathered){ .code = arena_str(sc->mem, code),
                            .figure = arena_array(sc->mem, struct area_figure, j->n_years + 1) };
    if (!a->code.p || !a->figure) return fail(&sc->fault, ERR_NOMEM, "no room for areas");
    for (size_t i = 0; i < j->n_years; i++) a->figure[i] = (struct area_figure){ j->year[i], -1, -1 };
    *slot = ++j->n;
    *out = a;
    return OK;
}

// -- figures -----------------------------------------------------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void collect_years(struct job *j)
{
    for (size_t i = 0; i < j->o->n_population; i++) j->year[j->n_years++] = j->o->population[i].year;
    for (size_t i = 0; i < j->o->n_officers; i++) j->year[j->n_years++] = j->o->officers[i].year;
    qsort(j->year, j->n_years, sizeof *j->year, by_number);
    size_t n = 0;
    for (size_t i = 0; i < j->n_years; i++)
        if (!n || j->year[i] != j->year[n - 1]) j->year[n++] = j->year[i];
    j->n_years = n;
}

/// "27876", "27,876", "27876.0": a whole number of people; everything else is not known.
static int64_t people(str text)
{
    char   digits[32];
    size_t n = 0;
    double v;
    text = str_trim(text);
    for (size_t i = 0; i < text.n && n < sizeof digits; i++)
        if (text.p[i] != ',' && text.p[i] != ' ') digits[n++] = text.p[i];
    return str_to_double((str){ digits, n }, &v) && v >= 0 && v < 1e10 ? (int64_t)(v + 0.5) : -1;
}

static size_t year_at(const struct job *j, int year)
{
    size_t i = 0;
    while (i + 1 < j->n_years && j->year[i] != year) i++;
    return i;
}

/// Several features of one area: the first that tells a figure is believed.
static void set_figure(int64_t *to, str text)
{
    if (*to < 0) *to = people(text);
}

// -- features ----------------------------------------------------------------------------------------------------------

static bool is_area(const struct geometry *g)
{
    return (g->kind == GEOM_POLYGON || g->kind == GEOM_MULTIPOLYGON) && g->n_points;
}

static enum err take_feature(struct scope *sc, struct job *j, const struct geojson_feature *f)
{
    const struct areas_options *o = j->o;
    struct areas_report        *r = &j->report;
    bool                        found;
    str                         code = str_trim(geojson_text(f, o->id, &found));
    r->features++;
    j->id_seen |= found;
    if (!is_area(&f->geometry)) return r->no_polygon++, OK;
    if (!code.n) return r->no_code++, OK;
    struct gathered   *a = NULL;
    bool               fresh;
    enum shape_problem problem;
    TRY(area_of(sc, j, code, &a, &fresh));
    TRY(shape_add(sc, &a->shape, &f->geometry, &problem));
    r->joined += !fresh;
    r->off_earth += problem == SHAPE_OFF_EARTH;
    r->parts_left_out += problem == SHAPE_TOO_SHORT;
    if (fresh) {
        str name = o->name.n ? str_trim(geojson_text(f, o->name, NULL)) : (str){ 0 };
        a->name = name.n ? arena_str(sc->mem, name) : a->code;
        a->parent = o->parent.n ? arena_str(sc->mem, str_trim(geojson_text(f, o->parent, NULL))) : S("");
    }
    for (size_t i = 0; !o->table && i < o->n_population; i++)
        set_figure(&a->figure[year_at(j, o->population[i].year)].population,
                   geojson_text(f, o->population[i].field, NULL));
    for (size_t i = 0; !o->table && i < o->n_officers; i++)
        set_figure(&a->figure[year_at(j, o->officers[i].year)].officers,
                   geojson_text(f, o->officers[i].field, NULL));
    return OK;
}

static enum err read_features(struct scope *sc, struct job *j, const char *path)
{
    AUTO(stream_closep) struct stream   *s = NULL;
    AUTO(geojson_closep) struct geojson *g = NULL;
    struct geojson_feature               f;
    TRY(stream_open(sc, path, &s));
    TRY(geojson_open(sc, s, &g));
    while (geojson_next(g, &f)) TRY(take_feature(sc, j, &f));
    TRY(geojson_end(sc, g));
    if (!j->id_seen)
        return fail(&sc->fault, ERR_INVALID, "no feature of %s has a property \"%.*s\" (--id)", path,
                    STR(j->o->id));
    if (!j->n)
        return fail(&sc->fault, ERR_INVALID, "%s holds no polygon with a code in \"%.*s\"", path,
                    STR(j->o->id));
    return OK;
}

// -- the table ---------------------------------------------------------------------------------------------------------

static enum err find_column(struct scope *sc, const struct csv_row *head, const char *path, str name,
                            size_t *out)
{
    for (size_t i = 0; i < head->n; i++)
        if (str_eq(str_trim(head->field[i]), name)) {
            *out = i;
            return OK;
        }
    return fail(&sc->fault, ERR_INVALID, "%s has no column \"%.*s\"", path, STR(name));
}

struct table_columns {
    size_t id, population[AREAS_MAX_FIGURES], officers[AREAS_MAX_FIGURES];
};

static enum err read_head(struct scope *sc, const struct job *j, const struct csv_row *head,
                          struct table_columns *c)
{
    const struct areas_options *o = j->o;
    TRY(find_column(sc, head, o->table, o->table_id, &c->id));
    for (size_t i = 0; i < o->n_population; i++)
        TRY(find_column(sc, head, o->table, o->population[i].field, &c->population[i]));
    for (size_t i = 0; i < o->n_officers; i++)
        TRY(find_column(sc, head, o->table, o->officers[i].field, &c->officers[i]));
    return OK;
}

static str field_at(const struct csv_row *row, size_t column)
{
    return column < row->n ? row->field[column] : (str){ 0 };
}

static enum err read_table(struct scope *sc, struct job *j)
{
    const struct areas_options        *o = j->o;
    AUTO(stream_closep) struct stream *s = NULL;
    AUTO(csv_closep) struct csv       *c = NULL;
    struct table_columns               column = { 0 };
    struct csv_row                     row;
    TRY(stream_open(sc, o->table, &s));
    TRY(csv_open(sc, s, &(struct csv_options){ 0 }, &c));
    if (!csv_next(c, &row)) {
        TRY(csv_end(sc, c));
        return fail(&sc->fault, ERR_INVALID, "%s is empty", o->table);
    }
    TRY(read_head(sc, j, &row, &column));
    while (csv_next(c, &row)) {
        str    code = str_trim(field_at(&row, column.id));
        size_t at = *slot_of(j, code);
        j->report.table_rows++;
        if (!at) {
            j->report.table_unmatched++;
            if (!j->report.example_unmatched.n) j->report.example_unmatched = arena_str(sc->mem, code);
            continue;
        }
        struct gathered *a = &j->area[at - 1];
        a->in_table = true;
        for (size_t i = 0; i < o->n_population; i++)
            set_figure(&a->figure[year_at(j, o->population[i].year)].population,
                       field_at(&row, column.population[i]));
        for (size_t i = 0; i < o->n_officers; i++)
            set_figure(&a->figure[year_at(j, o->officers[i].year)].officers,
                       field_at(&row, column.officers[i]));
    }
    TRY(csv_end(sc, c));
    for (size_t i = 0; i < j->n; i++) j->report.areas_unmatched += !j->area[i].in_table;
    return OK;
}

// -- all of it ---------------------------------------------------------------------------------------------------------

static enum err check_key(struct scope *sc, str key)
{
    bool fine = key.n && key.n <= 32;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        fine = fine && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }
    return fine ? OK
                : fail(&sc->fault, ERR_INVALID,
                       "\"%.*s\" cannot name a set of areas: 1 to 32 of a-z, 0-9 and '-'",
                       STR(str_slice(key, 0, 60)));
}

static int32_t e7(double degrees)
{
    return (int32_t)lround(degrees * 1e7);
}

/// Areas where none of the incidents is are those of another place, or their coordinates are exchanged.
static enum err check_place(struct scope *sc, struct store *st, const struct area *list, size_t n)
{
    struct box         b = BOX_EMPTY;
    struct area_points points;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n_points; k++) box_add(&b, list[i].point[k]);
    struct lon_lat nw = mercator_to((struct point){ b.min_x, b.min_y }),
                   se = mercator_to((struct point){ b.max_x, b.max_y });
    TRY(store_area_points(sc, st, (struct area_box){ e7(nw.lon), e7(se.lat), e7(se.lon), e7(nw.lat) },
                          &points));
    if (!points.all || points.in) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "its areas lie between longitude %.3f and %.3f and latitude %.3f and %.3f, where none of the %llu "
        "stored incidents with a point is%s. If that is right, import them with --elsewhere. The set is as "
        "it was",
        nw.lon, se.lon, se.lat, nw.lat, (unsigned long long)points.all,
        points.swapped ? ": longitude and latitude seem to be exchanged (GeoJSON has the longitude first)"
                       : "");
}

static enum err store_all(struct scope *sc, struct store *st, struct job *j)
{
    const struct areas_options *o = j->o;
    struct area                *list = arena_array(sc->mem, struct area, j->n + 1);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for areas");
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) {
        const struct gathered *a = &j->area[i];
        if (!a->shape.n_parts) continue; // told already: off the Earth, or nothing left of it
        struct ring_set rings = { a->shape.point, a->shape.n_points, a->shape.part_end, a->shape.n_parts };
        bool            united;
        if (polygons_unite(sc, &rings, a->shape.polygon, &rings, &united))
            return fail_at(&sc->fault, "the area \"%.*s\"", STR(a->code));
        j->report.united += united;
        struct area *to = &list[n++];
        *to = (struct area){ .code = a->code,
                             .name = a->name,
                             .parent = a->parent,
                             .figures = a->figure,
                             .n_figures = j->n_years,
                             .point = rings.point,
                             .ring_end = rings.ring_end,
                             .n_points = rings.n_points,
                             .n_rings = rings.n_rings };
        bool known = false;
        for (size_t k = 0; k < j->n_years; k++) known |= a->figure[k].population >= 0;
        j->report.with_population += known;
    }
    j->report.areas = n;
    if (!n)
        return fail(
            &sc->fault, ERR_INVALID,
            "none of its %zu areas can be used: %llu features have coordinates that are not degrees of "
            "longitude "
            "and latitude (metres? ogr2ogr -t_srs EPSG:4326 makes degrees of them). The set is as it was",
            j->n, (unsigned long long)j->report.off_earth);
    if (!o->elsewhere) TRY(check_place(sc, st, list, n));
    struct area_set set = {
        .key = o->set, .name = o->title.n ? o->title : o->set, .licence = o->licence, .n = n
    };
    return store_areas_replace(sc, st, &set, list, n);
}

enum err areas_import(struct scope *sc, struct store *st, const struct areas_options *o, const char *path,
                      struct areas_report *out)
{
    AUTO(job_free) struct job j = { .o = o };
    TRY(check_key(sc, o->set));
    if (o->table && !o->table_id.n)
        return fail(&sc->fault, ERR_INVALID,
                    "a table of figures needs the column that holds the area's code (--table-id)");
    collect_years(&j);
    TRY(read_features(sc, &j, path));
    if (o->table) TRY(read_table(sc, &j));
    TRY(store_all(sc, st, &j));
    *out = j.report;
    return OK;
}
