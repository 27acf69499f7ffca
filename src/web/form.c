// SPDX-License-Identifier: EUPL-1.2
#include "web/form.h"

#include "base/arena.h"
#include "html/text.h"
#include <string.h>

static enum err refuse(struct scope *sc, struct call *c, const struct field *f, str value, const char *want)
{
    c->bad = str_of(f->name);
    enum err code = f->from == IN_PATH ? ERR_NOTFOUND : ERR_INVALID;
    return fail(&sc->fault, code, "%s=%.*s: %s", f->name, STR(str_slice(value, 0, 100)), want);
}

static enum err read_choice(struct scope *sc, struct call *c, const struct field *f, str value, int *out)
{
    struct buf names;
    buf_init(&names, 300);
    for (int i = 0; f->choices[i]; i++) {
        if (str_eq(value, str_of(f->choices[i]))) {
            *out = i;
            buf_free(&names);
            return OK;
        }
        buf_printf(&names, "%s%s", i ? ", " : "take one of ", f->choices[i]);
    }
    buf_add_c(&names, 0);
    enum err e = refuse(sc, c, f, value, names.failed ? "no such choice" : names.p);
    buf_free(&names);
    return e;
}

static enum err read_set(struct scope *sc, struct call *c, const struct field *f, str value, size_t *out)
{
    for (size_t i = 0; i < c->in->n_sets; i++) {
        if (!str_eq(c->in->sets[i].key, value)) continue;
        *out = i;
        return OK;
    }
    return refuse(sc, c, f, value, "there is no such set of areas in this release");
}

bool form_number(str s, int64_t *out)
{
    bool plain = s.n && s.p[0] >= '0' && s.p[0] <= '9' && (s.n == 1 || s.p[0] != '0');
    return plain && str_to_i64(s, out);
}

static enum err read_field(struct scope *sc, struct call *c, const struct field *f, str value, void *out)
{
    char *to = (char *)out + f->offset;
    switch (f->kind) {
    case F_TEXT:
        if ((int64_t)value.n > f->max) return refuse(sc, c, f, value, "too long");
        memcpy(to, &value, sizeof value);
        return OK;
    case F_INT: {
        int64_t v;
        bool    good = f->from == IN_PATH ? form_number(value, &v) : str_to_i64(value, &v);
        if (!good) return refuse(sc, c, f, value, "not a whole number");
        if (v < f->min || v > f->max) {
            str want = arena_printf(sc->mem, "must be %lld to %lld", (long long)f->min, (long long)f->max);
            return refuse(sc, c, f, value, want.p ? want.p : "out of range");
        }
        memcpy(to, &v, sizeof v);
        return OK;
    }
    case F_CHOICE: {
        int v;
        TRY(read_choice(sc, c, f, value, &v));
        memcpy(to, &v, sizeof v);
        return OK;
    }
    case F_SET: {
        size_t v;
        TRY(read_set(sc, c, f, value, &v));
        memcpy(to, &v, sizeof v);
        return OK;
    }
    }
    return fail(&sc->fault, ERR_INVALID, "%s: a kind of field that nobody reads", f->name);
}

static const struct field *field_named(const struct field *fields, size_t n, enum field_from from, str name)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].from == from && str_eq(str_of(fields[i].name), name)) return &fields[i];
    return NULL;
}

static bool is_repeated(const struct http_req *rq, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(rq->param[k].name, rq->param[i].name)) return true;
    return false;
}

static bool is_filter(str name)
{
    static const char *const names[] = { "from",    "to",   "cat",  "hours", "days",
                                         "outcome", "area", "bbox", "poly" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(name, str_of(names[i]))) return true;
    return false;
}

/// Every parameter is a field, a part of the filter, or refused; the filter's are gathered in p.
static enum err read_query(struct scope *sc, struct call *c, const struct field *fields, size_t n,
                           bool filter, void *out, struct param *p, size_t *n_p)
{
    for (size_t i = 0; i < c->rq->n_params; i++) {
        struct http_param   q = c->rq->param[i];
        const struct field *f = field_named(fields, n, IN_QUERY, q.name);
        if (is_repeated(c->rq, i) && !(filter && is_filter(q.name))) { // filter_read knows which may be
            c->bad = q.name;
            return fail(&sc->fault, ERR_INVALID, "%.*s stands twice: give it once, a list with commas",
                        STR(q.name));
        }
        if (f) {
            TRY(read_field(sc, c, f, q.value, out));
        } else if (filter && is_filter(q.name)) {
            p[(*n_p)++] = (struct param){ q.name, q.value };
        } else if (!str_eq(q.name, S("lang"))) {
            c->bad = q.name;
            return fail(&sc->fault, ERR_INVALID, "there is no parameter \"%.*s\" here",
                        STR(str_slice(q.name, 0, 60)));
        }
    }
    return OK;
}

static void put_param(struct buf *b, str name, str value)
{
    if (b->n) buf_add_c(b, '&');
    url_encode(b, name);
    buf_add_c(b, '=');
    url_encode(b, value);
}

enum err form_canonical(struct scope *sc, struct call *c, const struct field *fields, size_t n,
                        const struct filter *f)
{
    AUTO(buf_free) struct buf b;
    bool                      numbers = true;
    buf_init(&b, HTTP_MAX_TARGET_BYTES * 2);
    if (f) filter_write(&b, c->in, f);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c->rq->n_params && fields[i].from == IN_QUERY; k++) {
            struct http_param q = c->rq->param[k];
            int64_t           v;
            if (!str_eq(q.name, str_of(fields[i].name))) continue;
            put_param(&b, q.name, q.value);
            numbers = numbers && q.value.n && (fields[i].kind != F_INT || form_number(q.value, &v));
        }
    if (c->links.lang.n) put_param(&b, S("lang"), c->links.lang);
    c->canonical = numbers && !b.failed && str_eq(buf_str(&b), c->rq->query);
    return b.failed ? buf_end(sc, &b) : OK;
}

enum err form_read(struct scope *sc, struct call *c, const struct field *fields, size_t n, struct filter *f,
                   void *out)
{
    for (size_t i = 0; i < c->n_path; i++) {
        const struct field *g = field_named(fields, n, IN_PATH, c->path[i].name);
        if (g) TRY(read_field(sc, c, g, c->path[i].value, out));
    }
    struct param *p = arena_array(sc->mem, struct param, c->rq->n_params + 1);
    size_t        n_p = 0;
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for the parameters");
    TRY(read_query(sc, c, fields, n, f != NULL, out, p, &n_p));
    for (size_t i = 0; i < n; i++) {
        bool there = !fields[i].required;
        for (size_t k = 0; k < c->rq->n_params; k++)
            there = there || str_eq(c->rq->param[k].name, str_of(fields[i].name));
        if (there) continue;
        c->bad = str_of(fields[i].name);
        return fail(&sc->fault, ERR_INVALID, "the parameter \"%s\" is missing", fields[i].name);
    }
    if (f) TRY(filter_read(sc, c->in, p, n_p, NULL, f, &c->bad));
    return form_canonical(sc, c, fields, n, f);
}

enum err form_area(struct scope *sc, const struct call *c, size_t set, str code, uint16_t *out)
{
    const struct release_set *s = &c->in->sets[set];
    for (size_t i = 0; i < s->n; i++) {
        if (!str_eq(s->areas[i].code, code)) continue;
        *out = (uint16_t)i;
        return OK;
    }
    return fail(&sc->fault, ERR_NOTFOUND, "there is no area \"%.*s\" in %.*s", STR(str_slice(code, 0, 60)),
                STR(s->key));
}

str form_area_name(const struct call *c, const struct filter *f)
{
    if (f->set < 0) return (str){ 0 };
    const struct release_set *s = &c->in->sets[f->set];
    return f->area < s->n ? s->areas[f->area].name : text_of(c->lang, MSG_PAGE_NOWHERE);
}
