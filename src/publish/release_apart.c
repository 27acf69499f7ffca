// SPDX-License-Identifier: EUPL-1.2
// A release apart from the town that made it: files that a reader has downloaded, and a key that the reader trusts. The trap is
// order: nothing in the manifest is believed, nor even parsed, before its signature is checked.
#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "publish/release.h"
#include "publish/release_int.h"
#include "seal/hash.h"

#include <jansson.h>
#include <string.h>

static enum err path_of(struct scope *sc, const char *dir, str prefix, str name, const char **out)
{
    return release_path(sc, out, "%s/%.*s%.*s", dir, STR(prefix), STR(name));
}

enum err release_read_keys(struct scope *sc, const char *dir, str prefix, struct key_list *out)
{
    const char *path;
    str         text;
    TRY(path_of(sc, dir, prefix, S(RELEASE_KEYS), &path));
    TRY(file_read_own(sc, path, KEYS_FILE_BYTES, &text));
    enum err e = keys_read(sc, text, out);
    if (e == ERR_NOMEM) return e;
    return e ? fail(&sc->fault, ERR_CORRUPT, "%s is no list of keys: %s", path,
                    arena_cstr(sc->mem, str_slice(str_of(sc->fault.text), 0, 200)))
             : OK;
}

enum err release_check_signature(struct scope *sc, const char *dir, str prefix, const char *what, str text,
                                 const struct sign_key *key)
{
    const char      *path;
    struct signature s;
    str              hex;
    TRY(path_of(sc, dir, prefix, S(RELEASE_SIGNATURE), &path));
    enum err e = file_read_own(sc, path, SIGN_TEXT_BYTES, &hex);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_CORRUPT, "%s is missing, so nothing proves the manifest", path);
    if (e == ERR_LIMIT || (!e && !sign_text_read(hex, &s)))
        return fail(&sc->fault, ERR_CORRUPT, "%s is no signature", path);
    TRY(e);
    e = sign_check(sc, key, what, text, &s);
    if (e != ERR_CORRUPT) return e;
    return fail(&sc->fault, e, "%s does not fit %.*s%s: the manifest was changed, or signed with another key",
                path, STR(prefix), RELEASE_MANIFEST);
}

// -- the manifest ------------------------------------------------------------------------------------------------------

static str text_at(struct scope *sc, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_string(v) ? arena_str(sc->mem, (str){ json_string_value(v), json_string_length(v) })
                             : (str){ 0 };
}

static bool is_plain_name(str s)
{
    bool plain = s.n && s.n < 200 && s.p[0] != '.';
    for (size_t i = 0; i < s.n; i++) plain = plain && s.p[i] > ' ' && s.p[i] != '/' && s.p[i] != 127;
    return plain;
}

static bool read_file(struct scope *sc, const json_t *o, struct apart_file *f, str *sha256)
{
    json_int_t bytes = json_integer_value(json_object_get(o, "bytes"));
    *f = (struct apart_file){ .name = text_at(sc, o, "name"), .bytes = (uint64_t)bytes };
    *sha256 = text_at(sc, o, "sha256");
    return is_plain_name(f->name) && bytes >= 0 && sha256->n == 64;
}

static bool read_all(struct scope *sc, const json_t *m, struct apart *out, str *sha256)
{
    const json_t *files = json_object_get(m, "files");
    str           created = text_at(sc, m, "created");
    out->number = json_integer_value(json_object_get(m, "release"));
    out->n = json_array_size(files);
    bool fine = out->number > 0 && out->n > 0 && out->n <= APART_MAX_FILES && str_ends(created, S("Z")) &&
                civil_read_time(str_slice(created, 0, created.n - 1), &out->created_s);
    for (size_t i = 0; i < out->n && fine; i++)
        fine = read_file(sc, json_array_get(files, i), &out->file[i], &sha256[i]);
    return fine;
}

enum err apart_read(struct scope *sc, str manifest, struct apart *out, str sha256[APART_MAX_FILES])
{
    json_error_t error;
    if (manifest.n > RELEASE_MAX_MANIFEST)
        return fail(&sc->fault, ERR_CORRUPT, "a manifest has at most %d bytes", RELEASE_MAX_MANIFEST);
    json_t *m = json_loadb(manifest.p, manifest.n, JSON_REJECT_DUPLICATES, &error);
    if (!m) return fail(&sc->fault, ERR_CORRUPT, "the manifest, line %d: %.200s", error.line, error.text);
    bool fine = read_all(sc, m, out, sha256);
    json_decref(m);
    return fine ? OK
                : fail(&sc->fault, ERR_CORRUPT,
                       "the manifest does not name a release, the time it was made and its files");
}

// -- the files ---------------------------------------------------------------------------------------------------------

static enum err check_file(struct scope *sc, const char *dir, str prefix, struct apart_file *f, str want)
{
    const char *path;
    str         got;
    uint64_t    bytes;
    TRY(path_of(sc, dir, prefix, f->name, &path));
    enum err e = hash_file_sha256(sc, path, &got, &bytes);
    f->there = e != ERR_NOTFOUND;
    if (e == ERR_NOTFOUND) return OK;
    TRY(e);
    if (bytes != f->bytes)
        return fail(&sc->fault, ERR_CORRUPT, "%s has %llu bytes, and the manifest says %llu", path,
                    (unsigned long long)bytes, (unsigned long long)f->bytes);
    if (str_eq(got, want)) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "%s is not what was published (sha256 %.*s, wanted %.*s)", path,
                STR(got), STR(want));
}

/// Which key must have signed: the last one of those beside the manifest, or, without them, whichever trusted one did.
static enum err find_signer(struct scope *sc, const char *dir, str prefix, str manifest,
                            const struct key_list *trusted, const struct key_list *shown,
                            struct sign_key *out)
{
    const struct key_list *list = shown ? shown : trusted;
    if (!list)
        return fail(&sc->fault, ERR_NOTFOUND, "%s/%.*s%s is not there; name the town's key with --key", dir,
                    STR(prefix), RELEASE_KEYS);
    for (size_t i = list->n; i-- > 0;) {
        enum err e =
            release_check_signature(sc, dir, prefix, RELEASE_PUBLIC_TEXT, manifest, &list->at[i].key);
        *out = list->at[i].key;
        if (e != ERR_CORRUPT || shown || !i) return e;
    }
    return ERR_CORRUPT;
}

enum err apart_verify(struct scope *sc, const char *dir, str prefix, const struct key_list *trusted,
                      struct apart *out)
{
    const char     *path;
    struct key_list shown;
    str             manifest, sha256[APART_MAX_FILES];
    TRY(path_of(sc, dir, prefix, S(RELEASE_MANIFEST), &path));
    TRY(file_read(sc, path, RELEASE_MAX_MANIFEST, &manifest));
    enum err e = release_read_keys(sc, dir, prefix, &shown);
    if (e && e != ERR_NOTFOUND) return e;
    const struct key_list *beside = e ? NULL : &shown;
    TRY(find_signer(sc, dir, prefix, manifest, trusted, beside, &out->signer));
    TRY(hash_sha256(sc, manifest, &out->sha256));
    TRY(apart_read(sc, manifest, out, sha256));
    if (trusted && keys_trust(sc, trusted, beside, &out->signer, out->created_s))
        return fail_at(&sc->fault, "%s", path);
    for (size_t i = 0; i < out->n; i++) TRY(check_file(sc, dir, prefix, &out->file[i], sha256[i]));
    return OK;
}
