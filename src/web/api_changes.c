// SPDX-License-Identifier: EUPL-1.2
// The reports of differences, for programs.
#include "web/api.h"

#include "model/half.h"
#include "web/by_area.h"
#include "web/changes.h"
#include "web/shape.h"

static void put_figures(struct json *j, enum difference_part p, const struct told_figures *f)
{
    for (int i = 0; i < TOLD_COLUMNS && difference_words[p].column[i]; i++) {
        json_key(j, difference_words[p].column[i]);
        json_u64(j, f->n[i]);
    }
}

static void put_group(struct json *j, const char *name, enum difference_part p, const struct told_figures *f)
{
    json_key(j, name);
    json_open(j, '{');
    put_figures(j, p, f);
    json_close(j, '}');
}

static void put_part(struct json *j, enum language l, const struct difference *d, enum difference_part p)
{
    const struct told *t = &d->part[p];
    json_key(j, difference_words[p].part);
    if (!t->any) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    put_group(j, "total", p, &t->total);
    json_key(j, "kinds");
    json_open(j, '[');
    for (size_t i = 0; i < t->n; i++) {
        const struct difference_kind *k = &d->kinds[t->rows[i].kind];
        json_open(j, '{');
        json_key(j, "key");
        if (k->key.n) json_str(j, k->key);
        else json_null(j);
        json_key(j, "label");
        json_str(j, change_kind_label(l, k));
        put_figures(j, p, &t->rows[i].is);
        json_close(j, '}');
    }
    json_close(j, ']');
    put_group(j, "other_kinds", p, &t->other);
    json_close(j, '}');
}

static void put_lines(struct json *j, const char *key, const struct difference_lines *l)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < l->n; i++) json_str(j, l->line[i]);
    json_close(j, ']');
}

static void put_periods(struct json *j, struct scope *sc, const struct difference *d)
{
    json_key(j, "new_months");
    json_open(j, '[');
    for (size_t i = 0; i < d->n_months; i++) {
        json_open(j, '{');
        json_key(j, "from");
        json_month(j, d->months[i].from);
        json_key(j, "to");
        json_month(j, d->months[i].to);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "new_half_years");
    json_open(j, '[');
    for (size_t i = 0; i < d->n_halves; i++) json_str(j, half_key(sc, d->halves[i]));
    json_close(j, ']');
}

static void put_report(struct json *j, struct scope *sc, enum language l, const struct difference *d)
{
    const struct {
        const char *key;
        bool        value;
    } compared[] = { { "places", d->places }, { "times", d->times }, { "outcomes", d->outcomes } };
    json_key(j, "fewer_than");
    json_u64(j, d->least);
    json_key(j, "compared");
    json_open(j, '{');
    for (size_t i = 0; i < COUNT(compared); i++) {
        json_key(j, compared[i].key);
        json_bool(j, compared[i].value);
    }
    json_close(j, '}');
    put_periods(j, sc, d);
    json_key(j, "policy");
    json_open(j, '{');
    put_lines(j, "added", &d->added);
    put_lines(j, "removed", &d->removed);
    json_key(j, "more");
    json_bool(j, d->added.more || d->removed.more);
    json_close(j, '}');
    json_key(j, "figures");
    json_open(j, '{');
    for (int p = 0; p < DIFFERENCE_PARTS; p++) put_part(j, l, d, (enum difference_part)p);
    json_close(j, '}');
}

/// Why there is no report; NULL: there is one.
static const char *none_of(const struct release_change *c)
{
    static const char *const words[] = { [CHANGE_WITHDRAWN] = "withdrawn",
                                         [CHANGE_TAKEN_BACK] = "before-withdrawn-later",
                                         [CHANGE_MISSING] = "missing",
                                         [CHANGE_BROKEN] = "damaged" };
    static const char *const none[] = { [DIFFERENCE_FIRST] = "first",
                                        [DIFFERENCE_WITHDRAWN] = "before-withdrawn",
                                        [DIFFERENCE_LOST] = "before-lost",
                                        [DIFFERENCE_UNREADABLE] = "before-unreadable" };
    return c->is == CHANGE_TOLD ? none[c->report.none] : words[c->is];
}

static void put_change(struct json *j, struct scope *sc, enum language l, const struct release_change *c)
{
    const struct release_note *r = &c->note;
    json_open(j, '{');
    json_key(j, "number");
    json_i64(j, r->number);
    if (r->withdrawn) {
        json_key(j, "withdrawn");
        if (r->since_s) json_time(j, r->since_s);
        else json_null(j);
        json_key(j, "reason");
        json_str(j, r->reason);
    } else {
        json_key(j, "created");
        json_str(j, r->created);
        json_key(j, "incidents");
        json_u64(j, r->incidents);
    }
    json_key(j, "before");
    if (c->report.before) json_u64(j, c->report.before);
    else json_null(j);
    json_key(j, "none");
    json_cstr(j, none_of(c));
    if (!none_of(c)) put_report(j, sc, l, &c->report);
    json_close(j, '}');
}

enum err api_changes(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct changes all;
    TRY(changes_asked(sc, c, &all));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "changes");
    json_open(&j, '[');
    for (size_t i = 0; i < all.n; i++) put_change(&j, sc, c->lang, &all.of[i]);
    json_close(&j, ']');
    json_key(&j, "older_before");
    if (all.pages.older) json_i64(&j, all.pages.older);
    else json_null(&j);
    json_close(&j, '}');
    return OK;
}
