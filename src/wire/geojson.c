// SPDX-License-Identifier: EUPL-1.2
// A pull parser over a window of bytes, with no tree: the text of one feature is found first (matching
// brackets, with strings understood), so that its memory is bounded and its slices can point into it; then it
// is read strictly.
#include "wire/geojson.h"

#include "base/arena.h"
#include "base/buf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_BYTES = 256 * 1024, MAX_DEPTH = 64 };

struct geojson {
    struct stream *from;
    struct scope   sc; // fault and memory of reading; handed on by geojson_end
    enum err       failed;
    char           in[WINDOW_BYTES];
    size_t         at, n;
    bool           end;
    uint64_t       line, number;
    enum { BEFORE, IN_LIST, SEQUENCE, AFTER } state;
    struct buf            feature; // text of the feature being read
    uint64_t              feature_line;
    // reading that text
    const char           *p, *stop;
    struct arena         *mem;
    struct json_property *property;
    double               *lon_lat;
    uint32_t             *part_end, *part_polygon;
    size_t                n_points, cap_points, n_parts, cap_parts;
};

enum err geojson_open(struct scope *sc, struct stream *from, struct geojson **out)
{
    struct geojson *g = calloc(1, sizeof *g);
    if (g) {
        g->mem = arena_open(2 * (size_t)GEOJSON_MAX_FEATURE_BYTES);
        g->property = calloc(GEOJSON_MAX_PROPERTIES, sizeof *g->property);
    }
    if (!g || !g->mem || !g->property) {
        geojson_close(g);
        return fail(&sc->fault, ERR_NOMEM, "no room to read %.*s", STR(stream_part_name(from)));
    }
    g->from = from;
    g->line = 1;
    buf_init(&g->feature, GEOJSON_MAX_FEATURE_BYTES);
    *out = g;
    return OK;
}

void geojson_close(struct geojson *g)
{
    if (!g) return;
    arena_close(g->mem);
    free(g->property);
    free(g->lon_lat);
    free(g->part_end);
    free(g->part_polygon);
    buf_free(&g->feature);
    free(g);
}

void geojson_closep(struct geojson **g)
{
    geojson_close(*g);
    *g = NULL;
}

enum err geojson_end(struct scope *sc, const struct geojson *g)
{
    if (g->failed) sc->fault = g->sc.fault;
    return g->failed;
}

static bool bad(struct geojson *g, const char *what)
{
    if (!g->failed)
        g->failed = fail(&g->sc.fault, ERR_PARSE, "%.*s, line %llu: %s", STR(stream_part_name(g->from)),
                         (unsigned long long)g->line, what);
    return false;
}

// -- bytes of the file
// -------------------------------------------------------------------------------------------------

/// The next byte, or -1 at the end or on failure; not consumed.
static int look(struct geojson *g)
{
    if (g->at == g->n && !g->end && !g->failed) {
        g->at = 0;
        g->failed = stream_read(&g->sc, g->from, g->in, sizeof g->in, &g->n);
        if (g->failed || !g->n) g->end = true, g->n = 0;
    }
    return g->at < g->n ? (unsigned char)g->in[g->at] : -1;
}

static int take(struct geojson *g)
{
    int c = look(g);
    if (c >= 0) g->at++;
    if (c == '\n') g->line++;
    return c;
}

static int skip_blank(struct geojson *g)
{
    int c;
    while (c = look(g), c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x1E) take(g);
    return c;
}

/// Copies (or passes over, when to is NULL) one JSON value, by its brackets and strings alone.
static bool copy_value(struct geojson *g, struct buf *to)
{
    int    depth = 0, c;
    bool   string = false, escaped = false, scalar = false;
    size_t passed = 0;
    skip_blank(g);
    while ((c = look(g)) >= 0) {
        if (!string && depth == 0 && scalar &&
            (c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t'))
            return true;
        take(g);
        if (to) buf_add_c(to, (char)c);
        if ((to && to->failed) || ++passed > GEOJSON_MAX_FEATURE_BYTES)
            return bad(g, "a feature is too large (more than 64 MiB)");
        if (string) {
            if (escaped) escaped = false;
            else if (c == '\\') escaped = true;
            else if (c == '"') {
                string = false;
                if (!depth) return true;
            }
            continue;
        }
        if (c == '"') string = true;
        else if (c == '{' || c == '[') {
            if (++depth > MAX_DEPTH) return bad(g, "brackets are nested too deeply");
        } else if (c == '}' || c == ']') {
            if (--depth < 0) return bad(g, "a bracket closes that was never opened");
            if (!depth) return true;
        } else if (!depth) scalar = true;
    }
    return g->failed ? false : scalar && !string && !depth ? true : bad(g, "the file ends inside a value");
}

// -- strict reading of one feature's text
// --------------------------------------------------------------------------------

static int peek(struct geojson *g)
{
    while (g->p < g->stop && (*g->p == ' ' || *g->p == '\t' || *g->p == '\n' || *g->p == '\r')) g->p++;
    return g->p < g->stop ? (unsigned char)*g->p : -1;
}

static bool expect(struct geojson *g, char c)
{
    if (peek(g) != c) {
        char text[40];
        snprintf(text, sizeof text, "'%c' is missing", c);
        return bad(g, text);
    }
    g->p++;
    return true;
}

static int hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        int c = (unsigned char)p[i];
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

static size_t put_utf8(char *to, unsigned u)
{
    if (u < 0x80) return to[0] = (char)u, 1;
    if (u < 0x800) return to[0] = (char)(0xC0 | u >> 6), to[1] = (char)(0x80 | (u & 63)), 2;
    if (u < 0x10000)
        return to[0] = (char)(0xE0 | u >> 12), to[1] = (char)(0x80 | (u >> 6 & 63)),
               to[2] = (char)(0x80 | (u & 63)), 3;
    to[0] = (char)(0xF0 | u >> 18), to[1] = (char)(0x80 | (u >> 12 & 63));
    return to[2] = (char)(0x80 | (u >> 6 & 63)), to[3] = (char)(0x80 | (u & 63)), 4;
}

/// \uXXXX, with its second half where it is a surrogate. Returns bytes read behind the 'u', 0 when malformed.
static size_t unescape_u(const char *p, const char *stop, char *to, size_t *made)
{
    if (stop - p < 4) return 0;
    int    u = hex4(p), low;
    size_t used = 4;
    if (u <= 0) return 0; // NUL is refused like a malformed one
    if (u >= 0xD800 && u <= 0xDBFF) {
        if (stop - p < 10 || p[4] != '\\' || p[5] != 'u' || (low = hex4(p + 6)) < 0xDC00 || low > 0xDFFF)
            return 0;
        u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
        used = 10;
    } else if (u >= 0xDC00 && u <= 0xDFFF) return 0;
    *made = put_utf8(to, (unsigned)u);
    return used;
}

static bool read_string(struct geojson *g, str *out)
{
    if (!expect(g, '"')) return false;
    const char *from = g->p;
    bool        escapes = false;
    for (; g->p < g->stop && *g->p != '"'; g->p++) {
        if ((unsigned char)*g->p < 0x20) return bad(g, "a control character stands in a string");
        if (*g->p == '\\') escapes = true, g->p++;
    }
    if (g->p >= g->stop) return bad(g, "a string is not closed");
    str raw = { from, (size_t)(g->p - from) };
    g->p++;
    if (!str_is_utf8(raw, NULL)) return bad(g, "a string is not UTF-8");
    if (!escapes) return *out = raw, true;
    char  *to = arena_alloc(g->mem, raw.n + 1);
    size_t n = 0;
    if (!to) return g->failed = fail(&g->sc.fault, ERR_NOMEM, "no room for a string"), false;
    for (const char *p = from, *stop = from + raw.n; p < stop; p++) {
        if (*p != '\\') {
            to[n++] = *p;
            continue;
        }
        static const char codes[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
        const char       *code = p + 1 < stop ? strchr(codes, p[1]) : NULL;
        size_t            made = 0, used;
        p++;
        if (code && *code) to[n++] = bytes[code - codes];
        else if (p < stop && *p == 'u' && (used = unescape_u(p + 1, stop, to + n, &made)))
            n += made, p += used;
        else return bad(g, "an escape in a string is malformed");
    }
    *out = (str){ to, n };
    return true;
}

static bool is_number(str s)
{
    size_t i = 0, from;
    if (i < s.n && s.p[i] == '-') i++;
    from = i;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
    if (i == from || (s.p[from] == '0' && i - from > 1)) return false;
    if (i < s.n && s.p[i] == '.') {
        from = ++i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
        if (i == from) return false;
    }
    if (i < s.n && (s.p[i] | 32) == 'e') {
        i++;
        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-')) i++;
        from = i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
        if (i == from) return false;
    }
    return i == s.n;
}

static str read_word(struct geojson *g)
{
    peek(g);
    const char *from = g->p;
    while (g->p < g->stop && !strchr(",]} \t\r\n", *g->p)) g->p++;
    return (str){ from, (size_t)(g->p - from) };
}

/// A value of any kind; arrays and objects as their raw text (checked no further than brackets and strings).
static bool read_value(struct geojson *g, struct json_property *out)
{
    int c = peek(g);
    if (c == '"') return out->kind = JSON_STRING, read_string(g, &out->text);
    if (c == '{' || c == '[') {
        const char *from = g->p;
        int         depth = 0;
        str         ignored;
        out->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        do {
            c = peek(g);
            if (c < 0) return bad(g, "a bracket is not closed");
            if (c == '"') {
                if (!read_string(g, &ignored)) return false;
                continue;
            }
            if (c == '{' || c == '[') depth++;
            if (c == '}' || c == ']') depth--;
            g->p++;
        } while (depth);
        out->text = (str){ from, (size_t)(g->p - from) };
        return true;
    }
    out->text = read_word(g);
    if (str_eq(out->text, S("null"))) return out->kind = JSON_NULL, out->text = (str){ 0 }, true;
    if (str_eq(out->text, S("true")) || str_eq(out->text, S("false"))) return out->kind = JSON_BOOL, true;
    out->kind = JSON_NUMBER;
    double v;
    return is_number(out->text) && str_to_double(out->text, &v) ? true : bad(g, "a value is not JSON");
}

static bool read_properties(struct geojson *g, struct geojson_feature *f)
{
    if (peek(g) == 'n')
        return str_eq(read_word(g), S("null")) ? true : bad(g, "\"properties\" is not an object");
    if (!expect(g, '{')) return false;
    if (peek(g) == '}') return g->p++, true;
    for (;;) {
        struct json_property p = { 0 };
        if (!read_string(g, &p.key) || !expect(g, ':') || !read_value(g, &p)) return false;
        for (size_t i = 0; i < f->n_properties; i++)
            if (str_eq(g->property[i].key, p.key)) return bad(g, "a property stands twice in one feature");
        if (f->n_properties == GEOJSON_MAX_PROPERTIES)
            return bad(g, "a feature has more than 512 properties");
        g->property[f->n_properties++] = p;
        if (peek(g) == '}') return g->p++, true;
        if (!expect(g, ',')) return false;
    }
}

static bool add_point(struct geojson *g, double lon, double lat)
{
    if (g->n_points == g->cap_points) {
        size_t  cap = g->cap_points ? g->cap_points * 2 : 256;
        double *p = cap < UINT32_MAX ? realloc(g->lon_lat, cap * 2 * sizeof *p) : NULL;
        if (!p)
            return g->failed = fail(&g->sc.fault, ERR_NOMEM, "no room for a shape of %zu points", cap), false;
        g->lon_lat = p;
        g->cap_points = cap;
    }
    g->lon_lat[2 * g->n_points] = lon;
    g->lon_lat[2 * g->n_points++ + 1] = lat;
    return true;
}

static bool end_part(struct geojson *g, uint32_t polygon)
{
    if (g->n_parts == g->cap_parts) {
        size_t    cap = g->cap_parts ? g->cap_parts * 2 : 64;
        uint32_t *e = realloc(g->part_end, cap * sizeof *e);
        if (e) g->part_end = e;
        uint32_t *p = realloc(g->part_polygon, cap * sizeof *p);
        if (p) g->part_polygon = p;
        if (!e || !p)
            return g->failed = fail(&g->sc.fault, ERR_NOMEM, "no room for a shape of %zu parts", cap), false;
        g->cap_parts = cap;
    }
    g->part_end[g->n_parts] = (uint32_t)g->n_points;
    g->part_polygon[g->n_parts++] = polygon;
    return true;
}

static bool read_position(struct geojson *g)
{
    double v[2] = { 0 };
    if (!expect(g, '[')) return false;
    for (int i = 0;; i++) { // altitude and what follows it are read and left out
        str    word = read_word(g);
        double number;
        if (!is_number(word) || !str_to_double(word, &number)) return bad(g, "a coordinate is not a number");
        if (i < 2) v[i] = number;
        if (peek(g) == ']') {
            g->p++;
            return i >= 1 ? add_point(g, v[0], v[1]) : bad(g, "a position has one coordinate only");
        }
        if (!expect(g, ',')) return false;
    }
}

/// Arrays in arrays down to positions; levels: 0 one position, 1 a list (one part), 2 lists of them, 3
/// polygons.
static bool read_coordinates(struct geojson *g, int levels, uint32_t polygon)
{
    if (!levels) return read_position(g);
    if (!expect(g, '[')) return false;
    if (peek(g) == ']') g->p++;
    else
        for (uint32_t i = 0;; i++) {
            if (!read_coordinates(g, levels - 1, levels == 3 ? i : polygon)) return false;
            if (peek(g) == ']') {
                g->p++;
                break;
            }
            if (!expect(g, ',')) return false;
        }
    return levels == 1 ? end_part(g, polygon) : true;
}

static const struct {
    const char        *name;
    enum geometry_kind kind;
    int                levels;
} geometries[] = {
    { "Point", GEOM_POINT, 0 },     { "MultiPoint", GEOM_MULTIPOINT, 1 },
    { "LineString", GEOM_LINE, 1 }, { "MultiLineString", GEOM_MULTILINE, 2 },
    { "Polygon", GEOM_POLYGON, 2 }, { "MultiPolygon", GEOM_MULTIPOLYGON, 3 },
};

static bool read_shape(struct geojson *g, str type, const char *coordinates, struct geometry *out)
{
    for (size_t i = 0; i < COUNT(geometries); i++) {
        if (!str_eq(type, str_of(geometries[i].name))) continue;
        if (!coordinates) return bad(g, "a geometry has no coordinates");
        const char *after = g->p;
        g->p = coordinates;
        if (!read_coordinates(g, geometries[i].levels, 0)) return false;
        if (!geometries[i].levels && !end_part(g, 0)) return false;
        g->p = after;
        *out = (struct geometry){ geometries[i].kind, g->lon_lat,      g->n_points,
                                  g->part_end,        g->part_polygon, g->n_parts };
        return true;
    }
    char text[120];
    snprintf(text, sizeof text, "a geometry is a \"%.*s\", which is not read here",
             STR(str_slice(type, 0, 40)));
    return bad(g, text);
}

static bool read_geometry(struct geojson *g, struct geometry *out)
{
    if (peek(g) == 'n') return str_eq(read_word(g), S("null")) ? true : bad(g, "a geometry is not an object");
    str         type = { 0 };
    const char *coordinates = NULL;
    if (!expect(g, '{')) return false;
    if (peek(g) == '}') return bad(g, "a geometry is empty");
    for (;;) {
        struct json_property p = { 0 };
        if (!read_string(g, &p.key) || !expect(g, ':')) return false;
        peek(g);
        const char *at = g->p;
        if (!read_value(g, &p)) return false;
        if (str_eq(p.key, S("type")) && p.kind == JSON_STRING) type = p.text;
        if (str_eq(p.key, S("coordinates")) && p.kind == JSON_ARRAY) coordinates = at;
        if (peek(g) == '}') return g->p++, read_shape(g, type, coordinates, out);
        if (!expect(g, ',')) return false;
    }
}

static bool read_feature(struct geojson *g, struct geojson_feature *f)
{
    struct json_property member = { 0 };
    bool                 is_feature = false;
    unsigned             seen = 0; // bit of each member that may stand once
    arena_reset(g->mem);
    g->n_points = g->n_parts = 0;
    g->p = g->feature.p;
    g->stop = g->feature.p + g->feature.n;
    *f = (struct geojson_feature){ .property = g->property, .line = g->feature_line, .number = ++g->number };
    if (!expect(g, '{')) return false;
    for (; peek(g) != '}';) {
        if (!read_string(g, &member.key) || !expect(g, ':')) return false;
        static const char *const once[] = { "type", "properties", "geometry", "id" };
        for (unsigned i = 0; i < COUNT(once); i++) {
            if (!str_eq(member.key, str_of(once[i]))) continue;
            if (seen & 1u << i) return bad(g, "a member stands twice in one feature");
            seen |= 1u << i;
        }
        if (str_eq(member.key, S("properties"))) {
            if (!read_properties(g, f)) return false;
        } else if (str_eq(member.key, S("geometry"))) {
            if (!read_geometry(g, &f->geometry)) return false;
        } else if (!read_value(g, &member)) return false;
        else if (str_eq(member.key, S("type"))) is_feature = str_eq(member.text, S("Feature"));
        else if (str_eq(member.key, S("id"))) f->id = member.text;
        if (peek(g) == ',') {
            g->p++;
            if (peek(g) != '"') return bad(g, "a comma has nothing behind it");
        } else if (peek(g) != '}') return expect(g, '}');
    }
    return is_feature ? true : bad(g, "an object in the list is not a Feature");
}

// -- the collection
// ------------------------------------------------------------------------------------------------------

static bool check_crs(struct geojson *g)
{
    buf_reset(&g->feature);
    if (!copy_value(g, &g->feature)) return false;
    str text = buf_str(&g->feature);
    if (str_eq(str_trim(text), S("null")) || str_has(text, S("CRS84")) || str_has(text, S("4326")))
        return true;
    return bad(g, "the coordinates are not longitude and latitude (\"crs\" names another system); convert "
                  "the file first, "
                  "for example with ogr2ogr -t_srs EPSG:4326");
}

/// Reads the head of the file up to the list of features.
static bool find_list(struct geojson *g)
{
    if (look(g) == 0xEF) // a byte-order mark
        for (int i = 0; i < 3; i++) take(g);
    if (skip_blank(g) != '{') return bad(g, "the file does not begin as GeoJSON does, with '{'");
    // A sequence of features has "type":"Feature" in its first object: read that object whole and see.
    take(g);
    while (skip_blank(g) == '"') {
        struct buf key;
        buf_init(&key, 256);
        bool fine = copy_value(g, &key) && skip_blank(g) == ':';
        bool list = str_eq(buf_str(&key), S("\"features\"")), crs = str_eq(buf_str(&key), S("\"crs\""));
        bool type = str_eq(buf_str(&key), S("\"type\""));
        buf_free(&key);
        if (!fine) return bad(g, "a member has no value");
        take(g);
        if (list) {
            if (skip_blank(g) != '[') return bad(g, "\"features\" is not a list");
            take(g);
            g->state = IN_LIST;
            return true;
        }
        buf_reset(&g->feature);
        if (crs) {
            if (!check_crs(g)) return false;
        } else if (!copy_value(g, type ? &g->feature : NULL)) return false;
        if (type && str_eq(str_trim(buf_str(&g->feature)), S("\"Feature\""))) {
            // Put back what was read, in the order that the reader of features accepts.
            buf_reset(&g->feature);
            buf_add(&g->feature, S("{\"type\":\"Feature\""));
            g->state = SEQUENCE;
            return true;
        }
        if (skip_blank(g) == ',') take(g);
    }
    return bad(g, "there is no \"features\" list in the file");
}

static bool next_in_sequence(struct geojson *g)
{
    if (g->feature.n && !g->number) { // the first one, whose head is read already
        g->feature_line = g->line;
        int depth = 1;
        for (bool string = false, escaped = false; depth;) {
            int c = take(g);
            if (c < 0) return bad(g, "the file ends inside a feature");
            buf_add_c(&g->feature, (char)c);
            if (g->feature.failed) return bad(g, "a feature is too large (more than 64 MiB)");
            if (string) {
                if (escaped) escaped = false;
                else if (c == '\\') escaped = true;
                else if (c == '"') string = false;
            } else if (c == '"') string = true;
            else if (c == '{' || c == '[') depth++;
            else if (c == '}' || c == ']') depth--;
        }
        return true;
    }
    if (skip_blank(g) < 0) return g->state = AFTER, false;
    buf_reset(&g->feature);
    g->feature_line = g->line;
    return copy_value(g, &g->feature);
}

static bool next_in_list(struct geojson *g)
{
    int c = skip_blank(g);
    if (c == ',' && g->number) take(g), c = skip_blank(g);
    else if (c != ']' && g->number) return bad(g, "a comma is missing between features");
    if (c == ']') {
        take(g);
        g->state = AFTER;
        while (skip_blank(g) == ',') { // members behind the list
            take(g);
            if (skip_blank(g) != '"' || !copy_value(g, NULL) || skip_blank(g) != ':')
                return bad(g, "the end of the file is malformed");
            take(g);
            if (!copy_value(g, NULL)) return false;
        }
        if (skip_blank(g) != '}') return bad(g, "the file ends before its last bracket");
        return false;
    }
    buf_reset(&g->feature);
    g->feature_line = g->line;
    return copy_value(g, &g->feature);
}

bool geojson_next(struct geojson *g, struct geojson_feature *f)
{
    if (g->failed || g->state == AFTER) return false;
    if (g->state == BEFORE && !find_list(g)) return false;
    bool some = g->state == IN_LIST ? next_in_list(g) : next_in_sequence(g);
    return some && !g->failed && read_feature(g, f);
}

str geojson_text(const struct geojson_feature *f, str key, bool *found)
{
    for (size_t i = 0; i < f->n_properties; i++)
        if (str_eq(f->property[i].key, key)) {
            if (found) *found = true;
            return f->property[i].text;
        }
    if (found) *found = false;
    return (str){ 0 };
}
