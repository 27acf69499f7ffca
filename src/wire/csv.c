// SPDX-License-Identifier: EUPL-1.2
#include "wire/csv.h"

#include "base/shown.h"
#include <stdlib.h>
#include <string.h>

// One window onto the file: the row being cut and what was read behind it.
//
//     data             row            end                data + DATA_BYTES
//     |  rows before   |  rows ahead  |  room            |
//
// When the row runs into `end` it is moved to the front, CHUNK bytes more are read, and it is cut again from
// its beginning: at most four times for the longest row. A line end stands at `end`, so scanning needs no
// bound.
enum { CHUNK = 256 * 1024, DATA_BYTES = CSV_MAX_ROW_BYTES + CHUNK };

// A row with a bad quote is cut back to its first line, and what was scanned behind that is scanned again.
// Someone who means it can make that happen on every line; after this many bytes beyond a fixed share of the
// file, line ends inside quotes are no longer believed.
enum { REWIND_BYTES = 16 << 20, REWIND_SHARE = 4 };

struct csv {
    struct stream     *from;
    struct scope       sc; // holds why reading stopped; it has no memory
    enum text_encoding encoding;
    char               separator, quote;
    bool               has_quote, folds; // folds: a field in quotes may hold line ends
    bool               eof, failed;
    uint64_t           as_utf8, not_utf8; // fields of another encoding that seem to be UTF-8, and that do not
    bool               skip_lf;           // the row before ended in CR: an LF here belongs to it
    bool               stops[256];        // what ends a field
    bool               stops_in_quotes[256];
    uint64_t           consumed, rewound; // bytes
    char              *row, *end;
    uint64_t           line;           // of row
    str                raw;            // the row last delivered
    struct buf         text, raw_text; // rewritten fields; rewritten row
    size_t             n_doubled;
    uint16_t           doubled[CSV_MAX_FIELDS]; // fields that hold doubled quotes
    str                field[CSV_MAX_FIELDS];
    char               data[DATA_BYTES + 1];
};

// A field about to be cut.
struct place {
    char    *p;
    size_t   n; // fields before it
    size_t   n_doubled;
    uint64_t lines; // line ends between the row's beginning and it
};

struct cut {
    struct place     at;
    struct place     fold; // the first field that holds a line end; p is NULL: none
    enum csv_problem problem;
    size_t           column;
};
enum cut_result { CUT_ROW, CUT_MORE };

// The only loop over the bytes of a well-formed row. p points at or before a byte that stops.
static char *scan(const bool stops[256], char *p)
{
    while (!stops[(unsigned char)*p]) p++;
    return p;
}

static char *line_end(char *p)
{
    while (*p != '\n' && *p != '\r') p++;
    return p;
}

// -- life ---------------------------------------------------------------------------------------------------

static void add_stops(struct csv *c)
{
    bool *out = c->stops, *in = c->stops_in_quotes;
    out['\n'] = out['\r'] = in['\n'] = in['\r'] = true;
    out[(unsigned char)c->separator] = true;
    in[(unsigned char)c->quote] = true;
}

enum err csv_open(struct scope *sc, struct stream *from, const struct csv_options *opt, struct csv **out)
{
    char separator = opt->separator ? opt->separator : ',';
    char quote = opt->quote ? opt->quote : '"';
    if (separator == '\n' || separator == '\r' || quote == '\n' || quote == '\r' || separator == quote)
        return fail(
            &sc->fault, ERR_INVALID,
            "the separator and the quote of a CSV file must be two different characters and no line ends");
    struct csv *c = calloc(1, sizeof *c);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no room for a row of %d bytes", CSV_MAX_ROW_BYTES);
    c->from = from;
    c->encoding = opt->encoding;
    c->separator = separator;
    c->quote = quote;
    c->has_quote = opt->quote != CSV_NO_QUOTE;
    c->folds = true;
    c->row = c->end = c->data;
    buf_init(&c->text, 4 * (size_t)CSV_MAX_ROW_BYTES);
    buf_init(&c->raw_text, 4 * (size_t)CSV_MAX_ROW_BYTES);
    add_stops(c);
    *out = c;
    return OK;
}

void csv_close(struct csv *c)
{
    if (!c) return;
    buf_free(&c->text);
    buf_free(&c->raw_text);
    free(c);
}

void csv_closep(struct csv **c)
{
    csv_close(*c);
    *c = NULL;
}

enum err csv_end(struct scope *sc, const struct csv *c)
{
    if (!c->failed && c->as_utf8 > c->not_utf8)
        return fail(&sc->fault, ERR_INVALID,
                    "%s letters in it that are not ASCII are UTF-8, and another encoding is declared: words "
                    "would not be found. Write \"encoding = utf-8\" into the [format] of the profile",
                    c->not_utf8 ? "most" : "all");
    if (!c->failed) return OK;
    sc->fault = c->sc.fault;
    return sc->fault.code;
}

// -- reading ---------------------------------------------------------------------------------------------------------------

// Reads up to CHUNK bytes to c->end; less only at the end of the file.
static bool read_chunk(struct csv *c)
{
    size_t n = 0, got = 1;
    while (n < CHUNK && got) {
        if (stream_read(&c->sc, c->from, c->end + n, CHUNK - n, &got)) {
            c->failed = true;
            return false;
        }
        n += got;
    }
    c->eof = !got;
    c->end += n;
    *c->end = '\n';
    return true;
}

static bool read_more(struct csv *c)
{
    size_t keep = (size_t)(c->end - c->row);
    memmove(c->data, c->row, keep);
    c->row = c->data;
    c->end = c->data + keep;
    return read_chunk(c);
}

static bool begin_file(struct csv *c)
{
    c->line = 1;
    if (!read_more(c)) return false;
    str head = { c->row, (size_t)(c->end - c->row) };
    if (str_starts(head, S("\xEF\xBB\xBF"))) {
        c->row += 3;
        c->encoding = TEXT_UTF8;
    } else if (c->encoding == TEXT_UTF8 &&
               (str_starts(head, S("\xFF\xFE")) || str_starts(head, S("\xFE\xFF")))) {
        enum err e =
            fail(&c->sc.fault, ERR_UNSUPPORTED,
                 "the text is UTF-16, which is not read; save the file as UTF-8 (in a spreadsheet: \"CSV "
                 "UTF-8\") or convert it with iconv -f UTF-16 -t UTF-8");
        c->failed = e != OK;
        return false;
    }
    return true;
}

// Is there a row at c->row? Empty lines are passed over.
static bool begin_row(struct csv *c)
{
    if (c->failed || (!c->line && !begin_file(c))) return false;
    for (;;) {
        if (c->row == c->end) {
            if (c->eof || !read_more(c)) return false;
            continue;
        }
        if (*c->row == '\n' && c->skip_lf) c->row++;
        else if (*c->row == '\n' || *c->row == '\r') {
            c->skip_lf = *c->row++ == '\r';
            c->line++;
            continue;
        } else return true;
        c->skip_lf = false;
    }
}

// -- cutting ------------------------------------------------------------------------------------------------

static void set_problem(struct cut *k, enum csv_problem problem, size_t column)
{
    if (k->problem) return;
    k->problem = problem;
    k->column = column;
}

static void add_field(struct csv *c, struct cut *k, const char *from, const char *to)
{
    if (k->at.n < CSV_MAX_FIELDS) c->field[k->at.n++] = (str){ from, (size_t)(to - from) };
    else set_problem(k, CSV_TOO_LONG, 0);
}

// The quote at `where` is not closed, or cannot be believed: the row ends at the first line end behind it.
static enum cut_result open_quote(struct csv *c, struct cut *k, struct place where, const char *scanned)
{
    k->at = where;
    k->at.p = line_end(where.p);
    k->problem = CSV_FINE; // what came before is in doubt, too
    set_problem(k, CSV_OPEN_QUOTE, where.n + 1);
    add_field(c, k, where.p, k->at.p);
    c->rewound += (uint64_t)(scanned - k->at.p);
    if (c->rewound > REWIND_BYTES + REWIND_SHARE * c->consumed) c->folds = false;
    return CUT_ROW;
}

static enum cut_result stray_quote(struct csv *c, struct cut *k, char *behind)
{
    char *p = scan(c->stops, behind);
    if (p == c->end && !c->eof) return CUT_MORE;
    set_problem(k, CSV_STRAY_QUOTE, k->at.n + 1);
    add_field(c, k, k->at.p, p);
    k->at.p = p;
    return CUT_ROW;
}

static enum cut_result cut_quoted(struct csv *c, struct cut *k)
{
    struct place here = k->at;
    bool         doubled = false;
    char        *p = here.p + 1;
    for (;; p++) {
        p = scan(c->stops_in_quotes, p);
        if (p == c->end) return c->eof ? open_quote(c, k, here, p) : CUT_MORE;
        if (*p != c->quote) {
            if (!c->folds) return open_quote(c, k, here, p);
            if (!k->fold.p) k->fold = here;
            if (*p == '\r' && p + 1 < c->end && p[1] == '\n') p++;
            k->at.lines++;
            continue;
        }
        if (p + 1 == c->end && !c->eof) return CUT_MORE;
        if (p[1] != c->quote) break;
        doubled = true;
        p++;
    }
    if (!c->stops[(unsigned char)p[1]]) {
        if (k->at.lines > here.lines) return open_quote(c, k, here, p);
        return stray_quote(c, k, p + 1);
    }
    if (doubled && k->at.n < CSV_MAX_FIELDS) c->doubled[k->at.n_doubled++] = (uint16_t)k->at.n;
    add_field(c, k, here.p + 1, p);
    k->at.p = p + 1;
    return CUT_ROW;
}

static enum cut_result cut_plain(struct csv *c, struct cut *k)
{
    char *p = scan(c->stops, k->at.p);
    if (p == c->end && !c->eof) return CUT_MORE;
    add_field(c, k, k->at.p, p);
    k->at.p = p;
    return CUT_ROW;
}

// Cuts the row at c->row into fields; at.p is left at its line end, or at the end of the file.
static enum cut_result cut_row(struct csv *c, struct cut *k)
{
    *k = (struct cut){ .at = { .p = c->row } };
    for (;; k->at.p++) {
        bool            quoted = c->has_quote && *k->at.p == c->quote;
        enum cut_result r = quoted ? cut_quoted(c, k) : cut_plain(c, k);
        // A closing quote in the last byte read, or CUT_MORE: what follows is not known yet.
        if (r == CUT_MORE || (k->at.p == c->end && !c->eof)) return CUT_MORE;
        if (k->at.p == c->end || *k->at.p != c->separator || k->problem == CSV_OPEN_QUOTE) return CUT_ROW;
    }
}

// The row at c->row is longer than the limit, and none of its quotes holds a line end: it ends at the next
// one.
static bool skip_line(struct csv *c, struct cut *k)
{
    *k = (struct cut){ .at = { .p = line_end(c->row) }, .problem = CSV_TOO_LONG };
    if (k->at.p < c->end) return true;
    // Its beginning stays at the front for csv_raw; the rest goes by in the room behind.
    memmove(c->data, c->row, CSV_MAX_ROW_BYTES);
    c->row = c->data;
    while (k->at.p == c->end && !c->eof) {
        c->end = c->data + CSV_MAX_ROW_BYTES;
        if (!read_chunk(c)) return false;
        k->at.p = line_end(c->data + CSV_MAX_ROW_BYTES);
    }
    return true;
}

static bool find_row(struct csv *c, struct cut *k)
{
    enum cut_result r;
    while ((r = cut_row(c, k)) == CUT_MORE && c->end - c->row <= CSV_MAX_ROW_BYTES)
        if (!read_more(c)) return false;
    // Too many fields over several lines are a quote that was never closed, as too many bytes are.
    bool fits = r == CUT_ROW && k->at.p - c->row <= CSV_MAX_ROW_BYTES;
    if (fits && !(k->problem == CSV_TOO_LONG && k->fold.p)) return true;
    if (k->fold.p) return open_quote(c, k, k->fold, r == CUT_ROW ? k->at.p : c->end) == CUT_ROW;
    return skip_line(c, k);
}

// -- text ---------------------------------------------------------------------------------------------------

// No byte is NUL or above 0x7F.
static bool is_plain(str s)
{
    const uint64_t low = 0x0101010101010101, high = 0x8080808080808080;
    size_t         i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t v;
        memcpy(&v, s.p + i, 8);
        if ((v | (v - low)) & high) return false;
    }
    for (; i < s.n; i++)
        if ((unsigned char)(s.p[i] - 1) >= 0x7F) return false;
    return true;
}

static str without_doubled_quotes(struct csv *c, str s)
{
    char  *to = buf_room(&c->text, s.n);
    size_t n = 0;
    for (size_t i = 0; to && i < s.n; i++) {
        to[n++] = s.p[i];
        if (s.p[i] == c->quote) i++;
    }
    return (str){ to, n };
}

// Fields that cannot stay as they are in the window are written anew to c->text, which never grows on the way
// (there would be no slices into it otherwise): each byte becomes at most one without quotes and three of
// UTF-8.
static bool finish_fields(struct csv *c, struct cut *k)
{
    bool plain = is_plain(c->raw);
    if (plain && !k->at.n_doubled) return true;
    buf_reset(&c->text);
    if (!buf_room(&c->text, 4 * c->raw.n)) return false;
    c->text.n = 0;
    for (size_t i = 0; i < k->at.n_doubled; i++) {
        str *f = &c->field[c->doubled[i]];
        *f = without_doubled_quotes(c, *f);
    }
    for (size_t i = 0; i < k->at.n && !plain; i++) {
        str *f = &c->field[i];
        if (is_plain(*f) || (c->encoding == TEXT_UTF8 && str_is_utf8(*f, NULL))) continue;
        size_t from = c->text.n;
        bool   other = c->encoding != TEXT_UTF8 && text_seems_utf8(*f);
        if (other) c->as_utf8++;
        else c->not_utf8++;
        if (!text_to_utf8(&c->text, c->encoding, *f) || other) set_problem(k, CSV_BAD_ENCODING, i + 1);
        *f = (str){ c->text.p + from, c->text.n - from };
    }
    return true;
}

static void take_row(struct csv *c, const struct cut *k)
{
    size_t n = (size_t)(k->at.p - c->row);
    c->consumed += n + 1;
    c->raw = (str){ c->row, n > CSV_MAX_ROW_BYTES ? CSV_MAX_ROW_BYTES : n };
    c->row = k->at.p;
    c->line += k->at.lines;
    if (c->row == c->end) return;
    c->skip_lf = *c->row++ == '\r';
    c->line++;
}

bool csv_next(struct csv *c, struct csv_row *row)
{
    struct cut k;
    if (!begin_row(c)) return false;
    uint64_t line = c->line;
    if (!find_row(c, &k)) return false;
    take_row(c, &k);
    if (!finish_fields(c, &k)) {
        c->failed = fail(&c->sc.fault, ERR_NOMEM, "no room for a row of %zu bytes", c->raw.n) != OK;
        return false;
    }
    *row = (struct csv_row){ c->field, k.at.n, line, k.problem, k.column, k.at.lines > 0 };
    return true;
}

str csv_raw(struct csv *c)
{
    if (is_plain(c->raw)) return c->raw;
    buf_reset(&c->raw_text);
    text_to_utf8(&c->raw_text, c->encoding, c->raw);
    return !c->raw_text.failed ? buf_str(&c->raw_text) : (str){ 0 };
}

const char *csv_problem_text(enum csv_problem problem)
{
    static const char *const texts[] = {
        [CSV_FINE] = "the row is well formed",
        [CSV_BAD_ENCODING] =
            "a byte has no meaning in the encoding of the file, or is of UTF-8 where it is another",
        [CSV_TOO_LONG] = "the row is too long or has too many fields",
        [CSV_OPEN_QUOTE] = "a quote is opened and never closed",
        [CSV_STRAY_QUOTE] = "text follows a closing quote",
    };
    return texts[problem];
}

// -- writing ------------------------------------------------------------------------------------------------

// Cuts what a spreadsheet passes over: blanks, no-break spaces, quotes of both kinds.
static str without_lead(str s)
{
    for (;;) {
        if (s.n && (*s.p == ' ' || *s.p == '"' || *s.p == '\'')) s = str_slice(s, 1, s.n);
        else if (str_starts(s, S("\u00A0"))) s = str_slice(s, 2, s.n);
        else return s;
    }
}

static bool is_formula(str s)
{
    // The last four are the wide forms of = + - @, which some languages' spreadsheets read as these.
    static const char *const begins[] = { "=",  "+",      "-",      "@",      "\t",    "\r",
                                          "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20" };
    str                      rest = without_lead(s);
    double                   number;
    if (rest.n == s.n && str_to_double(s, &number)) return false;
    for (size_t i = 0; i < COUNT(begins); i++)
        if (str_starts(rest, str_of(begins[i]))) return true;
    return false;
}

void csv_add(struct buf *to, str s)
{
    bool guard = is_formula(s), plain = true;
    for (size_t i = 0; i < s.n && plain; i++)
        plain = s.p[i] != '"' && s.p[i] != ',' && s.p[i] != '\n' && s.p[i] != '\r';
    if (!plain) buf_add_c(to, '"');
    if (guard) buf_add_c(to, '\'');
    for (size_t i = 0; i < s.n && !plain; i++) {
        if (s.p[i] == '"') buf_add_c(to, '"');
        buf_add_c(to, s.p[i]);
    }
    buf_add(to, plain ? s : S("\""));
}

/// Has it nothing that csv_add_public would write in another way? A quick look: of what it sends on, most is as it is.
static bool is_tame(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < ' ' || c == ';' || c == 0x7F || c == 0xC2 || c == 0xD8 || c == 0xE2 || c == 0xEF || c == 0xF3)
            return false;
    }
    return true;
}

void csv_add_public(struct buf *to, str s)
{
    if (is_tame(s)) {
        csv_add(to, s);
        return;
    }
    AUTO(buf_free) struct buf shown, parted;
    buf_init(&shown, 16 * (s.n + 1));
    buf_init(&parted, 32 * (s.n + 1));
    shown_add(&shown, s);
    str rest = buf_str(&shown), part;
    while (str_cut(&rest, ';', &part)) {
        buf_add(&parted, part);
        if (rest.p) buf_add_c(&parted, ';');
        if (rest.p && is_formula(rest)) buf_add_c(&parted, '\'');
    }
    if (shown.failed || parted.failed) to->failed = true;
    csv_add(to, buf_str(&parted));
}

str csv_cell(str field)
{
    str rest = str_slice(field, 1, field.n);
    return field.n && *field.p == '\'' && is_formula(rest) ? rest : field;
}
