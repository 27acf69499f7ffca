// SPDX-License-Identifier: EUPL-1.2
#include "import/values.h"

#include "base/arena.h"
#include "import/articles.h"
#include "import/legible.h"
#include "import/streets.h"
#include "import/words.h"
#include "model/category.h"
#include "model/letters.h"
#include <stdlib.h>
#include <string.h>

/// An article of an unknown law may be of any class.
enum { REFUSING = VALUES_CLASSES | 1 << SENSITIVITY_UNCLASSIFIED };
enum { WORDS_FIRST = 1 << 14, TEXTS_FIRST = 1 << 12, TEXTS_MAX = 1 << 20, LIST_BYTES = 8 << 20 };

struct text {                  // that holds a word worth a look
    uint64_t             hash; // 0: free
    const struct phrase *hit;
};
struct values {
    struct arena           *mem; // of the list, and below it of the text at hand
    const struct code_list *list;
    const struct articles  *articles;
    uint64_t               *word; // hashes of words; the lowest bit: it may be of a phrase. 0: free
    size_t                  n_words, words;
    struct text            *text;
    size_t                  n_texts, texts;
};

// -- letters ----------------------------------------------------------------------------------------------------------

/// Words are runs of letters here: a digit ends one, so that "HY194057" is looked at once. Bytes beyond ASCII count as letters.
static const bool letter[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['\''] = true, ['`'] = true, [0x80 ... 0xFF] = true
};

static const uint64_t hash_first = 0xCBF29CE484222325u;

static inline uint64_t hash_step(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * 0x100000001B3u;
}

static inline uint64_t hash_last(uint64_t h)
{
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15u;
    return (h ^ h >> 29) | 2; // never free
}

// -- phrases ------------------------------------------------------------------------------------------------------------

static bool has_letter(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (letter[(unsigned char)s.p[i]]) return true;
    return false;
}

/// The word of a phrase that is met least: its longest. One of digits alone is met by no run of letters.
static const struct phrase_word *rarest(const struct phrase *p)
{
    const struct phrase_word *best = NULL;
    for (size_t i = 0; i < p->n; i++)
        if (has_letter(p->word[i].letters) && (!best || p->word[i].letters.n > best->letters.n))
            best = &p->word[i];
    return best;
}

/// Letters of the run at the digits' side may be missing: "15leta". Of words that a sign of no width joins, each counts.
static bool may_be(const struct phrase_word *w, str word, bool joined)
{
    struct phrase_word bare = *w; // its number is of no run
    bare.below = 0;
    if (joined ? str_has(word, w->letters) : phrase_word_fits(&bare, word)) return true;
    for (size_t i = 0; i < w->letters.n; i++)
        if (!letter[(unsigned char)w->letters.p[i]]) return true; // "b2b": no run is this word
    return false;
}

static bool is_of_phrase(const struct values *v, str word, bool joined)
{
    for (size_t i = 0; i < v->list->n_phrases; i++) {
        const struct phrase      *p = &v->list->phrase[i];
        const struct phrase_word *w = p->classes & VALUES_CLASSES ? rarest(p) : NULL;
        if (p->classes & VALUES_CLASSES && (!w || may_be(w, word, joined))) return true;
    }
    return false;
}

/// A run may hold signs beyond ASCII, so that its key is several words.
static enum err judge_run(struct values *v, struct scope *sc, str run, bool *out)
{
    char   small[256], *key = small;
    size_t room = 2 * run.n + 2;
    if (room > sizeof small && !(key = malloc(room)))
        return fail(&sc->fault, ERR_NOMEM, "no room for a word of %zu bytes", run.n);
    str  rest = { key, category_key(run, key, room) }, part;
    bool joined = str_has(run, S("\xE2\x80\x8B")), beyond = false; // U+200B, see words.c
    for (size_t i = 0; i < run.n; i++) beyond |= (run.p[i] & 0x80) != 0;
    *out = str_has(run, S("§"));
    while (str_cut(&rest, '-', &part))
        *out =
            *out || (part.n && (is_of_phrase(v, part, joined) || articles_sign(v->articles, part, beyond)));
    if (key != small) free(key);
    return OK;
}

static enum err judge_word(struct values *v, struct scope *sc, str run, bool *out)
{
    struct scope      own = { .mem = v->mem };
    struct arena_mark before = arena_mark(v->mem);
    str               parted;
    *out = false;
    TRY(judge_run(v, sc, run, out));
    if (*out) return OK;
    if (words_part(&own, run, &parted)) return sc->fault = own.fault, own.fault.code;
    if (parted.n != run.n) TRY(judge_run(v, sc, parted, out));
    arena_back(v->mem, before);
    return OK;
}

// -- what was met before -------------------------------------------------------------------------------------------------

static enum err grow_words(struct values *v, struct scope *sc)
{
    size_t    words = v->words ? 2 * v->words : WORDS_FIRST;
    uint64_t *word = calloc(words, sizeof *word);
    if (!word) return fail(&sc->fault, ERR_NOMEM, "no room for the words of columns that nothing reads");
    for (size_t i = 0; i < v->words; i++) {
        if (!v->word[i]) continue;
        size_t at = (v->word[i] >> 1) & (words - 1);
        while (word[at]) at = (at + 1) & (words - 1);
        word[at] = v->word[i];
    }
    free(v->word);
    v->word = word;
    v->words = words;
    return OK;
}

static enum err word_tells(struct values *v, struct scope *sc, str run, uint64_t hash, bool *out)
{
    uint64_t h = hash_last(hash) & ~UINT64_C(1);
    size_t   at = (h >> 1) & (v->words - 1);
    for (; v->word[at]; at = (at + 1) & (v->words - 1))
        if ((v->word[at] & ~UINT64_C(1)) == h) {
            *out = v->word[at] & 1;
            return OK;
        }
    TRY(judge_word(v, sc, run, out));
    v->word[at] = h | *out;
    return ++v->n_words > v->words / 2 ? grow_words(v, sc) : OK;
}

static enum err grow_texts(struct values *v, struct scope *sc)
{
    size_t       texts = v->texts ? 2 * v->texts : TEXTS_FIRST;
    struct text *text = calloc(texts, sizeof *text);
    if (!text) return fail(&sc->fault, ERR_NOMEM, "no room for the values of columns that nothing reads");
    for (size_t i = 0; i < v->texts; i++) {
        if (!v->text[i].hash) continue;
        size_t at = v->text[i].hash >> 2 & (texts - 1);
        while (text[at].hash) at = (at + 1) & (texts - 1);
        text[at] = v->text[i];
    }
    free(v->text);
    v->text = text;
    v->texts = texts;
    return OK;
}

static enum err judge_text(struct values *v, struct scope *sc, str value, const struct phrase **out)
{
    struct words_told told;
    struct scope      own = { .mem = v->mem };
    struct arena_mark before = arena_mark(v->mem);
    int64_t           since_s = CODES_ALWAYS;
    str               spelled;
    if (streets_cut(&own, value, &spelled) || articles_but_laws(&own, spelled, &spelled) ||
        words_tell(&own, v->list, spelled, &told) ||
        articles_tell(&own, v->articles, NULL, 0, value, &told, &since_s))
        return sc->fault = own.fault, own.fault.code;
    *out = told.classes & REFUSING ? told.strictest : NULL;
    arena_back(v->mem, before);
    return OK;
}

static enum err text_tells(struct values *v, struct scope *sc, str value, const struct phrase **out)
{
    uint64_t h = hash_first;
    for (size_t i = 0; i < value.n; i++) h = hash_step(h, value.p[i]);
    h = hash_last(h);
    size_t at = h >> 2 & (v->texts - 1);
    for (; v->text[at].hash; at = (at + 1) & (v->texts - 1))
        if (v->text[at].hash == h) {
            *out = v->text[at].hit;
            return OK;
        }
    TRY(judge_text(v, sc, value, out));
    if (v->n_texts >= TEXTS_MAX) return OK; // each is judged anew from here on
    v->text[at] = (struct text){ h, *out };
    return ++v->n_texts > v->texts / 2 ? grow_texts(v, sc) : OK;
}

// -- the caller ---------------------------------------------------------------------------------------------------------

void values_close(struct values *v)
{
    if (!v) return;
    arena_close(v->mem);
    free(v->word);
    free(v->text);
    free(v);
}

void values_closep(struct values **v)
{
    values_close(*v);
    *v = NULL;
}

enum err values_open(struct scope *sc, struct values **out)
{
    AUTO(values_closep) struct values *v = calloc(1, sizeof *v);
    if (v) v->mem = arena_open(LIST_BYTES);
    if (!v || !v->mem) return fail(&sc->fault, ERR_NOMEM, "no room to look at columns that nothing reads");
    struct scope own = { .mem = v->mem };
    if (codes_find(&own, S("words"), &v->list) || articles_open(&own, &v->articles))
        return sc->fault = own.fault, own.fault.code;
    TRY(grow_words(v, sc));
    TRY(grow_texts(v, sc));
    *out = v;
    v = NULL;
    return OK;
}

static enum err look(struct values *v, struct scope *sc, str value, const struct phrase **out)
{
    bool tells = false;
    *out = NULL;
    for (size_t i = 0; i < value.n && !tells;) {
        while (i < value.n && !letter[(unsigned char)value.p[i]]) i++;
        size_t   from = i;
        uint64_t h = hash_first;
        for (; i < value.n && letter[(unsigned char)value.p[i]]; i++) h = hash_step(h, value.p[i]);
        if (i > from) TRY(word_tells(v, sc, str_slice(value, from, i), h, &tells));
    }
    return tells ? text_tells(v, sc, value, out) : OK;
}

enum err values_hit(struct values *v, struct scope *sc, str value, const struct phrase **out, bool *damaged)
{
    struct scope      own = { .mem = v->mem };
    struct arena_mark before = arena_mark(v->mem);
    if (legible_read(&own, value, &value, damaged)) return sc->fault = own.fault, own.fault.code;
    TRY(look(v, sc, value, out));
    arena_back(v->mem, before);
    return OK;
}
