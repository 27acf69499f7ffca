// SPDX-License-Identifier: EUPL-1.2
#include "import/propose.h"

#include "base/arena.h"
#include "import/legible.h"
#include "import/words.h"
#include <string.h>

enum err proposer_open(struct scope *sc, const struct source *source, size_t n_sources, struct proposer *out)
{
    struct proposer p = { .source = source, .n_sources = n_sources };
    TRY(codes_find(sc, S("words"), &p.words));
    TRY(codes_find(sc, S("cz-criminal-code"), &p.czech));
    TRY(codes_find(sc, S("ua-criminal-code"), &p.ukrainian));
    TRY(codes_find(sc, S("chicago-iucr"), &p.iucr));
    TRY(profiles_read(sc, &p.profile, &p.n_profiles));
    *out = p;
    return OK;
}

/// What the texts of a kind have said so far.
struct verdict {
    sensitivity_set classes;
    int             iccs;
    str             why;
    bool            street;   // a text says so
    bool            doubtful; // a word or number of it is not known
};

static enum err take(struct scope *sc, struct verdict *v, sensitivity_set classes, int iccs, str why)
{
    enum sensitivity now = sensitivity_strictest(v->classes), new = sensitivity_strictest(classes);
    bool             stricter = !v->classes || new < now;
    v->classes |= classes;
    v->street = v->street || (classes & sensitivity_bit(SENSITIVITY_STREET));
    if (!stricter) return OK;
    v->iccs = iccs;
    v->why = arena_str(sc->mem, why);
    return v->why.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a proposal");
}

static enum err take_code(struct scope *sc, struct verdict *v, const struct code_list *l,
                          const struct codes_told *told)
{
    if (!told->any) return OK;
    const struct code_entry *e = told->strictest;
    str                      why =
        arena_printf(sc->mem, "%.*s %s%s%.*s", STR(l->key), e->code, e->name.n ? " " : "", STR(e->name));
    if (!why.p) return fail(&sc->fault, ERR_NOMEM, "no room for a proposal");
    return take(sc, v, told->classes, e->iccs, why);
}

/// Three digits in a row, and no more: as laws number their articles.
static bool has_article(str s)
{
    for (size_t at = 0, n = 0; at <= s.n; at++) {
        if (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') n++;
        else if (n == 3) return true;
        else n = 0;
    }
    return false;
}

/// "0486", "031A": as the Chicago police writes them, which no law does.
static bool is_iucr(str s)
{
    return s.n == 4 && s.p[0] == '0';
}

static enum err by_articles(struct scope *sc, const struct proposer *with, str text, struct verdict *v)
{
    const struct code_list *const laws[] = { with->czech, with->ukrainian };
    struct codes_told             told[COUNT(laws)];
    bool                          foreign[COUNT(laws)], paragraph = str_has(text, S("§"));
    for (size_t i = 0; i < COUNT(laws); i++) {
        TRY(codes_tell(sc, laws[i], text, &told[i]));
        TRY(phrases_any(sc, laws[i]->foreign, laws[i]->n_foreign, text, &foreign[i]));
        foreign[i] = foreign[i] || (paragraph && laws[i] == with->ukrainian);
    }
    if (!told[0].any && !told[1].any && !has_article(text)) return OK;
    bool meant = false;
    for (size_t i = 0; i < COUNT(laws); i++) {
        if (foreign[i] && !foreign[1 - i]) continue; // it is of the other law
        TRY(take_code(sc, v, laws[i], &told[i]));
        v->doubtful = v->doubtful || told[i].unknown;
        meant = true;
    }
    v->doubtful = v->doubtful || !meant;
    return OK;
}

static enum err by_text(struct scope *sc, const struct proposer *with, str text, struct verdict *v)
{
    struct words_told words;
    struct codes_told code;
    bool              damaged;
    TRY(legible_read(sc, text, &text, &damaged)); // as texts of records are
    v->doubtful = v->doubtful || damaged;
    if (is_iucr(text)) {
        TRY(codes_tell(sc, with->iucr, text, &code));
        v->doubtful = v->doubtful || code.unknown;
        return take_code(sc, v, with->iucr, &code);
    }
    TRY(by_articles(sc, with, text, v));
    TRY(words_tell(sc, with->words, text, &words));
    v->doubtful = v->doubtful || !words.all_known;
    if (!words.strictest) return OK;
    const struct phrase *p = words.strictest;
    // What is ordinary may be said to happen in the street by a second phrase: "theft", "theft of vehicles".
    if (words.street && sensitivity_strictest(words.classes) >= SENSITIVITY_ORDINARY) p = words.street;
    return take(sc, v, words.classes, p->iccs, p->written);
}

/// The line of a profile of ours that has this key and this code, of one of the store's sources.
static enum err by_profile(struct scope *sc, const struct proposer *with, const struct category *c,
                           struct proposal *out)
{
    for (size_t i = 0; i < with->n_profiles; i++) {
        const struct profile *p = &with->profile[i];
        size_t                k = 0;
        if (c->source) break; // a source's own spelling, which no profile speaks for
        while (k < with->n_sources && !str_eq(with->source[k].key, p->source.key)) k++;
        for (size_t at = 0; k < with->n_sources && at < p->n_categories; at++) {
            const struct category *is = &p->categories[at].is;
            if (!is->sensitivity || !str_eq(is->key, c->key) || !str_eq_nocase(is->code, c->code)) continue;
            str why = arena_printf(sc->mem, "profile %.*s", STR(p->source.key));
            if (!why.p) return fail(&sc->fault, ERR_NOMEM, "no room for a proposal");
            *out = (struct proposal){ is->sensitivity, is->iccs, why, true };
            return OK;
        }
    }
    return OK;
}

enum err propose(struct scope *sc, const struct proposer *with, const struct category *c,
                 struct proposal *out)
{
    struct verdict v = { 0 };
    bool           named = false; // by something else than its code
    *out = (struct proposal){ 0 };
    TRY(by_profile(sc, with, c, out));
    if (out->confirmed) return OK;
    for (int l = 0; l < LANGUAGES; l++) {
        if (!c->label[l].n || str_eq(c->label[l], c->code)) continue;
        named = true;
        TRY(by_text(sc, with, c->label[l], &v));
    }
    struct verdict code = v;
    TRY(by_text(sc, with, c->code, &code));
    // A code beside a name is not expected to be words; what it says counts all the same.
    if (named && !has_article(c->code)) code.doubtful = v.doubtful;
    enum sensitivity is = sensitivity_strictest(code.classes);
    if (code.street && is >= SENSITIVITY_ORDINARY) is = SENSITIVITY_STREET;
    if (!code.classes || (code.doubtful && is >= SENSITIVITY_HOME)) return OK;
    *out = (struct proposal){ is, code.iccs, code.why, false };
    return OK;
}
