// SPDX-License-Identifier: EUPL-1.2
// What becomes of a release after it was current: retired when a newer one takes its place, or withdrawn by the town.
// The one trap is order: a record of withdrawal is on the disk before the first file goes, so that whoever looks at any
// instant, also after a kill, finds the record or the whole release, and never a release that was to be gone. Only where the
// disk has no room for the record the files go first: that the release is not served counts more than that it is told why.
#include "publish/release.h"
#include "publish/release_int.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define RELEASE_WITHDRAWN_FILE "withdrawn.txt"
enum { TIME_BYTES = 20, RECORD_BYTES = TIME_BYTES + 1 + RELEASE_REASON_BYTES + 1 };

enum err release_lock(struct scope *sc, const char *data_dir, int *out)
{
    const char *dir;
    TRY(release_path(sc, &dir, "%s/releases", data_dir));
    AUTO(fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno(&sc->fault, "cannot open %s", dir);
    while (flock(fd, LOCK_EX))
        if (errno != EINTR) return fail_errno(&sc->fault, "cannot lock %s", dir);
    *out = fd;
    fd = -1;
    return OK;
}

// -- what became of it -------------------------------------------------------------------------------------------------

int64_t release_read_time(str s)
{
    int64_t utc_s;
    return str_ends(s, S("Z")) && civil_read_time(str_slice(s, 0, s.n - 1), &utc_s) ? utc_s : 0;
}

/// True: there is a record. One that cannot be read says no more than that, and that is enough. Whether there is one is asked
/// without opening it: a program that has no file left to open must not hear that a release was withdrawn.
static enum err read_record(struct scope *sc, const char *dir, bool *there, struct release_fate *out)
{
    const char *path;
    str         text, time;
    TRY(release_path(sc, &path, "%s/" RELEASE_WITHDRAWN_FILE, dir));
    *there = release_exists(path);
    if (!*there)
        return errno == ENOENT || errno == ENOTDIR ? OK : fail_errno(&sc->fault, "cannot look for %s", path);
    enum err e = file_read_own(sc, path, RECORD_BYTES, &text); // its words are shown to all
    if (e == ERR_NOMEM) return e;
    if (e || !str_is_utf8(text, NULL)) return OK;
    str_cut(&text, '\n', &time);
    *out = (struct release_fate){ .since_s = release_read_time(time), .reason = str_trim(text) };
    return OK;
}

static enum err look(struct scope *sc, const char *dir, const char *name, bool *there)
{
    const char *path;
    TRY(release_path(sc, &path, "%s/%s", dir, name));
    *there = !access(path, F_OK);
    if (*there || errno == ENOENT || errno == ENOTDIR) return OK;
    return fail_errno(&sc->fault, "cannot look for %s", path);
}

enum err release_fate(struct scope *sc, const char *data_dir, int64_t number, struct release_fate *out)
{
    struct release_fate f = { 0 };
    const char         *dir;
    bool                withdrawn, whole, known;
    TRY(release_dir(sc, data_dir, number, false, &dir));
    TRY(read_record(sc, dir, &withdrawn, &f));
    TRY(look(sc, dir, "public.index", &whole));
    TRY(look(sc, dir, RELEASE_MANIFEST, &known));
    f.is = withdrawn ? RELEASE_WITHDRAWN : whole ? RELEASE_WHOLE : known ? RELEASE_RETIRED : RELEASE_ABSENT;
    *out = f;
    return OK;
}

// -- withdrawing -------------------------------------------------------------------------------------------------------

static enum err check_reason(struct scope *sc, str reason)
{
    if (!reason.n)
        return fail(&sc->fault, ERR_INVALID,
                    "say why with --reason TEXT, in words that the public may read: they stand on every page "
                    "in its place");
    if (reason.n > RELEASE_REASON_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "the reason has %zu bytes, and at most %d are shown", reason.n,
                    RELEASE_REASON_BYTES);
    if (!str_is_utf8(reason, NULL)) return fail(&sc->fault, ERR_INVALID, "the reason is not UTF-8 text");
    for (size_t i = 0; i < reason.n; i++)
        if ((unsigned char)reason.p[i] < ' ' || reason.p[i] == 127)
            return fail(&sc->fault, ERR_INVALID, "the reason holds a line end or another control character");
    return OK;
}

static enum err write_record(struct scope *sc, const char *dir, int64_t since_s, str reason)
{
    AUTO(buf_free) struct buf text;
    const char               *path;
    buf_init(&text, RECORD_BYTES);
    civil_add_time(&text, since_s);
    buf_printf(&text, "Z\n%.*s\n", STR(reason));
    TRY(buf_end(sc, &text));
    TRY(release_path(sc, &path, "%s/" RELEASE_WITHDRAWN_FILE, dir));
    return file_replace(sc, path, buf_str(&text));
}

/// Removes all files of a folder but these; a file that somebody else removes meanwhile is gone as well.
static enum err remove_all_but(struct scope *sc, const char *dir, const char *const *kept, size_t n_kept)
{
    AUTO(release_dir_closep) DIR *d = opendir(dir);
    if (!d) return errno == ENOENT ? OK : fail_errno(&sc->fault, "cannot open %s", dir);
    for (const char *name; (name = release_next_name(d));) {
        bool keep = false;
        for (size_t i = 0; i < n_kept; i++) keep |= !strcmp(name, kept[i]);
        if (!keep && unlinkat(dirfd(d), name, 0) && errno != ENOENT)
            return fail_errno(&sc->fault, "cannot remove %s/%s", dir, name);
    }
    return errno ? fail_errno(&sc->fault, "cannot read %s", dir) : dir_sync(sc, dir);
}

/// Which numbers there were: those that left something, and all up to the current one.
static enum err check_known(struct scope *sc, const char *data_dir, int64_t number, int64_t current)
{
    const char *public, *restricted;
    TRY(release_dir(sc, data_dir, number, false, &public));
    TRY(release_dir(sc, data_dir, number, true, &restricted));
    if (number >= 1 && (number <= current || release_exists(public) || release_exists(restricted))) return OK;
    return fail(&sc->fault, ERR_NOTFOUND, "there is no release %lld", (long long)number);
}

static enum err check_back(struct scope *sc, const char *data_dir, int64_t number, int64_t current,
                           int64_t back_to)
{
    struct release_fate f;
    if (!back_to) return OK;
    if (number != current && back_to != current)
        return fail(&sc->fault, ERR_INVALID,
                    "release %lld is current, not %lld, so there is nothing to go back from",
                    (long long)current, (long long)number);
    if (back_to < 1 || back_to >= number)
        return fail(&sc->fault, ERR_INVALID, "release %lld is not older than release %lld",
                    (long long)back_to, (long long)number);
    TRY(release_fate(sc, data_dir, back_to, &f));
    if (f.is == RELEASE_WHOLE) return OK;
    return fail(&sc->fault, ERR_NOTFOUND,
                "the files of release %lld are not kept, so nothing can go back to it; publish a new one",
                (long long)back_to);
}

/// What is left of one that gave way: that it was, and what it differed in.
static enum err retire_dir(struct scope *sc, const char *data_dir, int64_t number, bool restricted)
{
    static const char *const kept[] = { RELEASE_MANIFEST, RELEASE_SEAL, RELEASE_SIGNATURE, RELEASE_KEYS,
                                        RELEASE_DIFFERENCE };
    const char              *dir;
    TRY(release_dir(sc, data_dir, number, restricted, &dir));
    return remove_all_but(sc, dir, kept, COUNT(kept));
}

/// The record comes first, so that a kill leaves it or the whole release. On a full disk there is room for it where the files
/// were, which go first then: what a kill leaves is no record, but nothing that could be served either.
static enum err record_or_retire(struct scope *sc, const char *data_dir, int64_t number, const char *public,
                                 int64_t since_s, str reason)
{
    enum err e = write_record(sc, public, since_s, reason);
    if (e != ERR_FULL) return e;
    TRY(retire_dir(sc, data_dir, number, false));
    TRY(retire_dir(sc, data_dir, number, true));
    return write_record(sc, public, since_s, reason);
}

/// What the failure means for those who wanted it gone.
static enum err not_recorded(struct scope *sc, const char *data_dir, int64_t number)
{
    struct scope        own = { .mem = sc->mem };
    struct release_fate f = { .is = RELEASE_WHOLE };
    if (release_fate(&own, data_dir, number, &f)) own.fault.code = OK; // then it may be
    if (f.is == RELEASE_WITHDRAWN)
        return fail_at(&sc->fault, "release %lld is withdrawn, and not all of it is done; try again",
                       (long long)number);
    if (f.is != RELEASE_WHOLE)
        return fail_at(&sc->fault,
                       "nothing of release %lld is served any more, but there is no record of its "
                       "withdrawal; put right what follows and withdraw it again",
                       (long long)number);
    return fail_at(
        &sc->fault,
        "release %lld is STILL SERVED; stop the server or remove %s/releases/%lld/public.index, put "
        "right what follows, and withdraw it again",
        (long long)number, data_dir, (long long)number);
}

enum err release_withdraw(struct scope *sc, const char *data_dir, int64_t number, int64_t back_to, str reason,
                          int64_t now_s)
{
    AUTO(fd_closep) int lock = -1;
    struct release_fate was;
    const char *public, *restricted, *releases;
    int64_t current = 0;
    TRY(release_path(sc, &releases, "%s/releases", data_dir));
    enum err e = release_lock(sc, data_dir, &lock);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, e, "there is no release %lld: the folder %s is not there", (long long)number,
                    releases);
    TRY(e);
    e = release_current(sc, data_dir, &current);
    if (e && e != ERR_NOTFOUND && e != ERR_CORRUPT) return e;
    TRY(check_known(sc, data_dir, number, current));
    TRY(check_back(sc, data_dir, number, current, back_to));
    TRY(release_dir(sc, data_dir, number, false, &public));
    TRY(release_dir(sc, data_dir, number, true, &restricted));
    TRY(release_fate(sc, data_dir, number, &was));
    if (!reason.n) reason = was.reason;
    TRY(check_reason(sc, reason));
    TRY(dir_make(sc, public));
    e = record_or_retire(sc, data_dir, number, public, was.since_s ? was.since_s : now_s, reason);
    if (!e) e = dir_sync(sc, releases);
    if (e) return not_recorded(sc, data_dir, number);
    TRY(remove_all_but(sc, restricted, NULL, 0));
    TRY(remove_all_but(sc, public, (const char *[]){ RELEASE_WITHDRAWN_FILE, RELEASE_KEYS }, 2));
    if (!back_to) return OK;
    e = release_verify(sc, data_dir, back_to); // until it is known to be sound, nothing is served
    if (e)
        return fail_at(&sc->fault, "release %lld is withdrawn and nothing is served in its place",
                       (long long)number);
    return release_make_current(sc, data_dir, back_to);
}

// -- retiring ----------------------------------------------------------------------------------------------------------

enum err release_retire(struct scope *sc, const char *data_dir, int64_t keep)
{
    AUTO(fd_closep) int lock = -1;
    int64_t            *number, current;
    size_t              n;
    TRY(release_lock(sc, data_dir, &lock));
    TRY(release_current(sc, data_dir, &current));
    TRY(release_list(sc, data_dir, &number, &n));
    for (size_t i = n; i-- > 0;) {
        struct release_fate f;
        if (number[i] > current) continue;
        TRY(release_fate(sc, data_dir, number[i], &f));
        if (f.is == RELEASE_WITHDRAWN || f.is == RELEASE_ABSENT || (f.is == RELEASE_WHOLE && keep-- > 0))
            continue;
        TRY(retire_dir(sc, data_dir, number[i], false)); // public first: it is what two can be compared by
        TRY(retire_dir(sc, data_dir, number[i], true));
    }
    return OK;
}
