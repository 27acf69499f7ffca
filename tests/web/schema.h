// SPDX-License-Identifier: EUPL-1.2
// A judge of answers: does a JSON value fit a schema of openapi.json? It knows the words that openapi.json uses, and fails on
// one that it does not know, so that no promise is passed over.
#pragma once
#include "check.h"
#include <jansson.h>
#include <regex.h>

static inline bool schema_is_type(const char *type, const json_t *v)
{
    return !strcmp(type, "object")    ? json_is_object(v)
           : !strcmp(type, "array")   ? json_is_array(v)
           : !strcmp(type, "string")  ? json_is_string(v)
           : !strcmp(type, "integer") ? json_is_integer(v)
           : !strcmp(type, "number")  ? json_is_number(v)
           : !strcmp(type, "boolean") ? json_is_boolean(v)
                                      : !strcmp(type, "null") && json_is_null(v);
}

static inline bool schema_has_type(const json_t *type, const json_t *v)
{
    if (json_is_string(type)) return schema_is_type(json_string_value(type), v);
    size_t  i;
    json_t *one;
    json_array_foreach(type, i, one) if (schema_is_type(json_string_value(one), v)) return true;
    return false;
}

static inline bool schema_matches(const char *pattern, const char *text)
{
    regex_t re;
    if (!text) return true;
    ok(!regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), "pattern %s", pattern);
    bool fits = !regexec(&re, text, 0, NULL, 0);
    regfree(&re);
    return fits;
}

static inline void schema_check(const json_t *doc, const json_t *schema, const json_t *v, const char *where);

static inline bool schema_fits_one(const json_t *schemas, const json_t *v)
{
    size_t  i;
    json_t *one;
    json_array_foreach(schemas, i, one)
    {
        const json_t *type = json_object_get(one, "type");
        if (type ? schema_has_type(type, v) : !json_is_null(v)) return true; // enough for what may be null
    }
    return false;
}

static inline void schema_word(const json_t *doc, const json_t *schema, const char *word, const json_t *rule,
                               const json_t *v, const char *where)
{
    size_t      i;
    json_t     *one;
    const char *key;
    char        here[300];
    if (!strcmp(word, "$ref")) {
        const char   *name = strrchr(json_string_value(rule), '/') + 1;
        const json_t *of =
            json_object_get(json_object_get(json_object_get(doc, "components"), "schemas"), name);
        ok(of, "%s: there is no schema %s", where, name);
        schema_check(doc, of, v, where);
    } else if (!strcmp(word, "type")) {
        ok(schema_has_type(rule, v), "%s has another type", where);
    } else if (!strcmp(word, "required")) {
        json_array_foreach(rule, i, one) ok(!json_is_object(v) || json_object_get(v, json_string_value(one)),
                                            "%s has no %s", where, json_string_value(one));
    } else if (!strcmp(word, "properties")) {
        json_object_foreach((json_t *)(uintptr_t)rule, key, one)
        {
            snprintf(here, sizeof here, "%s.%s", where, key);
            if (json_object_get(v, key)) schema_check(doc, one, json_object_get(v, key), here);
        }
    } else if (!strcmp(word, "additionalProperties")) {
        json_object_foreach((json_t *)(uintptr_t)v, key, one)
        {
            snprintf(here, sizeof here, "%s.%s", where, key);
            schema_check(doc, rule, one, here);
        }
    } else if (!strcmp(word, "items")) {
        json_array_foreach(v, i, one)
        {
            snprintf(here, sizeof here, "%s[%zu]", where, i);
            schema_check(doc, rule, one, here);
        }
    } else if (!strcmp(word, "enum")) {
        bool there = false;
        json_array_foreach(rule, i, one) there = there || json_equal(one, v);
        ok(there, "%s is none of what it may be", where);
    } else if (!strcmp(word, "allOf")) {
        json_array_foreach(rule, i, one) schema_check(doc, one, v, where);
    } else if (!strcmp(word, "anyOf")) {
        ok(schema_fits_one(rule, v), "%s fits none of what it may be", where);
    } else if (!strcmp(word, "pattern")) {
        ok(schema_matches(json_string_value(rule), json_string_value(v)), "%s does not match", where);
    } else if (!strcmp(word, "minimum")) {
        ok(json_number_value(v) >= json_number_value(rule), "%s is too small", where);
    } else if (!strcmp(word, "maximum")) {
        ok(json_number_value(v) <= json_number_value(rule), "%s is too large", where);
    } else if (!strcmp(word, "minItems")) {
        ok((json_int_t)json_array_size(v) >= json_integer_value(rule), "%s has too few", where);
    } else if (!strcmp(word, "maxItems")) {
        ok((json_int_t)json_array_size(v) <= json_integer_value(rule), "%s has too many", where);
    } else {
        static const char *const words_only[] = { "description", "format", "prefixItems" };
        bool                     known = false;
        for (i = 0; i < COUNT(words_only); i++) known = known || !strcmp(word, words_only[i]);
        ok(known, "%s: the judge does not know \"%s\"", where, word);
    }
    (void)schema;
}

static inline void schema_check(const json_t *doc, const json_t *schema, const json_t *v, const char *where)
{
    const char *word;
    json_t     *rule;
    json_object_foreach((json_t *)(uintptr_t)schema, word, rule)
        schema_word(doc, schema, word, rule, v, where);
}
