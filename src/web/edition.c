// SPDX-License-Identifier: EUPL-1.2
#include "web/edition.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "seal/hash.h"
#include "web/releases.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    EDITION_MEMORY = 256 << 20,
    LOOK_MEMORY = 1 << 20,
    PROOF_MEMORY = 64 << 20,
    RETRY_MS = 30000,
    REREAD_MS = 60000
};

struct editions {
    char                *data_dir;
    struct origin       *origin;
    const struct clock  *clock;
    int                  watch_ms;
    pthread_t            watcher;
    bool                 watching;
    pthread_mutex_t      lock;     // all below
    pthread_cond_t       stop_now; // or look_now
    bool                 stop, look_now;
    struct edition      *current;
    atomic_int_least64_t number;    // of the current one; 0: none
    atomic_int_least64_t glance_ms; // when the current one is glanced at next, and what was seen last
    atomic_bool          quiet;
    struct edition      *old[EDITIONS_OLD]; // newest use first
    struct gone          withdrawn;         // that would be current; number 0: none
    int64_t              broken;            // a release that could not be opened, why, and when to try again
    int64_t              broken_until_ms;
    struct release_marks broken_is;           // its files then: others are tried at once
    bool                 stand_in_due;        // one that was kept has not been looked for in its place yet
    struct fault         broken_why, trouble; // trouble: of the last look
    struct release_marks marks;               // of the release `marked`, as its files were proved last
    int64_t              marked;
    uint64_t             broken_keys, marked_keys; // origin_times, before that was found
    struct fault         unproved;                 // what was found then
    int64_t reread_ms; // when files that could not be read are read again; damage lasts until one is another
    struct http_server *server; // whose kept answers are dropped; NULL: none
};

static void edition_free(struct edition *ed)
{
    if (!ed) return;
    guard_end(&ed->guard);
    index_close(ed->ix);
    arena_close(ed->mem);
    pthread_mutex_destroy(&ed->names);
    free(ed);
}

/// A file of another release or of another circle of readers under this name would be served as if it were this one.
static enum err check_identity(struct scope *sc, const struct edition *ed)
{
    const struct release_info *in = index_info(ed->ix);
    if ((int64_t)in->release == ed->number && str_eq(in->tier, S("public"))) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "it is the %.*s index of release %llu", STR(in->tier),
                (unsigned long long)in->release);
}

static enum err edition_fill(struct scope *sc, const char *path, struct edition *ed)
{
    struct stat before;
    if (lstat(path, &before)) return fail_errno(&sc->fault, "cannot look at %s", path);
    if (S_ISLNK(before.st_mode)) return fail(&sc->fault, ERR_CORRUPT, "%s is a link, not a file", path);
    TRY(index_open(sc, path, &ed->ix));
    if (check_identity(sc, ed)) return fail_at(&sc->fault, "%s", path);
    TRY(portrait_of(sc, ed->ix, &ed->portrait));
    TRY(guard_begin(sc, &ed->guard, ed->ix, &before));
    if (!index_lost(ed->ix)) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "a block of %s is not what was written", path);
}

static enum err not_servable(struct scope *sc, int64_t number, enum err e, const char *why)
{
    if (e == ERR_FOREIGN)
        return fail(&sc->fault, e, "release %lld is not served, so bring back the town's own: %s",
                    (long long)number, why);
    return fail(&sc->fault, e,
                "release %lld cannot be served, so publish again or bring it back from a backup: %s",
                (long long)number, why);
}

/// From the mapped bytes, of which each block is proved as it is read; once more only when the file was touched.
static enum err hash_locked(struct scope *sc, struct edition *ed, int of, str bytes)
{
    struct file_mark is;
    str              hash;
    if (!file_mark_open(of, &is))
        return fail_errno(&sc->fault, "cannot read the index of release %lld", (long long)ed->number);
    if (ed->sha256[0] && file_mark_holds(&ed->hashed, &is)) return OK;
    TRY(hash_sha256(sc, bytes, &hash));
    memcpy(ed->sha256, hash.p, hash.n);
    ed->hashed = is;
    return OK;
}

enum err edition_file(struct scope *sc, struct edition *ed, str sha256, int *fd)
{
    int of;
    str map = index_file(ed->ix, &of);
    pthread_mutex_lock(&ed->names);
    enum err e = hash_locked(sc, ed, of, map);
    bool     same = !e && str_eq(str_of(ed->sha256), sha256);
    pthread_mutex_unlock(&ed->names);
    if (e) return e;
    if (!same)
        return fail(&sc->fault, ERR_CORRUPT, "public.index of release %lld is not what its manifest says",
                    (long long)ed->number);
    int copy = fcntl(of, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        return fail_errno(&sc->fault, "cannot open the index of release %lld", (long long)ed->number);
    *fd = copy;
    return OK;
}

/// Is the open index the one that the signed manifest lists, by itself or by the sums that prove its blocks? Where the manifest is not
/// what was published that is not known, and the look at all files tells of it; but what a town with keys serves it has signed.
static enum err check_listed(struct scope *sc, const struct editions *es, struct edition *ed)
{
    AUTO(fd_closep) int   fd = -1;
    struct release_papers p;
    struct scope          own = { .mem = sc->mem };
    uint64_t              bytes;
    str                   hash;
    enum err              e = origin_papers(&own, es->origin, es->data_dir, ed->number, &p);
    if (e && e != ERR_NOMEM && !origin_is_known(es->origin)) return OK;
    if (e) {
        sc->fault = own.fault;
        return e;
    }
    const struct release_listed *index = release_listed(&p, S("public.index")),
                                *sums = release_listed(&p, S("public.sums"));
    if (index_proves(ed->ix) && sums) {
        str path = arena_printf(sc->mem, "%s/releases/%lld/public.sums", es->data_dir, (long long)ed->number);
        if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
        if (!hash_file_sha256(&own, path.p, &hash, &bytes) && str_eq(hash, sums->sha256)) return OK;
    }
    return index ? edition_file(sc, ed, index->sha256, &fd) : OK;
}

static enum err edition_open(struct scope *sc, const struct editions *es, int64_t number,
                             struct edition **out)
{
    const char *path;
    TRY(release_index_path(sc, es->data_dir, number, TIER_PUBLIC, &path));
    struct edition *ed = calloc(1, sizeof *ed);
    if (!ed || pthread_mutex_init(&ed->names, NULL)) {
        free(ed);
        return fail(&sc->fault, ERR_NOMEM, "no memory to open release %lld", (long long)number);
    }
    ed->number = number;
    ed->holders = 1;
    struct scope own = { .mem = ed->mem = arena_open(EDITION_MEMORY) };
    enum err     e =
        own.mem ? edition_fill(&own, path, ed) : fail(&own.fault, ERR_NOMEM, "there is no memory for it");
    struct scope proof = { .mem = e ? NULL : arena_open(PROOF_MEMORY) };
    if (!e) e = proof.mem ? check_listed(&proof, es, ed) : ERR_NOMEM;
    if (e && !own.fault.code) own.fault = proof.fault;
    arena_close(proof.mem);
    if (e) {
        edition_free(ed);
        return not_servable(sc, number, e, own.fault.text);
    }
    *out = ed;
    return OK;
}

enum err edition_names(struct scope *sc, struct edition *ed, const struct search **out)
{
    struct scope own = { .mem = ed->mem };
    pthread_mutex_lock(&ed->names);
    enum err e = ed->search ? OK : search_build(&own, ed->ix, &ed->search);
    *out = ed->search;
    pthread_mutex_unlock(&ed->names);
    if (e) sc->fault = own.fault;
    return e;
}

/// All that need not be done before it answers.
static enum err edition_check(struct scope *sc, const struct editions *es, struct edition *ed)
{
    const struct search *names;
    const char          *path;
    struct scope         own = { .mem = sc->mem };
    TRY(release_index_path(sc, es->data_dir, ed->number, TIER_PUBLIC, &path));
    enum err e = index_verify(&own, ed->ix);
    if (!e) e = edition_names(&own, ed, &names);
    if (!e && index_lost(ed->ix)) e = fail(&own.fault, ERR_CORRUPT, "a block of it is not what was written");
    if (e) (void)fail_at(&own.fault, "%s", path);
    return e ? not_servable(sc, ed->number, e, own.fault.text) : OK;
}

static struct edition *hold(struct edition *ed)
{
    if (ed) ed->holders++;
    return ed;
}

struct edition *edition_hold(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    struct edition *ed = hold(es->current);
    pthread_mutex_unlock(&es->lock);
    return ed;
}

void edition_again(struct editions *es, struct edition *ed)
{
    pthread_mutex_lock(&es->lock);
    hold(ed);
    pthread_mutex_unlock(&es->lock);
}

void edition_release(struct editions *es, struct edition *ed)
{
    if (!ed) return;
    pthread_mutex_lock(&es->lock);
    bool last = --ed->holders == 0;
    pthread_mutex_unlock(&es->lock);
    if (last) edition_free(ed); // munmap of a large file takes its time: not under the lock
}

/// The held edition of this number among those that are open, moved to the front of the old ones; or NULL.
static struct edition *find_locked(struct editions *es, int64_t number)
{
    if (es->current && es->current->number == number) return hold(es->current);
    for (size_t i = 0; i < EDITIONS_OLD; i++) {
        struct edition *ed = es->old[i];
        if (!ed || ed->number != number) continue;
        memmove(&es->old[1], &es->old[0], i * sizeof es->old[0]);
        es->old[0] = ed;
        return hold(ed);
    }
    return NULL;
}

/// Puts one in front of the old ones; returns what fell off the end, to be released without the lock.
static struct edition *keep_locked(struct editions *es, struct edition *ed)
{
    struct edition *last = es->old[EDITIONS_OLD - 1];
    memmove(&es->old[1], &es->old[0], (EDITIONS_OLD - 1) * sizeof es->old[0]);
    es->old[0] = ed;
    return last;
}

int64_t editions_number(const struct editions *es)
{
    return atomic_load(&es->number);
}

static struct gone gone_of(const struct release_fate *f, int64_t number, int64_t current)
{
    struct gone g = {
        .number = number, .current = current, .withdrawn = f->is == RELEASE_WITHDRAWN, .since_s = f->since_s
    };
    str reason = str_slice(f->reason, 0, RELEASE_REASON_BYTES);
    if (reason.n) memcpy(g.reason, reason.p, reason.n);
    return g;
}

/// May it be served by this number? The files decide each time, so that what is taken away is gone for the next who asks.
static enum err check_number(struct scope *sc, const struct editions *es, int64_t number, struct gone *why)
{
    struct release_fate f;
    int64_t             current = editions_number(es), named = 0;
    TRY(release_fate(sc, es->data_dir, number, &f));
    struct scope own = { .mem = sc->mem };
    if (f.is == RELEASE_RETIRED && release_current(&own, es->data_dir, &named)) named = current;
    bool retired = f.is == RELEASE_RETIRED && number < named;
    if (f.is == RELEASE_RETIRED && number == named)
        return fail(&sc->fault, ERR_NOTFOUND, "the files of release %lld are missing on the server",
                    (long long)number);
    if (f.is == RELEASE_WITHDRAWN || retired) {
        *why = gone_of(&f, number, current);
        return fail(&sc->fault, ERR_GONE, "release %lld is not served any more", (long long)number);
    }
    // A number from the future may be a release in the making, or one that was taken back: it has no business here.
    if (f.is == RELEASE_WHOLE && number <= current) return OK;
    return fail(&sc->fault, ERR_NOTFOUND, "there is no release %lld", (long long)number);
}

enum err edition_hold_number(struct scope *sc, struct editions *es, int64_t number, struct edition **out,
                             struct gone *why)
{
    TRY(check_number(sc, es, number, why));
    pthread_mutex_lock(&es->lock);
    struct edition *ed = find_locked(es, number);
    pthread_mutex_unlock(&es->lock);
    if (!ed) {
        TRY(edition_open(sc, es, number, &ed));
        enum err e = index_proves(ed->ix) ? OK : edition_check(sc, es, ed);
        if (e) {
            edition_free(ed);
            return e;
        }
        pthread_mutex_lock(&es->lock);
        struct edition *other = find_locked(es, number); // another request was quicker
        struct edition *spare = other ? ed : keep_locked(es, hold(ed));
        if (other) ed = other;
        pthread_mutex_unlock(&es->lock);
        edition_release(es, spare);
    }
    *out = ed;
    return OK;
}

bool editions_withdrawn(struct editions *es, struct gone *out)
{
    pthread_mutex_lock(&es->lock);
    *out = es->withdrawn;
    pthread_mutex_unlock(&es->lock);
    return out->number != 0;
}

void editions_serve(struct editions *es, struct http_server *server)
{
    pthread_mutex_lock(&es->lock);
    es->server = server;
    pthread_mutex_unlock(&es->lock);
}

static void forget_locked(struct editions *es)
{
    if (es->server) http_forget(es->server);
}

/// What was taken back is not sent to its end either.
static void cut_locked(struct editions *es)
{
    if (es->server) http_cut(es->server);
}

static void set_current_locked(struct editions *es, struct edition *ed)
{
    es->current = ed;
    atomic_store(&es->number, ed ? ed->number : 0);
    forget_locked(es);
}

/// Takes it out of the lists, so that nobody is answered from it any more; the holder of it is left. why: NULL when a newer
/// one took its place. False: it was out already.
static bool take_out(struct editions *es, struct edition *ed, const struct fault *why)
{
    pthread_mutex_lock(&es->lock);
    bool was_open = es->current == ed;
    if (was_open) set_current_locked(es, NULL), ed->holders--;
    for (size_t i = 0; i < EDITIONS_OLD; i++)
        if (es->old[i] == ed) es->old[i] = NULL, ed->holders--, was_open = true;
    if (was_open && why) es->trouble = *why;
    pthread_mutex_unlock(&es->lock);
    if (was_open && why)
        log_error("release.lost", log_i64("release", ed->number), log_cstr("why", why->text));
    return was_open;
}

/// Its bytes are wrong: nobody is answered from them, and who reads them on is cut off.
static void lose(struct editions *es, struct edition *ed, const struct fault *found)
{
    struct fault why;
    (void)fail(&why, found->code,
               found->code == ERR_FOREIGN
                   ? "release %lld is not served any more: %s"
                   : "the index of release %lld was cut or damaged while it was served: %s",
               (long long)ed->number, found->text);
    if (!take_out(es, ed, &why)) return; // it was known, and what is sent by now is of another
    pthread_mutex_lock(&es->lock);
    cut_locked(es);
    es->look_now = true;
    pthread_cond_signal(&es->stop_now);
    pthread_mutex_unlock(&es->lock);
}

enum err edition_look(struct scope *sc, struct editions *es, struct edition *ed, struct guard_seen *seen)
{
    struct scope own = { .mem = sc->mem };
    enum err     e = guard_look(&own, &ed->guard, seen);
    if (!e && index_lost(ed->ix))
        e = fail(&own.fault, ERR_CORRUPT, "a block of it is not what was written, or is gone");
    if (e == ERR_CORRUPT) lose(es, ed, &own.fault);
    if (!e) return OK;
    if (e != ERR_CORRUPT && e != ERR_BUSY) {
        sc->fault = own.fault;
        return e;
    }
    return fail(&sc->fault, ERR_BUSY, "the data changed while it was read; try again in a moment");
}

enum err edition_same(struct scope *sc, struct editions *es, struct edition *ed,
                      const struct guard_seen *seen)
{
    struct guard_seen now;
    TRY(edition_look(sc, es, ed, &now));
    if (now.written == seen->written) return OK;
    return fail(&sc->fault, ERR_BUSY, "the data changed while it was read; try again in a moment");
}

bool editions_quiet(struct editions *es)
{
    int64_t now_ms = es->clock->monotonic_ms(), due_ms = atomic_load(&es->glance_ms);
    if (now_ms >= due_ms && atomic_compare_exchange_strong(&es->glance_ms, &due_ms, now_ms + GLANCE_MS)) {
        struct edition *ed = edition_hold(es);
        atomic_store(&es->quiet, !ed || guard_is_quiet(&ed->guard));
        edition_release(es, ed);
    }
    return atomic_load(&es->quiet);
}

/// Nothing is served, and whoever asks is told since when and why.
static void take_back(struct editions *es, int64_t number, const struct release_fate *f)
{
    pthread_mutex_lock(&es->lock);
    struct edition *was = es->current;
    bool            news = es->withdrawn.number != number;
    if (was) set_current_locked(es, NULL);
    es->withdrawn = gone_of(f, number, 0);
    cut_locked(es);
    es->broken = 0;
    pthread_mutex_unlock(&es->lock);
    edition_release(es, was);
    if (news) log_warn("release.withdrawn", log_i64("release", number));
}

static void cut(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    cut_locked(es);
    pthread_mutex_unlock(&es->lock);
}

/// Has a release been published since `number` was read? Then what is gone of that one has given way, and the next look opens the
/// new one.
static bool is_outdated(struct scope *sc, const struct editions *es, int64_t number)
{
    struct scope own = { .mem = sc->mem };
    int64_t      now = number;
    return !release_current(&own, es->data_dir, &now) && now > number;
}

/// What was withdrawn or taken away on the disk is not answered from memory either, nor what cannot be looked for. One that
/// gave way to the release `newest` is let go, unless it is the current one and `newest` is still to be opened.
static enum err drop_gone(struct scope *sc, struct editions *es, struct edition *ed, int64_t newest,
                          bool opened)
{
    struct release_fate f;
    struct fault        why;
    enum err            e = release_fate(sc, es->data_dir, ed->number, &f);
    if (e) {
        cut(es);
        (void)take_out(es, ed, &sc->fault);
        return e;
    }
    if (f.is == RELEASE_WHOLE) return OK;
    if (f.is == RELEASE_WITHDRAWN && ed->number == newest && ed->number == editions_number(es)) {
        take_back(es, newest, &f);
        return OK;
    }
    if (f.is == RELEASE_RETIRED && newest <= ed->number && is_outdated(sc, es, newest)) return OK;
    bool retired = f.is == RELEASE_RETIRED && newest > ed->number;
    if (retired && !opened && ed->number == editions_number(es)) return OK;
    (void)fail(&why, ERR_NOTFOUND, "the files of release %lld are gone", (long long)ed->number);
    if (!retired) cut(es);
    (void)take_out(es, ed, retired || f.is == RELEASE_WITHDRAWN ? NULL : &why);
    return OK;
}

static enum err drop_all_gone(struct scope *sc, struct editions *es, int64_t newest, bool opened)
{
    enum err first = OK;
    for (size_t i = 0; i <= EDITIONS_OLD;
         i++) { // the current one first: who is told of trouble finds it gone
        pthread_mutex_lock(&es->lock);
        struct edition *ed = hold(i ? es->old[i - 1] : es->current);
        pthread_mutex_unlock(&es->lock);
        enum err e = ed ? drop_gone(sc, es, ed, newest, opened) : OK;
        edition_release(es, ed);
        if (!first) first = e;
    }
    return first;
}

/// Not to be tried again at each look, as long as its files are these; NULL: they may be others already.
static void broken_locked(struct editions *es, int64_t number, const struct fault *why,
                          const struct release_marks *is, uint64_t keys)
{
    es->broken = number;
    es->broken_keys = keys;
    es->broken_why = *why;
    es->broken_is = is ? *is : (struct release_marks){ 0 };
    es->broken_until_ms = es->clock->monotonic_ms() + RETRY_MS;
    es->stand_in_due = true;
}

/// The release of the start, behind it.
static void check_current(struct scope *sc, struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    struct edition *ed = es->current && !es->current->checked ? hold(es->current) : NULL;
    pthread_mutex_unlock(&es->lock);
    if (!ed) return;
    uint64_t keys = origin_times(es->origin);
    enum err e = edition_check(sc, es, ed);
    pthread_mutex_lock(&es->lock);
    ed->checked = !e;
    if (e)
        broken_locked(es, ed->number, &sc->fault, NULL,
                      keys); // before it is taken out: who sees that there is none must see why
    pthread_mutex_unlock(&es->lock);
    if (e) (void)take_out(es, ed, &sc->fault);
    edition_release(es, ed);
}

/// Makes it the current one; the one before stays open for its tiles, as long as its files are there.
static void install(struct editions *es, struct edition *ed)
{
    struct edition *fell_off = NULL;
    pthread_mutex_lock(&es->lock);
    if (es->current) fell_off = keep_locked(es, es->current);
    set_current_locked(es, ed);
    es->withdrawn = (struct gone){ 0 };
    pthread_mutex_unlock(&es->lock);
    edition_release(es, fell_off);
}

/// In place of a release that is damaged: the one that is open, or the newest before it whose files are kept and sound.
static void stand_in(struct scope *sc, struct editions *es, int64_t damaged)
{
    int64_t *number;
    size_t   n = 0;
    pthread_mutex_lock(&es->lock);
    bool due = es->stand_in_due && !es->current;
    es->stand_in_due = false;
    pthread_mutex_unlock(&es->lock);
    if (!due || release_list(sc, es->data_dir, &number, &n)) return;
    while (n-- > 0) {
        struct release_fate f;
        struct edition     *ed = NULL;
        if (number[n] >= damaged || release_fate(sc, es->data_dir, number[n], &f) || f.is != RELEASE_WHOLE)
            continue;
        if (edition_open(sc, es, number[n], &ed)) continue;
        if (edition_check(sc, es, ed)) {
            edition_free(ed);
            continue;
        }
        ed->checked = true;
        install(es, ed);
        log_error("release.stand_in", log_i64("damaged", damaged), log_i64("release", number[n]));
        return;
    }
}

static enum err open_newer(struct scope *sc, struct editions *es, int64_t number, bool start)
{
    struct release_marks marks;
    uint64_t             keys = origin_times(es->origin);
    TRY(release_marks(sc, es->data_dir, number, &marks));
    pthread_mutex_lock(&es->lock);
    bool new = !es->current || es->current->number != number;
    bool wait = new && es->broken == number && es->broken_keys == keys &&
                es->clock->monotonic_ms() < es->broken_until_ms &&release_marks_hold(&es->broken_is, &marks);
    if (wait) sc->fault = es->broken_why;
    if (!new) es->broken = 0;
    pthread_mutex_unlock(&es->lock);
    if (wait) return sc->fault.code;
    if (!new) return OK;
    struct edition *ed = NULL;
    enum err        e = edition_open(sc, es, number, &ed);
    bool            later = start && !e && index_proves(ed->ix);
    if (!e && !later) e = edition_check(sc, es, ed);
    if (e && ed) edition_free(ed);
    pthread_mutex_lock(&es->lock);
    if (e) broken_locked(es, number, &sc->fault, &marks, keys);
    else es->broken = 0;
    pthread_mutex_unlock(&es->lock);
    if (e) return e;
    ed->checked = !later;
    install(es, ed);
    return OK;
}

/// The release that releases/current names; number 0: there is no such file.
static enum err serve_number(struct scope *sc, struct editions *es, int64_t number, bool start)
{
    struct release_fate f;
    if (!number) {
        pthread_mutex_lock(&es->lock);
        struct edition *was = es->current;
        if (was) set_current_locked(es, NULL);
        bool empty = !was && !es->broken && !es->withdrawn.number && !es->trouble.code;
        pthread_mutex_unlock(&es->lock);
        edition_release(es, was);
        int64_t left = 0;
        if (empty) TRY(release_newest(sc, es->data_dir, &left));
        if (empty && !left) return OK; // nothing was published yet
        return fail(&sc->fault, ERR_NOTFOUND, "%s/releases/current is gone, so nothing is served",
                    es->data_dir);
    }
    TRY(release_fate(sc, es->data_dir, number, &f));
    pthread_mutex_lock(&es->lock);
    if (f.is != RELEASE_WITHDRAWN) es->withdrawn = (struct gone){ 0 };
    pthread_mutex_unlock(&es->lock);
    if (f.is == RELEASE_WITHDRAWN) {
        take_back(es, number, &f);
        return OK;
    }
    if (f.is == RELEASE_RETIRED && is_outdated(sc, es, number)) return OK;
    // Not taken for damage, for which an older one would stand in: this is what a withdrawal leaves that a full disk or a kill has
    // stopped, and how release_withdraw says that a release is taken from readers by hand.
    if (f.is != RELEASE_WHOLE)
        return not_servable(sc, number, ERR_NOTFOUND,
                            "its files are gone (withdraw it with --back-to to serve an older one)");
    enum err e = open_newer(sc, es, number, start);
    if (!e) return OK;
    struct scope own = { .mem = sc->mem };
    stand_in(&own, es, number);
    return e;
}

/// Those that nobody asks are looked at, too: their downloads run.
static void guard_all(struct scope *sc, struct editions *es)
{
    for (size_t i = 0; i <= EDITIONS_OLD; i++) {
        struct scope      own = { .mem = sc->mem };
        struct guard_seen seen;
        pthread_mutex_lock(&es->lock);
        struct edition *ed = hold(i ? es->old[i - 1] : es->current);
        pthread_mutex_unlock(&es->lock);
        if (ed && edition_look(&own, es, ed, &seen)) own.fault.code = OK; // it is taken out and told of
        edition_release(es, ed);
    }
}

static enum err look(struct scope *sc, struct editions *es, bool start)
{
    int64_t      number = 0;
    enum err     named = release_current(sc, es->data_dir, &number);
    struct fault unnamed = sc->fault;
    enum err     dropped = drop_all_gone(sc, es, number, false);
    if (named && named != ERR_NOTFOUND) { // which is the newest is not known; what is open was not taken back
        sc->fault = unnamed;
        return named;
    }
    guard_all(sc, es);
    check_current(sc, es);
    enum err     e = serve_number(sc, es, number, start);
    struct fault why = sc->fault;
    enum err     again = drop_all_gone(sc, es, number, true);
    if (e) sc->fault = why;
    return e ? e : dropped ? dropped : again;
}

/// The files that are downloaded: those that prove the manifest, the open index, and all that lie under the names it lists.
/// *served: the open index itself is not what the manifest lists, or it is not of this town.
static enum err prove_files(struct scope *sc, const struct editions *es, struct edition *ed, bool *served)
{
    AUTO(fd_closep) int   fd = -1;
    struct release_papers p;
    str                   hash;
    uint64_t              bytes;
    enum err              e = origin_papers(sc, es->origin, es->data_dir, ed->number, &p);
    *served = e == ERR_FOREIGN;
    TRY(e);
    const struct release_listed *f = release_listed(&p, S("public.index"));
    if (!f) return fail(&sc->fault, ERR_CORRUPT, "the manifest lists no index");
    e = edition_file(sc, ed, f->sha256, &fd);
    *served = e == ERR_CORRUPT;
    TRY(e);
    for (size_t i = 0; i < p.n; i++) {
        str path = arena_printf(sc->mem, "%s/releases/%lld/%.*s", es->data_dir, (long long)ed->number,
                                STR(p.file[i].name));
        if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
        TRY(hash_file_sha256(sc, path.p, &hash, &bytes));
        if (!str_eq(hash, p.file[i].sha256))
            return fail(&sc->fault, ERR_CORRUPT, "%s is not what was published", path.p);
    }
    return OK;
}

/// Told once, and again when the files are others.
static void look_at_files(struct scope *sc, struct editions *es)
{
    struct release_marks marks;
    uint64_t             keys = origin_times(es->origin);
    struct edition      *ed = edition_hold(es);
    if (!ed || release_marks(sc, es->data_dir, ed->number, &marks)) {
        edition_release(es, ed);
        return;
    }
    pthread_mutex_lock(&es->lock);
    bool known =
        es->marked == ed->number && es->marked_keys == keys && release_marks_hold(&es->marks, &marks);
    if (es->unproved.code == ERR_IO && es->clock->monotonic_ms() >= es->reread_ms) known = false;
    pthread_mutex_unlock(&es->lock);
    struct scope own = { .mem = known ? NULL : arena_open(PROOF_MEMORY) };
    bool         served = false;
    enum err     e = own.mem ? prove_files(&own, es, ed, &served) : ERR_NOMEM;
    if (own.mem && e != ERR_NOMEM) {
        pthread_mutex_lock(&es->lock);
        bool was = es->unproved.code != OK;
        bool told = e == ERR_IO && !strcmp(es->unproved.text, own.fault.text);
        es->marks = marks;
        es->marked = ed->number;
        es->marked_keys = keys;
        es->unproved = e ? own.fault : (struct fault){ 0 };
        es->reread_ms = es->clock->monotonic_ms() + REREAD_MS;
        if (served) broken_locked(es, ed->number, &own.fault, &marks, keys);
        pthread_mutex_unlock(&es->lock);
        if (served) lose(es, ed, &own.fault);
        if (e && !told)
            log_error("release.files", log_i64("release", ed->number), log_cstr("why", own.fault.text));
        else if (!e && was) log_info("release.files_proved", log_i64("release", ed->number));
    }
    arena_close(own.mem);
    edition_release(es, ed);
}

bool editions_unproved(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    bool is = es->current && es->unproved.code && es->marked == es->current->number;
    pthread_mutex_unlock(&es->lock);
    return is;
}

static enum err look_and_tell(struct scope *sc, struct editions *es, bool start)
{
    enum err e = look(sc, es, start);
    pthread_mutex_lock(&es->lock);
    es->trouble = e ? sc->fault : (struct fault){ 0 };
    pthread_mutex_unlock(&es->lock);
    if (!start) { // a start does not wait for it
        struct scope own = { .mem = sc->mem };
        look_at_files(&own, es);
    }
    return e;
}

enum err editions_look(struct scope *sc, struct editions *es)
{
    return look_and_tell(sc, es, false);
}

static struct fault trouble_of(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    struct fault f = es->trouble;
    pthread_mutex_unlock(&es->lock);
    return f;
}

bool editions_in_trouble(struct editions *es)
{
    return trouble_of(es).code != OK;
}

bool editions_foreign(struct editions *es)
{
    return trouble_of(es).code == ERR_FOREIGN;
}

void editions_ask_again(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    es->look_now = true;
    pthread_cond_signal(&es->stop_now);
    pthread_mutex_unlock(&es->lock);
}

static void look_and_log(struct editions *es)
{
    struct scope sc = { .mem = arena_open(LOOK_MEMORY) };
    if (!sc.mem) return;
    struct edition *was = edition_hold(es);
    struct fault    before = trouble_of(es);
    enum err        e = editions_look(&sc, es);
    // Told once, not each second.
    if (e && strcmp(before.text, sc.fault.text) != 0)
        log_error("release.unreadable", log_cstr("why", sc.fault.text));
    if (!e && before.code) log_info("release.readable_again");
    struct edition *is = edition_hold(es);
    if (is && is != was) log_info("release.current", log_i64("release", is->number));
    edition_release(es, was);
    edition_release(es, is);
    arena_close(sc.mem);
}

static void *watch(void *arg)
{
    struct editions *es = arg;
    pthread_mutex_lock(&es->lock);
    while (!es->stop) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += es->watch_ms / 1000;
        until.tv_nsec += (long)(es->watch_ms % 1000) * 1000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        int woken = es->look_now ? 0 : pthread_cond_timedwait(&es->stop_now, &es->lock, &until);
        if (es->stop || (woken != ETIMEDOUT && !es->look_now)) continue;
        es->look_now = false;
        pthread_mutex_unlock(&es->lock);
        look_and_log(es);
        pthread_mutex_lock(&es->lock);
    }
    pthread_mutex_unlock(&es->lock);
    return NULL;
}

enum err editions_open(struct scope *sc, const char *data_dir, struct origin *origin,
                       const struct clock *clock, int watch_ms, struct editions **out)
{
    struct editions *es = calloc(1, sizeof *es);
    if (!es || !(es->data_dir = strdup(data_dir))) {
        free(es);
        return fail(&sc->fault, ERR_NOMEM, "no memory for the list of releases");
    }
    es->origin = origin;
    es->clock = clock;
    es->watch_ms = watch_ms ? watch_ms : 1000;
    pthread_mutex_init(&es->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); // a clock set back must not stop the watch
    pthread_cond_init(&es->stop_now, &attr);
    pthread_condattr_destroy(&attr);
    bool     watched = es->watch_ms > 0; // else nobody looks again, and all is checked now
    enum err e = look_and_tell(sc, es, watched);
    if (e && e != ERR_NOMEM) { // it starts all the same, and says what is wrong to whoever asks
        log_error("release.unreadable", log_cstr("why", sc->fault.text));
        e = OK;
    }
    if (!e && watched) {
        es->watching = pthread_create(&es->watcher, NULL, watch, es) == 0;
        if (!es->watching)
            e = fail(&sc->fault, ERR_NOMEM, "cannot start the thread that watches for new releases");
    }
    if (e) {
        editions_close(es);
        return e;
    }
    *out = es;
    return OK;
}

void editions_close(struct editions *es)
{
    if (!es) return;
    pthread_mutex_lock(&es->lock);
    es->stop = true;
    pthread_cond_signal(&es->stop_now);
    pthread_mutex_unlock(&es->lock);
    if (es->watching) pthread_join(es->watcher, NULL);
    edition_release(es, es->current);
    for (size_t i = 0; i < EDITIONS_OLD; i++) edition_release(es, es->old[i]);
    pthread_cond_destroy(&es->stop_now);
    pthread_mutex_destroy(&es->lock);
    free(es->data_dir);
    free(es);
}
