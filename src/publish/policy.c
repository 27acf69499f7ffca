// SPDX-License-Identifier: EUPL-1.2
#include "publish/policy.h"

#include "base/arena.h"
#include "model/incident.h"

static const struct tier_policy strictest = {
    .anchor_grid_m = 1000,
    .finest = PRECISION_MONTH,
    .delay_days = 31,
};

// -- names
// -----------------------------------------------------------------------------------------------------------

struct word {
    const char *name;
    int         value;
};
static const struct word tier_words[] = {
    { "public", TIER_PUBLIC },
    { "partner", TIER_PARTNER },
    { "police", TIER_POLICE },
};
static const struct word time_words[] = {
    { "month", PRECISION_MONTH },
    { "day", PRECISION_DAY },
    { "hour", PRECISION_HOUR },
    { "minute", PRECISION_MINUTE },
};
static const struct word flag_words[] = {
    { "none", 0 },
    { "arrest", FLAG_ARREST },
    { "domestic", FLAG_DOMESTIC },
    { "attempted", FLAG_ATTEMPTED },
};
static const struct word outcome_words[] = { { "withheld", false }, { "told", true } };
static const struct word place_words[] = { { "none", false }, { "source", true } };
static const struct word showing_words[] = { { "withheld", SHOW_WITHHELD }, { "points", SHOW_POINTS } };
static const struct word domestic_words[] = { { "withheld", false }, { "points", true } };

static const struct word *word_find(const struct word *list, size_t n, str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_of(list[i].name))) return &list[i];
    return NULL;
}

str tier_name(enum tier t)
{
    return str_of(tier_words[t].name);
}

bool tier_read(str name, enum tier *out)
{
    const struct word *w = word_find(tier_words, COUNT(tier_words), name);
    if (w) *out = (enum tier)w->value;
    return w != NULL;
}

// -- one line
// --------------------------------------------------------------------------------------------------------

enum { MAX_WORDS = 8, MAX_SHOWN = 60 };

enum kind { ANCHORS, TIME, DELAY, FLAGS, OUTCOME, PLACE, DOMESTIC, KINDS, CATEGORY = KINDS };

struct reader {
    struct scope       *sc;
    struct tier_policy *tier; // NULL before the first
    enum tier           which;
    int                 line;
    str                 word[MAX_WORDS];
    size_t              n;
    int                 said[TIERS][KINDS], began[TIERS]; // lines, to name the first of two
    struct policy_rule *rules;                            // of the tier; room for POLICY_MAX_RULES
};

static str shown(str s)
{
    return str_slice(s, 0, MAX_SHOWN);
}

static enum err bad_word(const struct reader *r, str word, const char *allowed)
{
    if (!word.n)
        return fail(&r->sc->fault, ERR_INVALID, "line %d: \"%.*s\" wants %s behind it", r->line,
                    STR(shown(r->word[0])), allowed);
    return fail(&r->sc->fault, ERR_INVALID, "line %d: \"%.*s\" is not understood here; write %s", r->line,
                STR(shown(word)), allowed);
}

static str word_at(const struct reader *r, size_t i)
{
    return i < r->n ? r->word[i] : (str){ 0 };
}

/// Nothing may stand behind the n-th word: a word that is not obeyed must not be read as if it were.
static enum err ends_after(const struct reader *r, size_t n)
{
    if (r->n <= n) return OK;
    return fail(&r->sc->fault, ERR_INVALID, "line %d: \"%.*s\" is one word too many", r->line,
                STR(shown(r->word[n])));
}

static enum err read_choice(const struct reader *r, const struct word *list, size_t n, const char *allowed,
                            int *out)
{
    const struct word *w = word_find(list, n, word_at(r, 1));
    if (!w) return bad_word(r, word_at(r, 1), allowed);
    *out = w->value;
    return ends_after(r, 2);
}

static enum err read_anchors(const struct reader *r)
{
    struct tier_policy *t = r->tier;
    str                 how = word_at(r, 1), what = word_at(r, 2);
    t->anchor_grid_m = 0;
    if (str_eq(how, S("grid"))) {
        int64_t m;
        if (!str_to_i64(what, &m) || m < POLICY_MIN_GRID_M || m > POLICY_MAX_GRID_M ||
            !str_eq(word_at(r, 3), S("m")))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "line %d: \"anchors grid\" wants whole metres from %d to %d, as in \"anchors grid 250 m\"",
                r->line, POLICY_MIN_GRID_M, POLICY_MAX_GRID_M);
        t->anchor_grid_m = (uint32_t)m;
        return ends_after(r, 4);
    }
    if (str_eq(how, S("file"))) {
        // Only below the data folder: who has the folder has all that a release was made of.
        if (!what.n || what.p[0] == '/' || str_has(what, S("..")))
            return fail(
                &r->sc->fault, ERR_INVALID,
                "line %d: \"anchors file\" wants the name of a file in the data folder, without \"..\"",
                r->line);
        t->anchor_file = what;
        return ends_after(r, 3);
    }
    if (!str_eq(how, S("exact"))) return bad_word(r, how, "\"grid 250 m\", \"file NAME\" or \"exact\"");
    if (r->which == TIER_PUBLIC)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: the public never sees exact points; write \"grid 250 m\" or \"file NAME\"",
                    r->line);
    t->exact = true;
    return ends_after(r, 2);
}

static enum err read_delay(const struct reader *r)
{
    if (str_eq(word_at(r, 1), S("none"))) {
        if (r->which == TIER_PUBLIC)
            return fail(
                &r->sc->fault, ERR_INVALID,
                "line %d: \"delay none\" is not for the public: it would tell the day of what is published "
                "by month; write \"delay 0 days\" or more",
                r->line);
        r->tier->delay_days = DELAY_NONE;
        return ends_after(r, 2);
    }
    int64_t days;
    str     unit = word_at(r, 2);
    if (!str_to_i64(word_at(r, 1), &days) || days < 0 || days > POLICY_MAX_DELAY_DAYS ||
        !(str_eq(unit, S("days")) || str_eq(unit, S("day"))))
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: \"delay\" wants whole days from 0 to %d, as in \"delay 7 days\"", r->line,
                    POLICY_MAX_DELAY_DAYS);
    r->tier->delay_days = (int)days;
    return ends_after(r, 3);
}

static enum err read_flags(const struct reader *r)
{
    static const char allowed[] = "\"none\" or one or more of \"arrest\", \"domestic\", \"attempted\"";
    r->tier->flags = 0;
    if (r->n < 2) return bad_word(r, (str){ 0 }, allowed);
    for (size_t i = 1; i < r->n; i++) {
        const struct word *w = word_find(flag_words, COUNT(flag_words), r->word[i]);
        if (!w || (!w->value && r->n > 2)) return bad_word(r, r->word[i], allowed);
        r->tier->flags |= (uint32_t)w->value;
    }
    return OK;
}

static enum err read_pattern(const struct reader *r, str s, struct policy_rule *out)
{
    out->iccs = -1;
    if (s.n && s.p[s.n - 1] == ':') s.n--;
    if (str_starts(s, S("iccs-"))) {
        int64_t section;
        if (!str_to_i64(str_slice(s, 5, s.n), &section) || section < 0 || section >= ICCS_SECTIONS)
            return fail(&r->sc->fault, ERR_INVALID,
                        "line %d: \"%.*s\" is not a section of the ICCS; write iccs-0 to iccs-%d", r->line,
                        STR(shown(s)), ICCS_SECTIONS - 1);
        out->iccs = (int)section;
        return OK;
    }
    bool fine = s.n > 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        fine = fine && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '*');
    }
    if (!fine)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: \"%.*s\" is not a category; write *, iccs-1 to iccs-%d, or a key of small "
                    "letters, digits "
                    "and '-', in which * stands for any letters",
                    r->line, STR(shown(s)), ICCS_SECTIONS - 1);
    out->category = s;
    return OK;
}

static enum err read_category(struct reader *r)
{
    struct tier_policy *t = r->tier;
    struct policy_rule  rule = { .line = r->line };
    TRY(read_pattern(r, word_at(r, 1), &rule));
    size_t             at = str_eq(word_at(r, 2), S(":")) ? 3 : 2;
    const struct word *w = word_find(showing_words, COUNT(showing_words), word_at(r, at));
    if (!w) return bad_word(r, word_at(r, at), "\"points\" or \"withheld\"");
    TRY(ends_after(r, at + 1));
    rule.show = (enum showing)w->value;
    if (t->n_rules == POLICY_MAX_RULES)
        return fail(&r->sc->fault, ERR_LIMIT, "line %d: a tier has at most %d category lines", r->line,
                    POLICY_MAX_RULES);
    r->rules[t->n_rules++] = rule;
    return OK;
}

static enum err read_tier(struct reader *r, struct policy *p)
{
    enum tier which;
    if (!tier_read(word_at(r, 1), &which)) return bad_word(r, word_at(r, 1), "public, partner or police");
    TRY(ends_after(r, 2));
    struct tier_policy *t = &p->tier[which];
    if (t->given)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: the rules of tier %.*s began in line %d already; join them", r->line,
                    STR(r->word[1]), r->began[which]);
    struct policy_rule *rules = arena_array(r->sc->mem, struct policy_rule, POLICY_MAX_RULES);
    if (!rules) return fail(&r->sc->fault, ERR_NOMEM, "no room for the policy's rules");
    *t = strictest;
    t->given = true;
    t->rules = r->rules = rules;
    r->tier = t;
    r->which = which;
    r->began[which] = r->line;
    return OK;
}

static enum err read_statement(struct reader *r, enum kind kind)
{
    struct tier_policy *t = r->tier;
    int                 choice = 0;
    switch (kind) {
    case ANCHORS:
        return read_anchors(r);
    case DELAY:
        return read_delay(r);
    case FLAGS:
        return read_flags(r);
    case CATEGORY:
        return read_category(r);
    case TIME:
        TRY(read_choice(r, time_words, COUNT(time_words), "month, day, hour or minute", &choice));
        t->finest = (enum precision)choice;
        return OK;
    case OUTCOME:
        TRY(read_choice(r, outcome_words, COUNT(outcome_words), "\"told\" or \"withheld\"", &choice));
        t->outcome = choice;
        return OK;
    case PLACE:
        TRY(read_choice(r, place_words, COUNT(place_words), "\"none\" or \"source\"", &choice));
        t->place_text = choice;
        return OK;
    case DOMESTIC:
        TRY(read_choice(r, domestic_words, COUNT(domestic_words), "\"withheld\" or \"points\"", &choice));
        t->domestic = choice;
        return OK;
    }
    return OK;
}

static enum err read_line(struct reader *r, struct policy *p)
{
    static const struct word kinds[] = {
        { "anchors", ANCHORS }, { "time", TIME },   { "delay", DELAY },       { "flags", FLAGS },
        { "outcome", OUTCOME }, { "place", PLACE }, { "domestic", DOMESTIC }, { "category", CATEGORY },
    };
    if (str_eq(r->word[0], S("tier"))) return read_tier(r, p);
    const struct word *w = word_find(kinds, COUNT(kinds), r->word[0]);
    if (!w)
        return bad_word(r, r->word[0],
                        "tier, anchors, time, delay, flags, outcome, place, domestic or category");
    if (!r->tier)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: \"%.*s\" stands before the first \"tier\" line, so nobody knows whom it is for",
                    r->line, STR(r->word[0]));
    if (w->value < KINDS) {
        int *said = &r->said[r->which][w->value];
        if (*said)
            return fail(&r->sc->fault, ERR_INVALID, "line %d: \"%.*s\" was said in line %d already; keep one",
                        r->line, STR(r->word[0]), *said);
        *said = r->line;
    }
    return read_statement(r, (enum kind)w->value);
}

static enum err split(struct reader *r, str line)
{
    r->n = 0;
    for (size_t i = 0; i < line.n;) {
        char c = line.p[i];
        if (c == ' ' || c == '\t' || c == '\r') {
            i++;
            continue;
        }
        if (c == '#') break;
        if (r->n == MAX_WORDS)
            return fail(&r->sc->fault, ERR_INVALID, "line %d has more than %d words", r->line, MAX_WORDS);
        size_t from = i;
        while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r') i++;
        r->word[r->n++] = str_slice(line, from, i);
    }
    return OK;
}

// -- which category
// --------------------------------------------------------------------------------------------------

static bool key_matches(str pattern, str key)
{
    // The usual two fingers: on a mismatch the last '*' takes one letter more.
    size_t p = 0, k = 0, star = SIZE_MAX, taken = 0;
    while (k < key.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            taken = k;
        } else if (p < pattern.n && pattern.p[p] == key.p[k]) {
            p++;
            k++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            k = ++taken;
        } else return false;
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

enum showing policy_shows(const struct tier_policy *t, const struct category *c)
{
    if (!t->given) return SHOW_WITHHELD;
    for (size_t i = t->n_rules; i-- > 0;) {
        const struct policy_rule *r = &t->rules[i];
        if (r->iccs >= 0 ? r->iccs == c->iccs : key_matches(r->category, c->key)) return r->show;
    }
    return SHOW_WITHHELD;
}

// -- no circle learns more than a narrower one
// ------------------------------------------------------------------------

static bool anchors_finer(const struct tier_policy *wide, const struct tier_policy *narrow)
{
    if (narrow->exact) return false;
    if (wide->exact) return true;
    if (wide->anchor_grid_m && narrow->anchor_grid_m) return wide->anchor_grid_m < narrow->anchor_grid_m;
    // Two lists, or a list and a grid, cannot be told finer or coarser; only the same list is safe.
    return !str_eq(wide->anchor_file, narrow->anchor_file) || wide->anchor_grid_m || narrow->anchor_grid_m;
}

static const char *what_is_finer(const struct tier_policy *wide, const struct tier_policy *narrow)
{
    if (anchors_finer(wide, narrow)) return "anchors (lists of points can only be the same list)";
    if (wide->finest < narrow->finest) return "time";
    if (wide->delay_days < narrow->delay_days) return "delay";
    if (wide->flags & ~narrow->flags) return "flags";
    if (wide->outcome && !narrow->outcome) return "outcome";
    if (wide->place_text && !narrow->place_text) return "place";
    if (wide->domestic && !narrow->domestic) return "domestic";
    return NULL;
}

static enum err check_category(struct scope *sc, const struct policy *p, enum tier wide, enum tier narrow,
                               const struct category *c)
{
    if (policy_shows(&p->tier[wide], c) != SHOW_POINTS || policy_shows(&p->tier[narrow], c) == SHOW_POINTS)
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "tier %.*s would show category \"%.*s\" (ICCS section %d) and tier %.*s would not: withhold "
                "it from both "
                "or show it to both",
                STR(tier_name(wide)), STR(shown(c->key)), c->iccs, STR(tier_name(narrow)));
}

/// Every answer of policy_shows depends on the section and on which patterns match: so on each key that is
/// written out, and on one that is written nowhere. Of a pattern with stars its bare letters stand for all
/// that it matches.
static enum err check_rules(struct scope *sc, const struct policy *p, enum tier wide, enum tier narrow,
                            const struct tier_policy *from)
{
    for (size_t i = 0; i <= from->n_rules; i++) {
        char   key[256];
        size_t n = 0;
        str    pattern = i < from->n_rules ? from->rules[i].category : S("*");
        if (!pattern.n) continue; // a section; each is tried with every key
        for (size_t k = 0; k < pattern.n && n < sizeof key; k++)
            if (pattern.p[k] != '*') key[n++] = pattern.p[k];
        for (int iccs = 0; iccs < ICCS_SECTIONS; iccs++) {
            struct category c = { .key = n ? (str){ key, n } : S("another-category"), .iccs = iccs };
            TRY(check_category(sc, p, wide, narrow, &c));
        }
    }
    return OK;
}

static enum err check_pair(struct scope *sc, const struct policy *p, enum tier wide, enum tier narrow)
{
    const struct tier_policy *w = &p->tier[wide], *n = &p->tier[narrow];
    if (!w->given || !n->given) return OK;
    const char *what = what_is_finer(w, n);
    if (what)
        return fail(
            &sc->fault, ERR_INVALID,
            "tier %.*s would learn more than tier %.*s by its %s: the wider circle may never see finer",
            STR(tier_name(wide)), STR(tier_name(narrow)), what);
    TRY(check_rules(sc, p, wide, narrow, w));
    return check_rules(sc, p, wide, narrow, n);
}

enum err policy_check(struct scope *sc, const struct policy *p, const struct category *c, size_t n)
{
    for (int wide = 0; wide < TIERS; wide++)
        for (int narrow = wide + 1; narrow < TIERS; narrow++)
            for (size_t i = 0; i < n && p->tier[wide].given && p->tier[narrow].given; i++)
                TRY(check_category(sc, p, (enum tier)wide, (enum tier)narrow, &c[i]));
    return OK;
}

// -- the whole
// -------------------------------------------------------------------------------------------------------

static enum err check_text(struct scope *sc, str text)
{
    size_t bad;
    if (text.n > POLICY_MAX_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "the policy has %zu bytes; at most %d are read", text.n,
                    POLICY_MAX_BYTES);
    if (!str_is_utf8(text, &bad)) {
        int line = 1;
        for (size_t i = 0; i < bad; i++) line += text.p[i] == '\n';
        return fail(&sc->fault, ERR_INVALID, "line %d of the policy is not UTF-8 text", line);
    }
    return OK;
}

enum err policy_read(struct scope *sc, str text, struct policy *out)
{
    TRY(check_text(sc, text));
    struct policy p = { .text = arena_str(sc->mem, text) };
    if (!p.text.p) return fail(&sc->fault, ERR_NOMEM, "no room for the policy's %zu bytes", text.n);
    struct reader r = { .sc = sc };
    str           rest = p.text, line;
    if (str_starts(rest, S("\xEF\xBB\xBF"))) rest = str_slice(rest, 3, rest.n);
    while (str_cut(&rest, '\n', &line)) {
        r.line++;
        TRY(split(&r, line));
        if (r.n) TRY(read_line(&r, &p));
    }
    if (!r.tier)
        return fail(&sc->fault, ERR_INVALID,
                    "the policy has no \"tier\" line, so nothing could be published; begin with "
                    "\"tier public\"");
    TRY(check_pair(sc, &p, TIER_PUBLIC, TIER_PARTNER));
    TRY(check_pair(sc, &p, TIER_PUBLIC, TIER_POLICE));
    TRY(check_pair(sc, &p, TIER_PARTNER, TIER_POLICE));
    *out = p;
    return OK;
}
