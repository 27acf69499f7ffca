// SPDX-License-Identifier: EUPL-1.2
// A streaming reader of GeoJSON (RFC 7946): one feature at a time out of a FeatureCollection of any size, a single
// Feature, or a sequence of features (RFC 8142, with or without the record separator; one per line).
// Members that GeoJSON does not know are passed over, but for those of a feature, which stand beside its properties. A legacy "crs" member is accepted when it
// names WGS84 with longitude first, and refused otherwise, also behind the features: so trust no feature before
// geojson_end. Strict: malformed JSON or UTF-8, NUL, numbers that are not finite, nesting over 64, a member of a
// feature, of its geometry or of its properties that stands twice are ERR_PARSE with line and column (in bytes).
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "wire/stream.h"

enum { GEOJSON_MAX_FEATURE_BYTES = 32 << 20, GEOJSON_MAX_PROPERTIES = 512, GEOJSON_MAX_DEPTH = 64 };

enum property_kind {
    PROPERTY_NULL,
    PROPERTY_BOOL,
    PROPERTY_NUMBER,
    PROPERTY_STRING,
    PROPERTY_ARRAY,
    PROPERTY_OBJECT
};
struct geojson_property {
    str                key;
    enum property_kind kind;
    str text; // string: decoded; number, true, false: as written; array, object: the raw JSON; null: empty
};

enum geometry_kind {
    GEOM_NONE,
    GEOM_POINT,
    GEOM_MULTIPOINT,
    GEOM_LINE,
    GEOM_MULTILINE,
    GEOM_POLYGON,
    GEOM_MULTIPOLYGON
};
/// Rings, lines or points, all parts behind each other; no part is empty. For a multipolygon part_polygon[i] is the
/// number of the polygon that ring i belongs to; its first ring is the outer one. Altitudes are left out.
struct geometry {
    enum geometry_kind kind;
    const double      *lon_lat;      // [2 * n_points] degrees, as written (not checked for range)
    size_t             n_points;     // 0: "coordinates" is empty
    const uint32_t    *part_end;     // [n_parts] points up to the end of each part
    const uint32_t    *part_polygon; // [n_parts]; all 0 but for multipolygons
    size_t             n_parts;
};

struct geojson_feature {
    str                            id;       // "id" member as text; empty when there is none
    const struct geojson_property *property; // [n_properties]
    size_t                         n_properties;
    const struct geojson_property
          *beside; // [n_beside] members of the feature that GeoJSON does not know; one may stand twice
    size_t n_beside;
    struct geometry geometry;
    const char *problem; // why a geometry that stands there was not read (then it is GEOM_NONE); NULL: none
    uint64_t    line;    // line the feature begins on
    uint64_t    number;  // from 1
};

struct geojson;
enum err geojson_open(struct scope *sc, struct stream *from, struct geojson **out);
void     geojson_close(struct geojson *g);
void     geojson_closep(struct geojson **g);
/// The next feature; its memory is valid until the next call. False at the end or when reading failed.
bool     geojson_next(struct geojson *g, struct geojson_feature *f);
/// OK, or what ended reading: ERR_PARSE, ERR_LIMIT, ERR_UNSUPPORTED (another coordinate system), ERR_NOMEM, ERR_IO.
enum err geojson_end(struct scope *sc, const struct geojson *g);
/// Text of a property, or an empty slice; *found (may be NULL) tells whether it is there.
str      geojson_text(const struct geojson_feature *f, str key, bool *found);
