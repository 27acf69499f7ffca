// SPDX-License-Identifier: EUPL-1.2
#include "publish/release.h"
#include "publish/release_int.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/sums.h"
#include "seal/hash.h"
#include "wire/json.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_CURRENT = 32, MAX_FILES = 64 };

// -- paths --------------------------------------------------------------------------------------------------

enum err release_path(struct scope *sc, const char **out, const char *format, ...)
{
    char    text[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text)
        return fail(&sc->fault, ERR_LIMIT, "the path %.80s... is too long", text);
    *out = arena_cstr(sc->mem, (str){ text, (size_t)n });
    return *out ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a path");
}

enum err release_dir(struct scope *sc, const char *data_dir, int64_t number, bool restricted,
                     const char **out)
{
    return release_path(sc, out, "%s/%s/%lld", data_dir, restricted ? "restricted" : "releases",
                        (long long)number);
}

enum err release_index_path(struct scope *sc, const char *data_dir, int64_t number, enum tier tier,
                            const char **out)
{
    const char *dir;
    TRY(release_dir(sc, data_dir, number, tier != TIER_PUBLIC, &dir));
    return release_path(sc, out, "%s/%.*s.index", dir, STR(tier_name(tier)));
}

void release_dir_closep(DIR **d)
{
    if (*d) closedir(*d);
    *d = NULL;
}

const char *release_next_name(DIR *d)
{
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(d);
        if (!e) return NULL;
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) return e->d_name;
    }
}

bool release_exists(const char *path)
{
    struct stat st;
    return !lstat(path, &st);
}

// -- clearing what is half ----------------------------------------------------------------------------------

/// A folder of files; ours have no folders in them.
static enum err remove_dir(struct scope *sc, const char *path)
{
    AUTO(release_dir_closep) DIR *d = opendir(path);
    if (!d) return errno == ENOENT ? OK : fail_errno(&sc->fault, "cannot open %s", path);
    for (const char *name; (name = release_next_name(d));)
        if (unlinkat(dirfd(d), name, 0)) return fail_errno(&sc->fault, "cannot remove %s/%s", path, name);
    if (errno) return fail_errno(&sc->fault, "cannot read %s", path);
    if (rmdir(path)) return fail_errno(&sc->fault, "cannot remove %s", path);
    return OK;
}

/// 3, not 003: no folder counts as release 3 once more.
static bool is_number(str name, int64_t *number)
{
    return name.n && *name.p != '0' && str_to_i64(name, number) && *number >= 1 &&
           *number <= RELEASE_MAX_NUMBER;
}

/// What a publication writes before it renames it: 3.tmp, current.tmp.
static bool is_half(str name)
{
    int64_t number;
    if (!str_ends(name, S(".tmp"))) return false;
    str whole = str_slice(name, 0, name.n - strlen(".tmp"));
    return str_eq(whole, S("current")) || is_number(whole, &number);
}

static enum err clear_tmp(struct scope *sc, const char *dir)
{
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return fail_errno(&sc->fault, "cannot open %s", dir);
    for (const char *name; (name = release_next_name(d));) {
        struct stat st;
        if (!is_half(str_of(name))) continue;
        if (fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW))
            return fail_errno(&sc->fault, "cannot read %s/%s", dir, name);
        const char *path;
        TRY(release_path(sc, &path, "%s/%s", dir, name));
        if (S_ISDIR(st.st_mode)) TRY(remove_dir(sc, path));
        else if (unlink(path)) return fail_errno(&sc->fault, "cannot remove %s", path);
    }
    return errno ? fail_errno(&sc->fault, "cannot read %s", dir) : OK;
}

enum err release_clear(struct scope *sc, const char *data_dir)
{
    const char *releases, *restricted;
    TRY(release_path(sc, &releases, "%s/releases", data_dir));
    TRY(release_path(sc, &restricted, "%s/restricted", data_dir));
    if (release_exists(releases)) TRY(clear_tmp(sc, releases));
    return release_exists(restricted) ? clear_tmp(sc, restricted) : OK;
}

/// A release that has its name but was never current (killed between the renames) was never seen by anybody.
static enum err clear_unborn(struct scope *sc, const char *data_dir, int64_t number)
{
    int64_t current = 0;
    const char *public, *restricted;
    enum err e = release_current(sc, data_dir, &current);
    if (e && e != ERR_NOTFOUND) return e;
    TRY(release_dir(sc, data_dir, number, false, &public));
    TRY(release_dir(sc, data_dir, number, true, &restricted));
    if (number <= current && (release_exists(public) || release_exists(restricted)))
        return fail(&sc->fault, ERR_EXISTS,
                    "release %lld exists already, and a release is never written twice", (long long)number);
    struct release_fate fate;
    TRY(release_fate(sc, data_dir, number, &fate));
    if (fate.is == RELEASE_WITHDRAWN)
        return fail(&sc->fault, ERR_EXISTS, "release %lld was withdrawn, and its number is not given again",
                    (long long)number);
    TRY(remove_dir(sc, public));
    return remove_dir(sc, restricted);
}

enum err release_begin(struct scope *sc, const char *data_dir, int64_t number, int64_t created_s,
                       struct release_new *out)
{
    const char        *releases, *restricted;
    struct release_new r = { .number = number, .created_s = created_s };
    if (number < 1)
        return fail(&sc->fault, ERR_INVALID, "releases are numbered from 1, not %lld", (long long)number);
    TRY(release_path(sc, &releases, "%s/releases", data_dir));
    TRY(release_path(sc, &restricted, "%s/restricted", data_dir));
    TRY(dir_make(sc, releases));
    TRY(dir_make(sc, restricted));
    TRY(dir_sync(sc, data_dir));
    TRY(release_clear(sc, data_dir));
    TRY(clear_unborn(sc, data_dir, number));
    TRY(release_path(sc, &r.public_dir, "%s/%lld.tmp", releases, (long long)number));
    TRY(release_path(sc, &r.restricted_dir, "%s/%lld.tmp", restricted, (long long)number));
    TRY(dir_make(sc, r.public_dir));
    TRY(dir_make(sc, r.restricted_dir));
    *out = r;
    return OK;
}

// -- the manifests ------------------------------------------------------------------------------------------

struct listed_file {
    const char *name;
    str         sha256;
    uint64_t    bytes;
};

static int cmp_file(const void *a, const void *b)
{
    return strcmp(((const struct listed_file *)a)->name, ((const struct listed_file *)b)->name);
}

static enum err sync_file(struct scope *sc, const char *path)
{
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fsync(fd)) return fail_errno(&sc->fault, "cannot write %s", path);
    return fchmod(fd, 0400) ? fail_errno(&sc->fault, "cannot protect %s", path) : OK;
}

static enum err index_path(struct scope *sc, const struct release_new *r, enum tier tier, const char **out)
{
    return release_path(sc, out, "%s/%.*s.index", tier == TIER_PUBLIC ? r->public_dir : r->restricted_dir,
                        STR(tier_name(tier)));
}

enum err release_hash(struct scope *sc, struct release_new *r, enum tier tier)
{
    const char         *path;
    struct release_hash h;
    TRY(index_path(sc, r, tier, &path));
    TRY(hash_file_sha256(sc, path, &h.sha256, &h.bytes));
    r->index[tier] = h;
    return OK;
}

static const struct release_hash *known_hash(const struct release_new *r, const char *name)
{
    str own = str_of(name);
    for (int t = 0; t < TIERS; t++)
        if (r->index[t].sha256.n && str_ends(own, S(".index")) &&
            str_eq(str_slice(own, 0, own.n - strlen(".index")), tier_name((enum tier)t)))
            return &r->index[t];
    return NULL;
}

/// Every file of a folder, by name; made read-only, and on the disk.
static enum err list_files(struct scope *sc, const struct release_new *r, const char *dir,
                           struct listed_file files[MAX_FILES], size_t *n)
{
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return fail_errno(&sc->fault, "cannot open %s", dir);
    *n = 0;
    for (const char *name; (name = release_next_name(d));) {
        if (*name == '.' || !strcmp(name, RELEASE_MANIFEST) || !strcmp(name, RELEASE_SIGNATURE)) continue;
        const char *path;
        if (*n == MAX_FILES)
            return fail(&sc->fault, ERR_LIMIT, "%s holds more than %d files", dir, MAX_FILES);
        struct listed_file *f = &files[*n];
        TRY(release_path(sc, &path, "%s/%s", dir, name));
        TRY(sync_file(sc, path));
        const struct release_hash *known = known_hash(r, name);
        if (known) *f = (struct listed_file){ .sha256 = known->sha256, .bytes = known->bytes };
        else TRY(hash_file_sha256(sc, path, &f->sha256, &f->bytes));
        f->name = arena_cstr(sc->mem, str_of(name));
        if (!f->name) return fail(&sc->fault, ERR_NOMEM, "no room for a name");
        ++*n;
    }
    if (errno) return fail_errno(&sc->fault, "cannot read %s", dir);
    qsort(files, *n, sizeof *files, cmp_file);
    return OK;
}

static void json_utc(struct json *j, int64_t utc_s)
{
    struct buf b;
    buf_init(&b, 64);
    civil_add_time(&b, utc_s);
    buf_add_c(&b, 'Z');
    json_str(j, buf_str(&b));
    buf_free(&b);
}

static void json_files(struct json *j, const struct listed_file *f, size_t n)
{
    json_key(j, "files");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(j, '{');
        json_key(j, "name");
        json_cstr(j, f[i].name);
        json_key(j, "bytes");
        json_u64(j, f[i].bytes);
        json_key(j, "sha256");
        json_str(j, f[i].sha256);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/// The smallest place that a row of the public release can be told apart by, as the policy measures it.
static void json_regions(struct json *j, const struct policy *p, const struct publish_totals *t)
{
    static const char *const units[] = { "hectares", "addresses", "inhabitants" };
    static const char        rule[] =
        "A region is a cell of the grid, cut by the borders of all published sets of areas at "
        "once. No row can be placed in a region that is smaller than the least.";
    if (!(t->smallest_region > 0)) return;
    json_key(j, "regions");
    json_open(j, '{');
    json_key(j, "rule");
    json_cstr(j, rule);
    json_key(j, "unit");
    json_cstr(j, units[p->regions.by]);
    json_key(j, "least");
    json_fixed(j, p->regions.least, 1);
    json_key(j, "smallest");
    json_fixed(j, t->smallest_region, 1);
    json_key(j, "finest_areas_not_told");
    json_u64(j, t->finest_dropped);
    json_close(j, '}');
}

/// 0: a release with one outside its area is not made.
static void json_left_area(struct json *j, const struct publish_totals *t)
{
    uint64_t points = t->incidents - t->no_place;
    json_key(j, "left_area");
    json_u64(j, t->left_area);
    json_key(j, "left_area_share");
    json_fixed(j, points ? (double)t->left_area / (double)points : 0, 6);
}

static void json_displacement(struct json *j, const struct publish_totals *t)
{
    json_key(j, "displacement");
    json_open(j, '{');
    json_key(j, "cell_m");
    json_u64(j, t->anchor_m);
    json_key(j, "median_m");
    json_fixed(j, t->moved_median_m, 1);
    json_key(j, "p95_m");
    json_fixed(j, t->moved_p95_m, 1);
    json_left_area(j, t);
    json_close(j, '}');
}

/// The public is told how far points move that lie evenly in their cells: half of a square lies within 0.399 of its side from
/// the middle, 95 of 100 within 0.600. How far they really moved is made of true places, to a tenth of a metre, and stands
/// in the restricted manifest. With a list of anchors there is no cell.
static void json_even_displacement(struct json *j, const struct publish_totals *t)
{
    json_key(j, "displacement");
    json_open(j, '{');
    if (t->anchor_m) {
        json_key(j, "cell_m");
        json_u64(j, t->anchor_m);
        json_key(j, "median_m");
        json_fixed(j, 0.399 * t->anchor_m, 0);
        json_key(j, "p95_m");
        json_fixed(j, 0.6 * t->anchor_m, 0);
    }
    json_left_area(j, t);
    json_close(j, '}');
}

static void json_sources(struct json *j, const struct publish_totals *t)
{
    json_key(j, "sources");
    json_open(j, '[');
    for (size_t i = 0; i < t->n_sources; i++) {
        const struct release_source *s = &t->sources[i];
        const struct {
            const char *key;
            str         value;
        } fields[] = { { "key", s->key },           { "name", s->name },
                       { "licence", s->licence },   { "licence_url", s->licence_url },
                       { "homepage", s->homepage }, { "attribution", s->attribution },
                       { "caveat", s->caveat } };
        json_open(j, '{');
        for (size_t k = 0; k < COUNT(fields); k++) {
            json_key(j, fields[k].key);
            json_str(j, fields[k].value);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void json_inputs(struct json *j, const struct run *inputs, size_t n)
{
    json_key(j, "inputs");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(j, '{');
        json_key(j, "run");
        json_i64(j, inputs[i].id);
        json_key(j, "profile");
        json_str(j, inputs[i].profile);
        json_key(j, "files");
        json_str(j, inputs[i].files);
        json_key(j, "started");
        json_utc(j, inputs[i].started_s);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void json_head(struct json *j, const struct release_new *r)
{
    json_key(j, "format");
    json_i64(j, RELEASE_FORMAT);
    json_key(j, "release");
    json_i64(j, r->number);
    json_key(j, "created");
    json_utc(j, r->created_s);
}

static void json_key_of(struct json *j, const struct key_ring *keys)
{
    char hex[2 * SIGN_KEY_BYTES + 1];
    sign_hex_write(hex, keys->list.at[keys->list.n - 1].key.byte, SIGN_KEY_BYTES);
    json_key(j, "signed_by");
    json_cstr(j, hex);
}

/// Which floors the town gave up, in whose name.
static void json_exceptions(struct json *j, const struct policy *p)
{
    json_key(j, "exceptions");
    json_open(j, '[');
    for (int f = 0; f < FLOORS; f++) {
        const struct policy_exception *e = &p->exception[f];
        struct buf                     until;
        if (!e->line) continue;
        buf_init(&until, 64);
        civil_add_day(&until, e->until);
        json_open(j, '{');
        json_key(j, "floor");
        json_cstr(j, policy_floor_name((enum floor)f));
        json_key(j, "says");
        json_cstr(j, policy_floor_text((enum floor)f));
        json_key(j, "line");
        json_i64(j, p->at[f]);
        json_key(j, "reason");
        json_str(j, e->reason);
        json_key(j, "by");
        json_str(j, e->by);
        json_key(j, "until");
        json_str(j, buf_str(&until));
        json_close(j, '}');
        buf_free(&until);
    }
    json_close(j, ']');
}

static void public_manifest(struct json *j, const struct release_new *r, const struct key_ring *keys,
                            const struct policy *p, const struct publish_totals *t,
                            const struct listed_file *f, size_t n)
{
    json_open(j, '{');
    json_head(j, r);
    json_key_of(j, keys);
    json_key(j, "incidents");
    json_u64(j, t->incidents);
    json_key(j, "without_point");
    json_u64(j, t->no_place);
    json_even_displacement(j, t);
    json_regions(j, p, t);
    json_exceptions(j, p);
    json_sources(j, t);
    json_files(j, f, n);
    json_key(j, "policy");
    json_str(j, p->text);
    json_close(j, '}');
    buf_add_c(j->to, '\n');
}

static void json_totals(struct json *j, const struct publish_totals *t)
{
    const struct {
        const char *key;
        uint64_t    value;
    } fields[] = { { "incidents", t->incidents },
                   { "withheld", t->withheld },
                   { "by_area", t->by_area },
                   { "delayed", t->delayed },
                   { "without_point", t->no_place } };
    json_open(j, '{');
    for (size_t i = 0; i < COUNT(fields); i++) {
        json_key(j, fields[i].key);
        json_u64(j, fields[i].value);
    }
    json_displacement(j, t);
    json_close(j, '}');
}

static void restricted_manifest(struct json *j, const struct release_new *r, const struct policy *p,
                                const struct publish_totals totals[TIERS], const struct run *inputs,
                                size_t n_inputs, const struct listed_file *f, size_t n, str public_sha256)
{
    json_open(j, '{');
    json_head(j, r);
    json_key(j, "public_manifest_sha256");
    json_str(j, public_sha256);
    json_key(j, "tiers");
    json_open(j, '{');
    for (int t = 0; t < TIERS; t++)
        if (p->tier[t].given) {
            json_key(j, tier_name((enum tier)t).p);
            json_totals(j, &totals[t]);
        }
    json_close(j, '}');
    json_inputs(j, inputs, n_inputs);
    json_files(j, f, n);
    json_close(j, '}');
    buf_add_c(j->to, '\n');
}

// -- commit -------------------------------------------------------------------------------------------------

/// Every tier that the policy gives has its index, or the release would be a promise not kept.
static enum err check_complete(struct scope *sc, const struct release_new *r, const struct policy *p)
{
    for (int t = 0; t < TIERS; t++) {
        const char *path;
        TRY(index_path(sc, r, (enum tier)t, &path));
        if (p->tier[t].given && !release_exists(path))
            return fail(&sc->fault, ERR_NOTFOUND, "the index %s was not written", path);
        if (!p->tier[t].given && release_exists(path))
            return fail(&sc->fault, ERR_INVALID, "%s is there, and the policy does not give this tier", path);
    }
    return OK;
}

static enum err write_sums_of(struct scope *sc, const char *index, const char *to)
{
    AUTO(map_close) struct map m = { .fd = -1 };
    AUTO(buf_free) struct buf  b = { 0 };
    TRY(map_open(sc, index, &m));
    buf_init(&b, sums_size(m.n));
    sums_add(&b, m.p, m.n);
    TRY(buf_end(sc, &b));
    return file_replace(sc, to, buf_str(&b));
}

/// By which the server proves an index as it reads it.
static enum err write_sums(struct scope *sc, const struct release_new *r, const struct policy *p)
{
    for (int t = 0; t < TIERS; t++) {
        const char *index, *sums;
        if (!p->tier[t].given) continue;
        TRY(index_path(sc, r, (enum tier)t, &index));
        TRY(release_path(sc, &sums, "%s/%.*s.sums", t == TIER_PUBLIC ? r->public_dir : r->restricted_dir,
                         STR(tier_name((enum tier)t))));
        TRY(write_sums_of(sc, index, sums));
    }
    return OK;
}

static enum err write_whole(struct scope *sc, const char *dir, const char *name, const struct buf *text)
{
    const char *path;
    TRY(buf_end(sc, text));
    TRY(release_path(sc, &path, "%s/%s", dir, name));
    TRY(file_replace(sc, path, buf_str(text)));
    return sync_file(sc, path);
}

/// The restricted manifest has the hashes of all other files, and this file has its own.
static enum err write_seal(struct scope *sc, const char *dir, str manifest, struct buf *seal)
{
    str sha256;
    TRY(hash_sha256(sc, manifest, &sha256));
    buf_printf(seal, "%.*s  %s\n", STR(sha256), RELEASE_MANIFEST);
    return write_whole(sc, dir, RELEASE_SEAL, seal);
}

/// Signs a manifest that stands in *text, which is used up.
static enum err write_signature(struct scope *sc, const char *dir, const struct key_ring *keys,
                                const char *what, struct buf *text)
{
    struct signature s;
    TRY(sign_bytes(sc, &keys->secret, what, buf_str(text), &s));
    buf_reset(text);
    sign_text_add(text, &s);
    return write_whole(sc, dir, RELEASE_SIGNATURE, text);
}

static enum err write_public(struct scope *sc, const struct release_new *r, const struct key_ring *keys,
                             const struct policy *p, const struct publish_totals *t, str *sha256)
{
    AUTO(buf_free) struct buf text = { 0 };
    struct listed_file        files[MAX_FILES];
    size_t                    n;
    buf_init(&text, RELEASE_MAX_MANIFEST);
    keys_add(&text, &keys->list);
    TRY(write_whole(sc, r->public_dir, RELEASE_KEYS, &text));
    TRY(list_files(sc, r, r->public_dir, files, &n));
    buf_reset(&text);
    struct json j = json_on(&text);
    public_manifest(&j, r, keys, p, t, files, n);
    TRY(write_whole(sc, r->public_dir, RELEASE_MANIFEST, &text));
    TRY(hash_sha256(sc, buf_str(&text), sha256));
    return write_signature(sc, r->public_dir, keys, RELEASE_PUBLIC_TEXT, &text);
}

static enum err write_restricted(struct scope *sc, const struct release_new *r, const struct key_ring *keys,
                                 const struct policy *p, const struct publish_totals totals[TIERS],
                                 const struct run *inputs, size_t n_inputs, str public_sha256)
{
    AUTO(buf_free) struct buf text = { 0 }, seal = { 0 };
    struct listed_file        files[MAX_FILES];
    size_t                    n;
    buf_init(&text, RELEASE_MAX_MANIFEST);
    TRY(list_files(sc, r, r->restricted_dir, files, &n));
    struct json j = json_on(&text);
    restricted_manifest(&j, r, p, totals, inputs, n_inputs, files, n, public_sha256);
    TRY(write_whole(sc, r->restricted_dir, RELEASE_MANIFEST, &text));
    buf_init(&seal, 1024);
    TRY(write_seal(sc, r->restricted_dir, buf_str(&text), &seal));
    return write_signature(sc, r->restricted_dir, keys, RELEASE_RESTRICTED_TEXT, &text);
}

static enum err rename_dir(struct scope *sc, const char *from, const char *to, const char *parent)
{
    TRY(dir_sync(sc, from));
    if (rename(from, to)) return fail_errno(&sc->fault, "cannot rename %s to %s", from, to);
    return dir_sync(sc, parent);
}

enum err release_commit(struct scope *sc, const char *data_dir, const struct release_new *r,
                        const struct key_ring *keys, const struct policy *p,
                        const struct publish_totals totals[TIERS], const struct run *inputs, size_t n_inputs,
                        str *sha256)
{
    AUTO(fd_closep) int lock = -1;
    const char *public, *restricted, *releases_dir, *restricted_dir;
    str hash;
    TRY(check_complete(sc, r, p));
    TRY(write_sums(sc, r, p));
    TRY(write_public(sc, r, keys, p, &totals[TIER_PUBLIC], &hash));
    TRY(write_restricted(sc, r, keys, p, totals, inputs, n_inputs, hash));
    TRY(release_dir(sc, data_dir, r->number, false, &public));
    TRY(release_dir(sc, data_dir, r->number, true, &restricted));
    TRY(release_path(sc, &releases_dir, "%s/releases", data_dir));
    TRY(release_path(sc, &restricted_dir, "%s/restricted", data_dir));
    TRY(release_lock(sc, data_dir, &lock));
    TRY(rename_dir(sc, r->restricted_dir, restricted, restricted_dir));
    TRY(rename_dir(sc, r->public_dir, public, releases_dir));
    TRY(release_make_current(sc, data_dir, r->number));
    *sha256 = hash;
    return OK;
}

enum err release_make_current(struct scope *sc, const char *data_dir, int64_t number)
{
    const char *path;
    char        text[MAX_CURRENT];
    TRY(release_path(sc, &path, "%s/releases/current", data_dir));
    int n = snprintf(text, sizeof text, "%lld\n", (long long)number);
    return file_replace(sc, path, (str){ text, (size_t)n });
}

// -- reading ------------------------------------------------------------------------------------------------

enum err release_current(struct scope *sc, const char *data_dir, int64_t *number)
{
    const char *path;
    str         text;
    TRY(release_path(sc, &path, "%s/releases/current", data_dir));
    enum err e = file_read(sc, path, MAX_CURRENT, &text);
    if (e == ERR_NOTFOUND) return fail(&sc->fault, e, "nothing was published yet; run hromada publish first");
    if (e) return e;
    int64_t n;
    if (!str_to_i64(str_trim(text), &n) || n < 1 || n > RELEASE_MAX_NUMBER)
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s does not hold the number of a release; write the newest of hromada check "
                    "into it",
                    path);
    *number = n;
    return OK;
}

static int cmp_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum err release_list(struct scope *sc, const char *data_dir, int64_t **out, size_t *n)
{
    const char *dir;
    int64_t    *list = NULL, number;
    size_t      count = 0, cap = 0;
    TRY(release_path(sc, &dir, "%s/releases", data_dir));
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d && errno != ENOENT) return fail_errno(&sc->fault, "cannot open %s", dir);
    for (const char *name; d && (name = release_next_name(d));) {
        if (!is_number(str_of(name), &number)) continue;
        if (count == cap) {
            int64_t *more = arena_array(sc->mem, int64_t, cap = cap ? 2 * cap : 64);
            if (!more) return fail(&sc->fault, ERR_NOMEM, "no room for %zu releases", count);
            if (count) memcpy(more, list, count * sizeof *list);
            list = more;
        }
        list[count++] = number;
    }
    if (count) qsort(list, count, sizeof *list, cmp_number);
    *out = list;
    *n = count;
    return OK;
}

/// Neither a release nor one in the making nor `current`.
static bool is_stranger(const char *name, bool restricted)
{
    int64_t number;
    bool    ours = is_number(str_of(name), &number) || is_half(str_of(name));
    return !ours && (restricted || strcmp(name, "current") != 0);
}

static enum err list(struct scope *sc, const char *data_dir, bool restricted, bool halves, const char **out,
                     size_t max, size_t *n)
{
    const char *dir;
    TRY(release_path(sc, &dir, "%s/%s", data_dir, restricted ? "restricted" : "releases"));
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return errno == ENOENT ? OK : fail_errno(&sc->fault, "cannot open %s", dir);
    for (const char *name; *n < max && (name = release_next_name(d));) {
        bool wanted = halves ? is_half(str_of(name)) : is_stranger(name, restricted);
        if (wanted) TRY(path_join(sc, dir, name, &out[(*n)++]));
    }
    return OK;
}

enum err release_strangers(struct scope *sc, const char *data_dir, bool restricted, const char **out,
                           size_t max, size_t *n)
{
    return list(sc, data_dir, restricted, false, out, max, n);
}

enum err release_halves(struct scope *sc, const char *data_dir, bool restricted, const char **out, size_t max,
                        size_t *n)
{
    return list(sc, data_dir, restricted, true, out, max, n);
}

enum err release_newest(struct scope *sc, const char *data_dir, int64_t *out)
{
    int64_t *number, current = 0;
    size_t   n;
    enum err e = release_current(sc, data_dir, &current);
    if (e && e != ERR_NOTFOUND && e != ERR_CORRUPT) return e;
    TRY(release_list(sc, data_dir, &number, &n));
    *out = current;
    for (; n-- > 0 && number[n] > current;) {
        struct release_fate f;
        TRY(release_fate(sc, data_dir, number[n], &f));
        if (f.is == RELEASE_ABSENT || (current && f.is != RELEASE_WITHDRAWN)) continue;
        *out = number[n]; // went back to the current one, or which one is current is not known
        break;
    }
    return OK;
}
