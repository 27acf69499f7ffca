// SPDX-License-Identifier: EUPL-1.2
// Which incidents stood as points in a public release, which of them are told for a while as they were, and which have left
// for ever. publish/leave.h decides it; here it is written down and read back, and never inferred from anything else.
#pragma once
#include "store/marks.h"
#include "store/store.h"

struct staying {
    int64_t incident;
    int64_t run; // it is told as it stood behind this run
};
struct departed {
    int64_t incident, release;
    int64_t turned; // release before which it had turned; 0: it went along as cover
    int64_t
        passed;  // release before which another took its place, since its source numbered anew; 0: none did
    int64_t run; // it was told as it stood behind this one; 0: not it was, what it stands for; -1: not known
    bool    altered; // its record says something else since, or is withdrawn; not written down
};
struct stand {       // what was shown for the last time by
    int64_t release; // this release,
    int64_t run;     // as it stood behind this run,
    int64_t last;    // when there was no incident of a higher number
};
struct shown {                     // by a release
    int64_t               release; // 0: the store does not know
    int64_t               created_s;
    int64_t               run, last; // no run and no incident of a higher number had been read
    unsigned char        *ids;       // [bytes] bit by id
    size_t                bytes;
    const struct staying *staying; // [n_staying] by incident
    size_t                n_staying;
    // What releases before it showed and it does not, though it has not left: a rule hides it, or its source withdrew it.
    struct marks          hidden; // by incident: number of its stand, from 1
    const struct stand   *stand;  // [n_stand]
    size_t                n_stand;
};

/// Room for the bits of incidents up to last, in whole blocks, all zero.
enum err           shown_room(struct scope *sc, int64_t last, struct shown *out);
static inline bool shown_has(const struct shown *s, int64_t id)
{
    return (uint64_t)id >> 3 < s->bytes && s->ids[id >> 3] >> (id & 7) & 1;
}
static inline uint16_t shown_stand(const struct shown *s, int64_t id)
{
    return mark_of(&s->hidden, id);
}
/// By this release, or by one before it.
static inline bool shown_was(const struct shown *s, int64_t id)
{
    return shown_has(s, id) || shown_stand(s, id);
}
/// NULL: it is told as it is.
const struct staying *shown_staying(const struct shown *s, int64_t id);
/// The run behind which one that was shown stood as it was told; and the first of these.
int64_t               shown_run(const struct shown *s, int64_t id);
int64_t               shown_oldest_run(const struct shown *s);
static inline void    shown_put(struct shown *s, int64_t id, bool in)
{
    unsigned char bit = (unsigned char)(1 << (id & 7));
    s->ids[id >> 3] = (unsigned char)(in ? s->ids[id >> 3] | bit : s->ids[id >> 3] & ~bit);
}

/// What the release showed; of the scope. out->release is 0 when the store was not there.
enum err store_shown_get(struct scope *sc, struct store *st, int64_t release, struct shown *out);
/// Writes it down (of the stands those that an incident has), and forgets all releases but this one and `before`: one of them is public, whatever ends us in between.
enum err store_shown_set(struct scope *sc, struct store *st, const struct shown *s, int64_t before);
/// A release without a public tier: the public sees what it saw before, under this number.
enum err store_shown_carry(struct scope *sc, struct store *st, int64_t release, int64_t now_s,
                           int64_t before);
/// Those that left with a release up to this one, by incident; of the scope.
enum err store_departed(struct scope *sc, struct store *st, int64_t release, const struct departed **out,
                        size_t *n);
/// Adds some, or what became of them, and forgets what is of releases behind `before`, which were never public.
enum err store_departed_add(struct scope *sc, struct store *st, int64_t before, const struct departed *d,
                            size_t n);
enum err store_run_last(struct scope *sc, struct store *st, int64_t *id);

struct withdrawn {
    int64_t  id, from_s, run, slice;
    int32_t  lon_e7, lat_e7, category, outcome;
    uint32_t flags;
};
/// What runs after this one withdrew of what was shown or is hidden, each with the one that did; by id. Time: all incidents, if a
/// run withdrew any; memory: what is found.
enum err store_withdrawn(struct scope *sc, struct store *st, int64_t run, const struct shown *of,
                         const struct withdrawn **out, size_t *n);
/// Those of store_departed that were withdrawn, whenever that was, and that nothing took the place of; by id.
enum err store_withdrawn_departed(struct scope *sc, struct store *st, int64_t release,
                                  const struct withdrawn **out, size_t *n);
/// The last run that changed an incident, by id up to last, of those behind this run; 0: none did. Whether it is there is no
/// change of it. Of the scope.
enum err store_revised(struct scope *sc, struct store *st, int64_t run, int64_t last, int64_t **out);

enum { SAID_KIND = 1, SAID_OUTCOME = 2, SAID_TIME = 4, SAID_PLACE = 8, SAID_MARK = 16 };
struct was_said { // of an incident
    int64_t  incident;
    int32_t  outcome, category; // -1: it has not changed
    int64_t  flags;             // likewise
    unsigned changed;           // SAID_TIME, SAID_PLACE, and SAID_KIND where it got a further kind
};
/// Of incidents that were shown or are hidden, what has changed of what is said of them since they were told so, as it was; by incident; of the
/// scope. Time: the history since the oldest run that one of them is told behind.
enum err store_said(struct scope *sc, struct store *st, const struct shown *of, const struct was_said **out,
                    size_t *n);

/// The highest incident that runs up to this one brought; 0: none did.
enum err store_last_behind(struct scope *sc, struct store *st, int64_t run, int64_t *out);

struct revived {
    int64_t incident;
    int64_t run; // the last that brought it back
};
/// What runs behind this one brought back under the number that it had before it was withdrawn, by incident; of the scope. Time:
/// the history since that run.
enum err store_revived(struct scope *sc, struct store *st, int64_t run, const struct revived **out,
                       size_t *n);

struct newcomer { // of a source with several slices
    int64_t  id, slice, from_s;
    uint64_t key; // a hash of it and its source; 0: it has none
    int32_t  source, lon_e7, lat_e7, category;
};
/// Live incidents of sources with several slices that runs behind this one brought, or brought back (revived: of this run, or of one
/// before), by id; of the scope. *after: what is above was brought. Time: those incidents.
enum err store_newcomers(struct scope *sc, struct store *st, int64_t run, const struct revived *revived,
                         size_t n_revived, const struct newcomer **out, size_t *n, int64_t *after);
/// The keys of a source from the first to the last of what came above an incident (0: all), in no order that means anything: where
/// keys are numbers that ascend, nothing before has one of them.
struct key_cursor;
enum err store_keys_open(struct scope *sc, struct store *st, int32_t source, int64_t after,
                         struct key_cursor **out);
bool     store_keys_next(struct key_cursor *c);
int64_t  store_keys_id(const struct key_cursor *c);
int64_t  store_keys_slice(const struct key_cursor *c);
uint64_t store_keys_key(const struct key_cursor *c); // as in struct newcomer
enum err store_keys_close(struct key_cursor *c);     // tells why it ended
enum err store_incident_slice(struct scope *sc, struct store *st, int64_t id, int64_t *slice);

struct past {
    struct incident is;      // without slice, key and place
    int64_t         place;   // number of its text; 0: none, or one that no incident has any more
    int64_t         slice;   // its id
    const int32_t  *further; // [n_further] categories besides its own, by id
    size_t          n_further;
    bool            live; // now
};
/// An incident as it stood behind a run: what later ones changed is undone by its history. Texts are of the scope. ERR_NOTFOUND.
/// ERR_CORRUPT: its history cannot be undone.
enum err store_incident_past(struct scope *sc, struct store *st, int64_t id, int64_t run, struct past *out);
