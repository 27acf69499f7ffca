// SPDX-License-Identifier: EUPL-1.2
#include "store/query.h"

#include "base/arena.h"
#include <assert.h>
#include <string.h>

struct query query_open(struct scope *sc, struct store *st, enum sql name)
{
    struct query         q = { .sc = sc, .st = st, .name = name };
    const struct engine *en = st->db->engine;
    if (st->lent[name]) { // two cursors over the same rows: the second gets a statement of its own
        q.own = true;
        q.e = en->prepare(sc, st->db, sql_texts[name].text, false, &q.stmt);
        return q;
    }
    if (!st->ready[name]) q.e = en->prepare(sc, st->db, sql_texts[name].text, true, &st->ready[name]);
    if (q.e) return q;
    st->lent[name] = true;
    q.stmt = st->ready[name];
    return q;
}

void query_free(struct query *q)
{
    if (!q->stmt) return;
    const struct engine *en = q->st->db->engine;
    if (q->own) {
        en->finalize(q->stmt);
    } else {
        en->reset(q->stmt);
        q->st->lent[q->name] = false;
    }
    q->stmt = NULL;
}

// Values are nearly always bound in the order in which the statement has them: then this is one comparison.
static int parameter_at(struct query *q, const char *parameter)
{
    const struct sql_text *t = &sql_texts[q->name];
    for (int i = 0; i < t->n; i++) {
        int at = (q->at + i) % t->n;
        if (strcmp(t->parameter[at], parameter)) continue;
        q->at = at + 1;
        q->bound |= 1u << at;
        return at + 1;
    }
    assert(false && "the statement has no such parameter");
    return 0;
}

static void keep(struct query *q, enum err e, const char *parameter)
{
    if (e == ERR_LIMIT)
        q->e = fail(&q->sc->fault, e, "%s: the value for %s is too long", sql_texts[q->name].name, parameter);
    else if (e)
        q->e = fail(&q->sc->fault, e, "no room for a value of the statement %s", sql_texts[q->name].name);
}
void bind_i64(struct query *q, const char *parameter, int64_t value)
{
    if (!q->e) keep(q, q->st->db->engine->bind_i64(q->stmt, parameter_at(q, parameter), value), parameter);
}
void bind_str(struct query *q, const char *parameter, str value)
{
    if (!q->e) keep(q, q->st->db->engine->bind_str(q->stmt, parameter_at(q, parameter), value), parameter);
}
void bind_blob(struct query *q, const char *parameter, str value)
{
    if (!q->e) keep(q, q->st->db->engine->bind_blob(q->stmt, parameter_at(q, parameter), value), parameter);
}
void bind_null(struct query *q, const char *parameter)
{
    if (!q->e) keep(q, q->st->db->engine->bind_null(q->stmt, parameter_at(q, parameter)), parameter);
}

bool query_next(struct query *q)
{
    bool row = false;
    if (q->e) return false;
    assert(q->bound == (1u << sql_texts[q->name].n) - 1);
    q->e = q->st->db->engine->step(q->sc, q->st->db, q->stmt, &row);
    return row && !q->e;
}

enum err query_end(const struct query *q)
{
    return q->e;
}

enum err query_one(struct query *q)
{
    if (!query_next(q) && !q->e)
        q->e = fail(&q->sc->fault, ERR_NOTFOUND, "the store has no such thing (%s)", sql_texts[q->name].name);
    return q->e;
}

enum err query_run(struct query *q)
{
    while (query_next(q)) continue;
    return q->e;
}

void query_again(struct query *q)
{
    if (q->stmt) q->st->db->engine->reset(q->stmt);
    q->bound = 0;
    q->at = 0;
}

int64_t query_i64(const struct query *q, int column)
{
    return q->st->db->engine->column_i64(q->stmt, column);
}
str query_str(const struct query *q, int column)
{
    return q->st->db->engine->column_str(q->stmt, column);
}
str query_blob(const struct query *q, int column)
{
    return q->st->db->engine->column_blob(q->stmt, column);
}
bool query_null(const struct query *q, int column)
{
    return q->st->db->engine->column_null(q->stmt, column);
}

str query_keep(struct query *q, int column)
{
    str s = arena_str(q->sc->mem, query_str(q, column));
    if (!s.p && !q->e)
        q->e =
            fail(&q->sc->fault, ERR_NOMEM, "no room for what the store holds (%s)", sql_texts[q->name].name);
    return s.p ? s : S("");
}

enum err query_plain(struct scope *sc, struct store *st, enum sql name)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    return query_run(&q);
}

enum err query_number(struct scope *sc, struct store *st, enum sql name, int64_t *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    TRY(query_one(&q));
    *out = query_i64(&q, 0);
    return OK;
}

struct list list_of(size_t size)
{
    struct list l = { .size = size };
    buf_init(&l.items, size * STORE_MAX_LIST);
    return l;
}

void list_free(struct list *l)
{
    buf_free(&l->items);
}

void list_add(struct list *l, const void *item)
{
    buf_add_bytes(&l->items, item, l->size);
}

void *list_last(struct list *l)
{
    return l->items.n ? l->items.p + l->items.n - l->size : NULL;
}

enum err list_keep(struct query *q, struct list *l, const void **out, size_t *n)
{
    TRY(query_end(q));
    TRY(buf_end(q->sc, &l->items));
    void *all = arena_alloc(q->sc->mem, l->items.n);
    if (!all) return fail(&q->sc->fault, ERR_NOMEM, "no room for a list of %zu", l->items.n / l->size);
    if (l->items.n) memcpy(all, l->items.p, l->items.n);
    *out = all;
    *n = l->items.n / l->size;
    return OK;
}
