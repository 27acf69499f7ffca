// SPDX-License-Identifier: EUPL-1.2
#include "web/releases.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "publish/release.h"
#include "seal/hash.h"
#include "seal/sign.h"
#include <jansson.h>

static str text_of(struct scope *sc, const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? arena_str(sc->mem, str_of(s)) : (str){ 0 };
}

static str licences_of(struct scope *sc, const json_t *sources)
{
    struct buf b;
    buf_init(&b, 2000);
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const char *s = json_string_value(json_object_get(json_array_get(sources, i), "licence"));
        if (!s || !*s || str_has(buf_str(&b), str_of(s))) continue;
        buf_printf(&b, "%s%s", b.n ? ", " : "", s);
    }
    str out = !b.failed ? arena_str(sc->mem, buf_str(&b)) : (str){ 0 };
    buf_free(&b);
    return out;
}

/// Only a key that is one is shown.
static void fill_key(struct scope *sc, const json_t *m, struct release_note *r)
{
    char            print[SIGN_FINGERPRINT_BYTES];
    struct sign_key key;
    str             hex = text_of(sc, m, "signed_by");
    if (!sign_hex_read(hex, key.byte, sizeof key.byte)) return;
    sign_fingerprint(&key, print);
    r->signed_by = hex;
    r->fingerprint = arena_str(sc->mem, str_of(print));
}

static void fill_exceptions(struct scope *sc, const json_t *list, struct release_note *r)
{
    size_t                 n = json_array_size(list) < FLOORS ? json_array_size(list) : FLOORS;
    struct exception_note *e = arena_array(sc->mem, struct exception_note, n + 1);
    for (size_t i = 0; e && i < n; i++) {
        const json_t *o = json_array_get(list, i);
        e[i] = (struct exception_note){ text_of(sc, o, "floor"), text_of(sc, o, "reason"),
                                        text_of(sc, o, "by"), text_of(sc, o, "until") };
    }
    r->exceptions = e;
    r->n_exceptions = e ? n : 0;
}

static void fill(struct scope *sc, const json_t *m, struct release_note *r)
{
    r->created = text_of(sc, m, "created");
    r->created_s = release_read_time(r->created);
    r->incidents = (uint64_t)json_integer_value(json_object_get(m, "incidents"));
    r->without_point = (uint64_t)json_integer_value(json_object_get(m, "without_point"));
    r->licence = licences_of(sc, json_object_get(m, "sources"));
    const json_t *moved = json_object_get(m, "displacement");
    r->moved_median_m = json_number_value(json_object_get(moved, "median_m"));
    r->moved_p95_m = json_number_value(json_object_get(moved, "p95_m"));
    r->left_area = (uint64_t)json_integer_value(json_object_get(moved, "left_area"));
    const json_t *regions = json_object_get(m, "regions");
    r->region_unit = text_of(sc, regions, "unit");
    r->region_least = json_number_value(json_object_get(regions, "least"));
    r->region_smallest = json_number_value(json_object_get(regions, "smallest"));
    fill_key(sc, m, r);
    fill_exceptions(sc, json_object_get(m, "exceptions"), r);
    const json_t *files = json_object_get(m, "files");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *f = json_array_get(files, i);
        if (str_eq(text_of(sc, f, "name"), S(RELEASE_DIFFERENCE)))
            r->difference_sha256 = text_of(sc, f, "sha256");
        if (!str_eq(text_of(sc, f, "name"), S("public.index"))) continue;
        r->bytes = json_integer_value(json_object_get(f, "bytes"));
        r->index_sha256 = text_of(sc, f, "sha256");
    }
}

static enum err read_one(struct scope *sc, const char *data_dir, struct release_note *r)
{
    str path = arena_printf(sc->mem, "%s/releases/%lld/manifest.json", data_dir, (long long)r->number);
    str text;
    if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    TRY(file_read(sc, path.p, MANIFEST_MAX_BYTES, &text));
    TRY(hash_sha256(sc, text, &r->manifest_sha256));
    json_error_t why;
    json_t      *m = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(m)) {
        json_decref(m);
        return fail(&sc->fault, ERR_CORRUPT, "%s is damaged: line %d: %s", path.p, why.line, why.text);
    }
    fill(sc, m, r);
    json_decref(m);
    return OK;
}

/// False: it is left out.
static bool note_one(struct scope *sc, const char *data_dir, int64_t current, struct release_note *r)
{
    struct release_fate f;
    enum err            e = release_fate(sc, data_dir, r->number, &f);
    if (!e && f.is == RELEASE_WITHDRAWN) {
        r->withdrawn = true;
        r->since_s = f.since_s;
        r->reason = f.reason;
        return true;
    }
    if (r->number > current) return false; // still in the making
    r->offered = !e && f.is == RELEASE_WHOLE;
    if (!e) e = read_one(sc, data_dir, r);
    if (e) // one that is damaged or just being removed hides no other
        log_error("release.manifest", log_i64("release", r->number), log_cstr("why", sc->fault.text));
    return !e;
}

enum err releases_read(struct scope *sc, const char *data_dir, const struct release_note **out, size_t *n)
{
    int64_t *number, current = 0;
    size_t   all, k = 0;
    TRY(release_list(sc, data_dir, &number, &all));
    if (release_current(sc, data_dir, &current) == ERR_NOMEM) return sc->fault.code;
    struct release_note *r =
        arena_array(sc->mem, struct release_note, (all < RELEASES_MAX ? all : RELEASES_MAX) + 1);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for %zu releases", all);
    for (size_t i = all; i-- > 0 && k < RELEASES_MAX;) {
        r[k] = (struct release_note){ .number = number[i] };
        k += note_one(sc, data_dir, current, &r[k]);
    }
    *out = r;
    *n = k;
    return OK;
}
