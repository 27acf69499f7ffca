// SPDX-License-Identifier: EUPL-1.2
#include "web/rows.h"

#include "analysis/counts.h"
#include "wire/csv.h"
#include <stdio.h>

enum { MAX_LABELS = 64 * 1024 }; // bytes of the labels of one incident

static struct release_mix kinds_of(const struct release_info *in, const struct release_row *row)
{
    return release_kind(in, &row->kind);
}

/// Several are joined: "Burglary; Assault".
static void add_labels(struct buf *to, const struct release_info *in, enum language l, struct release_mix of)
{
    for (size_t i = 0; i < of.n; i++) {
        const struct release_category *c = &in->categories[of.category[i]];
        if (i) buf_add(to, S("; "));
        buf_add(to, label_in(c->label, l, c->key));
    }
}

static void add_keys(struct buf *to, const struct release_info *in, struct release_mix of)
{
    for (size_t i = 0; i < of.n; i++) {
        if (i) buf_add(to, S("; "));
        buf_add(to, in->categories[of.category[i]].key);
    }
}

static str outcome_label(const struct release_info *in, enum language l, const struct release_row *row)
{
    if (row->outcome >= in->n_outcomes) return (str){ 0 };
    const struct release_outcome *o = &in->outcomes[row->outcome];
    return label_in(o->label, l, o->key);
}

static str source_key(const struct release_info *in, const struct release_row *row)
{
    return row->source < in->n_sources ? in->sources[row->source].key : (str){ 0 };
}

static str place_of(const struct release_info *in, const struct release_row *row)
{
    return row->place < in->n_places ? in->places[row->place] : (str){ 0 };
}

void row_json(struct json *j, const struct release_info *in, enum language l, const struct release_row *row)
{
    struct release_mix of = kinds_of(in, row);
    struct buf         when, label;
    buf_init(&when, 64);
    buf_init(&label, MAX_LABELS);
    add_when(&when, row);
    add_labels(&label, in, l, of);
    json_key(j, "category");
    json_str(j, in->categories[of.category[0]].key);
    json_key(j, "categories");
    json_open(j, '[');
    for (size_t i = 0; i < of.n; i++) json_str(j, in->categories[of.category[i]].key);
    json_close(j, ']');
    json_key(j, "label");
    json_str(j, buf_str(&label));
    json_key(j, "when");
    json_str(j, buf_str(&when));
    json_key(j, "precision");
    json_cstr(j, precision_name(row->precision));
    json_key(j, "outcome");
    json_str(j, outcome_key(in, row->outcome));
    json_key(j, "outcome_label");
    json_str(j, outcome_label(in, l, row));
    json_key(j, "source");
    json_str(j, source_key(in, row));
    buf_free(&label);
    buf_free(&when);
}

void row_json_where(struct json *j, const struct release_info *in, const struct release_row *row)
{
    struct lon_lat at = mercator_to(row->at);
    json_key(j, "lon");
    if (row->has_point) json_fixed(j, at.lon, 6);
    else json_null(j);
    json_key(j, "lat");
    if (row->has_point) json_fixed(j, at.lat, 6);
    else json_null(j);
    json_key(j, "place");
    json_str(j, place_of(in, row));
    json_key(j, "areas");
    json_open(j, '{');
    for (size_t s = 0; s < in->n_sets; s++) {
        if (row->area[s] >= in->sets[s].n) continue;
        char key[128];
        snprintf(key, sizeof key, "%.*s", STR(in->sets[s].key));
        json_key(j, key);
        json_str(j, in->sets[s].areas[row->area[s]].code);
    }
    json_close(j, '}');
}

// -- CSV ------------------------------------------------------------------------------------------

void row_csv_head(struct buf *to, const struct release_info *in)
{
    buf_add(to, S("category,label,iccs,when,precision,longitude,latitude,place,outcome,outcome_label"));
    for (size_t s = 0; s < in->n_sets; s++) {
        buf_add(to, S(",area_"));
        csv_add_public(to, in->sets[s].key);
    }
    buf_add(to, S(",source,source_name,licence,release\r\n"));
}

void row_csv(struct buf *to, const struct release_info *in, enum language l, const struct release_row *row)
{
    struct lon_lat     at = mercator_to(row->at);
    struct release_mix of = kinds_of(in, row);
    struct buf         text;
    buf_init(&text, MAX_LABELS);
    add_keys(&text, in, of);
    csv_add_public(to, buf_str(&text));
    buf_add_c(to, ',');
    buf_reset(&text);
    add_labels(&text, in, l, of);
    csv_add_public(to, buf_str(&text));
    buf_free(&text);
    buf_add_c(to, ',');
    for (size_t i = 0; i < of.n; i++) buf_printf(to, i ? "; %d" : "%d", in->categories[of.category[i]].iccs);
    buf_add_c(to, ',');
    add_when(to, row);
    buf_printf(to, ",%s,", precision_name(row->precision));
    if (row->has_point) buf_add_fixed(to, at.lon, 6);
    buf_add_c(to, ',');
    if (row->has_point) buf_add_fixed(to, at.lat, 6);
    buf_add_c(to, ',');
    csv_add_public(to, place_of(in, row));
    buf_add_c(to, ',');
    csv_add_public(to, outcome_key(in, row->outcome));
    buf_add_c(to, ',');
    csv_add_public(to, outcome_label(in, l, row));
    for (size_t s = 0; s < in->n_sets; s++) {
        buf_add_c(to, ',');
        if (row->area[s] < in->sets[s].n) csv_add_public(to, in->sets[s].areas[row->area[s]].code);
    }
    buf_add_c(to, ',');
    csv_add_public(to, source_key(in, row));
    buf_add_c(to, ',');
    bool known = row->source < in->n_sources;
    csv_add_public(to, known ? in->sources[row->source].name : (str){ 0 });
    buf_add_c(to, ',');
    csv_add_public(to, known ? in->sources[row->source].licence : (str){ 0 });
    buf_printf(to, ",%llu\r\n", (unsigned long long)in->release);
}

void row_geojson(struct buf *to, const struct release_info *in, enum language l,
                 const struct release_row *row)
{
    struct json j = json_on(to);
    json_open(&j, '{');
    json_key(&j, "type");
    json_cstr(&j, "Feature");
    json_key(&j, "geometry");
    if (row->has_point) {
        json_open(&j, '{');
        json_key(&j, "type");
        json_cstr(&j, "Point");
        json_key(&j, "coordinates");
        json_lon_lat(&j, row->at);
        json_close(&j, '}');
    } else {
        json_null(&j);
    }
    json_key(&j, "properties");
    json_open(&j, '{');
    row_json(&j, in, l, row);
    json_key(&j, "place");
    json_str(&j, place_of(in, row));
    json_key(&j, "licence");
    json_str(&j, row->source < in->n_sources ? in->sources[row->source].licence : (str){ 0 });
    json_close(&j, '}');
    json_close(&j, '}');
}
