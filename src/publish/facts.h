// SPDX-License-Identifier: EUPL-1.2
// What publication needs of every incident, read from the store once: numbers alone, with the point on the map and the
// areas already found, since both are the same for every tier. They wait in a file without a name, 64 to 80 bytes an
// incident, which each tier then reads on its own. What stands there is the whole truth, and no other process can open it.
// Threads: the store is read by threads with connections of their own, which see what has been committed. Once read, facts
// do not change; each thread has a reader of its own.
#pragma once
#include "publish/atlas.h"
#include "publish/kinds.h"
#include "store/shown.h"

struct fact {
    int64_t         from_s, to_s; // as struct incident
    struct point    at;           // of the true place; only with has_point
    int32_t         lon_e7, lat_e7, offset_s;
    int32_t         category, outcome, source; // ids of the store
    uint32_t        slice;                     // id of the store: rows of one are told again together
    uint32_t        place;   // the store's number of the text; 0: none, or not of where it happened
    uint16_t        kinds;   // number of all its categories in facts_kinds; 0: it has only the one
    sensitivity_set classes; // besides those of its categories: what its record gives away, and its flags
    uint16_t        flags;
    uint8_t         precision;
    uint8_t         has_point; // it happened at a point that is known
    uint16_t        area[MAX_AREA_SETS];
};

struct facts;
/// path: where the file without a name is made. The store and the atlas are borrowed.
enum err facts_open(struct scope *sc, struct store *st, const struct atlas *atlas, const char *path,
                    struct facts **out);
/// The next incident of the store, kept and given; false at the end or on failure.
bool     facts_read(struct facts *f, struct fact *out);
enum err facts_read_end(struct scope *sc, struct facts *f); // tells why it ended
/// The store's id of the incident last read.
int64_t  facts_id(const struct facts *f);
/// No incident has a higher id.
int64_t  facts_last(const struct facts *f);
/// What the fact of an incident was, as it stood behind a run, with the areas of today. Time: its history.
enum err facts_behind(struct facts *f, int64_t incident, int64_t run, struct fact *out);
/// The sets of categories of what was read so far.
const struct kinds *facts_kinds(const struct facts *f);
void                facts_closep(struct facts **f);

struct fact_reader;
enum err fact_reader_open(struct scope *sc, const struct facts *f, struct fact_reader **out);
/// False at the end or on failure.
bool     fact_next(struct fact_reader *r, struct fact *out);
enum err fact_reader_end(struct scope *sc, const struct fact_reader *r); // tells why it ended
void     fact_reader_closep(struct fact_reader **r);
