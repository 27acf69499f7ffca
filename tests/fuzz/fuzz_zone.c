// SPDX-License-Identifier: EUPL-1.2
#include "fuzz.h"

#include "base/civil.h"
#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { 0 };
    struct zone *z = NULL;
    must_tell(&sc, zone_read(&sc, (str){ (const char *)data, n }, &z));
    if (!z) return 0;
    for (int year = CIVIL_MIN_YEAR; year <= CIVIL_MAX_YEAR; year += 7)
        for (int month = 1; month <= 12; month += 2) {
            enum zone_kind kind;
            int64_t        wall_s = (int64_t)civil_day(year, month, 28) * DAY_S + 3 * HOUR_S;
            int32_t        offset = zone_offset_wall(z, wall_s, &kind);
            must(offset >= -168 * HOUR_S && offset <= 168 * HOUR_S);
            must(kind == ZONE_ONCE || kind == ZONE_REPEAT || kind == ZONE_GAP);
            if (kind == ZONE_REPEAT) must(zone_offset_utc(z, wall_s - offset) == offset);
        }
    zone_close(z);
    return 0;
}
