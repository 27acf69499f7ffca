// SPDX-License-Identifier: EUPL-1.2
// What there is to say about one area, and about all areas of a set beside each other: counts, rates per
// 10,000 inhabitants with their limits, the year before, clearance. Every number comes with how far it can be
// trusted, and with a mark where it rests on too little.
#pragma once
#include "analysis/portrait.h"
#include "index/query.h"
#include "stats/compare.h"
#include "stats/interval.h"

enum {
    RATE_PER = 10000,
    // Below either of these a rate says more about chance than about the place: it is greyed and never
    // ranked.
    SMALL_POPULATION = 1000,
    SMALL_COUNT = 10,
    // A change in percent out of fewer is not told (specs: "no percent under 20").
    CHANGE_MIN_COUNT = 20,
    COMPARE_LIMITS = 48, // points of each curve of the funnel
};

struct rate {
    bool            known; // the area's population is
    double          value; // per RATE_PER inhabitants, over the period that was asked about
    struct interval limits;
};
/// NULL-like (known false) when population <= 0.
struct rate rate_of(uint64_t count, int64_t population);

/// The figure that stands for a period: the latest that is not after its last year and has a population, else
/// the earliest that has one, else the latest of all. NULL: no figures.
const struct release_figure *area_figure_for(const struct release_area *a, int32_t day);

struct change {
    struct period   period;  // a year earlier
    bool            covered; // every month of it has rows in the release; all else is 0 when not
    uint64_t        count;
    bool            known; // enough to tell in percent
    double          percent;
    struct interval limits; // of the change in percent; high may be infinite
};

struct clearance {
    uint64_t        cleared, known; // known: rows of which the source tells an outcome
    double          percent;        // 0 when nothing is known
    struct interval limits;         // in percent
};

struct area_summary {
    const struct release_area   *area;
    const struct release_figure *figure; // NULL: none
    struct period                period;
    struct facets                now;                // category, month, hourweek, outcome of the area
    uint64_t        *before_category, *before_month; // as now.*, of the year before, or NULL: not covered
    struct rate      rate;
    struct change    change;
    struct clearance clearance;
    bool             small;
};
/// The filter's own area, box and polygon are replaced by this area. Two scans. ERR_NOMEM.
enum err         area_summary_ask(struct scope *sc, const struct index *ix, const struct portrait *p,
                                  const struct filter *f, size_t set, uint16_t area, struct area_summary *out);
struct clearance clearance_of(const struct release_info *in, const uint64_t *outcome);

struct compared {
    uint16_t    area;
    uint64_t    count;
    int64_t     population; // -1: not known
    struct rate rate;
    double      smoothed; // empirical Bayes, per RATE_PER; NaN without population
    enum funnel funnel;
    bool        small;
};
struct funnel_limits {
    double population, low95, high95, low998, high998; // limits as rates per RATE_PER
};
struct comparison {
    struct period          period;
    double                 mean_rate;  // of all areas with a population; NaN without any
    double                 dispersion; // funnel_dispersion: 1 is chance alone
    const struct compared *areas;      // [set.n], in the order of the set
    struct funnel_limits  *limits;
    size_t                 n, n_limits;
};
/// One scan. The filter's own area is dropped (box and polygon stay).
enum err comparison_ask(struct scope *sc, const struct index *ix, const struct portrait *p,
                        const struct filter *f, size_t set, struct comparison *out);
