// SPDX-License-Identifier: EUPL-1.2
#include "index/filter.h"

#include "base/civil.h"
#include <string.h>

enum { ALL_HOURS = 0xFFFFFF, ALL_DAYS = 0x7F, SHOWN_BYTES = 60, DEGREE_DIGITS = 9 };

static const char weekdays[7][4] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

void filter_all(struct filter *f)
{
    *f = (struct filter){ .from_day = INT32_MIN,
                          .to_day = INT32_MAX,
                          .any_category = true,
                          .any_outcome = true,
                          .hours = ALL_HOURS,
                          .days = ALL_DAYS,
                          .set = -1 };
}

// -- reading ------------------------------------------------------------------------------------------------

struct reading {
    struct scope              *sc;
    const struct release_info *in;
    struct filter             *f;
};

/// Sentences show the value that was given, cut to a bearable length.
#define SHOWN(s) STR(str_slice((s), 0, SHOWN_BYTES))

static enum err read_from(struct reading *r, str value)
{
    int32_t last;
    if (civil_read_span(value, &r->f->from_day, &last)) return OK;
    return fail(&r->sc->fault, ERR_INVALID,
                "from is a date such as 2018, 2018-10 or 2018-10-31, not \"%.*s\"", SHOWN(value));
}

static enum err read_to(struct reading *r, str value)
{
    int32_t first;
    if (civil_read_span(value, &first, &r->f->to_day)) return OK;
    return fail(&r->sc->fault, ERR_INVALID, "to is a date such as 2018, 2018-10 or 2018-10-31, not \"%.*s\"",
                SHOWN(value));
}

static void add_bit(uint64_t *set, size_t i)
{
    set[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool has_bit(const uint64_t *set, size_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

static enum err read_one_category(struct reading *r, str key)
{
    uint64_t section;
    bool     found = false;
    if (str_starts(key, S("iccs-")) && str_to_u64(str_slice(key, 5, key.n), &section) &&
        section < ICCS_SECTIONS) {
        // A section that does not occur in this release is a good question, whose answer is 0.
        for (size_t i = 0; i < r->in->n_categories; i++)
            if (r->in->categories[i].iccs == (int)section) add_bit(r->f->category, i);
        return OK;
    }
    for (size_t i = 0; i < r->in->n_categories && !found; i++) {
        found = str_eq(r->in->categories[i].key, key);
        if (found) add_bit(r->f->category, i);
    }
    if (found) return OK;
    return fail(&r->sc->fault, ERR_INVALID,
                "there is no category \"%.*s\" in this release; /v1/release lists them", SHOWN(key));
}

static enum err read_categories(struct reading *r, str value)
{
    str part;
    while (str_cut(&value, ',', &part)) {
        if (!str_trim(part).n) continue;
        r->f->any_category = false;
        TRY(read_one_category(r, str_trim(part)));
    }
    return OK;
}

static enum err read_outcomes(struct reading *r, str value)
{
    str part;
    while (str_cut(&value, ',', &part)) {
        part = str_trim(part);
        if (!part.n) continue;
        size_t i = str_eq(part, S("none")) ? 0 : 1;
        while (i && i < r->in->n_outcomes && !str_eq(r->in->outcomes[i].key, part)) i++;
        if (i && i >= r->in->n_outcomes)
            return fail(&r->sc->fault, ERR_INVALID,
                        "there is no outcome \"%.*s\" in this release; /v1/release lists them, and \"none\" "
                        "means nothing is said",
                        SHOWN(part));
        r->f->any_outcome = false;
        add_bit(r->f->outcome, i);
    }
    return OK;
}

/// "22-5" or "7" out of 0 .. n - 1, wrapping; by names when there are any.
static bool read_span(str part, unsigned n, bool (*value_of)(str s, unsigned *out), uint32_t *bits)
{
    str      to = part, from;
    unsigned a, b;
    str_cut(&to, '-', &from);
    if (!value_of(str_trim(from), &a)) return false;
    b = a;
    if (to.p && !value_of(str_trim(to), &b)) return false;
    for (unsigned i = a;; i = (i + 1) % n) {
        *bits |= 1u << i;
        if (i == b) return true;
    }
}

static bool hour_of(str s, unsigned *out)
{
    uint64_t v;
    if (s.n > 2 || !str_to_u64(s, &v) || v > 23) return false;
    *out = (unsigned)v;
    return true;
}

static bool weekday_of(str s, unsigned *out)
{
    for (unsigned i = 0; i < 7; i++)
        if (str_eq_nocase(s, str_of(weekdays[i]))) return *out = i, true;
    return false;
}

static enum err read_hours(struct reading *r, str value)
{
    str      part;
    uint32_t bits = r->f->hours == ALL_HOURS ? 0 : r->f->hours;
    while (str_cut(&value, ',', &part))
        if (str_trim(part).n && !read_span(part, 24, hour_of, &bits))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "hours are numbers from 0 to 23 and spans of them, such as 8,9,17-19 or 22-5, not \"%.*s\"",
                SHOWN(part));
    if (bits) r->f->hours = bits;
    return OK;
}

static enum err read_days(struct reading *r, str value)
{
    str      part;
    uint32_t bits = r->f->days == ALL_DAYS ? 0 : r->f->days;
    while (str_cut(&value, ',', &part))
        if (str_trim(part).n && !read_span(part, 7, weekday_of, &bits))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "days are mon, tue, wed, thu, fri, sat, sun and spans of them, such as fri-sun, not \"%.*s\"",
                SHOWN(part));
    if (bits) r->f->days = (uint8_t)bits;
    return OK;
}

static enum err read_area(struct reading *r, str value)
{
    str code = value, set;
    str_cut(&code, ':', &set);
    if (!code.p)
        return fail(&r->sc->fault, ERR_INVALID,
                    "area is written as set:code, such as districts:04, not \"%.*s\"", SHOWN(value));
    for (size_t i = 0; i < r->in->n_sets; i++) {
        const struct release_set *s = &r->in->sets[i];
        if (!str_eq(s->key, set)) continue;
        for (size_t k = 0; k < s->n; k++)
            if (str_eq(s->areas[k].code, code)) {
                r->f->set = (int)i;
                r->f->area = (uint16_t)k;
                return OK;
            }
        if (str_eq(code, S("none"))) {
            r->f->set = (int)i;
            r->f->area = AREA_NOWHERE;
            return OK;
        }
        return fail(&r->sc->fault, ERR_INVALID,
                    "there is no area \"%.*s\" in the set \"%.*s\"; /v1/areas/%.*s lists them", SHOWN(code),
                    SHOWN(set), SHOWN(set));
    }
    return fail(&r->sc->fault, ERR_INVALID,
                "there is no set of areas \"%.*s\" in this release; /v1/release lists them", SHOWN(set));
}

/// Numbers with a mark between them; exactly n.
static bool read_numbers(str value, double *v, size_t n)
{
    str part;
    for (size_t i = 0; i < n; i++)
        if (!str_cut(&value, ',', &part) || !str_to_double(str_trim(part), &v[i])) return false;
    return !value.p;
}

static enum err read_bbox(struct reading *r, str value)
{
    double v[4];
    if (!read_numbers(value, v, 4))
        return fail(&r->sc->fault, ERR_INVALID, "bbox is west,south,east,north in degrees, not \"%.*s\"",
                    SHOWN(value));
    if (!(v[0] >= -180 && v[2] <= 180 && v[1] >= -90 && v[3] <= 90 && v[0] <= v[2] && v[1] <= v[3]))
        return fail(&r->sc->fault, ERR_INVALID,
                    "bbox %.*s is not west,south,east,north of a piece of the Earth", SHOWN(value));
    struct point north_west = mercator_of(v[0], v[3]), south_east = mercator_of(v[2], v[1]);
    r->f->has_box = true;
    r->f->box = (struct box){ north_west.x, north_west.y, south_east.x, south_east.y };
    return OK;
}

static enum err read_poly(struct reading *r, str value)
{
    struct filter *f = r->f;
    str            part;
    double         v[2];
    while (str_cut(&value, ':', &part)) {
        if (f->n_poly == FILTER_MAX_POLY)
            return fail(&r->sc->fault, ERR_INVALID,
                        "poly has more than %d points; simplify it, or choose an area", FILTER_MAX_POLY);
        if (!read_numbers(part, v, 2) || !(v[0] >= -90 && v[0] <= 90 && v[1] >= -180 && v[1] <= 180))
            return fail(&r->sc->fault, ERR_INVALID,
                        "poly is lat,lng:lat,lng:... in degrees; \"%.*s\" is no such point", SHOWN(part));
        f->poly[f->n_poly++] = mercator_of(v[1], v[0]);
    }
    // Closed once, however often the first point is repeated at the end: the canonical text leaves that point out.
    struct point first = f->poly[0];
    while (f->n_poly > 1 && f->poly[f->n_poly - 1].x == first.x && f->poly[f->n_poly - 1].y == first.y)
        f->n_poly--;
    f->poly[f->n_poly++] = first;
    if (f->n_poly < 4) return fail(&r->sc->fault, ERR_INVALID, "poly needs three points at least");
    f->has_poly = true;
    return OK;
}

static void join_boxes(struct filter *f)
{
    struct box b = { UINT32_MAX, UINT32_MAX, 0, 0 };
    for (size_t i = 0; i < f->n_poly; i++) {
        struct point p = f->poly[i];
        b = (struct box){ p.x < b.min_x ? p.x : b.min_x, p.y < b.min_y ? p.y : b.min_y,
                          p.x > b.max_x ? p.x : b.max_x, p.y > b.max_y ? p.y : b.max_y };
    }
    if (f->has_box) {
        if (f->box.min_x > b.min_x) b.min_x = f->box.min_x;
        if (f->box.min_y > b.min_y) b.min_y = f->box.min_y;
        if (f->box.max_x < b.max_x) b.max_x = f->box.max_x;
        if (f->box.max_y < b.max_y) b.max_y = f->box.max_y;
    }
    f->box = b;
}

static const struct parameter {
    const char *name;
    bool        once; // the others are lists, and may stand several times, as a form's check boxes do
    enum err (*read)(struct reading *r, str value);
} parameters[] = {
    { "from", true, read_from },    { "to", true, read_to },      { "cat", false, read_categories },
    { "hours", false, read_hours }, { "days", false, read_days }, { "outcome", false, read_outcomes },
    { "area", true, read_area },    { "bbox", true, read_bbox },  { "poly", true, read_poly },
};

static const struct parameter *parameter_by_name(str name)
{
    for (size_t i = 0; i < COUNT(parameters); i++)
        if (str_eq(name, str_of(parameters[i].name))) return &parameters[i];
    return NULL;
}

static bool is_also(const char *const *also, str name)
{
    for (; also && *also; also++)
        if (str_eq(name, str_of(*also))) return true;
    return false;
}

/// What names everything restricts nothing.
static void settle(struct reading *r)
{
    struct filter *f = r->f;
    bool           every = true;
    for (size_t i = 0; i < r->in->n_categories && every; i++) every = has_bit(f->category, i);
    if (every && r->in->n_categories) f->any_category = true;
    every = true;
    for (size_t i = 0; i < r->in->n_outcomes && every; i++) every = has_bit(f->outcome, i);
    if (every && r->in->n_outcomes) f->any_outcome = true;
    if (f->any_category) memset(f->category, 0, sizeof f->category);
    if (f->any_outcome) memset(f->outcome, 0, sizeof f->outcome);
}

enum err filter_read(struct scope *sc, const struct release_info *in, const struct param *p, size_t n,
                     const char *const *also, struct filter *out, str *bad)
{
    struct filter  f;
    struct reading r = { .sc = sc, .in = in, .f = &f };
    unsigned       seen = 0;
    filter_all(&f);
    for (size_t i = 0; i < n; i++) {
        const struct parameter *known = parameter_by_name(p[i].name);
        if (bad) *bad = p[i].name;
        if (!known && is_also(also, p[i].name)) continue;
        if (!known)
            return fail(&sc->fault, ERR_INVALID,
                        "there is no parameter \"%.*s\"; a filter has from, to, cat, hours, days, outcome, "
                        "area, bbox, poly",
                        SHOWN(p[i].name));
        if (!str_trim(p[i].value).n) continue; // an empty field of a form
        unsigned bit = 1u << (known - parameters);
        if (known->once && seen & bit) return fail(&sc->fault, ERR_INVALID, "%s stands twice", known->name);
        seen |= bit;
        TRY(known->read(&r, str_trim(p[i].value)));
    }
    if (bad) *bad = S("from");
    if (f.from_day > f.to_day) return fail(&sc->fault, ERR_INVALID, "from is after to");
    if (f.has_poly) {
        if (bad) *bad = S("poly");
        join_boxes(&f);
        if (f.box.min_x > f.box.max_x || f.box.min_y > f.box.max_y)
            return fail(&sc->fault, ERR_INVALID, "bbox and poly do not meet");
    }
    settle(&r);
    *out = f;
    return OK;
}

// -- writing ------------------------------------------------------------------------------------------------

/// Percent-encodes what is not unreserved (RFC 3986, 2.3); ',' and ':' are wanted plain and are allowed in a query.
static void add_encoded(struct buf *to, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool          plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-._~,:", c));
        if (plain) buf_add_c(to, (char)c);
        else {
            buf_add_c(to, '%');
            buf_add_c(to, hex[c >> 4]);
            buf_add_c(to, hex[c & 15]);
        }
    }
}

struct writing {
    struct buf *to;
    bool        any;
};

static void add_name(struct writing *w, const char *name)
{
    if (w->any) buf_add_c(w->to, '&');
    w->any = true;
    buf_add(w->to, str_of(name));
    buf_add_c(w->to, '=');
}

/// The shortest form that reads back as the same day: a month where the day is its first (its last).
static void write_day(struct writing *w, const char *name, int32_t day, int32_t whole_month_if)
{
    add_name(w, name);
    if (day == whole_month_if) civil_add_month(w->to, civil_month_of_day(day));
    else civil_add_day(w->to, day);
}

static void write_dates(struct writing *w, const struct filter *f)
{
    if (f->from_day != INT32_MIN)
        write_day(w, "from", f->from_day, civil_day_of_month(civil_month_of_day(f->from_day)));
    if (f->to_day != INT32_MAX)
        write_day(w, "to", f->to_day, civil_day_of_month(civil_month_of_day(f->to_day) + 1) - 1);
}

static void write_categories(struct writing *w, const struct release_info *in, const struct filter *f)
{
    bool any = false;
    if (f->any_category) return;
    add_name(w, "cat");
    for (size_t i = 0; i < in->n_categories; i++) {
        if (!has_bit(f->category, i)) continue;
        if (any) buf_add_c(w->to, ',');
        any = true;
        add_encoded(w->to, in->categories[i].key);
    }
    // Sections that do not occur leave an empty set, which an empty value would not say.
    for (int section = 0; !any && section < ICCS_SECTIONS; section++) {
        bool occurs = false;
        for (size_t i = 0; i < in->n_categories; i++) occurs |= in->categories[i].iccs == section;
        if (occurs) continue;
        buf_printf(w->to, "iccs-%d", section);
        any = true;
    }
}

static void write_hours(struct writing *w, uint32_t hours)
{
    bool any = false;
    if (hours == ALL_HOURS || !hours) return;
    add_name(w, "hours");
    unsigned first = 0; // begin behind a gap, so that a span over midnight is one
    while (!(hours >> first & 1) || hours >> ((first + 23) % 24) & 1) first++;
    for (unsigned i = 0; i < 24;) {
        unsigned a = (first + i) % 24, n = 0;
        while (n < 24 && hours >> ((a + n) % 24) & 1) n++;
        if (!n) {
            i++;
            continue;
        }
        if (any) buf_add_c(w->to, ',');
        any = true;
        buf_add_u64(w->to, a);
        if (n > 1) {
            buf_add_c(w->to, '-');
            buf_add_u64(w->to, (a + n - 1) % 24);
        }
        i += n;
    }
}

static void write_days(struct writing *w, uint8_t days)
{
    bool any = false;
    if (days == ALL_DAYS || !days) return;
    add_name(w, "days");
    for (unsigned i = 0; i < 7; i++) {
        if (!(days >> i & 1)) continue;
        if (any) buf_add_c(w->to, ',');
        any = true;
        buf_add(w->to, str_of(weekdays[i]));
    }
}

static void write_outcomes(struct writing *w, const struct release_info *in, const struct filter *f)
{
    bool any = false;
    if (f->any_outcome) return;
    add_name(w, "outcome");
    for (size_t i = 0; i < in->n_outcomes; i++) {
        if (!has_bit(f->outcome, i)) continue;
        if (any) buf_add_c(w->to, ',');
        any = true;
        add_encoded(w->to, i ? in->outcomes[i].key : S("none"));
    }
}

static void write_degrees(struct buf *to, double v)
{
    buf_add_fixed(to, v, DEGREE_DIGITS);
}

static void write_place(struct writing *w, const struct release_info *in, const struct filter *f)
{
    if (f->set >= 0 && (size_t)f->set < in->n_sets) {
        const struct release_set *s = &in->sets[f->set];
        add_name(w, "area");
        add_encoded(w->to, s->key);
        buf_add_c(w->to, ':');
        add_encoded(w->to, f->area < s->n ? s->areas[f->area].code : S("none"));
    }
    if (f->has_box) {
        struct lon_lat a = mercator_to((struct point){ f->box.min_x, f->box.max_y }),
                       b = mercator_to((struct point){ f->box.max_x, f->box.min_y });
        double v[] = { a.lon, a.lat, b.lon, b.lat };
        add_name(w, "bbox");
        for (size_t i = 0; i < COUNT(v); i++) {
            if (i) buf_add_c(w->to, ',');
            write_degrees(w->to, v[i]);
        }
    }
    if (!f->has_poly) return;
    add_name(w, "poly");
    for (size_t i = 0; i + 1 < f->n_poly; i++) {
        struct lon_lat p = mercator_to(f->poly[i]);
        if (i) buf_add_c(w->to, ':');
        write_degrees(w->to, p.lat);
        buf_add_c(w->to, ',');
        write_degrees(w->to, p.lon);
    }
}

void filter_write(struct buf *to, const struct release_info *in, const struct filter *f)
{
    struct writing w = { .to = to };
    write_dates(&w, f);
    write_categories(&w, in, f);
    write_hours(&w, f->hours);
    write_days(&w, f->days);
    write_outcomes(&w, in, f);
    write_place(&w, in, f);
}
