// SPDX-License-Identifier: EUPL-1.2
#include "model/time.h"

#include "base/civil.h"

uint8_t how_of(int64_t wall_s, enum precision p)
{
    if (p == PRECISION_MONTH) return HOW_NONE;
    struct civil c = civil_of_s(wall_s);
    int          weekday = civil_weekday(civil_floor_day(wall_s));
    return (uint8_t)(p == PRECISION_DAY ? HOW_DAY + weekday : weekday * 24 + c.hour);
}
