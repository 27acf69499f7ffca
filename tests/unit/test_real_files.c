// SPDX-License-Identifier: EUPL-1.2
// Every incident file of the shared data, read whole: as many rows as sqlite3 and awk counted (SOURCES.md
// there).
#include "check.h"

#include "wire/csv.h"

static const struct {
    const char        *file;
    size_t             rows, fields;
    struct csv_options opt;
    bool               no_header;
} files[] = {
    { "2018-10-btp-street.csv.zst", 5080, 12 },
    { "2018-10-leicestershire-street.csv.zst", 8956, 12 },
    { "2018-10-northern-ireland-street.csv.zst", 13613, 12 },
    { "2018-10-nottinghamshire-street.csv.zst", 11900, 12 },
    { "2018-11-leicestershire-street.csv.zst", 8880, 12 },
    { "2018-11-northern-ireland-street.csv.zst", 11714, 12 },
    { "2018-11-nottinghamshire-street.csv.zst", 11808, 12 },
    { "2018-12-city-of-london-stop-and-search.csv.zst", 118, 15 },
    { "2018-12-city-of-london-street.csv.zst", 760, 12 },
    { "2018-12-leicestershire-street.csv.zst", 8380, 12 },
    { "2018-12-nottinghamshire-street.csv.zst", 10492, 12 },
    { "2019-01-leicestershire-street.csv.zst", 8503, 12 },
    { "2019-01-nottinghamshire-street.csv.zst", 10918, 12 },
    { "2019-02-leicestershire-street.csv.zst", 8136, 12 },
    { "2019-02-nottinghamshire-street.csv.zst", 10914, 12 },
    { "berlin-bike-theft-first3000-latin1.csv", 3000, 11, { .encoding = TEXT_LATIN1 } },
    { "charlottesville-2018-07-21.csv.zst", 30977, 8 },
    { "charlottesville-2018-08-28.csv.zst", 30352, 8 },
    { "charlottesville-addresses-2018-08-28.csv.zst", 3432, 5 },
    { "chicago-2013-12-06_2014-02-27-portal22col.csv.zst", 50000, 22 },
    { "chicago-2013.csv.zst", 307030, 20 },
    { "chicago-2014.csv.zst", 275200, 20 },
    { "chicago-2015.csv.zst", 263929, 20 },
    { "chicago-2017.csv.zst", 267792, 20 },
    { "czechia-motorcycle-thefts.csv", 9464, 4 },
    { "later-download/2018-12-city-of-london-street.csv.zst", 760, 12 },
    { "medellin-homicides-semicolon-decimalcomma.csv.zst", 9360, 6, { .separator = ';' } },
    { "sacramento-2006-01-cr-only-noheader.csv", 1000, 9, { 0 }, true },
};

static void test_row_counts(void **state)
{
    (void)state;
    const char *shared = test_shared();
    if (!shared) test_skip("no shared data");
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope   sc = test_scope();
        struct stream *from;
        struct csv    *c;
        struct csv_row row;
        size_t         rows = 0;
        str            path = arena_printf(sc.mem, "%s/incidents/%s", shared, files[i].file);
        ok_err(&sc, stream_open(&sc, path.p, &from), OK);
        ok_err(&sc, csv_open(&sc, from, &files[i].opt, &c), OK);
        while (csv_next(c, &row)) {
            rows++;
            ok(!row.problem, "%s, line %llu: %s", files[i].file, (unsigned long long)row.line,
               csv_problem_text(row.problem));
            ok(row.n == files[i].fields, "%s, line %llu: %zu fields", files[i].file,
               (unsigned long long)row.line, row.n);
        }
        ok_err(&sc, csv_end(&sc, c), OK);
        ok(rows - !files[i].no_header == files[i].rows, "%s: %zu rows", files[i].file, rows);
        csv_close(c);
        stream_close(from);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_row_counts),
};
TEST_MAIN(tests)
