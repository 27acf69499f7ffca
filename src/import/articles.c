// SPDX-License-Identifier: EUPL-1.2
#include "import/articles.h"

#include "base/arena.h"
#include "model/category.h"
#include "model/letters.h"
#include <string.h>

enum { RUN_BYTES = 100, BRACKET_PIECES = 12, NAMES_MAX = 64, KEY_BYTES = 128 };

enum law {
    CZECH,
    UKRAINIAN,
    ADMINISTRATIVE,
    GERMAN,
    LISTS,
    SILENT = LISTS,
    MISDEMEANOURS,
    FOREIGN,
    OTHER,
    ABROAD,
    LAWS,
    NO_LAW = LAWS
};
enum { OF_CZECH = 1 << CZECH, OF_UKRAINIAN = 1 << UKRAINIAN, OF_ANY = OF_CZECH | OF_UKRAINIAN };

static const char *const law_lists[LISTS] = { "cz-criminal-code", "ua-criminal-code",
                                              "ua-administrative-code", "stgb" };

// clang-format off
/// How the laws are named, of which the longest counts, and of two the first. A name in Cyrillic letters is none in Latin ones, nor the other way
/// round: "ТЗ" is a vehicle, "KK" the code of Poland, and "UK" a country. FOREIGN speaks of an offence by a number without a sign, too;
/// OTHER, of any law, only beside a sign. ABROAD names no law, but says of all in the text that they are of another country.
static const char *const law_names[LAWS] = {
    [CZECH] = "tz | trz | tr+z | tr+zák* | trestní*+zákon* | zákon*+40+2009 | zákon*+č+40+2009 | zák+40+2009 | zák+č+40+2009 | 40+2009",
    [UKRAINIAN] = "кк | кку | кримінальн*+кодекс* | криминальн*+кодекс*",
    [ADMINISTRATIVE] = "купап | куоап | купоап | кпап | kupap | адмінкодекс* | кодекс*+україни+про+адм* | кодекс*+про+адм*",
    [GERMAN] = "stgb | strafgesetzb*",
    [SILENT] = "кпк | цпк | цк | кас | гпк | пдр | упк | гк | tr+ř | trř | tř | trestní*+řád* | stpo | zpo | bgb | stvo | o+policii | zákon*+o+polici* | "
        "zák+o+polici* | zákon*+273+2008 | zákon*+č+273+2008 | zák+č+273+2008 | zákon*+o+silničn* | zákon*+361+2000 | zákon*+č+361+2000 | zák+361+2000 | "
        "zák+č+361+2000 | z+č+361+2000 | 361+2000 | zákon*+o+provozu | občansk*+zákon* | obč+zák* | oz | správní*+řád* | "
        "закон*+україни+про+національну+поліцію | закон*+про+національну+поліцію | конституці* | ústav* | listin*+základn*",
    [MISDEMEANOURS] = "zákon*+251+2016 | zákon*+č+251+2016 | zák+251+2016 | zák+č+251+2016 | z+č+251+2016 | 251+2016 | zákon*+o+některých+přestup* | "
        "zákon*+200+1990 | zákon*+č+200+1990 | zák+200+1990 | zák+č+200+1990 | z+č+200+1990 | 200+1990 | zákon*+o+přestup* | přest+zák* | přestupkov*+zákon*",
    [FOREIGN] = "ук | uk+rf | кк+рф | уголовн*+кодекс* | коап | z+z | zz | 300+2005 | 140+1961 | trestn*+zákon* | k+k | kk | kodeks*+karn* | penal+code | "
        "criminal+code | code+pénal | sexual+offences+act",
    [OTHER] = "zákon* | zák | закон* | кодекс* | act | gesetz* | *gesetz | *gesetzbuch* | pc | usc | cc | přestupk* | přestupkov* | ust | kodeks* | code",
    [ABROAD] = "ods+<99 | sr",
};
/// Words that may stand between an article and its law, or between two articles of one law. Single letters may, too.
static const char between[] =
    "odst* | písm* | bod* | alin* | věta | věty | část* | пп | чч | пункт* | підпункт* | абз* | прим* | abs | satz | nr | alt | та | або | или | "
    "nebo | resp | and | und | or | ve | spojení | para | subsection | paragraph* | україни | украины | ukrainy | рф | чр | čr | sb | také | též | dále | "
    "souběh* | також | также | sowie | čísl* | номер* | no";
/// Words between a sign and its number, and behind an amount, which is none.
static const char counting[] = "č | čísl* | номер* | no | nr";
static const char money[] = "kč | kc | czk | korun* | eur | euro* | usd | uah | грн | гривень | гривні | гривня | гривны | руб* | zł | pln";

/// Words in front of the number of an article. Of Latin letters they are only with a mark on one, or long, since "st" is a street.
static const struct article_sign {
    const char *word; // as category_key spells it
    unsigned    laws;
    bool        behind, ascii; // letters may follow; it may be of ASCII alone
} article_signs[] = {
    { "cl", OF_CZECH, false, false },       { "clan", OF_CZECH, true, false },      { "paragraf", OF_CZECH, true, true },
    { "par", OF_CZECH, false, true },       { "parag", OF_CZECH, false, true },     { "paragraph", OF_ANY, true, true },
    { "st", OF_UKRAINIAN, false, false },   { "statt", OF_UKRAINIAN, true, false }, { "stati", OF_UKRAINIAN, true, false },
    { "staty", OF_UKRAINIAN, true, false }, { "stattia", OF_UKRAINIAN, false, true }, { "stattya", OF_UKRAINIAN, false, true },
    { "art", OF_ANY, false, true },         { "article", OF_ANY, true, true },      { "artikel", OF_ANY, true, true },
    { "sec", OF_ANY, false, true },         { "sect", OF_ANY, false, true },        { "section", OF_ANY, true, true },
    { "sekce", OF_ANY, false, true },
};
/// Names of columns that hold articles of one of our codes, which they do not say.
static const char law_columns[] = "kvalifikac* | кваліфікац* | квалификац* | předpis* | zákon* | закон* | ustanoven* | норм* | trestn*+čin | skutkov*+podstat*";
// clang-format on

struct names {
    struct phrase phrase[NAMES_MAX];
    size_t        n;
};
struct articles {
    struct listed {
        const struct code_list *list;
        const struct phrase    *entry; // [n_entries] as phrases, for who is told of a hit
    } listed[LISTS];
    struct names  name[LAWS], between, counting, money, law_column;
    struct phrase unknown;
};

// -- the lists ----------------------------------------------------------------------------------------------------------

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the names of laws");
}

static enum err open_list(struct scope *sc, const char *key, struct listed *out)
{
    TRY(codes_find(sc, str_of(key), &out->list));
    struct phrase *entry = arena_array(sc->mem, struct phrase, out->list->n_entries);
    if (!entry) return no_room(sc);
    for (size_t i = 0; i < out->list->n_entries; i++) {
        const struct code_entry *e = &out->list->entry[i];
        entry[i] = (struct phrase){ .iccs = e->iccs, .classes = e->classes };
        entry[i].written = arena_printf(sc->mem, "%.*s %s", STR(out->list->key), e->code);
        if (!entry[i].written.p) return no_room(sc);
    }
    out->entry = entry;
    return OK;
}

/// A name too many would be left out in silence, so none may be.
static enum err open_names(struct scope *sc, const char *text, struct names *out)
{
    str rest = str_of(text), part;
    while (str_cut(&rest, '|', &part)) {
        if (out->n == NAMES_MAX) return fail(&sc->fault, ERR_LIMIT, "there are too many names of a law");
        TRY(phrase_read(sc, str_trim(part), &out->phrase[out->n++]));
    }
    return OK;
}

enum err articles_open(struct scope *sc, const struct articles **out)
{
    struct articles *a = arena_new(sc->mem, struct articles);
    if (!a) return no_room(sc);
    a->unknown = (struct phrase){ .classes = sensitivity_bit(SENSITIVITY_UNCLASSIFIED),
                                  .written = S("an article that no list has") };
    for (int i = 0; i < LISTS; i++) TRY(open_list(sc, law_lists[i], &a->listed[i]));
    for (int i = 0; i < LAWS; i++) TRY(open_names(sc, law_names[i], &a->name[i]));
    TRY(open_names(sc, between, &a->between));
    TRY(open_names(sc, counting, &a->counting));
    TRY(open_names(sc, money, &a->money));
    TRY(open_names(sc, law_columns, &a->law_column));
    *out = a;
    return OK;
}

// -- words --------------------------------------------------------------------------------------------------------------

static bool has_beyond(str s)
{
    bool any = false;
    for (size_t i = 0; i < s.n; i++) any |= (s.p[i] & 0x80) != 0;
    return any;
}

static bool is_cyrillic(str s)
{
    return s.n && ((unsigned char)s.p[0] & 0xFC) == 0xD0;
}

/// The laws that a word says an article of; 0: none. key: as category_key spells the word.
static unsigned laws_of(str key, bool beyond)
{
    for (size_t i = 0; i < COUNT(article_signs); i++) {
        const struct article_sign *s = &article_signs[i];
        str                        word = str_of(s->word);
        if ((s->ascii || beyond) && (s->behind ? str_starts(key, word) : str_eq(key, word))) return s->laws;
    }
    return 0;
}

/// May a name of the law begin with this word?
static bool begins_name(const struct names *names, str key)
{
    for (size_t i = 0; i < names->n && key.n; i++)
        if (phrase_word_fits(&names->phrase[i].word[0], key)) return true;
    return false;
}

bool articles_sign(const struct articles *a, str key, bool beyond)
{
    bool names = laws_of(key, beyond) != 0;
    for (int i = 0; i < LISTS && !names; i++) names = begins_name(&a->name[i], key);
    return names || begins_name(&a->name[FOREIGN], key);
}

/// Empty for a word that is too long for a sign or a name.
static str key_of(str word, char key[KEY_BYTES])
{
    return (str){ key, word.n < KEY_BYTES / 2 - 1 ? category_key(word, key, KEY_BYTES) : 0 };
}

/// Cuts one run of letters or of digits, or a single sign, off the front.
static str next_piece(str *rest)
{
    str      from = *rest, end;
    uint32_t c = letters_next(rest);
    bool     word = letters_make_words(c), digits = letters_digit(c) >= 0;
    while (end = *rest, word && end.n) {
        c = letters_next(&end);
        word = letters_make_words(c) && (letters_digit(c) >= 0) == digits;
        if (word) *rest = end;
    }
    return str_slice(from, 0, from.n - rest->n);
}

static bool is_word(str piece)
{
    return letters_make_words(letters_next(&piece));
}

static bool is_number(str piece)
{
    return letters_digit(letters_next(&piece)) >= 0;
}

static bool is_letter(str piece)
{
    letters_next(&piece);
    return !piece.n;
}

/// Cuts a word of a phrase off the front: a piece, or several that nothing parts ("187a"). False: it is another.
static bool cut_word(const struct phrase_word *p, str *rest)
{
    char key[KEY_BYTES];
    str  from = *rest;
    do {
        next_piece(rest);
        if (phrase_word_fits(p, key_of(str_slice(from, 0, from.n - rest->n), key))) return true;
    } while (rest->n && is_word(*rest));
    return false;
}

/// How many bytes of the text a phrase takes up that it begins with, whatever signs stand between the words; 0: it does not.
static size_t phrase_at(const struct phrase *p, str text)
{
    str    rest = text;
    size_t at = 0;
    while (at < p->n && rest.n)
        if (!is_word(rest)) next_piece(&rest);
        else if (!cut_word(&p->word[at++], &rest)) return 0;
    return at == p->n ? text.n - rest.n : 0;
}

/// The longest name of them that the text begins with, in bytes.
static size_t name_at(const struct names *names, str text, str key)
{
    size_t longest = 0;
    for (size_t i = 0; i < names->n && key.n; i++) {
        const struct phrase *p = &names->phrase[i];
        if (is_cyrillic(p->written) != is_cyrillic(text) || !phrase_word_fits(&p->word[0], key)) continue;
        size_t bytes = phrase_at(p, text);
        longest = bytes > longest ? bytes : longest;
    }
    return longest;
}

// -- pieces -------------------------------------------------------------------------------------------------------------

enum kind {
    NUMBER,
    PASSED /* a number that a phrase passes over */,
    BETWEEN,
    SIGN,
    LAW,
    WORD /* ends a list of articles */
};
struct piece {
    uint32_t from, to; // bytes of the text
    uint8_t  kind, is; // is: the laws of a sign, or which law
};
struct text {
    const struct articles *a;
    str                    text;
    struct piece          *piece; // its words, numbers and signs of sections
    size_t                 n;
    unsigned               around; // laws that it names anywhere, as bits
    bool                   any;    // a sign or a law stands there
    bool                   known;  // an article that a list has
    struct words_told     *told;
    int64_t               *since_s;
};

static str piece_text(const struct text *t, size_t i)
{
    return str_slice(t->text, t->piece[i].from, t->piece[i].to);
}

/// What stands between a piece and the one behind it, or the end.
static str signs_behind(const struct text *t, size_t i)
{
    return str_slice(t->text, t->piece[i].to, i + 1 < t->n ? t->piece[i + 1].from : t->text.n);
}

static size_t count_pieces(str text)
{
    size_t n = 0;
    while (text.n) {
        next_piece(&text);
        n++;
    }
    return n;
}

/// The piece at this place, which may be a name of several words.
static struct piece piece_at(struct text *t, size_t from, str word)
{
    const struct articles *a = t->a;
    char                   key[KEY_BYTES];
    str                    rest = str_slice(t->text, from, t->text.n), spelled = key_of(word, key);
    struct piece           p = { (uint32_t)from, (uint32_t)(from + word.n), WORD, 0 };
    size_t                 longest = 0;
    for (unsigned law = 0; law < LAWS; law++) {
        size_t bytes = name_at(&a->name[law], rest, spelled);
        bool   senior = law == ABROAD && str_eq(spelled, S("sr")) && !str_eq(word, S("SR"));
        if (bytes > longest && !senior) longest = bytes, p.is = (uint8_t)law;
    }
    if (longest) {
        p.to = (uint32_t)(from + longest);
        p.kind = p.is == ABROAD ? BETWEEN : LAW;
        return p;
    }
    p.is = (uint8_t)laws_of(spelled, has_beyond(word));
    if (is_number(word)) p.kind = NUMBER;
    else if (p.is) p.kind = SIGN;
    else if (is_letter(word) || name_at(&a->between, rest, spelled)) p.kind = BETWEEN;
    return p;
}

static enum err cut_pieces(struct scope *sc, struct text *t)
{
    t->piece = arena_array(sc->mem, struct piece, count_pieces(t->text) + 1);
    if (!t->piece || t->text.n > UINT32_MAX) return no_room(sc);
    for (str rest = t->text; rest.n;) {
        size_t       from = t->text.n - rest.n;
        str          word = next_piece(&rest);
        struct piece p = { (uint32_t)from, (uint32_t)(from + word.n), SIGN, OF_CZECH };
        if (is_word(word)) p = piece_at(t, from, word);
        else if (!str_eq(word, S("§"))) continue;
        t->any = t->any || p.kind == SIGN || p.kind == LAW;
        t->piece[t->n++] = p;
        rest = str_slice(t->text, p.to, t->text.n);
    }
    return OK;
}

static bool begins(const struct text *t, size_t i, const struct names *names)
{
    char key[KEY_BYTES];
    return begins_name(names, key_of(piece_text(t, i), key));
}

/// Is it a sign of an article: directly in front of a number ("№", "č." or "odst." may stand there) or of a law?
static bool is_sign(const struct text *t, size_t i)
{
    str    signs = signs_behind(t, i);
    size_t n = 0;
    if (i + 1 < t->n && t->piece[i + 1].kind == LAW) return true;
    for (str rest = signs; rest.n; n++) {
        uint32_t c = letters_next(&rest);
        if (c == '(' || c == ')' || c == ',' || c == ';') return false;
    }
    if (i + 1 == t->n || n > 6) return false;
    size_t next = i + 1;
    bool   skip = begins(t, next, &t->a->counting) || !is_letter(piece_text(t, next));
    if (t->piece[next].kind == BETWEEN && skip) next++;
    return next < t->n && t->piece[next].kind == NUMBER;
}

/// "187 Kč", "187,- Kč", "187 €"; "187, Kč 5" is none.
static bool is_amount(const struct text *t, size_t i)
{
    str signs = letters_trim(signs_behind(t, i));
    if (str_starts(signs, S(",-"))) signs = letters_trim(str_slice(signs, 2, signs.n));
    if (str_starts(signs, S("€"))) return true;
    return !signs.n && i + 1 < t->n && begins(t, i + 1, &t->a->money);
}

/// "č. p. 187", "č.j. 187": the number of a house or a file.
static bool counts_else(const struct text *t, size_t i)
{
    if (i + 1 == t->n || !str_eq_nocase(piece_text(t, i), S("č"))) return false;
    str next = piece_text(t, i + 1);
    return str_eq_nocase(next, S("p")) || str_eq_nocase(next, S("j")) || str_eq_nocase(next, S("ev"));
}

/// "205 (krádež), 187": words in brackets behind a number end no list, and numbers behind them there are none of it.
static void pass_brackets(struct text *t, size_t i)
{
    size_t to = i + 1, word = t->n;
    bool   open = t->piece[i].kind <= BETWEEN && str_has(signs_behind(t, i), S("("));
    for (; open && to < t->n && to <= i + BRACKET_PIECES; to++) {
        if (t->piece[to].kind == SIGN || t->piece[to].kind == LAW) return;
        if (t->piece[to].kind == WORD && word == t->n) word = to;
        open = !str_has(signs_behind(t, to), S(")"));
    }
    for (size_t k = word; !open && k < to; k++)
        t->piece[k].kind = t->piece[k].kind <= PASSED ? PASSED : BETWEEN;
}

/// "ZZ376673" is the number of a file, though "Z. z." is short for a law: nobody joins a number of five digits to its law.
static bool begins_file_number(const struct text *t, size_t i)
{
    size_t digits = 0;
    if (i + 1 == t->n || t->piece[i + 1].kind != NUMBER || t->piece[i + 1].from != t->piece[i].to)
        return false;
    for (str rest = piece_text(t, i + 1); rest.n; digits++) letters_next(&rest);
    return digits >= 5;
}

/// What a piece is by those behind it.
static void settle_pieces(struct text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        struct piece *p = &t->piece[i];
        bool          section = str_eq(piece_text(t, i), S("§"));
        if (p->kind == NUMBER && is_amount(t, i)) p->kind = WORD;
        else if (p->kind == SIGN && !is_sign(t, i)) p->kind = section ? BETWEEN : WORD;
        else if (p->kind == BETWEEN && counts_else(t, i)) p->kind = WORD;
        else if (p->kind == LAW && begins_file_number(t, i)) p->kind = WORD;
    }
    for (size_t i = 0; i < t->n; i++) pass_brackets(t, i);
}

static void find_around(struct text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct piece *p = &t->piece[i];
        if (p->kind == LAW || (p->kind == BETWEEN && p->is == ABROAD)) t->around |= 1u << p->is;
    }
}

/// The numbers of a phrase are passed over, but for one with a mark that the phrase does not have ("173-2", "187a"): it is another. Of
/// a phrase without a number, the sign or the law is none.
static void pass_over(struct text *t, size_t from, size_t bytes)
{
    size_t end = t->piece[from].from + bytes, to = from;
    bool   number = false;
    for (; to < t->n && t->piece[to].to <= end; to++) number = number || t->piece[to].kind <= PASSED;
    str behind = to && to < t->n ? signs_behind(t, to - 1) : S(" ");
    if (number && t->piece[to - 1].kind <= PASSED && (!behind.n || str_eq(behind, S("-")))) return;
    for (size_t i = from; i < to; i++)
        if (!number) t->piece[i].kind = WORD;
        else if (t->piece[i].kind == NUMBER) t->piece[i].kind = PASSED;
    t->told->masked = t->told->masked || to > from;
}

static void pass_phrases(struct text *t, const struct phrase *but, size_t n_but)
{
    for (size_t i = 0; i < t->n && n_but; i++) {
        unsigned kind = t->piece[i].kind;
        str      rest = str_slice(t->text, t->piece[i].from, t->text.n);
        if (kind == WORD || (kind == BETWEEN && t->piece[i].is != ABROAD)) continue;
        for (size_t k = 0; k < n_but; k++) {
            size_t bytes = phrase_at(&but[k], rest);
            if (bytes) pass_over(t, i, bytes);
        }
    }
}

// -- what they say ------------------------------------------------------------------------------------------------------

struct run {                     // of numbers and of what may stand between them
    size_t   from, to;           // pieces
    bool     is_signed, one_law; // one_law: one that a list has, and no other, as if it were named
    size_t   sign;               // the piece of the sign that it stands behind; t->n: none does
    unsigned laws;               // that the sign may mean, where no law says it better
    enum law front, behind;
};

/// The number that a hit is of, with its sign if that stands before it.
static enum err show(struct scope *sc, const struct text *t, const struct run *r, const char *code, str *out)
{
    size_t at = r->to, digits = 0;
    while (code[digits] >= '0' && code[digits] <= '9') digits++;
    for (size_t i = r->from; i < r->to && at == r->to; i++) {
        str number = piece_text(t, i);
        while (number.n > 1 && number.p[0] == '0') number = str_slice(number, 1, number.n);
        if (t->piece[i].kind == NUMBER && (!digits || str_eq(number, (str){ code, digits }))) at = i;
    }
    str  number = digits ? str_of(code) : at < r->to ? piece_text(t, at) : (str){ 0 };
    bool beside = r->sign < t->n && at == r->sign + 1;
    str  sign = beside ? piece_text(t, r->sign) : (str){ 0 };
    *out = arena_printf(sc->mem, "%.*s%s%.*s", STR(sign), beside ? " " : "", STR(number));
    return out->p ? OK : no_room(sc);
}

static enum err add_hit(struct scope *sc, const struct text *t, const struct phrase *by, const struct run *r,
                        const char *code)
{
    struct words_told *told = t->told;
    str                shown;
    words_take(told, by);
    for (size_t i = 0; i < told->n_hits; i++)
        if (told->hit[i].by == by) return OK;
    if (!(by->classes & CLASSES_HIDING) || told->n_hits == WORD_HITS_MAX) return OK;
    TRY(show(sc, t, r, code, &shown));
    told->hit[told->n_hits++] = (struct word_hit){ by, by->written, shown };
    return OK;
}

static enum err add_unknown(struct scope *sc, const struct text *t, const struct run *r)
{
    return add_hit(sc, t, &t->a->unknown, r, "");
}

/// Does a number stand there that an article of this law may have? Numbers of parts stand behind others and are short.
static bool in_range(const struct code_list *l, const struct text *t, const struct run *r)
{
    bool first = true;
    for (size_t i = r->from; i < r->to; i++) {
        int64_t n = 0;
        size_t  digits = 0;
        if (t->piece[i].kind != NUMBER) continue;
        for (str rest = piece_text(t, i); rest.n && digits < 5; digits++)
            n = 10 * n + letters_digit(letters_next(&rest));
        if ((first || digits == 3) && n >= l->first && (n <= l->last || digits == 3)) return true;
        first = false;
    }
    return false;
}

/// Is it a number of a part ("ч. 1") that stands in front of its article?
static bool is_part(const struct code_list *l, const struct text *t, const struct run *r, size_t i)
{
    char key[KEY_BYTES];
    bool before = false, more = false;
    if (i == r->from || t->piece[i].kind != NUMBER || t->piece[i].to - t->piece[i].from > 2) return false;
    str word = key_of(piece_text(t, i - 1), key);
    for (size_t k = 0; k < l->n_part; k++) before = before || phrase_word_fits(&l->part[k].word[0], word);
    for (size_t k = i + 1; k < r->to; k++) more = more || t->piece[k].kind == NUMBER;
    return before && more;
}

/// From the end of what stands in front of the run to the beginning of what stands behind, and what is joined to its last number.
static str run_text(const struct code_list *l, const struct text *t, const struct run *r)
{
    size_t first = r->from, to = r->to < t->n ? t->piece[r->to].from : t->text.n;
    while (first < r->to && t->piece[first].kind != NUMBER) first++;
    bool part = is_part(l, t, r, first),
         joined = r->to < t->n && t->piece[r->to].kind == WORD && to == t->piece[r->to - 1].to;
    size_t from = part ? t->piece[first].to : r->from ? t->piece[r->from - 1].to : 0;
    return str_slice(t->text, from, joined ? t->piece[r->to].to : to);
}

static enum err by_list(struct scope *sc, struct text *t, const struct run *r, enum law law, bool named)
{
    const struct listed *l = &t->a->listed[law];
    struct codes_told    code;
    struct arena_mark    before = arena_mark(sc->mem);
    TRY(codes_tell(sc, l->list, run_text(l->list, t, r), &code));
    arena_back(sc->mem, before);
    if (code.any && l->list->since_s > *t->since_s) *t->since_s = l->list->since_s;
    t->known = t->known || code.any;
    t->told->classes |= code.classes; // of several in a row, of which the strictest is told as the hit
    if (code.any) TRY(add_hit(sc, t, &l->entry[code.strictest - l->list->entry], r, code.strictest->code));
    bool unknown = named && code.unknown && (code.any || in_range(l->list, t, r));
    return unknown ? add_unknown(sc, t, r) : OK;
}

/// § 7 of the Czech law of misdemeanours, and § 49 of the one before, are of offences against living together, at home as well.
static bool may_be_at_home(const struct text *t, const struct run *r)
{
    bool any = false;
    for (size_t i = r->from; i < r->to; i++) {
        str number = piece_text(t, i);
        any = any || str_eq(number, S("7")) || str_eq(number, S("49"));
    }
    return any;
}

static enum err by_law(struct scope *sc, struct text *t, const struct run *r, enum law law)
{
    bool sign = r->is_signed;
    if (law < LISTS) return by_list(sc, t, r, law, true);
    bool unknown =
        law == FOREIGN || (law == OTHER && sign) || (law == MISDEMEANOURS && sign && may_be_at_home(t, r));
    return unknown ? add_unknown(sc, t, r) : OK;
}

static enum err judge(struct scope *sc, struct text *t, const struct run *r)
{
    bool listed = r->laws || r->front < LISTS || r->behind < LISTS;
    if (r->front != NO_LAW) TRY(by_law(sc, t, r, r->front));
    if (r->behind != NO_LAW) TRY(by_law(sc, t, r, r->behind));
    for (unsigned i = 0; i < LISTS && r->laws; i++)
        if ((r->laws | t->around) >> i & 1 && i != r->front) TRY(by_list(sc, t, r, (enum law)i, r->one_law));
    bool elsewhere = t->around & (1u << FOREIGN | 1u << ABROAD);
    return listed && elsewhere ? add_unknown(sc, t, r) : OK;
}

/// How far numbers are judged at once: not all of a long list, or the time would grow with the square of its length.
static size_t run_end(const struct text *t, size_t from, size_t end)
{
    size_t to = from;
    for (; to < end && t->piece[to].kind != PASSED; to++) {
        const struct piece *p = &t->piece[to];
        size_t              bytes = p->from - t->piece[from].from;
        bool whole = p->to - p->from > 2 || bytes > 10 * RUN_BYTES; // no part of the one before
        if (p->kind == NUMBER && bytes > RUN_BYTES && whole) break;
    }
    return to;
}

/// Judges the numbers between two signs, laws or other words. any: there are some.
static enum err judge_stretch(struct scope *sc, struct text *t, struct run r, size_t from, size_t end,
                              bool *any)
{
    *any = false;
    while (from < end) {
        bool numbers = false;
        r.from = from;
        r.to = run_end(t, from, end);
        for (size_t i = from; i < r.to; i++) numbers = numbers || t->piece[i].kind == NUMBER;
        if (numbers) TRY(judge(sc, t, &r));
        *any = *any || numbers || r.to == from;
        from = r.to > from ? r.to : from + 1; // one that is passed over
    }
    return OK;
}

/// From left to right. A law that stands in front of all numbers is that of those behind a sign, too ("StGB: § 176"), one that
/// stands behind a number only of those behind it without one ("§ 205 TZ, 187"). begin: what is so before the first piece, and behind a word.
static enum err tell_pieces(struct scope *sc, struct text *t, struct run begin)
{
    unsigned   sign = begin.laws; // of the last sign
    bool       alone = false;     // no number stands in front of the law
    bool       numbers = false, carried = false;
    struct run r = begin;
    for (size_t i = 0; i < t->n;) {
        const struct piece *p = &t->piece[i];
        size_t              end = i;
        while (end < t->n && t->piece[end].kind <= BETWEEN) end++;
        if (end > i) {
            struct run now = r;
            now.behind = end < t->n && t->piece[end].kind == LAW ? (enum law)t->piece[end].is : NO_LAW;
            now.laws = now.behind == NO_LAW && (now.front == NO_LAW || carried) ? sign : 0;
            TRY(judge_stretch(sc, t, now, i, end, &numbers));
            i = end;
            continue;
        }
        if (p->kind == SIGN) {
            carried = r.front != NO_LAW && alone && (r.front < LISTS || r.front == FOREIGN);
            if (!carried) r.front = NO_LAW;
            sign = p->is;
            r.sign = i;
            r.is_signed = true;
            r.one_law = false;
        } else if (p->kind == LAW) {
            r.front = (enum law)p->is;
            alone = !numbers;
            carried = false;
        } else r = begin, sign = begin.laws, carried = alone = false;
        numbers = false;
        i++;
    }
    return OK;
}

enum err articles_tell(struct scope *sc, const struct articles *a, const struct phrase *but, size_t n_but,
                       str text, struct words_told *told, int64_t *since_s)
{
    struct text t = { .a = a, .text = text, .told = told, .since_s = since_s };
    TRY(cut_pieces(sc, &t));
    if (!t.any) return OK;
    settle_pieces(&t);
    pass_phrases(&t, but, n_but);
    find_around(&t);
    return tell_pieces(sc, &t, (struct run){ .sign = t.n, .front = NO_LAW });
}

// -- below the name of a law --------------------------------------------------------------------------------------------

/// What the name of a column says of the articles below it. False: nothing, so that they are of a law without a list.
static bool read_column(const struct text *name, struct run *begin)
{
    const struct articles *a = name->a;
    char                   key[KEY_BYTES];
    for (size_t i = 0; i < name->n; i++) {
        const struct piece *p = &name->piece[i];
        str                 word = piece_text(name, i), rest = str_slice(name->text, p->from, name->text.n);
        bool                listed = name_at(&a->law_column, rest, key_of(word, key)) > 0;
        if (p->kind == LAW && p->is < LISTS) return begin->front = (enum law)p->is, true;
        if (p->kind == LAW && p->is == FOREIGN) return false;
        if (p->kind == SIGN) begin->laws |= p->is;
        else if (listed) begin->laws |= is_cyrillic(word) ? OF_UKRAINIAN : OF_CZECH;
    }
    begin->one_law = begin->laws == OF_CZECH || begin->laws == OF_UKRAINIAN;
    return begin->laws != 0;
}

enum err articles_tell_column(struct scope *sc, const struct articles *a, const struct phrase *but,
                              size_t n_but, str name, str value, struct words_told *told, int64_t *since_s)
{
    struct text column = { .a = a, .text = name, .told = told, .since_s = since_s }, t = column;
    struct run  begin = { .front = NO_LAW, .behind = NO_LAW, .is_signed = true };
    bool        passed = false, silent = false;
    t.text = value;
    TRY(cut_pieces(sc, &column));
    TRY(cut_pieces(sc, &t));
    begin.sign = t.n;
    if (!t.n) return OK;
    if (!read_column(&column, &begin)) return add_unknown(sc, &t, &(struct run){ .to = t.n, .sign = t.n });
    settle_pieces(&t);
    pass_phrases(&t, but, n_but);
    find_around(&t);
    TRY(tell_pieces(sc, &t, begin));
    for (size_t i = 0; i < t.n; i++) {
        passed = passed || t.piece[i].kind == PASSED;
        silent = silent || (t.piece[i].kind == LAW && t.piece[i].is != FOREIGN);
    }
    bool unknown = !t.known && !passed && !silent;
    return unknown ? add_unknown(sc, &t, &(struct run){ .to = t.n, .sign = t.n }) : OK;
}

// -- "zák." -------------------------------------------------------------------------------------------------------------

/// "tr. zák.", "zák. č. 361/2000" is short for a law, and no pupil ("žák") without the mark on its first letter.
static bool short_for_law(str before, str word, str rest)
{
    static const char *const with[] = { "zák", "Zák", "ZÁK" }, *const without[] = { "zak", "Zak", "ZAK" };
    bool accent = false, plain = false;
    for (size_t i = 0; i < COUNT(with); i++) {
        accent = accent || str_eq(word, str_of(with[i]));
        plain = plain || str_eq(word, str_of(without[i]));
    }
    if (!accent && !plain) return false;
    if (str_eq_nocase(before, S("tr")) || (accent && str_starts(rest, S(".")))) return true;
    for (bool counted = false; rest.n;) {
        str piece = next_piece(&rest);
        if (!is_word(piece)) continue;
        if (is_number(piece) || counted) return is_number(piece);
        counted = str_eq(piece, S("č")) || str_eq(piece, S("c"));
        if (!counted) return false;
    }
    return false;
}

enum err articles_but_laws(struct scope *sc, str text, str *out)
{
    char *copy = NULL;
    str   before = { 0 };
    *out = text;
    for (str rest = text; rest.n;) {
        size_t at = text.n - rest.n;
        str    word = next_piece(&rest);
        if (!is_word(word)) continue;
        if (short_for_law(before, word, rest)) {
            if (!copy && !(copy = arena_cstr(sc->mem, text))) return no_room(sc);
            memset(copy + at, 'x', word.n); // a word that no list has, so that others keep their distance
            *out = (str){ copy, text.n };
        }
        before = word;
    }
    return OK;
}
