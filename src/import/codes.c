// SPDX-License-Identifier: EUPL-1.2
#include "import/codes.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/lines.h"
#include "import/packed.h"
#include "import/words.h"
#include "model/category.h"
#include "model/letters.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// -- reading a list ----------------------------------------------------------------------------------------------------

struct reading {
    struct scope      *sc;
    struct code_list  *l;
    str                section;
    struct code_entry *entry;
    struct phrase     *phrase;
    size_t             room_entries, room_phrases;
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a list of codes");
}

/// Room for one more, twice as much each time.
static enum err grow(struct scope *sc, void **array, size_t n, size_t *room, size_t size)
{
    if (n < *room) return OK;
    if (n >= CODES_MAX_LINES)
        return fail(&sc->fault, ERR_LIMIT, "a list has at most %d codes or phrases", CODES_MAX_LINES);
    size_t more = n ? n * 2 : 64;
    void  *p = arena_alloc_array(sc->mem, more, size);
    if (!p) return no_room(sc);
    if (n) memcpy(p, *array, n * size);
    *array = p;
    *room = more;
    return OK;
}

/// Cuts the next word between blanks off the front; empty at the end.
static str next_word(str *text)
{
    *text = str_trim(*text);
    str word = str_slice(*text, 0, str_find(*text, ' '));
    *text = str_slice(*text, word.n, text->n);
    return word;
}

enum err iccs_and_classes(struct scope *sc, str text, int *iccs, sensitivity_set *classes)
{
    str              whole = str_trim(text), word = next_word(&text);
    int64_t          section;
    enum sensitivity is;
    sensitivity_set  set = 0;
    if (!str_to_i64(word, &section) || section < 0 || section >= ICCS_SECTIONS)
        return fail(
            &sc->fault, ERR_INVALID,
            "\"%.*s\" does not begin with an ICCS section: 1 to 11, 12 for what is no crime, 0 for unknown",
            STR(str_slice(whole, 0, 60)));
    while (word = next_word(&text), word.n) {
        if (!sensitivity_read(word, &is) || is == SENSITIVITY_UNCLASSIFIED)
            return fail(
                &sc->fault, ERR_INVALID,
                "\"%.*s\" is no class; there are: trafficking, child, sexual, domestic, self-harm, hate, "
                "person, home, drugs, ordinary, street",
                STR(str_slice(word, 0, 60)));
        set |= sensitivity_bit(is);
    }
    *iccs = (int)section;
    *classes = set;
    return OK;
}

/// As codes are compared: without leading zeros, Latin letters small in articles and large elsewhere.
static bool code_spell(enum code_form form, str code, char to[CODE_TEXT_BYTES])
{
    while (code.n > 1 && code.p[0] == '0') code = str_slice(code, 1, code.n);
    if (!code.n || code.n >= CODE_TEXT_BYTES) return false;
    memset(to, 0, CODE_TEXT_BYTES);
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (form == FORM_ARTICLE && c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (form == FORM_CODE && c >= 'a' && c <= 'z') c = (char)(c - 32);
        to[i] = c;
    }
    return true;
}

static int by_code(const void *a, const void *b)
{
    return memcmp(((const struct code_entry *)a)->code, ((const struct code_entry *)b)->code,
                  CODE_TEXT_BYTES);
}

static enum err read_code(struct reading *r, str line)
{
    struct scope     *sc = r->sc;
    struct code_list *l = r->l;
    str               code, heads;
    struct code_entry e = { .code = "" };
    if (!str_cut(&line, '=', &code) || !line.p || l->form == FORM_WORDS)
        return fail(&sc->fault, ERR_INVALID, "a code is written \"code = section class | name\"");
    str_cut(&line, '|', &heads);
    e.name = str_trim(line);
    TRY(iccs_and_classes(sc, heads, &e.iccs, &e.classes));
    code = str_trim(code);
    if (!e.classes || !code_spell(l->form, code, e.code))
        return fail(&sc->fault, ERR_INVALID, "%.*s: a code of at most %d bytes and a class are wanted",
                    STR(str_slice(code, 0, 60)), CODE_TEXT_BYTES - 1);
    if (l->form == FORM_ARTICLE) {
        int64_t number = strtol(e.code, NULL, 10);
        if (e.code[0] < '1' || e.code[0] > '9' || number > 9999)
            return fail(&sc->fault, ERR_INVALID, "%.*s is no number of an article", STR(code));
        l->first = l->n_entries && l->first < number ? l->first : number;
        l->last = l->last > number ? l->last : number;
    }
    TRY(grow(sc, (void **)&r->entry, l->n_entries, &r->room_entries, sizeof e));
    r->entry[l->n_entries++] = e;
    l->entry = r->entry;
    return OK;
}

static enum err read_phrases(struct reading *r, str line)
{
    struct scope     *sc = r->sc;
    struct code_list *l = r->l;
    str               heads, part;
    struct phrase     p = { .iccs = 0 };
    if (!str_cut(&line, '=', &heads) || !line.p || l->form != FORM_WORDS)
        return fail(&sc->fault, ERR_INVALID, "words are written \"section class = phrase | phrase\"");
    heads = str_trim(heads);
    if (!str_eq(heads, S("known"))) {
        TRY(iccs_and_classes(sc, heads, &p.iccs, &p.classes));
        if (!p.classes) return fail(&sc->fault, ERR_INVALID, "words need a class");
    }
    while (str_cut(&line, '|', &part)) {
        TRY(phrase_read(sc, str_trim(part), &p));
        TRY(grow(sc, (void **)&r->phrase, l->n_phrases, &r->room_phrases, sizeof p));
        r->phrase[l->n_phrases++] = p;
        l->phrase = r->phrase;
    }
    return OK;
}

/// Phrases of the head, which speak of articles.
static enum err read_set(struct reading *r, str text, const struct phrase **to, size_t *n)
{
    str            part;
    struct phrase *set = NULL;
    size_t         room = 0;
    *n = 0;
    while (str_cut(&text, '|', &part)) {
        struct phrase p = { .iccs = 0 };
        TRY(phrase_read(r->sc, str_trim(part), &p));
        TRY(grow(r->sc, (void **)&set, *n, &room, sizeof p));
        set[(*n)++] = p;
    }
    *to = set;
    return OK;
}

static enum err read_since(struct reading *r, str text)
{
    int32_t first, last;
    if (!civil_read_span(text, &first, &last) || first != last)
        return fail(&r->sc->fault, ERR_INVALID, "\"%.*s\" is no day such as 2010-01-01",
                    STR(str_slice(text, 0, 40)));
    r->l->since_s = (int64_t)first * DAY_S;
    return OK;
}

static enum err read_head(struct reading *r, str line)
{
    static const char *const forms[] = {
        [FORM_CODE] = "code", [FORM_ARTICLE] = "article", [FORM_WORDS] = "words"
    };
    struct code_list *l = r->l;
    str               name;
    const struct {
        const char *name;
        str        *to;
    } texts[] = { { "key", &l->key },   { "name", &l->name }, { "source", &l->source },
                  { "date", &l->date }, { "law", &l->law },   { "checked", &l->checked } };
    const struct {
        const char           *name;
        const struct phrase **to;
        size_t               *n;
    } sets[] = { { "foreign", &l->foreign, &l->n_foreign },
                 { "mark", &l->mark, &l->n_mark },
                 { "part", &l->part, &l->n_part } };
    if (!str_cut(&line, '=', &name) || !line.p)
        return fail(&r->sc->fault, ERR_INVALID, "\"name = value\" is wanted");
    name = str_trim(name);
    line = str_trim(line);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(name, str_of(texts[i].name))) return *texts[i].to = line, OK;
    if (str_eq(name, S("since"))) return read_since(r, line);
    for (size_t i = 0; i < COUNT(sets); i++)
        if (str_eq(name, str_of(sets[i].name))) return read_set(r, line, sets[i].to, sets[i].n);
    for (size_t i = 0; i < COUNT(forms) && str_eq(name, S("form")); i++)
        if (str_eq(line, str_of(forms[i])) && !l->n_entries && !l->n_phrases)
            return l->form = (enum code_form)i, OK;
    return fail(&r->sc->fault, ERR_INVALID, "[list] has no \"%.*s = %.*s\"", STR(str_slice(name, 0, 40)),
                STR(str_slice(line, 0, 40)));
}

static enum err read_line(struct reading *r, str line)
{
    static const char *const sections[] = { "[list]", "[codes]", "[words]" };
    line = str_trim(line);
    if (!line.n || line.p[0] == '#') return OK;
    if (line.p[0] == '[') {
        for (size_t i = 0; i < COUNT(sections); i++)
            if (str_eq(line, str_of(sections[i]))) return r->section = line, OK;
        return fail(&r->sc->fault, ERR_INVALID, "there is no section \"%.*s\"", STR(str_slice(line, 0, 60)));
    }
    if (str_eq(r->section, S("[codes]"))) return read_code(r, line);
    if (str_eq(r->section, S("[words]"))) return read_phrases(r, line);
    return read_head(r, line);
}

/// Sorts the codes, so that they are found and none stands twice.
static enum err settle(struct reading *r)
{
    struct code_list *l = r->l;
    if (!l->key.n || !l->name.n || !l->source.n || !l->date.n || !l->checked.n)
        return fail(&r->sc->fault, ERR_INVALID, "[list] lacks its key, name, source, date or checked");
    if (!l->n_entries && !l->n_phrases) return fail(&r->sc->fault, ERR_INVALID, "there is no code in it");
    if (l->n_entries) qsort(r->entry, l->n_entries, sizeof *r->entry, by_code);
    for (size_t i = 1; i < l->n_entries; i++)
        if (!by_code(&r->entry[i - 1], &r->entry[i]))
            return fail(&r->sc->fault, ERR_INVALID, "the code %s stands twice", r->entry[i].code);
    return l->form == FORM_WORDS ? phrases_index(r->sc, l->phrase, l->n_phrases, &l->index) : OK;
}

enum err codes_parse(struct scope *sc, const char *name, str text, struct code_list *out)
{
    struct code_list l = { .since_s = CODES_ALWAYS };
    struct reading   r = { .sc = sc, .l = &l };
    str              line;
    size_t           bad, number = 0;
    if (text.n > CODES_MAX_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "%s is larger than %d bytes", name, CODES_MAX_BYTES);
    if (!str_is_utf8(text, &bad))
        return fail(&sc->fault, ERR_INVALID, "%s is not UTF-8 (byte %zu)", name, bad);
    if (lines_check(sc, text)) return fail_at(&sc->fault, "%s", name);
    while (str_cut(&text, '\n', &line)) {
        number++;
        if (read_line(&r, line)) return fail_at(&sc->fault, "%s, line %zu", name, number);
    }
    if (settle(&r)) return fail_at(&sc->fault, "%s", name);
    *out = l;
    return OK;
}

enum err codes_find(struct scope *sc, str key, const struct code_list **out)
{
    char known[200] = "";
    for (size_t i = 0, at = 0; i < codes_packed_n; i++) {
        if (str_eq(key, str_of(codes_packed[i].name))) {
            struct code_list *l = arena_new(sc->mem, struct code_list);
            if (!l) return no_room(sc);
            TRY(codes_parse(sc, codes_packed[i].name, str_of(codes_packed[i].text), l));
            *out = l;
            return OK;
        }
        if (at < sizeof known)
            at +=
                (size_t)snprintf(known + at, sizeof known - at, "%s%s", i ? ", " : "", codes_packed[i].name);
    }
    return fail(&sc->fault, ERR_NOTFOUND, "there is no list of codes \"%.*s\"; there are: %s",
                STR(str_slice(key, 0, 60)), known);
}

// -- codes in a text ---------------------------------------------------------------------------------------------------

static const struct code_entry *entry_find(const struct code_list *l, str code)
{
    struct code_entry wanted = { 0 };
    if (!code_spell(l->form, code, wanted.code)) return NULL;
    return bsearch(&wanted, l->entry, l->n_entries, sizeof *l->entry, by_code);
}

static void take(struct codes_told *told, const struct code_entry *e)
{
    told->any = true;
    told->classes |= e->classes;
    if (!told->strictest ||
        sensitivity_strictest(e->classes) < sensitivity_strictest(told->strictest->classes))
        told->strictest = e;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(char c) // of ASCII, or a byte of one that is not
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}
static char at_of(str s, size_t i)
{
    return i < s.n ? s.p[i] : ' ';
}

/// With ASCII's digits, dashes and strokes for those of any script, "^1" for raised and lowered ones, and without what is not seen.
/// *odd: other numbers stand there ("Ⅷ", "①"), or bytes that are no letter.
static enum err write_plain(struct scope *sc, str text, str *out, bool *odd)
{
    AUTO(buf_free) struct buf b;
    bool                      before = false;
    buf_init(&b, 2 * text.n + 1);
    for (str rest = text; rest.n;) {
        str      from = rest;
        uint32_t c = letters_next(&rest);
        bool     raised = c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x2079),
             lowered = c >= 0x2080 && c <= 0x2089;
        if (letters_digit(c) >= 0) buf_add_c(&b, (char)('0' + letters_digit(c)));
        else if (raised || lowered) {
            if (!before) buf_add_c(&b, '^');
            buf_add_c(&b, (char)('0' + (c == 0xB9 ? 1 : c < 0x2070 ? c - 0xB0 : c & 0xF)));
        } else if (letters_dash(c)) buf_add_c(&b, letters_dash(c));
        else if (!letters_silent(c)) buf_add(&b, str_slice(from, 0, from.n - rest.n));
        *odd = *odd || c == 0xFFFD || (letters_number(c) && !raised && !lowered);
        before = raised || lowered;
    }
    *out = arena_str(sc->mem, buf_str(&b));
    return out->p && !b.failed ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
}

static enum err plain(struct scope *sc, str text, str *out, bool *odd)
{
    *odd = false;
    *out = text;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] & 0x80) return write_plain(sc, text, out, odd);
    return OK;
}

/// "1991", "2009".
static bool is_year(str number)
{
    int64_t n;
    return number.n == 4 && str_to_i64(number, &n) && n >= 1900 && n <= 2099;
}

/// What stands behind the number of an article: a letter, or a number behind a dash, a stroke or in superscript.
struct mark {
    char   text[4]; // "b", "-2"; empty: nothing
    size_t bytes;   // that it takes up
    bool   own;     // it makes another article of it; a stroke may as well name a part
    bool   law;     // "40/2009": the number of a law
};

/// "140/61 Sb." is the law of 1961.
static bool names_law(str behind)
{
    behind = str_trim(behind);
    return str_starts(behind, S("Sb")) || str_starts(behind, S("Zb")) || str_starts(behind, S("sb"));
}

static struct mark mark_read(str s, size_t at)
{
    str  rest = str_slice(s, at, s.n);
    char c = at_of(s, at), small = c | 0x20;
    if (small >= 'a' && small <= 'z' && !is_letter(at_of(s, at + 1)))
        return (struct mark){ { small }, 1, true, false };
    if (c == '-' || c == '/' || c == '^') {
        size_t to = 1;
        while (is_digit(at_of(rest, to))) to++;
        bool law = c == '/' &&
                   (is_year(str_slice(rest, 1, to)) || (to == 3 && names_law(str_slice(rest, to, rest.n))));
        if (law) return (struct mark){ "", to, false, true };
        if (to == 2 || to == 3)
            return (struct mark){ { '-', rest.p[1], to == 3 ? rest.p[2] : 0 }, to, c != '/', false };
    }
    // A letter that stands apart: "193 b".
    if (c == ' ' && (small = at_of(s, at + 1) | 0x20, small >= 'a' && small <= 'z') &&
        !is_letter(at_of(s, at + 2)))
        return (struct mark){ { small }, 2, false, false };
    return (struct mark){ "", 0, is_letter(c) && letters_make_words(letters_next(&rest)), false };
}

static const struct code_entry *marked_find(const struct code_list *l, str number, const char *mark)
{
    char text[CODE_TEXT_BYTES];
    int  n = snprintf(text, sizeof text, "%.*s%s", STR(str_slice(number, 0, 6)), mark);
    return mark[0] ? entry_find(l, (str){ text, (size_t)n }) : NULL;
}

/// Is there an article of this number and a mark ("390-1") that hides what the one without (390) does not?
static bool mark_hides(const struct code_list *l, const struct code_entry *whole)
{
    str number = str_of(whole->code);
    for (size_t i = 0; i < l->n_entries; i++) {
        str code = str_of(l->entry[i].code);
        if (str_starts(code, number) && code.n > number.n && !is_digit(code.p[number.n]) &&
            l->entry[i].classes & CLASSES_HIDING & (sensitivity_set)~whole->classes)
            return true;
    }
    return false;
}

/// Returns false when it is none of the list's.
static bool take_article(const struct code_list *l, str number, const struct mark *m, struct codes_told *told)
{
    const struct code_entry *exact = marked_find(l, number, m->text), *whole = entry_find(l, number);
    if (exact) take(told, exact);
    // A part of the article is no milder than the article. "185-4" may be one that the list lacks.
    if (whole && (!exact || !m->own)) take(told, whole);
    if (!exact && whole && m->own &&
        (sensitivity_strictest(whole->classes) >= SENSITIVITY_HOME || mark_hides(l, whole)))
        told->unknown = true;
    return exact || whole;
}

// -- marks that stand apart from their number ---------------------------------------------------------------------------

struct token { // a run of digits, or of letters
    str  signs, text;
    bool digits;
};

static bool token_next(str *rest, struct token *out)
{
    str from = *rest, at;
    while (at = *rest, at.n && !letters_make_words(letters_next(rest))) {
    }
    if (!at.n) return false;
    bool digits = is_digit(at.p[0]);
    str  end = at;
    while (*rest = end, end.n && letters_make_words(letters_next(&end)) && is_digit(rest->p[0]) == digits) {
    }
    *out = (struct token){ str_slice(from, 0, from.n - at.n), str_slice(at, 0, at.n - rest->n), digits };
    return true;
}

static bool is_one_of(const struct phrase *set, size_t n, str word)
{
    char   key[128];
    size_t bytes = word.n < sizeof key / 2 - 1 ? category_key(word, key, sizeof key) : 0;
    for (size_t i = 0; i < n && bytes; i++)
        if (set[i].n == 1 && phrase_word_fits(&set[i].word[0], (str){ key, bytes })) return true;
    return false;
}

/// " 1.2.2023" behind an article is when it was broken.
static bool begins_date(const struct token *t, str behind)
{
    struct token month, year;
    return str_has(t->signs, S(" ")) && token_next(&behind, &month) && month.digits && month.text.n <= 2 &&
           token_next(&behind, &year) && is_year(year.text) && month.signs.n && year.signs.n;
}

/// "390 2 частина": the word behind, when no number of its own follows.
static bool before_part(const struct code_list *l, str behind)
{
    struct token t, number;
    return token_next(&behind, &t) && !t.digits && is_one_of(l->part, l->n_part, t.text) &&
           !(token_next(&behind, &number) && number.digits && number.text.n <= 2);
}

/// Is there a dash, a bracket, an apostrophe, a raised digit?
static bool joins(str signs)
{
    while (signs.n) {
        uint32_t c = letters_next(&signs);
        if (c == '-' || c == '(' || c == '[' || c == '^' || letters_apostrophe(c)) return true;
    }
    return false;
}

/// "390 - I", "390-а": a mark that no list has, since a sign joins it to the number.
static bool is_odd_mark(const struct token *t)
{
    char   key[16];
    size_t n = t->text.n <= 6 ? category_key(t->text, key, sizeof key) : 0, roman = 0;
    for (size_t i = 0; i < n; i++) roman += key[i] == 'i' || key[i] == 'v' || key[i] == 'x';
    return n && (roman == n || n == 1) && joins(t->signs);
}

/// Takes one that the token is the mark of; false: the list has none.
static bool take_mark(const struct code_list *l, str number, const struct token *t, struct codes_told *told)
{
    char mark[4];
    snprintf(mark, sizeof mark, "%s%.*s", t->digits ? "-" : "", STR(t->text));
    for (char *c = mark; *c; c++) *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    const struct code_entry *e = marked_find(l, number, mark);
    if (e) take(told, e);
    return e;
}

/// What stands behind an article whose marked ones hide more. in_part: a stroke has named its part.
static void take_apart(const struct code_list *l, str number, str behind, bool in_part,
                       struct codes_told *told)
{
    struct token t;
    bool part = in_part, marked = false, other = false; // behind a word for a part, a mark, something else
    while (token_next(&behind, &t) && !str_has(t.signs, S("§"))) {
        if (t.digits) {
            if (t.text.n > 2 || (other && !marked) || begins_date(&t, behind)) break;
            if (part || before_part(l, behind)) continue;
            told->unknown |= !take_mark(l, number, &t, told) && !str_has(t.signs, S("/"));
            return;
        }
        if (is_one_of(l->mark, l->n_mark, t.text)) marked = true, part = false;
        else if (is_one_of(l->part, l->n_part, t.text)) part = true;
        else if (part || other || marked) other = other || !part;
        else if (t.text.n == 1 && take_mark(l, number, &t, told)) return;
        else if (is_odd_mark(&t)) marked = true;
        else other = true;
    }
    told->unknown |= marked; // "390 прим.": of no number
}

static void take_behind(const struct code_list *l, str number, const struct mark *m, str s, size_t at,
                        struct codes_told *told)
{
    const struct code_entry *whole = entry_find(l, number);
    bool                     dash = m->text[0] == '-';
    if (!whole || (m->own && dash) || marked_find(l, number, m->text) || !mark_hides(l, whole)) return;
    take_apart(l, number, str_slice(s, dash ? at + m->bytes : at, s.n), dash, told);
}

// -- texts of articles ---------------------------------------------------------------------------------------------------

/// "5.4." or "05. 04."
static bool ends_date(str text)
{
    for (int part = 0; part < 2; part++) {
        size_t digits = 0;
        text = str_trim(text);
        if (!str_ends(text, S("."))) return false;
        for (text.n--; text.n && is_digit(text.p[text.n - 1]); text.n--) digits++;
        if (digits < 1 || digits > 2) return false;
    }
    return true;
}

static bool stands_for_year(str before, str behind)
{
    static const char *const words[] = { "р", "рік", "року", "г", "год", "года", "Sb", "roku", "rok" };
    before = str_trim(before), behind = str_trim(behind);
    for (size_t i = 0; i < COUNT(words); i++) {
        str word = str_of(words[i]);
        if (str_starts(behind, word) && !is_letter(at_of(behind, word.n))) return true;
    }
    return ends_date(before) || str_ends(before, S("roku")) || str_ends(before, S(" r."));
}

/// Four digits that may be a year or an article that has lost its mark ("1921" of 192/1). Where that would protect, only what is
/// around them makes a year of them.
static bool passes_for_year(const struct code_list *l, str s, size_t from, size_t to)
{
    str                      number = str_slice(s, from, to);
    const struct code_entry *whole = is_year(number) ? entry_find(l, str_slice(number, 0, 3)) : NULL;
    if (!is_year(number)) return false;
    return !whole || sensitivity_strictest(whole->classes) >= SENSITIVITY_ORDINARY ||
           stands_for_year(str_slice(s, 0, from), str_slice(s, to, s.n));
}

/// "ч. 1 ст. 185": a short number behind a word for a part stands before its article.
static bool is_part(const struct code_list *l, str number, str before)
{
    size_t end = before.n, from;
    while (end && !is_letter(before.p[end - 1]) && !is_digit(before.p[end - 1])) end--;
    for (from = end; from && is_letter(before.p[from - 1]);) from--;
    return number.n <= 2 && from < end && is_one_of(l->part, l->n_part, str_slice(before, from, end));
}

/// Is it the number of the law that the list is of? Of a short one, the year's last digits are compared.
static bool own_law(const struct code_list *l, str number)
{
    size_t stroke = str_find(l->law, '/'), at = str_find(number, '/');
    return l->law.n && str_eq(str_slice(l->law, 0, stroke), str_slice(number, 0, at)) &&
           str_ends(l->law, str_slice(number, at + 1, number.n));
}

static struct codes_told articles_tell(const struct code_list *l, str s)
{
    struct codes_told told = { 0 };
    bool              odd = false; // a number stands there that is none of the list's, before any that is
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        while (is_digit(at_of(s, at))) at++;
        if (at == from) {
            at++;
            continue;
        }
        str         number = str_slice(s, from, at);
        bool        year = passes_for_year(l, s, from, at);
        struct mark m = mark_read(s, at);
        size_t      behind = at;
        at += m.bytes;
        if (m.law) {
            told.unknown = told.unknown || !own_law(l, str_slice(s, from, at));
            continue;
        }
        bool none = !take_article(l, number, &m, &told);
        take_behind(l, number, &m, s, behind, &told);
        // Numbers of parts and paragraphs stand behind that of an article, and have one or two digits.
        if (none && number.n > 2 && !year) told.unknown = true;
        odd = odd || (none && !told.any && !is_part(l, number, str_slice(s, 0, from)));
    }
    told.unknown = told.unknown || !told.any || odd;
    return told;
}

enum err codes_tell(struct scope *sc, const struct code_list *l, str text, struct codes_told *out)
{
    struct codes_told told = { 0 };
    text = str_trim(text);
    if (text.n && l->form == FORM_ARTICLE) {
        bool foreign, odd;
        TRY(plain(sc, text, &text, &odd));
        told = articles_tell(l, text);
        TRY(phrases_any(sc, l->foreign, l->n_foreign, text, &foreign));
        told.unknown = told.unknown || foreign || odd;
    } else if (text.n) {
        const struct code_entry *e = entry_find(l, text);
        if (e) take(&told, e);
        told.unknown = !e;
    }
    *out = told;
    return OK;
}
