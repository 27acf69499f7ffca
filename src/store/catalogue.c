// SPDX-License-Identifier: EUPL-1.2
// Settings, sources, categories and outcomes.
#include "store/store.h"

#include "base/arena.h"
#include "store/query.h"

// -- settings -----------------------------------------------------------------------------------------------
static enum err setting_put(struct scope *sc, struct store *st, str name, str value)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_PUT);
    bind_str(&q, ":name", name);
    bind_str(&q, ":value", value);
    return query_run(&q);
}

static enum err settings_put(struct scope *sc, struct store *st, const struct store_settings *s)
{
    TRY(setting_put(sc, st, S("name"), s->name));
    TRY(setting_put(sc, st, S("timezone"), s->timezone));
    TRY(setting_put(sc, st, S("language"), language_code(s->lang)));
    return setting_put(sc, st, S("demo"), s->demo ? S("yes") : S("no"));
}

enum err store_settings_set(struct scope *sc, struct store *st, const struct store_settings *s)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, settings_put(sc, st, s));
}

enum err store_settings_get(struct scope *sc, struct store *st, struct store_settings *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SETTING_LIST);
    struct store_settings         s = { 0 };
    while (query_next(&q)) {
        str name = query_str(&q, 0);
        if (str_eq(name, S("name"))) s.name = query_keep(&q, 1);
        if (str_eq(name, S("timezone"))) s.timezone = query_keep(&q, 1);
        if (str_eq(name, S("demo"))) s.demo = str_eq(query_str(&q, 1), S("yes"));
        if (str_eq(name, S("language")) && !language_read(query_str(&q, 1), &s.lang))
            return fail(&sc->fault, ERR_CORRUPT,
                        "the store names a language that this program does not know");
    }
    TRY(query_end(&q));
    *out = s;
    return OK;
}

// -- get or make --------------------------------------------------------------------------------------------
static enum err id_of(struct query *q, int32_t *out)
{
    int64_t id = query_i64(q, 0);
    TRY(query_run(q)); // to its end, or the transaction could not be committed
    if (id < 1 || id > INT32_MAX)
        return fail(&q->sc->fault, ERR_LIMIT, "the store has no more numbers to give");
    *out = (int32_t)id;
    return OK;
}

enum err store_source_put(struct scope *sc, struct store *st, struct source *s)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_PUT);
    bind_str(&q, ":key", s->key);
    bind_str(&q, ":name", s->name);
    bind_str(&q, ":licence", s->licence);
    bind_str(&q, ":licence_url", s->licence_url);
    bind_str(&q, ":homepage", s->homepage);
    bind_str(&q, ":attribution", s->attribution);
    bind_str(&q, ":caveat", s->caveat);
    bind_str(&q, ":timezone", s->timezone);
    TRY(query_one(&q));
    return id_of(&q, &s->id);
}

static enum err labels_put(struct scope *sc, struct store *st, enum sql name, int32_t id, const str *label)
{
    for (int l = 0; l < LANGUAGES; l++) {
        if (!label[l].n) continue;
        AUTO(query_free) struct query q = query_open(sc, st, name);
        bind_i64(&q, ":id", id);
        bind_str(&q, ":language", language_code((enum language)l));
        bind_str(&q, ":label", label[l]);
        TRY(query_run(&q));
    }
    return OK;
}

static enum err code_put(struct scope *sc, struct store *st, enum sql name, str key, str code,
                         const char *parameter, int value, int32_t *id)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_str(&q, ":key", key);
    bind_str(&q, ":code", code);
    bind_i64(&q, parameter, value);
    TRY(query_one(&q));
    return id_of(&q, id);
}

static enum err class_put(struct scope *sc, struct store *st, enum sql name, const struct category *c)
{
    AUTO(query_free) struct query q = query_open(sc, st, name);
    bind_i64(&q, ":id", c->id);
    bind_i64(&q, ":sensitivity", (int64_t)c->sensitivity);
    bind_i64(&q, ":confirmed_s", c->confirmed_s);
    bind_str(&q, ":confirmed_by", c->confirmed_by);
    if (name == SQL_CATEGORY_CONFIRM) bind_i64(&q, ":iccs", c->iccs);
    return query_run(&q);
}

// Who has the key? none: nobody. own: it is this spelling of this source.
static enum err key_find(struct scope *sc, struct store *st, const struct category *c, bool *none, bool *own,
                         bool *named, int32_t *id)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CATEGORY_OF_SPELLING);
    bind_str(&q, ":key", c->key);
    *none = !query_next(&q);
    if (*none) return query_end(&q);
    *id = (int32_t)query_i64(&q, 0);
    *named = query_null(&q, 2);
    *own = !*named && query_i64(&q, 2) == c->source && category_same_spelling(query_str(&q, 1), c->code);
    return query_run(&q);
}

// A key that no other source's spelling has, whatever comes first.
static enum err own_key(struct scope *sc, str key, str source, str code, str *out)
{
    str text = arena_printf(sc->mem, "%.*s\n%.*s", STR(source), STR(code));
    *out = arena_printf(sc->mem, "%.*s-%08x", STR(key), (unsigned)str_fnv(text));
    return text.p && out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a code");
}

// A profile names another kind by the key of a source's own spelling, which gets the one that it would have had if it had come later.
static enum err make_way(struct scope *sc, struct store *st, int32_t id, str key)
{
    AUTO(query_free) struct query of = query_open(sc, st, SQL_CATEGORY_OWN_OF);
    bind_i64(&of, ":id", id);
    TRY(query_one(&of));
    TRY(own_key(sc, key, query_str(&of, 1), query_str(&of, 0), &key));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CATEGORY_RENAME);
    bind_i64(&q, ":id", id);
    bind_str(&q, ":key", key);
    return query_run(&q);
}

static enum err category_put(struct scope *sc, struct store *st, struct category *c)
{
    bool    none, own = false, named = false;
    int32_t id = 0;
    TRY(key_find(sc, st, c, &none, &own, &named, &id));
    if (!none && !own && !named) TRY(make_way(sc, st, id, c->key));
    TRY(code_put(sc, st, SQL_CATEGORY_PUT, c->key, c->code, ":iccs", c->iccs, &c->id));
    if (c->sensitivity) TRY(class_put(sc, st, SQL_CATEGORY_CLASS_PUT, c));
    return labels_put(sc, st, SQL_CATEGORY_LABEL_PUT, c->id, c->label);
}

// Two spellings, or two sources, that give one key: the later gets a key of its own.
static enum err own_put(struct scope *sc, struct store *st, str source, struct category *c)
{
    bool none, own, named;
    TRY(key_find(sc, st, c, &none, &own, &named, &c->id));
    if (!none && !own) {
        TRY(own_key(sc, c->key, source, c->code, &c->key));
        TRY(key_find(sc, st, c, &none, &own, &named, &c->id));
    }
    if (own) return OK;
    if (!none)
        return fail(&sc->fault, ERR_LIMIT,
                    "\"%.*s\" and another kind have the same key %.*s; write one into the "
                    "profile's [categories]",
                    STR(str_slice(c->code, 0, 60)), STR(c->key));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CATEGORY_OWN);
    bind_str(&q, ":key", c->key);
    bind_str(&q, ":code", c->code);
    bind_i64(&q, ":source", c->source);
    TRY(query_one(&q));
    TRY(id_of(&q, &c->id));
    return labels_put(sc, st, SQL_CATEGORY_LABEL_PUT, c->id, c->label);
}

enum err store_category_own(struct scope *sc, struct store *st, str source, struct category *c)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, own_put(sc, st, source, c));
}

enum err store_category_put(struct scope *sc, struct store *st, struct category *c)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, category_put(sc, st, c));
}

enum err store_category_confirm(struct scope *sc, struct store *st, const struct category *c)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, class_put(sc, st, SQL_CATEGORY_CONFIRM, c));
}

static enum err outcome_put(struct scope *sc, struct store *st, struct outcome *o)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_OUTCOME_PUT);
    bind_str(&q, ":key", o->key);
    bind_str(&q, ":code", o->code);
    bind_i64(&q, ":class", (int64_t)o->is);
    bind_i64(&q, ":named", o->named);
    TRY(query_one(&q));
    bool named = query_i64(&q, 1) != 0;
    TRY(id_of(&q, &o->id));
    if (named && !o->named) return OK; // its labels stay
    return labels_put(sc, st, SQL_OUTCOME_LABEL_PUT, o->id, o->label);
}

enum err store_outcome_put(struct scope *sc, struct store *st, struct outcome *o)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, outcome_put(sc, st, o));
}

// -- lists --------------------------------------------------------------------------------------------------
enum err store_sources(struct scope *sc, struct store *st, const struct source **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_SOURCE_LIST);
    while (query_next(&q))
        list_add(&l, &(struct source){
                         .id = (int32_t)query_i64(&q, 0),
                         .key = query_keep(&q, 1),
                         .name = query_keep(&q, 2),
                         .licence = query_keep(&q, 3),
                         .licence_url = query_keep(&q, 4),
                         .homepage = query_keep(&q, 5),
                         .attribution = query_keep(&q, 6),
                         .caveat = query_keep(&q, 7),
                         .timezone = query_keep(&q, 8),
                     });
    return list_keep(&q, &l, (const void **)out, n);
}

// The rows of both lists: id, key, code, section or class, language, label. One row for each label.
static void label_keep(struct query *q, str label[LANGUAGES])
{
    enum language l;
    if (language_read(query_str(q, 4), &l)) label[l] = query_keep(q, 5);
}

enum err store_categories(struct scope *sc, struct store *st, const struct category **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CATEGORY_LIST);
    while (query_next(&q)) {
        struct category *last = list_last(&l);
        int32_t          id = (int32_t)query_i64(&q, 0);
        if (!last || last->id != id)
            list_add(&l, &(struct category){ .id = id,
                                             .key = query_keep(&q, 1),
                                             .code = query_keep(&q, 2),
                                             .iccs = (int)query_i64(&q, 3),
                                             .sensitivity = (enum sensitivity)query_i64(&q, 6),
                                             .confirmed_s = query_i64(&q, 7),
                                             .confirmed_by = query_keep(&q, 8),
                                             .source = (int32_t)query_i64(&q, 9) });
        last = list_last(&l);
        if (last) label_keep(&q, last->label);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_category_counts(struct scope *sc, struct store *st, const struct category_count **out,
                               size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_CATEGORY_COUNTS);
    while (query_next(&q))
        list_add(&l, &(struct category_count){ (int32_t)query_i64(&q, 0), (uint64_t)query_i64(&q, 1) });
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_outcomes(struct scope *sc, struct store *st, const struct outcome **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_OUTCOME_LIST);
    while (query_next(&q)) {
        struct outcome *last = list_last(&l);
        int32_t         id = (int32_t)query_i64(&q, 0);
        if (!last || last->id != id)
            list_add(&l, &(struct outcome){ .id = id,
                                            .key = query_keep(&q, 1),
                                            .code = query_keep(&q, 2),
                                            .is = (enum outcome_class)query_i64(&q, 3),
                                            .named = query_i64(&q, 6) != 0 });
        last = list_last(&l);
        if (last) label_keep(&q, last->label);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_outcome_counts(struct scope *sc, struct store *st, const struct outcome_count **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_OUTCOME_COUNTS);
    while (query_next(&q))
        list_add(&l, &(struct outcome_count){ (int32_t)query_i64(&q, 0), (uint64_t)query_i64(&q, 1) });
    return list_keep(&q, &l, (const void **)out, n);
}
