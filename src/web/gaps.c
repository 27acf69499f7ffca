// SPDX-License-Identifier: EUPL-1.2
#include "web/gaps.h"

#include "base/arena.h"
#include "web/words.h"

// Told to nobody by code (publish/policy.h): no sentence about a single figure repeats it, /method says it.
enum { NEVER = 1 << SENSITIVITY_UNCLASSIFIED | 1 << SENSITIVITY_TRAFFICKING };
// When all of these are told alike, "acts against people" says it shorter.
enum {
    PEOPLE = 1 << SENSITIVITY_CHILD | 1 << SENSITIVITY_SEXUAL | 1 << SENSITIVITY_DOMESTIC |
             1 << SENSITIVITY_HATE | 1 << SENSITIVITY_PERSON
};

str kind_word(int class)
{
    return class < SENSITIVITIES ? sensitivity_word((enum sensitivity) class) : S("other");
}

str kind_label(enum language l, int class)
{
    static const enum msg labels[RELEASE_CLASSES] = {
        [SENSITIVITY_UNCLASSIFIED] = MSG_PAGE_KIND_UNCLASSIFIED,
        [SENSITIVITY_TRAFFICKING] = MSG_PAGE_KIND_TRAFFICKING,
        [SENSITIVITY_CHILD] = MSG_PAGE_KIND_CHILD,
        [SENSITIVITY_SEXUAL] = MSG_PAGE_KIND_SEXUAL,
        [SENSITIVITY_DOMESTIC] = MSG_PAGE_KIND_DOMESTIC,
        [SENSITIVITY_SELF_HARM] = MSG_PAGE_KIND_SELF_HARM,
        [SENSITIVITY_HATE] = MSG_PAGE_KIND_HATE,
        [SENSITIVITY_PERSON] = MSG_PAGE_KIND_PERSON,
        [SENSITIVITY_HOME] = MSG_PAGE_KIND_HOME,
        [SENSITIVITY_DRUGS] = MSG_PAGE_KIND_DRUGS,
        [SENSITIVITY_ORDINARY] = MSG_PAGE_KIND_ORDINARY,
        [SENSITIVITY_STREET] = MSG_PAGE_KIND_STREET,
        [RELEASE_CLASS_OTHER] = MSG_PAGE_KIND_OTHER,
    };
    return text_of(l, labels[class]);
}

static size_t labels_of(enum language l, sensitivity_set kinds, str *label)
{
    size_t n = 0;
    for (int class = 0; class < RELEASE_CLASSES; class ++)
        if (kinds >> class & 1) label[n++] = kind_label(l, class);
    return n;
}

str kinds_list(struct scope *sc, enum language l, sensitivity_set kinds)
{
    str label[RELEASE_CLASSES];
    return word_list(sc, l, label, labels_of(l, kinds, label));
}

static str kinds_list_short(struct scope *sc, enum language l, sensitivity_set kinds)
{
    str label[RELEASE_CLASSES + 1] = { text_of(l, MSG_PAGE_KIND_PEOPLE) };
    if ((kinds & PEOPLE) != PEOPLE) return kinds_list(sc, l, kinds);
    return word_list(sc, l, label, 1 + labels_of(l, kinds & (sensitivity_set)~PEOPLE, label + 1));
}

static bool is_shown(const struct release_info *in, int class, enum showing show)
{
    bool never = NEVER >> class & 1;
    return show == (never ? SHOW_WITHHELD : (enum showing)in->rules[class].show);
}

bool kind_by_area(const struct release_info *in, int class)
{
    return class == RELEASE_CLASS_OTHER ||
           (class >= 0 && class < SENSITIVITIES && is_shown(in, class, SHOW_AREAS));
}

sensitivity_set kinds_shown(const struct release_info *in, enum showing show)
{
    sensitivity_set kinds = 0;
    for (int class = 0; class < SENSITIVITIES; class ++)
        if (is_shown(in, class, show)) kinds |= (sensitivity_set)(1u << class);
    for (size_t i = 0; show == SHOW_AREAS && i < in->n_counts; i++) {
        if (in->counts[i].class != RELEASE_CLASS_OTHER) continue;
        return kinds | (sensitivity_set)(1u << RELEASE_CLASS_OTHER);
    }
    return kinds;
}

str gaps_sentence(struct scope *sc, enum language l, const struct release_info *in)
{
    sensitivity_set by_area = kinds_shown(in, SHOW_AREAS),
                    not_told = kinds_shown(in, SHOW_WITHHELD) & (sensitivity_set)~NEVER;
    str areas = kinds_list_short(sc, l, by_area), rest = kinds_list_short(sc, l, not_told), a = { 0 },
        b = { 0 };
    enum msg by = in->count_set < in->n_sets ? MSG_PAGE_GAPS_AREAS : MSG_PAGE_GAPS_TOWN;
    if (by_area) a = word_said(sc, l, by, TEXT_ARGS(text_arg_str("kinds", areas)));
    if (not_told) b = word_said(sc, l, MSG_PAGE_GAPS_WITHHELD, TEXT_ARGS(text_arg_str("kinds", rest)));
    return !b.n ? a : !a.n ? b : arena_printf(sc->mem, "%.*s %.*s", STR(a), STR(b));
}

str gaps_short(enum language l, const struct release_info *in)
{
    bool any = kinds_shown(in, SHOW_AREAS) || (kinds_shown(in, SHOW_WITHHELD) & (sensitivity_set)~NEVER);
    return any ? text_of(l, MSG_PAGE_GAPS_SHORT) : (str){ 0 };
}

str hours_sentence(struct scope *sc, enum language l, const uint64_t *hourweek)
{
    uint64_t known = 0, day = 0, month = hourweek[HOW_NONE];
    for (unsigned how = 0; how < HOW_DAY; how++) known += hourweek[how];
    for (unsigned how = HOW_DAY; how < HOW_NONE; how++) day += hourweek[how];
    if (!day && !month) return (str){ 0 };
    enum msg m = !day ? MSG_PAGE_HOURS_OR_MONTH : !month ? MSG_PAGE_HOURS_OR_DAY : MSG_PAGE_HOURS_OR_EITHER;
    return word_said(sc, l, m,
                     TEXT_ARGS(text_arg_uint("n", known + day + month),
                               text_arg_str("known", word_count(sc, l, known))));
}
