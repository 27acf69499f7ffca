// SPDX-License-Identifier: EUPL-1.2
#include "web/releases.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "publish/release.h"
#include "seal/sign.h"
#include "web/form.h"
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
        r->has_sums = r->has_sums || str_eq(text_of(sc, f, "name"), S(RELEASE_SUMS));
        if (!str_eq(text_of(sc, f, "name"), S("public.index"))) continue;
        r->bytes = json_integer_value(json_object_get(f, "bytes"));
        r->index_sha256 = text_of(sc, f, "sha256");
    }
}

static enum err read_one(struct scope *sc, struct origin *origin, const char *data_dir,
                         struct release_note *r)
{
    struct release_papers p;
    json_error_t          why;
    TRY(origin_papers(sc, origin, data_dir, r->number, &p));
    json_t *m = json_loadb(p.manifest.p, p.manifest.n, JSON_REJECT_DUPLICATES, &why);
    if (!m) return fail(&sc->fault, ERR_NOMEM, "no room for a manifest");
    r->manifest_sha256 = p.manifest_sha256;
    fill(sc, m, r);
    json_decref(m);
    return OK;
}

// -- what is kept -------------------------------------------------------------------------------------------------------

static const char *const marked[RELEASE_MARKED] = { "manifest.json", "manifest.sig", "key.pub",
                                                    "public.index",  RELEASE_SUMS,   RELEASE_DIFFERENCE };
enum { READ_BYTES = 64 << 20, KEPT_BYTES = 256 << 10 };

struct kept {
    int64_t              number; // 0: free
    uint64_t             used;
    struct release_marks is;
    uint64_t             keys;     // origin_times, when it was read
    enum err             is_not;   // OK, or why it was not read
    int64_t              again_ms; // when one that could not be read is read again
    struct release_note  note;
    struct arena        *mem; // of the note; NULL: it was not read
};
struct release_notes {
    char               *data_dir;
    struct origin      *origin;
    const struct clock *clock;
    struct told        *told;
    pthread_mutex_t     lock; // all below
    uint64_t            uses;
    struct kept         at[NOTES_MAX];
};

enum err release_marks(struct scope *sc, const char *data_dir, int64_t number, struct release_marks *out)
{
    *out = (struct release_marks){ 0 };
    for (size_t i = 0; i < RELEASE_MARKED; i++) {
        struct stat st;
        str path = arena_printf(sc->mem, "%s/releases/%lld/%s", data_dir, (long long)number, marked[i]);
        if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
        if (lstat(path.p, &st)) continue; // missing, until it has an inode
        out->of[i] = file_mark_of(&st);
    }
    return OK;
}

bool release_marks_hold(const struct release_marks *then, const struct release_marks *is)
{
    for (size_t i = 0; i < RELEASE_MARKED; i++)
        if (!file_mark_holds(&then->of[i], &is->of[i])) return false;
    return true;
}

/// A copy whose texts are of mem; false: there is no room.
static bool note_copy(struct arena *mem, const struct release_note *from, struct release_note *to)
{
    struct release_note    r = *from;
    struct exception_note *e = arena_array(mem, struct exception_note, r.n_exceptions + 1);
    str *text[] = { &r.created,           &r.licence,     &r.manifest_sha256, &r.index_sha256,
                    &r.difference_sha256, &r.region_unit, &r.signed_by,       &r.fingerprint };
    bool fine = e != NULL;
    for (size_t i = 0; i < COUNT(text) && fine; i++) fine = (*text[i] = arena_str(mem, *text[i])).p != NULL;
    for (size_t i = 0; i < r.n_exceptions && fine; i++) {
        str *part[] = { &e[i].floor, &e[i].reason, &e[i].by, &e[i].until };
        e[i] = from->exceptions[i];
        for (size_t k = 0; k < COUNT(part) && fine; k++)
            fine = (*part[k] = arena_str(mem, *part[k])).p != NULL;
    }
    r.exceptions = e;
    if (fine) *to = r;
    return fine;
}

/// True: it is known, and *e says how it went when it was read.
static bool find_kept(struct scope *sc, struct release_notes *k, const struct release_marks *is,
                      uint64_t keys, struct release_note *r, enum err *e)
{
    bool found = false;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < NOTES_MAX && !found; i++) {
        struct kept *o = &k->at[i];
        if (o->number != r->number || o->keys != keys || !release_marks_hold(&o->is, is)) continue;
        if (o->is_not == ERR_IO && k->clock->monotonic_ms() >= o->again_ms) continue;
        found = true;
        o->used = ++k->uses;
        bool offered = r->offered;
        if (o->is_not) *e = o->is_not;
        else *e = note_copy(sc->mem, &o->note, r) ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a release");
        r->offered = offered;
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

/// In place of what was known of this number, or of what was longest not asked for. Damage lasts until a file is another; an
/// error of reading (a cable, a mount, too many open files) may be over without that.
static void keep(struct release_notes *k, const struct release_marks *is, uint64_t keys,
                 const struct release_note *r, enum err is_not)
{
    struct kept new = { .number = r->number, .is = *is, .keys = keys, .is_not = is_not };
    if (is_not == ERR_IO) new.again_ms = k->clock->monotonic_ms() + NOTES_AGAIN_MS;
    if (!is_not) {
        new.mem = arena_open(KEPT_BYTES);
        if (!new.mem || !note_copy(new.mem, r, &new.note)) { // too large, or no memory: it is read each time
            arena_close(new.mem);
            return;
        }
    }
    pthread_mutex_lock(&k->lock);
    struct kept *to = &k->at[0];
    for (size_t i = 0; i < NOTES_MAX && to->number != new.number; i++)
        if (k->at[i].number == new.number || k->at[i].used < to->used) to = &k->at[i];
    struct arena *old = to->mem;
    new.used = ++k->uses;
    *to = new;
    pthread_mutex_unlock(&k->lock);
    arena_close(old);
}

static enum err read_or_recall(struct scope *sc, struct release_notes *k, struct release_note *r)
{
    struct release_marks is;
    enum err             e = OK;
    uint64_t             keys = origin_times(k->origin);
    TRY(release_marks(sc, k->data_dir, r->number, &is));
    if (find_kept(sc, k, &is, keys, r, &e)) return e;
    struct scope own = { .mem = arena_open(READ_BYTES) };
    e = own.mem ? read_one(&own, k->origin, k->data_dir, r)
                : fail(&own.fault, ERR_NOMEM, "no memory for a manifest");
    if (!e || e == ERR_CORRUPT || e == ERR_FOREIGN || e == ERR_IO) keep(k, &is, keys, r, e);
    if (!e && !note_copy(sc->mem, r, r)) e = fail(&own.fault, ERR_NOMEM, "no room for a release");
    arena_close(own.mem);
    // One that is damaged or just being removed hides no other.
    if (e && told_first(k->told, str_of(own.fault.text)))
        log_error("release.manifest", log_i64("release", r->number), log_cstr("why", own.fault.text));
    if (e) sc->fault = own.fault;
    return e;
}

struct release_notes *notes_open(const char *data_dir, struct origin *origin, const struct clock *clock,
                                 struct told *told)
{
    struct release_notes *k = calloc(1, sizeof *k);
    if (!k || !(k->data_dir = strdup(data_dir))) {
        free(k);
        return NULL;
    }
    k->origin = origin;
    k->clock = clock;
    k->told = told;
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

void notes_close(struct release_notes *k)
{
    if (!k) return;
    for (size_t i = 0; i < NOTES_MAX; i++) arena_close(k->at[i].mem);
    pthread_mutex_destroy(&k->lock);
    free(k->data_dir);
    free(k);
}

/// False: it is left out.
static bool note_one(struct scope *sc, struct release_notes *k, int64_t current, struct release_note *r)
{
    struct release_fate f;
    enum err            e = release_fate(sc, k->data_dir, r->number, &f);
    if (!e && f.is == RELEASE_WITHDRAWN) {
        r->withdrawn = true;
        r->since_s = f.since_s;
        r->reason = f.reason;
        return true;
    }
    if (r->number > current) return false; // still in the making
    r->offered = !e && f.is == RELEASE_WHOLE;
    return !read_or_recall(sc, k, r);
}

enum err releases_read(struct scope *sc, struct release_notes *k, int64_t served, int64_t before, size_t max,
                       const struct release_note **out, size_t *n)
{
    int64_t *number, current = 0;
    size_t   all, got = 0;
    TRY(release_list(sc, k->data_dir, &number, &all));
    enum err named = release_current(sc, k->data_dir, &current);
    if (named == ERR_NOMEM) return named;
    if (named) current = served; // it goes on being served, so it is told of
    struct release_note *r = arena_array(sc->mem, struct release_note, (all < max ? all : max) + 1);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for %zu releases", all);
    for (size_t i = all; i-- > 0 && got < max;) {
        if (before && number[i] >= before) continue;
        r[got] = (struct release_note){ .number = number[i] };
        got += note_one(sc, k, current, &r[got]);
    }
    *out = r;
    *n = got;
    return OK;
}

enum err releases_asked(struct scope *sc, struct call *c, size_t max, const struct release_note **out,
                        size_t *n, struct release_pages *pages)
{
    struct {
        int64_t before;
    } q = { 0 };
    static const struct field fields[] = {
        { "before", IN_QUERY, F_INT, 0, .min = 1, .max = INT64_MAX },
    };
    TRY(form_read(sc, c, fields, COUNT(fields), NULL, &q));
    int64_t                    served = editions_number(c->web->editions), newest = 0;
    const struct release_note *first = NULL;
    size_t                     any = 0;
    if (q.before) TRY(releases_read(sc, c->web->notes, served, 0, 1, &first, &any));
    if (any && first) newest = first->number;
    TRY(releases_read(sc, c->web->notes, served, q.before, max + 1, out,
                      n)); // one more tells whether there are more
    *pages = (struct release_pages){ .older = *n > max ? (*out)[max - 1].number : 0 };
    if (q.before &&
        q.before <= newest) // where numbers are missing, the newer page shows some of this one again
        pages->newer = (int64_t)max > newest - q.before ? RELEASES_NEWEST : q.before + (int64_t)max;
    if (*n > max) *n = max;
    return OK;
}
