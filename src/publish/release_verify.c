// SPDX-License-Identifier: EUPL-1.2
// Apart from release.c, because jansson and wire/json.h both own the word json_null.
#include "base/arena.h"
#include "base/file.h"
#include "publish/release.h"
#include "publish/release_int.h"
#include "seal/hash.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static enum err read_manifest(struct scope *sc, const char *dir, json_t **out, str *text)
{
    const char  *path;
    json_error_t error;
    TRY(release_path(sc, &path, "%s/%s", dir, RELEASE_MANIFEST));
    enum err e = file_read_own(sc, path, RELEASE_MAX_MANIFEST, text);
    if (e == ERR_NOTFOUND) return fail(&sc->fault, ERR_CORRUPT, "%s is missing", path);
    if (e) return e;
    *out = json_loadb(text->p, text->n, JSON_REJECT_DUPLICATES, &error);
    if (!*out) return fail(&sc->fault, ERR_CORRUPT, "%s, line %d: %.200s", path, error.line, error.text);
    return OK;
}

static enum err verify_file(struct scope *sc, const char *dir, const json_t *f, bool retired)
{
    const char *name = json_string_value(json_object_get(f, "name"));
    const char *want = json_string_value(json_object_get(f, "sha256")), *path;
    str         got;
    uint64_t    bytes;
    if (!name || !want || strchr(name, '/'))
        return fail(&sc->fault, ERR_CORRUPT, "%s/%s lists a file without a name or hash", dir,
                    RELEASE_MANIFEST);
    TRY(release_path(sc, &path, "%s/%s", dir, name));
    enum err e = hash_file_sha256(sc, path, &got, &bytes);
    if (e == ERR_NOTFOUND && retired && strcmp(name, RELEASE_DIFFERENCE) != 0) return OK;
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s is missing; bring it back from a backup, or withdraw the release", path);
    if (e) return e;
    if ((json_int_t)bytes != json_integer_value(json_object_get(f, "bytes")))
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s has %llu bytes, and the manifest says %lld; bring it back from a backup", path,
                    (unsigned long long)bytes, (long long)json_integer_value(json_object_get(f, "bytes")));
    if (!str_eq(got, str_of(want)))
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s is not what was published (sha256 %.*s, wanted %.80s); bring it back "
                    "from a backup",
                    path, STR(got), want);
    return OK;
}

enum err release_policy_text(struct scope *sc, const char *data_dir, int64_t number, str *out)
{
    const char  *dir;
    json_auto_t *manifest = NULL;
    str          text;
    TRY(release_dir(sc, data_dir, number, false, &dir));
    TRY(read_manifest(sc, dir, &manifest, &text));
    const char *policy = json_string_value(json_object_get(manifest, "policy"));
    if (!policy) return fail(&sc->fault, ERR_CORRUPT, "%s/%s holds no policy", dir, RELEASE_MANIFEST);
    *out = arena_str(sc->mem, str_of(policy));
    return out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a policy");
}

enum err release_recall(struct scope *sc, const char *data_dir, int64_t number, struct release_told *out)
{
    static const char *const hidden[] = { "withheld", "by_area", "delayed" };
    json_auto_t *public = NULL, *restricted = NULL;
    const char *dir, *restricted_dir;
    str         text, other;
    TRY(release_dir(sc, data_dir, number, false, &dir));
    TRY(release_dir(sc, data_dir, number, true, &restricted_dir));
    TRY(read_manifest(sc, dir, &public, &text));
    TRY(read_manifest(sc, restricted_dir, &restricted, &other));
    const char *policy = json_string_value(json_object_get(public, "policy"));
    const char *created = json_string_value(json_object_get(public, "created"));
    json_int_t  incidents = json_integer_value(json_object_get(public, "incidents"));
    if (!policy || !created || incidents < 0)
        return fail(&sc->fault, ERR_CORRUPT, "%s/%s does not tell what it was made of", dir,
                    RELEASE_MANIFEST);
    struct release_told t = { .created_s = release_read_time(str_of(created)),
                              .incidents = (uint64_t)incidents,
                              .policy = arena_str(sc->mem, str_of(policy)) };
    const json_t *tier = json_object_get(json_object_get(restricted, "tiers"), tier_name(TIER_PUBLIC).p);
    for (size_t i = 0; i < COUNT(hidden); i++) {
        json_int_t n = json_integer_value(json_object_get(tier, hidden[i]));
        t.withheld += n > 0 ? (uint64_t)n : 0;
    }
    if (!t.policy.p) return fail(&sc->fault, ERR_NOMEM, "no room for a policy");
    TRY(hash_sha256(sc, text, &t.sha256));
    *out = t;
    return OK;
}

/// The one file that no manifest lists tells of the manifest that lists all others.
static enum err verify_seal(struct scope *sc, const char *dir, str manifest)
{
    const char *path;
    str         text, hash;
    TRY(release_path(sc, &path, "%s/%s", dir, RELEASE_SEAL));
    enum err e = file_read_own(sc, path, RELEASE_MAX_MANIFEST, &text);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_CORRUPT, "%s is missing; bring it back from a backup, or publish anew",
                    path);
    TRY(e);
    TRY(hash_sha256(sc, manifest, &hash));
    str want = arena_printf(sc->mem, "%.*s  %s\n", STR(hash), RELEASE_MANIFEST);
    if (str_eq(text, want)) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "%s/%s is not what was published: %s has another sha256 than %.*s",
                dir, RELEASE_MANIFEST, path, STR(hash));
}

/// Every file that is listed is as it was, and nothing else lies there but the manifest and what proves it.
static enum err verify_dir(struct scope *sc, const char *dir, const json_t *manifest, bool retired,
                           const char *seal, const char *signature)
{
    const json_t                 *files = json_object_get(manifest, "files");
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return fail_errno(&sc->fault, "cannot open %s", dir);
    if (!json_is_array(files))
        return fail(&sc->fault, ERR_CORRUPT, "%s/%s lists no files", dir, RELEASE_MANIFEST);
    for (size_t i = 0; i < json_array_size(files); i++)
        TRY(verify_file(sc, dir, json_array_get(files, i), retired));
    for (const char *name; (name = release_next_name(d));) {
        bool listed = !strcmp(name, RELEASE_MANIFEST) || (seal && !strcmp(name, seal)) ||
                      (signature && !strcmp(name, signature));
        for (size_t i = 0; i < json_array_size(files) && !listed; i++)
            listed = !strcmp(name, json_string_value(json_object_get(json_array_get(files, i), "name")));
        if (!listed)
            return fail(&sc->fault, ERR_CORRUPT, "%s/%s is not part of the release; remove it", dir, name);
    }
    return OK;
}

/// Adds how many files lie in a folder but for the keys; one that is not there has none.
static enum err count_files(struct scope *sc, const char *dir, size_t *n)
{
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return errno == ENOENT ? OK : fail_errno(&sc->fault, "cannot open %s", dir);
    for (const char *name; (name = release_next_name(d));) *n += strcmp(name, RELEASE_KEYS) != 0;
    return errno ? fail_errno(&sc->fault, "cannot read %s", dir) : OK;
}

/// Nothing of it is left but the record and the keys, also when the town's folder was copied back over it.
static enum err verify_withdrawn(struct scope *sc, const char *public, const char *restricted, int64_t number)
{
    size_t n = 0;
    TRY(count_files(sc, public, &n));
    TRY(count_files(sc, restricted, &n));
    if (n <= 1) return OK; // the record
    return fail(&sc->fault, ERR_CORRUPT,
                "release %lld was withdrawn, and files of it are still there; withdraw it once more",
                (long long)number);
}

/// A manifest with its folder.
struct whole {
    const char *dir;
    json_t     *json;
    str         text;
};

static void whole_free(struct whole *w)
{
    json_decref(w->json);
}

static enum err verify_signatures(struct scope       *sc, const struct whole *public,
                                  const struct whole *restricted)
{
    struct key_list keys;
    enum err        e = release_read_keys(sc, public->dir, S(""), &keys);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_CORRUPT, "%s/%s is missing; bring it back from a backup", public->dir,
                    RELEASE_KEYS);
    TRY(e);
    const struct sign_key *signer = &keys.at[keys.n - 1].key;
    TRY(release_check_signature(sc, public->dir, S(""), RELEASE_PUBLIC_TEXT, public->text, signer));
    return release_check_signature(sc, restricted->dir, S(""), RELEASE_RESTRICTED_TEXT, restricted->text,
                                   signer);
}

static enum err verify_manifests(struct scope *sc, const struct whole *public, const struct whole *restricted)
{
    str hash;
    TRY(hash_sha256(sc, public->text, &hash));
    const char *want = json_string_value(json_object_get(restricted->json, "public_manifest_sha256"));
    if (want && str_eq(hash, str_of(want))) return OK;
    return fail(&sc->fault, ERR_CORRUPT,
                "%s/%s is not what was published: its sha256 is %.*s and %s says %.80s", public->dir,
                RELEASE_MANIFEST, STR(hash), restricted->dir, want ? want : "nothing");
}

/// One that says it was made before releases were signed has no signature; the database holds its hash.
static bool is_signed(const struct whole *public)
{
    return json_integer_value(json_object_get(public->json, "format")) != RELEASE_FORMAT_UNSIGNED;
}

enum err release_may_be_signed(struct scope *sc, const char *data_dir, int64_t number, bool *out)
{
    AUTO(whole_free) struct whole public = { 0 };
    struct release_fate fate;
    TRY(release_dir(sc, data_dir, number, false, &public.dir));
    TRY(release_fate(sc, data_dir, number, &fate));
    *out = true;
    if (fate.is == RELEASE_WITHDRAWN || fate.is == RELEASE_ABSENT) return OK;
    enum err e = read_manifest(sc, public.dir, &public.json, &public.text);
    if (e == ERR_NOMEM) return e;
    if (!e) *out = is_signed(&public);
    return OK;
}

enum err release_verify(struct scope *sc, const char *data_dir, int64_t number)
{
    struct release_fate fate;
    AUTO(whole_free) struct whole public = { 0 }, restricted = { 0 };
    TRY(release_dir(sc, data_dir, number, false, &public.dir));
    TRY(release_dir(sc, data_dir, number, true, &restricted.dir));
    if (!release_exists(public.dir))
        return fail(&sc->fault, ERR_NOTFOUND, "there is no release %lld", (long long)number);
    TRY(release_fate(sc, data_dir, number, &fate));
    if (fate.is == RELEASE_WITHDRAWN) return verify_withdrawn(sc, public.dir, restricted.dir, number);
    int64_t newest = 0; // nothing is retired but by one that took its place, also where `current` was lost
    if (release_current(sc, data_dir, &newest)) TRY(release_newest(sc, data_dir, &newest));
    bool retired = fate.is == RELEASE_RETIRED && number != newest;
    TRY(read_manifest(sc, public.dir, &public.json, &public.text));
    if (json_integer_value(json_object_get(public.json, "release")) != number)
        return fail(&sc->fault, ERR_CORRUPT, "%s/%s is of another release", public.dir, RELEASE_MANIFEST);
    TRY(read_manifest(sc, restricted.dir, &restricted.json, &restricted.text));
    TRY(verify_seal(sc, restricted.dir, restricted.text));
    TRY(verify_manifests(sc, &public, &restricted));
    const char *signature = is_signed(&public) ? RELEASE_SIGNATURE : NULL;
    if (signature) TRY(verify_signatures(sc, &public, &restricted));
    TRY(verify_dir(sc, public.dir, public.json, retired, NULL, signature));
    return verify_dir(sc, restricted.dir, restricted.json, retired, RELEASE_SEAL, signature);
}

enum err release_origin(struct scope *sc, const char *data_dir, int64_t number, const struct key_list *own)
{
    AUTO(whole_free) struct whole public = { 0 };
    struct key_list keys;
    struct apart    what;
    str             sha256[APART_MAX_FILES];
    TRY(release_dir(sc, data_dir, number, false, &public.dir));
    TRY(read_manifest(sc, public.dir, &public.json, &public.text));
    if (!is_signed(&public)) return OK;
    TRY(release_read_keys(sc, public.dir, S(""), &keys));
    TRY(apart_read(sc, public.text, &what, sha256));
    enum err e = keys_trust(sc, own, NULL, &keys.at[keys.n - 1].key, what.created_s);
    return e ? fail_at(&sc->fault, "%s/%s", public.dir, RELEASE_MANIFEST) : OK;
}

// -- what is handed out ------------------------------------------------------------------------------------------------

static enum err not_published(struct scope *sc, const char *path, const char *why)
{
    return fail(&sc->fault, ERR_CORRUPT, "%s is not what was published: %s; bring it back from a backup",
                path, why);
}

static enum err read_own(struct scope *sc, const char *path, size_t max, str *out)
{
    enum err e = file_read_own(sc, path, max, out);
    if (e == ERR_NOTFOUND) return not_published(sc, path, "it is missing");
    return e == ERR_LIMIT ? not_published(sc, path, "it is too large") : e;
}

static enum err papers_list(struct scope *sc, const char *path, int64_t number, struct release_papers *p)
{
    str                    sha256[APART_MAX_FILES];
    struct apart          *says = arena_new(sc->mem, struct apart);
    struct release_listed *file = arena_array(sc->mem, struct release_listed, APART_MAX_FILES);
    if (!says || !file) return fail(&sc->fault, ERR_NOMEM, "no room for a manifest");
    if (apart_read(sc, p->manifest, says, sha256)) return fail_at(&sc->fault, "%s", path);
    if (says->number != number) return not_published(sc, path, "it is of another release");
    for (size_t i = 0; i < says->n; i++)
        file[i] = (struct release_listed){ says->file[i].name, sha256[i], says->file[i].bytes };
    p->file = file;
    p->n = says->n;
    return hash_sha256(sc, p->manifest, &p->manifest_sha256);
}

/// By the keys, which the manifest lists, and the signature, which nothing lists.
static enum err papers_prove(struct scope *sc, const char *sig_path, const char *key_path,
                             const struct release_papers *p)
{
    struct key_list              keys;
    struct signature             s;
    str                          hash;
    const struct release_listed *f = release_listed(p, S(RELEASE_KEYS));
    TRY(hash_sha256(sc, p->keys, &hash));
    if (!f || !str_eq(hash, f->sha256)) return not_published(sc, key_path, "the manifest lists another");
    enum err e = keys_read(sc, p->keys, &keys);
    if (e == ERR_NOMEM) return e;
    if (e) return not_published(sc, key_path, "it is no list of keys");
    if (!sign_text_read(p->signature, &s)) return not_published(sc, sig_path, "it is no signature");
    e = sign_check(sc, &keys.at[keys.n - 1].key, RELEASE_PUBLIC_TEXT, p->manifest, &s);
    return e == ERR_CORRUPT ? not_published(sc, sig_path, "it does not fit the manifest and the key") : e;
}

enum err release_papers(struct scope *sc, const char *data_dir, int64_t number, struct release_papers *out)
{
    struct release_papers p = { 0 };
    const char           *dir, *path, *sig, *key;
    AUTO(whole_free) struct whole public = { 0 };
    json_error_t error;
    TRY(release_dir(sc, data_dir, number, false, &dir));
    TRY(release_path(sc, &path, "%s/%s", dir, RELEASE_MANIFEST));
    TRY(release_path(sc, &sig, "%s/%s", dir, RELEASE_SIGNATURE));
    TRY(release_path(sc, &key, "%s/%s", dir, RELEASE_KEYS));
    TRY(read_own(sc, path, RELEASE_MAX_MANIFEST, &p.manifest));
    TRY(papers_list(sc, path, number, &p));
    public.json = json_loadb(p.manifest.p, p.manifest.n, JSON_REJECT_DUPLICATES, &error);
    if (!public.json) return fail(&sc->fault, ERR_NOMEM, "no room for a manifest");
    // One that says that it is older than signatures, and has some, was changed.
    if (is_signed(&public) || release_exists(sig) || release_exists(key)) {
        TRY(read_own(sc, sig, SIGN_TEXT_BYTES, &p.signature));
        TRY(read_own(sc, key, KEYS_FILE_BYTES, &p.keys));
        TRY(papers_prove(sc, sig, key, &p));
    }
    *out = p;
    return OK;
}

enum err release_papers_origin(struct scope *sc, const struct release_papers *p, const struct key_list *own)
{
    struct apart   *says = arena_new(sc->mem, struct apart);
    struct key_list beside;
    str             sha256[APART_MAX_FILES];
    if (!says) return fail(&sc->fault, ERR_NOMEM, "no room for a manifest");
    TRY(apart_read(sc, p->manifest, says, sha256));
    if (!p->signature.n) {
        if (says->created_s <= own->at[0].since_s) return OK;
        return fail(&sc->fault, ERR_FOREIGN,
                    "it is not signed, and this town has signed its releases since before it was made");
    }
    TRY(keys_read(sc, p->keys, &beside));
    enum err e = keys_trust(sc, own, &beside, &beside.at[beside.n - 1].key, says->created_s);
    if (e != ERR_CORRUPT) return e;
    const char *why = arena_cstr(sc->mem, str_of(sc->fault.text));
    return fail(&sc->fault, ERR_FOREIGN, "it is not signed by this town (hromada keys): %s",
                why ? why : "no room for why");
}

const struct release_listed *release_listed(const struct release_papers *p, str name)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->file[i].name, name)) return &p->file[i];
    return NULL;
}

enum err release_listed_read(struct scope *sc, const char *data_dir, int64_t number,
                             const struct release_papers *p, const char *name, size_t max, str *out)
{
    const struct release_listed *f = release_listed(p, str_of(name));
    const char                  *dir, *path;
    str                          hash, text;
    if (!f) return fail(&sc->fault, ERR_NOTFOUND, "release %lld has no %s", (long long)number, name);
    TRY(release_dir(sc, data_dir, number, false, &dir));
    TRY(release_path(sc, &path, "%s/%s", dir, name));
    TRY(read_own(sc, path, max, &text));
    TRY(hash_sha256(sc, text, &hash));
    if (!str_eq(hash, f->sha256)) return not_published(sc, path, "it has another sha256");
    *out = text;
    return OK;
}

enum err release_keys(struct scope *sc, const char *data_dir, struct key_list *out)
{
    int64_t *number;
    size_t   n;
    TRY(release_list(sc, data_dir, &number, &n));
    while (n-- > 0) {
        const char *dir;
        TRY(release_dir(sc, data_dir, number[n], false, &dir));
        enum err e = release_read_keys(sc, dir, S(""), out);
        if (e != ERR_NOTFOUND) return e;
    }
    return fail(&sc->fault, ERR_NOTFOUND, "no release is signed");
}
