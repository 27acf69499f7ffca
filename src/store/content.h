// SPDX-License-Identifier: EUPL-1.2
// All that a source tells of an incident as one 128-bit value: equal values mean that nothing changed. They
// stay in the database, so the bytes that are hashed never change:
//
//     size  what
//     4     category, 0 where further types are kept beside the incident
//     4     outcome
//     8, 8  from_s, to_s
//     4     offset_s
//     1, 1  precision, point
//     4, 4  lon_e7, lat_e7
//     4     flags
//     4 + n key, then area, then place: length in bytes and the bytes
//     2     classes, unless there are none or further types are kept beside the incident
//
// All numbers are little-endian. The slice is left out: only incidents of one slice are ever compared.
#pragma once
#include "base/buf.h"
#include "model/incident.h"

enum { CONTENT_BYTES = 16 };

/// key: as it is stored. category: false leaves it out. room: any buffer that holds a row; ERR_NOMEM.
enum err content_of(struct scope *sc, struct buf *room, const struct incident *i, str key, bool category,
                    unsigned char out[CONTENT_BYTES]);
