// SPDX-License-Identifier: EUPL-1.2
// The file: the same rows give the same bytes in whatever order they come and however they are sorted; the dictionary
// comes back; a bit turned anywhere is found; a file cut anywhere is refused; and what passes the opening, however
// damaged, can be asked anything, also while somebody writes into it.
#include "analysis/difference.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/watch.h"
#include "index_random.h"
#include "index/format.h"
#include "index/sort_int.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <zlib.h>

static void same_bytes(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 20; round++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc);
        const char  *path[2] = { arena_printf(sc.mem, "%s/a", dir).p, arena_printf(sc.mem, "%s/b", dir).p };
        size_t       n = pick(&seed, 3000);
        struct release_info in = random_info(&sc, &seed);
        struct release_row *row = random_rows(&sc, &seed, &in, n);
        str                 bytes[2];
        for (int k = 0; k < 2; k++) {
            ok_err(&sc, write_index(&sc, path[k], &in, row, n), OK);
            ok_err(&sc, file_read(&sc, path[k], (size_t)1 << 30, &bytes[k]), OK);
            for (size_t i = n; i > 1; i--) { // shuffle (Fisher and Yates)
                size_t             j = pick(&seed, i);
                struct release_row swap = row[i - 1];
                row[i - 1] = row[j];
                row[j] = swap;
            }
        }
        ok(str_eq(bytes[0], bytes[1]), "%zu rows in another order", n);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static struct sort_row random_sort_row(uint64_t *seed)
{
    struct sort_row r = { .no_point = chance(seed, 20),
                          .day = 100 + (int32_t)pick(seed, 5),
                          .minute = (uint16_t)(pick(seed, 3) * (chance(seed, 50) ? 1 : 700)),
                          .category = (uint16_t)pick(seed, 3),
                          .place = pick(seed, 3) };
    if (!r.no_point) r.code = (uint64_t)pick(seed, 20) << 55 | pick(seed, 2);
    return r;
}

static void runs_on_disk(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 40; round++) {
        struct scope   sc = test_scope();
        const char    *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/rows", dir).p;
        size_t         n = pick(&seed, 400), run_rows = 2 + pick(&seed, 60);
        unsigned       leaf = pick(&seed, INDEX_MAX_LEAF + 1);
        struct sorter *memory = NULL, *disk = NULL;
        ok_err(&sc, sorter_open(&sc, path, MAX_AREA_SETS, 1000, &memory), OK);
        ok_err(&sc, sorter_open(&sc, path, MAX_AREA_SETS, run_rows, &disk), OK);
        for (size_t i = 0; i < n; i++) {
            struct sort_row r = random_sort_row(&seed);
            ok_err(&sc, sorter_add(&sc, memory, &r), OK);
            ok_err(&sc, sorter_add(&sc, disk, &r), OK);
        }
        ok(access(path, F_OK), "the file has no name");
        ok_err(&sc, sorter_sort(&sc, memory, leaf, 100), OK);
        ok_err(&sc, sorter_sort(&sc, disk, leaf, 100), OK);
        for (int reading = 0; reading < 3; reading++) {
            bool                   cells = reading == 1; // of the disk: cell by cell alone
            const struct sort_row *a, *b;
            struct sort_row        last = { 0 };
            uint64_t               sum_a = 0, sum_b = 0;
            ok_err(&sc, sorter_rewind(&sc, memory, SORT_WHOLE), OK);
            ok_err(&sc, sorter_rewind(&sc, disk, cells ? SORT_CELLS : SORT_WHOLE), OK);
            for (size_t i = 0; i <= n; i++) {
                ok_err(&sc, sorter_next(&sc, memory, &a), OK);
                ok_err(&sc, sorter_next(&sc, disk, &b), OK);
                ok(!a == (i == n) && !b == (i == n), "row %zu of %zu", i, n);
                if (!a) break;
                sum_a += str_hash((str){ (const char *)a, sizeof *a });
                sum_b += str_hash((str){ (const char *)b, sizeof *b });
                ok(a->no_point == b->no_point && sort_cell(a, leaf) == sort_cell(b, leaf),
                   "row %zu is of the same cell", i);
                ok(cells || !memcmp(a, b, sizeof *a), "row %zu is the same", i);
                bool rises = a->no_point != last.no_point ? a->no_point > last.no_point
                             : sort_cell(a, leaf) != sort_cell(&last, leaf)
                                 ? sort_cell(a, leaf) > sort_cell(&last, leaf)
                             : a->day != last.day ? a->day > last.day
                                                  : a->minute >= last.minute;
                ok(rises || !i, "row %zu is not before the one it follows", i);
                last = *a;
            }
            ok(sum_a == sum_b, "all rows are there");
        }
        sorter_close(memory);
        sorter_close(disk);
        sorter_close(NULL);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static void same_figures(const struct release_area *a, const struct release_area *b)
{
    for (size_t i = 0; i < a->n_figures; i++)
        ok(a->figures[i].year == b->figures[i].year && a->figures[i].population == b->figures[i].population &&
               a->figures[i].officers == b->figures[i].officers,
           "figure %zu", i);
}

static void same_points(const struct point *a, const struct point *b, size_t n)
{
    for (size_t i = 0; i < n; i++) ok(a[i].x == b[i].x && a[i].y == b[i].y, "point %zu", i);
}

static void same_dictionary(const struct release_info *a, const struct release_info *b)
{
    ok(a->release == b->release && a->created_s == b->created_s && a->lang == b->lang && a->demo == b->demo,
       "description");
    ok(a->anchor_m == b->anchor_m && a->anchor_level == b->anchor_level && a->finest == b->finest, "anchors");
    ok_str(a->tier, b->tier);
    ok_str(a->town, b->town);
    ok_str(a->timezone, b->timezone);
    ok(a->n_categories == b->n_categories && a->n_outcomes == b->n_outcomes && a->n_sources == b->n_sources &&
           a->n_sets == b->n_sets && a->n_layers == b->n_layers && a->n_places == b->n_places,
       "counts");
    for (size_t i = 0; i < a->n_categories; i++) {
        const struct release_category *x = &a->categories[i], *y = &b->categories[i];
        ok_str(x->key, y->key);
        for (int l = 0; l < LANGUAGES; l++) ok_str(x->label[l], y->label[l]);
        ok(x->iccs == y->iccs && x->source == y->source && x->areas_only == y->areas_only, "category %zu", i);
    }
    ok(a->delay_days == b->delay_days && a->least == b->least && a->count_set == b->count_set &&
           a->first_half == b->first_half && a->last_half == b->last_half && a->n_counts == b->n_counts,
       "what is told by area");
    for (size_t i = 0; i < SENSITIVITIES; i++)
        ok(a->rules[i].show == b->rules[i].show && a->rules[i].finest == b->rules[i].finest, "rule %zu", i);
    for (size_t i = 0; i < a->n_counts; i++) {
        const struct release_count *x = &a->counts[i], *y = &b->counts[i];
        ok(x->half == y->half && x->class == y->class && x->count == y->count && x->n == y->n &&
               (!x->n || !memcmp(x->area, y->area, x->n * sizeof *x->area)),
           "count %zu", i);
    }
    ok_i64(a->n_mixes, b->n_mixes);
    for (size_t i = 0; i < a->n_mixes; i++)
        ok(a->mixes[i].n == b->mixes[i].n &&
               !memcmp(a->mixes[i].category, b->mixes[i].category, a->mixes[i].n * sizeof(uint16_t)),
           "mix %zu", i);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        ok_str(a->outcomes[i].key, b->outcomes[i].key);
        ok_str(a->outcomes[i].label[LANG_EN], b->outcomes[i].label[LANG_EN]);
        ok_i64(a->outcomes[i].is, b->outcomes[i].is);
    }
    for (size_t i = 0; i < a->n_sources; i++) {
        ok_str(a->sources[i].key, b->sources[i].key);
        ok_str(a->sources[i].name, b->sources[i].name);
        ok_str(a->sources[i].caveat, b->sources[i].caveat);
    }
    for (size_t i = 0; i < a->n_sets; i++) {
        ok_str(a->sets[i].key, b->sets[i].key);
        ok_str(a->sets[i].licence, b->sets[i].licence);
        ok_i64(a->sets[i].n, b->sets[i].n);
        for (size_t k = 0; k < a->sets[i].n; k++) {
            const struct release_area *x = &a->sets[i].areas[k], *y = &b->sets[i].areas[k];
            ok_str(x->code, y->code);
            ok_str(x->name, y->name);
            ok(!memcmp(&x->box, &y->box, sizeof x->box) && x->label.y == y->label.y, "box");
            ok(x->n_figures == y->n_figures && x->n_points == y->n_points && x->n_rings == y->n_rings,
               "counts of area %zu", k);
            same_figures(x, y);
            same_points(x->point, y->point, x->n_points);
            for (size_t r = 0; r < x->n_rings; r++) ok_i64(x->ring_end[r], y->ring_end[r]);
        }
    }
    for (size_t i = 0; i < a->n_layers; i++) {
        ok_str(a->layers[i].licence, b->layers[i].licence);
        ok_i64(a->layers[i].n, b->layers[i].n);
        for (size_t k = 0; k < a->layers[i].n; k++) {
            const struct release_feature *x = &a->layers[i].features[k], *y = &b->layers[i].features[k];
            ok_str(x->name, y->name);
            ok_str(x->class, y->class);
            ok(x->shape == y->shape && x->n_points == y->n_points && x->n_parts == y->n_parts, "feature %zu",
               k);
            same_points(x->point, y->point, x->n_points);
        }
    }
    for (size_t i = 0; i < a->n_places; i++) ok_str(a->places[i], b->places[i]);
}

static void dictionaries(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 20; round++) {
        struct scope                     sc = test_scope();
        const char                      *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
        struct release_info              in = random_info(&sc, &seed);
        AUTO(index_closep) struct index *ix = NULL;
        ok_err(&sc, write_index(&sc, path, &in, NULL, 0), OK);
        ok_err(&sc, index_open(&sc, path, &ix), OK);
        same_dictionary(&in, index_info(ix));
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

// Every question once, for the sanitizers to watch; the answers of a damaged file are nobody's business.
static void ask_all(struct scope *sc, const struct index *ix, const struct filter *f, struct point at)
{
    const struct release_info *in = index_info(ix);
    struct arena_mark          before = arena_mark(sc->mem);
    struct facets              k;
    uint32_t                   count[64];
    struct place              *p;
    struct release_row        *r, row;
    size_t                     n, names = 0;
    bool                       more;
    uint64_t                   total;
    struct index_cursor        c;
    ok_err(sc, index_facets(sc, ix, f, FACET_ALL, false, &k), OK);
    ok_err(sc, index_facets(sc, ix, f, FACET_ALL, true, &k), OK);
    ok_err(sc, index_grid(sc, ix, f, 0, 0, 0, 3, count), OK);
    ok_err(sc, index_grid(sc, ix, f, 14, at.x >> 18, at.y >> 18, 3, count), OK);
    ok_err(sc, index_grid(sc, ix, f, 29, at.x >> 3, at.y >> 3, 3, count), OK);
    ok_err(sc, index_places(sc, ix, f, tile_box(0, 0, 0), 100000, &p, &n, &more), OK);
    for (size_t i = 0; i < n; i++) names += p[i].place < in->n_places ? in->places[p[i].place].n : 0;
    ok_err(sc, index_place_rows(sc, ix, f, at, 10, &r, &n, &total), OK);
    index_rows(ix, f, &c);
    while (index_rows_next(&c, &row)) {
        names += in->categories[release_kind(in, &row.kind).category[0]].key.n +
                 in->outcomes[row.outcome].key.n + in->sources[row.source].key.n;
        for (size_t i = 0; i < in->n_sets; i++)
            if (row.area[i] != AREA_NOWHERE) names += in->sets[i].areas[row.area[i]].name.n;
    }
    ok(names < SIZE_MAX, "read");
    arena_back(sc->mem, before);
}

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    ok(f && fwrite(p, 1, n, f) == n && !fclose(f), "write %s", path);
}

static size_t small_index(struct scope *sc, uint64_t *seed, const char *path, unsigned char **bytes,
                          struct release_info *in, struct release_row **row, size_t n)
{
    str whole;
    do *in = random_info(sc, seed);
    while (in->n_categories > 257 || in->n_sources > 5 || !in->n_sets || in->n_places > 200);
    *row = random_rows(sc, seed, in, n);
    ok_err(sc, write_index(sc, path, in, *row, n), OK);
    ok_err(sc, file_read(sc, path, (size_t)1 << 30, &whole), OK);
    *bytes = arena_alloc(sc->mem, whole.n);
    memcpy(*bytes, whole.p, whole.n);
    return whole.n;
}

static void every_bit_is_guarded(void **state)
{
    (void)state;
    uint64_t            seed = test_seed();
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
    struct release_info in;
    struct release_row *row;
    unsigned char      *bytes;
    size_t              size = small_index(&sc, &seed, path, &bytes, &in, &row, 150), step = size / 800 + 1;
    struct arena_mark   before = arena_mark(sc.mem);
    for (size_t at = 0; at < size; at += at < 100 ? 1 : 1 + pick(&seed, 2 * step)) {
        struct index *ix = NULL;
        unsigned char bit = (unsigned char)(1 << pick(&seed, 8));
        bytes[at] ^= bit;
        write_file(path, bytes, size);
        bytes[at] ^= bit;
        enum err e = index_open(&sc, path, &ix);
        if (e == OK) {
            struct filter f = random_filter(&seed, &in, row, 150);
            ask_all(&sc, ix, &f, some_point(&seed, row, 150));
            e = index_verify(&sc, ix);
            ok(strstr(sc.fault.text, "byte"), "the sentence says where: %s", sc.fault.text);
        }
        ok(e == ERR_CORRUPT || (e == ERR_VERSION && at >= 8 && at < 12), "byte %zu of %zu: %s", at, size,
           err_name(e));
        index_close(ix);
        arena_back(sc.mem, before);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void every_length_is_guarded(void **state)
{
    (void)state;
    uint64_t            seed = test_seed() + 3;
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
    struct release_info in;
    struct release_row *row;
    unsigned char      *bytes;
    size_t              size = small_index(&sc, &seed, path, &bytes, &in, &row, 40);
    struct format_entry table[SECTIONS];
    memcpy(table, bytes + sizeof(struct format_header), sizeof table);
    for (unsigned s = 0; s <= SECTIONS; s++) {
        uint64_t end = s < SECTIONS ? table[s].offset : size + 1;
        for (uint64_t n = end > 3 ? end - 2 : 0; n <= end + 1; n++) {
            struct index *ix = NULL;
            if (n == size || n > size + 1) continue;
            unsigned char *cut = arena_alloc(sc.mem, n + 1);
            memcpy(cut, bytes, n < size ? n : size);
            write_file(path, cut, n);
            ok_err(&sc, index_open(&sc, path, &ix), ERR_CORRUPT);
        }
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void seal_header(unsigned char *bytes)
{
    memset(bytes + offsetof(struct format_header, crc), 0, 4);
    uint32_t crc =
        (uint32_t)crc32(0, bytes, sizeof(struct format_header) + SECTIONS * sizeof(struct format_entry));
    memcpy(bytes + offsetof(struct format_header, crc), &crc, 4);
}

// Somebody who can write the file can write its checksums, too.
static void made_up_files(void **state)
{
    (void)state;
    uint64_t            seed = test_seed() + 4;
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
    struct release_info in;
    struct release_row *row;
    unsigned char      *good;
    size_t              size = small_index(&sc, &seed, path, &good, &in, &row, 300);
    unsigned char      *bytes = arena_alloc(sc.mem, size);
    struct arena_mark   before = arena_mark(sc.mem);
    struct format_entry table[SECTIONS];
    memcpy(table, good + sizeof(struct format_header), sizeof table);
    int opened = 0;
    for (int round = 0; round < 1000; round++) {
        memcpy(bytes, good, size);
        for (unsigned k = 1 + pick(&seed, 4); k-- > 0;) {
            unsigned s = pick(&seed, SECTIONS); // every section as often, however small
            uint64_t at =
                chance(&seed, 10) ? pick(&seed, 880) : table[s].offset + pick(&seed, table[s].size + 1);
            if (at >= size) continue;
            bytes[at] = chance(&seed, 50) ? 0xFF : (unsigned char)test_random(&seed);
        }
        seal_header(bytes);
        write_file(path, bytes, size);
        struct index *ix = NULL;
        if (index_open(&sc, path, &ix) == OK) {
            struct filter f = random_filter(&seed, &in, row, 300);
            ask_all(&sc, ix, &f, some_point(&seed, row, 300));
            opened++;
        }
        index_close(ix);
        arena_back(sc.mem, before);
    }
    ok(opened > 100, "only %d of 1000 could be opened: they test too little", opened);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

// An index that is open and cut under the reader: every question has an answer, and index_lost tells that it is worth
// nothing.
static void cut_while_open(void **state)
{
    (void)state;
    uint64_t            seed = test_seed() + 5;
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
    struct release_info in;
    struct release_row *row;
    unsigned char      *bytes;
    size_t              size = small_index(&sc, &seed, path, &bytes, &in, &row, 3000);
    struct arena_mark   before = arena_mark(sc.mem);
    ok(watch_start(), "watch");
    for (int round = 0; round < 60; round++) {
        struct index *ix = NULL;
        struct filter f = random_filter(&seed, &in, row, 3000);
        write_file(path, bytes, size);
        ok_err(&sc, index_open(&sc, path, &ix), OK);
        ok(!index_lost(ix) && !truncate(path, pick(&seed, (uint32_t)size - 4096)), "cut");
        ask_all(&sc, ix, &f, some_point(&seed, row, 3000));
        filter_all(&f);
        ask_all(&sc, ix, &f, some_point(&seed, row, 3000)); // this one reads everything
        ok(index_lost(ix), "and it is told");
        index_close(ix);
        arena_back(sc.mem, before);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

struct scribbler {
    int                  fd;
    const unsigned char *good;
    size_t               size;
    uint64_t             seed;
    atomic_bool          done;
};

/// Fills a section with wrong bytes and puts the right ones back, at once or a little later, again and again.
static void *scribble(void *arg)
{
    struct scribbler   *w = arg;
    struct format_entry table[SECTIONS];
    unsigned char      *bad = malloc(w->size);
    ok(bad, "room");
    memcpy(table, w->good + sizeof(struct format_header), sizeof table);
    while (!atomic_load(&w->done)) {
        const struct format_entry *e =
            &table[chance(&w->seed, 70) ? SECTION_DAY + pick(&w->seed, SECTION_STEPS - SECTION_DAY)
                                        : pick(&w->seed, SECTIONS)];
        memset(bad, chance(&w->seed, 50) ? 0xFF : (int)pick(&w->seed, 4), e->size);
        ok(pwrite(w->fd, bad, e->size, (off_t)e->offset) == (ssize_t)e->size, "wrong bytes");
        usleep(pick(&w->seed, 300));
        ok(pwrite(w->fd, w->good + e->offset, e->size, (off_t)e->offset) == (ssize_t)e->size, "right ones");
        usleep(pick(&w->seed, 1000));
    }
    free(bad);
    return NULL;
}

// An index that is written to while it is opened, checked, asked and compared: what was looked at is what is used, for the
// sanitizers to watch.
static void written_while_read(void **state)
{
    (void)state;
    uint64_t            seed = test_seed() + 6;
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/x", dir).p;
    struct release_info in;
    struct release_row *row;
    unsigned char      *bytes;
    size_t              size = small_index(&sc, &seed, path, &bytes, &in, &row, 3000), opened = 0;
    struct arena_mark   before = arena_mark(sc.mem);
    struct scribbler w = { .fd = open(path, O_RDWR | O_CLOEXEC), .good = bytes, .size = size, .seed = seed };
    pthread_t        thread;
    ok(w.fd >= 0 && !pthread_create(&thread, NULL, scribble, &w), "somebody writes");
    for (int64_t end_ms = clock_system.monotonic_ms() + 3000; clock_system.monotonic_ms() < end_ms;) {
        struct index     *ix = NULL;
        struct filter     f = random_filter(&seed, &in, row, 3000);
        struct difference d;
        enum err          e = index_open(&sc, path, &ix);
        ok(e == OK || e == ERR_CORRUPT || e == ERR_VERSION, "%s", sc.fault.text);
        opened += e == OK;
        for (int k = 0; k < 5 && !e; k++) {
            enum err v = index_verify(&sc, ix);
            ok(v == OK || v == ERR_CORRUPT, "%s", sc.fault.text);
            ask_all(&sc, ix, &f, some_point(&seed, row, 3000));
            v = difference_of(&sc, ix, ix, 1 << 16, &d);
            ok(v == OK || v == ERR_CORRUPT, "%s", sc.fault.text);
        }
        index_close(ix);
        arena_back(sc.mem, before);
    }
    atomic_store(&w.done, true);
    pthread_join(thread, NULL);
    close(w.fd);
    ok(opened > 10, "opened %zu times", opened);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_bytes),
    cmocka_unit_test(runs_on_disk),
    cmocka_unit_test(dictionaries),
    cmocka_unit_test(every_bit_is_guarded),
    cmocka_unit_test(every_length_is_guarded),
    cmocka_unit_test(made_up_files),
    cmocka_unit_test(cut_while_open),
    cmocka_unit_test(written_while_read),
};
TEST_MAIN(tests)
