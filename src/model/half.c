// SPDX-License-Identifier: EUPL-1.2
#include "model/half.h"

#include "base/arena.h"
#include "base/civil.h"

str half_key(struct scope *sc, int32_t half)
{
    int year = civil_of_day(civil_day_of_month(6 * half)).year;
    return arena_printf(sc->mem, "%04d-%d", year, (half & 1) + 1);
}

bool half_read(str key, int32_t *out)
{
    int64_t year, part;
    if (key.n != 6 || key.p[4] != '-' || !str_to_i64(str_slice(key, 0, 4), &year) ||
        !str_to_i64(str_slice(key, 5, 6), &part))
        return false;
    if (year < CIVIL_MIN_YEAR || year > CIVIL_MAX_YEAR || part < 1 || part > 2) return false;
    *out = (int32_t)(2 * (year - 1970) + part - 1);
    return true;
}
