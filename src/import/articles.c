// SPDX-License-Identifier: EUPL-1.2
#include "import/articles.h"

#include "base/arena.h"
#include "model/category.h"
#include "model/letters.h"

enum { ARTICLE_BYTES = 100, BESIDE_WORDS = 16, NAMES_MAX = 40 };

enum law {
    CZECH,
    UKRAINIAN,
    ADMINISTRATIVE,
    GERMAN,
    LISTS,
    SILENT = LISTS,
    FOREIGN,
    OTHER,
    LAWS,
    NO_LAW = LAWS
};
enum { OF_CZECH = 1 << CZECH, OF_UKRAINIAN = 1 << UKRAINIAN, OF_ANY = OF_CZECH | OF_UKRAINIAN };

static const char *const law_lists[LISTS] = { "cz-criminal-code", "ua-criminal-code",
                                              "ua-administrative-code", "stgb" };

// clang-format off
/// How the laws are named, in the order in which they are tried. FOREIGN speaks of an offence wherever it stands in a text; OTHER, of
/// any law, only beside the article.
static const char *const law_names[LAWS] = {
    [CZECH] = "tz | trz | tr+z | tr+zák* | trestní*+zákon* | zákon*+40+2009 | zákon*+č+40+2009 | zák+č+40+2009 | 40+2009",
    [UKRAINIAN] = "кк | кку | кримінальн*+кодекс* | криминальн*+кодекс*",
    [ADMINISTRATIVE] = "купап | куоап | купоап | кпап | адмінкодекс* | кодекс*+україни+про+адм* | кодекс*+про+адм*",
    [GERMAN] = "stgb | strafgesetzb*",
    [SILENT] = "кпк | цпк | цк | кас | гпк | пдр | упк | гк | tr+ř | trř | tř | trestní*+řád* | stpo | zpo | bgb | stvo | o+policii | zákon*+o+polici* | "
        "zák+o+polici* | zákon*+273+2008 | zákon*+č+273+2008 | zákon*+o+silničn* | zákon*+361+2000 | zákon*+č+361+2000 | "
        "zákon*+o+provozu | občansk*+zákon* | obč+zák* | oz | správní*+řád* | закон*+україни+про+національну+поліцію | "
        "закон*+про+національну+поліцію | конституці* | ústav* | listin*+základn*",
    [FOREIGN] = "ук | уголовн*+кодекс* | коап | z+z | zz | 300+2005 | 140+1961 | trestn*+zákon* | kodeks*+karn* | penal+code | criminal+code | "
        "code+pénal | sexual+offences+act",
    [OTHER] = "zákon* | zák | закон* | кодекс* | act | gesetz* | *gesetz | *gesetzbuch* | kk | pc | usc | cc | přestupk* | přestupkov* | ust | kodeks* | code",
};
/// Words that may stand between an article and its law.
static const char between[] =
    "odst* | písm* | bod* | alin* | věta | věty | част* | пп | чч | пункт* | підпункт* | абз* | прим* | abs | satz | nr | alt | та | або | или | "
    "nebo | resp | and | und | or | ve | spojení | para | subsection | paragraph*";

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
    struct names  name[LAWS], between;
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
    *out = a;
    return OK;
}

// -- signs --------------------------------------------------------------------------------------------------------------

static bool has_beyond(str s)
{
    bool any = false;
    for (size_t i = 0; i < s.n; i++) any |= (s.p[i] & 0x80) != 0;
    return any;
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

enum { KEY_BYTES = 128 };

/// Empty for a word that is too long for a sign or a name.
static str key_of(str word, char key[KEY_BYTES])
{
    return (str){ key, word.n < KEY_BYTES / 2 - 1 ? category_key(word, key, KEY_BYTES) : 0 };
}

static unsigned laws_of_word(str word)
{
    char key[KEY_BYTES];
    return laws_of(key_of(word, key), has_beyond(word));
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

/// Does a number stand there, behind blanks, points and the like?
static bool number_follows(str s)
{
    for (int signs = 0; s.n && signs < 6; signs++) {
        uint32_t c = letters_next(&s);
        if (letters_digit(c) >= 0) return true;
        if (letters_make_words(c) || c == '(' || c == ')' || c == ',' || c == ';') return false;
    }
    return false;
}

struct article {
    unsigned laws;          // that its sign may mean
    str      whole, number; // from its sign, and from behind it
};

/// The next article from here on; *rest is what stands behind its sign. False: there is none.
static bool article_next(str *rest, struct article *out)
{
    while (rest->n) {
        str from = *rest, piece = next_piece(rest);
        if (!number_follows(*rest)) continue;
        unsigned laws = str_eq(piece, S("§")) ? OF_CZECH : is_word(piece) ? laws_of_word(piece) : 0;
        if (!laws) continue;
        *out = (struct article){ laws, from, *rest };
        return true;
    }
    return false;
}

// -- which law ----------------------------------------------------------------------------------------------------------

/// A whole number of characters.
static str cut_text(str s)
{
    size_t n = s.n < ARTICLE_BYTES ? s.n : ARTICLE_BYTES;
    while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return str_slice(s, 0, n);
}

/// The law whose name the text begins with. Letters of both alphabets are spelled alike: "ТЗ" is a vehicle, and "KK" the code of Poland.
static enum err law_at(struct scope *sc, const struct articles *a, str text, enum law *out)
{
    char key[KEY_BYTES];
    str  rest = text, word = key_of(next_piece(&rest), key);
    bool cyrillic = ((unsigned char)text.p[0] & 0xFC) == 0xD0, begins = false;
    for (*out = CZECH; *out < LAWS; ++*out) {
        const struct names *names = &a->name[*out];
        if (cyrillic ? *out == CZECH : *out == UKRAINIAN) continue;
        if (begins_name(names, word))
            TRY(phrases_begin(sc, names->phrase, names->n, cut_text(text), &begins));
        if (begins) return OK;
    }
    return OK;
}

/// The law that stands directly behind the numbers of an article, and *numbers without it. NO_LAW: none does.
static enum err law_beside(struct scope *sc, const struct articles *a, const struct article *is, str *numbers,
                           enum law *out)
{
    str text = cut_text(is->number), rest = text;
    *numbers = text;
    *out = NO_LAW;
    for (int words = 0; rest.n && words < BESIDE_WORDS;) {
        str  from = rest, piece = next_piece(&rest), behind = piece;
        bool skip = !is_word(piece) || is_number(piece);
        if (str_eq(piece, S("§"))) return OK;
        words += is_word(piece);
        letters_next(&behind);
        if (!skip && *out == NO_LAW) TRY(law_at(sc, a, from, out));
        if (*out != NO_LAW) {
            *numbers = str_slice(text, 0, text.n - from.n);
            return OK;
        }
        if (!skip && behind.n) TRY(phrases_begin(sc, a->between.phrase, a->between.n, piece, &skip));
        if (!skip && behind.n) return OK;
    }
    return OK;
}

/// Laws that a text names anywhere: an article with none beside it may be of them.
static enum err laws_around(struct scope *sc, const struct articles *a, str text, unsigned *out)
{
    static const enum law named[] = { ADMINISTRATIVE, GERMAN, FOREIGN };
    *out = 0;
    for (size_t i = 0; i < COUNT(named); i++) {
        bool any;
        TRY(phrases_any(sc, a->name[named[i]].phrase, a->name[named[i]].n, text, &any));
        if (any) *out |= 1u << named[i];
    }
    return OK;
}

// -- what they say ------------------------------------------------------------------------------------------------------

static enum err add_hit(struct scope *sc, const struct phrase *by, const struct article *is,
                        struct words_told *told)
{
    words_take(told, by);
    for (size_t i = 0; i < told->n_hits; i++)
        if (told->hit[i].by == by) return OK;
    if (!(by->classes & CLASSES_HIDING) || told->n_hits == WORD_HITS_MAX) return OK;
    str    sign = str_slice(is->whole, 0, is->whole.n - is->number.n), rest = is->number, piece = rest;
    size_t digits = 0;
    while (rest.n && !digits) piece = next_piece(&rest), digits = is_number(piece) ? piece.n : 0;
    str shown = arena_printf(sc->mem, "%.*s %.*s", STR(sign), STR(str_slice(piece, 0, digits)));
    if (!shown.p) return no_room(sc);
    told->hit[told->n_hits++] = (struct word_hit){ by, by->written, shown };
    return OK;
}

static bool in_range(const struct code_list *l, str numbers)
{
    int64_t n = 0;
    size_t  digits = 0;
    while (numbers.n) {
        int d = letters_digit(letters_next(&numbers));
        if (d < 0 && digits) break;
        if (d >= 0 && digits++ < 5) n = 10 * n + d;
    }
    return n >= l->first && n <= l->last;
}

static enum err by_list(struct scope *sc, const struct articles *a, const struct article *is, enum law law,
                        str numbers, bool named, struct words_told *told, int64_t *since_s)
{
    const struct listed *l = &a->listed[law];
    struct codes_told    code;
    struct arena_mark    before = arena_mark(sc->mem);
    TRY(codes_tell(sc, l->list, numbers, &code));
    arena_back(sc->mem, before);
    if (code.any && l->list->since_s > *since_s) *since_s = l->list->since_s;
    told->classes |= code.classes; // of several in a row, of which the strictest is told as the hit
    if (code.any) TRY(add_hit(sc, &l->entry[code.strictest - l->list->entry], is, told));
    bool unknown = named && code.unknown && (code.any || in_range(l->list, numbers));
    return unknown ? add_hit(sc, &a->unknown, is, told) : OK;
}

static enum err judge(struct scope *sc, const struct articles *a, const struct article *is, unsigned around,
                      struct words_told *told, int64_t *since_s)
{
    enum law law;
    str      numbers;
    TRY(law_beside(sc, a, is, &numbers, &law));
    if (law == SILENT) return OK;
    if (law == FOREIGN || law == OTHER) return add_hit(sc, &a->unknown, is, told);
    if (law < LISTS) return by_list(sc, a, is, law, numbers, true, told, since_s);
    for (int i = 0; i < LISTS; i++)
        if ((is->laws | around) >> i & 1) TRY(by_list(sc, a, is, (enum law)i, numbers, false, told, since_s));
    return around >> FOREIGN & 1 ? add_hit(sc, &a->unknown, is, told) : OK;
}

static enum err tell_signed(struct scope *sc, const struct articles *a, const struct phrase *but,
                            size_t n_but, str text, struct words_told *told, int64_t *since_s)
{
    struct article is, next;
    unsigned       around;
    str            rest = text;
    bool           more = article_next(&rest, &next);
    if (more) TRY(laws_around(sc, a, text, &around));
    while (is = next, more) {
        bool passed = false;
        more = article_next(&rest, &next);
        if (more) is.number = str_slice(is.number, 0, is.number.n - next.whole.n);
        if (more) is.whole = str_slice(is.whole, 0, is.whole.n - next.whole.n);
        if (n_but) TRY(phrases_begin(sc, but, n_but, cut_text(is.whole), &passed));
        told->masked |= passed;
        if (!passed) TRY(judge(sc, a, &is, around, told, since_s));
    }
    return OK;
}

// -- without a sign -----------------------------------------------------------------------------------------------------

/// Laws by which a number without a sign is judged when their name stands beside it.
static bool is_named(enum law law)
{
    return law < LISTS || law == FOREIGN;
}

/// May a word of the text begin the name of such a law?
static bool may_name(const struct articles *a, str text)
{
    char key[KEY_BYTES];
    while (text.n) {
        str piece = next_piece(&text);
        if (!is_word(piece) || is_number(piece)) continue;
        piece = key_of(piece, key);
        for (enum law i = CZECH; i < LAWS; i++)
            if (is_named(i) && begins_name(&a->name[i], piece)) return true;
    }
    return false;
}

/// "187 odst. 2 TZ", "152 КК": the name stands behind the number.
static enum err number_before(struct scope *sc, const struct articles *a, str from, struct article *is,
                              str *numbers, enum law *law)
{
    *is = (struct article){ 0, from, from };
    TRY(law_beside(sc, a, is, numbers, law));
    if (!is_named(*law)) *law = NO_LAW;
    return OK;
}

/// "КК України 152", "TZ 187": the name stands in front of the number, and one more word may.
static enum err number_behind(struct scope *sc, const struct articles *a, str from, str rest,
                              struct article *is, str *numbers, enum law *law)
{
    static const str country = S("україни");
    TRY(law_at(sc, a, from, law));
    if (!is_named(*law)) *law = NO_LAW;
    str trimmed = str_trim(rest), word = trimmed.n ? next_piece(&trimmed) : trimmed;
    if (word.n == country.n && category_same_spelling(word, country)) rest = trimmed;
    if (*law == NO_LAW || !number_follows(rest)) return *law = NO_LAW, OK;
    *is = (struct article){ 0, from, rest };
    *numbers = cut_text(str_trim(rest));
    *numbers = str_slice(*numbers, 0, str_find(*numbers, ' '));
    return OK;
}

static enum err tell_bare(struct scope *sc, const struct articles *a, const struct phrase *but, size_t n_but,
                          str text, struct words_told *told, int64_t *since_s)
{
    bool behind_sign = false;
    for (str rest = text; rest.n;) {
        str            from = rest, piece = next_piece(&rest), numbers;
        enum law       law = NO_LAW;
        struct article is;
        bool           passed = false;
        if (!is_word(piece)) {
            behind_sign = behind_sign || str_eq(piece, S("§"));
            continue;
        }
        if (!is_number(piece)) TRY(number_behind(sc, a, from, rest, &is, &numbers, &law));
        else if (!behind_sign) TRY(number_before(sc, a, from, &is, &numbers, &law));
        behind_sign = !is_number(piece) && laws_of_word(piece);
        if (law == NO_LAW) continue;
        if (n_but) TRY(phrases_begin(sc, but, n_but, cut_text(is.whole), &passed));
        told->masked |= passed;
        if (passed) continue;
        if (law == FOREIGN) TRY(add_hit(sc, &a->unknown, &is, told));
        else TRY(by_list(sc, a, &is, law, numbers, true, told, since_s));
    }
    return OK;
}

enum err articles_tell(struct scope *sc, const struct articles *a, const struct phrase *but, size_t n_but,
                       str text, struct words_told *told, int64_t *since_s)
{
    TRY(tell_signed(sc, a, but, n_but, text, told, since_s));
    return may_name(a, text) ? tell_bare(sc, a, but, n_but, text, told, since_s) : OK;
}
