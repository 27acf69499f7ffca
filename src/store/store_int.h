// SPDX-License-Identifier: EUPL-1.2
// An open store, as the files of this folder see it.
#pragma once
#include "store/engine.h"
#include "store/sql.h"
#include "store/store.h"

/// The columns of the table "arrival", which lends rows that are new incidents to SQL_INCIDENT_ADD.
#define ARRIVAL_COLUMNS                                                                                      \
    "id, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7, lat_e7, " \
    "area, place, flags, classes"

struct store {
    struct db        *db;
    enum store_mode   mode;
    bool              inside; // a transaction of store_begin or store_run_begin is open
    bool              bulk;   // one of store_begin_run is or was, and its ways have not ended
    int               lock;   // of the writer; -1
    char             *dir;
    struct run_stage *stage;    // while a run is open; run.c
    struct lent       arrivals; // its rows that are new incidents and not yet written
    // Each statement is prepared when it is first used, and stays. A statement is lent to one query at a
    // time.
    struct stmt      *ready[SQL_STATEMENTS];
    bool              lent[SQL_STATEMENTS];
};

/// Makes the table "arrival", once for each connection that writes.
enum err run_lend(struct scope *sc, struct store *st);
/// Frees what belongs to an open run; fine without one.
void     run_stage_free(struct store *st);

/// Begins a transaction unless one is open already, and tells which; leaving commits or rolls back an own one
/// and gives e or what came of the commit.
enum err store_enter(struct scope *sc, struct store *st, bool *own);
enum err store_leave(struct scope *sc, struct store *st, bool own, enum err e);
