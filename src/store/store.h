// SPDX-License-Identifier: EUPL-1.2
// The only truth: incidents with their history, areas, layers, releases. All SQL stands in store/sql/*.sql;
// no other folder knows which engine is below. One writer (a lock file tells a second one who holds it), many
// readers. The data folder:
//     hromada.db           SQLite, WAL, foreign keys
//     lock                 held by the writer
//     releases/N/          what publish wrote (publish/release.h); restricted/N/ the partner and police tiers
// Threads: one store handle belongs to one thread.
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "geo/mercator.h"
#include "model/category.h"
#include "model/incident.h"
#include "seal/hash.h"

struct store;
enum store_mode { STORE_READ, STORE_WRITE };
enum {
    STORE_MAX_TEXT = 4096,    // bytes of a key, a slice, an area code or a place
    STORE_MAX_LIST = 1 << 20, // items of what is read as a list
};
/// Times of incidents: the years of base/civil.h, 1900 to 2149, in wall seconds.
#define STORE_FIRST_S INT64_C(-2208988800)
#define STORE_LAST_S INT64_C(5680281599)

struct store_settings {
    str           name;     // of the town, as pages show it
    str           timezone; // tz name
    enum language lang;     // default of the pages
    bool          demo;     // the data are invented, and every page says so
};

/// Makes the folder (if need be) and an empty store in it. ERR_EXISTS when there is one.
enum err    store_create(struct scope *sc, const char *dir, const struct store_settings *s);
/// Opens, checks the format (ERR_VERSION for a newer one, with what to do), runs missing migrations when
/// writing. ERR_BUSY: another process writes; the sentence names its process id. ERR_NOTFOUND: no store in
/// that folder.
enum err    store_open(struct scope *sc, const char *dir, enum store_mode mode, struct store **out);
void        store_close(struct store *st);
void        store_closep(struct store **st);
const char *store_dir(const struct store *st);
/// Has a process this data folder open for writing, at this instant?
bool        store_is_written(const char *dir);
enum err    store_settings_get(struct scope *sc, struct store *st, struct store_settings *out);
enum err    store_settings_set(struct scope *sc, struct store *st, const struct store_settings *s);
/// One transaction; a second begin inside is our own mistake. Rolled back by store_close, too.
enum err    store_begin(struct scope *sc, struct store *st);
/// The same for a run of the importer and what belongs to it: the engine does not look up the references of every row
/// that is written (nearly half of the cost of one); the run itself sees to it that they are there. In a store without any
/// incident nothing is kept in a log, either (a fifth of an import's time): who reads the store meanwhile is told ERR_BUSY.
enum err    store_begin_run(struct scope *sc, struct store *st);
enum err    store_commit(struct scope *sc, struct store *st);
void        store_rollback(struct store *st);

// -- sources, categories, outcomes: get or make; the id is stable for the life of the store -----------------
struct source {
    int32_t id;
    str     key;  // profile key, unique: "uk-police", "chicago"
    str     name; // as the legend shows it
    str     licence, licence_url, homepage, attribution, caveat;
    str     timezone;
};
enum err store_source_put(struct scope *sc, struct store *st, struct source *s); // fills s->id
/// By key. A class it states is taken unless a person has confirmed one, or a profile a stricter one, be it the same; a class or
/// section it does not state (0) changes nothing. A kind of a source's own spelling that has the key becomes the profile's, with what a
/// person confirmed of it, if it is this spelling of c->source; any other gets another key.
enum err store_category_put(struct scope *sc, struct store *st, struct category *c);
/// A kind for a spelling (c->code) that no profile names, of the source c->source with this key: what is confirmed of it holds for no
/// other source and no other spelling, but for case and white space. c->key is changed when another has it. ERR_LIMIT.
enum err store_category_own(struct scope *sc, struct store *st, str source, struct category *c);
/// Sets the class, the section and who says so of the category with c->id, whatever was confirmed before; since when stays
/// when the class is the same.
enum err store_category_confirm(struct scope *sc, struct store *st, const struct category *c);
/// By key. What a profile names is not changed by what none does.
enum err store_outcome_put(struct scope *sc, struct store *st, struct outcome *o);
enum err store_sources(struct scope *sc, struct store *st, const struct source **out, size_t *n);
enum err store_categories(struct scope *sc, struct store *st, const struct category **out, size_t *n);
/// Live incidents of each category that has any, be it their own or a further one; by id. Reads all incidents.
struct category_count {
    int32_t  category;
    uint64_t incidents;
};
enum err store_category_counts(struct scope *sc, struct store *st, const struct category_count **out,
                               size_t *n);
enum err store_outcomes(struct scope *sc, struct store *st, const struct outcome **out, size_t *n);
/// Live incidents of each outcome that no profile names, by id. Reads all incidents.
struct outcome_count {
    int32_t  outcome;
    uint64_t incidents;
};
enum err store_outcome_counts(struct scope *sc, struct store *st, const struct outcome_count **out,
                              size_t *n);

// -- one import run: stage every row, then merge all of them or none ----------------------------------------
/// What makes two rows the same incident (DESIGN.md section 4).
enum identity {
    IDENTITY_STABLE, // (source, key) is one incident for ever; the last row of a run settles it, but what protects in any of
                     // them holds: marks, classes, the strictest category
    IDENTITY_SLICE, // key is unique, or nearly so, within its slice only; rows that repeat a key are separate incidents,
    // and what hides any of them hides all (store/repeated.h); a run replaces the slices it touches:
    // what it does not hold is withdrawn, unless a row of the slice was rejected (store_run_rejected)
    IDENTITY_NONE,  // no key: equal rows count as separate incidents; a run replaces the slices it touches
    IDENTITY_TYPES, // as STABLE, but a further row with the same key adds a category to the incident
};
struct run_times { // nanoseconds that store_run_finish spent
    int64_t index, merge, commit;
};
struct run {
    int64_t       id;
    int32_t       source;
    enum identity identity;
    str           profile, files; // for the record
    int64_t       started_s;      // UTC
    uint32_t
         may_lack; // of untold (model/incident.h): that new incidents may leave untold, though others of the
                   // source tell it
    bool may_lift; // may take from stored incidents what protects them
    const str                    *
        lift; // [n_lift] keys of those from which it may; NULL: none is named. With a list, the others keep what they have
    size_t                 n_lift;
    bool                   may_move;  // may give many of them another time, place and kind
    bool                   may_share; // several parts may hold rows of one slice
    struct run_times       times;     // filled by store_run_finish
    // What stopped it, when it was that it would take from stored incidents what protects them: the first RUN_LOST_MAX.
    const struct run_lost *lost;
    size_t                 n_lost;
};
enum { RUN_LOST_MAX = 10000 };
struct run_lost {
    int64_t row; // struct incident
    str     key; // of the incident
    bool    domestic, elsewhere, class, kind;
};
/// read = imported + unchanged + revised + rejected, always. merged is the part of these rows that joined an
/// incident told by an earlier row of the same run. withdrawn counts incidents, not rows; so do joint (several rows of the run
/// tell of them, and not the same of what protects) and lifted (they lost what protected them), which the store does not keep.
struct run_totals {
    uint64_t read, imported, unchanged, revised, rejected, merged, withdrawn, without_point, outcomes_revised;
    uint64_t joint, lifted;
    uint64_t
        several; // stable keys whose rows tell different things in this run: the last counts; likewise not kept
    uint64_t mixed;  // of them, those of which these are several incidents, it seems
    uint64_t unread; // live incidents that rejected rows may be of (store_run_unread), likewise not kept
    uint64_t
        stayed; // that no row tells of, though a rejected row may (store_run_rejected), likewise not kept
    uint64_t
        kept; // incidents that kept what protects them, since their key is not in run.lift; not kept by the store either
};
/// Opens the transaction, or joins the one that stands.
enum err store_run_begin(struct scope *sc, struct store *st, struct run *r);
/// The rows from here on are of this part of the run, such as a file, whose name is for people. Where a run replaces slices, a
/// slice is told by one part.
enum err store_run_part(struct scope *sc, struct store *st, const struct run *r, str name);
/// ERR_INVALID: the row is not possible, or its slice was told by another part and r->may_share is not set.
enum err store_run_stage(struct scope *sc, struct store *st, const struct run *r, const struct incident *i);
/// A row was rejected that is of this slice (struct incident); NULL, or one that the source does not have: of which is not known, so that it
/// may be any of this part. Where a run replaces slices, what no row tells of stays in these, and a row without a key is what one of its
/// time and place became. Elsewhere it says nothing.
enum err store_run_rejected(struct scope *sc, struct store *st, const struct run *r, const str *slice);
/// A row was rejected that may have this key: what it would have said nobody knows, so that incidents of the key, however they write it
/// (store/alike.h), are told to nobody until a run reads rows of their key and rejects none. slice: as in struct incident, where a key
/// is of one; NULL, or one that the source does not have: of which is not known. For sources with keys.
enum err store_run_unread(struct scope *sc, struct store *st, const struct run *r, const str *slice, str key);
/// This one will be staged some rows later: what is known of its key and texts is fetched from memory by then. A hint.
void     store_run_soon(const struct store *st, const struct incident *i);
/// Merges what was staged and records the run. dry: computes the totals and rolls back. The caller fills
/// totals->read and ->rejected before; commits on OK, leaves nothing behind on failure. ERR_INVALID: rows leave untold what
/// protects, and may be of incidents that have it, or are new while others of the source have it; they take from stored
/// incidents what protected them, or many are of another time, place and kind, so that the key stands for others now, and
/// neither r->may_lift nor r->lift, or r->may_move, says so. With r->lift: the source's key must name an incident for ever.
enum err store_run_finish(struct scope *sc, struct store *st, struct run *r, bool dry,
                          struct run_totals *totals);

// -- areas and layers ---------------------------------------------------------------------------------------
struct area_figure {
    int     year;
    int64_t population, officers;
}; // -1: not known
struct area {
    int32_t                   id;
    str                       code, name, parent; // parent: code within the same set or "set:code"; empty
    const struct area_figure *figures;            // [n_figures] by year
    size_t                    n_figures;
    const struct point       *point;
    const uint32_t           *ring_end;
    size_t                    n_points, n_rings; // as geo/polygon.h, closed rings
};
struct area_set {
    int32_t id;
    str     key, name, licence;
    size_t  n;
};
/// Replaces the whole set.
enum err store_areas_replace(struct scope *sc, struct store *st, const struct area_set *set,
                             const struct area *areas, size_t n);
/// How many live incidents have a point, and how many of these lie in a box of degrees times 10^7; swapped: would, with longitude and latitude
/// exchanged. Time: a scan of all incidents.
struct area_points {
    uint64_t all, in, swapped;
};
struct area_box {
    int32_t west, south, east, north;
};
enum err store_area_points(struct scope *sc, struct store *st, struct area_box box, struct area_points *out);
enum err store_area_sets(struct scope *sc, struct store *st, const struct area_set **out, size_t *n);
enum err store_areas(struct scope *sc, struct store *st, int32_t set, const struct area **out, size_t *n);

/// Background drawing of the map: streets, water, parks, from GeoJSON. kind is one of "street", "water",
/// "green", "building", "place"; class is the feed's own ("primary", "lake").
enum shape { SHAPE_POINT, SHAPE_LINE, SHAPE_POLYGON };
struct layer_feature {
    str                 name, class;
    enum shape          shape;
    const struct point *point;
    const uint32_t     *part_end;
    size_t              n_points, n_parts;
};
struct layer {
    int32_t id;
    str     key, kind, licence;
};
enum err store_layer_replace(struct scope *sc, struct store *st, const struct layer *l,
                             const struct layer_feature *f, size_t n);
enum err store_layers(struct scope *sc, struct store *st, const struct layer **out, size_t *n);
enum err store_layer_features(struct scope *sc, struct store *st, int32_t layer,
                              const struct layer_feature **out, size_t *n);

// -- reading incidents (publish) ----------------------------------------------------------------------------
struct incident_cursor;
/// All live incidents in the order of their ids, as they are now: what a run commits meanwhile is not seen.
/// The scope must outlive the cursor. Strings in *i are valid until the next call. Do not begin a transaction
/// meanwhile; one that stands already gives several cursors and lists the same state.
enum err store_incidents_open(struct scope *sc, struct store *st, struct incident_cursor **out);
/// From here on those whose ids are first to last, both of them, too; again and again, forward.
void     store_incidents_range(struct incident_cursor *c, int64_t first, int64_t last);
/// Fills all but the strings. False at the end of the range, or on failure.
bool     store_incidents_next(struct incident_cursor *c, struct incident *i);
/// The store's numbers of the area and the place of the incident last given; 0: none. Equal texts have equal numbers.
void store_incidents_numbers(const struct incident_cursor *c, int64_t *area, int64_t *place, int64_t *slice);
/// The strings of the incident last given, at the cost of a look-up. False on failure, which store_incidents_end tells.
bool store_incidents_texts(struct incident_cursor *c, struct incident *i);
/// Categories of this incident besides its own (IDENTITY_TYPES), by id; valid until the next call, which asks for a higher
/// incident. May be asked beside the walk, or of a cursor that does not walk.
size_t   store_incidents_types(struct incident_cursor *c, int64_t incident, const int32_t **categories);
enum err store_incidents_end(struct scope *sc, struct incident_cursor *c); // closes, too; tells why it ended
void     store_incidents_closep(struct incident_cursor **c);
/// No id is higher.
enum err store_incident_last(struct scope *sc, struct store *st, int64_t *id);
/// A text by its number, in place of what *out holds. ERR_NOTFOUND.
enum err store_text(struct scope *sc, struct store *st, int64_t number, struct buf *out);
/// No number of a text is higher.
enum err store_text_last(struct scope *sc, struct store *st, int64_t *number);

struct revision {
    int64_t incident, run, at_s;
    str     field, was, now;
};
enum err store_revisions(struct scope *sc, struct store *st, int64_t incident, const struct revision **out,
                         size_t *n);
/// Has the source an incident, live or not, whose key is this one for ever?
enum err store_has_key(struct scope *sc, struct store *st, int32_t source, str key, bool *out);
/// Runs after the one of number since, oldest first.
struct run_record {
    struct run        run;
    struct run_totals totals;
};
enum err store_runs(struct scope *sc, struct store *st, int64_t since, const struct run_record **out,
                    size_t *n);
struct store_counts {
    uint64_t incidents, withdrawn, revisions, runs, with_point;
    int64_t  first_wall_s, last_wall_s;
};
enum err store_counts_get(struct scope *sc, struct store *st, struct store_counts *out);

// -- releases -----------------------------------------------------------------------------------------------
struct release_record {
    int64_t  number, created_s;
    str      sha256, policy;
    uint64_t incidents, withheld;
};
enum err store_release_next(struct scope *sc, struct store *st, int64_t *number);
enum err store_release_add(struct scope *sc, struct store *st, const struct release_record *r);
enum err store_releases(struct scope *sc, struct store *st, const struct release_record **out,
                        size_t *n); // oldest first

// -- care ---------------------------------------------------------------------------------------------------
/// Every page against its checksum, integrity_check, foreign_key_check, totals of each run add up, points inside the world,
/// categories known, each incident against the hash of what its source told. Long: a part after another,
///
///     TRY(store_check_begin(sc, st, &c));
///     do show(store_check_at(c)); while (store_check_step(c));
///     TRY(store_check_end(sc, c, &report));
///
/// Every finding is one line in *report; ERR_CORRUPT when there is any.
struct store_check;
struct store_check_at {
    const char *verb, *unit;
    uint64_t    rows;  // done
    double      share; // of this part; -1: not known
};
enum err              store_check_begin(struct scope *sc, struct store *st, struct store_check **out);
bool                  store_check_step(struct store_check *c); // false: the last is done, or it failed
struct store_check_at store_check_at(const struct store_check *c);
enum err              store_check_end(struct scope *sc, struct store_check *c, str *report);
/// A consistent copy of the database while others read and write (SQLite online backup), marked (store/copied.h), fsynced and renamed.
/// ERR_INVALID: to_path is a folder, a device or the database itself.
enum err              store_backup(struct scope *sc, struct store *st, const char *to_path);
/// A value that two stores share when their live incidents are told the same, whatever numbers we gave them.
enum err              store_digest(struct scope *sc, struct store *st, struct hash128 *out);
