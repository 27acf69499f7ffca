// SPDX-License-Identifier: EUPL-1.2
#include "publish/policy.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/lines.h"
#include "model/incident.h"
#include <string.h>

static const struct tier_policy strictest = {
    .anchor_grid_m = 1000,
    .finest = PRECISION_MONTH,
    .delay_days = 31,
};

// -- names -------------------------------------------------------------------------------------------------------------

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
static const struct word showing_words[] = {
    { "points", SHOW_POINTS },
    { "areas", SHOW_AREAS },
    { "withheld", SHOW_WITHHELD },
};
// clang-format off
static const struct { const char *name, *text; } floors[FLOORS] = {
    [FLOOR_POINTS] = { "points", "acts against persons, homes and children are told by area, or withheld" },
    [FLOOR_TIME]   = { "time", "only the class street is told finer than by month, and no finer than by hour" },
    [FLOOR_GRID]   = { "grid", "anchors of a grid are at least 200 m apart" },
    [FLOOR_DELAY]  = { "delay", "nothing is told before 7 days are over" },
    [FLOOR_FLAGS]  = { "flags", "which incidents are domestic is not told" },
    [FLOOR_PLACE]  = { "place", "the source's own text of a place, which may be finer than the anchor, is not told" },
    [FLOOR_REGION] = { "regions", "a region that can be told apart stands for 8 addresses, 20 inhabitants or 2 hectares" },
    [FLOOR_LEAST] = { "least", "counts by area are at least 5" },
};
// clang-format on

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

// -- one line ----------------------------------------------------------------------------------------------------------

enum { MAX_WORDS = 20, MAX_SHOWN = 60 };

enum kind { ANCHORS, TIME, DELAY, FLAGS, OUTCOME, PLACE, ONCE, CLASS = ONCE, CATEGORY };

struct reader {
    struct scope       *sc;
    struct tier_policy *tier; // NULL before the first
    enum tier           which;
    int                 line;
    str                 word[MAX_WORDS];
    size_t              n;
    int                 said[TIERS][ONCE], began[TIERS], areas, regions; // lines, to name the first of two
    struct policy_rule *rules;                // of the tier; room for POLICY_MAX_RULES
    bool                timed[SENSITIVITIES]; // the class says its own time ...
    enum precision      least[SENSITIVITIES]; // ... and its lines so far none finer
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

/// Only below the data folder: who has the folder has all that a release was made of.
static bool is_file_name(str s)
{
    return s.n && s.p[0] != '/' && !str_has(s, S(".."));
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
        if (!is_file_name(what))
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

static bool is_never_told(enum sensitivity c)
{
    return c == SENSITIVITY_TRAFFICKING || c == SENSITIVITY_UNCLASSIFIED;
}

/// Nobody expects a line further down to take back what a line above protects: it is an error, not a rule.
static enum err is_stricter(const struct reader *r, enum sensitivity c, const struct class_rule *now)
{
    const struct class_rule *was = &r->tier->of[c];
    if (is_never_told(c) && now->show != SHOW_WITHHELD)
        return fail(&r->sc->fault, ERR_INVALID,
                    c == SENSITIVITY_TRAFFICKING
                        ? "line %d: trafficking in persons is told to no tier, whatever a policy says"
                        : "line %d: what nobody has classified is told to no tier; see hromada help classify",
                    r->line);
    if (!was->line || (now->show >= was->show && now->finest >= was->finest)) return OK;
    return fail(
        &r->sc->fault, ERR_INVALID,
        "line %d shows class %.*s more than line %d did; a later line can only be stricter, so write it "
        "first",
        r->line, STR(sensitivity_word(c)), was->line);
}

static enum err put_class(struct reader *r, enum sensitivity c, struct class_rule rule, bool timed)
{
    rule.line = r->line;
    TRY(is_stricter(r, c, &rule));
    r->tier->of[c] = rule;
    r->timed[c] = timed;
    if (timed) r->least[c] = rule.finest;
    return OK;
}

static enum err read_class(struct reader *r)
{
    static const char allowed[] =
        "classes and what is shown of them, as in \"class street ordinary points\" (classes: *, child, "
        "sexual, "
        "domestic, self-harm, hate, person, home, drugs, ordinary, street; shown: points, areas, withheld)";
    size_t             n = 1;
    enum sensitivity   c;
    const struct word *w = NULL, *time = NULL;
    while (n < r->n && (str_eq(r->word[n], S("*")) || sensitivity_read(r->word[n], &c))) n++;
    if (n > 1) w = word_find(showing_words, COUNT(showing_words), word_at(r, n));
    if (!w) return bad_word(r, word_at(r, n), allowed);
    bool timed = w->value == SHOW_POINTS && r->n > n + 1;
    if (timed) {
        time = str_eq(r->word[n + 1], S("time")) ? word_find(time_words, COUNT(time_words), word_at(r, n + 2))
                                                 : NULL;
        if (!time)
            return bad_word(r, r->word[n + 1], "\"time month\", \"time day\", \"time hour\" or nothing");
    }
    TRY(ends_after(r, n + (timed ? 3 : 1)));
    if (r->tier->n_rules)
        return fail(
            &r->sc->fault, ERR_INVALID,
            "line %d: \"class\" stands before the \"category\" lines of its tier, which make stricter what "
            "classes say; move it above line %d",
            r->line, r->rules[0].line);
    struct class_rule rule = { .show = (enum showing)w->value,
                               .finest = time ? (enum precision)time->value : PRECISION_MONTH };
    for (size_t i = 1; i < n; i++) {
        bool all = !sensitivity_read(r->word[i], &c);
        for (int k = 0; k < SENSITIVITIES; k++)
            if (all ? !is_never_told((enum sensitivity)k) : k == (int)c)
                TRY(put_class(r, (enum sensitivity)k, rule, timed));
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
    bool fine = s.n > 0 && s.n <= POLICY_MAX_PATTERN;
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

/// Is there a key that both match? Each star stands for any letters, also none. A section may have any key.
static bool patterns_meet(const struct policy_rule *a, const struct policy_rule *b)
{
    if (a->iccs >= 0 && b->iccs >= 0) return a->iccs == b->iccs;
    if (a->iccs >= 0 || b->iccs >= 0) return true;
    bool row[POLICY_MAX_PATTERN + 1] = {
        true
    }; // row[j]: what was read of x and the first j letters of y meet
    str x = a->category, y = b->category;
    for (size_t j = 1; j <= y.n; j++) row[j] = row[j - 1] && y.p[j - 1] == '*';
    for (size_t i = 1; i <= x.n; i++) {
        bool before = row[0]; // of the row above, one to the left
        row[0] = row[0] && x.p[i - 1] == '*';
        for (size_t j = 1; j <= y.n; j++) {
            bool above = row[j], star = x.p[i - 1] == '*' || y.p[j - 1] == '*';
            row[j] = star ? above || row[j - 1] : before && x.p[i - 1] == y.p[j - 1];
            before = above;
        }
    }
    return row[y.n];
}

static enum err read_category(struct reader *r)
{
    struct tier_policy *t = r->tier;
    struct policy_rule  rule = { .line = r->line };
    TRY(read_pattern(r, word_at(r, 1), &rule));
    size_t             at = str_eq(word_at(r, 2), S(":")) ? 3 : 2;
    const struct word *w = word_find(showing_words, COUNT(showing_words), word_at(r, at));
    if (w && w->value == SHOW_POINTS)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: a category can only be shown stricter than its class, as \"areas\" or "
                    "\"withheld\"; what "
                    "is shown as points is said by \"class\"",
                    r->line);
    if (!w) return bad_word(r, word_at(r, at), "\"areas\" or \"withheld\"");
    TRY(ends_after(r, at + 1));
    rule.show = (enum showing)w->value;
    for (size_t i = 0; i < t->n_rules; i++)
        if (t->rules[i].show > rule.show && patterns_meet(&t->rules[i], &rule))
            return fail(&r->sc->fault, ERR_INVALID,
                        "line %d would show what line %d withholds; a later line can only be stricter, so "
                        "write it first",
                        r->line, t->rules[i].line);
    if (t->n_rules == POLICY_MAX_RULES)
        return fail(&r->sc->fault, ERR_LIMIT, "line %d: a tier has at most %d category lines", r->line,
                    POLICY_MAX_RULES);
    r->rules[t->n_rules++] = rule;
    return OK;
}

static const struct word measure_words[] = {
    { "ha", REGION_HECTARES },
    { "addresses", REGION_ADDRESSES },
    { "inhabitants", REGION_INHABITANTS },
};

/// regions least N ha | N addresses file NAME | N inhabitants set KEY
static enum err read_regions(struct reader *r, struct policy *p)
{
    static const int   floor[] = { FLOOR_HECTARES, FLOOR_ADDRESSES, FLOOR_INHABITANTS };
    const struct word *by = word_find(measure_words, COUNT(measure_words), word_at(r, 3));
    struct region_rule rule = { 0 };
    if (r->regions)
        return fail(&r->sc->fault, ERR_INVALID, "line %d: \"regions\" was said in line %d already; keep one",
                    r->line, r->regions);
    if (r->tier)
        return fail(
            &r->sc->fault, ERR_INVALID,
            "line %d: \"regions\" is the same for all tiers; it stands before the first \"tier\" line",
            r->line);
    bool fine = by && str_eq(word_at(r, 1), S("least")) && str_to_double(word_at(r, 2), &rule.least) &&
                rule.least > 0 && rule.least <= 1e6;
    if (fine) rule.by = (enum region_measure)by->value;
    if (fine && rule.by == REGION_ADDRESSES)
        fine = str_eq(word_at(r, 4), S("file")) && is_file_name(word_at(r, 5));
    if (fine && rule.by == REGION_INHABITANTS) fine = str_eq(word_at(r, 4), S("set")) && word_at(r, 5).n;
    if (!fine)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: write \"regions least 2 ha\", \"regions least 8 addresses file NAME\" with a "
                    "file of the data "
                    "folder, or \"regions least 20 inhabitants set KEY\"",
                    r->line);
    if (rule.by == REGION_ADDRESSES) rule.file = word_at(r, 5);
    if (rule.by == REGION_INHABITANTS) rule.set = word_at(r, 5);
    r->regions = r->line;
    p->regions = rule;
    if (rule.least < floor[rule.by]) p->at[FLOOR_REGION] = r->line;
    return ends_after(r, rule.by == REGION_HECTARES ? 4 : 6);
}

/// areas [set KEY] least N: one for all tiers, so that what one is told can be no finer than what another is.
static enum err read_areas(struct reader *r, struct policy *p)
{
    size_t  at = 1;
    int64_t least;
    if (r->areas)
        return fail(&r->sc->fault, ERR_INVALID, "line %d: \"areas\" was said in line %d already; keep one",
                    r->line, r->areas);
    if (r->tier)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: \"areas\" is the same for all tiers; it stands before the first \"tier\" line",
                    r->line);
    if (str_eq(word_at(r, at), S("set"))) p->area_set = word_at(r, 2), at = 3;
    if (!str_eq(word_at(r, at), S("least")) || !str_to_i64(word_at(r, at + 1), &least) || least < 1 ||
        least > POLICY_MAX_LEAST)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: write \"areas least 10\" or \"areas set districts least 10\", with a number "
                    "from 1 to %d",
                    r->line, POLICY_MAX_LEAST);
    r->areas = r->line;
    p->least = (int)least;
    if (least < FLOOR_LEAST_N) p->at[FLOOR_LEAST] = r->line;
    return ends_after(r, at + 2);
}

// -- exceptions --------------------------------------------------------------------------------------------------------

/// A text between quotation marks, trimmed; false: none, or too long, or with a control character in it.
static bool read_quoted(str word, size_t max, str *out)
{
    if (word.n < 2 || word.p[0] != '"' || word.p[word.n - 1] != '"') return false;
    *out = str_trim(str_slice(word, 1, word.n - 1));
    bool fine = out->n > 0 && out->n <= max;
    for (size_t i = 0; i < out->n; i++) fine = fine && (unsigned char)out->p[i] >= ' ' && out->p[i] != 127;
    return fine;
}

/// exception FLOOR "reason" by "name" until YYYY-MM-DD
static enum err read_exception(struct reader *r, struct policy *p)
{
    struct policy_exception e = { .line = r->line };
    int                     f = 0;
    int32_t                 first;
    while (f < FLOORS && !str_eq(word_at(r, 1), str_of(floors[f].name))) f++;
    if (f == FLOORS)
        return bad_word(r, word_at(r, 1),
                        "a floor: points, time, grid, delay, flags, place, regions or least");
    if (p->exception[f].line)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: an exception of the floor \"%s\" was made in line %d already; keep one",
                    r->line, floors[f].name, p->exception[f].line);
    if (r->tier)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: exceptions stand before the first \"tier\" line, where everybody sees them",
                    r->line);
    if (!read_quoted(word_at(r, 2), POLICY_MAX_REASON, &e.reason) || !str_eq(word_at(r, 3), S("by")) ||
        !read_quoted(word_at(r, 4), POLICY_MAX_NAME, &e.by) || !str_eq(word_at(r, 5), S("until")) ||
        word_at(r, 6).n != 10 || !civil_read_span(word_at(r, 6), &first, &e.until))
        return fail(
            &r->sc->fault, ERR_INVALID,
            "line %d: write exception %s \"why\" by \"who answers for it\" until 2027-06-30, with at most %d "
            "bytes of reason and %d of name",
            r->line, floors[f].name, POLICY_MAX_REASON, POLICY_MAX_NAME);
    p->exception[f] = e;
    return ends_after(r, 7);
}

// -- below which nothing is told to everybody --------------------------------------------------------------------------

static bool names_somebody(enum sensitivity c)
{
    return c != SENSITIVITY_ORDINARY && c != SENSITIVITY_STREET;
}

/// An act in somebody's life that stays when a policy is long forgotten: nobody's reason is enough.
static bool is_grave(enum sensitivity c)
{
    return c == SENSITIVITY_CHILD || c == SENSITIVITY_SEXUAL || c == SENSITIVITY_DOMESTIC ||
           c == SENSITIVITY_SELF_HARM || c == SENSITIVITY_HATE;
}

static int line_of(const struct reader *r, enum kind kind)
{
    return r->said[TIER_PUBLIC][kind] ? r->said[TIER_PUBLIC][kind] : r->began[TIER_PUBLIC];
}

/// Notes where the rules for the public fall below a floor.
static void note_floors(const struct reader *r, struct policy *p)
{
    const struct tier_policy *t = &p->tier[TIER_PUBLIC];
    for (int c = 0; c < SENSITIVITIES; c++) {
        const struct class_rule *rule = &t->of[c];
        enum precision           floor = c == SENSITIVITY_STREET ? PRECISION_HOUR : PRECISION_MONTH;
        if (rule->show != SHOW_POINTS) continue;
        if (names_somebody((enum sensitivity)c)) p->at[FLOOR_POINTS] = rule->line;
        if (is_grave((enum sensitivity)c)) p->grave = rule->line;
        if (rule->finest < floor) p->at[FLOOR_TIME] = r->timed[c] ? rule->line : line_of(r, TIME);
    }
    if (t->anchor_grid_m && t->anchor_grid_m < FLOOR_GRID_M) p->at[FLOOR_GRID] = line_of(r, ANCHORS);
    if (t->delay_days < FLOOR_DELAY_DAYS) p->at[FLOOR_DELAY] = line_of(r, DELAY);
    if (t->flags & FLAG_DOMESTIC) p->at[FLOOR_FLAGS] = line_of(r, FLAGS);
    if (t->place_text) p->at[FLOOR_PLACE] = line_of(r, PLACE);
}

const char *policy_floor_name(enum floor f)
{
    return floors[f].name;
}

const char *policy_floor_text(enum floor f)
{
    return floors[f].text;
}

bool policy_has_exceptions(const struct policy *p)
{
    for (int f = 0; f < FLOORS; f++)
        if (p->exception[f].line) return true;
    return false;
}

/// May the policy pass below this floor? Only its own exception says so, signed and in its time.
static enum err check_floor(struct scope *sc, const struct policy *p, enum floor f, bool is_signed,
                            int32_t today)
{
    const struct policy_exception *e = &p->exception[f];
    if (!p->at[f] && !e->line) return OK;
    if (!p->at[f])
        return fail(
            &sc->fault, ERR_INVALID,
            "line %d makes an exception of the floor \"%s\", which this policy keeps; remove the line, so "
            "that it allows nothing later",
            e->line, floors[f].name);
    if (!e->line)
        return fail(&sc->fault, ERR_INVALID, "line %d falls below the floor \"%s\" for the public: %s",
                    p->at[f], floors[f].name, floors[f].text);
    if (!is_signed)
        return fail(
            &sc->fault, ERR_INVALID,
            "line %d falls below the floor \"%s\", and the exception in line %d counts only when the town "
            "has signed this policy",
            p->at[f], floors[f].name, e->line);
    if (today <= e->until) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "line %d: the exception of the floor \"%s\" has expired; keep the floor, or decide and sign anew",
        e->line, floors[f].name);
}

enum err policy_floors(struct scope *sc, const struct policy *p, bool is_signed, int32_t today)
{
    for (int f = 0; f < FLOORS; f++) TRY(check_floor(sc, p, (enum floor)f, is_signed, today));
    if (!p->grave) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "line %d shows the public points of acts against children, of a sexual nature, at home, against "
        "oneself or out of hatred; no exception allows that",
        p->grave);
}

/// What is known only when all lines of a tier were read: the time of classes that say none.
static void end_tier(struct reader *r, struct policy *p)
{
    struct tier_policy *t = r->tier;
    if (!t) return;
    for (int c = 0; c < SENSITIVITIES; c++)
        if (!r->timed[c]) t->of[c].finest = t->finest > r->least[c] ? t->finest : r->least[c];
    if (r->which == TIER_PUBLIC) note_floors(r, p);
}

// -- tiers and statements ----------------------------------------------------------------------------------------------

static enum err read_tier(struct reader *r, struct policy *p)
{
    enum tier which;
    end_tier(r, p);
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
    for (int c = 0; c < SENSITIVITIES; c++)
        t->of[c] = (struct class_rule){ .show = SHOW_WITHHELD, .finest = PRECISION_MONTH };
    memset(r->timed, 0, sizeof r->timed);
    memset(r->least, 0, sizeof r->least);
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
    case CLASS:
        return read_class(r);
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
    }
    return OK;
}

static enum err read_line(struct reader *r, struct policy *p)
{
    static const struct word kinds[] = {
        { "anchors", ANCHORS }, { "time", TIME },   { "delay", DELAY }, { "flags", FLAGS },
        { "outcome", OUTCOME }, { "place", PLACE }, { "class", CLASS }, { "category", CATEGORY },
    };
    if (str_eq(r->word[0], S("tier"))) return read_tier(r, p);
    if (str_eq(r->word[0], S("areas"))) return read_areas(r, p);
    if (str_eq(r->word[0], S("regions"))) return read_regions(r, p);
    if (str_eq(r->word[0], S("exception"))) return read_exception(r, p);
    const struct word *w = word_find(kinds, COUNT(kinds), r->word[0]);
    if (!w)
        return bad_word(r, r->word[0],
                        "exception, areas, regions, tier, anchors, time, delay, flags, outcome, place, class "
                        "or category");
    if (!r->tier)
        return fail(&r->sc->fault, ERR_INVALID,
                    "line %d: \"%.*s\" stands before the first \"tier\" line, so nobody knows whom it is for",
                    r->line, STR(r->word[0]));
    if (w->value < ONCE) {
        int *said = &r->said[r->which][w->value];
        if (*said)
            return fail(&r->sc->fault, ERR_INVALID, "line %d: \"%.*s\" was said in line %d already; keep one",
                        r->line, STR(r->word[0]), *said);
        *said = r->line;
    }
    return read_statement(r, (enum kind)w->value);
}

/// Where the word that begins here ends: a blank, or the second quotation mark of one that begins with a first; 0: it has none.
static size_t word_end(str line, size_t from)
{
    size_t i = from;
    if (line.p[i] == '"') {
        size_t quoted = str_find(str_slice(line, i + 1, line.n), '"');
        return i + 1 + quoted < line.n ? i + 1 + quoted + 1 : 0;
    }
    while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r') i++;
    return i;
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
        i = word_end(line, from);
        if (!i)
            return fail(&r->sc->fault, ERR_INVALID,
                        "line %d: the text that begins with \" does not end with one", r->line);
        r->word[r->n++] = str_slice(line, from, i);
    }
    return OK;
}

// -- which category -----------------------------------------------------------------------------------------

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

enum showing policy_shows_classes(const struct tier_policy *t, sensitivity_set classes)
{
    enum showing show = classes ? SHOW_POINTS : SHOW_WITHHELD; // of no class nothing is known
    for (int c = 0; c < SENSITIVITIES; c++)
        if (classes >> c & 1 && t->of[c].show > show) show = t->of[c].show;
    return t->given ? show : SHOW_WITHHELD;
}

/// The key that a source's own spelling would have if no other kind had it (store_category_own); else its own.
static str plain_key(const struct category *c)
{
    enum { MARK = 1 + 8 };
    str mark = str_slice(c->key, c->key.n > MARK ? c->key.n - MARK : c->key.n, c->key.n);
    if (!c->source || !mark.n || *mark.p != '-') return c->key;
    for (size_t i = 1; i < mark.n; i++)
        if (!strchr("0123456789abcdef", mark.p[i])) return c->key;
    return str_slice(c->key, 0, c->key.n - MARK);
}

/// Lines of categories make stricter, so one holds for all spellings that have the name.
static bool rule_matches(const struct policy_rule *r, const struct category *c)
{
    return r->iccs >= 0 ? r->iccs == c->iccs
                        : key_matches(r->category, c->key) || key_matches(r->category, plain_key(c));
}

enum showing policy_shows(const struct tier_policy *t, sensitivity_set classes, const struct category *c)
{
    enum showing show = policy_shows_classes(t, (sensitivity_set)(classes | sensitivity_bit(c->sensitivity)));
    for (size_t i = 0; i < t->n_rules; i++) {
        const struct policy_rule *r = &t->rules[i];
        if (r->show > show && rule_matches(r, c)) show = r->show;
    }
    return show;
}

int policy_idle_line(const struct policy *p, const struct category *c, size_t n, int after)
{
    int first = 0;
    for (int t = 0; t < TIERS; t++)
        for (size_t i = 0; i < p->tier[t].n_rules; i++) {
            const struct policy_rule *r = &p->tier[t].rules[i];
            bool                      idle = r->line > after && (!first || r->line < first);
            for (size_t k = 0; k < n && idle; k++) idle = !rule_matches(r, &c[k]);
            if (idle) first = r->line;
        }
    return first;
}

enum precision policy_finest(const struct tier_policy *t, sensitivity_set classes)
{
    enum precision finest = PRECISION_MINUTE;
    for (int c = 0; c < SENSITIVITIES; c++)
        if (classes >> c & 1 && t->of[c].finest > finest) finest = t->of[c].finest;
    return classes ? finest : PRECISION_MONTH;
}

// -- no circle learns more than a narrower one -------------------------------------------------------------------------

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
    if (wide->delay_days < narrow->delay_days) return "delay";
    if (wide->flags & ~narrow->flags) return "flags";
    if (wide->outcome && !narrow->outcome) return "outcome";
    if (wide->place_text && !narrow->place_text) return "place";
    for (int c = 0; c < SENSITIVITIES; c++)
        if (wide->of[c].show == SHOW_POINTS && wide->of[c].finest < narrow->of[c].finest) return "time";
    return NULL;
}

static enum err check_category(struct scope *sc, const struct policy *p, enum tier wide, enum tier narrow,
                               const struct category *c)
{
    static const char *const shows[] = { "as points", "by area", "not at all" };
    enum showing             w = policy_shows(&p->tier[wide], 0, c), n = policy_shows(&p->tier[narrow], 0, c);
    if (w >= n) return OK;
    return fail(&sc->fault, ERR_INVALID,
                "tier %.*s would see category \"%.*s\" (class %.*s, ICCS section %d) %s and tier %.*s %s: a "
                "wider circle "
                "may never see more",
                STR(tier_name(wide)), STR(shown(c->key)), STR(sensitivity_word(c->sensitivity)), c->iccs,
                shows[w], STR(tier_name(narrow)), shows[n]);
}

/// Every answer of policy_shows depends on the class, on the section and on which patterns match: so on each key that is
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
        for (int iccs = 0; iccs < ICCS_SECTIONS; iccs++)
            for (int class = 0; class < SENSITIVITIES; class ++) {
                struct category c = { .key = n ? (str){ key, n } : S("another-category"),
                                      .iccs = iccs,
                                      .sensitivity = (enum sensitivity) class };
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

// -- the whole ---------------------------------------------------------------------------------------------------------

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
    return lines_check(sc, text);
}

enum err policy_read(struct scope *sc, str text, struct policy *out)
{
    if (!str_trim(text).n)
        return fail(
            &sc->fault, ERR_INVALID,
            "the file is empty: it has no \"tier\" line, and nothing is published by it. If "
            "\"--show-policy\" was written into the "
            "file that it reads, the shell had emptied it before: remove it, write to another name, and move "
            "that here");
    TRY(check_text(sc, text));
    struct policy p = { .text = arena_str(sc->mem, text),
                        .least = POLICY_LEAST,
                        .regions = { .least = FLOOR_HECTARES } };
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
    end_tier(&r, &p);
    TRY(check_pair(sc, &p, TIER_PUBLIC, TIER_PARTNER));
    TRY(check_pair(sc, &p, TIER_PUBLIC, TIER_POLICE));
    TRY(check_pair(sc, &p, TIER_PARTNER, TIER_POLICE));
    *out = p;
    return OK;
}
