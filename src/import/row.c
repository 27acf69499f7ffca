// SPDX-License-Identifier: EUPL-1.2
#include "import/row.h"

#include "base/arena.h"
#include "base/civil.h"
#include "model/letters.h"
#include "wire/csv.h"
#include <math.h>
#include <string.h>

static enum err no_row(struct row *row, enum reason why, str column)
{
    row->rejected = why;
    row->column = column;
    return OK;
}

static void note(struct row *row, enum reason what)
{
    row->notes |= 1ull << what;
}

static bool in_list(str s, const str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(s, list[i])) return true;
    return false;
}

/// Name of the first column of a text, for the file of rejected rows.
static str column_of(const struct profile *p, const struct template *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->part[i].n) return p->columns.name[t->part[i].column[0]];
    return (str){ 0 };
}

// -- when ------------------------------------------------------------------------------------------------------------

static enum when_result read_date(const struct profile *p, str text, struct when *out)
{
    enum when_result best = WHEN_OTHER;
    for (size_t i = 0; i < p->n_patterns && best != WHEN_READ; i++) {
        enum when_result got = when_read(text, p->pattern[i], out);
        if (got != WHEN_OTHER) best = got;
    }
    return best;
}

/// A time with an offset of its own to the wall of the source's zone.
static void to_wall(const struct zone *zone, struct when *w)
{
    if (!w->has_offset) return;
    int64_t utc = w->wall_s - w->offset_s;
    int32_t here = zone_offset_utc(zone, utc);
    int64_t last = w->last_s - w->wall_s;
    w->wall_s = utc + here;
    w->last_s = w->wall_s + last;
    w->offset_s = here;
}

/// The whole unit around the times, where the profile says that what is finer is not to be believed.
static void widen(struct incident *i, enum precision to)
{
    int32_t day = civil_floor_day(i->from_s), last = civil_floor_day(i->to_s);
    if (to == PRECISION_HOUR) {
        i->from_s -= ((i->from_s % HOUR_S) + HOUR_S) % HOUR_S;
        i->to_s += HOUR_S - 1 - ((i->to_s % HOUR_S) + HOUR_S) % HOUR_S;
    } else if (to == PRECISION_DAY) {
        i->from_s = (int64_t)day * DAY_S;
        i->to_s = (int64_t)last * DAY_S + DAY_S - 1;
    } else if (to == PRECISION_MONTH) {
        i->from_s = (int64_t)civil_day_of_month(civil_month_of_day(day)) * DAY_S;
        i->to_s = (int64_t)civil_day_of_month(civil_month_of_day(last) + 1) * DAY_S - 1;
    }
}

/// What a span of time lets one say: the hour only when it is no longer than an hour, the day when no longer than that.
static enum precision precision_of_span(int64_t seconds)
{
    return seconds < 60       ? PRECISION_MINUTE
           : seconds < HOUR_S ? PRECISION_HOUR
           : seconds < DAY_S  ? PRECISION_DAY
                              : PRECISION_MONTH;
}

static enum err take_when(struct scope *sc, const struct row_rules *rules, const struct record *r,
                          struct row *row)
{
    const struct profile *p = rules->p;
    struct incident      *i = &row->incident;
    struct when           from, to;
    str                   text;
    TRY(template_fill(sc, &p->from, r->value, &text));
    if (!text.n) return no_row(row, REASON_DATE_MISSING, column_of(p, &p->from));
    enum when_result got = read_date(p, text, &from);
    if (got != WHEN_READ)
        return no_row(row, got == WHEN_OTHER ? REASON_DATE_UNREADABLE : REASON_DATE_IMPOSSIBLE,
                      column_of(p, &p->from));
    to_wall(rules->zone, &from);
    i->from_s = from.wall_s;
    i->to_s = from.last_s;
    i->precision = from.precision;
    TRY(template_fill(sc, &p->to, r->value, &text));
    if (text.n && read_date(p, text, &to) != WHEN_READ) note(row, NOTE_WINDOW_UNREADABLE);
    else if (text.n) {
        to_wall(rules->zone, &to);
        if (to.last_s < i->from_s) note(row, NOTE_WINDOW_REVERSED);
        else i->to_s = to.last_s > i->to_s ? to.last_s : i->to_s;
    }
    if (p->finest > i->precision) widen(i, i->precision = p->finest);
    // A zone or a window may carry a time over the edge of what the store can hold.
    if (i->from_s < STORE_FIRST_S || i->to_s > STORE_LAST_S)
        return no_row(row, REASON_DATE_IMPOSSIBLE, column_of(p, &p->from));
    enum precision span = precision_of_span(i->to_s - i->from_s);
    if (span > i->precision) i->precision = span;
    enum zone_kind kind;
    i->offset_s = from.has_offset ? from.offset_s : zone_offset_wall(rules->zone, i->from_s, &kind);
    if (from.has_offset || i->precision > PRECISION_HOUR || kind == ZONE_ONCE) return OK;
    i->flags |= kind == ZONE_GAP ? FLAG_TIME_GAP : FLAG_TIME_REPEAT;
    note(row, kind == ZONE_GAP ? NOTE_TIME_GAP : NOTE_TIME_REPEAT);
    return OK;
}

// -- where -----------------------------------------------------------------------------------------------------------

enum coordinate { BLANK, NUMBER, NONSENSE };

static enum coordinate read_coordinate(const struct profile *p, str text, double *out)
{
    if (!text.n || in_list(text, p->blank, p->n_blank)) return BLANK;
    return str_to_double_mark(text, p->decimal, out) && isfinite(*out) ? NUMBER : NONSENSE;
}

/// Two texts to two numbers; half of a pair is none.
static enum coordinate read_pair(const struct profile *p, str a, str b, double v[2], struct row *row)
{
    enum coordinate first = read_coordinate(p, a, &v[0]), second = read_coordinate(p, b, &v[1]);
    if (first == NUMBER && second == NUMBER) return NUMBER;
    if (first == BLANK && second == BLANK) return BLANK;
    note(row, first == NONSENSE || second == NONSENSE ? NOTE_POINT_UNREADABLE : NOTE_POINT_HALF);
    return NONSENSE;
}

/// "(41.87, -87.72)": latitude first, as portals write it.
static enum coordinate read_written_pair(const struct profile *p, str text, double v[2], struct row *row)
{
    str lat, rest = text = str_trim(text);
    if (text.n >= 2 && text.p[0] == '(' && text.p[text.n - 1] == ')') rest = str_slice(text, 1, text.n - 1);
    if (!rest.n || in_list(text, p->blank, p->n_blank)) return BLANK;
    str_cut(&rest, ',', &lat);
    return read_pair(p, str_trim(rest), str_trim(lat), v, row);
}

static bool is_inside(const struct extent *e, double lon, double lat)
{
    return lon >= e->west && lon <= e->east && lat >= e->south && lat <= e->north;
}

static void set_point(const struct profile *p, double lon, double lat, struct row *row)
{
    struct incident *i = &row->incident;
    if (lon == 0 && lat == 0) {
        note(row, NOTE_POINT_ZERO);
        return;
    }
    if (!is_inside(&p->extent, lon, lat)) {
        if (!is_inside(&p->extent, lat, lon)) {
            note(row, NOTE_POINT_OUTSIDE);
            return;
        }
        note(row, NOTE_POINT_SWAPPED);
        double keep = lon;
        lon = lat;
        lat = keep;
    }
    i->point = p->point;
    i->lon_e7 = (int32_t)lround(lon * 1e7);
    i->lat_e7 = (int32_t)lround(lat * 1e7);
}

/// The first way of telling a place that is not blank: degrees, a written pair, projected, an address.
static enum err take_point(struct scope *sc, const struct row_rules *rules, const struct record *r,
                           struct row *row)
{
    const struct profile *p = rules->p;
    double                v[2];
    struct lon_lat        at;
    str                   a, b;
    TRY(template_fill(sc, &p->lon, r->value, &a));
    TRY(template_fill(sc, &p->lat, r->value, &b));
    enum coordinate got = read_pair(p, a, b, v, row);
    if (got == BLANK) {
        TRY(template_fill(sc, &p->pair, r->value, &a));
        got = read_written_pair(p, a, v, row);
    }
    if (got == NUMBER) set_point(p, v[0], v[1], row);
    if (got != BLANK) return OK;
    TRY(template_fill(sc, &p->x, r->value, &a));
    TRY(template_fill(sc, &p->y, r->value, &b));
    got = rules->crs ? read_pair(p, a, b, v, row) : BLANK;
    if (got == NUMBER) {
        if (crs_to_wgs84(rules->crs, v[0], v[1], &at)) set_point(p, at.lon, at.lat, row);
        else note(row, NOTE_POINT_OUTSIDE);
    }
    if (got != BLANK || !rules->geocode) return OK;
    TRY(template_fill(sc, &p->address, r->value, &a));
    if (a.n && geocode_find(rules->geocode, a, &at)) set_point(p, at.lon, at.lat, row);
    else if (a.n) note(row, NOTE_ADDRESS_UNKNOWN);
    return OK;
}

/// No more than max bytes, and no half of a letter.
static str shorten(str s, size_t max)
{
    if (s.n <= max) return s;
    while (max && ((unsigned char)s.p[max] & 0xC0) == 0x80) max--;
    return str_slice(s, 0, max);
}

static enum err take_where(struct scope *sc, const struct row_rules *rules, const struct record *r,
                           struct row *row)
{
    const struct profile *p = rules->p;
    struct incident      *i = &row->incident;
    TRY(take_point(sc, rules, r, row));
    TRY(template_fill(sc, &p->area, r->value, &i->area));
    TRY(template_fill(sc, &p->place, r->value, &i->place));
    if (in_list(i->place, p->place_blank, p->n_place_blank)) i->place = (str){ 0 };
    if (p->place_strip.n && str_starts(i->place, p->place_strip))
        i->place = str_trim(str_slice(i->place, p->place_strip.n, i->place.n));
    i->place = shorten(i->place, PLACE_MAX_BYTES);
    i->area = shorten(i->area, KEY_MAX_BYTES);
    if (i->point == POINT_NONE && i->area.n) i->point = POINT_AREA;
    return OK;
}

// -- what ------------------------------------------------------------------------------------------------------------

/// One that is left out or cut off could be the one that must not be public.
static void take_kind(str code, struct row *row)
{
    if (row->n_categories == TYPES_MAX) row->rejected = REASON_CATEGORIES_MANY;
    else if (code.n > CODE_MAX_BYTES) row->rejected = REASON_CATEGORY_TOO_LONG;
    else row->category[row->n_categories++] = code;
}

/// "[1,97]" or "["a", "b"]" to codes. A list in a list is no list of codes.
static void take_list(str text, struct row *row)
{
    str inside = str_slice(text, 1, text.n - 1), code;
    while (str_cut(&inside, ',', &code)) {
        code = letters_trim(code);
        if (code.n >= 2 && code.p[0] == '"' && code.p[code.n - 1] == '"')
            code = str_slice(code, 1, code.n - 1);
        if (!code.n || str_eq(code, S("null"))) continue;
        take_kind(code, row);
    }
}

static void take_kinds(const struct record *r, str text, struct row *row)
{
    if (r->list && text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') take_list(text, row);
    else if (text.n) take_kind(text, row);
}

/// Kinds in columns that are read where others are blank: what they hide holds, and what that is the store knows.
static enum err take_other_kinds(struct scope *sc, const struct row_rules *rules, const struct record *r,
                                 struct row *row)
{
    const struct template *of = &rules->p->category;
    struct template other;
    size_t taken = row->n_categories;
    for (unsigned at = 0; !row->rejected && template_other(of, r->value, &at, &other);) {
        str text;
        TRY(template_fill(sc, &other, r->value, &text));
        take_kinds(r, text, row);
    }
    row->n_others = row->n_categories - taken;
    row->n_categories = taken;
    return OK;
}

static enum err take_what(struct scope *sc, const struct row_rules *rules, const struct record *r,
                          struct row *row)
{
    const struct profile *p = rules->p;
    str                   text;
    TRY(template_fill(sc, &p->category, r->value, &text));
    take_kinds(r, text, row);
    TRY(take_other_kinds(sc, rules, r, row));
    if (row->rejected) return no_row(row, row->rejected, column_of(p, &p->category));
    if (!row->n_categories) return no_row(row, REASON_CATEGORY_MISSING, column_of(p, &p->category));
    TRY(template_fill(sc, &p->outcome, r->value, &row->outcome));
    row->outcome = shorten(row->outcome, CODE_MAX_BYTES);
    return OK;
}

static enum err take_flags(struct scope *sc, const struct row_rules *rules, const struct record *r,
                           struct row *row)
{
    const struct profile *p = rules->p;
    for (int i = 0; i < FLAGS; i++) {
        enum reply *says = &row->says[i];
        if (!(r->untold >> i & 1))
            TRY(condition_ask(sc, flag_condition(p, (enum flag)i), r->value, p->blank, p->n_blank, says,
                              &row->odd[i]));
        if (*says == REPLY_NOT_TOLD && flag_rules[i].protects) row->incident.untold |= flag_rules[i].bit;
        bool carries = *says == REPLY_YES || (*says == REPLY_NEITHER && flag_rules[i].protects);
        row->incident.flags |= carries ? flag_rules[i].bit : 0;
    }
    // A mark that says it need not be said twice. But where the kinds and classes of an incident add up for ever, it does, too.
    if (row->incident.flags & FLAG_DOMESTIC) {
        row->incident.classes &= (sensitivity_set)~sensitivity_bit(SENSITIVITY_DOMESTIC);
        if (p->identity == IDENTITY_TYPES) row->incident.classes |= sensitivity_bit(SENSITIVITY_DOMESTIC);
    }
    if (row->incident.flags & FLAG_PLACE_OTHER) note(row, NOTE_PLACE_ELSEWHERE);
    return OK;
}

/// A blank text tells nothing new of an incident that is known by its key for ever. Where keys are less than that, only a
/// missing column says nothing, for all rows of the file alike.
static uint32_t silence(const struct profile *p, const struct record *r, unsigned column, str text)
{
    bool stable = p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES;
    if (r->untold & column) return UNTOLD_CLASSES | UNTOLD_COLUMN;
    return !text.n && stable ? UNTOLD_CLASSES : 0;
}

/// Kinds that are not taken tell classes, too, where nothing else does.
static uint32_t silence_of_kinds(const struct profile *p, const struct row *row)
{
    bool chooses = false, stable = p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES;
    for (unsigned i = 0; i < p->category.n; i++) chooses = chooses || p->category.part[i].n > 1;
    return row->n_others || (chooses && !stable) ? 0 : UNTOLD_CLASSES;
}

/// The class that the profile states for a kind; none that it leaves open or does not name.
static sensitivity_set stated(const struct profile *p, str code)
{
    for (size_t i = 0; i < p->n_categories; i++)
        if (str_eq_nocase(p->categories[i].code, code))
            return p->categories[i].is.sensitivity ? sensitivity_bit(p->categories[i].is.sensitivity) : 0;
    return 0;
}

/// A text that is looked up. One that has lost letters may hold words that nobody finds.
static void judge(const struct profile *p, const struct template *of, str text, const struct text_told *told,
                  struct row *row)
{
    row->judged = true;
    for (size_t i = 0; i < text.n && !row->beyond; i++) row->beyond = text.p[i] & 0x80;
    if (told->damaged && !row->damaged.n) row->damaged = column_of(p, of);
}

static enum err add_code(struct scope *sc, const struct row_rules *rules, const struct record *r,
                         const struct template *of, struct row *row, sensitivity_set *to)
{
    struct text_told code;
    str              text;
    TRY(template_fill(sc, of, r->value, &text));
    if (!text.n) return OK;
    TRY(classes_of_text(sc, rules->p, rules->memo, TEXT_CODE, of, text, r->value, &code));
    *to |= code.classes;
    judge(rules->p, of, text, &code, row);
    // The same number was another article in the law before: § 241 was rape until 2009, and is about taxes since.
    if (row->incident.from_s < rules->p->code_list->since_s) note(row, NOTE_CODE_EARLY);
    else if (code.classes & sensitivity_bit(SENSITIVITY_UNCLASSIFIED)) note(row, NOTE_CODE_UNKNOWN);
    return OK;
}

/// Is it an outcome that the profile names? By its text as it is kept: cells that differ may have one text for words.
static enum err names_outcome(struct scope *sc, const struct profile *p, const struct template *of,
                              const str *value, bool *out)
{
    str told;
    TRY(template_fill(sc, of, value, &told));
    *out = false;
    for (size_t i = 0; i < p->n_outcomes && !*out; i++) *out = str_eq_nocase(p->outcomes[i].code, told);
    return OK;
}

static enum err add_notes(struct scope *sc, const struct word_note *more, size_t n, struct text_told *to)
{
    if (!n) return OK;
    struct word_note *note = arena_array(sc->mem, struct word_note, to->n_notes + n);
    if (!note) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
    if (to->n_notes) memcpy(note, to->note, to->n_notes * sizeof *note);
    memcpy(note + to->n_notes, more, n * sizeof *note);
    to->note = note;
    to->n_notes += n;
    return OK;
}

/// Of a record from before the law the article is unknown, as a code is.
static void add_early(struct row *row, int64_t since_s, struct text_told *to)
{
    if (row->incident.from_s >= since_s) return;
    note(row, NOTE_CODE_EARLY);
    to->classes |= sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
}

/// What a value says together with its column's name.
static enum err tell_mark(struct scope *sc, const struct row_rules *rules, uint8_t column, str value,
                          struct text_told *out)
{
    const struct mark_column *m = &rules->marks[column];
    *out = (struct text_told){ .since_s = CODES_ALWAYS };
    if (rules->memo && mark_column_is_law(m, rules->p, value))
        TRY(class_memo_articles(sc, rules->p, rules->memo, rules->p->columns.name[column], value, out));
    out->classes |= mark_column_tells(m, rules->p, value);
    return OK;
}

/// Adds what the values of a text's columns say together with the columns' names.
static enum err add_marks(struct scope *sc, const struct row_rules *rules, const struct record *r,
                          const struct template *of, struct row *row, struct text_told *to)
{
    for (unsigned i = 0; rules->marks && i < of->n; i++) {
        uint8_t          column;
        struct text_told said;
        if (!of->part[i].n) continue;
        str value = template_value(&of->part[i], r->value, &column);
        TRY(tell_mark(sc, rules, column, value, &said));
        to->spared |= said.spared;
        add_early(row, said.since_s, to);
        if (!said.classes) continue;
        to->classes |= said.classes;
        if (!rules->memo) continue;
        struct word_note note = class_memo_mark(rules->memo, rules->p->columns.name[column], said.classes);
        TRY(add_notes(sc, &note, 1, to));
    }
    return OK;
}

/// Adds what the words of a text say.
static enum err add_words(struct scope *sc, const struct row_rules *rules, const struct record *r,
                          enum record_text which, const struct template *of, struct row *row,
                          struct text_told *to)
{
    struct text_told told;
    str              text;
    bool             named = false;
    TRY(template_fill_apart(sc, of, r->value, &text));
    if (text.n && which == TEXT_OUTCOME) TRY(names_outcome(sc, rules->p, of, r->value, &named));
    if (!named) TRY(add_marks(sc, rules, r, of, row, to));
    if (!text.n || named) return OK;
    TRY(classes_of_text(sc, rules->p, rules->memo, which, of, text, r->value, &told));
    judge(rules->p, of, text, &told, row);
    to->classes |= told.classes;
    to->spared |= told.spared;
    add_early(row, told.since_s, to);
    return add_notes(sc, told.note, told.n_notes, to);
}

/// The words of a text and, each for itself, of the choices in it that are not taken.
static enum err add_all_words(struct scope *sc, const struct row_rules *rules, const struct record *r,
                              enum record_text which, const struct template *of, struct row *row,
                              struct text_told *to)
{
    struct template other;
    TRY(add_words(sc, rules, r, which, of, row, to));
    for (unsigned at = 0; template_other(of, r->value, &at, &other);) {
        other.part[0] = other.part[(at - 1) / TEMPLATE_MAX_CHOICES];
        other.n = 1;
        TRY(add_words(sc, rules, r, which, &other, row, to));
    }
    return OK;
}

/// What the record gives away besides its kind.
static enum err take_classes(struct scope *sc, const struct row_rules *rules, const struct record *r,
                             struct row *row)
{
    const struct profile *p = rules->p;
    struct text_told     *detail = &row->told[TOLD_DETAIL], *outcome = &row->told[TOLD_OUTCOME];
    sensitivity_set       code = 0;
    uint32_t              untold = !p->code_list && !p->words ? silence_of_kinds(p, row) : 0;
    str                   text;
    if (p->code_list) {
        struct template other;
        TRY(template_fill(sc, &p->code, r->value, &text));
        untold |= silence(p, r, UNTOLD_CODE, text);
        TRY(add_code(sc, rules, r, &p->code, row, &code));
        for (unsigned at = 0; template_other(&p->code, r->value, &at, &other);)
            TRY(add_code(sc, rules, r, &other, row, &code));
        if (!text.n) note(row, NOTE_CODE_BLANK);
        if (row->notes >> NOTE_CODE_EARLY & 1) code |= sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
    }
    if (p->words) {
        TRY(template_fill(sc, &p->detail, r->value, &text));
        untold |= silence(p, r, UNTOLD_DETAIL, text);
        TRY(add_all_words(sc, rules, r, TEXT_DETAIL, &p->detail, row, detail));
    }
    if (p->outcome.n) TRY(add_all_words(sc, rules, r, TEXT_OUTCOME, &p->outcome, row, outcome));
    row->incident.classes = code | detail->classes | outcome->classes;
    if (row->damaged.n) {
        note(row, NOTE_LETTERS_LOST);
        row->incident.classes |= sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
    }
    row->by_code = code;
    row->incident.untold |= untold;
    return OK;
}

/// Counts the words by which the row is more sensitive than its kinds, its code and its marks say; behind all other steps.
static enum err count_words(struct scope *sc, const struct row_rules *rules, const struct record *r,
                            struct row *row)
{
    (void)sc;
    bool any = row->told[TOLD_DETAIL].n_notes || row->told[TOLD_OUTCOME].n_notes;
    if (!rules->memo) return OK;
    if (row->told[TOLD_DETAIL].spared || row->told[TOLD_OUTCOME].spared) class_memo_spare(rules->memo);
    sensitivity_set all = 0;
    for (size_t i = 0; any && i < row->n_categories + row->n_others; i++)
        all |= stated(rules->p, row->category[i]);
    if (row->incident.flags & FLAG_DOMESTIC) all |= sensitivity_bit(SENSITIVITY_DOMESTIC);
    sensitivity_set raised = CLASSES_HIDING & (sensitivity_set) ~(all | row->by_code);
    for (int i = 0; any && i < TOLDS; i++) class_memo_count(rules->memo, &row->told[i], raised, r->line);
    return OK;
}

/// What stands in a column of keys where there is none.
static bool is_no_key(str v)
{
    static const char *const words[] = { "null", "(null)", "n/a", "#n/a", "na", "nan",
                                         "none", "-",      "--",  "—",    "–" };
    bool                     any = false;
    for (size_t i = 0; i < COUNT(words) && v.n && v.n <= 6; i++)
        any = any || str_eq_nocase(v, str_of(words[i]));
    return any;
}

static size_t count_digits(str v)
{
    size_t n = 0;
    while (n < v.n && v.p[n] >= '0' && v.p[n] <= '9') n++;
    return n;
}

/// "2.02601E+11"
static bool is_rounded(str v)
{
    size_t whole = count_digits(v);
    str    rest = str_slice(v, whole, v.n);
    if (!whole || (!str_starts(rest, S(".")) && !str_starts(rest, S(",")))) return false;
    size_t part = count_digits(str_slice(rest, 1, rest.n));
    rest = str_slice(rest, 1 + part, rest.n);
    if (!part || rest.n < 4 || (rest.p[0] != 'E' && rest.p[0] != 'e') || rest.p[1] != '+') return false;
    return count_digits(str_slice(rest, 2, rest.n)) == rest.n - 2;
}

/// The key, in which words for "there is none" are blank. rounded: a number of it is no longer whole.
static enum err fill_key(struct scope *sc, const struct profile *p, const str *value, str *out, bool *rounded)
{
    str      own[COLUMNS_MAX];
    uint64_t none = 0;
    *rounded = false;
    for (uint64_t left = template_columns(&p->key); left; left &= left - 1) {
        str v = letters_trim(value[__builtin_ctzll(left)]);
        *rounded = *rounded || is_rounded(v);
        if (is_no_key(v)) none |= left & -left;
    }
    if (!none) return template_fill(sc, &p->key, value, out);
    for (size_t i = 0; i < p->columns.n; i++) {
        own[i] = value[i];
        if (none >> i & 1) own[i] = (str){ 0 };
    }
    return template_fill(sc, &p->key, own, out);
}

static enum err take_identity(struct scope *sc, const struct row_rules *rules, const struct record *r,
                              struct row *row)
{
    const struct profile *p = rules->p;
    struct incident      *i = &row->incident;
    bool                  rounded;
    TRY(fill_key(sc, p, r->value, &i->key, &rounded));
    TRY(template_fill(sc, &p->slice, r->value, &i->slice));
    if (!i->key.n && (p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES))
        return no_row(row, REASON_ID_MISSING, column_of(p, &p->key));
    if (i->key.n > KEY_MAX_BYTES || i->slice.n > KEY_MAX_BYTES)
        return no_row(row, REASON_ID_TOO_LONG, column_of(p, i->key.n > KEY_MAX_BYTES ? &p->key : &p->slice));
    if (rounded) return no_row(row, REASON_ID_ROUNDED, column_of(p, &p->key));
    return OK;
}

static enum reason reason_of_problem(enum csv_problem problem)
{
    switch (problem) {
    case CSV_FINE:
        return REASON_NONE;
    case CSV_BAD_ENCODING:
        return REASON_ENCODING;
    case CSV_TOO_LONG:
        return REASON_TOO_LONG;
    case CSV_OPEN_QUOTE:
    case CSV_STRAY_QUOTE:
        return REASON_QUOTES;
    }
    return REASON_TOO_LONG;
}

enum err row_take(struct scope *sc, const struct row_rules *rules, const struct record *r, struct row *out)
{
    typedef enum err   step(struct scope *, const struct row_rules *, const struct record *, struct row *);
    static step *const steps[] = { take_identity, take_when,  take_where, take_what,
                                   take_classes,  take_flags, count_words };
    *out = (struct row){ .rejected = reason_of_problem(r->problem) };
    if (!out->rejected && r->fields != r->wanted && !rules->p->any_field_count) out->rejected = REASON_FIELDS;
    for (size_t i = 0; i < COUNT(steps) && !out->rejected; i++) TRY(steps[i](sc, rules, r, out));
    return OK;
}

// -- what a rejected row may be of -------------------------------------------------------------------------------------

/// The key as it would be if so many fields too many (or too few) stood before it.
static enum err fill_shifted(struct scope *sc, const struct profile *p, const struct record *r, long shift,
                             str *out)
{
    str  value[COLUMNS_MAX];
    bool rounded;
    for (size_t i = 0; i < p->columns.n; i++) {
        long at = r->at && r->at[i] >= 0 ? r->at[i] + shift : -1;
        value[i] = r->value[i];
        if (!shift || !r->at || r->at[i] < 0) continue;
        value[i] = at >= 0 && (size_t)at < r->fields ? csv_cell(r->field[at]) : (str){ 0 };
        TRY(letters_composed(sc, value[i], &value[i]));
    }
    return fill_key(sc, p, value, out, &rounded);
}

static bool key_listed(const str *list, size_t n, str key)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) any = any || str_eq(list[i], key);
    return any;
}

static bool share_column(const struct template *a, const struct template *b)
{
    return (template_columns(a) & template_columns(b)) != 0;
}

/// Is the slice read from what is wrong with the date? "2024-13" is the month of a slice and no month.
static bool slice_in_doubt(const struct profile *p, enum reason why)
{
    bool date = why == REASON_DATE_MISSING || why == REASON_DATE_UNREADABLE || why == REASON_DATE_IMPOSSIBLE;
    return date && share_column(&p->slice, &p->from);
}

/// So many fields more than the header has.
static long surplus_of(const struct profile *p, const struct record *r)
{
    return r->field && !p->any_field_count ? (long)r->fields - (long)r->wanted : 0;
}

enum err row_slice(struct scope *sc, const struct row_rules *rules, const struct record *r, enum reason why,
                   struct row_slice *out)
{
    const struct profile *p = rules->p;
    *out = (struct row_slice){ .anywhere = surplus_of(p, r) || r->problem || slice_in_doubt(p, why) };
    if (out->anywhere) return OK;
    TRY(template_fill(sc, &p->slice, r->value, &out->name));
    out->anywhere = !out->name.n || out->name.n > KEY_MAX_BYTES;
    return OK;
}

enum err row_keys(struct scope *sc, const struct row_rules *rules, const struct record *r, const str **out,
                  size_t *n)
{
    const struct profile *p = rules->p;
    long                  surplus = surplus_of(p, r);
    *n = 0;
    if (p->identity == IDENTITY_NONE || !p->key.n) return OK;
    str *list = arena_array(sc->mem, str, ROW_KEYS_MAX);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the keys of a rejected row");
    for (long by = surplus < 0 ? surplus : 0; by <= (surplus > 0 ? surplus : 0); by++) {
        str key;
        TRY(fill_shifted(sc, p, r, by, &key));
        if (!key.n || key.n > KEY_MAX_BYTES || key_listed(list, *n, key)) continue;
        if (*n == ROW_KEYS_MAX) return *n = 0, OK;
        list[(*n)++] = key;
    }
    *out = list;
    return OK;
}

size_t row_copies(const struct profile *p, size_t n_categories)
{
    return p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES ? n_categories : 1;
}
