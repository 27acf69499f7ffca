// SPDX-License-Identifier: EUPL-1.2
#include "import/reader.h"

#include "base/arena.h"
#include "import/condition.h"
#include "import/unread.h"
#include "import/when.h"
#include "model/letters.h"
#include "wire/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NO_FIELD = -1,
    FROM_LON = -2,
    FROM_LAT = -3,
    FROM_FILE = -4,
    NAMES_MAX_BYTES = 64 * 1024,
    LATE_NAMES_MAX = 4096,
    LATE_BYTES = 4 << 20,
    RAW_MAX_BYTES = 1 << 22,
    COMPOSED_BYTES = 64 << 20
};

struct watched { // a column that nothing reads
    bool                 on, surnames;
    uint64_t             hits;    // values that tell a sensitive kind
    uint64_t             damaged; // values that have lost letters
    bool                 marks;   // yes or no stands there
    bool                 other;   // something else does
    const struct phrase *example;
};

struct reader {
    const struct profile  *p;
    struct scope           sc;  // holds why reading ended early; it has no memory
    struct csv            *csv; // one of the two
    struct geojson        *geojson;
    struct geojson_feature feature;
    struct geojson_property
        property[GEOJSON_MAX_PROPERTIES]; // of a feature whose names or texts are not as profiles have theirs
    struct geojson_property        beside_it[GEOJSON_MAX_PROPERTIES];
    const struct geojson_property *written; // the feature's properties, as the file has them
    struct csv_row                 row;
    str                            value[COLUMNS_MAX];
    int                            field[COLUMNS_MAX]; // CSV: where each column stands, or one of the above
    str                           *name;               // of the fields; into names
    size_t                         n_names;
    char                          *names;
    size_t                         next_name; // of features: behind the one that was met last
    struct arena       *composed; // texts of the record at hand whose letters had marks behind them
    struct arena       *late;     // holds the names that the first feature has not
    struct file_columns columns;
    unsigned            untold; // import/missing.h
    bool                begun;  // the first feature is read
    str                 file;
    char                lon[32], lat[32];
    struct buf          raw;
    struct buf          beside;  // name of a member beside the properties
    struct values      *values;  // NULL: nothing is looked at
    struct watched     *watched; // [n_names]
    struct choices      choices;
    struct watched      untaken[COLUMNS_MAX]; // of them: values that were not read
    struct watched      surplus;              // values behind the last column
};

// -- what is it? ---------------------------------------------------------------------------------------------------

/// GeoJSON begins with a brace, or with the separator of RFC 8142; no table does.
static enum err is_geojson(struct scope *sc, struct stream *from, bool *out)
{
    char   head[256];
    size_t n = 0, got = 1, at = 0;
    while (n < sizeof head && got) {
        TRY(stream_read(sc, from, head + n, sizeof head - n, &got));
        n += got;
    }
    TRY(stream_rewind(sc, from));
    if (n >= 3 && !memcmp(head, "\xEF\xBB\xBF", 3)) at = 3;
    while (at < n && strchr(" \t\r\n", head[at])) at++;
    *out = at < n && (head[at] == '{' || head[at] == '\x1E');
    return OK;
}

/// The name of a column or property, as all that compares names has it. Not to be asked twice: a guard could stand on a guard.
static str column_name(str written)
{
    return csv_cell(str_trim(written));
}

static enum err copy_names(struct scope *sc, const str *from, size_t n, struct sample *out)
{
    str *name = arena_array(sc->mem, str, n + 1);
    if (!name) return fail(&sc->fault, ERR_NOMEM, "no room for the names of %zu columns", n);
    for (size_t i = 0; i < n; i++) {
        TRY(letters_composed(sc, str_slice(column_name(from[i]), 0, NAMES_MAX_BYTES), &name[i]));
        name[i] = arena_str(sc->mem, name[i]);
        if (!name[i].p) return fail(&sc->fault, ERR_NOMEM, "no room for the names of %zu columns", n);
    }
    out->name = name;
    out->n = n;
    return OK;
}

enum err sample_read(struct scope *sc, struct stream *from, const struct csv_options *csv, struct sample *out)
{
    struct sample s = { 0 };
    TRY(is_geojson(sc, from, &s.geojson));
    if (s.geojson) {
        AUTO(geojson_closep) struct geojson *g = NULL;
        struct geojson_feature               f;
        str                                  name[GEOJSON_MAX_PROPERTIES];
        TRY(geojson_open(sc, from, &g));
        if (geojson_next(g, &f)) {
            for (size_t i = 0; i < f.n_properties; i++) name[i] = f.property[i].key;
            s.kind = f.geometry.kind;
            TRY(copy_names(sc, name, f.n_properties, &s));
        } else TRY(geojson_end(sc, g));
    } else {
        AUTO(csv_closep) struct csv *c = NULL;
        struct csv_row               row;
        TRY(csv_open(sc, from, csv, &c));
        if (csv_next(c, &row)) TRY(copy_names(sc, row.field, row.n, &s));
        else TRY(csv_end(sc, c));
    }
    TRY(stream_rewind(sc, from));
    *out = s;
    return OK;
}

// -- opening -------------------------------------------------------------------------------------------------------

void reader_close(struct reader *r)
{
    if (!r) return;
    csv_close(r->csv);
    geojson_close(r->geojson);
    arena_close(r->late);
    arena_close(r->composed);
    free(r->names);
    free(r->name);
    free(r->watched);
    buf_free(&r->raw);
    buf_free(&r->beside);
    free(r);
}

void reader_closep(struct reader **r)
{
    reader_close(*r);
    *r = NULL;
}

/// What a profile compares is in one form, however the file writes letters with marks.
static bool compose(struct reader *r, str *s)
{
    if (!letters_marked(*s)) return true;
    if (!r->composed) r->composed = arena_open(COMPOSED_BYTES);
    struct scope own = { .mem = r->composed };
    if (!r->composed) return fail(&r->sc.fault, ERR_NOMEM, "no room for a text of %zu bytes", s->n) == OK;
    if (!letters_composed(&own, *s, s)) return true;
    r->sc.fault = own.fault;
    return false;
}

static enum err keep_names(struct scope *sc, struct reader *r, const str *name, size_t n)
{
    size_t bytes = 0;
    r->name = calloc(n + 1, sizeof *r->name);
    for (size_t i = 0; i < n && r->name; i++) {
        r->name[i] = column_name(name[i]);
        if (!compose(r, &r->name[i])) return sc->fault = r->sc.fault, sc->fault.code;
        bytes += r->name[i].n;
    }
    r->names = malloc(bytes + 1);
    if (!r->names || !r->name) return fail(&sc->fault, ERR_NOMEM, "no room for the names of %zu columns", n);
    char *at = r->names;
    for (size_t i = 0; i < n; i++) {
        str s = r->name[i];
        if (s.n) memcpy(at, s.p, s.n);
        r->name[i] = (str){ at, s.n };
        at += s.n;
    }
    r->columns.name = r->name;
    r->columns.n = r->n_names = n;
    return OK;
}

/// Names for what is not in the file; NO_FIELD: it is none of them.
static int made_of(str column)
{
    if (str_eq(column, S("@lon"))) return FROM_LON;
    if (str_eq(column, S("@lat"))) return FROM_LAT;
    return str_eq(column, S("@file")) ? FROM_FILE : NO_FIELD;
}

static int field_of(const struct reader *r, str column)
{
    if (made_of(column) != NO_FIELD) return made_of(column);
    for (size_t i = 0; i < r->n_names; i++)
        if (str_eq(r->name[i], column)) return (int)i;
    return NO_FIELD;
}

static void count_columns(struct reader *r)
{
    for (size_t i = 0; i < r->p->columns.n; i++) {
        r->field[i] = field_of(r, r->p->columns.name[i]);
        r->columns.times[i] = r->field[i] == FROM_FILE;
        for (size_t k = 0; r->field[i] >= 0 && k < r->n_names; k++)
            if (str_eq(r->name[k], r->p->columns.name[i]) && r->columns.times[i] < 2) r->columns.times[i]++;
    }
}

static enum err open_csv(struct scope *sc, struct stream *from, struct reader *r)
{
    TRY(csv_open(sc, from, &r->p->csv, &r->csv));
    if (r->p->header) {
        if (!csv_next(r->csv, &r->row)) {
            TRY(csv_end(sc, r->csv));
            return fail(&sc->fault, ERR_INVALID, "the file is empty");
        }
        TRY(keep_names(sc, r, r->row.field, r->row.n));
    } else TRY(keep_names(sc, r, r->p->given, r->p->n_given));
    count_columns(r);
    r->untold = missing_untold(r->p, &r->columns);
    TRY(missing_check(sc, r->p, &r->columns));
    return unread_check(sc, r->p, &r->columns);
}

enum err reader_open(struct scope *sc, struct stream *from, const struct profile *p, struct reader **out)
{
    AUTO(reader_closep) struct reader *r = calloc(1, sizeof *r);
    bool                               geojson;
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room to read %.*s", STR(stream_part_name(from)));
    r->p = p;
    r->file = stream_part_name(from);
    buf_init(&r->raw, RAW_MAX_BYTES);
    buf_init(&r->beside, NAMES_MAX_BYTES);
    TRY(is_geojson(sc, from, &geojson));
    r->columns.features = geojson;
    if (geojson) TRY(geojson_open(sc, from, &r->geojson));
    else TRY(open_csv(sc, from, r));
    *out = r;
    r = NULL;
    return OK;
}

// -- values of columns that nothing reads ------------------------------------------------------------------------------

static enum err watch_column(struct scope *sc, struct reader *r, size_t n)
{
    struct watched *grown = realloc(r->watched, (n + 1) * sizeof *grown);
    if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    r->watched = grown;
    // A column of the file that is called "@lon" is not what a profile means by that.
    grown[n] = (struct watched){ .on = unread_watches(r->p, r->name[n]) || made_of(r->name[n]) != NO_FIELD,
                                 .surnames = unread_surnames(r->name[n]) };
    return OK;
}

static enum err watch_all(struct scope *sc, struct reader *r)
{
    for (size_t i = 0; i < r->n_names && r->values; i++) TRY(watch_column(sc, r, i));
    return OK;
}

enum err reader_watch(struct scope *sc, struct reader *r, struct values *v)
{
    r->values = v;
    missing_choices(r->p, &r->choices);
    return watch_all(sc, r);
}

/// One word without a digit, which elsewhere would tell of a child or a relative.
static bool is_surname(str value, const struct phrase *hit)
{
    const sensitivity_set mild = sensitivity_bit(SENSITIVITY_CHILD) | sensitivity_bit(SENSITIVITY_DOMESTIC);
    str                   rest = str_trim(value);
    while (rest.n) {
        uint32_t c = letters_next(&rest);
        if (!letters_make_words(c) || letters_digit(c) >= 0) return false;
    }
    return hit->n == 1 && !(hit->classes & VALUES_CLASSES & ~(unsigned)mild);
}

static bool watch_value(struct reader *r, struct watched *w, str value)
{
    const struct phrase *hit;
    bool                 damaged;
    if (!value.n) return true;
    if (!w->other) w->other = condition_word(value) == REPLY_NEITHER, w->marks = true;
    if (values_hit(r->values, &r->sc, value, &hit, &damaged)) return false;
    w->damaged += damaged;
    if (!hit || (w->surnames && is_surname(value, hit))) return true;
    w->hits++;
    if (!w->example) w->example = hit;
    return true;
}

static bool watch(struct reader *r, size_t column, str value)
{
    return !r->watched[column].on || watch_value(r, &r->watched[column], value);
}

/// Values of columns that are read where others are blank, and are not read in this row.
static bool watch_untaken(struct reader *r)
{
    const struct choices *c = &r->choices;
    uint64_t              taken = 0;
    uint8_t               column;
    for (size_t i = 0; c->columns && i < c->n; i++)
        if (template_value(c->part[i], r->value, &column).n) taken |= (uint64_t)1 << column;
    for (size_t i = 0; c->columns & ~taken && i < c->n; i++) {
        struct template_part one;
        unsigned             choice = 0;
        while (template_untaken(c->part[i], r->value, &choice, &one))
            if ((c->columns & ~taken) >> one.column[0] & 1 &&
                !watch_value(r, &r->untaken[one.column[0]], r->value[one.column[0]]))
                return false;
    }
    return true;
}

/// subject: its values are not read, a clause to begin with.
static enum err suspect_words(struct scope *sc, str name, const struct watched *w, str subject,
                              struct suspect *out)
{
    unsigned long long n = w->hits ? w->hits : w->damaged;
    const char        *have = plural(n, "has", "have");
    if (!w->hits)
        return unread_words(sc, name, subject,
                            arena_printf(sc->mem,
                                         "%llu of its values %s lost letters (question marks within words, "
                                         "U+FFFD, words as they come of an encoding that was taken for "
                                         "another), so that words of sensitive kinds would not be found "
                                         "in them",
                                         n, have),
                            arena_printf(sc->mem,
                                         "%llu of its values %s lost letters: have the file made anew", n,
                                         have),
                            true, out);
    str as = arena_printf(sc->mem,
                          "%llu of its values %s words or articles of sensitive kinds, as \"%.*s\" (%.*s)", n,
                          have, STR(str_slice(w->example->written, 0, 60)),
                          STR(sensitivity_word(sensitivity_strictest(w->example->classes))));
    return unread_words(sc, name, subject, as, as, false, out);
}

static bool tells_words(const struct watched *w)
{
    return w->hits || w->damaged;
}

/// Of a column that nothing reads, and of one that is read where others are blank, those that were not read.
static enum err list_watched(struct scope *sc, const struct reader *r, struct suspect *list, size_t *n)
{
    const char *what = r->geojson ? "property" : "column";
    for (size_t i = 0; i < r->n_names && r->watched; i++)
        if (tells_words(&r->watched[i]))
            TRY(suspect_words(sc, r->name[i], &r->watched[i],
                              arena_printf(sc->mem, "nothing reads the %s \"%.*s\"", what,
                                           STR(str_slice(r->name[i], 0, 60))),
                              &list[(*n)++]));
    for (size_t i = 0; i < r->n_names && r->watched; i++) {
        const struct watched *w = &r->watched[i];
        bool                  is = false;
        if (w->marks && !w->other && !tells_words(w))
            TRY(unread_marks(sc, r->name[i], r->geojson != NULL, &list[*n], &is));
        *n += is;
    }
    for (size_t i = 0; i < r->p->columns.n; i++)
        if (tells_words(&r->untaken[i]))
            TRY(suspect_words(sc, r->p->columns.name[i], &r->untaken[i],
                              arena_printf(sc->mem, "the %s \"%.*s\" is not read where another is not blank",
                                           what, STR(str_slice(r->p->columns.name[i], 0, 60))),
                              &list[(*n)++]));
    return OK;
}

/// Fields behind the last column, in a file whose rows may have any number of them.
static enum err check_surplus(struct scope *sc, const struct reader *r)
{
    const struct watched *w = &r->surplus;
    unsigned long long    n = w->hits ? w->hits : w->damaged;
    if (!n || !r->p->any_field_count) return OK;
    if (!w->hits)
        return fail(&sc->fault, ERR_INVALID,
                    "rows have more fields than there are columns, and %llu of those behind the last %s lost "
                    "letters. Have the file made anew, or give the columns names",
                    n, plural(n, "has", "have"));
    return fail(&sc->fault, ERR_INVALID,
                "rows have more fields than there are columns, and %llu of those behind the last %s words or "
                "articles of sensitive kinds, as \"%.*s\" (%.*s): a separator within a text may have cut it. "
                "Put such texts into quotation marks, or give the columns names",
                n, plural(n, "has", "have"), STR(str_slice(w->example->written, 0, 60)),
                STR(sensitivity_word(sensitivity_strictest(w->example->classes))));
}

static enum err check_watched(struct scope *sc, const struct reader *r)
{
    size_t          n = 0, most = r->n_names + r->p->columns.n + 1;
    struct suspect *list = arena_array(sc->mem, struct suspect, most);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    TRY(list_watched(sc, r, list, &n));
    if (n) return unread_refuse(sc, r->p, r->geojson != NULL, list, n);
    return check_surplus(sc, r);
}

// -- reading ---------------------------------------------------------------------------------------------------------

static str number_text(double v, char to[32])
{
    int n = snprintf(to, 32, "%.9f", v);
    return n > 0 && n < 32 ? (str){ to, (size_t)n } : S("out of range");
}

static str next_line(str *rest)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r') n++;
    str line = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n + 1, rest->n);
    return line;
}

/// The n-th field of a line without quotes.
static str piece_of(str line, char separator, int n)
{
    str piece = { 0 };
    for (int i = 0; i <= n && str_cut(&line, separator, &piece); i++) continue;
    return str_trim(piece);
}

/// Is a line within a field a row: as many fields as the header has, and a date where rows have theirs?
static bool is_row(struct reader *r, str line, bool *out)
{
    char         separator = r->p->csv.separator ? r->p->csv.separator : ',';
    size_t       fields = 1;
    struct scope own = { .mem = r->composed };
    str          value[COLUMNS_MAX], date;
    struct when  when;
    *out = false;
    for (size_t i = 0; i < line.n; i++) fields += line.p[i] == separator;
    if (fields != r->n_names) return true;
    for (size_t i = 0; i < r->p->columns.n; i++)
        value[i] = r->field[i] >= 0           ? piece_of(line, separator, r->field[i])
                   : r->field[i] == FROM_FILE ? r->file
                                              : (str){ 0 };
    if (template_fill(&own, &r->p->from, value, &date)) return r->sc.fault = own.fault, false;
    for (size_t i = 0; i < r->p->n_patterns && !*out; i++)
        *out = date.n && when_read(date, r->p->pattern[i], &when) == WHEN_READ;
    return true;
}

/// A quote that nobody closed takes rows with it, up to the next one: the field then holds them, line by line.
static bool find_swallowed(struct reader *r, struct csv_row *row)
{
    if (!r->composed) r->composed = arena_open(COMPOSED_BYTES);
    if (!r->composed) return fail(&r->sc.fault, ERR_NOMEM, "no room for a row of several lines") == OK;
    for (size_t i = 0; i < row->n && row->problem == CSV_FINE; i++) {
        str rest = row->field[i];
        next_line(&rest);
        while (row->problem == CSV_FINE && rest.n) {
            bool is;
            if (!is_row(r, next_line(&rest), &is)) return false;
            if (is) row->problem = CSV_OPEN_QUOTE, row->column = i + 1;
        }
    }
    return true;
}

static bool next_row(struct reader *r, struct record *out)
{
    if (!csv_next(r->csv, &r->row)) return false;
    struct csv_row *row = &r->row;
    if (row->folded && row->problem == CSV_FINE && !find_swallowed(r, row)) return false;
    for (size_t i = 0; r->watched && row->problem == CSV_FINE && i < row->n && i < r->n_names; i++)
        if (r->watched[i].on && !watch(r, i, row->field[i])) return false;
    for (size_t i = r->n_names; r->watched && row->problem == CSV_FINE && i < row->n; i++)
        if (!watch_value(r, &r->surplus, row->field[i])) return false;
    if (r->composed) arena_reset(r->composed);
    for (size_t i = 0; i < r->p->columns.n; i++) {
        int field = r->field[i];
        r->value[i] = field == FROM_FILE                     ? r->file
                      : field >= 0 && (size_t)field < row->n ? csv_cell(row->field[field])
                                                             : (str){ 0 };
        if (!compose(r, &r->value[i])) return false;
    }
    if (row->problem == CSV_FINE && !watch_untaken(r)) return false;
    *out = (struct record){ .value = r->value,
                            .line = row->line,
                            .problem = row->problem,
                            .problem_field = row->column,
                            .fields = row->n,
                            .wanted = r->n_names,
                            .field = row->field,
                            .at = r->field,
                            .untold = r->untold };
    return true;
}

/// Is it known? Features mostly have their properties in one order.
static bool name_known(struct reader *r, str key)
{
    for (size_t i = 0; i < r->n_names; i++) {
        size_t at = (r->next_name + i) % r->n_names;
        if (!str_eq(r->name[at], key)) continue;
        r->next_name = at + 1;
        return true;
    }
    return false;
}

static bool add_name(struct reader *r, str key)
{
    if (name_known(r, key)) return true;
    if (r->n_names >= LATE_NAMES_MAX)
        return fail(&r->sc.fault, ERR_LIMIT, "the features have more than %d different properties",
                    LATE_NAMES_MAX) == OK;
    if (!r->late) r->late = arena_open(LATE_BYTES);
    str *grown = realloc(r->name, (r->n_names + 1) * sizeof *grown);
    if (grown) r->name = grown;
    str kept = grown && r->late ? arena_str(r->late, key) : (str){ 0 };
    if (!kept.p) return fail(&r->sc.fault, ERR_NOMEM, "no room for the names of properties") == OK;
    r->name[r->n_names] = kept;
    if (r->values && watch_column(&r->sc, r, r->n_names)) return false;
    r->n_names++;
    r->columns.name = r->name;
    r->columns.n = r->n_names;
    return true;
}

#define BESIDE S("@feature.")

/// The column of a member beside the properties. Valid until the next one.
static bool beside_name(struct reader *r, str key, str *out)
{
    buf_reset(&r->beside);
    buf_add(&r->beside, BESIDE);
    buf_add(&r->beside, key);
    *out = buf_str(&r->beside);
    return !r->beside.failed ||
           fail(&r->sc.fault, ERR_LIMIT, "the name of a member of a feature is longer than %d bytes",
                NAMES_MAX_BYTES) == OK;
}

/// Properties that no feature before had: what protects may stand in a later one alone.
static bool late_names(struct reader *r)
{
    const struct geojson_feature *f = &r->feature;
    str                           name;
    for (size_t i = 0; i < f->n_properties; i++)
        if (!add_name(r, f->property[i].key)) return false;
    for (size_t i = 0; i < f->n_beside; i++)
        if (!beside_name(r, f->beside[i].key, &name) || !add_name(r, name)) return false;
    return true;
}

/// The first feature stands for the header: a flag that it has no property for is one that the file does not tell of.
static bool begin_features(struct reader *r)
{
    if (!late_names(r)) return false;
    r->untold = missing_untold(r->p, &r->columns);
    return r->begun = true;
}

/// Names are known by now, and stand in the order in which features have them.
static bool watch_feature(struct reader *r)
{
    const struct geojson_feature *f = &r->feature;
    for (size_t i = 0; r->watched && i < f->n_properties; i++)
        if (f->property[i].kind != PROPERTY_NULL && name_known(r, f->property[i].key) &&
            !watch(r, r->next_name - 1, f->property[i].text))
            return false;
    for (size_t i = 0; r->watched && i < f->n_beside; i++) {
        str name;
        if (f->beside[i].kind != PROPERTY_NULL && beside_name(r, f->beside[i].key, &name) &&
            name_known(r, name) && !watch(r, r->next_name - 1, f->beside[i].text))
            return false;
    }
    return true;
}

/// Names and texts as profiles have theirs. Whatever compares a name does so with these, or one that is not read would pass for one
/// that is.
static bool take_properties(struct reader *r, const struct geojson_property **of, size_t n,
                            struct geojson_property to[])
{
    bool other = false;
    for (size_t i = 0; i < n && !other; i++) {
        const struct geojson_property *p = &(*of)[i];
        other = column_name(p->key).n != p->key.n || letters_marked(p->key) || letters_marked(p->text);
    }
    if (!other) return true;
    memcpy(to, *of, n * sizeof *to);
    *of = to;
    for (size_t i = 0; i < n; i++) {
        to[i].key = column_name(to[i].key);
        if (!compose(r, &to[i].key) || !compose(r, &to[i].text)) return false;
    }
    return true;
}

static void add_value(const struct geojson_property *of, size_t n, str column, str *value, unsigned *times)
{
    for (size_t k = 0; k < n; k++) {
        if (!str_eq(of[k].key, column)) continue;
        if (!(*times)++ && of[k].kind != PROPERTY_NULL) *value = of[k].text;
    }
}

/// The value of a column that is none of the names for what is not in the file. *times: how often the feature has it, if only as null.
static str feature_value(const struct geojson_feature *f, str column, unsigned *times)
{
    str value = { 0 };
    *times = 0;
    add_value(f->property, f->n_properties, column, &value, times);
    if (str_starts(column, BESIDE))
        add_value(f->beside, f->n_beside, str_slice(column, BESIDE.n, column.n), &value, times);
    return value;
}

/// Of two only one would be read, and nobody would look at the other.
static bool stands_twice(struct reader *r, str column)
{
    return fail(&r->sc.fault, ERR_INVALID,
                "line %llu: the property \"%.*s\" stands twice in one feature (blanks around a name do not "
                "count); leave one",
                (unsigned long long)r->feature.line, STR(str_slice(column, 0, 60))) != OK;
}

static bool next_feature(struct reader *r, struct record *out)
{
    struct geojson_feature *f = &r->feature;
    if (!geojson_next(r->geojson, f)) return false;
    bool point = f->geometry.kind == GEOM_POINT && f->geometry.n_points == 1;
    if (r->composed) arena_reset(r->composed);
    r->written = f->property;
    if (!take_properties(r, &f->property, f->n_properties, r->property) ||
        !take_properties(r, &f->beside, f->n_beside, r->beside_it))
        return false;
    for (size_t i = 0; i < r->p->columns.n; i++) {
        str column = r->p->columns.name[i], value = { 0 };
        if (str_eq(column, S("@lon"))) value = point ? number_text(f->geometry.lon_lat[0], r->lon) : value;
        else if (str_eq(column, S("@lat")))
            value = point ? number_text(f->geometry.lon_lat[1], r->lat) : value;
        else if (str_eq(column, S("@file"))) value = r->file;
        else {
            unsigned times;
            value = feature_value(f, column, &times);
            if (times > 1 && missing_reads(r->p, column)) return !stands_twice(r, column);
            if (times) r->columns.times[i] = 1;
        }
        if (value.n) r->columns.times[i] = 1;
        r->value[i] = value;
    }
    if (!r->begun ? !begin_features(r) : !late_names(r)) return false;
    if (!watch_feature(r) || !watch_untaken(r)) return false;
    *out = (struct record){ .value = r->value, .line = f->line, .list = true, .untold = r->untold };
    return true;
}

/// A property that only later features have was taken for one that the file does not tell.
static enum err check_features(struct scope *sc, const struct reader *r)
{
    if (!r->begun) return OK;
    TRY(missing_check(sc, r->p, &r->columns));
    TRY(unread_check(sc, r->p, &r->columns));
    unsigned late = r->untold & ~missing_untold(r->p, &r->columns);
    if (!late) return OK;
    int first = __builtin_ctz(late);
    return fail(&sc->fault, ERR_INVALID,
                "the first feature has no property that tells %s, and a later one has: every feature must "
                "have it, if only as null",
                first < FLAGS ? flag_rules[first].hangs : MISSING_CLASSES);
}

bool reader_next(struct reader *r, struct record *out)
{
    return r->geojson ? next_feature(r, out) : next_row(r, out);
}

enum err reader_end(struct scope *sc, const struct reader *r)
{
    if (r->sc.fault.code) {
        sc->fault = r->sc.fault;
        return sc->fault.code;
    }
    TRY(r->geojson ? geojson_end(sc, r->geojson) : csv_end(sc, r->csv));
    TRY(check_watched(sc, r));
    return r->geojson ? check_features(sc, r) : OK;
}

const struct file_columns *reader_columns(const struct reader *r)
{
    return &r->columns;
}

str reader_raw(struct reader *r)
{
    if (r->csv) return csv_raw(r->csv);
    const struct geojson_property *property = r->written;
    buf_reset(&r->raw);
    struct json j = json_on(&r->raw);
    json_open(&j, '{');
    for (size_t i = 0; i < r->feature.n_properties; i++) {
        json_escape(&r->raw, property[i].key);
        buf_add_c(&r->raw, ':');
        if (property[i].kind == PROPERTY_STRING) json_escape(&r->raw, property[i].text);
        else if (property[i].kind == PROPERTY_NULL) buf_add(&r->raw, S("null"));
        else buf_add(&r->raw, property[i].text);
        if (i + 1 < r->feature.n_properties) buf_add_c(&r->raw, ',');
    }
    buf_add_c(&r->raw, '}');
    return buf_str(&r->raw);
}

str reader_field(const struct reader *r, size_t number)
{
    return number && number <= r->n_names ? r->name[number - 1] : (str){ 0 };
}
