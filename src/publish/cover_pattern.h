// SPDX-License-Identifier: EUPL-1.2
// At which times a place loses rows together, and whether another could lose as many of the same lines at as many times, about as far
// apart. Cover that aimed at the very times of the place that it covers would have that in its middle: all lie by a ratio of
// their own, from a half to two, from a centre that none of them is.
// Threads: no shared state. Tests: tests/unit/test_cover.c.
#pragma once
#include "publish/cover.h"

struct place {
    struct cover_row *row; // [n] by half-year, time and line
    size_t            n;
    size_t            turned;
    bool              taken; // it loses rows to cover another
};
struct few { // rows of one line and time that turn at a place
    uint32_t line;
    int32_t  half;
    int64_t  moment;
    size_t   n;
};
/// When a place must have had what it loses: at as many times of the same half-years as the one it covers, or at as many times, or
/// whenever.
enum times { SAME_HALF, ANY_HALF, ANY_TIME };
struct pattern {
    struct few *few; // [n] what the place to be covered loses, by half-year, time and line
    size_t      n;
    double     *centre;     // [n] how long behind the first of them
    double     *aim;        // [n] likewise, for the place that is looked at
    size_t     *from;       // [n] where a place has what is taken from it for them ...
    size_t     *best;       // ... and where it has it at the most similar times
    double      apart_most; // so much apart is not told from the one that is covered
};
/// Room for so many. False: no memory. Release it either way.
bool   pattern_room(struct pattern *t, size_t most);
void   pattern_free(struct pattern *t);
/// What turned at a place, and a centre.
void   pattern_read(struct pattern *t, const struct place *p);
/// Other times to aim at.
void   pattern_aim(struct pattern *t);
/// Can it lose the same? Then t->best tells where, at times that are near enough, or the nearest that it has; looked for from
/// anywhere on, but always the same. False also where it could at other times than those aimed at. *apart: how much the times
/// are others.
bool   pattern_fits(struct pattern *t, const struct place *p, enum times l, double *apart);
/// The end of the rows of one time that begin here.
size_t pattern_end(const struct place *p, size_t from, enum times l);
