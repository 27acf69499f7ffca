// SPDX-License-Identifier: EUPL-1.2
#include "import/words.h"

#include "base/arena.h"
#include "model/category.h"
#include <string.h>

enum { GAP_WORDS = 4 }; // that may stand between two words of a phrase

// category_key writes at most twice the bytes of a text ("щ" becomes "shch").
static size_t key_room(str text)
{
    return 2 * text.n + 2;
}

enum err phrase_read(struct scope *sc, str text, struct phrase *out)
{
    str whole = text;
    out->written = text;
    out->n = 0;
    while (text = str_trim(text), text.n) {
        str  word = str_slice(text, 0, str_find(text, ' '));
        bool before = str_starts(word, S("*")), behind = word.n > 1 && str_ends(word, S("*"));
        text = str_slice(text, word.n, text.n);
        word = str_slice(word, before, word.n - behind);
        char *key = arena_alloc(sc->mem, key_room(word));
        if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for a phrase");
        size_t n = category_key(word, key, key_room(word));
        if (!n || memchr(key, '-', n) || out->n == PHRASE_WORDS)
            return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is no phrase of at most %d words",
                        STR(str_slice(whole, 0, 60)), PHRASE_WORDS);
        out->word[out->n++] = (struct phrase_word){ { key, n }, before, behind };
    }
    if (out->n) return OK;
    return fail(&sc->fault, ERR_INVALID, "an empty phrase");
}

static bool word_fits(const struct phrase_word *p, str word)
{
    if (!p->before) return p->behind ? str_starts(word, p->letters) : str_eq(word, p->letters);
    return p->behind ? str_has(word, p->letters) : str_ends(word, p->letters);
}

/// Do the words of the phrase from the i-th on stand in the text, that one at this place? Each place within the gap is tried,
/// since the first that fits may leave the next word out of reach. *seen gets a mark for each of its words.
static bool phrase_fits(const struct phrase *p, size_t i, const str *word, size_t n, size_t at, bool *seen)
{
    if (!word_fits(&p->word[i], word[at])) return false;
    bool fits = i + 1 == p->n;
    for (size_t next = at + 1; !fits && next < n && next <= at + 1 + GAP_WORDS; next++)
        fits = phrase_fits(p, i + 1, word, n, next, seen);
    if (fits && seen) seen[at] = true;
    return fits;
}

struct words { // of a text, in memory of the scope
    str   *word;
    bool  *seen;
    size_t n;
};

static enum err words_cut(struct scope *sc, str text, struct words *out)
{
    char *key = arena_alloc(sc->mem, key_room(text));
    if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
    str    rest = { key, category_key(text, key, key_room(text)) }, part;
    size_t room = 1;
    for (size_t i = 0; i < rest.n; i++) room += rest.p[i] == '-';
    struct words w = { .word = arena_array(sc->mem, str, room), .seen = arena_array(sc->mem, bool, room) };
    if (!w.word || !w.seen) return fail(&sc->fault, ERR_NOMEM, "no room for %zu words", room);
    while (str_cut(&rest, '-', &part))
        if (part.n) w.word[w.n++] = part;
    *out = w;
    return OK;
}

enum err phrases_any(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out)
{
    struct words w;
    TRY(words_cut(sc, text, &w));
    *out = false;
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at < w.n; at++) *out = *out || phrase_fits(&phrase[i], 0, w.word, w.n, at, NULL);
    return OK;
}

/// "2016", "b": of a paragraph or an amount.
static bool says_nothing(str s)
{
    if (s.n == 1) return true;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

static void tell(const struct phrase *p, struct words_told *told)
{
    if (!p->classes) return;
    told->classes |= p->classes;
    if (!told->strictest ||
        sensitivity_strictest(p->classes) < sensitivity_strictest(told->strictest->classes))
        told->strictest = p;
    if (p->classes & sensitivity_bit(SENSITIVITY_STREET)) told->street = p;
}

enum err words_tell(struct scope *sc, const struct code_list *l, str text, struct words_told *out)
{
    struct words_told told = { .all_known = true };
    struct words      w;
    TRY(words_cut(sc, text, &w));
    for (size_t at = 0; at < w.n; at++)
        for (size_t i = 0; i < l->n_phrases; i++) {
            const struct phrase *p = &l->phrase[i];
            // Most phrases differ in their first letter.
            if (!p->word[0].before && p->word[0].letters.p[0] != w.word[at].p[0]) continue;
            if (phrase_fits(p, 0, w.word, w.n, at, w.seen)) tell(p, &told);
        }
    for (size_t at = 0; at < w.n; at++)
        told.all_known = told.all_known && (w.seen[at] || says_nothing(w.word[at]));
    *out = told;
    return OK;
}
