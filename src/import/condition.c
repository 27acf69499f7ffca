// SPDX-License-Identifier: EUPL-1.2
#include "import/condition.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/letters.h"
#include "wire/csv.h"

static const str yes_words[] = { S("true"), S("t"), S("yes"), S("y"),  S("1"),
                                 S("ano"),  S("a"), S("так"), S("да"), S("ja") };
static const str no_words[] = { S("false"), S("f"),  S("no"),  S("n"),   S("0"),
                                S("ne"),    S("ні"), S("нет"), S("nein") };

enum err read_list(struct scope *sc, str text, const str **out, size_t *n)
{
    size_t room = 1;
    for (size_t i = 0; i < text.n; i++) room += text.p[i] == '|';
    if (room > CSV_MAX_FIELDS)
        return fail(&sc->fault, ERR_LIMIT, "a list has at most %d parts", CSV_MAX_FIELDS);
    str *list = arena_array(sc->mem, str, room), part;
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for a profile");
    *n = 0;
    while (str_cut(&text, '|', &part)) list[(*n)++] = str_trim(part);
    *out = list;
    return OK;
}

/// As read_list; words lose their quotes, and "blank" becomes the empty one.
static enum err words_read(struct scope *sc, str text, const str **out, size_t *n)
{
    TRY(read_list(sc, text, out, n));
    str *list = arena_array(sc->mem, str, *n);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for a profile");
    for (size_t i = 0; i < *n; i++) {
        str  word = (*out)[i];
        bool quoted = word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"';
        list[i] = quoted ? str_slice(word, 1, word.n - 1) : !str_eq(word, S("blank")) ? word : (str){ 0 };
    }
    *out = list;
    return OK;
}

/// Where the list of "no" begins: " not " outside of quotes; text.n: nowhere.
static size_t find_not(str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        quoted ^= text.p[i] == '"';
        if (!quoted && str_starts(str_slice(text, i, text.n), S(" not "))) return i;
    }
    return text.n;
}

enum err condition_read(struct scope *sc, str text, struct columns *columns, struct condition *out)
{
    if (str_eq(text, S("none"))) {
        *out = (struct condition){ .none = true };
        return OK;
    }
    size_t           brace = str_find(text, '}');
    str              of = str_slice(text, 0, brace + 1), rest = str_trim(str_slice(text, brace + 1, text.n));
    struct condition c = { .negated = str_starts(rest, S("is not ")) };
    if (!of.n || *of.p != '{' || brace == text.n || (rest.n && !str_starts(rest, S("is "))))
        return fail(&sc->fault, ERR_INVALID,
                    "a condition is written \"{Column} is word | word not word | word\", \"{Column} is not "
                    "word\", \"{Column}\" or \"none\"");
    TRY(template_read(sc, of, columns, &c.of));
    c.column = of;
    c.value = yes_words, c.n = COUNT(yes_words);
    c.no = no_words, c.n_no = COUNT(no_words);
    str    words = str_slice(rest, c.negated ? 7 : 3, rest.n);
    size_t cut = c.negated ? words.n : find_not(words);
    if (rest.n) TRY(words_read(sc, str_slice(words, 0, cut), &c.value, &c.n));
    if (cut < words.n) TRY(words_read(sc, str_slice(words, cut + 5, words.n), &c.no, &c.n_no));
    *out = c;
    return OK;
}

/// Cuts one character off the front, as a small letter; of letters that are neither ASCII nor Cyrillic, one byte.
static unsigned next_small(str *s)
{
    unsigned c = (unsigned char)s->p[0];
    size_t   n = (c == 0xD0 || c == 0xD1) && s->n > 1 ? 2 : 1;
    if (n == 2) c = (c & 0x1F) << 6 | ((unsigned char)s->p[1] & 0x3F);
    *s = str_slice(*s, n, s->n);
    if (n == 1) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return c >= 0x410 && c <= 0x42F ? c + 32 : c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

/// Are two words the same but for the case of their letters (ASCII and Cyrillic)?
static bool word_eq(str a, str b)
{
    while (a.n && b.n)
        if (next_small(&a) != next_small(&b)) return false;
    return a.n == b.n;
}

static bool in_words(str s, const str *word, size_t n, bool blank)
{
    for (size_t i = 0; i < n; i++)
        if (word[i].n ? word_eq(s, word[i]) : blank) return true;
    return false;
}

enum reply condition_word(str value)
{
    value = letters_trim(value);
    if (in_words(value, no_words, COUNT(no_words), false)) return REPLY_NO;
    bool yes = in_words(value, yes_words, COUNT(yes_words), false) || str_eq_nocase(value, S("x"));
    return yes ? REPLY_YES : REPLY_NEITHER;
}

static void add_words(struct buf *b, const str *word, size_t n, bool blank)
{
    for (size_t i = 0; i < n; i++) {
        bool literal = str_eq(word[i], S("blank")) || str_has(word[i], S(" not "));
        if (i) buf_add(b, S(" | "));
        if (!word[i].n) buf_add(b, S("blank"));
        else buf_printf(b, literal ? "\"%.*s\"" : "%.*s", STR(word[i]));
    }
    if (blank) buf_add(b, n ? S(" | blank") : S("blank"));
}

str condition_with_blank(struct scope *sc, const struct condition *c, bool yes)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 16);
    buf_printf(&b, "%.*s is ", STR(c->column));
    add_words(&b, c->value, c->n, yes);
    buf_add(&b, S(" not "));
    add_words(&b, c->no, c->n_no, !yes);
    if (b.failed) return (str){ 0 };
    return arena_str(sc->mem, buf_str(&b));
}

/// What it answers by the first of its choices that is not blank.
static enum err ask(struct scope *sc, const struct condition *c, const struct template *of, const str *value,
                    const str *blank, size_t n_blank, enum reply *out, str *text, bool *nothing)
{
    TRY(template_fill(sc, of, value, text));
    *nothing = !text->n || in_words(*text, blank, n_blank, false);
    if (in_words(*text, c->value, c->n, *nothing)) *out = c->negated ? REPLY_NO : REPLY_YES;
    else if (c->negated) *out = REPLY_YES;
    else *out = in_words(*text, c->no, c->n_no, *nothing) ? REPLY_NO : REPLY_NEITHER;
    if (*nothing) *text = (str){ 0 };
    return OK;
}

enum err condition_ask(struct scope *sc, const struct condition *c, const str *value, const str *blank,
                       size_t n_blank, enum reply *out, str *text)
{
    *out = REPLY_NOT_TOLD;
    *text = (str){ 0 };
    if (!c->n) return OK;
    bool nothing;
    TRY(ask(sc, c, &c->of, value, blank, n_blank, out, text, &nothing));
    struct template other;
    for (unsigned at = 0; template_other(&c->of, value, &at, &other);) {
        enum reply says;
        str        read;
        TRY(ask(sc, c, &other, value, blank, n_blank, &says, &read, &nothing));
        bool protects = says == REPLY_YES || (says == REPLY_NEITHER && *out == REPLY_NO);
        if (nothing || *out == REPLY_YES || !protects) continue;
        *out = says;
        *text = read;
    }
    return OK;
}
