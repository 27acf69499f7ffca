// SPDX-License-Identifier: EUPL-1.2
// Ukrainian letters follow the table of the Cabinet of Ministers, resolution 55 of 27 January 2010; Latin letters
// with marks lose them, and U+0451 is read as U+0435, as Russian texts mostly write it. Titles of the sections: UNODC
// (2015), International Classification of Crime for Statistical Purposes, version 1.0, table 2 of the introduction.
#include "model/category.h"

#include "model/letters.h"
#include <string.h>

// Letters of Latin-1 and Latin Extended-A, U+00C0..U+017F, as one letter each; '\1' stands for those that become two
// (below) and '-' for what is no letter.
static const char latin[] =
    "aaaaaa\1ceeeeiiiidnooooo-ouuuuy\1\1aaaaaa\1ceeeeiiiidnooooo-ouuuuy\1y" // U+00C0..FF
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\1\1jjkkkllllllllll" // U+0100..142
    "nnnnnnnnnoooooo\1\1rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";      // U+0143..17F
enum { LATIN_FIRST = 0xC0, LATIN_LAST = 0x17F };

static const struct spelling {
    uint32_t    letter; // lower case; the table is in their order
    const char *first;  // at the beginning of a word
    const char *inside; // NULL: the same
} spellings[] = {
    { 0xC6, "ae", NULL },  { 0xDE, "th", NULL },  { 0xDF, "ss", NULL },    { 0xE6, "ae", NULL },
    { 0xFE, "th", NULL },  { 0x132, "ij", NULL }, { 0x133, "ij", NULL },   { 0x152, "oe", NULL },
    { 0x153, "oe", NULL }, { 0x430, "a", NULL },  { 0x431, "b", NULL },    { 0x432, "v", NULL },
    { 0x433, "h", NULL },  { 0x434, "d", NULL },  { 0x435, "e", NULL },    { 0x436, "zh", NULL },
    { 0x437, "z", NULL },  { 0x438, "y", NULL },  { 0x439, "y", "i" },     { 0x43A, "k", NULL },
    { 0x43B, "l", NULL },  { 0x43C, "m", NULL },  { 0x43D, "n", NULL },    { 0x43E, "o", NULL },
    { 0x43F, "p", NULL },  { 0x440, "r", NULL },  { 0x441, "s", NULL },    { 0x442, "t", NULL },
    { 0x443, "u", NULL },  { 0x444, "f", NULL },  { 0x445, "kh", NULL },   { 0x446, "ts", NULL },
    { 0x447, "ch", NULL }, { 0x448, "sh", NULL }, { 0x449, "shch", NULL }, { 0x44A, "", NULL },
    { 0x44B, "y", NULL },  { 0x44C, "", NULL },   { 0x44D, "e", NULL },    { 0x44E, "yu", "iu" },
    { 0x44F, "ya", "ia" }, { 0x451, "e", NULL },  { 0x454, "ye", "ie" },   { 0x456, "i", NULL },
    { 0x457, "yi", "i" },  { 0x491, "g", NULL },
};

static uint32_t lower(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    return c == 0x490 ? 0x491 : c;
}

static const struct spelling *spelling_of(uint32_t c)
{
    size_t from = 0, to = sizeof spellings / sizeof *spellings;
    while (from < to) {
        size_t at = (from + to) / 2;
        if (spellings[at].letter == c) return &spellings[at];
        if (spellings[at].letter < c) from = at + 1;
        else to = at;
    }
    return NULL;
}

static const char silent[] = "";

/// What a letter is written as; silent for what is not read within a word, NULL for what is not a letter or digit.
static const char *spell(uint32_t c, bool first, char one[2])
{
    if (c < 0x80 && letters_make_words(c)) {
        one[0] = (char)c;
        return one;
    }
    if (c < 0x80) return letters_apostrophe(c) ? "" : NULL;
    const struct spelling *s = spelling_of(c);
    if (s) return first || !s->inside ? s->first : s->inside;
    if (letters_apostrophe(c)) return "";
    if (c < LATIN_FIRST || c > LATIN_LAST || latin[c - LATIN_FIRST] == '-')
        return letters_silent(c) ? silent : NULL;
    one[0] = latin[c - LATIN_FIRST];
    return one;
}

/// Cuts one character off the front, small, together with the marks that make a letter of the table of it: a text has one key in each
/// of Unicode's normalization forms. Other marks are not read.
static uint32_t next_letter(str *s)
{
    uint32_t c = lower(letters_next(s));
    while (c >= 0x400 && s->n && ((unsigned char)s->p[0] & 0xFE) == 0xCC) { // U+0300..U+037F
        str      rest = *s;
        uint32_t mark = letters_next(&rest), made = letters_compose(c, mark);
        if (!made && !letters_silent(mark)) break;
        if (made && spelling_of(made)) c = made;
        *s = rest;
    }
    return c;
}

static bool is_whole(uint32_t c)
{
    char     one[2] = { 0 };
    uint32_t part[LETTERS_PARTS];
    bool mark = (c >= 0x80 && c < 0xC0) || (c >= 0x2000 && c <= 0x206F) || c == 0x2116; // punctuation, No.
    if (c < 0x80 || mark || spell(c, true, one)) return true;
    size_t n = letters_parts(c, part), i = 0;
    while (i < n && is_whole(lower(part[i]))) i++;
    return n && i == n;
}

bool category_key_is_whole(str code)
{
    while (code.n)
        if (!is_whole(next_letter(&code))) return false;
    return true;
}

/// Small letters of Latin-1 and Latin Extended-A, too.
static uint32_t fold(uint32_t c)
{
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if (c == 0x178) return 0xFF;
    bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E); // capitals are the odd ones there
    if (c >= 0x100 && c <= 0x17E && (c & 1) == odd) return c + 1;
    return lower(c);
}

static bool is_space(uint32_t c)
{
    return c <= ' ' || c == 0xA0 || c == 0x202F;
}

/// Cuts what stands before the next white space off the front, and the white space on both sides.
static str next_word(str *s)
{
    str rest = *s, word, before;
    while (before = rest, rest.n && is_space(letters_next(&rest))) continue;
    word = rest = before;
    while (before = rest, rest.n && !is_space(letters_next(&rest))) continue;
    *s = before;
    return str_slice(word, 0, word.n - before.n);
}

/// As next_letter, of letters of any alphabet, and no mark is lost.
static uint32_t next_composed(str *s)
{
    uint32_t c = letters_next(s);
    for (str rest = *s; rest.n; *s = rest) {
        uint32_t made = letters_compose(c, letters_next(&rest));
        if (!made) break;
        c = made;
    }
    return fold(c);
}

bool category_same_spelling(str a, str b)
{
    str x, y;
    do {
        x = next_word(&a);
        y = next_word(&b);
        while (x.n && y.n)
            if (next_composed(&x) != next_composed(&y)) return false;
        if (x.n || y.n) return false;
    } while (a.n && b.n);
    return !next_word(&a).n && !next_word(&b).n;
}

struct key {
    char    *to;
    size_t   n, size;
    uint32_t before; // the letter before; 'a' for any of ASCII
    bool     full;
};

static void key_add(struct key *k, uint32_t c)
{
    char        one[2] = { 0 };
    uint32_t    part[LETTERS_PARTS];
    bool        first = !k->n || k->to[k->n - 1] == '-';
    const char *letters = spell(c, first, one);
    size_t      n = letters || c < 0x80 ? 0 : letters_parts(c, part);
    for (size_t i = 0; i < n; i++) key_add(k, lower(part[i]));
    if (n || letters == silent) return;
    if (k->before == 0x437 && c == 0x433) letters = "gh"; // "zgh", so that it is not read as "zh"
    k->before = c;
    if (!letters) letters = first ? "" : "-";
    size_t length = strlen(letters);
    k->full = k->full || k->n + length + 1 > k->size;
    if (k->full) return;
    memcpy(k->to + k->n, letters, length);
    k->n += length;
}

/// Most texts are mostly of letters that stand for themselves.
static void key_add_plain(struct key *k, str *code)
{
    size_t i = 0;
    for (; i < code->n && k->n + 2 <= k->size; i++) {
        char c = code->p[i], small = (char)(c | 0x20);
        if (!(c >= '0' && c <= '9') && !(small >= 'a' && small <= 'z')) break;
        k->to[k->n++] = c <= '9' ? c : small;
    }
    if (i) k->before = 'a';
    *code = (str){ code->p + i, code->n - i };
}

size_t category_key(str code, char *to, size_t size)
{
    struct key k = { .to = to, .size = size };
    while (key_add_plain(&k, &code), code.n && !k.full) key_add(&k, next_letter(&code));
    while (k.n && to[k.n - 1] == '-') k.n--;
    if (size) to[k.n] = 0;
    return k.n;
}

static const char *const titles[ICCS_SECTIONS][LANGUAGES] = {
    { "Not classified", "Nezařazeno", "Не класифіковано" },
    { "Acts leading to death or intending to cause death",
      "Činy vedoucí ke smrti nebo mající za cíl způsobit smrt",
      "Діяння, що призвели до смерті або мали на меті її спричинити" },
    { "Acts causing harm or intending to cause harm to the person",
      "Činy působící újmu nebo mající za cíl způsobit újmu osobě",
      "Діяння, що завдали шкоди особі або мали на меті її завдати" },
    { "Injurious acts of a sexual nature", "Škodlivé činy sexuální povahy",
      "Шкідливі діяння сексуального характеру" },
    { "Acts against property involving violence or threat against a person",
      "Činy proti majetku s násilím nebo hrozbou násilí proti osobě",
      "Діяння проти власності з насильством або погрозою щодо особи" },
    { "Acts against property only", "Činy pouze proti majetku", "Діяння лише проти власності" },
    { "Acts involving controlled drugs or other psychoactive substances",
      "Činy související s kontrolovanými drogami nebo jinými psychoaktivními látkami",
      "Діяння, пов’язані з контрольованими наркотиками чи іншими психоактивними речовинами" },
    { "Acts involving fraud, deception or corruption", "Činy související s podvodem, klamáním nebo korupcí",
      "Діяння, пов’язані з шахрайством, обманом або корупцією" },
    { "Acts against public order, authority and provisions of the State",
      "Činy proti veřejnému pořádku, veřejné moci a předpisům státu",
      "Діяння проти громадського порядку, влади та приписів держави" },
    { "Acts against public safety and state security", "Činy proti veřejné bezpečnosti a bezpečnosti státu",
      "Діяння проти громадської безпеки та безпеки держави" },
    { "Acts against the natural environment", "Činy proti životnímu prostředí", "Діяння проти довкілля" },
    { "Other criminal acts not elsewhere classified", "Ostatní trestné činy jinde nezařazené",
      "Інші злочинні діяння, не класифіковані в інших розділах" },
    { "Not a crime", "Není trestným činem", "Не злочин" },
};

str iccs_label(int section, enum language l)
{
    if (section < 0 || section >= ICCS_SECTIONS) section = ICCS_UNKNOWN;
    return str_of(titles[section][l]);
}
