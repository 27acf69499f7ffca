// SPDX-License-Identifier: EUPL-1.2
// The file of a report. Apart from its reader, because jansson and wire/json.h both own the word json_null.
#include "analysis/difference.h"

#include "base/civil.h"
#include "wire/json.h"

enum { FORMAT = 1 };

const char *const             difference_none_words[DIFFERENCE_NONES] = { NULL, "first", "withdrawn", "lost",
                                                                          "unreadable" };
const struct difference_words difference_words[DIFFERENCE_PARTS] = {
    [DIFFERENCE_MONTHS] = { "new_months", { "new" } },
    [DIFFERENCE_ROWS] = { "corrections", { "new", "gone" } },
    [DIFFERENCE_KINDS] = { "reclassified", { "were", "are" } },
    [DIFFERENCE_SOLVED] = { "solved", { "solved" } },
    [DIFFERENCE_OUTCOMES] = { "outcomes", { "changed" } },
};

static void put_month(struct json *j, const char *key, int32_t month)
{
    struct buf b;
    buf_init(&b, 64);
    civil_add_month(&b, month);
    json_key(j, key);
    json_str(j, buf_str(&b));
    buf_free(&b);
}

static void put_months(struct json *j, const struct difference *d)
{
    json_key(j, "new_months");
    json_open(j, '[');
    for (size_t i = 0; i < d->n_months; i++) {
        json_open(j, '{');
        put_month(j, "from", d->months[i].from);
        put_month(j, "to", d->months[i].to);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "new_half_years"); // counted since 1970
    json_open(j, '[');
    for (size_t i = 0; i < d->n_halves; i++) json_i64(j, d->halves[i]);
    json_close(j, ']');
}

static void put_lines(struct json *j, const char *key, const struct difference_lines *l)
{
    json_key(j, key);
    json_open(j, '{');
    json_key(j, "lines");
    json_open(j, '[');
    for (size_t i = 0; i < l->n; i++) json_str(j, l->line[i]);
    json_close(j, ']');
    json_key(j, "more");
    json_bool(j, l->more);
    json_close(j, '}');
}

static void put_kinds(struct json *j, const struct difference *d)
{
    json_key(j, "kinds");
    json_open(j, '[');
    for (size_t i = 0; i < d->n_kinds; i++) {
        json_open(j, '[');
        json_str(j, d->kinds[i].key);
        for (int l = 0; l < LANGUAGES; l++) json_str(j, d->kinds[i].label[l]);
        json_close(j, ']');
    }
    json_close(j, ']');
}

static void put_numbers(struct json *j, enum difference_part p, const struct told_figures *f)
{
    for (int i = 0; i < TOLD_COLUMNS && difference_words[p].column[i]; i++) json_u64(j, f->n[i]);
}

static void put_part(struct json *j, enum difference_part p, const struct told *t)
{
    json_key(j, difference_words[p].part);
    if (!t->any) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    json_key(j, "total");
    json_open(j, '[');
    put_numbers(j, p, &t->total);
    json_close(j, ']');
    json_key(j, "rows");
    json_open(j, '[');
    for (size_t i = 0; i < t->n; i++) {
        json_open(j, '[');
        json_u64(j, t->rows[i].kind);
        put_numbers(j, p, &t->rows[i].is);
        json_close(j, ']');
    }
    json_close(j, ']');
    json_key(j, "other");
    json_open(j, '[');
    put_numbers(j, p, &t->other);
    json_close(j, ']');
    json_close(j, '}');
}

static void put_report(struct json *j, const struct difference *d)
{
    const struct {
        const char *key;
        bool        value;
    } compared[] = { { "places", d->places }, { "times", d->times }, { "outcomes", d->outcomes } };
    json_key(j, "least");
    json_u64(j, d->least);
    json_key(j, "compared");
    json_open(j, '{');
    for (size_t i = 0; i < COUNT(compared); i++) {
        json_key(j, compared[i].key);
        json_bool(j, compared[i].value);
    }
    json_close(j, '}');
    put_months(j, d);
    put_lines(j, "policy_added", &d->added);
    put_lines(j, "policy_removed", &d->removed);
    put_kinds(j, d);
    json_key(j, "figures");
    json_open(j, '{');
    for (int p = 0; p < DIFFERENCE_PARTS; p++) put_part(j, (enum difference_part)p, &d->part[p]);
    json_close(j, '}');
}

void difference_write(struct buf *to, const struct difference *d)
{
    struct json j = json_on(to);
    json_open(&j, '{');
    json_key(&j, "format");
    json_i64(&j, FORMAT);
    json_key(&j, "release");
    json_u64(&j, d->release);
    json_key(&j, "before");
    json_u64(&j, d->before);
    json_key(&j, "none");
    json_cstr(&j, difference_none_words[d->none]);
    if (!d->none) put_report(&j, d);
    json_close(&j, '}');
    buf_add_c(to, '\n');
}
