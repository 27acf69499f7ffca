// SPDX-License-Identifier: EUPL-1.2
// The engine without a server around it, measured on one thread.
//   kernel build FILE ROWS [SEED]   an index straight from the rows of town.h (as a police tier would have them: exact)
//   kernel queries [EACH]           seeded questions, EACH of them for z10, z12, z14 and z16: "z x y filter" a line
//   kernel ask FILE [BITS] <q       answers them twice; time of the second: p50 and p99 a zoom, the sum of all counts
//   kernel tiles FILE <q            the same questions answered as vector tiles
//   kernel sums FILE <q             the sum of each answer, a line each, to be compared with another engine's
//   kernel limits FILE              memory read rate beside the filtered scan of all rows, and the linked facets
#include "base/arena.h"
#include "base/civil.h"
#include "index/filter.h"
#include "index/query.h"
#include "tile/tile.h"
#include "town.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_BYTES = 512 << 20, QUERY_MAX = 4096, GRID_BITS = 6, ZOOMS = 4 };
static const unsigned zooms[ZOOMS] = { 10, 12, 14, 16 };

/// Processor time of this thread: what else the machine does meanwhile does not count.
static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double *v, size_t n, double q)
{
    qsort(v, n, sizeof *v, compare);
    size_t i = (size_t)((double)n * q);
    return n ? v[i < n ? i : n - 1] : 0;
}

// -- build
// --------------------------------------------------------------------------------------------------------------

static str key_of(struct scope *sc, const char *kind)
{
    char *key = arena_cstr(sc->mem, str_of(kind));
    for (char *c = key; c && *c; c++) *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : '-';
    return str_of(key ? key : "");
}

static struct release_info info_of(struct scope *sc)
{
    static const struct release_source  source = { .key = { "town", 4 }, .name = { "Invented", 8 } };
    static const struct release_outcome outcomes[] = {
        { .key = { "none", 4 } }, { .key = { "arrest-made", 11 }, .is = OUTCOME_CLEARED }
    };
    struct release_category *c = arena_array(sc->mem, struct release_category, TOWN_KINDS);
    for (uint8_t i = 0; i < TOWN_KINDS; i++)
        c[i] = (struct release_category){ .key = key_of(sc, town_kind(i)), .iccs = 1 + i % 11 };
    return (struct release_info){ .release = 1,
                                  .tier = S("police"),
                                  .town = S("Invented"),
                                  .timezone = S("America/Chicago"),
                                  .categories = c,
                                  .n_categories = TOWN_KINDS,
                                  .outcomes = outcomes,
                                  .n_outcomes = 2,
                                  .sources = &source,
                                  .n_sources = 1 };
}

static enum err build(struct scope *sc, const char *path, uint64_t rows, uint64_t seed)
{
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    static struct town                             t;
    struct release_info                            info = info_of(sc);
    town_make(&t, seed);
    TRY(index_writer_open(sc, path, &info, &w));
    double began = now_us();
    for (uint64_t i = 0; i < rows; i++) {
        struct town_row    r = town_row(&t, i);
        struct release_row out = { .category = r.kind,
                                   .outcome = r.arrest,
                                   .how = how_of(((int64_t)r.day * 1440 + r.minute) * 60, PRECISION_MINUTE),
                                   .has_point = r.placed,
                                   .day = r.day,
                                   .minute = r.minute };
        if (r.placed) out.at = mercator_of_e7(r.lon_e7, r.lat_e7);
        TRY(index_writer_add(sc, w, &out));
    }
    double added = now_us();
    TRY(index_writer_commit(sc, w));
    printf("rows %" PRIu64 " collect %.2f s sort and write %.2f s\n", rows, (added - began) / 1e6,
           (now_us() - added) / 1e6);
    return OK;
}

// -- questions
// ----------------------------------------------------------------------------------------------------------

static uint64_t next_random(uint64_t *state)
{
    return town_random(*state, 0) + 0 * (*state += 0x9E3779B97F4A7C15u);
}
static uint32_t pick(uint64_t *state, uint32_t n)
{
    return (uint32_t)(next_random(state) % n);
}
static bool chance(uint64_t *state, unsigned percent)
{
    return pick(state, 100) < percent;
}

static void print_categories(uint64_t *state)
{
    unsigned dice = pick(state, 100), n = dice < 30   ? 1
                                          : dice < 75 ? 2 + pick(state, 9)
                                          : dice < 90 ? 0
                                                      : 11 + pick(state, 21);
    bool     taken[TOWN_KINDS] = { 0 };
    char     text[64];
    if (!n) return;
    fputs("cat=", stdout);
    for (unsigned k = 0; k < n;) {
        unsigned i = pick(state, TOWN_KINDS);
        if (taken[i]) continue;
        taken[i] = true;
        snprintf(text, sizeof text, "%s", town_kind((uint8_t)i));
        for (char *c = text; *c; c++) *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : '-';
        printf("%s%s", k++ ? "," : "", text);
    }
    putchar('&');
}

static void print_dates(uint64_t *state)
{
    if (chance(state, 15)) return;
    uint32_t octave = pick(state, 11),
             days = (7u << octave) + pick(state, 7u << octave); // 7 days to 20 years, log-uniform
    if (days > TOWN_DAYS) days = TOWN_DAYS;
    int32_t      from = civil_day(TOWN_FIRST_YEAR, 1, 1) + (int32_t)pick(state, TOWN_DAYS - days + 1);
    struct civil a = civil_of_day(from), b = civil_of_day(from + (int32_t)days - 1);
    printf("from=%04d-%02d-%02d&to=%04d-%02d-%02d&", a.year, a.month, a.day, b.year, b.month, b.day);
}

static void print_query(const struct town *t, uint64_t *state, unsigned z)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    struct town_row          r;
    do r = town_row(t, pick(state, 8000000));
    while (!r.placed);
    struct point at = mercator_of_e7(r.lon_e7, r.lat_e7);
    if (chance(state, 50)) { // anywhere in the city
        struct point a = mercator_of_e7(-879200000, 420300000), b = mercator_of_e7(-874380000, 416700000);
        at.x = a.x + pick(state, b.x - a.x);
        at.y = a.y + pick(state, b.y - a.y);
    }
    printf("%u %u %u ", z, at.x >> (32 - z), at.y >> (32 - z));
    print_categories(state);
    print_dates(state);
    if (chance(state, 60)) {
        unsigned from = pick(state, 24), to = (from + pick(state, 12)) % 24;
        printf("hours=%u-%u&", from, to);
    }
    if (chance(state, 40)) {
        printf("days=");
        unsigned set = 1 + pick(state, 126);
        for (unsigned d = 0, k = 0; d < 7; d++)
            if (set >> d & 1) printf("%s%s", k++ ? "," : "", days[d]);
    }
    putchar('\n');
}

static enum err queries(unsigned each)
{
    static struct town t;
    uint64_t           state = 4711;
    town_make(&t, 42);
    for (unsigned k = 0; k < ZOOMS; k++)
        for (unsigned i = 0; i < each; i++) print_query(&t, &state, zooms[k]);
    return OK;
}

struct question {
    unsigned      z;
    uint32_t      x, y;
    struct filter f;
};

static enum err read_question(struct scope *sc, const struct release_info *in, const char *line,
                              struct question *q)
{
    struct param p[8];
    size_t       n = 0;
    char         text[QUERY_MAX] = "";
    if (sscanf(line, "%u %" SCNu32 " %" SCNu32 " %4000s", &q->z, &q->x, &q->y, text) < 3)
        return fail(&sc->fault, ERR_PARSE, "a question is \"z x y filter\", not %s", line);
    str rest = arena_str(sc->mem, str_of(text)), one, name;
    while (rest.n && n < COUNT(p)) {
        str_cut(&rest, '&', &one);
        if (!one.n) continue;
        str_cut(&one, '=', &name);
        p[n++] = (struct param){ name, one };
    }
    return filter_read(sc, in, p, n, NULL, &q->f, NULL);
}

static enum err read_questions(struct scope *sc, const struct release_info *in, struct question **out,
                               size_t *n)
{
    enum { MAX = 100000 };
    char line[QUERY_MAX];
    *out = calloc(MAX, sizeof **out);
    if (!*out) return fail(&sc->fault, ERR_NOMEM, "no room for the questions");
    for (*n = 0; *n < MAX && fgets(line, sizeof line, stdin); (*n)++)
        TRY(read_question(sc, in, line, &(*out)[*n]));
    return OK;
}

static enum err answer(struct scope *sc, const struct index *ix, const struct question *q, unsigned bits,
                       uint32_t *count, uint64_t *sum)
{
    struct arena_mark mark = arena_mark(sc->mem);
    TRY(index_grid(sc, ix, &q->f, q->z, q->x, q->y, bits, count));
    arena_back(sc->mem, mark);
    *sum = 0;
    for (size_t i = 0; i < (size_t)1 << 2 * bits; i++) *sum += count[i];
    return OK;
}

static void print_times(const struct question *q, double *us, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && q[end].z == q[i].z;) end++;
        double p99 = quantile(us + i, end - i, 0.99);
        printf("z%u p50 %.1f us p99 %.1f us\n", q[i].z, quantile(us + i, end - i, 0.5), p99);
    }
}

static enum err tiles(struct scope *sc, const char *path)
{
    AUTO(index_closep) struct index *ix = NULL;
    AUTO(buf_free) struct buf        tile;
    struct question                 *q;
    size_t                           n, bytes = 0;
    buf_init(&tile, TILE_MAX_BYTES);
    TRY(index_open(sc, path, &ix));
    TRY(read_questions(sc, index_info(ix), &q, &n));
    double *us = arena_array(sc->mem, double, n + 1);
    for (unsigned round = 0; round < 2 && us; round++)
        for (size_t i = 0; i < n; i++) {
            struct arena_mark mark = arena_mark(sc->mem);
            double            began = now_us();
            buf_reset(&tile);
            TRY(tile_incidents(sc, ix, &q[i].f, q[i].z, q[i].x, q[i].y, &tile));
            us[i] = now_us() - began;
            bytes += round ? tile.n : 0;
            arena_back(sc->mem, mark);
        }
    if (us) print_times(q, us, n);
    printf("bytes %zu\n", bytes);
    free(q);
    return OK;
}

static enum err ask(struct scope *sc, const char *path, unsigned bits, bool sums)
{
    AUTO(index_closep) struct index *ix = NULL;
    struct question                 *q;
    size_t                           n;
    uint64_t                         sum, all = 0;
    uint32_t                        *count = calloc((size_t)1 << 2 * bits, sizeof *count);
    if (!count) return fail(&sc->fault, ERR_NOMEM, "no room for a grid");
    TRY(index_open(sc, path, &ix));
    TRY(read_questions(sc, index_info(ix), &q, &n));
    double *us = calloc(n + 1, sizeof *us);
    for (unsigned round = 0; round < 2 && us; round++)
        for (size_t i = 0; i < n; i++) {
            double began = now_us();
            TRY(answer(sc, ix, &q[i], bits, count, &sum));
            us[i] = now_us() - began;
            if (round) all += sum;
            if (round && sums) printf("%" PRIu64 "\n", sum);
        }
    if (us && !sums) print_times(q, us, n);
    if (!sums) printf("sum %" PRIu64 "\n", all);
    free(us);
    free(q);
    free(count);
    return OK;
}

// -- limits
// -------------------------------------------------------------------------------------------------------------

enum { REPEATS = 9 };

static void memory_rate(void)
{
    enum { BYTES = 1 << 30 };
    uint64_t *p = malloc(BYTES);
    double    us[REPEATS];
    uint64_t  sum = 0;
    if (!p) return;
    memset(p, 1, BYTES);
    for (int r = 0; r < REPEATS; r++) {
        double began = now_us();
        for (size_t i = 0; i < BYTES / sizeof *p; i++) sum += p[i];
        us[r] = now_us() - began;
    }
    printf("memory %.1f GB/s (%u)\n", BYTES / quantile(us, REPEATS, 0.5) / 1e3, (unsigned)sum & 1);
    free(p);
}

static enum err scan_rate(struct scope *sc, const struct index *ix)
{
    const struct release_info *in = index_info(ix);
    struct param               p[] = { { S("from"), S("2003-02-11") },
                                       { S("to"), S("2018-11-20") },
                                       { S("hours"), S("18-3") },
                                       { S("days"), S("fri,sat,sun") },
                                       { S("cat"), S("theft,battery,robbery,burglary") } };
    struct filter              f;
    struct facets              total;
    double                     us[REPEATS];
    TRY(filter_read(sc, in, p, COUNT(p), NULL, &f, NULL));
    for (int r = 0; r < REPEATS; r++) {
        struct arena_mark mark = arena_mark(sc->mem);
        double            began = now_us();
        TRY(index_facets(sc, ix, &f, 0, false, &total));
        us[r] = now_us() - began;
        arena_back(sc->mem, mark);
    }
    double took = quantile(us, REPEATS, 0.5);
    printf("scan %.3f ms, %.2f Grow/s, %.1f GB/s of 4 bytes a row, %" PRIu64 " rows pass\n", took / 1e3,
           (double)in->rows / took / 1e3, 4.0 * (double)in->rows / took / 1e3, total.total);
    return OK;
}

static enum err facet_rate(struct scope *sc, const struct index *ix)
{
    static const char *const spans[][2] = { { "2003-02", "2018-11" }, { "2003-02-11", "2018-11-20" } };
    for (size_t s = 0; s < COUNT(spans); s++) {
        struct param  p[] = { { S("from"), str_of(spans[s][0]) },
                              { S("to"), str_of(spans[s][1]) },
                              { S("hours"), S("18-3") },
                              { S("cat"), S("theft,battery,robbery,burglary") } };
        struct filter f;
        struct facets all;
        double        us[REPEATS];
        TRY(filter_read(sc, index_info(ix), p, COUNT(p), NULL, &f, NULL));
        for (int r = 0; r < REPEATS; r++) {
            struct arena_mark mark = arena_mark(sc->mem);
            double            began = now_us();
            TRY(index_facets(sc, ix, &f, FACET_CATEGORY | FACET_MONTH | FACET_HOURWEEK, true, &all));
            us[r] = now_us() - began;
            arena_back(sc->mem, mark);
        }
        double middle = quantile(us, REPEATS, 0.5); // sorts them
        printf("linked facets %s..%s p50 %.3f ms max %.3f ms\n", spans[s][0], spans[s][1], middle / 1e3,
               us[REPEATS - 1] / 1e3);
    }
    return OK;
}

static enum err limits(struct scope *sc, const char *path)
{
    AUTO(index_closep) struct index *ix = NULL;
    TRY(index_open(sc, path, &ix));
    memory_rate();
    TRY(scan_rate(sc, ix));
    return facet_rate(sc, ix);
}

static enum err run(struct scope *sc, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "", *path = argc > 2 ? argv[2] : "";
    uint64_t    third = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    if (!strcmp(verb, "build") && third)
        return build(sc, path, third, argc > 4 ? strtoull(argv[4], NULL, 10) : 42);
    if (!strcmp(verb, "queries")) return queries(argc > 2 ? (unsigned)strtoul(path, NULL, 10) : 200);
    if (!strcmp(verb, "ask")) return ask(sc, path, third ? (unsigned)third : GRID_BITS, false);
    if (!strcmp(verb, "tiles")) return tiles(sc, path);
    if (!strcmp(verb, "sums")) return ask(sc, path, GRID_BITS, true);
    if (!strcmp(verb, "limits")) return limits(sc, path);
    return fail(&sc->fault, ERR_INVALID,
                "usage: kernel build FILE ROWS | queries | ask FILE | tiles FILE | sums FILE | limits FILE");
}

int main(int argc, char **argv)
{
    struct scope sc = { .mem = arena_open(ARENA_BYTES) };
    enum err     e = sc.mem ? run(&sc, argc, argv) : ERR_NOMEM;
    if (e) fprintf(stderr, "kernel: %s\n", sc.fault.text);
    arena_close(sc.mem);
    return e ? 1 : 0;
}
