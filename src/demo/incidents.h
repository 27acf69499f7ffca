// SPDX-License-Identifier: EUPL-1.2
// What happens in the invented town, one incident after the other in the order of time.
#pragma once
#include "demo/town.h"
#include <stdbool.h>

enum demo_feed_kind {
    FEED_POLICE,
    FEED_WARDENS
}; // exact times, one row per type | months only, snapped points

struct happening {
    uint32_t            number; // from 1
    enum demo_feed_kind feed;
    const char         *code;   // as the feed writes it
    const char         *second; // a further type of the same incident, or NULL
    int64_t             wall_s;
    uint32_t            address;
    int                 outcome;       // 0 open, 1 cleared, 2 closed without a suspect
    bool                not_the_place; // the point is where it was reported
};

struct happenings;
enum err happenings_open(struct scope *sc, const struct town *t, uint64_t seed, uint32_t about,
                         struct happenings **out);
bool     happenings_next(struct happenings *h, struct happening *out);
