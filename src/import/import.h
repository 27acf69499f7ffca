// SPDX-License-Identifier: EUPL-1.2
// Incident files into the store: one run per source, all or nothing, whatever the files look like inside.
//     struct import *job;
//     TRY(import_begin(sc, st, &options, paths, n, &job));
//     while (import_step(job, 10000)) show(import_progress(job));
//     TRY(import_finish(sc, job, &report));
// The files of one source make one run; sources come one after the other, and what an earlier one committed stays when
// a later one fails (its sentence says so). Every row is read = imported + unchanged + revised + rejected.
// Memory: about 30 MB beside the store's own, whatever the size of the files.
// Threads: a job belongs to one thread; it reads with another of its own, which ends with the file it reads, at the
// latest with import_finish (import/feed.h).
// A run is one transaction: killed at any instant, or failed in any way, it was never there.
// Tests: tests/unit/test_import.c, tests/case/test_import_files.c (every real file, against an independent count),
// tests/fault/test_acts.c and test_kill.c.
#pragma once
#include "base/err.h"
#include "import/flag.h"
#include "import/lifts.h"
#include "import/missing.h"
#include "import/unread.h"
#include "import/classes.h"
#include "store/store.h"
#include "wire/json.h"

struct import_options {
    const struct profile *profile; // of all files; NULL: each is recognised by its header or first feature
    bool                  dry_run; // reads and counts everything, and changes nothing
    bool                  timed;   // the report tells where the time went
    bool                  lift_protection; // stored incidents may lose what protected them
    const char           *lift_only;       // path of a list of those that may (import/lifts.h); NULL: none
    bool                  moved;           // many may be of another time, place and kind
    bool                  parts;           // several files may hold rows of one slice
};

struct import_progress {
    const char *file;                 // being read
    size_t      file_number, n_files; // from 1
    uint64_t    rows, rejected;       // so far, of all files
    uint64_t    bytes, bytes_total;   // of the files as they are packed
    bool        merging;              // the rows of a source are all read; the store makes them its own
};

/// Why rows were not taken, or what was odd about rows that were. Codes are stable; scripts rely on them.
struct import_reason {
    const char *code, *sentence;
    uint64_t    count;
};
struct import_file {
    str      path;    // with the member's name behind it for a zip: "2018.zip/2018-10-btp-street.csv"
    str      profile; // empty: no profile fits, and the file was passed over (in a folder or zip only)
    str      why;     // it was passed over, a clause: "holds areas, no incidents; ..."
    uint64_t read, rejected, without_point;
    const struct missing_column *missing; // what the profile reads and the file lacks
    size_t                       n_missing;
    struct unread                unread;
};
struct import_run {
    str               source, name; // key and name of the source
    int64_t           run;          // its number in the store
    struct run_totals totals;
    str               rejects; // path of the file of rejected rows; empty: none
};
/// Where the time went, nanoseconds. The first three pass on a thread of their own beside wait and store.
struct import_times {
    int64_t unpack;     // reading the files and unpacking them
    int64_t read;       // finding rows and fields
    int64_t understand; // rows to incidents, by the profile
    int64_t wait;       // for the thread that reads
    int64_t store;      // row by row
    int64_t index, merge, commit;
};
struct import_codes {
    const struct code_list    *list;
    const struct unknown_code *unknown; // that the list does not know, the most frequent first
    size_t                     n;
};
struct raising_words { // of a source whose records have texts
    str            source;
    struct raising raised;
    size_t         n_harmless; // phrases that its profile passes over
    str            harmless_by;
    str            undo; // how a person changes its profile, to end a sentence
};
struct import_report {
    bool                        dry_run, timed; // timed: the times are wanted
    struct import_times         times;
    struct run_totals           totals; // of all runs together
    const struct import_run    *run;
    size_t                      n_runs;
    const struct import_file   *file;
    size_t                      n_files;
    const struct import_reason *reason; // of rejected rows; the counts add up to totals.rejected
    size_t                      n_reasons;
    const struct import_reason *note; // of rows that were taken; a row may have several
    size_t                      n_notes;
    uint64_t                    n_nameless; // rejected rows, of sources with keys, whose key cannot be read
    const str                  *unknown;    // codes of categories and outcomes that the profile does not name
    size_t                      n_unknown;
    const struct flag_count    *flags; // [FLAGS], of the rows that were taken
    str                         blank_no[FLAGS],
        blank_yes[FLAGS]; // the profile's line by which a blank of a flag that protects means no, or yes
    const struct import_codes  *codes; // of each source whose records have codes of a list
    size_t                      n_codes;
    const struct raising_words *words;
    size_t                      n_words;
    struct lift stray[LIFTS_TOLD]; // the first rows of the list lift_only that name nothing that was stored
    size_t      n_stray;           // all of them
    const uint64_t *classes; // [SENSITIVITIES] rows whose record gives a class away that its kind has not
};

struct import;
/// Looks at every file (folders stand for all files below them) and chooses its profile. The scope must outlive the
/// job. ERR_NOTFOUND, ERR_IO; ERR_INVALID: no profile fits a file, or none was given.
enum err               import_begin(struct scope *sc, struct store *st, const struct import_options *o,
                                    const char *const *paths, size_t n, struct import **out);
/// Reads about so many rows more. False when all is done, or something failed: import_finish tells.
bool                   import_step(struct import *job, size_t rows);
struct import_progress import_progress(const struct import *job);
/// Ends the job, also before its time: then the current source is left as it was. On failure the sentence tells.
enum err               import_finish(struct scope *sc, struct import *job, struct import_report *out);
/// {"read":..,"imported":..,"unchanged":..,"revised":..,"rejected":..,"without_point":..,"merged":..,"withdrawn":..,
///  "outcomes_revised":..,"joint":..,"lifted":..,"several":..,"mixed":..,"kept_protected":..,"unread":..,"stayed":..,"rejected_without_key":..,
///  "reasons":{code:count},"notes":{..},
///  "flags":{flag:{"not_told":rows,"no":..,"yes":..,"unknown":..,"values":[{"value":..,"rows":..}],
///  "blank":rows of unknown,"not_asked":rows of not_told}},
///  "unknown":[..],"classes":{class:rows},
///  "words":[{"source":..,"words":[{"word":..,"classes":[..],"column":..,"rows":..,"file":..,"line":..}],"more_rows":..,
///  "harmless":phrases,"harmless_by":..,"spared":rows}],"lift_unmatched":rows of the list,
///  "lift_unmatched_rows":[{"source":..,"key":..,"source_imported":..}],"unknown_codes":[{"list":..,"date":..,"code":..,"rows":..}],"runs":[..],
///  "files":[{..,"missing":[{"column":..,"optional":..,"meant":..}],"unread":[..],"unread_more":columns}],
///  "timing":{"unpack":seconds,..}}
void                   import_report_json(const struct import_report *r, struct json *j);

/// The profile whose required columns the file's header or first feature has; of several the one with the most.
/// ERR_NOTFOUND: none; the sentence shows what the file begins with.
enum err import_recognise(struct scope *sc, const char *path, const struct profile **out);

/// The steps of an import with the seconds of each, for people and for JSON: IMPORT_STEPS of them.
enum { IMPORT_STEPS = 8 };
struct import_time {
    const char *key, *sentence;
    double      seconds;
};
void import_times_list(const struct import_times *t, struct import_time out[IMPORT_STEPS]);
