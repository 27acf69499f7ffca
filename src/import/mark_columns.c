// SPDX-License-Identifier: EUPL-1.2
#include "import/mark_columns.h"

#include "base/arena.h"
#include "import/signs.h"
#include "import/values.h"
#include "import/words.h"
#include "model/letters.h"
#include <string.h>

enum { WORD_LEAST = 4, CHILD_BELOW = 18, AGE_MAX = 130 };

// -- names --------------------------------------------------------------------------------------------------------------

/// What the words of a name say; those of a name that has no sign are all that is known of it.
static enum err name_classes(struct scope *sc, const struct code_list *words, str name, sensitivity_set *out)
{
    struct arena_mark before = arena_mark(sc->mem);
    struct words_told told;
    TRY(words_tell(sc, words, name, &told));
    *out = told.classes & VALUES_CLASSES;
    arena_back(sc->mem, before);
    return OK;
}

enum err mark_columns_read(struct scope *sc, const struct profile *p, const struct mark_column **out)
{
    struct mark_column *list = arena_array(sc->mem, struct mark_column, COLUMNS_MAX);
    uint32_t            has[COLUMNS_MAX];
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    *out = list;
    if (!p->words && !p->outcome.n) return OK; // no text is read
    const struct code_list *words = p->words;
    if (!words) TRY(codes_find(sc, S("words"), &words));
    TRY(signs_find(sc, p->columns.name, p->columns.n, has));
    for (size_t i = 0; i < p->columns.n; i++) {
        bool harmless;
        TRY(phrases_any(sc, p->harmless, p->n_harmless, p->columns.name[i], &harmless));
        if (harmless) continue;
        list[i].signs = has[i];
        TRY(name_classes(sc, words, p->columns.name[i], &list[i].classes));
    }
    return OK;
}

// -- values -------------------------------------------------------------------------------------------------------------

/// Cuts a run of letters and digits off the front, behind whatever stands before it. Empty: there is none.
static str next_run(str *rest)
{
    str from = *rest, end;
    while (from = *rest, rest->n && !letters_make_words(letters_next(rest))) {
    }
    if (!from.n) return from;
    while (end = *rest, end.n && letters_make_words(letters_next(&end))) *rest = end;
    return str_slice(from, 0, from.n - rest->n);
}

/// What it answers as a whole ("0.0", too), or yes by its first word ("Yes - see below"). "No, but ..." is neither.
static enum reply answer_of(str value)
{
    double     number;
    enum reply whole = condition_word(value);
    if (whole != REPLY_NEITHER) return whole;
    if (str_to_double_mark(value, '.', &number))
        return number == 0 ? REPLY_NO : number == 1 ? REPLY_YES : whole;
    str first = next_run(&value);
    return condition_word(first) == REPLY_YES ? REPLY_YES : whole;
}

/// Does it speak for itself? Codes do not: "A", "REL02", "Code 3".
static bool has_words(str value)
{
    size_t words = 0;
    bool   digits = false;
    for (str run; run = next_run(&value), run.n;) {
        size_t letters = 0;
        while (run.n) {
            uint32_t c = letters_next(&run);
            bool     digit = letters_digit(c) >= 0;
            digits = digits || digit;
            letters += !digit && !letters_silent(c);
        }
        words += letters >= WORD_LEAST;
    }
    return words > 1 || (words && !digits);
}

/// The first number is below 18, or 18 behind what makes it less ("<18", "under 18"); or there is no age at all ("J", 2010).
static bool is_of_child(str value)
{
    int64_t age = 0;
    bool    digits = false, before = false, more = false;
    for (str rest = value; rest.n;) {
        uint32_t c = letters_next(&rest);
        int      digit = letters_digit(c);
        if (digit < 0 && digits) break;
        if (digit >= 0 && age <= AGE_MAX) age = 10 * age + digit;
        digits = digits || digit >= 0;
        if (digits) continue;
        before = before || !letters_blank(c);
        more = more || c == '>' || c == 0x2265;
    }
    if (!digits) return !has_words(value);
    return age < CHILD_BELOW || (age == CHILD_BELOW && before && !more) || age > AGE_MAX;
}

static bool protects(enum sign_says says, enum reply answer, str value)
{
    switch (says) {
    case SIGN_SILENT:
        return false;
    case SIGN_MARK:
        return value.n && answer != REPLY_NO;
    case SIGN_MARK_OR_WORDS:
        return answer == REPLY_YES || (value.n && answer != REPLY_NO && !has_words(value));
    case SIGN_YES:
        return answer == REPLY_YES;
    case SIGN_RELEASE:
        return answer != REPLY_YES;
    case SIGN_NO:
        return answer == REPLY_NO;
    case SIGN_AGE:
        return value.n && is_of_child(value);
    }
    return true;
}

static bool is_blank(const struct profile *p, str value)
{
    bool blank = !value.n;
    for (size_t i = 0; i < p->n_blank && !blank; i++) blank = str_eq_nocase(value, p->blank[i]);
    return blank;
}

sensitivity_set mark_column_tells(const struct mark_column *m, const struct profile *p, str value)
{
    sensitivity_set said = 0;
    if (!m->signs && !m->classes) return 0;
    value = letters_trim(value);
    if (is_blank(p, value)) value = (str){ 0 };
    enum reply answer = value.n ? answer_of(value) : REPLY_NEITHER;
    if (!m->signs && protects(SIGN_MARK_OR_WORDS, answer, value)) return m->classes;
    for (size_t i = 0; i < signs_n; i++) {
        const struct sign *s = &signs[i];
        if (!(m->signs >> i & 1) || !protects(s->says, answer, value)) continue;
        said |= s->says != SIGN_AGE && m->classes ? m->classes : sensitivity_bit(s->is);
    }
    return said;
}

bool mark_column_is_law(const struct mark_column *m, const struct profile *p, str value)
{
    bool law = false;
    for (size_t i = 0; i < signs_n; i++)
        law = law || (m->signs >> i & 1 && !signs[i].doubtful && !strcmp(signs[i].read->setting, "code"));
    value = letters_trim(value);
    return law && !is_blank(p, value) && !has_words(value);
}
