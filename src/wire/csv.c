// SPDX-License-Identifier: EUPL-1.2
// The scanner walks a window of the file that always begins with a row; a row that does not fit makes the
// window grow up to CSV_MAX_ROW_BYTES. One pass finds fields and line ends (split); quotes are taken away in
// place.
#include "wire/csv.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_BYTES = 256 * 1024, SHOWN_BYTES = 200 /* of a row that is too long */ };

struct csv {
    struct stream     *from;
    struct csv_options opt;
    struct scope       sc; // for reading; its fault is handed on by csv_end
    enum err           failed;
    char              *p; // the window
    size_t             at, n, cap;
    bool               end; // the stream has no more
    uint64_t           line;
    str                field[CSV_MAX_FIELDS];
    size_t             n_fields;
    struct buf         raw, utf8;
    bool               skip_lf; // the row before ended in CR: a LF that follows belongs to it
    bool               begun;
};

enum err csv_open(struct scope *sc, struct stream *from, const struct csv_options *opt, struct csv **out)
{
    struct csv *c = calloc(1, sizeof *c);
    char       *p = malloc(WINDOW_BYTES);
    if (!c || !p) {
        free(c);
        free(p);
        return fail(&sc->fault, ERR_NOMEM, "no room to read %.*s", STR(stream_part_name(from)));
    }
    c->from = from;
    c->opt = *opt;
    if (!c->opt.separator) c->opt.separator = ',';
    if (!c->opt.quote) c->opt.quote = '"';
    c->p = p;
    c->cap = WINDOW_BYTES;
    c->line = 1;
    buf_init(&c->raw, 4 * CSV_MAX_ROW_BYTES);
    buf_init(&c->utf8, 4 * CSV_MAX_ROW_BYTES);
    *out = c;
    return OK;
}

void csv_close(struct csv *c)
{
    if (!c) return;
    free(c->p);
    buf_free(&c->raw);
    buf_free(&c->utf8);
    free(c);
}

void csv_closep(struct csv **c)
{
    csv_close(*c);
    *c = NULL;
}

/// More bytes behind those in the window. False when there are none, or on failure.
static bool more(struct csv *c)
{
    if (c->end || c->failed) return false;
    if (c->at) {
        memmove(c->p, c->p + c->at, c->n - c->at);
        c->n -= c->at;
        c->at = 0;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap * 2;
        char  *p = realloc(c->p, cap);
        if (!p) {
            c->failed = fail(&c->sc.fault, ERR_NOMEM, "no room for a row of %zu bytes", cap);
            return false;
        }
        c->p = p;
        c->cap = cap;
    }
    size_t got = 0;
    c->failed = stream_read(&c->sc, c->from, c->p + c->n, c->cap - c->n, &got);
    if (!got) c->end = true;
    c->n += got;
    return got > 0;
}

/// Length of the row at the window's front, without its line end; *whole is false when the window ends first.
static size_t row_length(const struct csv *c, bool *whole, bool *open_quote)
{
    const char *p = c->p + c->at;
    size_t      n = c->n - c->at;
    bool        quoted = false, field_start = true;
    for (size_t i = 0; i < n; i++) {
        char b = p[i];
        if (quoted) {
            const char *close = memchr(p + i, c->opt.quote, n - i);
            i = close ? (size_t)(close - p) : n;
            quoted = i >= n;
            field_start = false;
        } else if (b == '\n' || b == '\r') {
            *whole = true;
            return i;
        } else if (b == c->opt.quote && (field_start || (i && p[i - 1] == c->opt.quote))) quoted = true;
        else field_start = b == c->opt.separator;
    }
    *open_quote = quoted;
    *whole = false;
    return n;
}

/// Passes over the rest of a row that is too long: to the next line end, whatever quotes there are.
static void pass_over(struct csv *c)
{
    do {
        size_t i = c->at;
        while (i < c->n && c->p[i] != '\n' && c->p[i] != '\r') i++;
        c->at = i;
        if (i < c->n) return;
    } while (more(c));
}

static void count_lines(struct csv *c, str row)
{
    for (size_t i = 0; i < row.n; i++) // CR LF is one line end, CR or LF alone is one, too
        if (row.p[i] == '\n' || (row.p[i] == '\r' && !(i + 1 < row.n && row.p[i + 1] == '\n'))) c->line++;
}

/// Takes the quotes off a field that begins with one; what it held stands at the same place, shorter.
static str unquote(char *p, size_t n, char quote, bool *stray)
{
    size_t to = 0, i = 1;
    for (; i < n; i++) {
        if (p[i] == quote) {
            if (i + 1 < n && p[i + 1] == quote) i++;
            else break;
        }
        p[to++] = p[i];
    }
    *stray = i + 1 < n;
    return (str){ p, to };
}

/// Cuts a row into fields; false when there are more than CSV_MAX_FIELDS.
static bool split(struct csv *c, char *p, size_t n, enum csv_problem *problem, size_t *column)
{
    c->n_fields = 0;
    for (size_t i = 0;; i++) {
        size_t start = i;
        if (c->n_fields == CSV_MAX_FIELDS) return false;
        str field;
        if (i < n && p[i] == c->opt.quote) {
            for (i++; i < n; i++) {
                if (p[i] != c->opt.quote) continue;
                if (i + 1 < n && p[i + 1] == c->opt.quote) i++;
                else break;
            }
            while (i < n && p[i] != c->opt.separator) i++;
            bool stray;
            field = unquote(p + start, i - start, c->opt.quote, &stray);
            if (stray && *problem == CSV_FINE) {
                *problem = CSV_STRAY_QUOTE;
                *column = c->n_fields + 1;
            }
        } else {
            const char *sep = i < n ? memchr(p + i, c->opt.separator, n - i) : NULL;
            i = sep ? (size_t)(sep - p) : n;
            field = (str){ p + start, i - start };
        }
        c->field[c->n_fields++] = field;
        if (i >= n) return true;
    }
}

/// Turns the row into UTF-8 when it is not plain ASCII. *problem tells of bytes without a meaning.
static str decode(struct csv *c, str row, enum csv_problem *problem)
{
    buf_reset(&c->utf8);
    if (c->opt.encoding == TEXT_UTF8 && str_is_utf8(row, NULL)) buf_add(&c->utf8, row);
    else if (!text_to_utf8(&c->utf8, c->opt.encoding, row)) *problem = CSV_BAD_ENCODING;
    return buf_str(&c->utf8);
}

static void find_bad_column(const struct csv *c, size_t *column)
{
    for (size_t i = 0; i < c->n_fields; i++)
        if (str_has(c->field[i], S("\xEF\xBF\xBD"))) {
            *column = i + 1;
            return;
        }
}

static bool begin_row(struct csv *c)
{
    if (!c->begun) {
        while (c->n - c->at < 3 && more(c)) {
        }
        if (c->n >= 3 && !memcmp(c->p, "\xEF\xBB\xBF", 3)) c->at = 3;
        c->begun = true;
    }
    for (;;) { // line ends of the row before, and empty lines
        if (c->at == c->n && !more(c)) return false;
        char b = c->p[c->at];
        if (b == '\n' && c->skip_lf) c->skip_lf = false;
        else if (b == '\n' || b == '\r') {
            c->line++;
            c->skip_lf = b == '\r';
        } else break;
        c->at++;
    }
    c->skip_lf = false;
    return !c->failed;
}

bool csv_next(struct csv *c, struct csv_row *row)
{
    if (c->failed || !begin_row(c)) return false;
    enum csv_problem problem = CSV_FINE;
    size_t           column = 0, n;
    bool             whole, open_quote = false;
    while (n = row_length(c, &whole, &open_quote), !whole && n <= CSV_MAX_ROW_BYTES && more(c)) {
    }
    if (c->failed) return false;
    uint64_t line = c->line;
    bool     too_long = n > CSV_MAX_ROW_BYTES;
    if (too_long || (!whole && open_quote)) {
        // Most likely a quote that was never closed. Only its own line is lost: reading goes on at the next.
        const char *end = memchr(c->p + c->at, '\n', n);
        problem = end || !too_long ? CSV_OPEN_QUOTE : CSV_TOO_LONG;
        if (end) n = (size_t)(end - (c->p + c->at));
        too_long = problem == CSV_TOO_LONG;
        if (too_long) n = SHOWN_BYTES;
    }
    str bytes = { c->p + c->at, n };
    count_lines(c, bytes);
    buf_reset(&c->raw);
    buf_add(&c->raw, decode(c, bytes, &problem));
    c->at += n;
    if (too_long) pass_over(c);
    if (c->utf8.failed || !split(c, c->utf8.p ? c->utf8.p : c->p, c->utf8.n, &problem, &column))
        problem = CSV_TOO_LONG;
    if (problem == CSV_BAD_ENCODING) find_bad_column(c, &column);
    *row = (struct csv_row){ c->field, c->n_fields, line, problem, column };
    return true;
}

enum err csv_end(struct scope *sc, const struct csv *c)
{
    if (c->failed) sc->fault = c->sc.fault;
    return c->failed;
}

str csv_raw(const struct csv *c)
{
    return buf_str(&c->raw);
}
