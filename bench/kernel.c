// SPDX-License-Identifier: EUPL-1.2
// The engine without a server around it, on one thread. What it prints is a line for each question (processor time in
// microseconds first), from which bench/*.mjs make medians and compare answers with those of other engines.
//   kernel build FILE ROWS [SEED]      an index straight from the rows of town.h, with exact points
//   kernel columns ROWS [SEED]         the same rows for a peer that wants arrays: u16 day since 1970, u8 how, u8 kind
//   kernel kinds                       the categories' keys by number
//   kernel queries [EACH [SEED]]       seeded questions, EACH of them for z10, z12, z14 and z16: "z x y filter"
//   kernel ask FILE [portable] <q      counts on a 64 x 64 grid: "us sum sha256"
//   kernel spell FILE <q               the same questions in the spelling that the server keeps: "z x y filter"
//   kernel tiles FILE [portable] <q    the same as vector tiles: "us bytes"
//   kernel facets FILE [portable] <q   the filter alone, linked charts of the whole release: "us total sha256"
//   kernel limits FILE [portable]      memory read beside the filtered scan of all rows: "memory scan", GB/s, in pairs
// Each question is asked twice, and the second time counts. The hashes are over what the answer is made of, as
// little-endian numbers: 4,096 counts of the grid (u32, from the north west, row by row); or (u64) the counts of the
// categories, of the months, of the hours of the week. "portable" takes the kernel without AVX2.
#include "base/arena.h"
#include "base/civil.h"
#include "index/filter.h"
#include "index/index_int.h"
#include "index/kernel_int.h"
#include "index/query.h"
#include "seal/hash.h"
#include "tile/tile.h"
#include "town.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
    ARENA_BYTES = 512 << 20,
    QUERY_MAX = 4096,
    QUESTIONS_MAX = 100000,
    GRID_BITS = 6,
    ZOOMS = 4,
    ROUNDS = 2
};
static const unsigned zooms[ZOOMS] = { 10, 12, 14, 16 };

/// Processor time of this thread: what else the machine does meanwhile does not count.
static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// -- rows ---------------------------------------------------------------------------------------------------------

static str key_of(struct scope *sc, const char *kind)
{
    char *key = arena_cstr(sc->mem, str_of(kind));
    for (char *c = key; c && *c; c++) *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : '-';
    return str_of(key ? key : "");
}

static enum err kinds(struct scope *sc)
{
    for (uint8_t i = 0; i < TOWN_KINDS; i++) printf("%.*s\n", STR(key_of(sc, town_kind(i))));
    return OK;
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
                                  .tier = S("public"),
                                  .town = S("Invented"),
                                  .timezone = S("America/Chicago"),
                                  .categories = c,
                                  .n_categories = TOWN_KINDS,
                                  .outcomes = outcomes,
                                  .n_outcomes = 2,
                                  .sources = &source,
                                  .n_sources = 1 };
}

static uint8_t how_at(const struct town_row *r)
{
    return how_of(((int64_t)r->day * 1440 + r->minute) * 60, PRECISION_MINUTE);
}

static enum err columns(struct scope *sc, uint64_t rows, uint64_t seed)
{
    static struct town t;
    town_make(&t, seed);
    for (uint64_t i = 0; i < rows; i++) {
        struct town_row r = town_row(&t, i);
        uint8_t         bytes[] = { (uint8_t)(r.day & 255), (uint8_t)(r.day >> 8), how_at(&r), r.kind };
        if (fwrite(bytes, sizeof bytes, 1, stdout) != 1)
            return fail(&sc->fault, ERR_IO, "cannot write the columns");
    }
    return OK;
}

/// "public.sums" beside "public.index", as a publication writes it, so that the server proves the index as it reads it.
static enum err write_sums(struct scope *sc, const char *path)
{
    AUTO(map_close) struct map m = { .fd = -1 };
    AUTO(buf_free) struct buf  b = { 0 };
    str                        name = str_of(path);
    str to = arena_printf(sc->mem, "%.*s.sums", STR(str_slice(name, 0, name.n - strlen(".index"))));
    if (!to.p || !str_ends(name, S(".index"))) return fail(&sc->fault, ERR_INVALID, "%s is no index", path);
    TRY(map_open(sc, path, &m));
    buf_init(&b, sums_size(m.n));
    sums_add(&b, m.p, m.n);
    TRY(buf_end(sc, &b));
    return file_replace(sc, to.p, buf_str(&b));
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
        struct release_row out = { .kind = r.kind,
                                   .outcome = r.arrest,
                                   .how = how_at(&r),
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
    return write_sums(sc, path);
}

// -- questions ----------------------------------------------------------------------------------------------------

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    return town_random(*state, 0);
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

static void queries(unsigned each, uint64_t seed)
{
    static struct town t;
    town_make(&t, 42);
    for (unsigned k = 0; k < ZOOMS; k++)
        for (unsigned i = 0; i < each; i++) print_query(&t, &seed, zooms[k]);
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
    char line[QUERY_MAX];
    *out = NULL;
    for (*n = 0; fgets(line, sizeof line, stdin); (*n)++) {
        if (*n % 1024 == 0) {
            struct question *more = *n < QUESTIONS_MAX ? realloc(*out, (*n + 1024) * sizeof **out) : NULL;
            if (!more) return fail(&sc->fault, ERR_LIMIT, "no room for more than %zu questions", *n);
            *out = more;
        }
        TRY(read_question(sc, in, line, &(*out)[*n]));
    }
    return OK;
}

// -- answers ------------------------------------------------------------------------------------------------------

struct bench {
    struct index    *ix;
    struct question *q;
    size_t           n;
    uint32_t         grid[1 << 2 * GRID_BITS];
    struct buf       text;
};

static enum err bench_open(struct scope *sc, const char *path, bool portable, struct bench *b)
{
    buf_init(&b->text, TILE_MAX_BYTES);
    TRY(index_open(sc, path, &b->ix));
    if (portable) b->ix->kernel = &kernel_portable;
    return OK;
}

static void bench_closep(struct bench *b)
{
    buf_free(&b->text);
    index_close(b->ix);
    free(b->q);
}

static enum err print_hash(struct scope *sc, double us, uint64_t sum, str bytes)
{
    str hex;
    TRY(hash_sha256(sc, bytes, &hex));
    printf("%.2f %" PRIu64 " %.*s\n", us, sum, STR(hex));
    return OK;
}

/// One by one: there may be more of them than there is room for.
static enum err spell(struct scope *sc, struct bench *b)
{
    char            line[QUERY_MAX];
    struct question q;
    while (fgets(line, sizeof line, stdin)) {
        struct arena_mark mark = arena_mark(sc->mem);
        TRY(read_question(sc, index_info(b->ix), line, &q));
        arena_back(sc->mem, mark);
        buf_reset(&b->text);
        filter_write(&b->text, index_info(b->ix), &q.f);
        TRY(buf_end(sc, &b->text));
        printf("%u %" PRIu32 " %" PRIu32 " %.*s\n", q.z, q.x, q.y, STR(buf_str(&b->text)));
    }
    return OK;
}

static enum err ask(struct scope *sc, struct bench *b, const struct question *q, bool last)
{
    uint64_t sum = 0;
    double   began = now_us();
    TRY(index_grid(sc, b->ix, &q->f, q->z, q->x, q->y, GRID_BITS, b->grid));
    double us = now_us() - began;
    if (!last) return OK;
    for (size_t i = 0; i < COUNT(b->grid); i++) sum += b->grid[i];
    return print_hash(sc, us, sum, (str){ (const char *)b->grid, sizeof b->grid });
}

static enum err tile(struct scope *sc, struct bench *b, const struct question *q, bool last)
{
    double began = now_us();
    buf_reset(&b->text);
    TRY(tile_incidents(sc, b->ix, &q->f, q->z, q->x, q->y, &b->text));
    if (last) printf("%.2f %zu\n", now_us() - began, b->text.n);
    return OK;
}

static enum err charts(struct scope *sc, struct bench *b, const struct question *q, bool last)
{
    AUTO(buf_free) struct buf  all = { 0 };
    const struct release_info *in = index_info(b->ix);
    struct facets              f;
    double                     began = now_us();
    TRY(index_facets(sc, b->ix, &q->f, FACET_CATEGORY | FACET_MONTH | FACET_HOURWEEK, true, &f));
    double us = now_us() - began;
    if (!last) return OK;
    buf_init(&all, 1 << 20);
    buf_add_bytes(&all, f.category, in->n_categories * sizeof *f.category);
    buf_add_bytes(&all, f.month, (size_t)f.n_months * sizeof *f.month);
    buf_add_bytes(&all, f.hourweek, HOW_VALUES * sizeof *f.hourweek);
    TRY(buf_end(sc, &all));
    return print_hash(sc, us, f.total, buf_str(&all));
}

static enum err each_question(struct scope *sc, struct bench *b,
                              enum err (*answer)(struct scope *, struct bench *, const struct question *,
                                                 bool))
{
    TRY(read_questions(sc, index_info(b->ix), &b->q, &b->n));
    for (unsigned round = 1; round <= ROUNDS; round++)
        for (size_t i = 0; i < b->n; i++) {
            struct arena_mark mark = arena_mark(sc->mem);
            TRY(answer(sc, b, &b->q[i], round == ROUNDS));
            arena_back(sc->mem, mark);
        }
    return OK;
}

// -- limits -------------------------------------------------------------------------------------------------------

#ifdef __x86_64__
#define FOR_ALL_X86 __attribute__((target_clones("avx2", "default")))
#else
#define FOR_ALL_X86
#endif

/// Seconds for one read of the block, by as many sums as the processor can add up side by side.
FOR_ALL_X86 static double read_block(const uint64_t *p, size_t n, uint64_t *sum)
{
    uint64_t s[8] = { 0 };
    double   began = now_us();
    for (size_t i = 0; i < n; i += COUNT(s))
        for (size_t k = 0; k < COUNT(s); k++) s[k] += p[i + k];
    double took = (now_us() - began) / 1e6;
    for (size_t k = 0; k < COUNT(s); k++) *sum += s[k];
    return took;
}

/// A question that reads two columns of all rows: no dates, and a restriction that the cube does not know. Between
/// two scans the block is read, so that neither finds in the cache what the one before left there. The first pair is
/// not counted: it is the one that maps the pages.
static enum err limits(struct scope *sc, struct bench *b)
{
    enum { REPEATS = 9, BLOCK_BYTES = 1 << 30, HUGE_BYTES = 2 << 20, COLUMNS = 2 };
    struct param  p[] = { { S("hours"), S("18-3") },
                          { S("days"), S("fri,sat,sun") },
                          { S("outcome"), S("none") } };
    struct filter f;
    struct facets total;
    uint64_t      sum = 0, *block = aligned_alloc(HUGE_BYTES, BLOCK_BYTES);
    enum err      e = OK;
    if (!block) return fail(&sc->fault, ERR_NOMEM, "no room for a block to read");
    madvise(block, BLOCK_BYTES, MADV_HUGEPAGE); // measured: a quarter more than by small pages
    memset(block, 1, BLOCK_BYTES);
    e = filter_read(sc, index_info(b->ix), p, COUNT(p), NULL, &f, NULL);
    for (int r = 0; r <= REPEATS && !e; r++) {
        struct arena_mark mark = arena_mark(sc->mem);
        double            memory_s = read_block(block, BLOCK_BYTES / sizeof *block, &sum), began = now_us();
        e = index_facets(sc, b->ix, &f, 0, false, &total);
        double scan_s = (now_us() - began) / 1e6;
        arena_back(sc->mem, mark);
        if (r)
            printf("%.3f %.3f\n", BLOCK_BYTES / memory_s / 1e9, COLUMNS * (double)b->ix->rows / scan_s / 1e9);
    }
    fprintf(stderr, "%" PRIu64 " rows pass; %" PRIx64 "\n", total.total, sum);
    free(block);
    return e;
}

// -- command line -------------------------------------------------------------------------------------------------

static uint64_t number(char **argv, int i, uint64_t otherwise)
{
    return argv[i] ? strtoull(argv[i], NULL, 10) : otherwise;
}

static enum err on_index(struct scope *sc, const char *verb, char **argv)
{
    AUTO(bench_closep) struct bench b = { 0 };
    TRY(bench_open(sc, argv[0], argv[1] && !strcmp(argv[1], "portable"), &b));
    if (!strcmp(verb, "ask")) return each_question(sc, &b, ask);
    if (!strcmp(verb, "spell")) return spell(sc, &b);
    if (!strcmp(verb, "tiles")) return each_question(sc, &b, tile);
    if (!strcmp(verb, "facets")) return each_question(sc, &b, charts);
    if (!strcmp(verb, "limits")) return limits(sc, &b);
    return fail(&sc->fault, ERR_INVALID, "there is no \"%s\"; bench/kernel.c says what there is", verb);
}

static enum err run(struct scope *sc, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (!strcmp(verb, "queries"))
        return queries((unsigned)number(argv, 2, 200), argc > 3 ? number(argv, 3, 0) : 4711), OK;
    if (!strcmp(verb, "kinds")) return kinds(sc);
    if (argc < 3)
        return fail(&sc->fault, ERR_INVALID, "usage: kernel VERB FILE ...; bench/kernel.c says which");
    if (!strcmp(verb, "columns")) return columns(sc, number(argv, 2, 0), number(argv, 3, 42));
    if (!strcmp(verb, "build") && argc > 3)
        return build(sc, argv[2], number(argv, 3, 0), number(argv, 4, 42));
    return on_index(sc, verb, argv + 2);
}

int main(int argc, char **argv)
{
    struct scope sc = { .mem = arena_open(ARENA_BYTES) };
    enum err     e = sc.mem ? run(&sc, argc, argv) : ERR_NOMEM;
    if (e) fprintf(stderr, "kernel: %s\n", sc.fault.text);
    arena_close(sc.mem);
    return e ? 1 : 0;
}
