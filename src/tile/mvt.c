// SPDX-License-Identifier: EUPL-1.2
#include "tile/mvt.h"

#include "base/arena.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

// Protobuf: key = field number << 3 | wire type; 0 varint, 2 length-delimited. Field numbers of
// vector_tile.proto:
enum { VARINT = 0, BYTES = 2 };
enum { TILE_LAYER = 3 };
enum {
    LAYER_NAME = 1,
    LAYER_FEATURE = 2,
    LAYER_KEY = 3,
    LAYER_VALUE = 4,
    LAYER_EXTENT = 5,
    LAYER_VERSION = 15
};
enum { FEATURE_ID = 1, FEATURE_TAGS = 2, FEATURE_TYPE = 3, FEATURE_GEOMETRY = 4 };
enum { VALUE_STRING = 1, VALUE_UINT = 5 };
enum { TYPE_POINT = 1, TYPE_LINE = 2, TYPE_POLYGON = 3 };
enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };
enum { EXTENT = 4096, VERSION = 2 };

static size_t varint_size(uint64_t v)
{
    return v ? (size_t)(63 - __builtin_clzll(v)) / 7 + 1 : 1;
}

static void add_key(struct buf *b, unsigned field, unsigned wire)
{
    buf_add_varint(b, field << 3 | wire);
}

static void add_bytes(struct buf *b, unsigned field, str s)
{
    add_key(b, field, BYTES);
    buf_add_varint(b, s.n);
    buf_add(b, s);
}

static uint32_t zigzag(int32_t v)
{
    return (uint32_t)v << 1 ^ (uint32_t)(v >> 31);
}

// -- life ---------------------------------------------------------------------------------------------------

void mvt_init(struct mvt *m, struct scope *sc, struct buf *out)
{
    *m = (struct mvt){ .sc = sc, .out = out };
    buf_init(&m->features, out->ceiling);
    buf_init(&m->values, out->ceiling);
    buf_init(&m->one, out->ceiling);
}

void mvt_free(struct mvt *m)
{
    buf_free(&m->features);
    buf_free(&m->values);
    buf_free(&m->one);
    free(m->slot);
    free(m->value);
    m->slot = NULL;
    m->value = NULL;
}

enum err mvt_end(struct mvt *m)
{
    if (m->nomem) return fail(&m->sc->fault, ERR_NOMEM, "no room for a tile");
    TRY(buf_end(m->sc, &m->features));
    TRY(buf_end(m->sc, &m->values));
    TRY(buf_end(m->sc, &m->one));
    return buf_end(m->sc, m->out);
}

// -- keys and values ----------------------------------------------------------------------------------------

static uint32_t key_number(struct mvt *m, str key)
{
    for (size_t i = 0; i < m->n_keys; i++)
        if (str_eq(m->key[i], key)) return (uint32_t)i;
    if (m->n_keys == MVT_MAX_KEYS) abort(); // the keys are ours, written in tile.c
    m->key[m->n_keys] = key;
    return (uint32_t)m->n_keys++;
}

/// Doubles both tables; every number moves to its new slot.
static bool values_grow(struct mvt *m)
{
    size_t            n = m->n_slots ? 2 * m->n_slots : 256;
    uint32_t         *slot = calloc(n, sizeof *slot);
    struct mvt_value *value = slot ? realloc(m->value, n / 2 * sizeof *value) : NULL;
    if (!value) {
        free(slot);
        m->nomem = true;
        return false;
    }
    free(m->slot);
    m->slot = slot;
    m->value = value;
    m->n_slots = n;
    for (size_t i = 0; i < m->n_values; i++) {
        size_t at = value[i].hash & (n - 1);
        while (slot[at]) at = (at + 1) & (n - 1);
        slot[at] = (uint32_t)i + 1;
    }
    return true;
}

/// The value stands already at the end of m->values, from `at` on; it is taken away again when it is not new.
static uint32_t value_number(struct mvt *m, size_t at)
{
    if (m->values.failed || (m->n_values == m->n_slots / 2 && !values_grow(m))) return 0;
    str      v = { m->values.p + at, m->values.n - at };
    uint64_t hash = str_hash(v);
    size_t   slot = hash & (m->n_slots - 1);
    for (; m->slot[slot]; slot = (slot + 1) & (m->n_slots - 1)) {
        const struct mvt_value *old = &m->value[m->slot[slot] - 1];
        if (old->hash == hash && old->n == v.n && !memcmp(m->values.p + old->at, v.p, v.n)) {
            m->values.n = at;
            return m->slot[slot] - 1;
        }
    }
    m->value[m->n_values] = (struct mvt_value){ hash, (uint32_t)at, (uint32_t)v.n };
    m->slot[slot] = (uint32_t)++m->n_values;
    return (uint32_t)m->n_values - 1;
}

static void add_tag(struct mvt *m, str key, size_t value_at)
{
    uint32_t k = key_number(m, key);
    m->tag[m->n_tags++] = k;
    m->tag[m->n_tags++] = value_number(m, value_at);
}

void mvt_tag_str(struct mvt *m, str key, str value)
{
    size_t at = m->values.n;
    if (!value.n || m->n_tags == COUNT(m->tag)) return;
    add_bytes(&m->values, VALUE_STRING, value);
    add_tag(m, key, at);
}

void mvt_tag_u64(struct mvt *m, str key, uint64_t value)
{
    size_t at = m->values.n;
    if (m->n_tags == COUNT(m->tag)) return;
    add_key(&m->values, VALUE_UINT, VARINT);
    buf_add_varint(&m->values, value);
    add_tag(m, key, at);
}

// -- layers and features ------------------------------------------------------------------------------------

void mvt_layer_begin(struct mvt *m, str name)
{
    m->layer = name;
    m->n_keys = m->n_values = m->n_features = 0;
    if (m->slot) memset(m->slot, 0, m->n_slots * sizeof *m->slot);
    buf_reset(&m->features);
    buf_reset(&m->values);
}

void mvt_layer_end(struct mvt *m)
{
    if (!m->n_features || m->values.failed || m->features.failed || m->nomem) {
        m->nomem = m->nomem || m->values.failed || m->features.failed;
        return;
    }
    size_t n = m->features.n + 1 + varint_size(m->layer.n) + m->layer.n + 1 + varint_size(EXTENT) + 2;
    for (size_t i = 0; i < m->n_keys; i++) n += 1 + varint_size(m->key[i].n) + m->key[i].n;
    for (size_t i = 0; i < m->n_values; i++) n += 1 + varint_size(m->value[i].n) + m->value[i].n;
    add_key(m->out, TILE_LAYER, BYTES);
    buf_add_varint(m->out, n);
    add_bytes(m->out, LAYER_NAME, m->layer);
    buf_add(m->out, buf_str(&m->features));
    for (size_t i = 0; i < m->n_keys; i++) add_bytes(m->out, LAYER_KEY, m->key[i]);
    for (size_t i = 0; i < m->n_values; i++)
        add_bytes(m->out, LAYER_VALUE, (str){ m->values.p + m->value[i].at, m->value[i].n });
    add_key(m->out, LAYER_EXTENT, VARINT);
    buf_add_varint(m->out, EXTENT);
    add_key(m->out, LAYER_VERSION, VARINT);
    buf_add_varint(m->out, VERSION);
}

void mvt_feature_begin(struct mvt *m)
{
    m->n_tags = 0;
    m->has_id = false;
    m->type = 0;
    m->x = m->y = 0;
    buf_reset(&m->one);
}

void mvt_id(struct mvt *m, uint64_t id)
{
    m->has_id = true;
    m->id = id;
}

void mvt_feature_end(struct mvt *m)
{
    if (!m->type || m->one.failed) {
        m->nomem = m->nomem || m->one.failed;
        return;
    }
    size_t tags = 0, n = 0;
    for (size_t i = 0; i < m->n_tags; i++) tags += varint_size(m->tag[i]);
    if (m->has_id) n += 1 + varint_size(m->id);
    if (tags) n += 1 + varint_size(tags) + tags;
    n += 2 + 1 + varint_size(m->one.n) + m->one.n;
    struct buf *f = &m->features;
    add_key(f, LAYER_FEATURE, BYTES);
    buf_add_varint(f, n);
    if (m->has_id) {
        add_key(f, FEATURE_ID, VARINT);
        buf_add_varint(f, m->id);
    }
    if (tags) {
        add_key(f, FEATURE_TAGS, BYTES);
        buf_add_varint(f, tags);
        for (size_t i = 0; i < m->n_tags; i++) buf_add_varint(f, m->tag[i]);
    }
    add_key(f, FEATURE_TYPE, VARINT);
    buf_add_varint(f, (unsigned)m->type);
    add_bytes(f, FEATURE_GEOMETRY, buf_str(&m->one));
    m->n_features++;
}

// -- geometry -----------------------------------------------------------------------------------------------

static void command(struct mvt *m, unsigned id, size_t count)
{
    buf_add_varint(&m->one, id | (uint64_t)count << 3);
}

static void step(struct mvt *m, struct mvt_point p)
{
    buf_add_varint(&m->one, zigzag(p.x - m->x));
    buf_add_varint(&m->one, zigzag(p.y - m->y));
    m->x = p.x;
    m->y = p.y;
}

static bool same(struct mvt_point a, struct mvt_point b)
{
    return a.x == b.x && a.y == b.y;
}

void mvt_point(struct mvt *m, struct mvt_point p)
{
    m->type = TYPE_POINT;
    command(m, MOVE_TO, 1);
    step(m, p);
}

void mvt_line(struct mvt *m, const struct mvt_point *p, size_t n)
{
    size_t steps = 0;
    for (size_t i = 1; i < n; i++) steps += !same(p[i], p[i - 1]);
    if (!steps) return;
    m->type = TYPE_LINE;
    command(m, MOVE_TO, 1);
    step(m, p[0]);
    command(m, LINE_TO, steps);
    for (size_t i = 1; i < n; i++)
        if (!same(p[i], p[i - 1])) step(m, p[i]);
}

int64_t mvt_area2(const struct mvt_point *p, size_t n)
{
    int64_t a = 0;
    for (size_t i = 0; i < n; i++) {
        struct mvt_point b = p[i + 1 < n ? i + 1 : 0];
        a += (int64_t)p[i].x * b.y - (int64_t)b.x * p[i].y;
    }
    return a;
}

bool mvt_ring(struct mvt *m, const struct mvt_point *p, size_t n, bool hole)
{
    while (n > 1 && same(p[n - 1], p[0])) n--;
    for (; n > 1 && same(p[1], p[0]); n--) p++; // so that both ways round have as many steps
    int64_t area = mvt_area2(p, n);
    if (n < 3 || !area) return false;
    bool   turn = (area > 0) == hole;
    size_t steps = 0;
    for (size_t i = 1; i < n; i++) steps += !same(p[i], p[i - 1]);
    m->type = TYPE_POLYGON;
    command(m, MOVE_TO, 1);
    step(m, p[0]);
    command(m, LINE_TO, steps);
    for (size_t i = 1; i < n; i++) {
        // The first point stays the first, whichever way round.
        struct mvt_point here = turn ? p[n - i] : p[i];
        if (here.x != m->x || here.y != m->y) step(m, here);
    }
    command(m, CLOSE_PATH, 1);
    return true;
}

// -- squares ------------------------------------------------------------------------------------------------

enum { SQUARES_MAX_BITS = 6, SQUARE_MAX_BYTES = 96, KNOWN_BITS = 13 };

// Numbers of the values that stand in the layer already, by open addressing: at most half full.
struct known {
    uint32_t count[1 << KNOWN_BITS], value[1 << KNOWN_BITS];
};

static uint32_t count_value(struct mvt *m, struct known *k, uint32_t count)
{
    uint32_t at = count * 2654435769u >> (32 - KNOWN_BITS);
    while (k->count[at] != count) {
        if (!k->count[at]) { // no square has the count 0
            size_t begin = m->values.n;
            add_key(&m->values, VALUE_UINT, VARINT);
            buf_add_varint(&m->values, count);
            k->count[at] = count;
            k->value[at] = value_number(m, begin);
            break;
        }
        at = (at + 1) & ((1 << KNOWN_BITS) - 1);
    }
    return k->value[at];
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

// The line around a square of this side, behind its first corner: the same for all squares of a tile.
struct around {
    uint8_t p[32];
    size_t  n;
};

static struct around around_of(int32_t side)
{
    struct around a = { { 3 << 3 | LINE_TO } };
    const int32_t way[] = { side, 0, 0, side, -side, 0 };
    uint8_t      *p = a.p + 1;
    for (size_t i = 0; i < COUNT(way); i++) p = put_varint(p, zigzag(way[i]));
    *p++ = 1 << 3 | CLOSE_PATH;
    a.n = (size_t)(p - a.p);
    return a;
}

// Every part is shorter than 128 bytes: its length is one byte, filled in behind it.
static uint8_t *put_square(uint8_t *p, uint64_t id, uint32_t value, int32_t x, int32_t y,
                           const struct around *around)
{
    uint8_t *feature = p + 1, *part;
    *p = LAYER_FEATURE << 3 | BYTES;
    p[2] = FEATURE_ID << 3 | VARINT;
    p = put_varint(p + 3, id);
    part = p + 1;
    *p = FEATURE_TAGS << 3 | BYTES;
    p[2] = 0; // the only key
    p = put_varint(p + 3, value);
    *part = (uint8_t)(p - part - 1);
    *p++ = FEATURE_TYPE << 3 | VARINT;
    *p++ = TYPE_POLYGON;
    part = p + 1;
    *p = FEATURE_GEOMETRY << 3 | BYTES;
    p[2] = 1 << 3 | MOVE_TO;
    p = put_varint(put_varint(p + 3, zigzag(x)), zigzag(y));
    memcpy(p, around->p, sizeof around->p);
    p += around->n;
    *part = (uint8_t)(p - part - 1);
    *feature = (uint8_t)(p - feature - 1);
    return p;
}

void mvt_squares(struct mvt *m, str layer, const uint32_t *count, unsigned bits, unsigned world_bits,
                 uint32_t tile_x, uint32_t tile_y)
{
    uint32_t          side = (uint32_t)1 << bits, n = 0;
    int32_t           units = EXTENT >> bits;
    struct around     around = around_of(units);
    struct arena_mark mark = arena_mark(m->sc->mem);
    struct known     *known = arena_new(m->sc->mem, struct known);
    assert(bits <= SQUARES_MAX_BITS);
    mvt_layer_begin(m, layer);
    for (uint32_t i = 0; i < side * side; i++) n += count[i] != 0;
    uint8_t *begin = known ? buf_room(&m->features, (size_t)n * SQUARE_MAX_BYTES) : NULL, *p = begin;
    if (!begin) {
        m->nomem = m->nomem || n;
        return;
    }
    key_number(m, S("n"));
    for (uint32_t row = 0; row < side; row++) {
        uint64_t first = ((uint64_t)tile_y << bits | row) << world_bits | (uint64_t)tile_x << bits;
        for (uint32_t column = 0; column < side; column++) {
            uint32_t here = count[row << bits | column];
            if (here)
                p = put_square(p, first | column, count_value(m, known, here), (int32_t)column * units,
                               (int32_t)row * units, &around);
        }
    }
    m->features.n = (size_t)(p - begin);
    m->n_features = n;
    arena_back(m->sc->mem, mark);
    mvt_layer_end(m);
}
