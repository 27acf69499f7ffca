// SPDX-License-Identifier: EUPL-1.2
// Reads straight down, byte by byte, with no tree and no text of a whole feature: coordinates go into the arrays of
// the geometry, strings and raw values into one buffer. That buffer may move while it grows, so what lies in it is
// known by its place until the feature is complete.
#include "wire/geojson.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_BYTES = 64 * 1024, NUMBER_MAX_BYTES = 64, RECORD_SEPARATOR = 0x1E };

struct span { // of g->text
    size_t at, n;
};

struct item {
    struct span        key, text;
    enum property_kind kind;
    uint64_t           hash;
};

struct geojson {
    struct stream *from;
    struct scope   sc; // holds why reading stopped; it has no memory
    bool           failed;
    enum { BEFORE, IN_LIST, IN_SEQUENCE, AFTER } state;

    unsigned char in[WINDOW_BYTES];
    size_t        at, n;
    bool          eof;
    uint64_t      offset;        // of in[0]
    uint64_t      line, line_at; // present line, and the offset it begins at
    uint64_t      unit_at;       // offset at which the present feature or member of the collection begins
    int           depth;
    bool          copying; // bytes passed are appended to text
    struct buf    text, name, scratch;

    unsigned list_seen; // members of the collection before and behind the list
    uint64_t features, feature_line;

    // The present feature.
    struct span     type, id;
    struct item     item[GEOJSON_MAX_PROPERTIES];
    size_t          n_items;
    struct item     beside[GEOJSON_MAX_PROPERTIES];
    size_t          n_beside;
    struct span     shape_type;
    bool            has_coordinates, null_coordinate;
    int             level; // at which positions lie in "coordinates", from 1; 0: no position yet
    uint32_t        polygon;
    const char     *problem;
    struct geometry shape;
    double         *lon_lat;
    uint32_t       *part_end, *part_polygon;
    size_t          n_points, cap_points, n_parts, cap_parts;

    struct geojson_property property[GEOJSON_MAX_PROPERTIES], other[GEOJSON_MAX_PROPERTIES];
};

// -- life ---------------------------------------------------------------------------------------------------

enum err geojson_open(struct scope *sc, struct stream *from, struct geojson **out)
{
    struct geojson *g = calloc(1, sizeof *g);
    if (!g) return fail(&sc->fault, ERR_NOMEM, "no room to read %.*s", STR(stream_part_name(from)));
    g->from = from;
    g->line = 1;
    buf_init(&g->text, GEOJSON_MAX_FEATURE_BYTES + WINDOW_BYTES);
    buf_init(&g->name, GEOJSON_MAX_FEATURE_BYTES + WINDOW_BYTES);
    buf_init(&g->scratch, GEOJSON_MAX_FEATURE_BYTES + WINDOW_BYTES);
    *out = g;
    return OK;
}

void geojson_close(struct geojson *g)
{
    if (!g) return;
    buf_free(&g->text);
    buf_free(&g->name);
    buf_free(&g->scratch);
    free(g->lon_lat);
    free(g->part_end);
    free(g->part_polygon);
    free(g);
}

void geojson_closep(struct geojson **g)
{
    geojson_close(*g);
    *g = NULL;
}

enum err geojson_end(struct scope *sc, const struct geojson *g)
{
    if (!g->failed) return OK;
    sc->fault = g->sc.fault;
    return sc->fault.code;
}

// -- failing ------------------------------------------------------------------------------------------------

PRINTF(3, 4) static bool stop(struct geojson *g, enum err code, const char *format, ...)
{
    if (g->failed) return false;
    char    what[300];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    g->failed = fail(&g->sc.fault, code, "%.*s, line %llu, column %llu: %s",
                     STR(str_slice(stream_part_name(g->from), 0, 100)), (unsigned long long)g->line,
                     (unsigned long long)(g->offset + g->at - g->line_at + 1), what) != OK;
    return false;
}

static bool no_room(struct geojson *g)
{
    if (!g->failed) g->failed = fail(&g->sc.fault, ERR_NOMEM, "no room for a feature this large") != OK;
    return false;
}

static bool missing(struct geojson *g, int found, const char *wanted)
{
    if (found < 0) return stop(g, ERR_PARSE, "the file ends where %s should stand", wanted);
    return stop(g, ERR_PARSE, "%s should stand here", wanted);
}

// -- bytes --------------------------------------------------------------------------------------------------

static bool refill(struct geojson *g)
{
    if (g->eof || g->failed) return false;
    if (g->offset + g->n - g->unit_at > GEOJSON_MAX_FEATURE_BYTES)
        return stop(g, ERR_LIMIT, "a feature is larger than %d MiB", GEOJSON_MAX_FEATURE_BYTES >> 20);
    g->offset += g->n;
    g->at = g->n = 0;
    if (stream_read(&g->sc, g->from, g->in, sizeof g->in, &g->n)) {
        g->failed = true;
        g->n = 0;
    }
    g->eof = !g->n;
    return g->n > 0;
}

/// The next byte, or -1 at the end and after a failure.
static int look(struct geojson *g)
{
    return g->at < g->n || refill(g) ? g->in[g->at] : -1;
}

static void pass(struct geojson *g, size_t n)
{
    if (g->copying) buf_add_bytes(&g->text, g->in + g->at, n);
    g->at += n;
}

/// Passes over blanks; the only place where lines end, as strings hold no raw line ends.
static int look_on(struct geojson *g)
{
    int c;
    while (c = look(g), c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        pass(g, 1);
        if (c != '\n') continue;
        g->line++;
        g->line_at = g->offset + g->at;
    }
    return c;
}

static bool expect(struct geojson *g, char wanted, const char *name)
{
    int c = look_on(g);
    if (c != wanted) return missing(g, c, name);
    pass(g, 1);
    return true;
}

static bool descend(struct geojson *g)
{
    pass(g, 1);
    if (++g->depth <= GEOJSON_MAX_DEPTH) return true;
    return stop(g, ERR_PARSE, "brackets are nested more than %d deep", GEOJSON_MAX_DEPTH);
}

static void ascend(struct geojson *g)
{
    pass(g, 1);
    g->depth--;
}

// -- strings ------------------------------------------------------------------------------------------------

static bool read_hex4(struct geojson *g, uint32_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        int c = look(g), digit = c - '0';
        if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
        if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
        if (digit < 0 || digit > 15 || (digit > 9 && c < 'A')) return missing(g, c, "a hexadecimal digit");
        v = v << 4 | (uint32_t)digit;
        pass(g, 1);
    }
    *out = v;
    return true;
}

static void add_utf8(struct buf *to, uint32_t u)
{
    if (u < 0x80) {
        buf_add_c(to, (char)u);
        return;
    }
    int                  more = u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    buf_add_c(to, (char)(lead[more] | u >> 6 * more));
    while (more-- > 0) buf_add_c(to, (char)(0x80 | (u >> 6 * more & 0x3F)));
}

/// Behind "\u": a code unit of UTF-16, or two that are a pair.
static bool read_code(struct geojson *g, struct buf *to)
{
    uint32_t u, low;
    if (!read_hex4(g, &u)) return false;
    if (!u) return stop(g, ERR_PARSE, "\\u0000 stands in a string");
    if (u >= 0xD800 && u <= 0xDBFF) {
        if (look(g) == '\\') pass(g, 1);
        else return missing(g, look(g), "the second half of a surrogate pair");
        if (look(g) == 'u') pass(g, 1);
        else return missing(g, look(g), "the second half of a surrogate pair");
        if (!read_hex4(g, &low)) return false;
        if (low < 0xDC00 || low > 0xDFFF) return stop(g, ERR_PARSE, "half of a surrogate pair stands alone");
        u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
    } else if (u >= 0xDC00 && u <= 0xDFFF) return stop(g, ERR_PARSE, "half of a surrogate pair stands alone");
    add_utf8(to, u);
    return true;
}

static bool read_escape(struct geojson *g, struct buf *to)
{
    static const char codes[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    pass(g, 1);
    int c = look(g);
    if (c == 'u') {
        pass(g, 1);
        return read_code(g, to);
    }
    const char *code = c > 0 ? strchr(codes, c) : NULL;
    if (!code) return missing(g, c, "one of \" \\ / b f n r t u");
    buf_add_c(to, bytes[code - codes]);
    pass(g, 1);
    return true;
}

/// Appends the string, decoded. With g->copying, `to` is not g->text.
static bool read_string(struct geojson *g, struct buf *to)
{
    size_t begin = to->n;
    if (!expect(g, '"', "a string in quotes")) return false;
    for (int c; (c = look(g)) != '"';) {
        if (c < 0) return missing(g, c, "the end of a string");
        if (c < 0x20) return stop(g, ERR_PARSE, "a control character stands in a string");
        if (c == '\\') {
            if (!read_escape(g, to)) return false;
            continue;
        }
        size_t n = 1;
        while (g->at + n < g->n && g->in[g->at + n] >= 0x20 && g->in[g->at + n] != '"' &&
               g->in[g->at + n] != '\\')
            n++;
        buf_add_bytes(to, g->in + g->at, n);
        pass(g, n);
    }
    pass(g, 1);
    if (to->failed) return no_room(g);
    str s = str_slice(buf_str(to), begin, to->n);
    return str_is_utf8(s, NULL) ? true : stop(g, ERR_PARSE, "the string that ends here is not UTF-8");
}

static bool read_text(struct geojson *g, struct span *out)
{
    size_t at = g->text.n;
    if (!read_string(g, &g->text)) return false;
    *out = (struct span){ at, g->text.n - at };
    return true;
}

// Each str into g->text holds until something is appended to it.
static str text_of(const struct geojson *g, struct span s)
{
    return s.n ? (str){ g->text.p + s.at, s.n } : (str){ 0 };
}

// -- numbers and words --------------------------------------------------------------------------------------

static size_t digits(str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9') n++;
    return n;
}

/// RFC 8259, section 6.
static bool is_number(str s)
{
    size_t i = str_starts(s, S("-")), n = digits(s, i);
    if (!n || (n > 1 && s.p[i] == '0')) return false;
    i += n;
    if (i < s.n && s.p[i] == '.') {
        n = digits(s, i + 1);
        if (!n) return false;
        i += 1 + n;
    }
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-')) i++;
        n = digits(s, i);
        if (!n) return false;
        i += n;
    }
    return i == s.n;
}

static bool is_of_number(int c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// The number as written, in `to` (which has room for NUMBER_MAX_BYTES), and its value.
static bool read_number(struct geojson *g, char *to, size_t *n, double *value)
{
    int c = look_on(g);
    *n = 0;
    if (c != '-' && !(c >= '0' && c <= '9')) return missing(g, c, "a value");
    for (; is_of_number(c); c = look(g)) {
        if (*n == NUMBER_MAX_BYTES)
            return stop(g, ERR_PARSE, "a number has more than %d characters", NUMBER_MAX_BYTES);
        to[(*n)++] = (char)c;
        pass(g, 1);
    }
    str s = { to, *n };
    if (!is_number(s)) return stop(g, ERR_PARSE, "\"%.*s\" is not a number", STR(s));
    return str_to_double(s, value) ? true : stop(g, ERR_PARSE, "the number %.*s is too large", STR(s));
}

static bool read_word(struct geojson *g, str word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (look(g) != word.p[i])
            return stop(g, ERR_PARSE, "only the words true, false and null may stand here");
        pass(g, 1);
    }
    return true;
}

// -- objects, lists and values ------------------------------------------------------------------------------

/// The next member of an object that is open: its name in g->name, its value next to be read. *n counts them.
/// *end: there is none, and the object is closed.
static bool next_member(struct geojson *g, size_t *n, bool *end)
{
    int c = look_on(g);
    *end = c == '}';
    if (*end) {
        ascend(g);
        return true;
    }
    if (*n) {
        if (c != ',') return missing(g, c, "a comma or '}'");
        pass(g, 1);
        look_on(g);
    }
    ++*n;
    buf_reset(&g->name);
    return read_string(g, &g->name) && expect(g, ':', "a colon");
}

/// The same for a list: the value is next to be read.
static bool next_element(struct geojson *g, size_t *n, bool *end)
{
    int c = look_on(g);
    *end = c == ']';
    if (*end) {
        ascend(g);
        return true;
    }
    if (*n) {
        if (c != ',') return missing(g, c, "a comma or ']'");
        pass(g, 1);
        c = look_on(g);
        if (c == ']') return missing(g, c, "a value");
    }
    ++*n;
    return true;
}

static bool skip_value(struct geojson *g)
{
    char   number[NUMBER_MAX_BYTES];
    double value;
    size_t n = 0;
    bool   end;
    int    c = look_on(g);
    if (c == '{' || c == '[') {
        if (!descend(g)) return false;
        for (;;) {
            if (!(c == '{' ? next_member(g, &n, &end) : next_element(g, &n, &end))) return false;
            if (end) return true;
            if (!skip_value(g)) return false;
        }
    }
    buf_reset(&g->scratch);
    if (c == '"') return read_string(g, &g->scratch);
    if (c == 't') return read_word(g, S("true"));
    if (c == 'f') return read_word(g, S("false"));
    if (c == 'n') return read_word(g, S("null"));
    return read_number(g, number, &n, &value);
}

static enum property_kind kind_of(int c)
{
    switch (c) {
    case '{':
        return PROPERTY_OBJECT;
    case '[':
        return PROPERTY_ARRAY;
    case '"':
        return PROPERTY_STRING;
    case 't':
    case 'f':
        return PROPERTY_BOOL;
    case 'n':
        return PROPERTY_NULL;
    default:
        return PROPERTY_NUMBER;
    }
}

/// Any value: a string decoded, null as nothing, everything else as written.
static bool read_value(struct geojson *g, enum property_kind *kind, struct span *out)
{
    *kind = kind_of(look_on(g));
    if (*kind == PROPERTY_STRING) return read_text(g, out);
    size_t at = g->text.n;
    g->copying = *kind != PROPERTY_NULL;
    bool fine = skip_value(g);
    g->copying = false;
    if (g->text.failed) return no_room(g);
    *out = (struct span){ at, g->text.n - at };
    return fine;
}

static bool is_name(const struct geojson *g, str name)
{
    return str_eq(buf_str(&g->name), name);
}

static bool once(struct geojson *g, unsigned *seen, unsigned bit)
{
    if (*seen & bit)
        return stop(g, ERR_PARSE, "the member \"%.*s\" stands twice",
                    STR(str_slice(buf_str(&g->name), 0, 60)));
    *seen |= bit;
    return true;
}

// -- coordinate system --------------------------------------------------------------------------------------

static bool is_wgs84(str name)
{
    return str_ends(name, S("CRS84")) || str_eq(name, S("4326")) || str_ends(name, S(":4326")) ||
           str_eq_nocase(name, S("WGS84")) || str_eq_nocase(name, S("WGS 84"));
}

/// { "type": "name", "properties": { "name": "urn:ogc:def:crs:OGC:1.3:CRS84" } }, or null; in files of 2008 also
/// { "type": "EPSG", "properties": { "code": 4326 } }.
static bool read_crs(struct geojson *g)
{
    size_t             n = 0, inner = 0;
    bool               end, inner_end;
    enum property_kind kind;
    struct span        name = { 0 };
    if (look_on(g) == 'n') return read_word(g, S("null"));
    if (look_on(g) != '{') return missing(g, look(g), "a coordinate system or null");
    if (!descend(g)) return false;
    while (next_member(g, &n, &end) && !end) {
        if (!is_name(g, S("properties")) || look_on(g) != '{') {
            if (!skip_value(g)) return false;
            continue;
        }
        if (!descend(g)) return false;
        while (next_member(g, &inner, &inner_end) && !inner_end)
            if (!(is_name(g, S("name")) || is_name(g, S("code")) ? read_value(g, &kind, &name)
                                                                 : skip_value(g)))
                return false;
        if (g->failed) return false;
    }
    if (g->failed || is_wgs84(text_of(g, name))) return !g->failed;
    return stop(g, ERR_UNSUPPORTED,
                "the coordinates are in the system \"%.*s\"; convert the file to longitude and latitude "
                "first, as with "
                "ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson",
                STR(str_slice(text_of(g, name), 0, 60)));
}

// -- geometry -----------------------------------------------------------------------------------------------

static bool add_point(struct geojson *g, const double position[2])
{
    if (g->n_points == g->cap_points) {
        size_t  cap = g->cap_points ? g->cap_points + g->cap_points / 2 : 256;
        double *p = realloc(g->lon_lat, cap * 2 * sizeof *p);
        if (!p) return no_room(g);
        g->lon_lat = p;
        g->cap_points = cap;
    }
    memcpy(g->lon_lat + 2 * g->n_points++, position, 2 * sizeof position[0]);
    return true;
}

/// The points since the last part are one, unless there are none.
static bool end_part(struct geojson *g)
{
    if (g->n_points == (g->n_parts ? g->part_end[g->n_parts - 1] : 0)) return true;
    if (g->n_parts == g->cap_parts) {
        size_t    cap = g->cap_parts ? g->cap_parts + g->cap_parts / 2 : 64;
        uint32_t *end = realloc(g->part_end, cap * sizeof *end);
        if (!end) return no_room(g);
        g->part_end = end;
        uint32_t *polygon = realloc(g->part_polygon, cap * sizeof *polygon);
        if (!polygon) return no_room(g);
        g->part_polygon = polygon;
        g->cap_parts = cap;
    }
    g->part_end[g->n_parts] = (uint32_t)g->n_points;
    g->part_polygon[g->n_parts++] = g->polygon;
    return true;
}

/// Inside '[': longitude, latitude, and what else there is. A writer that has no coordinates sometimes says null.
static bool read_position(struct geojson *g, int level)
{
    char   number[NUMBER_MAX_BYTES];
    double value = 0, position[2] = { 0 };
    size_t n = 0, bytes;
    bool   end;
    if (g->level && g->level != level) return stop(g, ERR_PARSE, "the coordinates are nested unevenly");
    g->level = level;
    for (;;) {
        if (!next_element(g, &n, &end)) return false;
        if (end) break;
        if (look_on(g) == 'n') {
            if (!read_word(g, S("null"))) return false;
            g->null_coordinate = true;
        } else if (!read_number(g, number, &bytes, &value)) return false;
        if (n <= 2) position[n - 1] = value;
    }
    return n >= 2 ? add_point(g, position) : stop(g, ERR_PARSE, "a position has one coordinate only");
}

/// A list of any depth of lists down to positions. What it is will be known from the depth, as "type" may stand
/// behind it.
static bool read_coordinates(struct geojson *g, int level)
{
    enum { MAX_LEVEL = 4 };
    size_t n = 0, parts = g->n_parts;
    bool   end;
    if (look_on(g) != '[') return missing(g, look(g), "a list of coordinates");
    if (!descend(g)) return false;
    int c = look_on(g);
    if (c != '[' && c != ']') return read_position(g, level);
    if (c == ']' && level == g->level) return stop(g, ERR_PARSE, "a position has no coordinates");
    for (;;) {
        if (!next_element(g, &n, &end)) return false;
        if (end) break;
        if (level == MAX_LEVEL) return stop(g, ERR_PARSE, "the coordinates are nested too deeply");
        if (!read_coordinates(g, level + 1)) return false;
    }
    if (level == g->level - 1 && !end_part(g)) return false;
    if (level == MAX_LEVEL - 2 && g->level == MAX_LEVEL && g->n_parts > parts) g->polygon++;
    return true;
}

static bool set_shape(struct geojson *g)
{
    static const struct {
        const char        *name;
        enum geometry_kind kind;
        int                level;
    } shapes[] = {
        { "Point", GEOM_POINT, 1 },     { "MultiPoint", GEOM_MULTIPOINT, 2 },
        { "LineString", GEOM_LINE, 2 }, { "MultiLineString", GEOM_MULTILINE, 3 },
        { "Polygon", GEOM_POLYGON, 3 }, { "MultiPolygon", GEOM_MULTIPOLYGON, 4 },
    };
    str type = text_of(g, g->shape_type);
    if (!type.n) return stop(g, ERR_PARSE, "a geometry has no \"type\"");
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (!str_eq(type, str_of(shapes[i].name))) continue;
        if (!g->has_coordinates) return stop(g, ERR_PARSE, "a geometry has no \"coordinates\"");
        if (g->level && g->level != shapes[i].level)
            return stop(g, ERR_PARSE, "the coordinates of a %s are nested %d deep instead of %d",
                        shapes[i].name, g->level, shapes[i].level);
        if (g->level == 1 && !end_part(g)) return false;
        if (g->null_coordinate) g->problem = "a coordinate of the geometry is null";
        else
            g->shape = (struct geometry){ shapes[i].kind, g->lon_lat,      g->n_points,
                                          g->part_end,    g->part_polygon, g->n_parts };
        return true;
    }
    g->problem = str_eq(type, S("GeometryCollection"))
                     ? "the geometry is a GeometryCollection, which is not read"
                     : "the type of the geometry is none of GeoJSON";
    return true;
}

static bool read_geometry(struct geojson *g)
{
    enum { TYPE = 1, COORDINATES = 2 };
    unsigned seen = 0;
    size_t   n = 0;
    bool     end;
    if (look_on(g) == 'n') return read_word(g, S("null"));
    if (look_on(g) != '{') return missing(g, look(g), "a geometry or null");
    if (!descend(g)) return false;
    for (;;) {
        if (!next_member(g, &n, &end)) return false;
        if (end) return set_shape(g);
        if (is_name(g, S("type"))) {
            if (!once(g, &seen, TYPE) || !read_text(g, &g->shape_type)) return false;
        } else if (is_name(g, S("coordinates"))) {
            if (!once(g, &seen, COORDINATES) || !read_coordinates(g, 1)) return false;
            g->has_coordinates = true;
        } else if (!(is_name(g, S("crs")) ? read_crs(g) : skip_value(g))) return false;
    }
}

// -- features -----------------------------------------------------------------------------------------------

static bool read_property(struct geojson *g)
{
    str      key = buf_str(&g->name);
    uint64_t hash = str_hash(key);
    for (size_t i = 0; i < g->n_items; i++)
        if (g->item[i].hash == hash && str_eq(text_of(g, g->item[i].key), key))
            return stop(g, ERR_PARSE, "the property \"%.*s\" stands twice in one feature",
                        STR(str_slice(key, 0, 60)));
    if (g->n_items == GEOJSON_MAX_PROPERTIES)
        return stop(g, ERR_LIMIT, "a feature has more than %d properties", GEOJSON_MAX_PROPERTIES);
    struct item *item = &g->item[g->n_items++];
    *item = (struct item){ .key = { g->text.n, key.n }, .hash = hash };
    buf_add(&g->text, key);
    return read_value(g, &item->kind, &item->text);
}

/// A member beside the properties.
static bool read_beside(struct geojson *g)
{
    if (g->n_beside == GEOJSON_MAX_PROPERTIES)
        return stop(g, ERR_LIMIT, "a feature has more than %d members", GEOJSON_MAX_PROPERTIES);
    struct item *item = &g->beside[g->n_beside++];
    str          key = buf_str(&g->name);
    *item = (struct item){ .key = { g->text.n, key.n } };
    buf_add(&g->text, key);
    return read_value(g, &item->kind, &item->text);
}

static bool read_properties(struct geojson *g)
{
    size_t n = 0;
    bool   end;
    if (look_on(g) == 'n') return read_word(g, S("null"));
    if (look_on(g) != '{') return missing(g, look(g), "an object of properties or null");
    if (!descend(g)) return false;
    while (next_member(g, &n, &end))
        if (end) return true;
        else if (!read_property(g)) return false;
    return false;
}

static bool read_id(struct geojson *g)
{
    enum property_kind kind;
    if (!read_value(g, &kind, &g->id)) return false;
    if (kind != PROPERTY_ARRAY && kind != PROPERTY_OBJECT && kind != PROPERTY_BOOL) return true;
    return stop(g, ERR_PARSE, "the \"id\" of a feature is neither a string nor a number");
}

enum member { TYPE = 1, PROPERTIES = 2, GEOMETRY = 4, ID = 8, CRS = 16, FEATURES = 32 };

static unsigned member_of(const struct geojson *g)
{
    static const struct {
        const char *name;
        unsigned    member;
    } names[] = { { "type", TYPE }, { "properties", PROPERTIES }, { "geometry", GEOMETRY }, { "id", ID },
                  { "crs", CRS },   { "features", FEATURES } };
    for (size_t i = 0; i < COUNT(names); i++)
        if (is_name(g, str_of(names[i].name))) return names[i].member;
    return 0;
}

static void begin_feature(struct geojson *g)
{
    buf_reset(&g->text);
    g->unit_at = g->offset + g->at;
    g->type = g->id = g->shape_type = (struct span){ 0 };
    g->n_items = g->n_beside = g->n_points = g->n_parts = 0;
    g->has_coordinates = g->null_coordinate = false;
    g->level = 0;
    g->polygon = 0;
    g->problem = NULL;
    g->shape = (struct geometry){ 0 };
}

static bool check_type(struct geojson *g)
{
    str type = text_of(g, g->type);
    if (str_eq(type, S("Feature"))) return true;
    if (g->state != BEFORE) return stop(g, ERR_PARSE, "the object that ends here is not a Feature");
    if (str_eq(type, S("FeatureCollection"))) return stop(g, ERR_PARSE, "the collection has no \"features\"");
    return stop(g, ERR_PARSE,
                "the file is GeoJSON of type \"%.*s\"; a Feature or FeatureCollection is wanted",
                STR(str_slice(type, 0, 60)));
}

/// An object that is a feature; or, at the beginning of a file, the collection up to its list: then *list is set.
static bool read_feature(struct geojson *g, bool *list)
{
    unsigned seen = 0;
    size_t   n = 0;
    bool     end;
    if (look_on(g) != '{') return missing(g, look(g), "a feature");
    if (!descend(g)) return false;
    for (;;) {
        if (!next_member(g, &n, &end)) return false;
        if (end) return check_type(g);
        unsigned m = member_of(g);
        if (m && !once(g, &seen, m)) return false;
        bool fine = true;
        if (m == TYPE) fine = read_text(g, &g->type);
        else if (m == PROPERTIES) fine = read_properties(g);
        else if (m == GEOMETRY) fine = read_geometry(g);
        else if (m == ID) fine = read_id(g);
        else if (m == CRS) fine = read_crs(g);
        else if (m == FEATURES && g->state == BEFORE && !str_eq(text_of(g, g->type), S("Feature"))) {
            if (look_on(g) != '[') return missing(g, look(g), "the list of features");
            if ((seen & TYPE) && !str_eq(text_of(g, g->type), S("FeatureCollection"))) return check_type(g);
            g->list_seen = seen;
            *list = true;
            return descend(g);
        } else if (is_name(g, S("bbox")) || str_eq(text_of(g, g->type), S("FeatureCollection")))
            fine = skip_value(g);
        else fine = read_beside(g);
        if (!fine) return false;
    }
}

// -- the file -----------------------------------------------------------------------------------------------

/// Behind the list of features: what else the collection holds, and then nothing more.
static bool end_collection(struct geojson *g)
{
    size_t n = 1; // the list was a member
    bool   end;
    g->state = AFTER;
    for (;;) {
        buf_reset(&g->text);
        g->unit_at = g->offset + g->at;
        if (!next_member(g, &n, &end)) return false;
        if (end) break;
        unsigned m = member_of(g);
        if (m && !once(g, &g->list_seen, m)) return false;
        if (m == TYPE) {
            if (!read_text(g, &g->type)) return false;
            if (!str_eq(text_of(g, g->type), S("FeatureCollection")))
                return stop(g, ERR_PARSE, "an object with \"features\" is not of type FeatureCollection");
        } else if (!(m == CRS ? read_crs(g) : skip_value(g))) return false;
    }
    if (!(g->list_seen & TYPE)) return stop(g, ERR_PARSE, "the collection has no \"type\"");
    if (look_on(g) >= 0) return stop(g, ERR_PARSE, "something follows the end of the collection");
    return false;
}

/// g->state says what the object here belongs to.
static bool next_object(struct geojson *g, bool *list)
{
    look_on(g);
    begin_feature(g);
    g->feature_line = g->line;
    return read_feature(g, list);
}

static bool next_in_list(struct geojson *g)
{
    size_t n = g->features != 0;
    bool   end, list = false;
    if (!next_element(g, &n, &end)) return false;
    return end ? end_collection(g) : next_object(g, &list);
}

static bool next_in_sequence(struct geojson *g)
{
    bool list = false;
    while (look_on(g) == RECORD_SEPARATOR) pass(g, 1);
    if (look_on(g) < 0) {
        g->state = AFTER;
        return false;
    }
    return next_object(g, &list);
}

static bool first(struct geojson *g)
{
    static const unsigned char mark[] = { 0xEF, 0xBB, 0xBF };
    bool                       list = false;
    for (size_t i = 0; i < sizeof mark && look(g) == mark[i]; i++) pass(g, 1);
    while (look_on(g) == RECORD_SEPARATOR) pass(g, 1);
    if (look_on(g) < 0) return stop(g, ERR_PARSE, "the file is empty");
    if (look(g) != '{') return stop(g, ERR_PARSE, "GeoJSON begins with '{'; this is something else");
    if (!next_object(g, &list)) return false;
    g->state = list ? IN_LIST : IN_SEQUENCE;
    return list ? next_in_list(g) : true;
}

static void deliver_items(const struct geojson *g, const struct item *item, size_t n,
                          struct geojson_property *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (struct geojson_property){ text_of(g, item[i].key), item[i].kind, text_of(g, item[i].text) };
}

static void deliver(struct geojson *g, struct geojson_feature *f)
{
    deliver_items(g, g->item, g->n_items, g->property);
    deliver_items(g, g->beside, g->n_beside, g->other);
    *f = (struct geojson_feature){ .id = text_of(g, g->id),
                                   .property = g->property,
                                   .n_properties = g->n_items,
                                   .beside = g->other,
                                   .n_beside = g->n_beside,
                                   .geometry = g->shape,
                                   .problem = g->problem,
                                   .line = g->feature_line,
                                   .number = ++g->features };
}

bool geojson_next(struct geojson *g, struct geojson_feature *f)
{
    static bool (*const next[])(struct geojson *) = {
        [BEFORE] = first,
        [IN_LIST] = next_in_list,
        [IN_SEQUENCE] = next_in_sequence,
    };
    if (g->failed || g->state == AFTER || !next[g->state](g) || g->failed) return false;
    deliver(g, f);
    return true;
}

str geojson_text(const struct geojson_feature *f, str key, bool *found)
{
    for (size_t i = 0; i < f->n_properties; i++) {
        if (!str_eq(f->property[i].key, key)) continue;
        if (found) *found = true;
        return f->property[i].text;
    }
    if (found) *found = false;
    return (str){ 0 };
}
