// SPDX-License-Identifier: EUPL-1.2
// Addresses to points by a table that somebody else made: a CSV file with a column each for address, longitude and
// latitude. Addresses match whatever their capitals (ASCII) and blanks.
#pragma once
#include "base/err.h"
#include "geo/mercator.h"
#include "import/profile.h"

enum { GEOCODE_MAX_BYTES = 64 << 20 };

struct geocode;
/// Reads the file that the profile names, relative to the mapping file. ERR_NOTFOUND, ERR_INVALID, ERR_LIMIT.
enum err geocode_open(struct scope *sc, const struct profile *p, struct geocode **out);
void     geocode_close(struct geocode *g);
void     geocode_closep(struct geocode **g);
bool     geocode_find(const struct geocode *g, str address, struct lon_lat *out);
