// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "main/cli.h"
#include "main/kinds.h"
#include "wire/json.h"
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 16 << 20, LINE_BYTES = 200 };

struct classify_words {
    const char *by;
    bool        all, laxer;
};
static const struct option_row options[] = {
    OPTION(struct classify_words, "--confirm-all", OPTION_FLAG, all, NULL,
           "shows what is proposed and confirms all of it"),
    OPTION(struct classify_words, "--laxer", OPTION_FLAG, laxer, NULL,
           "what is given may tell more of a kind than its name or its class so far says"),
    OPTION(struct classify_words, "--by", OPTION_TEXT, by, "NAME",
           "who confirms, for the record (without it: the name you are logged in by)"),
};

struct words {
    const struct outcome *is;
    uint64_t              incidents;
};
struct classify {
    struct cli   *cli;
    struct store *st;
    str           by; // "person NAME"
    bool          laxer;
    struct kind  *kind;
    size_t        n;
    uint64_t      confirmed;
    struct words *words; // outcomes that no profile names, the most frequent first
    size_t        n_words;
};

// -- confirming --------------------------------------------------------------------------------------------------------

static enum err confirm(struct classify *c, struct kind *k, enum sensitivity is, int iccs)
{
    if (!c->by.n)
        return fail(
            &c->cli->sc->fault, ERR_INVALID,
            "nobody knows by which name you are logged in: say who confirms with --by NAME. Nothing was "
            "confirmed");
    k->is.sensitivity = is;
    k->is.iccs = iccs;
    k->is.confirmed_by = is ? c->by : S("");
    k->is.confirmed_s =
        clock_system.now_s(); // also when it is taken back: who counts it by area asks since when
    k->proposed = (struct proposal){ 0 };
    c->confirmed++;
    return store_category_confirm(c->cli->sc, c->st, &k->is);
}

static enum err confirm_proposals(struct classify *c)
{
    TRY(store_begin(c->cli->sc, c->st));
    enum err e = OK;
    for (size_t i = 0; i < c->n && !e; i++)
        if (c->kind[i].proposed.sensitivity)
            e = confirm(c, &c->kind[i], c->kind[i].proposed.sensitivity, c->kind[i].proposed.iccs);
    if (!e) return store_commit(c->cli->sc, c->st);
    store_rollback(c->st);
    return e;
}

/// "home" or "home,5" or "home 5". A section that is not named stays, or is the proposed one.
static enum err read_class(struct scope *sc, str text, const struct kind *k, enum sensitivity *is, int *iccs)
{
    str     word = str_trim(text);
    size_t  at = str_find(word, str_find(word, ',') < word.n ? ',' : ' ');
    str     section = str_trim(str_slice(word, at + (at < word.n), word.n));
    int64_t number = k->proposed.sensitivity ? k->proposed.iccs : k->is.iccs;
    word = str_trim(str_slice(word, 0, at));
    if (!sensitivity_read(word, is))
        return fail(
            &sc->fault, ERR_INVALID,
            "\"%.*s\" is no class; there are: trafficking, child, sexual, domestic, self-harm, hate, person, "
            "home, drugs, ordinary, street, and unclassified",
            STR(str_slice(word, 0, 60)));
    if (section.n && (!str_to_i64(section, &number) || number < 0 || number >= ICCS_SECTIONS))
        return fail(&sc->fault, ERR_INVALID,
                    "\"%.*s\" is no section: 1 to 11 of the ICCS, 12 for what is no crime, 0 for unknown",
                    STR(str_slice(section, 0, 60)));
    *iccs = (int)number;
    return OK;
}

/// Would incidents be told as points of a kind that its name proposes to hide, or that is hidden so far?
static bool is_laxer(const struct kind *k, enum sensitivity is)
{
    enum sensitivity so_far = k->is.sensitivity ? k->is.sensitivity : k->proposed.sensitivity;
    return so_far && so_far < SENSITIVITY_ORDINARY && is > so_far;
}

/// A slip here makes homes and people public, for ever.
static enum err check_laxer(struct classify *c, const struct kind *k, enum sensitivity is)
{
    if (c->laxer || !is_laxer(k, is)) return OK;
    str so_far = sensitivity_word(k->is.sensitivity ? k->is.sensitivity : k->proposed.sensitivity);
    return fail(
        &c->cli->sc->fault, ERR_INVALID,
        "\"%s\" %s %.*s%s%.*s, and as %.*s more is told of it: nothing was confirmed. If that is meant, add "
        "--laxer",
        kind_shown(c->cli->sc, &k->is), k->is.sensitivity ? "is" : "seems to be", STR(so_far),
        k->is.sensitivity ? "" : " by its name, ",
        STR(k->is.sensitivity ? S("") : str_slice(k->proposed.why, 0, 100)), STR(sensitivity_word(is)));
}

/// "kradez=ordinary,5"
static enum err confirm_word(struct classify *c, str word)
{
    struct scope    *sc = c->cli->sc;
    enum sensitivity is;
    int              iccs;
    str              key;
    if (!str_cut(&word, '=', &key) || !word.p)
        return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is not KEY=CLASS or KEY=CLASS,SECTION", STR(key));
    for (size_t i = 0; i < c->n; i++) {
        if (!str_eq(c->kind[i].is.key, key)) continue;
        TRY(read_class(sc, word, &c->kind[i], &is, &iccs));
        TRY(check_laxer(c, &c->kind[i], is));
        return confirm(c, &c->kind[i], is, iccs);
    }
    return fail(&sc->fault, ERR_NOTFOUND, "there is no kind \"%.*s\"; hromada classify lists those there are",
                STR(str_slice(key, 0, 80)));
}

/// Of two answers for one kind the second would hold without a word.
static enum err check_twice(struct scope *sc, const char *const *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            str a = str_of(word[i]), b = str_of(word[k]);
            a = str_slice(a, 0, str_find(a, '='));
            if (str_eq(a, str_slice(b, 0, str_find(b, '='))))
                return fail(&sc->fault, ERR_INVALID, "\"%.*s\" is given twice: say once what it is",
                            STR(str_slice(a, 0, 80)));
        }
    return OK;
}

/// All or none.
static enum err confirm_words(struct classify *c, const char *const *word, size_t n)
{
    TRY(check_twice(c->cli->sc, word, n));
    TRY(store_begin(c->cli->sc, c->st));
    enum err e = OK;
    for (size_t i = 0; i < n && !e; i++) e = confirm_word(c, str_of(word[i]));
    if (!e) return store_commit(c->cli->sc, c->st);
    store_rollback(c->st);
    return e;
}

// -- outcomes in a source's own words -----------------------------------------------------------------------------------

static int by_incidents(const void *a, const void *b)
{
    const struct words *l = a, *r = b;
    if (l->incidents != r->incidents) return l->incidents > r->incidents ? -1 : 1;
    return str_cmp(l->is->key, r->is->key);
}

static enum err read_words(struct classify *c)
{
    struct scope               *sc = c->cli->sc;
    const struct outcome       *all;
    const struct outcome_count *count;
    size_t                      n, n_counts;
    bool                        any = false;
    TRY(store_outcomes(sc, c->st, &all, &n));
    for (size_t i = 0; i < n; i++) any = any || !all[i].named;
    if (!any) return OK; // counting reads every incident
    TRY(store_outcome_counts(sc, c->st, &count, &n_counts));
    c->words = arena_array(sc->mem, struct words, n_counts + 1);
    if (!c->words) return fail(&sc->fault, ERR_NOMEM, "no room for the list of outcomes");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_counts; k++)
            if (count[k].outcome == all[i].id)
                c->words[c->n_words++] = (struct words){ &all[i], count[k].incidents };
    qsort(c->words, c->n_words, sizeof *c->words, by_incidents);
    return OK;
}

static void print_words(const struct classify *c)
{
    enum { SHOWN = 40 };
    if (!c->n_words) return;
    cli_print("Outcomes that no profile names; the public is told \"other\". To tell one, write it into "
              "[outcomes] of the");
    cli_print("profile (hromada-profile(5)) and import again:");
    for (size_t i = 0; i < c->n_words && i < SHOWN; i++)
        cli_print("     %10" PRIu64 "  %.*s", c->words[i].incidents,
                  STR(str_slice(c->words[i].is->code, 0, 200)));
    if (c->n_words > SHOWN)
        cli_print("     %10s  and %zu more; --json lists them all", "", c->n_words - SHOWN);
}

// -- telling -----------------------------------------------------------------------------------------------------------

static void print_kind(const struct classify *c, size_t i)
{
    const struct kind     *k = &c->kind[i];
    const struct proposal *p = &k->proposed;
    struct scope          *sc = c->cli->sc;
    printf("%4zu %10" PRIu64 "  %-30s %-12.*s %2d  ", i + 1, k->incidents, text_shown(sc, k->is.key),
           STR(sensitivity_word(k->is.sensitivity)), k->is.iccs);
    if (k->is.sensitivity) printf("%s", text_shown(sc, k->is.confirmed_by));
    else if (p->sensitivity)
        printf("proposed: %.*s, section %d (%s)", STR(sensitivity_word(p->sensitivity)), p->iccs,
               text_shown(sc, p->why));
    else printf("no proposal: please say what it is");
    printf("\n%18s%s", "", kind_shown(sc, &k->is));
    if (k->source.n) printf(" (as %s writes it)", text_shown(sc, k->source));
    printf("\n");
}

static size_t count_left(const struct classify *c, bool proposed)
{
    size_t left = 0;
    for (size_t i = 0; i < c->n; i++)
        left += !c->kind[i].is.sensitivity && (!proposed || c->kind[i].proposed.sensitivity);
    return left;
}

static void print_table(const struct classify *c)
{
    printf("   n  incidents  kind                           class       section\n");
    for (size_t i = 0; i < c->n; i++) print_kind(c, i);
    fflush(stdout);
}

static void say_left(const struct classify *c)
{
    size_t left = count_left(c, false);
    if (c->confirmed) cli_say(c->cli, "Classified by %.*s: %" PRIu64 ".", STR(c->by), c->confirmed);
    if (left)
        cli_say(c->cli, "Not classified: %zu of %zu kinds; what carries %s is published to nobody.", left,
                c->n, plural(left, "it", "them"));
    else if (c->confirmed)
        cli_say(c->cli, "All kinds are classified (%zu). Next: hromada -D %s publish", c->n, c->cli->dir);
    else if (c->n) cli_say(c->cli, "All kinds are classified (%zu).", c->n);
    else cli_say(c->cli, "There are no kinds yet: nothing was imported.");
}

static enum err print_json(const struct classify *c)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, OUTPUT_MAX_BYTES);
    struct json j = json_on(&b);
    json_open(&j, '{');
    json_key(&j, "confirmed"), json_u64(&j, c->confirmed);
    json_key(&j, "unclassified"), json_u64(&j, count_left(c, false));
    json_key(&j, "kinds");
    json_open(&j, '[');
    for (size_t i = 0; i < c->n; i++) {
        const struct kind *k = &c->kind[i];
        json_open(&j, '{');
        json_key(&j, "key"), json_str(&j, k->is.key);
        json_key(&j, "code"), json_str(&j, k->is.code);
        json_key(&j, "label"), json_str(&j, k->is.label[LANG_EN]);
        json_key(&j, "source"), json_str(&j, k->source);
        json_key(&j, "incidents"), json_u64(&j, k->incidents);
        json_key(&j, "class"), json_str(&j, sensitivity_word(k->is.sensitivity));
        json_key(&j, "section"), json_i64(&j, k->is.iccs);
        json_key(&j, "confirmed_by"), json_str(&j, k->is.confirmed_by);
        json_key(&j, "confirmed_s"), json_i64(&j, k->is.confirmed_s);
        if (k->proposed.sensitivity) {
            json_key(&j, "proposed");
            json_open(&j, '{');
            json_key(&j, "class"), json_str(&j, sensitivity_word(k->proposed.sensitivity));
            json_key(&j, "section"), json_i64(&j, k->proposed.iccs);
            json_key(&j, "why"), json_str(&j, k->proposed.why);
            json_close(&j, '}');
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "outcomes");
    json_open(&j, '[');
    for (size_t i = 0; i < c->n_words; i++) {
        json_open(&j, '{');
        json_key(&j, "key"), json_str(&j, c->words[i].is->key);
        json_key(&j, "code"), json_str(&j, c->words[i].is->code);
        json_key(&j, "incidents"), json_u64(&j, c->words[i].incidents);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    TRY(buf_end(c->cli->sc, &b));
    printf("%.*s\n", STR(buf_str(&b)));
    return OK;
}

// -- asking a person ---------------------------------------------------------------------------------------------------

/// False at the end of what the person says. The line is without its end.
static bool ask(const char *question, char line[LINE_BYTES], str *out)
{
    fputs(question, stdout);
    fflush(stdout);
    if (!fgets(line, LINE_BYTES, stdin)) return false;
    *out = str_trim(str_of(line));
    return true;
}

static enum err change_one(struct classify *c, size_t i)
{
    char             line[LINE_BYTES];
    str              said;
    enum sensitivity is;
    int              iccs;
    print_kind(c, i);
    if (!ask("  class, and section if you know it (home 5): ", line, &said) || !said.n) return OK;
    if (read_class(c->cli->sc, said, &c->kind[i], &is, &iccs)) {
        printf("  %s\n", c->cli->sc->fault.text);
        return OK;
    }
    if (is_laxer(&c->kind[i], is) &&
        (!ask("  that tells more of it than its name or its class so far says; is it meant? (yes) ", line,
              &said) ||
         !str_eq(said, S("yes"))))
        return OK;
    TRY(confirm(c, &c->kind[i], is, iccs));
    print_kind(c, i);
    return OK;
}

static enum err ask_person(struct classify *c)
{
    char    line[LINE_BYTES];
    str     said;
    int64_t number;
    printf("Classes: trafficking, child, sexual, domestic, self-harm, hate, person, home, drugs, ordinary, "
           "street\n"
           "(ordinary whose scene is a public place). Nothing is published of a kind without a class.\n");
    while (
        ask("y confirms all that is proposed, a number changes that line, l lists, q ends: ", line, &said)) {
        if (str_eq(said, S("q"))) return OK;
        if (str_eq(said, S("l"))) print_table(c);
        else if (str_eq(said, S("y"))) {
            TRY(confirm_proposals(c));
            if (!count_left(c, false)) return OK;
            printf("Without a proposal: %zu. Give their numbers, or q to leave them out.\n",
                   count_left(c, false));
        } else if (str_to_i64(said, &number) && number >= 1 && (size_t)number <= c->n)
            TRY(change_one(c, (size_t)number - 1));
        else if (said.n) printf("y, l, q or a number of 1 to %zu.\n", c->n);
    }
    return OK;
}

/// *out stays empty when nobody knows the name of the user: then nothing can be confirmed.
static enum err read_name(struct scope *sc, const char *given, str *out)
{
    const char          *env = getenv("LOGNAME");
    const struct passwd *user = getpwuid(getuid());
    if (!env || !*env) env = getenv("USER");
    if (!env || !*env) env = user ? user->pw_name : NULL;
    const char *name = given ? given : env;
    if (given && !str_trim(str_of(given)).n)
        return fail(&sc->fault, ERR_INVALID,
                    "--by takes the name of the person who confirms, and it is empty");
    if (!name || !*name) return OK;
    *out = arena_printf(sc->mem, "person %s", name);
    if (!out->p) return fail(&sc->fault, ERR_NOMEM, "no room for a name");
    if (!str_is_utf8(*out, NULL) || out->n > 200)
        return fail(&sc->fault, ERR_INVALID, "a name of at most 190 bytes of UTF-8 is wanted with --by");
    return OK;
}

static enum err classify(struct cli *cli, const struct classify_words *w, const char *const *word, size_t n)
{
    struct scope                    *sc = cli->sc;
    AUTO(store_closep) struct store *st = NULL;
    struct classify                  c = { .cli = cli };
    TRY(read_name(sc, w->by, &c.by));
    TRY(store_open(sc, cli->dir, STORE_WRITE, &st));
    c.st = st;
    c.laxer = w->laxer;
    TRY(kinds_read(sc, st, &c.kind, &c.n));
    TRY(read_words(&c));
    TRY(confirm_words(&c, word, n));
    if (!cli->json) print_table(&c), print_words(&c);
    bool asks = !n && !w->all && !cli->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (w->all) TRY(confirm_proposals(&c));
    else if (asks && count_left(&c, false)) TRY(ask_person(&c));
    if (cli->json) return print_json(&c);
    say_left(&c);
    if (!asks && count_left(&c, true))
        cli_say(cli,
                "hromada -D %s classify --confirm-all confirms what is proposed, hromada -D %s classify "
                "KEY=CLASS one of them.",
                cli->dir, cli->dir);
    else if (!asks && count_left(&c, false))
        cli_say(cli, "hromada -D %s classify KEY=CLASS says what a kind is.", cli->dir);
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct classify_words w = { 0 };
    const char          **word;
    size_t                n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &w, &word, &n))
        return cli_usage(cli, "classify");
    enum err e = classify(cli, &w, word, n);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_classify = {
    .name = "classify",
    .writes = true,
    .synopsis = "[--confirm-all] [--laxer] [--by NAME] [KEY=CLASS[,SECTION] ...]",
    .summary = "lists the kinds of incidents and confirms what they are",
    .text = "What may be published of an incident hangs on the class of its kind: trafficking, child, "
            "sexual, domestic,\n"
            "self-harm, hate, person, home, drugs, ordinary or street. Kinds of the profiles in the program "
            "have one; for\n"
            "others it is proposed by their names and articles of the law, and a person confirms it. Until "
            "then nothing of\n"
            "such a kind is published. On a terminal you are asked.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
