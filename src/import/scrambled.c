// SPDX-License-Identifier: EUPL-1.2
#include "import/scrambled.h"

#include "model/letters.h"

enum {
    LATIN_RUN = 6,     // letters with marks side by side: Czech has five ("Záříčí"), Latvian, too
    LATIN_WORD = 5,    // a word of nothing else: Czech has four ("říší"), Polish, too ("żółć")
    CYRILLIC_RUN = 4,  // more in a row are a word of their own: "АльфаBankом"
    CAPITALS_LEAST = 4 // "кВт", "мРНК" have less
};
enum script { NEITHER, LATIN, CYRILLIC };

struct word {
    enum script script;                 // of the last letter that only one has
    unsigned    changes;                // of it
    bool        serbian;                // a letter that Ukrainian and Russian do not have
    bool        small_first;            // of its Cyrillic letters; all others are capitals
    unsigned    all, letters, capitals; // letters: Cyrillic ones
    unsigned    run, longest;           // of Cyrillic letters
    unsigned    marked;                 // Latin letters with marks, up to the last letter
    uint32_t    before;                 // the last letter
    bool        odd, odd_latin;         // behind it stands a sign that no word has, or no Latin one
};

static bool is_latin(uint32_t c)
{
    return (c | 0x20) - 'a' < 26 || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7);
}

static bool is_cyrillic(uint32_t c)
{
    return c >= 0x400 && c <= 0x52F;
}

static bool is_in(const uint32_t *list, size_t n, uint32_t c)
{
    bool in = false;
    for (size_t i = 0; i < n; i++) in = in || list[i] == c;
    return in;
}

enum { HAS_LIKE = 1, SERBIAN = 2 };
/// Letters that look alike in both scripts are typed for each other; those of Serbian and Macedonian are not in Ukrainian or Russian.
static const uint8_t kinds[0x460] = {
    ['a'] = HAS_LIKE,   ['c'] = HAS_LIKE,   ['e'] = HAS_LIKE,   ['i'] = HAS_LIKE,   ['j'] = HAS_LIKE,
    ['o'] = HAS_LIKE,   ['p'] = HAS_LIKE,   ['x'] = HAS_LIKE,   ['y'] = HAS_LIKE,   ['A'] = HAS_LIKE,
    ['B'] = HAS_LIKE,   ['C'] = HAS_LIKE,   ['E'] = HAS_LIKE,   ['H'] = HAS_LIKE,   ['I'] = HAS_LIKE,
    ['J'] = HAS_LIKE,   ['K'] = HAS_LIKE,   ['M'] = HAS_LIKE,   ['O'] = HAS_LIKE,   ['P'] = HAS_LIKE,
    ['S'] = HAS_LIKE,   ['T'] = HAS_LIKE,   ['X'] = HAS_LIKE,   ['Y'] = HAS_LIKE,   [0x430] = HAS_LIKE,
    [0x435] = HAS_LIKE, [0x43E] = HAS_LIKE, [0x440] = HAS_LIKE, [0x441] = HAS_LIKE, [0x443] = HAS_LIKE,
    [0x445] = HAS_LIKE, [0x456] = HAS_LIKE, [0x458] = HAS_LIKE, [0x405] = HAS_LIKE, [0x406] = HAS_LIKE,
    [0x408] = HAS_LIKE, [0x410] = HAS_LIKE, [0x412] = HAS_LIKE, [0x415] = HAS_LIKE, [0x41A] = HAS_LIKE,
    [0x41C] = HAS_LIKE, [0x41D] = HAS_LIKE, [0x41E] = HAS_LIKE, [0x420] = HAS_LIKE, [0x421] = HAS_LIKE,
    [0x422] = HAS_LIKE, [0x423] = HAS_LIKE, [0x425] = HAS_LIKE, [0x402] = SERBIAN,  [0x403] = SERBIAN,
    [0x409] = SERBIAN,  [0x40A] = SERBIAN,  [0x40B] = SERBIAN,  [0x40C] = SERBIAN,  [0x40F] = SERBIAN,
    [0x452] = SERBIAN,  [0x453] = SERBIAN,  [0x459] = SERBIAN,  [0x45A] = SERBIAN,  [0x45B] = SERBIAN,
    [0x45C] = SERBIAN,  [0x45F] = SERBIAN
};

static bool is_kind(uint32_t c, uint8_t kind)
{
    return c < COUNT(kinds) && kinds[c] & kind;
}

static bool is_capital(uint32_t c) // of Cyrillic letters
{
    return c < 0x430 || (c >= 0x460 && !(c & 1));
}

/// As what letters of another encoding come out; never between two letters beyond ASCII.
static bool is_odd(uint32_t c)
{
    static const uint32_t signs[] = { 0xA4, 0xA6, 0xA8, 0xA9, 0xAC,  0xAE, 0xAF,
                                      0xB3, 0xB6, 0xBF, 0xF7, 0x2D9, 0x2DB };
    return is_in(signs, COUNT(signs), c);
}

/// Never between two Latin ones.
static bool is_odd_in_latin(uint32_t c)
{
    static const uint32_t signs[] = { 0xA1, 0xA3, 0xA5, 0xA7, 0xAA, 0xB2, 0xB4, 0xB8, 0xBA, 0xD7 };
    return is_in(signs, COUNT(signs), c);
}

/// A capital of one script within a word of small letters of the other stands for none that looks like it.
static void add_script(struct word *w, uint32_t c, enum script is)
{
    bool within = is == CYRILLIC && is_capital(c) && is_latin(w->before) && letters_small(w->before);
    if (is_kind(c, HAS_LIKE) && !within) return;
    w->changes += w->script && w->script != is;
    w->script = is;
    w->serbian = w->serbian || is_kind(c, SERBIAN);
}

/// True: no word begins so.
static bool add_letter(struct word *w, uint32_t c)
{
    bool cyrillic = is_cyrillic(c), marked = !cyrillic && c >= 0x80;
    if (w->before >= 0x80 && c >= 0x80 && (w->odd || (w->odd_latin && !cyrillic && !is_cyrillic(w->before))))
        return true;
    if (w->odd || w->odd_latin) *w = (struct word){ 0 };
    if (cyrillic) {
        if (!w->letters++) w->small_first = !is_capital(c);
        else w->capitals += is_capital(c);
        w->run++;
        if (w->run > w->longest) w->longest = w->run;
    } else w->run = 0;
    w->marked = marked ? w->marked + 1 : 0;
    add_script(w, c, cyrillic ? CYRILLIC : LATIN);
    w->before = c;
    w->all++;
    return w->marked >= LATIN_RUN;
}

static bool ends(const struct word *w)
{
    bool mixed = w->longest && w->longest <= CYRILLIC_RUN && (w->changes > 1 || (w->changes && w->serbian));
    bool upside_down = w->small_first && w->capitals >= CAPITALS_LEAST && w->capitals + 1 == w->letters;
    return mixed || upside_down || (w->all >= LATIN_WORD && w->marked == w->all);
}

bool scrambled_any(str text)
{
    struct word w = { 0 };
    while (text.n) {
        uint32_t c = letters_next(&text);
        if (is_latin(c) || is_cyrillic(c)) {
            if (add_letter(&w, c)) return true;
            continue;
        }
        if (letters_silent(c)) continue;
        bool first = w.before && !w.odd && !w.odd_latin;
        if (first && ends(&w)) return true;
        if (first && w.before >= 0x80 && is_odd(c)) w.odd = true;
        else if (first && w.before >= 0x80 && is_odd_in_latin(c)) w.odd_latin = true;
        else w = (struct word){ 0 };
    }
    return ends(&w);
}
