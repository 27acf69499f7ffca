// SPDX-License-Identifier: EUPL-1.2
// The first three bytes choose separator, quote and encoding.
#include "fuzz.h"

#include "wire/csv.h"

static void check_row(struct csv *c, const struct csv_row *row, uint64_t line_before)
{
    size_t bytes = 0;
    must(row->n <= CSV_MAX_FIELDS);
    must(row->n || row->problem == CSV_TOO_LONG);
    must(row->line > line_before);
    must(row->column <= row->n + 1);
    for (size_t i = 0; i < row->n; i++) {
        must(str_is_utf8(row->field[i], NULL));
        bytes += row->field[i].n;
    }
    str raw = csv_raw(c);
    must(raw.n && str_is_utf8(raw, NULL));
    must(bytes <= raw.n);
    must(csv_problem_text(row->problem));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char separators[] = { ',', ';', '\t', '|', 'a', '\xC5', 0 },
                      quotes[] = { '"', '\'', CSV_NO_QUOTE, 0 };
    if (n < 3) return 0;
    struct csv_options opt = {
        .separator = separators[data[0] % sizeof separators],
        .quote = quotes[data[1] % sizeof quotes],
        .encoding = (enum text_encoding)(data[2] % (TEXT_KOI8_U + 1)),
    };
    struct scope   sc = { 0 };
    struct stream *from = NULL;
    struct csv    *c = NULL;
    struct csv_row row;
    uint64_t       line = 0;
    must_tell(&sc, stream_open_bytes(&sc, (str){ (const char *)data + 3, n - 3 }, "fuzz", &from));
    if (!from) return 0;
    must(csv_open(&sc, from, &opt, &c) == OK);
    while (csv_next(c, &row)) {
        check_row(c, &row, line);
        line = row.line;
    }
    must_tell(&sc, csv_end(&sc, c));
    must(!csv_next(c, &row));
    csv_close(c);
    stream_close(from);
    return 0;
}
