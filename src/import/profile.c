// SPDX-License-Identifier: EUPL-1.2
// The grammar is a table: section, name, what kind of value, and where it goes. Tables of codes ([categories],
// [outcomes]) have a line format of their own.
#include "import/profile.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/lines.h"
#include "geo/crs.h"
#include "import/packed.h"
#include "import/words.h"
#include "model/letters.h"
#include <string.h>

enum kind { TEXT, TEMPLATE, LIST, CONDITION, SPECIAL };
enum special {
    LIKE,
    SEPARATOR,
    QUOTE,
    ENCODING,
    DECIMAL,
    HEADER,
    COLUMNS,
    FIELD_COUNT,
    IDENTITY,
    FORMAT,
    FINEST,
    POINT,
    CRS,
    EXTENT,
    GEOCODE_TEMPLATE,
    CODE,
    DETAIL,
    HARMLESS
};

static const struct setting {
    const char  *section, *name;
    enum kind    kind;
    size_t       offset;
    enum special special;
} settings[] = {
#define TEXT_OF(section, name, member)                                                                       \
    {                                                                                                        \
        section, name, TEXT, offsetof(struct profile, member), 0                                             \
    }
#define TEMPLATE_OF(section, name, member)                                                                   \
    {                                                                                                        \
        section, name, TEMPLATE, offsetof(struct profile, member), 0                                         \
    }
#define CONDITION_OF(section, name, member)                                                                  \
    {                                                                                                        \
        section, name, CONDITION, offsetof(struct profile, member), 0                                        \
    }
#define LIST_OF(section, name, member)                                                                       \
    {                                                                                                        \
        section, name, LIST, offsetof(struct profile, member), 0                                             \
    }
#define SPECIAL_OF(section, name, what)                                                                      \
    {                                                                                                        \
        section, name, SPECIAL, 0, what                                                                      \
    }
#define ADDRESS_OF(name, member)                                                                             \
    {                                                                                                        \
        "where", name, SPECIAL, offsetof(struct profile, member), GEOCODE_TEMPLATE                           \
    }
    SPECIAL_OF("source", "like", LIKE),
    TEXT_OF("source", "key", source.key),
    TEXT_OF("source", "name", source.name),
    TEXT_OF("source", "licence", source.licence),
    TEXT_OF("source", "licence-url", source.licence_url),
    TEXT_OF("source", "homepage", source.homepage),
    TEXT_OF("source", "attribution", source.attribution),
    TEXT_OF("source", "caveat", source.caveat),
    LIST_OF("recognise", "columns", required),
    SPECIAL_OF("format", "separator", SEPARATOR),
    SPECIAL_OF("format", "quote", QUOTE),
    SPECIAL_OF("format", "encoding", ENCODING),
    SPECIAL_OF("format", "decimal", DECIMAL),
    SPECIAL_OF("format", "header", HEADER),
    SPECIAL_OF("format", "columns", COLUMNS),
    SPECIAL_OF("format", "field-count", FIELD_COUNT),
    SPECIAL_OF("identity", "kind", IDENTITY),
    TEMPLATE_OF("identity", "key", key),
    TEMPLATE_OF("identity", "slice", slice),
    TEXT_OF("when", "zone", source.timezone),
    TEMPLATE_OF("when", "from", from),
    TEMPLATE_OF("when", "to", to),
    SPECIAL_OF("when", "format", FORMAT),
    SPECIAL_OF("when", "finest", FINEST),
    TEMPLATE_OF("where", "lon", lon),
    TEMPLATE_OF("where", "lat", lat),
    TEMPLATE_OF("where", "pair", pair),
    TEMPLATE_OF("where", "x", x),
    TEMPLATE_OF("where", "y", y),
    SPECIAL_OF("where", "crs", CRS),
    LIST_OF("where", "blank", blank),
    SPECIAL_OF("where", "extent", EXTENT),
    SPECIAL_OF("where", "point", POINT),
    CONDITION_OF("where", "elsewhere", elsewhere),
    TEMPLATE_OF("where", "area", area),
    TEMPLATE_OF("where", "place", place),
    TEXT_OF("where", "place-strip", place_strip),
    LIST_OF("where", "place-blank", place_blank),
    TEXT_OF("where", "geocode", geocode),
    TEMPLATE_OF("where", "address", address),
    ADDRESS_OF("geocode-address", geocode_address),
    ADDRESS_OF("geocode-lon", geocode_lon),
    ADDRESS_OF("geocode-lat", geocode_lat),
    TEMPLATE_OF("what", "category", category),
    TEXT_OF("what", "category-prefix", category_prefix),
    SPECIAL_OF("what", "code", CODE),
    SPECIAL_OF("what", "detail", DETAIL),
    TEMPLATE_OF("what", "outcome", outcome),
    CONDITION_OF("what", "arrest", arrest),
    CONDITION_OF("what", "domestic", domestic),
    CONDITION_OF("what", "attempted", attempted),
    LIST_OF("what", "unread", unread),
    SPECIAL_OF("what", "harmless", HARMLESS),
    TEXT_OF("what", "harmless-by", harmless_by),
};
static const char *const sections[] = { "source", "recognise", "format",     "identity", "when",
                                        "where",  "what",      "categories", "outcomes" };

struct reading {
    struct scope            *sc;
    const char              *name;
    size_t                   line;
    str                      section;
    const struct profile    *known;
    size_t                   n_known;
    struct profile          *p;
    // Tables while they grow.
    struct profile_category *category;
    struct profile_outcome  *outcome;
    size_t                   category_room, outcome_room;
    bool                     seen[COUNT(settings)];
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a profile");
}

struct word {
    const char *name;
    int         value;
};
static const struct word identities[] = { { "stable", IDENTITY_STABLE },
                                          { "slice", IDENTITY_SLICE },
                                          { "none", IDENTITY_NONE },
                                          { "types", IDENTITY_TYPES } };
static const struct word precisions[] = { { "minute", PRECISION_MINUTE },
                                          { "hour", PRECISION_HOUR },
                                          { "day", PRECISION_DAY },
                                          { "month", PRECISION_MONTH } };
static const struct word points[] = { { "exact", POINT_EXACT }, { "snapped", POINT_SNAPPED } };
static const struct word outcomes[] = { { "open", OUTCOME_OPEN },
                                        { "cleared", OUTCOME_CLEARED },
                                        { "closed", OUTCOME_CLOSED } };
static const struct word yes_no[] = { { "no", false }, { "yes", true } };
static const struct word field_counts[] = { { "exact", false }, { "any", true } };

static enum err read_word(struct scope *sc, str text, const struct word *words, size_t n, int *out)
{
    char   known[120] = "";
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (str_eq(text, str_of(words[i].name))) {
            *out = words[i].value;
            return OK;
        }
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", i ? ", " : "", words[i].name);
    }
    return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is not one of: %s", STR(str_slice(text, 0, 60)), known);
}
#define READ_WORD(text, words, out) read_word(r->sc, text, words, COUNT(words), out)

static enum err read_byte(struct scope *sc, str text, char *out)
{
    if (str_eq(text, S("tab"))) *out = '\t';
    else if (str_eq(text, S("none"))) *out = -1;
    else if (text.n == 1 && text.p[0] > ' ') *out = text.p[0];
    else
        return fail(&sc->fault, ERR_INVALID, "one character is wanted, or \"tab\", not \"%.*s\"",
                    STR(str_slice(text, 0, 20)));
    return OK;
}

static enum err read_like(struct reading *r, str key)
{
    for (size_t i = 0; i < COUNT(settings); i++)
        if (r->seen[i] && !(settings[i].kind == SPECIAL && settings[i].special == LIKE))
            return fail(&r->sc->fault, ERR_INVALID,
                        "\"like\" must be the first setting: it replaces all others");
    for (size_t i = 0; i < r->n_known; i++) {
        if (!str_eq(r->known[i].source.key, key)) continue;
        *r->p = r->known[i];
        // A likeness has the columns of the other, not its name: files are not recognised as it by themselves.
        r->p->source.key = (str){ 0 };
        r->p->n_required = 0;
        return OK;
    }
    return fail(&r->sc->fault, ERR_INVALID, "there is no profile \"%.*s\" to be like",
                STR(str_slice(key, 0, 60)));
}

static enum err read_formats(struct reading *r, str text)
{
    const str *list;
    size_t     n;
    TRY(read_list(r->sc, text, &list, &n));
    if (n > PATTERNS_MAX) return fail(&r->sc->fault, ERR_LIMIT, "at most %d date patterns", PATTERNS_MAX);
    for (size_t i = 0; i < n; i++) {
        TRY(when_pattern_check(r->sc, list[i]));
        r->p->pattern[i] = list[i];
    }
    r->p->n_patterns = n;
    return OK;
}

static enum err read_extent(struct reading *r, str text)
{
    double v[4];
    size_t n = 0;
    str    part;
    while (text = str_trim(text), text.n && n < 4) {
        part = str_slice(text, 0, str_find(text, ' '));
        if (!str_to_double(part, &v[n++])) goto wrong;
        text = str_slice(text, part.n, text.n);
    }
    if (n != 4 || text.n ||
        !(v[0] < v[2] && v[1] < v[3] && v[0] >= -180 && v[2] <= 180 && v[1] >= -90 && v[3] <= 90))
        goto wrong;
    r->p->extent = (struct extent){ v[0], v[1], v[2], v[3] };
    return OK;
wrong:
    return fail(&r->sc->fault, ERR_INVALID,
                "an extent is \"west south east north\" in degrees, west < east, south < north");
}

static enum err read_crs(struct reading *r, str text)
{
    int64_t code;
    if (str_starts(text, S("EPSG:"))) text = str_slice(text, 5, text.n);
    if (!str_to_i64(text, &code) || code < 1 || code > INT32_MAX || !crs_by_epsg((int)code))
        return fail(&r->sc->fault, ERR_INVALID,
                    "the coordinate system \"%.*s\" is not known; write its EPSG number",
                    STR(str_slice(text, 0, 60)));
    r->p->epsg = (int)code;
    return OK;
}

/// "{IUCR} by chicago-iucr": a column and the list that its codes are of.
static enum err read_code_column(struct reading *r, str text)
{
    size_t brace = text.n;
    while (brace && text.p[brace - 1] != '}') brace--;
    str rest = str_trim(str_slice(text, brace, text.n));
    if (!brace || !str_starts(rest, S("by ")))
        return fail(&r->sc->fault, ERR_INVALID, "a code is written \"{Column} by list\"");
    TRY(codes_find(r->sc, str_trim(str_slice(rest, 3, rest.n)), &r->p->code_list));
    if (r->p->code_list->form == FORM_WORDS)
        return fail(&r->sc->fault, ERR_INVALID, "%.*s is a list of words: write \"detail = {Column}\"",
                    STR(r->p->code_list->key));
    return template_read(r->sc, str_slice(text, 0, brace), &r->p->columns, &r->p->code);
}

/// A phrase as a person writes it, in words as texts are cut: "hit-and-run" is three, and "§ 205" the number.
static enum err read_plain(struct reading *r, str text, struct phrase *out)
{
    char *at = arena_cstr(r->sc->mem, text);
    if (!at) return no_room(r->sc);
    for (size_t i = 0; i < text.n; i++) {
        bool letter = at[i] & 0x80 || (at[i] >= '0' && at[i] <= '9') ||
                      ((at[i] | 0x20) >= 'a' && (at[i] | 0x20) <= 'z');
        if (!letter && at[i] != '*' && at[i] != '\'') at[i] = ' ';
        if (str_starts(str_slice(text, i, text.n), S("§"))) memset(at + i++, ' ', strlen("§"));
    }
    return phrase_read(r->sc, (str){ at, text.n }, out);
}

/// "kids bike | child* street": each of one or several words that stand side by side.
static enum err read_harmless(struct reading *r, str text)
{
    const str *list;
    size_t     n;
    TRY(read_list(r->sc, text, &list, &n));
    if (n > HARMLESS_MAX) return fail(&r->sc->fault, ERR_LIMIT, "at most %d phrases", HARMLESS_MAX);
    struct phrase *phrase = arena_array(r->sc->mem, struct phrase, n);
    if (!phrase) return no_room(r->sc);
    const struct code_list *words;
    TRY(codes_find(r->sc, S("words"), &words));
    for (size_t i = 0; i < n; i++) {
        TRY(read_plain(r, list[i], &phrase[i]));
        if (phrase_hides(words, &phrase[i]))
            return fail(&r->sc->fault, ERR_INVALID,
                        "\"%.*s\" alone says what protects, wherever it stands; write the words that stand "
                        "beside it where it means nothing, such as \"kids bike\"",
                        STR(str_slice(list[i], 0, 60)));
    }
    r->p->harmless = phrase;
    r->p->n_harmless = n;
    return OK;
}

static enum err read_special(struct reading *r, const struct setting *s, str text)
{
    int             word = 0;
    struct profile *p = r->p;
    switch (s->special) {
    case LIKE:
        return read_like(r, text);
    case SEPARATOR:
        return read_byte(r->sc, text, &p->csv.separator);
    case QUOTE:
        return read_byte(r->sc, text, &p->csv.quote);
    case ENCODING:
        if (text_encoding_read(text, &p->csv.encoding)) return OK;
        return fail(&r->sc->fault, ERR_INVALID, "the encoding \"%.*s\" is not known",
                    STR(str_slice(text, 0, 60)));
    case DECIMAL:
        return read_byte(r->sc, text, &p->decimal);
    case HEADER:
        TRY(READ_WORD(text, yes_no, &word));
        p->header = word;
        return OK;
    case COLUMNS:
        return read_list(r->sc, text, &p->given, &p->n_given);
    case FIELD_COUNT:
        TRY(READ_WORD(text, field_counts, &word));
        p->any_field_count = word;
        return OK;
    case IDENTITY:
        TRY(READ_WORD(text, identities, &word));
        p->identity = (enum identity)word;
        return OK;
    case FORMAT:
        return read_formats(r, text);
    case FINEST:
        TRY(READ_WORD(text, precisions, &word));
        p->finest = (enum precision)word;
        return OK;
    case POINT:
        TRY(READ_WORD(text, points, &word));
        p->point = (enum point_kind)word;
        return OK;
    case CRS:
        return read_crs(r, text);
    case EXTENT:
        return read_extent(r, text);
    case CODE:
        return read_code_column(r, text);
    case DETAIL:
        TRY(codes_find(r->sc, S("words"), &p->words));
        return template_read(r->sc, text, &p->columns, &p->detail);
    case HARMLESS:
        return read_harmless(r, text);
    case GEOCODE_TEMPLATE:
        return template_read(r->sc, text, &p->geocode_columns, (struct template *)((char *)p + s->offset));
    }
    return OK;
}

static enum err read_setting(struct reading *r, const struct setting *s, str text)
{
    char *member = (char *)r->p + s->offset;
    switch (s->kind) {
    case TEXT:
        *(str *)member = text;
        return OK;
    case TEMPLATE:
        return template_read(r->sc, text, &r->p->columns, (struct template *)member);
    case CONDITION:
        return condition_read(r->sc, text, &r->p->columns, (struct condition *)member);
    case LIST: // its number stands right behind it
        return read_list(r->sc, text, (const str **)member, (size_t *)(member + sizeof(const str *)));
    case SPECIAL:
        return read_special(r, s, text);
    }
    return OK;
}

// -- tables of codes ---------------------------------------------------------------------------------------------

/// Cuts the code off a table line: up to the first '=', or what stands in quotes before it.
static bool cut_code(str *line, str *code)
{
    str    l = *line;
    size_t equals;
    if (l.n && l.p[0] == '"') {
        size_t close = str_find(str_slice(l, 1, l.n), '"') + 1;
        str    rest = str_trim(str_slice(l, close + 1, l.n));
        *code = str_slice(l, 1, close);
        if (!rest.n || rest.p[0] != '=') return false;
        *line = str_trim(str_slice(rest, 1, rest.n));
        return true;
    }
    equals = str_find(l, '=');
    if (equals == l.n) return false;
    *code = str_trim(str_slice(l, 0, equals));
    *line = str_trim(str_slice(l, equals + 1, l.n));
    return true;
}

static bool is_key(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i))) return false;
    }
    return s.n > 0 && s.n <= 80;
}

/// Room for one more, twice as much each time; what "like" gave is copied, never written to.
static enum err grow(struct scope *sc, void **array, size_t n, size_t *room, size_t size, const void *from)
{
    if (n < *room) return OK;
    if (n >= CODES_MAX)
        return fail(&sc->fault, ERR_LIMIT, "a table of codes has at most %d lines", CODES_MAX);
    size_t more = n < 16 ? 32 : n * 2;
    void  *p = arena_alloc_array(sc->mem, more, size);
    if (!p) return no_room(sc);
    if (n) memcpy(p, from, n * size);
    *array = p;
    *room = more;
    return OK;
}

static enum err read_code(struct reading *r, str line, bool outcome)
{
    str        code;
    const str *part;
    size_t     n;
    if (!cut_code(&line, &code))
        return fail(&r->sc->fault, ERR_INVALID,
                    "a table line is \"code = key | %s | label en | label cs | label uk\"",
                    outcome ? "open, cleared or closed" : "ICCS section and class");
    TRY(read_list(r->sc, line, &part, &n));
    if (n < 3 || n > 2 + LANGUAGES || !part[2].n)
        return fail(&r->sc->fault, ERR_INVALID, "%.*s: a key, %s and one to %d labels are wanted",
                    STR(str_slice(code, 0, 60)), outcome ? "a class" : "an ICCS section", LANGUAGES);
    if (!is_key(part[0]))
        return fail(&r->sc->fault, ERR_INVALID, "\"%.*s\" is no key: small letters, digits and \"-\" only",
                    STR(str_slice(part[0], 0, 60)));
    struct profile *p = r->p;
    if (outcome) {
        int is;
        TRY(READ_WORD(part[1], outcomes, &is));
        if (str_eq(part[0], S("none")) || str_eq(part[0], S("other")))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "the outcome %.*s cannot have the key \"%.*s\": it stands for what %s; choose another",
                STR(str_slice(code, 0, 60)), STR(part[0]),
                str_eq(part[0], S("none")) ? "no source tells" : "no profile names");
        struct profile_outcome o = { code, { .key = part[0], .code = code, .is = (enum outcome_class)is } };
        for (size_t i = 2; i < n; i++) o.is.label[i - 2] = part[i];
        TRY(grow(r->sc, (void **)&r->outcome, p->n_outcomes, &r->outcome_room, sizeof o, p->outcomes));
        size_t at = 0;
        while (at < p->n_outcomes && !str_eq_nocase(r->outcome[at].code, code)) at++;
        r->outcome[at] = o;
        p->outcomes = r->outcome;
        if (at == p->n_outcomes) p->n_outcomes++;
        return OK;
    }
    struct profile_category c = { code, { .key = part[0], .code = code } };
    sensitivity_set         classes;
    if (iccs_and_classes(r->sc, part[1], &c.is.iccs, &classes))
        return fail_at(&r->sc->fault, "%.*s", STR(str_slice(code, 0, 60)));
    if (classes) c.is.sensitivity = sensitivity_strictest(classes);
    for (size_t i = 2; i < n; i++) c.is.label[i - 2] = part[i];
    TRY(grow(r->sc, (void **)&r->category, p->n_categories, &r->category_room, sizeof c, p->categories));
    size_t at = 0;
    // One key has one class, or that of the line which is read last would hold for what another line names.
    for (size_t i = 0; i < p->n_categories; i++)
        if (str_eq(r->category[i].is.key, part[0]) && r->category[i].is.sensitivity != c.is.sensitivity &&
            !str_eq_nocase(r->category[i].code, code))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "%.*s and %.*s have the key %.*s, and not the same class; give one of them another key",
                STR(str_slice(r->category[i].code, 0, 60)), STR(str_slice(code, 0, 60)), STR(part[0]));
    while (at < p->n_categories && !str_eq_nocase(r->category[at].code, code)) at++;
    r->category[at] = c;
    p->categories = r->category;
    if (at == p->n_categories) p->n_categories++;
    return OK;
}

// -- lines -----------------------------------------------------------------------------------------------------------

static enum err begin_section(struct reading *r, str line)
{
    str name = str_trim(str_slice(line, 1, line.n - 1));
    for (size_t i = 0; i < COUNT(sections); i++)
        if (line.p[line.n - 1] == ']' && str_eq(name, str_of(sections[i]))) {
            r->section = str_of(sections[i]);
            return OK;
        }
    return fail(&r->sc->fault, ERR_INVALID, "there is no section \"%.*s\"", STR(str_slice(line, 0, 60)));
}

static bool takes_list(const struct setting *s)
{
    return s->kind == LIST ||
           (s->kind == SPECIAL && (s->special == COLUMNS || s->special == FORMAT || s->special == HARMLESS));
}

static enum err read_line(struct reading *r, str line)
{
    line = str_trim(line);
    if (!line.n || line.p[0] == '#') return OK;
    if (line.p[0] == '[') return begin_section(r, line);
    if (str_eq(r->section, S("categories"))) return read_code(r, line, false);
    if (str_eq(r->section, S("outcomes"))) return read_code(r, line, true);
    size_t equals = str_find(line, '=');
    str    name = str_trim(str_slice(line, 0, equals)), value = str_trim(str_slice(line, equals + 1, line.n));
    if (equals == line.n) return fail(&r->sc->fault, ERR_INVALID, "\"name = value\" is wanted");
    for (size_t i = 0; i < COUNT(settings); i++) {
        if (!str_eq(r->section, str_of(settings[i].section)) || !str_eq(name, str_of(settings[i].name)))
            continue;
        if (r->seen[i])
            return fail(&r->sc->fault, ERR_INVALID, "\"%.*s\" stands twice%s", STR(name),
                        takes_list(&settings[i]) ? "; its values stand in one line, with | between them"
                                                 : "");
        r->seen[i] = true;
        return read_setting(r, &settings[i], value);
    }
    return fail(&r->sc->fault, ERR_INVALID, "the section [%.*s] has no \"%.*s\"", STR(r->section),
                STR(str_slice(name, 0, 60)));
}

static enum err check_whole(struct scope *sc, const struct profile *p)
{
    const char *missing = NULL;
    if (!is_key(p->source.key)) missing = "a key of small letters, digits and \"-\" in [source]";
    else if (!p->source.name.n) missing = "a name in [source]";
    else if (!p->from.n) missing = "\"from\" in [when]";
    else if (!p->n_patterns) missing = "a date \"format\" in [when]";
    else if (!p->category.n) missing = "\"category\" in [what]";
    else if (!p->header && !p->n_given) missing = "\"columns\" in [format], because its files have no header";
    else if (p->lon.n != p->lat.n && (!p->lon.n || !p->lat.n))
        missing = "both \"lon\" and \"lat\" in [where]";
    else if (p->x.n && (!p->y.n || !p->epsg)) missing = "\"x\", \"y\" and \"crs\" together in [where]";
    else if (!p->key.n && (p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES))
        missing = "\"key\" in [identity], or another kind of identity there";
    else if (p->key.n && !template_columns(&p->key))
        missing = "a column in \"key\" of [identity]: every row would have the same key";
    else if (!p->slice.n && (p->identity == IDENTITY_SLICE || p->identity == IDENTITY_NONE))
        missing = "\"slice\" in [identity]: the part of the source that a file replaces";
    else if (p->geocode.n &&
             (!p->address.n || !p->geocode_address.n || !p->geocode_lon.n || !p->geocode_lat.n))
        missing = "\"address\", \"geocode-address\", \"geocode-lon\" and \"geocode-lat\" with \"geocode\"";
    else if (p->n_harmless && !p->harmless_by.n)
        missing = "\"harmless-by\" in [what]: the name of the person who says that \"harmless\" holds";
    if (missing) return fail(&sc->fault, ERR_INVALID, "the profile lacks %s", missing);
    return OK;
}

enum err profile_parse(struct scope *sc, const char *name, str text, const struct profile *known,
                       size_t n_known, struct profile *out)
{
    struct profile *p = arena_new(sc->mem, struct profile);
    if (!p) return no_room(sc);
    *p = (struct profile){ .header = true,
                           .decimal = '.',
                           .point = POINT_EXACT,
                           .identity = IDENTITY_NONE,
                           .extent = { -180, -90, 180, 90 } };
    struct reading r = { .sc = sc, .name = name, .known = known, .n_known = n_known, .p = p };
    str            line;
    size_t         bad;
    if (text.n > PROFILE_MAX_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "%s is larger than %d bytes", name, PROFILE_MAX_BYTES);
    if (!str_is_utf8(text, &bad))
        return fail(&sc->fault, ERR_INVALID, "%s is not UTF-8 (byte %zu)", name, bad);
    if (lines_check(sc, text)) return fail_at(&sc->fault, "%s", name);
    while (str_cut(&text, '\n', &line)) {
        r.line++;
        if (read_line(&r, line)) return fail_at(&sc->fault, "%s, line %zu", name, r.line);
    }
    if (check_whole(sc, p)) return fail_at(&sc->fault, "%s", name);
    *out = *p;
    return OK;
}

// -- the profiles there are --------------------------------------------------------------------------------------

enum err profiles_read(struct scope *sc, const struct profile **out, size_t *n)
{
    struct profile *all = arena_array(sc->mem, struct profile, import_packed_n);
    if (!all) return no_room(sc);
    for (size_t i = 0; i < import_packed_n; i++)
        TRY(profile_parse(sc, import_packed[i].name, str_of(import_packed[i].text), all, i, &all[i]));
    *out = all;
    *n = import_packed_n;
    return OK;
}

enum err profile_read_file(struct scope *sc, const char *path, const struct profile **out)
{
    str                   text;
    const struct profile *known;
    size_t                n;
    struct profile       *p = arena_new(sc->mem, struct profile);
    if (!p) return no_room(sc);
    TRY(profiles_read(sc, &known, &n));
    TRY(file_read(sc, path, PROFILE_MAX_BYTES, &text));
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.n);
    TRY(letters_composed(sc, text, &text)); // as the reader does with names and values
    TRY(profile_parse(sc, path, text, known, n, p));
    p->path = arena_str(sc->mem, str_of(path));
    if (!p->path.p) return no_room(sc);
    *out = p;
    return OK;
}

enum err profile_find(struct scope *sc, str key, const struct profile **out)
{
    const struct profile *all;
    size_t                n;
    char                  known[200] = "";
    TRY(profiles_read(sc, &all, &n));
    for (size_t i = 0, at = 0; i < n && at < sizeof known; i++) {
        if (str_eq(all[i].source.key, key)) {
            *out = &all[i];
            return OK;
        }
        at +=
            (size_t)snprintf(known + at, sizeof known - at, "%s%.*s", i ? ", " : "", STR(all[i].source.key));
    }
    return fail(&sc->fault, ERR_NOTFOUND, "there is no profile \"%.*s\"; there are: %s",
                STR(str_slice(key, 0, 60)), known);
}

str profile_own(struct scope *sc, const struct profile *p)
{
    str key = p->source.key;
    return arena_printf(
        sc->mem,
        "write a profile of your own (--mapping FILE) whose [source] has the lines \"like = %.*s\" and "
        "\"key = %.*s\", so that the incidents stay the same",
        STR(key), STR(key));
}

bool profile_fits(const struct profile *p, const str *column, size_t n)
{
    for (size_t i = 0; i < p->n_required; i++) {
        size_t k = 0;
        while (k < n && !str_eq(str_trim(column[k]), p->required[i])) k++;
        if (k == n) return false;
    }
    return p->n_required > 0;
}
