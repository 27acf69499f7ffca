// SPDX-License-Identifier: EUPL-1.2
#include "import/words.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/category.h"
#include "model/letters.h"
#include <string.h>

enum { GAP_WORDS = 4 }; // that may stand between two words of a phrase

// category_key writes at most twice the bytes of a text ("щ" becomes "shch").
static size_t key_room(str text)
{
    return 2 * text.n + 2;
}

/// Cuts "<18" off the front.
static int cut_below(str *word)
{
    int    below = 0;
    size_t at = 1;
    if (!str_starts(*word, S("<"))) return 0;
    for (; at < word->n && at < 3 && word->p[at] >= '0' && word->p[at] <= '9'; at++)
        below = 10 * below + (word->p[at] - '0');
    if (below) *word = str_slice(*word, at, word->n);
    return below;
}

static enum err read_word(struct scope *sc, str whole, str word, bool close, struct phrase *out)
{
    bool before = str_starts(word, S("*")), behind = word.n > 1 && str_ends(word, S("*"));
    word = str_slice(word, before, word.n - behind);
    int   below = cut_below(&word);
    char *key = arena_alloc(sc->mem, key_room(word));
    if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for a phrase");
    size_t n = category_key(word, key, key_room(word));
    if ((!n && !below) || memchr(key, '-', n) || out->n == PHRASE_WORDS)
        return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is no phrase of at most %d words",
                    STR(str_slice(whole, 0, 60)), PHRASE_WORDS);
    out->word[out->n++] = (struct phrase_word){ { key, n }, before, behind, close, below };
    return OK;
}

enum err phrase_read(struct scope *sc, str text, struct phrase *out)
{
    str whole = text, part;
    out->written = text;
    out->n = 0;
    while (text = str_trim(text), text.n) {
        str word = str_slice(text, 0, str_find(text, ' '));
        text = str_slice(text, word.n, text.n);
        for (bool close = false; str_cut(&word, '+', &part); close = true)
            TRY(read_word(sc, whole, part, close, out));
    }
    if (out->n) return OK;
    return fail(&sc->fault, ERR_INVALID, "an empty phrase");
}

/// Cuts its number off the front of a word. False: there is none, or a larger one.
static bool cut_number(int below, str *word)
{
    int    number = 0;
    size_t at = 0;
    for (; at < word->n && at < 3 && word->p[at] >= '0' && word->p[at] <= '9'; at++)
        number = 10 * number + (word->p[at] - '0');
    *word = str_slice(*word, at, word->n);
    return at && at < 3 && number < below;
}

bool phrase_word_fits(const struct phrase_word *p, str word)
{
    if (p->below && !cut_number(p->below, &word)) return false;
    if (!p->before) return p->behind ? str_starts(word, p->letters) : str_eq(word, p->letters);
    return p->behind ? str_has(word, p->letters) : str_ends(word, p->letters);
}

// -- which phrases may begin with a word? ---------------------------------------------------------------------------------

/// Phrases by the letters of their first word. A text has one word after another, and a list thousands of phrases.
struct phrase_index {
    uint32_t
        *slot; // [slots] number of a phrase from 1 on, whose first word has letters of this hash; 0: none
    uint32_t *next; // [n] the next one of the same slot
    size_t    slots;
    struct elsewhere { // a phrase whose letters may stand behind others, or behind a number
        uint32_t phrase;
        uint64_t pairs; // of its letters, as pairs_of has them
    } * elsewhere;
    size_t n_elsewhere;
};

static const uint32_t hash_first = 0x811C9DC5u;

static inline uint32_t hash_step(uint32_t h, char c)
{
    return (h ^ (unsigned char)c) * 0x01000193u;
}

static size_t slot_of(const struct phrase_index *x, uint32_t hash)
{
    return (hash ^ hash >> 15) & (x->slots - 1);
}

/// A bit for each two letters that stand side by side: a word has all of those that stand in it.
static uint64_t pairs_of(str letters)
{
    uint64_t set = 0;
    for (size_t i = 1; i < letters.n; i++)
        set |= (uint64_t)1 << ((unsigned char)letters.p[i - 1] * 5 + (unsigned char)letters.p[i]) % 64;
    return set;
}

enum err phrases_index(struct scope *sc, const struct phrase *phrase, size_t n,
                       const struct phrase_index **out)
{
    struct phrase_index *x = arena_new(sc->mem, struct phrase_index);
    size_t               slots = 64;
    while (slots < 4 * n) slots *= 2;
    if (x)
        *x = (struct phrase_index){ .slot = arena_array(sc->mem, uint32_t, slots),
                                    .next = arena_array(sc->mem, uint32_t, n + 1),
                                    .slots = slots,
                                    .elsewhere = arena_array(sc->mem, struct elsewhere, n + 1) };
    if (!x || !x->slot || !x->next || !x->elsewhere)
        return fail(&sc->fault, ERR_NOMEM, "no room for %zu phrases", n);
    for (size_t i = 0; i < n; i++) {
        const struct phrase_word *w = &phrase[i].word[0];
        uint32_t                  hash = hash_first;
        if (w->before || w->below) {
            x->elsewhere[x->n_elsewhere++] = (struct elsewhere){ (uint32_t)i, pairs_of(w->letters) };
            continue;
        }
        for (size_t k = 0; k < w->letters.n; k++) hash = hash_step(hash, w->letters.p[k]);
        size_t at = slot_of(x, hash);
        x->next[i] = x->slot[at];
        x->slot[at] = (uint32_t)i + 1;
    }
    *out = x;
    return OK;
}

enum { CANDIDATES_MAX = 96 };
struct candidates { // numbers of phrases, ascending
    uint32_t phrase[CANDIDATES_MAX];
    size_t   n;
    bool     all; // there are more: each phrase is one
};

static void candidate(struct candidates *c, uint32_t phrase)
{
    size_t at = c->n;
    if (at == CANDIDATES_MAX) {
        c->all = true;
        return;
    }
    for (; at && c->phrase[at - 1] > phrase; at--) c->phrase[at] = c->phrase[at - 1];
    c->phrase[at] = phrase;
    c->n++;
}

/// Those whose first word may be this one: by the letters that it begins with, each number of them.
static void find_candidates(const struct code_list *l, str word, struct candidates *c)
{
    const struct phrase_index *x = l->index;
    uint32_t                   hash = hash_first;
    c->n = 0;
    c->all = false;
    for (size_t i = 0; i < word.n; i++) {
        hash = hash_step(hash, word.p[i]);
        for (uint32_t p = x->slot[slot_of(x, hash)]; p; p = x->next[p - 1])
            if (l->phrase[p - 1].word[0].letters.n == i + 1 &&
                phrase_word_fits(&l->phrase[p - 1].word[0], word))
                candidate(c, p - 1);
    }
    uint64_t pairs = pairs_of(word);
    for (size_t i = 0; i < x->n_elsewhere; i++) {
        const struct elsewhere *e = &x->elsewhere[i];
        if (!(e->pairs & ~pairs) && phrase_word_fits(&l->phrase[e->phrase].word[0], word))
            candidate(c, e->phrase);
    }
}

// -- a text -----------------------------------------------------------------------------------------------------------

struct words { // of a text, in memory of the scope
    str  *word;
    bool *seen, *masked;
    bool *begins; // behind something else than spaces or one hyphen; NULL: not asked for
    str *
        run; // the letters of the text that each word is of, empty when these do not match; NULL: not asked for
    size_t n;
};

/// Do the words of the phrase from the i-th on stand in the text, that one at this place? Each place within the gap is tried,
/// since the first that fits may leave the next word out of reach. places: filled where they do.
static bool phrase_fits(const struct phrase *p, size_t i, const struct words *w, size_t at,
                        size_t places[PHRASE_WORDS])
{
    if (w->masked[at] || !phrase_word_fits(&p->word[i], w->word[at])) return false;
    bool   fits = i + 1 == p->n;
    size_t gap = !fits && p->word[i + 1].close ? 0 : GAP_WORDS;
    for (size_t next = at + 1; !fits && next < w->n && next <= at + 1 + gap; next++)
        fits = phrase_fits(p, i + 1, w, next, places);
    if (fits) places[i] = at;
    return fits;
}

static enum err words_cut(struct scope *sc, str text, struct words *out)
{
    char *key = arena_alloc(sc->mem, key_room(text));
    if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
    str    rest = { key, category_key(text, key, key_room(text)) }, part;
    size_t room = 1;
    for (size_t i = 0; i < rest.n; i++) room += rest.p[i] == '-';
    struct words w = { .word = arena_array(sc->mem, str, room),
                       .seen = arena_array(sc->mem, bool, room),
                       .masked = arena_array(sc->mem, bool, room) };
    if (!w.word || !w.seen || !w.masked) return fail(&sc->fault, ERR_NOMEM, "no room for %zu words", room);
    while (str_cut(&rest, '-', &part))
        if (part.n) w.word[w.n++] = part;
    *out = w;
    return OK;
}

enum { PIECES_MAX = 8, PIECE_LEAST = 2, WORD_LEAST = 4 };
struct pieces { // of a run of letters and digits
    struct piece {
        size_t to; // where it ends in the text
        size_t letters;
        bool   digits;
    } piece[PIECES_MAX];
    size_t n;
    str    rest; // behind the run
};

static struct pieces pieces_cut(str text, str run)
{
    struct pieces p = { .rest = run };
    bool          small = false;
    for (str rest = run; rest.n; p.rest = rest) {
        uint32_t c = letters_next(&rest);
        bool     digit = letters_digit(c) >= 0, silent = letters_silent(c);
        if (!digit && !silent && !letters_make_words(c)) break;
        size_t        known = p.n < PIECES_MAX ? p.n : PIECES_MAX; // of one with more, nothing is asked
        struct piece *last = known ? &p.piece[known - 1] : NULL;
        bool          begins = !last || (!silent && (last->digits != digit || (small && letters_capital(c))));
        if (begins && p.n < PIECES_MAX) {
            last = &p.piece[p.n];
            *last = (struct piece){ .digits = digit };
        }
        p.n += begins;
        last->to = text.n - rest.n;
        last->letters += !digit && !silent;
        small = letters_small(c) || (small && silent);
    }
    return p;
}

/// Not numbers of cases and plates ("DV1234", "5AB1234"), and not codes of letters and digits at random.
static bool are_words(const struct pieces *p)
{
    bool digits = false, word = false, fine = p->n > 1 && p->n <= PIECES_MAX;
    for (size_t i = 0; fine && i < p->n; i++) digits = digits || p->piece[i].digits;
    for (size_t i = 0; fine && i < p->n; i++) {
        size_t letters = p->piece[i].letters;
        if (p->piece[i].digits) continue;
        word = word || letters >= WORD_LEAST;
        fine = letters >= (digits ? WORD_LEAST : PIECE_LEAST);
    }
    return fine && word;
}

enum err words_part(struct scope *sc, str text, str *out)
{
    AUTO(buf_free) struct buf b = { 0 };
    size_t                    done = 0;
    buf_init(&b, 2 * text.n + 1);
    for (str rest = text; rest.n;) {
        struct pieces p = pieces_cut(text, rest);
        for (size_t i = 0; are_words(&p) && i + 1 < p.n; done = p.piece[i++].to) {
            buf_add(&b, str_slice(text, done, p.piece[i].to));
            buf_add_c(&b, ' ');
        }
        rest = p.rest;
        if (rest.n && !p.n) letters_next(&rest);
    }
    *out = text;
    if (!done) return OK;
    buf_add(&b, str_slice(text, done, text.n));
    *out = arena_str(sc->mem, buf_str(&b));
    return out->p && !b.failed ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
}

enum err phrases_begin(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out)
{
    struct arena_mark before = arena_mark(sc->mem);
    struct words      w;
    TRY(words_cut(sc, text, &w));
    *out = false;
    for (size_t i = 0; i < n && !*out; i++) {
        size_t at = 0;
        while (at < w.n && at < phrase[i].n && phrase_word_fits(&phrase[i].word[at], w.word[at])) at++;
        *out = at == phrase[i].n;
    }
    arena_back(sc->mem, before);
    return OK;
}

enum err phrases_any(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out)
{
    struct words w;
    size_t       places[PHRASE_WORDS];
    TRY(words_cut(sc, text, &w));
    *out = false;
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at < w.n; at++) *out = *out || phrase_fits(&phrase[i], 0, &w, at, places);
    return OK;
}

enum err phrases_only(struct scope *sc, const struct phrase *phrase, size_t n, const struct phrase *but,
                      size_t n_but, str text, bool *out)
{
    struct words w;
    size_t       left = 0;
    TRY(words_cut(sc, text, &w));
    for (size_t at = 0; at < w.n; at++) {
        bool passed = false;
        for (size_t i = 0; i < n_but && !passed; i++) passed = phrase_word_fits(&but[i].word[0], w.word[at]);
        if (!passed) w.word[left++] = w.word[at];
    }
    if (left) w.n = left;
    *out = false;
    for (size_t i = 0; i < n && !*out; i++) {
        size_t at = 0;
        while (at < w.n && phrase[i].n == w.n && phrase_word_fits(&phrase[i].word[at], w.word[at])) at++;
        *out = at && at == w.n;
    }
    return OK;
}

// -- words as the text has them ------------------------------------------------------------------------------------------

struct runs { // of letters, in the order of the text
    str  rest, run;
    bool apart;  // the run stands behind something else than spaces or one hyphen
    bool quoted; // a quotation mark stood in front of a run
};

/// An apostrophe is within a word: between two letters, or behind the s of "kids' bike" where no quotation may end.
static bool apostrophe_within(const struct runs *r, uint32_t before, uint32_t c)
{
    str rest = r->rest;
    if (!letters_apostrophe(c)) return false;
    return (rest.n && letters_make_words(letters_next(&rest))) ||
           ((before == 's' || before == 'S') && (c == '\'' || c == 0x2019 || c == 0x2BC) && !r->quoted);
}

/// False: there is none left.
static bool next_run(struct runs *r)
{
    size_t   spaces = 0, hyphens = 0;
    uint32_t c = 0, before = 0;
    str      from = r->rest;
    r->apart = false;
    for (; from = r->rest, from.n;) {
        c = letters_next(&r->rest);
        if (letters_make_words(c)) break;
        spaces += c == ' ', hyphens += c == '-';
        r->apart = r->apart || (c != ' ' && c != '-');
        r->quoted = r->quoted || letters_apostrophe(c);
    }
    r->apart = r->apart || hyphens > 1 || (hyphens && spaces);
    if (!from.n) return false;
    str end = r->rest;
    for (before = c; r->rest.n; before = c, end = r->rest) {
        c = letters_next(&r->rest);
        if (!letters_make_words(c) && !apostrophe_within(r, before, c)) break;
    }
    r->rest = end;
    r->run = str_slice(from, 0, from.n - end.n);
    return true;
}

/// Where runs and words do not match, each word begins anew. What is lost of a run's letters stands between its words and others.
static enum err find_begins(struct scope *sc, str text, struct words *w)
{
    struct runs r = { .rest = text };
    size_t      n = 0;
    bool        lost = false;
    str         part;
    w->begins = arena_array(sc->mem, bool, w->n + 1);
    if (!w->begins) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
    while (next_run(&r)) {
        char *key = arena_alloc(sc->mem, key_room(r.run));
        if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
        str  rest = { key, category_key(r.run, key, key_room(r.run)) };
        bool whole = rest.n && category_key_is_whole(r.run), apart = r.apart || lost || !whole;
        for (bool first = true; str_cut(&rest, '-', &part); first = false)
            if (part.n) {
                if (n < w->n) w->begins[n] = apart || !first;
                n++;
            }
        lost = !whole;
    }
    for (size_t i = 0; i < w->n && n != w->n; i++) w->begins[i] = true;
    return OK;
}

/// Once a text, when a phrase of it is told in the text's own words.
static enum err find_runs(struct scope *sc, str text, struct words *w)
{
    struct runs       r = { .rest = text };
    size_t            n = 0;
    struct arena_mark before;
    str               part;
    w->run = arena_array(sc->mem, str, w->n + 1);
    if (!w->run) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
    while (before = arena_mark(sc->mem), next_run(&r)) {
        char *key = arena_alloc(sc->mem, key_room(r.run));
        if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
        str rest = { key, category_key(r.run, key, key_room(r.run)) };
        for (; str_cut(&rest, '-', &part); n += part.n > 0)
            if (part.n && n < w->n) w->run[n] = r.run;
        arena_back(sc->mem, before);
    }
    for (size_t i = 0; i < w->n && n != w->n; i++) w->run[i] = (str){ 0 };
    return OK;
}

/// Side by side: were a gap or a new sentence allowed, "kids bike" would pass over the child in "kid hit, bike stolen".
static bool mask(const struct phrase *p, struct words *w, size_t at)
{
    for (size_t i = 0; i < p->n; i++)
        if (at + i >= w->n || (i && w->begins[at + i]) || !phrase_word_fits(&p->word[i], w->word[at + i]))
            return false;
    for (size_t i = 0; i < p->n; i++) w->masked[at + i] = w->seen[at + i] = true;
    return true;
}

/// As many words of the phrase as there is room for, as category_key spells them.
static enum err key_of_hit(struct scope *sc, const struct words *w, const size_t places[PHRASE_WORDS],
                           struct word_hit *hit)
{
    AUTO(buf_free) struct buf key;
    buf_init(&key, WORD_HIT_BYTES);
    for (size_t i = 0; i < hit->by->n; i++) {
        str spelled = w->word[places[i]];
        if (key.n + spelled.n + 1 > WORD_HIT_BYTES) break;
        if (i) buf_add_c(&key, ' ');
        buf_add(&key, spelled);
    }
    hit->key = arena_str(sc->mem, buf_str(&key));
    return hit->key.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
}

/// The same words as the text has them.
static enum err words_of_hit(struct scope *sc, const struct words *w, const size_t places[PHRASE_WORDS],
                             struct word_hit *hit)
{
    AUTO(buf_free) struct buf words;
    buf_init(&words, 4 * WORD_HIT_BYTES);
    for (size_t i = 0; i < hit->by->n; i++) {
        str run = w->run[places[i]], spelled = w->word[places[i]];
        if (!run.n || run.n > WORD_HIT_BYTES) run = spelled;
        if (words.n + run.n + 1 > 4 * WORD_HIT_BYTES) break;
        if (i) buf_add_c(&words, ' ');
        buf_add(&words, run);
    }
    hit->words = arena_str(sc->mem, buf_str(&words));
    return hit->words.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
}

static enum err add_hit(struct scope *sc, str text, struct words *w, const struct phrase *by,
                        const size_t places[PHRASE_WORDS], struct words_told *told)
{
    struct word_hit   hit = { .by = by };
    struct arena_mark before;
    if (!(by->classes & CLASSES_HIDING) || told->n_hits == WORD_HITS_MAX) return OK;
    if (!w->run) TRY(find_runs(sc, text, w));
    before = arena_mark(sc->mem);
    TRY(key_of_hit(sc, w, places, &hit));
    for (size_t i = 0; i < told->n_hits; i++)
        if (str_eq(told->hit[i].key, hit.key) && told->hit[i].by->classes == by->classes)
            return arena_back(sc->mem, before), OK;
    TRY(words_of_hit(sc, w, places, &hit));
    told->hit[told->n_hits++] = hit;
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

void words_take(struct words_told *told, const struct phrase *p)
{
    if (!p->classes) return;
    told->classes |= p->classes;
    if (!told->strictest ||
        sensitivity_strictest(p->classes) < sensitivity_strictest(told->strictest->classes))
        told->strictest = p;
    if (p->classes & sensitivity_bit(SENSITIVITY_STREET)) told->street = p;
}

static enum err tell_text(struct scope *sc, const struct code_list *l, const struct phrase *but, size_t n_but,
                          str text, struct words_told *told)
{
    struct words      w;
    struct candidates c;
    size_t            places[PHRASE_WORDS];
    TRY(words_cut(sc, text, &w));
    if (n_but) TRY(find_begins(sc, text, &w));
    for (size_t i = 0; i < n_but; i++)
        for (size_t at = 0; at < w.n; at++) told->masked |= mask(&but[i], &w, at);
    for (size_t at = 0; at < w.n; at++) {
        find_candidates(l, w.word[at], &c);
        for (size_t i = 0; i < (c.all ? l->n_phrases : c.n); i++) {
            const struct phrase *p = &l->phrase[c.all ? i : c.phrase[i]];
            if (!phrase_fits(p, 0, &w, at, places)) continue;
            for (size_t k = 0; k < p->n; k++) w.seen[places[k]] = true;
            words_take(told, p);
            TRY(add_hit(sc, text, &w, p, places, told));
        }
    }
    for (size_t at = 0; at < w.n; at++)
        told->all_known = told->all_known && (w.seen[at] || says_nothing(w.word[at]));
    return OK;
}

enum err words_tell_but(struct scope *sc, const struct code_list *l, const struct phrase *but, size_t n_but,
                        str text, struct words_told *out)
{
    static const char zero_width[] = "\xE2\x80\x8B"; // U+200B
    struct words_told told = { .all_known = true };
    str               parted;
    TRY(tell_text(sc, l, but, n_but, text, &told));
    TRY(words_part(sc, text, &parted));
    if (parted.n != text.n) { // "rape1", "RapeOfChild"
        bool all_known = told.all_known;
        TRY(tell_text(sc, l, but, n_but, parted, &told));
        told.all_known = all_known;
    }
    if (str_has(text, str_of(zero_width))) { // it may stand within a word as well as between two
        char *apart = arena_cstr(sc->mem, text);
        if (!apart) return fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
        for (char *at = apart; (at = strstr(at, zero_width));) memset(at, '/', sizeof zero_width - 1);
        TRY(tell_text(sc, l, but, n_but, str_of(apart), &told));
    }
    *out = told;
    return OK;
}

bool phrase_hides(const struct code_list *l, const struct phrase *p)
{
    bool hides = false;
    for (size_t i = 0; i < l->n_phrases && p->n == 1; i++) {
        const struct phrase *its = &l->phrase[i];
        if (its->n == 1 && its->classes & CLASSES_HIDING)
            hides = hides || phrase_word_fits(&p->word[0], its->word[0].letters) ||
                    phrase_word_fits(&its->word[0], p->word[0].letters);
    }
    return hides;
}

enum err words_tell(struct scope *sc, const struct code_list *l, str text, struct words_told *out)
{
    return words_tell_but(sc, l, NULL, 0, text, out);
}
