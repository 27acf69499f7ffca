// SPDX-License-Identifier: EUPL-1.2
#include "index/dictionary_int.h"
#include "base/arena.h"
#include "base/civil.h"
#include <string.h>

// -- to the file --------------------------------------------------------------------------------------------

// Beyond its last byte a section could not be addressed by the u32 of a slice.
#define SECTION_MAX ((size_t)UINT32_MAX)

static struct format_text put_text(struct dictionary *d, str s)
{
    struct buf        *b = &d->section[SECTION_STRINGS];
    struct format_text t = { s.n ? (uint32_t)b->n : 0, (uint32_t)s.n };
    buf_add(b, s);
    return t;
}

static void put(struct dictionary *d, enum section s, const void *record, size_t size)
{
    buf_add_bytes(&d->section[s], record, size);
}

static void put_labels(struct dictionary *d, const str *label, struct format_text *out)
{
    for (int l = 0; l < LANGUAGES; l++) out[l] = put_text(d, label[l]);
}

static uint32_t count_of(const struct dictionary *d, enum section s, size_t size)
{
    return (uint32_t)(d->section[s].n / size);
}

static enum err put_parts(struct scope *sc, struct dictionary *d, const struct point *p, size_t n_points,
                          const uint32_t *end, size_t n_parts, str of)
{
    for (size_t i = 0; i < n_parts; i++)
        if (end[i] > n_points || (i && end[i] < end[i - 1]))
            return fail(&sc->fault, ERR_INVALID, "ring %zu of \"%.*s\" ends at point %u of %zu", i, STR(of),
                        end[i], n_points);
    put(d, SECTION_POINTS, p, n_points * sizeof *p);
    put(d, SECTION_PARTS, end, n_parts * sizeof *end);
    return OK;
}

static enum err put_areas(struct scope *sc, struct dictionary *d, const struct release_set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct release_area *a = &s->areas[i];
        struct format_area         f = {
                    .code = put_text(d, a->code),
                    .name = put_text(d, a->name),
                    .parent = put_text(d, a->parent),
                    .box = a->box,
                    .label = a->label,
                    .first_figure = count_of(d, SECTION_FIGURES, sizeof(struct format_figure)),
                    .n_figures = (uint32_t)a->n_figures,
                    .first_point = count_of(d, SECTION_POINTS, sizeof(struct point)),
                    .n_points = (uint32_t)a->n_points,
                    .first_part = count_of(d, SECTION_PARTS, sizeof(uint32_t)),
                    .n_parts = (uint32_t)a->n_rings,
        };
        for (size_t k = 0; k < a->n_figures; k++) {
            const struct release_figure *g = &a->figures[k];
            put(d, SECTION_FIGURES, &(struct format_figure){ g->population, g->officers, g->year, 0 },
                sizeof(struct format_figure));
        }
        TRY(put_parts(sc, d, a->point, a->n_points, a->ring_end, a->n_rings, a->code));
        put(d, SECTION_AREAS, &f, sizeof f);
    }
    return OK;
}

static enum err put_features(struct scope *sc, struct dictionary *d, const struct release_layer *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct release_feature *x = &l->features[i];
        struct format_feature         f = {
                    .name = put_text(d, x->name),
                    .class = put_text(d, x->class),
                    .box = x->box,
                    .shape = x->shape,
                    .first_point = count_of(d, SECTION_POINTS, sizeof(struct point)),
                    .n_points = (uint32_t)x->n_points,
                    .first_part = count_of(d, SECTION_PARTS, sizeof(uint32_t)),
                    .n_parts = (uint32_t)x->n_parts,
        };
        TRY(put_parts(sc, d, x->point, x->n_points, x->part_end, x->n_parts, x->name));
        put(d, SECTION_FEATURES, &f, sizeof f);
    }
    return OK;
}

static enum err check_counts(struct scope *sc, const struct release_info *in)
{
    const struct {
        const char *what;
        size_t      n, max;
    } lists[] = {
        { "categories", in->n_categories, MAX_CATEGORIES },
        { "mixes of categories", in->n_mixes, MAX_MIXES },
        { "outcomes", in->n_outcomes, MAX_OUTCOMES },
        { "sources", in->n_sources, UINT16_MAX },
        { "area sets", in->n_sets, MAX_AREA_SETS },
        { "counts by area", in->n_counts, INDEX_MAX_COUNTS },
        { "layers", in->n_layers, UINT16_MAX },
        { "places", in->n_places, UINT32_MAX / 8 },
    };
    for (size_t i = 0; i < COUNT(lists); i++)
        if (lists[i].n > lists[i].max)
            return fail(&sc->fault, ERR_LIMIT, "%zu %s; one release can have %zu", lists[i].n, lists[i].what,
                        lists[i].max);
    for (size_t i = 0; i < in->n_sets; i++)
        if (in->sets[i].n > INDEX_MAX_AREAS)
            return fail(&sc->fault, ERR_LIMIT, "the set \"%.*s\" has %zu areas; at most %d are possible",
                        STR(in->sets[i].key), in->sets[i].n, INDEX_MAX_AREAS);
    return OK;
}

static void put_meta(struct dictionary *d, const struct release_info *in, uint32_t leaf)
{
    struct format_meta m = {
        .release = in->release,
        .created_s = in->created_s,
        .rows = in->rows,
        .with_point = in->with_point,
        .epoch_day = in->rows ? in->first_day : 0,
        .first_day = in->first_day,
        .last_day = in->last_day,
        .anchor_m = in->anchor_m,
        .extent = in->extent,
        .tier = put_text(d, in->tier),
        .town = put_text(d, in->town),
        .timezone = put_text(d, in->timezone),
        .leaf = leaf,
        .lang = (uint8_t)in->lang,
        .demo = in->demo,
        .anchor_level = in->anchor_level,
        .finest = in->finest,
        .first_half = in->first_half,
        .last_half = in->last_half,
        .count_set = in->count_set,
        .delay_days = in->delay_days,
        .least = in->least,
    };
    put(d, SECTION_META, &m, sizeof m);
}

static void put_names(struct dictionary *d, const struct release_info *in)
{
    for (size_t i = 0; i < in->n_categories; i++) {
        const struct release_category *c = &in->categories[i];
        struct format_category         f = { .key = put_text(d, c->key),
                                             .iccs = (uint32_t)c->iccs,
                                             .source = c->source,
                                             .areas_only = c->areas_only };
        put_labels(d, c->label, f.label);
        put(d, SECTION_CATEGORIES, &f, sizeof f);
    }
    for (size_t i = 0; i < in->n_mixes; i++) {
        uint16_t n = (uint16_t)in->mixes[i].n;
        put(d, SECTION_MIXES, &n, sizeof n);
        put(d, SECTION_MIXES, in->mixes[i].category, n * sizeof n);
    }
    for (size_t i = 0; i < in->n_outcomes; i++) {
        const struct release_outcome *o = &in->outcomes[i];
        struct format_outcome         f = { .key = put_text(d, o->key), .is = (uint32_t)o->is };
        put_labels(d, o->label, f.label);
        put(d, SECTION_OUTCOMES, &f, sizeof f);
    }
    for (size_t i = 0; i < in->n_sources; i++) {
        const struct release_source *s = &in->sources[i];
        struct format_source         f = { put_text(d, s->key),      put_text(d, s->name),
                                           put_text(d, s->licence),  put_text(d, s->licence_url),
                                           put_text(d, s->homepage), put_text(d, s->attribution),
                                           put_text(d, s->caveat) };
        put(d, SECTION_SOURCES, &f, sizeof f);
    }
    for (size_t i = 0; i < in->n_places; i++) {
        struct format_text t = put_text(d, in->places[i]);
        put(d, SECTION_PLACES, &t, sizeof t);
    }
}

static void put_counts(struct dictionary *d, const struct release_info *in)
{
    for (size_t i = 0; i < SENSITIVITIES; i++)
        put(d, SECTION_RULES, &(struct format_rule){ in->rules[i].show, in->rules[i].finest },
            sizeof(struct format_rule));
    for (size_t i = 0; i < in->n_counts; i++) {
        const struct release_count *c = &in->counts[i];
        struct format_count         f = { .half = c->half,
                                          .count = c->count,
                                          .n_areas = (uint32_t)c->n,
                                          .class = c->class };
        put(d, SECTION_COUNTS, &f, sizeof f);
        put(d, SECTION_COUNT_AREAS, c->area, c->n * sizeof *c->area);
    }
}

static enum err put_shapes(struct scope *sc, struct dictionary *d, const struct release_info *in)
{
    for (size_t i = 0; i < in->n_sets; i++) {
        const struct release_set *s = &in->sets[i];
        struct format_set         f = { put_text(d, s->key), put_text(d, s->name), put_text(d, s->licence),
                                        count_of(d, SECTION_AREAS, sizeof(struct format_area)), (uint32_t)s->n };
        put(d, SECTION_SETS, &f, sizeof f);
        TRY(put_areas(sc, d, s));
    }
    for (size_t i = 0; i < in->n_layers; i++) {
        const struct release_layer *l = &in->layers[i];
        struct format_layer         f = { put_text(d, l->key), put_text(d, l->kind), put_text(d, l->licence),
                                          count_of(d, SECTION_FEATURES, sizeof(struct format_feature)),
                                          (uint32_t)l->n };
        put(d, SECTION_LAYERS, &f, sizeof f);
        TRY(put_features(sc, d, l));
    }
    return OK;
}

void dictionary_free(struct dictionary *d)
{
    for (size_t i = 0; i < COUNT(d->section); i++) buf_free(&d->section[i]);
}

enum err dictionary_encode(struct scope *sc, const struct release_info *in, uint32_t leaf,
                           struct dictionary *out)
{
    for (size_t i = 0; i < COUNT(out->section); i++) buf_init(&out->section[i], SECTION_MAX);
    TRY(check_counts(sc, in));
    put_meta(out, in, leaf);
    put_names(out, in);
    put_counts(out, in);
    TRY(put_shapes(sc, out, in));
    for (size_t i = 0; i < COUNT(out->section); i++) TRY(buf_end(sc, &out->section[i]));
    return OK;
}

// -- from the file ------------------------------------------------------------------------------------------

struct reader {
    struct scope              *sc;
    const unsigned char       *file;
    const struct format_entry *table;
    const void *own[SECTION_PLACES + 1]; // copies: what was checked stays so, whatever becomes of the file
    uint64_t    points, parts; // read so far: areas and features follow each other in both sections,
                               // so that nothing is checked twice however a file is made up
};

static const struct {
    const char *name;
    size_t      size; // of one record
} records[SECTION_PLACES + 1] = {
    [SECTION_META] = { "description", sizeof(struct format_meta) },
    [SECTION_STRINGS] = { "texts", 1 },
    [SECTION_CATEGORIES] = { "categories", sizeof(struct format_category) },
    [SECTION_OUTCOMES] = { "outcomes", sizeof(struct format_outcome) },
    [SECTION_SOURCES] = { "sources", sizeof(struct format_source) },
    [SECTION_SETS] = { "area sets", sizeof(struct format_set) },
    [SECTION_AREAS] = { "areas", sizeof(struct format_area) },
    [SECTION_FIGURES] = { "figures", sizeof(struct format_figure) },
    [SECTION_LAYERS] = { "layers", sizeof(struct format_layer) },
    [SECTION_FEATURES] = { "features", sizeof(struct format_feature) },
    [SECTION_POINTS] = { "points", sizeof(struct point) },
    [SECTION_PARTS] = { "rings", sizeof(uint32_t) },
    [SECTION_MIXES] = { "mixes of categories", sizeof(uint16_t) },
    [SECTION_RULES] = { "rules", sizeof(struct format_rule) },
    [SECTION_COUNTS] = { "counts by area", sizeof(struct format_count) },
    [SECTION_COUNT_AREAS] = { "areas of counts", sizeof(uint16_t) },
    [SECTION_PLACES] = { "places", sizeof(struct format_text) },
};

static enum err corrupt(const struct reader *r, enum section s, const char *what)
{
    return fail(&r->sc->fault, ERR_CORRUPT, "section %u (%s): %s", s, records[s].name, what);
}

static size_t count_in(const struct reader *r, enum section s)
{
    return (size_t)(r->table[s].size / records[s].size);
}

static const void *section_at(const struct reader *r, enum section s)
{
    return r->own[s] ? r->own[s] : r->file + r->table[s].offset;
}

static enum err get_text(const struct reader *r, enum section s, struct format_text t, str *out)
{
    if ((uint64_t)t.at + t.n > r->table[SECTION_STRINGS].size)
        return corrupt(r, s, "a text lies outside the texts");
    *out = (str){ (const char *)section_at(r, SECTION_STRINGS) + t.at, t.n };
    return OK;
}

static enum err get_labels(const struct reader *r, enum section s, const struct format_text *t, str *out)
{
    for (int l = 0; l < LANGUAGES; l++) TRY(get_text(r, s, t[l], &out[l]));
    return OK;
}

// Is first .. first + n a part of the section's records?
static bool part_of(const struct reader *r, enum section s, uint32_t first, uint32_t n)
{
    return (uint64_t)first + n <= count_in(r, s);
}

// A new list for the records of a section, or of a part of it. NULL: no memory.
#define NEW_LIST(r, type, n) arena_array((r)->sc->mem, type, (n) ? (n) : 1)
static enum err no_room(const struct reader *r)
{
    return fail(&r->sc->fault, ERR_NOMEM, "no room for the dictionary of an index");
}

static enum err get_parts(struct reader *r, enum section s, uint32_t first_point, uint32_t n_points,
                          uint32_t first_part, uint32_t n_parts, const struct point **point,
                          const uint32_t **end)
{
    if (first_point != r->points || !part_of(r, SECTION_POINTS, first_point, n_points))
        return corrupt(r, s, "points lie outside the points");
    if (first_part != r->parts || !part_of(r, SECTION_PARTS, first_part, n_parts))
        return corrupt(r, s, "rings lie outside the rings");
    r->points += n_points;
    r->parts += n_parts;
    *point = (const struct point *)section_at(r, SECTION_POINTS) + first_point;
    *end = (const uint32_t *)section_at(r, SECTION_PARTS) + first_part;
    for (uint32_t i = 0; i < n_parts; i++)
        if ((*end)[i] > n_points || (i && (*end)[i] < (*end)[i - 1]))
            return corrupt(r, s, "a ring ends behind its points");
    return OK;
}

static enum err get_categories(const struct reader *r, struct release_info *out)
{
    size_t                        n = count_in(r, SECTION_CATEGORIES);
    const struct format_category *f = section_at(r, SECTION_CATEGORIES);
    if (n > MAX_CATEGORIES) return corrupt(r, SECTION_CATEGORIES, "more than are possible");
    struct release_category *c = NEW_LIST(r, struct release_category, n);
    if (!c) return no_room(r);
    for (size_t i = 0; i < n; i++) {
        if (f[i].iccs >= ICCS_SECTIONS)
            return corrupt(r, SECTION_CATEGORIES, "a section that the ICCS does not have");
        c[i] = (struct release_category){ .iccs = (int)f[i].iccs,
                                          .source = f[i].source,
                                          .areas_only = f[i].areas_only };
        TRY(get_text(r, SECTION_CATEGORIES, f[i].key, &c[i].key));
        TRY(get_labels(r, SECTION_CATEGORIES, f[i].label, c[i].label));
    }
    out->categories = c;
    out->n_categories = n;
    return OK;
}

static enum err get_mixes(const struct reader *r, struct release_info *out)
{
    size_t              size = count_in(r, SECTION_MIXES), n = 0;
    struct release_mix *mix = NEW_LIST(r, struct release_mix, MAX_MIXES);
    const uint16_t     *number = section_at(r, SECTION_MIXES);
    if (!mix) return no_room(r);
    for (size_t at = 0; at < size; n++) {
        struct release_mix m = { number + at + 1, number[at] };
        if (n == MAX_MIXES) return corrupt(r, SECTION_MIXES, "more than are possible");
        if (m.n < 2 || m.n > size - at - 1)
            return corrupt(r, SECTION_MIXES, "a mix of fewer than two, or cut off");
        for (size_t i = 0; i < m.n; i++)
            if (m.category[i] >= out->n_categories || (i && m.category[i] <= m.category[i - 1]))
                return corrupt(r, SECTION_MIXES, "a category that there is not, or out of order");
        mix[n] = m;
        at += 1 + m.n;
    }
    out->mixes = mix;
    out->n_mixes = n;
    return OK;
}

static enum err get_outcomes(const struct reader *r, struct release_info *out)
{
    size_t                       n = count_in(r, SECTION_OUTCOMES);
    const struct format_outcome *f = section_at(r, SECTION_OUTCOMES);
    if (n > MAX_OUTCOMES) return corrupt(r, SECTION_OUTCOMES, "more than are possible");
    struct release_outcome *o = NEW_LIST(r, struct release_outcome, n);
    if (!o) return no_room(r);
    for (size_t i = 0; i < n; i++) {
        if (f[i].is > OUTCOME_CLOSED) return corrupt(r, SECTION_OUTCOMES, "an unknown class");
        o[i].is = (enum outcome_class)f[i].is;
        TRY(get_text(r, SECTION_OUTCOMES, f[i].key, &o[i].key));
        TRY(get_labels(r, SECTION_OUTCOMES, f[i].label, o[i].label));
    }
    out->outcomes = o;
    out->n_outcomes = n;
    return OK;
}

static enum err get_sources(const struct reader *r, struct release_info *out)
{
    size_t                      n = count_in(r, SECTION_SOURCES);
    const struct format_source *f = section_at(r, SECTION_SOURCES);
    if (n > UINT16_MAX) return corrupt(r, SECTION_SOURCES, "more than are possible");
    struct release_source *s = NEW_LIST(r, struct release_source, n);
    if (!s) return no_room(r);
    for (size_t i = 0; i < n; i++) {
        TRY(get_text(r, SECTION_SOURCES, f[i].key, &s[i].key));
        TRY(get_text(r, SECTION_SOURCES, f[i].name, &s[i].name));
        TRY(get_text(r, SECTION_SOURCES, f[i].licence, &s[i].licence));
        TRY(get_text(r, SECTION_SOURCES, f[i].licence_url, &s[i].licence_url));
        TRY(get_text(r, SECTION_SOURCES, f[i].homepage, &s[i].homepage));
        TRY(get_text(r, SECTION_SOURCES, f[i].attribution, &s[i].attribution));
        TRY(get_text(r, SECTION_SOURCES, f[i].caveat, &s[i].caveat));
    }
    out->sources = s;
    out->n_sources = n;
    return OK;
}

static enum err get_figures(const struct reader *r, const struct format_area *f, struct release_area *out)
{
    if (!part_of(r, SECTION_FIGURES, f->first_figure, f->n_figures))
        return corrupt(r, SECTION_AREAS, "figures lie outside the figures");
    const struct format_figure *from =
        (const struct format_figure *)section_at(r, SECTION_FIGURES) + f->first_figure;
    struct release_figure *g = NEW_LIST(r, struct release_figure, f->n_figures);
    if (!g) return no_room(r);
    for (uint32_t i = 0; i < f->n_figures; i++)
        g[i] = (struct release_figure){ (int16_t)from[i].year, from[i].population, from[i].officers };
    out->figures = g;
    out->n_figures = f->n_figures;
    return OK;
}

static enum err get_area(struct reader *r, const struct format_area *f, struct release_area *out)
{
    *out = (struct release_area){
        .box = f->box, .label = f->label, .n_points = f->n_points, .n_rings = f->n_parts
    };
    TRY(get_text(r, SECTION_AREAS, f->code, &out->code));
    TRY(get_text(r, SECTION_AREAS, f->name, &out->name));
    TRY(get_text(r, SECTION_AREAS, f->parent, &out->parent));
    TRY(get_figures(r, f, out));
    return get_parts(r, SECTION_AREAS, f->first_point, f->n_points, f->first_part, f->n_parts, &out->point,
                     &out->ring_end);
}

// Figures of all areas together must not be more than the section has, or a small file could ask for much memory.
static enum err check_areas(const struct reader *r)
{
    const struct format_area *f = section_at(r, SECTION_AREAS);
    uint64_t                  figures = 0;
    for (size_t i = 0; i < count_in(r, SECTION_AREAS); i++) {
        if (f[i].first_figure != figures) return corrupt(r, SECTION_AREAS, "figures are not area by area");
        figures += f[i].n_figures;
    }
    return OK;
}

static enum err get_sets(struct reader *r, struct release_info *out)
{
    size_t                   n = count_in(r, SECTION_SETS), areas = 0;
    const struct format_set *f = section_at(r, SECTION_SETS);
    if (n > MAX_AREA_SETS) return corrupt(r, SECTION_SETS, "more than are possible");
    TRY(check_areas(r));
    struct release_set  *s = NEW_LIST(r, struct release_set, n);
    struct release_area *a = NEW_LIST(r, struct release_area, count_in(r, SECTION_AREAS));
    if (!s || !a) return no_room(r);
    for (size_t i = 0; i < n; i++) {
        if (f[i].first_area != areas || f[i].n_areas > INDEX_MAX_AREAS ||
            !part_of(r, SECTION_AREAS, f[i].first_area, f[i].n_areas))
            return corrupt(r, SECTION_SETS, "areas are not set by set");
        TRY(get_text(r, SECTION_SETS, f[i].key, &s[i].key));
        TRY(get_text(r, SECTION_SETS, f[i].name, &s[i].name));
        TRY(get_text(r, SECTION_SETS, f[i].licence, &s[i].licence));
        s[i].areas = a + areas;
        s[i].n = f[i].n_areas;
        for (size_t k = 0; k < s[i].n; k++, areas++)
            TRY(get_area(r, (const struct format_area *)section_at(r, SECTION_AREAS) + areas, &a[areas]));
    }
    if (areas != count_in(r, SECTION_AREAS)) return corrupt(r, SECTION_AREAS, "areas of no set");
    out->sets = s;
    out->n_sets = n;
    return OK;
}

static enum err get_feature(struct reader *r, const struct format_feature *f, struct release_feature *out)
{
    *out = (struct release_feature){
        .box = f->box, .shape = f->shape, .n_points = f->n_points, .n_parts = f->n_parts
    };
    TRY(get_text(r, SECTION_FEATURES, f->name, &out->name));
    TRY(get_text(r, SECTION_FEATURES, f->class, &out->class));
    return get_parts(r, SECTION_FEATURES, f->first_point, f->n_points, f->first_part, f->n_parts, &out->point,
                     &out->part_end);
}

static enum err get_layers(struct reader *r, struct release_info *out)
{
    size_t                     n = count_in(r, SECTION_LAYERS), features = 0;
    const struct format_layer *f = section_at(r, SECTION_LAYERS);
    struct release_layer      *l = NEW_LIST(r, struct release_layer, n);
    struct release_feature    *x = NEW_LIST(r, struct release_feature, count_in(r, SECTION_FEATURES));
    if (!l || !x) return no_room(r);
    for (size_t i = 0; i < n; i++) {
        if (f[i].first_feature != features ||
            !part_of(r, SECTION_FEATURES, f[i].first_feature, f[i].n_features))
            return corrupt(r, SECTION_LAYERS, "features are not layer by layer");
        TRY(get_text(r, SECTION_LAYERS, f[i].key, &l[i].key));
        TRY(get_text(r, SECTION_LAYERS, f[i].kind, &l[i].kind));
        TRY(get_text(r, SECTION_LAYERS, f[i].licence, &l[i].licence));
        l[i].features = x + features;
        l[i].n = f[i].n_features;
        for (size_t k = 0; k < l[i].n; k++, features++)
            TRY(get_feature(r, (const struct format_feature *)section_at(r, SECTION_FEATURES) + features,
                            &x[features]));
    }
    if (features != count_in(r, SECTION_FEATURES))
        return corrupt(r, SECTION_FEATURES, "features of no layer");
    out->layers = l;
    out->n_layers = n;
    return OK;
}

static enum err get_rules(const struct reader *r, struct release_info *out)
{
    const struct format_rule *f = section_at(r, SECTION_RULES);
    if (count_in(r, SECTION_RULES) != SENSITIVITIES)
        return corrupt(r, SECTION_RULES, "not one for each class");
    for (size_t i = 0; i < SENSITIVITIES; i++) {
        if (f[i].show > SHOW_WITHHELD || f[i].finest >= PRECISIONS)
            return corrupt(r, SECTION_RULES, "a rule that there is not");
        out->rules[i] = (struct release_rule){ f[i].show, f[i].finest };
    }
    return OK;
}

static enum err get_counts(const struct reader *r, struct release_info *out)
{
    size_t n = count_in(r, SECTION_COUNTS), areas = count_in(r, SECTION_COUNT_AREAS), at = 0;
    const struct format_count *f = section_at(r, SECTION_COUNTS);
    size_t                     of_set = out->count_set < out->n_sets ? out->sets[out->count_set].n : 0;
    if (n > INDEX_MAX_COUNTS) return corrupt(r, SECTION_COUNTS, "more than are possible");
    struct release_count *c = NEW_LIST(r, struct release_count, n);
    const uint16_t       *area = section_at(r, SECTION_COUNT_AREAS);
    if (!c) return no_room(r);
    for (size_t i = 0; i < areas; i++)
        if (area[i] >= of_set) return corrupt(r, SECTION_COUNT_AREAS, "an area that the set does not have");
    for (size_t i = 0; i < n; i++) {
        struct format_count k = f[i];
        if (k.class >= RELEASE_CLASSES) return corrupt(r, SECTION_COUNTS, "a class that there is not");
        if (k.half < out->first_half || k.half > out->last_half)
            return corrupt(r, SECTION_COUNTS, "a half-year outside of those that are told");
        if (k.n_areas > areas - at) return corrupt(r, SECTION_COUNTS, "more areas than there are");
        c[i] = (struct release_count){ k.half, k.class, k.count, area + at, k.n_areas };
        at += k.n_areas;
    }
    if (at != areas) return corrupt(r, SECTION_COUNT_AREAS, "areas of no count");
    out->counts = c;
    out->n_counts = n;
    return OK;
}

static enum err get_places(const struct reader *r, struct release_info *out)
{
    size_t                    n = count_in(r, SECTION_PLACES);
    const struct format_text *f = section_at(r, SECTION_PLACES);
    str                      *p = NEW_LIST(r, str, n);
    if (!p) return no_room(r);
    for (size_t i = 0; i < n; i++) TRY(get_text(r, SECTION_PLACES, f[i], &p[i]));
    out->places = p;
    out->n_places = n;
    return OK;
}

static enum err get_meta(const struct reader *r, const struct format_meta *m, struct release_info *out)
{
    if (m->leaf > INDEX_MAX_LEAF || m->lang >= LANGUAGES || m->anchor_level > 31 || m->finest >= PRECISIONS)
        return corrupt(r, SECTION_META, "a value that is not possible");
    if (m->rows >= UINT32_MAX || m->with_point > m->rows)
        return corrupt(r, SECTION_META, "a number of rows that is not possible");
    int64_t days = (int64_t)m->last_day - m->first_day + 1;
    if (m->first_day < civil_day(CIVIL_MIN_YEAR, 1, 1) || m->last_day > civil_day(CIVIL_MAX_YEAR, 12, 31))
        return corrupt(r, SECTION_META, "years that are not possible");
    if (m->rows ? days < 1 || days > INDEX_MAX_DAYS || m->epoch_day != m->first_day
                : m->first_day != 0 || m->last_day != -1)
        return corrupt(r, SECTION_META, "days that are not possible");
    *out = (struct release_info){
        .release = m->release,
        .created_s = m->created_s,
        .lang = (enum language)m->lang,
        .demo = m->demo,
        .rows = m->rows,
        .with_point = m->with_point,
        .first_day = m->first_day,
        .last_day = m->last_day,
        .anchor_m = m->anchor_m,
        .anchor_level = m->anchor_level,
        .finest = m->finest,
        .extent = m->extent,
        .first_half = m->first_half,
        .last_half = m->last_half,
        .count_set = m->count_set,
        .delay_days = m->delay_days,
        .least = m->least,
    };
    TRY(get_text(r, SECTION_META, m->tier, &out->tier));
    TRY(get_text(r, SECTION_META, m->town, &out->town));
    return get_text(r, SECTION_META, m->timezone, &out->timezone);
}

/// All lists but the texts and the points, which may be anything.
static enum err copy_lists(struct reader *r)
{
    for (enum section s = SECTION_META; s <= SECTION_PLACES; s++) {
        if (s == SECTION_STRINGS || s == SECTION_POINTS) continue;
        size_t n = (size_t)r->table[s].size;
        void  *own = arena_alloc(r->sc->mem, n ? n : 1);
        if (!own) return no_room(r);
        if (n) memcpy(own, r->file + r->table[s].offset, n);
        r->own[s] = own;
    }
    return OK;
}

enum err dictionary_decode(struct scope *sc, const unsigned char *file, const struct format_entry *table,
                           struct format_meta *meta, struct release_info *out)
{
    struct reader r = { .sc = sc, .file = file, .table = table };
    for (enum section s = SECTION_META; s <= SECTION_PLACES; s++)
        if (table[s].size % records[s].size || table[s].size > SECTION_MAX)
            return corrupt(&r, s, "a broken size");
    if (table[SECTION_META].size != sizeof *meta) return corrupt(&r, SECTION_META, "a broken size");
    struct release_info in;
    TRY(copy_lists(&r));
    memcpy(meta, section_at(&r, SECTION_META), sizeof *meta);
    TRY(get_meta(&r, meta, &in));
    TRY(get_categories(&r, &in));
    TRY(get_mixes(&r, &in));
    TRY(get_outcomes(&r, &in));
    TRY(get_sources(&r, &in));
    TRY(get_sets(&r, &in));
    TRY(get_rules(&r, &in));
    TRY(get_counts(&r, &in));
    TRY(get_layers(&r, &in));
    TRY(get_places(&r, &in));
    *out = in;
    return OK;
}
