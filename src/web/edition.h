// SPDX-License-Identifier: EUPL-1.2
// A release that is open for answering. Requests hold the edition they began with, so a newer release can
// take its place between two requests and the older one closes when the last request that uses it ends.
// Threads: all calls from any thread.
#pragma once
#include "analysis/portrait.h"
#include "base/clock.h"
#include "http/http.h"
#include "web/search.h"
#include <pthread.h>

struct edition {
    int64_t              number;
    struct index        *ix;
    struct portrait      portrait;
    // private to edition.c
    bool                 checked; // of the current one, and of the watch alone: all checksums were right
    unsigned             holders;
    struct arena        *mem;
    pthread_mutex_t      names;  // the search, and the memory once the edition is open
    const struct search *search; // made when it is first wanted
};

enum { EDITIONS_OLD = 4 }; // older releases kept open for the tiles of readers who have not reloaded yet

struct editions;
/// Opens the current release, when there is one, and starts watching (watch_ms as in web.h). To be there at once it reads of
/// the release what has to be read to answer; the first look reads the rest, and takes the release back when it is damaged.
enum err        editions_open(struct scope *sc, const char *data_dir, const struct clock *clock, int watch_ms,
                              struct editions **out);
void            editions_close(struct editions *es);
/// The current edition, or NULL when nothing has been published. Give it back with edition_release.
struct edition *edition_hold(struct editions *es);
/// One that is still on the disk and no newer than the current one, by number. ERR_NOTFOUND.
enum err edition_hold_number(struct scope *sc, struct editions *es, int64_t number, struct edition **out);
/// Holds once more what is held already.
void     edition_again(struct editions *es, struct edition *ed);
void     edition_release(struct editions *es, struct edition *ed); // accepts NULL
/// The names in it. Borrowed from the edition. The first to ask waits until they are sorted.
enum err edition_names(struct scope *sc, struct edition *ed, const struct search **out);
/// Looks at releases/current now, and lets go of older releases whose files were taken away. OK also when nothing is new. A
/// release becomes current when its file is the public index of that number and all its checksums are right; else the one
/// before stays, and this fails until it is. The release that was there at the start is checked by the first look behind it.
enum err editions_look(struct scope *sc, struct editions *es);
/// The server's kept answers are dropped whenever a release is replaced or taken away.
void     editions_serve(struct editions *es, struct http_server *server);
/// The index of this edition was cut under a reader (index_lost): it is opened anew at the next look, if its file is whole by
/// then, and not asked any more.
void     edition_lost(struct editions *es, struct edition *ed);
/// *checked: was the release of the start, if there was one, read whole by now? The error says what was wrong with it.
enum err editions_checked(struct scope *sc, struct editions *es, bool *checked);
/// Did the last look fail? The log says why.
bool     editions_in_trouble(struct editions *es);
