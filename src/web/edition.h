// SPDX-License-Identifier: EUPL-1.2
// A release that is open for answering. Requests hold the edition they began with, so a newer release can
// take its place between two requests and the older one closes when the last request that uses it ends.
// Threads: all calls from any thread.
#pragma once
#include "analysis/portrait.h"
#include "base/clock.h"
#include "http/http.h"
#include "publish/release.h"
#include "web/guard.h"
#include "web/origin.h"
#include "web/search.h"
#include <pthread.h>

struct edition {
    int64_t              number;
    struct index        *ix;
    struct portrait      portrait;
    // private to edition.c
    struct guard         guard;
    bool                 checked; // of the current one, and of the watch alone: all checksums were right
    unsigned             holders;
    struct arena        *mem;
    pthread_mutex_t      names;              // the search, and the memory once the edition is open; all below
    const struct search *search;             // made when it is first wanted
    char                 sha256[2 * 32 + 1]; // of the file; empty: not known yet
    struct file_mark     hashed;             // what the file was then
};

enum { EDITIONS_OLD = 4 }; // older releases kept open, where the town keeps their files (release_retire)

/// A release that is not served any more, and why.
struct gone {
    int64_t number, current; // current: what is served in its place; 0: nothing is
    bool    withdrawn;       // by the town; else a newer one took its place
    int64_t since_s;         // of one that was withdrawn; 0: not known
    char    reason[RELEASE_REASON_BYTES + 1];
};

struct editions;
/// Opens the current release, when there is one that can be served, and starts watching (watch_ms as in web.h). To be there
/// at once it reads of the release what has to be read to answer, and each block of it is proved before its first use; the
/// first look reads the rest. A release that is damaged does not stop the start: the newest sound one before it is served in
/// its place, or none, and editions_in_trouble tells; so with one that is not of this town. origin is borrowed.
enum err        editions_open(struct scope *sc, const char *data_dir, struct origin *origin,
                              const struct clock *clock, int watch_ms, struct editions **out);
void            editions_close(struct editions *es);
/// The current edition, or NULL when nothing is served. Give it back with edition_release.
struct edition *edition_hold(struct editions *es);
/// One that is still on the disk and no newer than the current one, by number. ERR_GONE: withdrawn, or retired for a newer
/// one, and *why is filled. ERR_NOTFOUND.
enum err edition_hold_number(struct scope *sc, struct editions *es, int64_t number, struct edition **out,
                             struct gone *why);
/// Number of the current edition; 0: none.
int64_t  editions_number(const struct editions *es);
/// Is nothing served because the town withdrew the release that was current?
bool     editions_withdrawn(struct editions *es, struct gone *out);
/// Holds once more what is held already.
void     edition_again(struct editions *es, struct edition *ed);
void     edition_release(struct editions *es, struct edition *ed); // accepts NULL
/// The names in it. Borrowed from the edition. The first to ask waits until they are sorted.
enum err edition_names(struct scope *sc, struct edition *ed, const struct search **out);
/// The open index file as it is to be downloaded, to be closed, when its SHA-256 is this one; whatever has its name by now is
/// not looked at. The first to ask waits until it is hashed. ERR_CORRUPT, ERR_IO.
enum err edition_file(struct scope *sc, struct edition *ed, str sha256, int *fd);
/// Looks at the folder of releases now. OK also when nothing is new. First it lets go of every release that was withdrawn or
/// whose files are gone, also of the current one: what is missing is not served. Then the release that releases/current names
/// becomes current when its file is the public index of that number and all its checksums are right; else this fails until
/// it is, and the one before stays, or the newest sound one that is kept takes its place.
enum err editions_look(struct scope *sc, struct editions *es);
/// The server's kept answers are dropped whenever the current release is replaced or taken away.
void     editions_serve(struct editions *es, struct http_server *server);
/// Is the open index what was proved (web/guard.h)? To be asked before an answer is read from it. ERR_BUSY: it is not, and nobody
/// is answered from it any more, downloads of it break off, and a look comes at once: it is opened anew if its file is whole by
/// then, or another stands in.
enum err edition_look(struct scope *sc, struct editions *es, struct edition *ed, struct guard_seen *seen);
/// The same behind the answer: all of it was read from the bytes that were there before it.
enum err edition_same(struct scope *sc, struct editions *es, struct edition *ed,
                      const struct guard_seen *seen);
/// May kept answers be given? Not while the open index of the current edition was touched and not proved since, which is seen
/// within GLANCE_MS. Never waits.
enum { GLANCE_MS = 100 };
bool editions_quiet(struct editions *es);
/// Did the last look fail? The log says why.
bool editions_in_trouble(struct editions *es);
/// Is that because the newest release is not of this town (web/origin.h)?
bool editions_foreign(struct editions *es);
/// The town's keys are others: what they say of releases is asked again, at once.
void editions_ask_again(struct editions *es);
/// Are files of the current release not what was published, so that they are not handed out? The log says which.
bool editions_unproved(struct editions *es);
