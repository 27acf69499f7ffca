// SPDX-License-Identifier: EUPL-1.2
// The slow, obvious reader of vector tiles, as a judge of the writer: turns a tile into text, and refuses
// whatever the specification (2.1) forbids, naming the clause. Written from the specification, shares no code
// with src/tile.
#pragma once
#include "check.h"

struct mvt_bytes {
    const unsigned char *p, *end;
    const char          *bad; // first rule that was broken
};

static inline uint64_t mvt_varint(struct mvt_bytes *b)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (b->p == b->end) break;
        unsigned char c = *b->p++;
        v |= (uint64_t)(c & 0x7F) << shift;
        if (c < 0x80) return v;
    }
    b->bad = "protobuf: a varint does not end";
    b->p = b->end;
    return 0;
}

static inline struct mvt_bytes mvt_part(struct mvt_bytes *b)
{
    uint64_t n = mvt_varint(b);
    if (n > (uint64_t)(b->end - b->p)) {
        b->bad = "protobuf: a length points outside";
        n = 0;
    }
    struct mvt_bytes part = { b->p, b->p + n, NULL };
    b->p += n;
    return part;
}

enum { MVT_READ_MAX = 1 << 17, MVT_READ_POINTS = 1 << 16 };
struct mvt_layer_read {
    str              name, keys[64];
    struct mvt_bytes values[MVT_READ_MAX], features[MVT_READ_MAX];
    size_t           n_keys, n_values, n_features;
    uint64_t         extent, version;
};

static inline void mvt_value(struct buf *to, struct mvt_bytes v, const char **bad)
{
    uint64_t key = mvt_varint(&v);
    if (key == (1 << 3 | 2)) {
        struct mvt_bytes s = mvt_part(&v);
        buf_printf(to, "\"%.*s\"", (int)(s.end - s.p), (const char *)s.p);
    } else if (key == (5 << 3 | 0)) buf_add_u64(to, mvt_varint(&v));
    else *bad = "4.4: a value of another type than we write";
    if (v.p != v.end) *bad = "4.4: a value must hold exactly one field";
    if (v.bad) *bad = v.bad;
}

static inline int64_t mvt_ring_area2(const int64_t *xy, size_t n)
{
    int64_t a = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = (i + 1) % n;
        a += xy[2 * i] * xy[2 * k + 1] - xy[2 * k] * xy[2 * i + 1];
    }
    return a;
}

/// Geometry of one feature as text; checks clauses 4.3.1 to 4.3.4.
static inline const char *mvt_geometry(struct buf *to, struct mvt_bytes g, uint64_t type)
{
    static int64_t xy[2 * MVT_READ_POINTS];
    int64_t        x = 0, y = 0;
    size_t         n = 0;
    bool           outer_seen = false, open = false;
    if (g.p == g.end) return "4.3: a feature must have a geometry";
    while (g.p < g.end) {
        uint64_t c = mvt_varint(&g), id = c & 7, count = c >> 3;
        if (id == 7) {
            if (type != 3 || count != 1) return "4.3.3.3: ClosePath is for polygons, once";
            if (!open || n < 3) return "4.3.4.4: a ring needs MoveTo and at least two more points";
            if (xy[0] == xy[2 * n - 2] && xy[1] == xy[2 * n - 1])
                return "4.3.4.4: a ring must not repeat its first point";
            int64_t a = mvt_ring_area2(xy, n);
            if (!a) return "4.3.4.4: a ring must have area";
            if (a < 0 && !outer_seen) return "4.3.4.4: the first ring must be an outer ring";
            outer_seen = true;
            buf_printf(to, a > 0 ? " Z+" : " Z-");
            open = false;
            continue;
        }
        if (id != 1 && id != 2) return "4.3.1: unknown command";
        if (!count) return "4.3.1: a command must have a count";
        if (id == 1 && type != 1 && (count != 1 || open)) return "4.3.4: MoveTo begins a part, once";
        if (id == 2 && (type == 1 || !open)) return "4.3.4: LineTo belongs behind a MoveTo";
        if (id == 2 && n != 1) return "4.3.4: one LineTo to a part";
        if (id == 1) {
            n = 0;
            open = true;
        }
        buf_add_c(to, ' ');
        buf_add_c(to, id == 1 ? 'M' : 'L');
        for (uint64_t i = 0; i < count; i++) {
            uint64_t dx = mvt_varint(&g), dy = mvt_varint(&g);
            int64_t  sx = (int64_t)(dx >> 1) ^ -(int64_t)(dx & 1),
                    sy = (int64_t)(dy >> 1) ^ -(int64_t)(dy & 1);
            if (id == 2 && !sx && !sy) return "4.3.3.2: a LineTo must move";
            x += sx;
            y += sy;
            if (n < MVT_READ_POINTS) {
                xy[2 * n] = x;
                xy[2 * n + 1] = y;
                n++;
            }
            buf_printf(to, " %lld,%lld", (long long)x, (long long)y);
        }
        if (type == 2 && id == 2) open = false;
        if (g.bad) return g.bad;
    }
    if (open && type != 1) return "4.3.4: the last part is not complete";
    return g.bad;
}

static inline const char *mvt_feature(struct buf *to, const struct mvt_layer_read *l, struct mvt_bytes f)
{
    static const char *const types[] = { "unknown", "point", "line", "polygon" };
    struct mvt_bytes         tags = { 0 }, geometry = { 0 };
    uint64_t                 type = 0;
    const char              *bad = NULL;
    buf_add(to, S(" "));
    while (f.p < f.end) {
        uint64_t key = mvt_varint(&f);
        if (key == (1 << 3 | 0)) buf_printf(to, " id=%llu", (unsigned long long)mvt_varint(&f));
        else if (key == (2 << 3 | 2)) tags = mvt_part(&f);
        else if (key == (3 << 3 | 0)) type = mvt_varint(&f);
        else if (key == (4 << 3 | 2)) geometry = mvt_part(&f);
        else return "4.2: unknown field in a feature";
    }
    if (f.bad) return f.bad;
    if (type < 1 || type > 3) return "4.3.4: unknown type of geometry";
    buf_printf(to, " %s", types[type]);
    while (tags.p < tags.end) {
        uint64_t k = mvt_varint(&tags);
        if (tags.p == tags.end) return "4.4: tags must be even in number";
        uint64_t v = mvt_varint(&tags);
        if (k >= l->n_keys || v >= l->n_values) return "4.4: a tag points outside its table";
        buf_printf(to, " %.*s=", STR(l->keys[k]));
        mvt_value(to, l->values[v], &bad);
        if (bad) return bad;
    }
    buf_add(to, S(" :"));
    bad = mvt_geometry(to, geometry, type);
    buf_add_c(to, '\n');
    return bad;
}

static inline const char *mvt_layer(struct buf *to, struct mvt_bytes b)
{
    struct mvt_layer_read *l = calloc(1, sizeof *l);
    const char            *bad = NULL;
    while (b.p < b.end) {
        uint64_t key = mvt_varint(&b);
        if (key == (15 << 3 | 0)) l->version = mvt_varint(&b);
        else if (key == (5 << 3 | 0)) l->extent = mvt_varint(&b);
        else if (key == (1 << 3 | 2)) {
            struct mvt_bytes s = mvt_part(&b);
            l->name = (str){ (const char *)s.p, (size_t)(s.end - s.p) };
        } else if (key == (2 << 3 | 2) && l->n_features < MVT_READ_MAX)
            l->features[l->n_features++] = mvt_part(&b);
        else if (key == (3 << 3 | 2) && l->n_keys < 64) {
            struct mvt_bytes s = mvt_part(&b);
            l->keys[l->n_keys++] = (str){ (const char *)s.p, (size_t)(s.end - s.p) };
        } else if (key == (4 << 3 | 2) && l->n_values < MVT_READ_MAX) l->values[l->n_values++] = mvt_part(&b);
        else bad = "4.1: unknown field in a layer";
        if (b.bad) bad = b.bad;
        if (bad) break;
    }
    if (!bad && (l->version != 2 || !l->name.n || !l->extent))
        bad = "4.1: version 2, a name and an extent must stand";
    if (!bad && !l->n_features) bad = "4.1: a layer should have a feature";
    for (size_t i = 0; !bad && i < l->n_keys; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(l->keys[i], l->keys[k])) bad = "4.4: a key stands twice";
    for (size_t i = 0; !bad && i < l->n_values && l->n_values < 5000; i++)
        for (size_t k = 0; k < i; k++) {
            str a = { (const char *)l->values[i].p, (size_t)(l->values[i].end - l->values[i].p) };
            str c = { (const char *)l->values[k].p, (size_t)(l->values[k].end - l->values[k].p) };
            if (str_eq(a, c)) bad = "4.4: a value stands twice";
        }
    if (!bad) buf_printf(to, "layer %.*s extent %llu\n", STR(l->name), (unsigned long long)l->extent);
    for (size_t i = 0; !bad && i < l->n_features; i++) bad = mvt_feature(to, l, l->features[i]);
    free(l);
    return bad;
}

/// NULL, or the rule that the tile breaks. Text is appended to `to`: one line a layer, one line a feature.
static inline const char *mvt_read(struct buf *to, str tile)
{
    struct mvt_bytes b = { (const unsigned char *)tile.p, (const unsigned char *)tile.p + tile.n, NULL };
    const char      *bad = NULL;
    while (!bad && b.p < b.end) {
        if (mvt_varint(&b) != (3 << 3 | 2)) return "4.1: unknown field in a tile";
        struct mvt_bytes layer = mvt_part(&b);
        bad = b.bad ? b.bad : mvt_layer(to, layer);
    }
    return bad;
}

/// Sum of the property `n` over the features of a layer in the text.
static inline uint64_t mvt_sum_n(str text, str layer)
{
    uint64_t sum = 0, n;
    bool     in = false;
    str      line;
    while (str_cut(&text, '\n', &line)) {
        if (str_starts(line, S("layer ")))
            in = str_starts(str_slice(line, 6, line.n), layer) && line.p[6 + layer.n] == ' ';
        str word;
        while (in && str_cut(&line, ' ', &word))
            if (str_starts(word, S("n=")) && str_to_u64(str_slice(word, 2, word.n), &n)) sum += n;
    }
    return sum;
}
