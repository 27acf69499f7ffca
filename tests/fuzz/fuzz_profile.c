// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a mapping file, which may be like one of the profiles in the program. What is accepted must have all
// that the importer takes for granted.
#include "fuzz.h"

#include "geo/crs.h"
#include "import/profile.h"

static void check_template(struct scope *sc, const struct template *t, const struct columns *columns)
{
    static str value[COLUMNS_MAX];
    str        filled;
    must(t->n <= TEMPLATE_MAX_PARTS);
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *p = &t->part[i];
        must(p->n <= TEMPLATE_MAX_CHOICES && (p->n || p->text.n));
        for (unsigned k = 0; k < p->n; k++) must(p->column[k] < columns->n);
    }
    for (size_t i = 0; i < COLUMNS_MAX; i++) value[i] = i % 3 ? S(" 007 \xC5\xBDI\xC5\xBDKOV ") : S("");
    must(template_fill(sc, t, value, &filled) == OK);
    must(str_is_utf8(filled, NULL));
    must(template_fill_apart(sc, t, value, &filled) == OK && str_is_utf8(filled, NULL));
}

static void check_templates(struct scope *sc, const struct profile *p)
{
    const struct template *const all[] = {
        &p->key,      &p->slice,   &p->from,      &p->to,          &p->lon,          &p->lat,
        &p->pair,     &p->x,       &p->y,         &p->area,        &p->place,        &p->address,
        &p->category, &p->outcome, &p->arrest.of, &p->domestic.of, &p->attempted.of, &p->elsewhere.of,
        &p->code,     &p->detail
    };
    must(!p->code_list == !p->code.n && (!p->words || p->words->form == FORM_WORDS));
    must(p->columns.n <= COLUMNS_MAX && p->geocode_columns.n <= COLUMNS_MAX);
    for (size_t i = 0; i < p->columns.n; i++) must(p->columns.name[i].n);
    for (size_t i = 0; i < COUNT(all); i++) check_template(sc, all[i], &p->columns);
    check_template(sc, &p->geocode_address, &p->geocode_columns);
    check_template(sc, &p->geocode_lon, &p->geocode_columns);
    check_template(sc, &p->geocode_lat, &p->geocode_columns);
}

static void check_codes(const struct profile *p)
{
    must(p->n_categories <= CODES_MAX && p->n_outcomes <= CODES_MAX);
    for (size_t i = 0; i < p->n_categories; i++) {
        const struct category *c = &p->categories[i].is;
        must(c->key.n && c->key.n <= 80 && c->label[LANG_EN].n && c->iccs >= 0 && c->iccs < ICCS_SECTIONS);
        for (size_t k = 0; k < i && i < 64; k++)
            must(!str_eq_nocase(p->categories[k].code, p->categories[i].code));
    }
    for (size_t i = 0; i < p->n_outcomes; i++)
        must(p->outcomes[i].is.key.n && p->outcomes[i].is.is <= OUTCOME_CLOSED);
}

static void check_whole(struct scope *sc, const struct profile *p)
{
    must(p->source.key.n && p->source.key.n <= 80 && p->source.name.n && p->from.n && p->category.n);
    must(p->n_patterns && p->n_patterns <= PATTERNS_MAX);
    for (size_t i = 0; i < p->n_patterns; i++) must(when_pattern_check(sc, p->pattern[i]) == OK);
    must(p->header || p->n_given);
    must(p->finest <= PRECISION_MONTH && (p->point == POINT_EXACT || p->point == POINT_SNAPPED));
    must(p->extent.west < p->extent.east && p->extent.south < p->extent.north);
    must(p->extent.west >= -180 && p->extent.east <= 180 && p->extent.south >= -90 && p->extent.north <= 90);
    must(!p->epsg || crs_by_epsg(p->epsg));
    must(!p->x.n || (p->y.n && p->epsg));
    check_templates(sc, p);
    check_codes(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct scope          packed;
    static const struct profile *known;
    static size_t                n_known;
    static struct profile        p;
    if (!packed.mem) { // the program's own, once
        packed.mem = arena_open((size_t)64 << 20);
        must(packed.mem && profiles_read(&packed, &known, &n_known) == OK);
        for (size_t i = 0; i < n_known; i++) check_whole(&packed, &known[i]);
    }
    struct scope sc = { .mem = arena_open((size_t)64 << 20) };
    must(sc.mem);
    enum err e = profile_parse(&sc, "fuzz", (str){ (const char *)data, n }, known, n_known, &p);
    if (e) must(sc.fault.code == e && sc.fault.text[0]);
    else check_whole(&sc, &p);
    arena_close(sc.mem);
    return 0;
}
