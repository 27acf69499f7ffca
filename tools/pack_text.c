// SPDX-License-Identifier: EUPL-1.2
// po/*.LANG.po to C: pack_text IDS.h TABLE.c LIST.txt FILE.po...
// Several files per language are one catalogue. Refused, with file and line: what is no .po line, a message twice, one
// that a language lacks, plural in one language and not in another, a wrong number of forms, arguments that differ,
// a translation marked fuzzy. LIST.txt (id, "plural" or "one", arguments) is what tools/pack_html checks against.
#include "base/lang.h"
#include "pack.h"

enum { MAX_MESSAGES = 4096, MAX_FORMS = 3, MAX_ARGS = 12, MAX_ARG = 31 };

static const int forms_of[LANGUAGES] = { 2, 3, 3 };

struct place {
    const char *file;
    size_t      line;
};
struct translation {
    struct place at; // file is NULL until it is seen
    bool         plural;
    str          form[MAX_FORMS];
};
struct message {
    str                id;
    struct translation in[LANGUAGES];
    str                arg[MAX_ARGS];
    size_t             n_args;
};
struct catalogue {
    struct message *m;
    size_t          n;
};

_Noreturn PRINTF(2, 3) static void die(struct place at, const char *format, ...);
static void die(struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%zu: ", at.file, at.line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/// "text" with C's escapes, behind the keyword; appended to what an earlier line began.
static void read_quoted(struct scope *sc, struct place at, str s, str *io)
{
    s = str_trim(s);
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"') die(at, "want a text in quotes");
    s = str_slice(s, 1, s.n - 1);
    char *p = arena_alloc(sc->mem, io->n + s.n + 1);
    if (!p) die(at, "no memory");
    if (io->n) memcpy(p, io->p, io->n);
    size_t n = io->n;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"') die(at, "a quote inside the text wants a backslash");
        if (c == '\\') {
            if (++i == s.n) die(at, "the text ends in a backslash");
            c = s.p[i];
            if (c == 'n') c = '\n';
            else if (c == 't') c = '\t';
            else if (c != '"' && c != '\\') die(at, "unknown escape \\%c", c);
        }
        p[n++] = c;
    }
    *io = (str){ p, n };
}

static struct message *message_of(struct catalogue *c, struct place at, str id)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->m[i].id, id)) return &c->m[i];
    if (c->n == MAX_MESSAGES) die(at, "more than %d messages", MAX_MESSAGES);
    for (size_t i = 0; i < id.n; i++) {
        char ch = id.p[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '_' || ch == '-'))
            die(at, "message id \"%.*s\": only a-z, 0-9, '.', '_' and '-'", STR(id));
    }
    c->m[c->n].id = id;
    return &c->m[c->n++];
}

static bool key(str *line, const char *word)
{
    str w = str_of(word);
    if (!str_starts(*line, w) ||
        (line->n > w.n && line->p[w.n] != ' ' && line->p[w.n] != '"' && line->p[w.n] != '['))
        return false;
    *line = str_slice(*line, w.n, line->n);
    return true;
}

struct entry {
    struct place       at;
    str                id, plural_id, *last;
    struct translation t;
    bool               open, has_str, fuzzy;
};

static void finish(struct catalogue *c, enum language l, struct entry *e)
{
    if (e->open && e->id.n) {
        if (!e->has_str) die(e->at, "\"%.*s\" has no msgstr", STR(e->id));
        if (e->fuzzy) die(e->at, "\"%.*s\" is marked fuzzy: check it and remove the mark", STR(e->id));
        struct message *m = message_of(c, e->at, e->id);
        if (m->in[l].at.file)
            die(e->at, "\"%.*s\" stands at %s:%zu already", STR(e->id), m->in[l].at.file, m->in[l].at.line);
        int want = e->t.plural ? forms_of[l] : 1;
        for (int i = 0; i < MAX_FORMS; i++)
            if ((i < want) != (e->t.form[i].n > 0))
                die(e->at, "\"%.*s\" wants %d form%s in this language, and none empty", STR(e->id), want,
                    want > 1 ? "s" : "");
        m->in[l] = e->t;
        m->in[l].at = e->at;
    }
    *e = (struct entry){ 0 };
}

static void read_po(struct scope *sc, struct catalogue *c, const char *path)
{
    str           name = str_of(path), code;
    enum language l;
    struct place  at = { path, 0 };
    if (!str_ends(name, S(".po")) || name.n < 6) die(at, "want NAME.LANG.po");
    code = str_slice(name, name.n - 5, name.n - 3);
    if (name.p[name.n - 6] != '.' || !language_read(code, &l))
        die(at, "want NAME.LANG.po, LANG one of en, cs, uk");
    str    text = pack_read(sc, path), line;
    size_t bad;
    if (!str_is_utf8(text, &bad)) die(at, "byte %zu is not UTF-8", bad);
    struct entry e = { 0 };
    bool         fuzzy = false;
    while (str_cut(&text, '\n', &line)) {
        at.line++;
        line = str_trim(line);
        if (!line.n) continue;
        if (line.p[0] == '#') {
            if (str_starts(line, S("#,")) && str_has(line, S("fuzzy"))) fuzzy = true;
            continue;
        }
        if (key(&line, "msgid_plural")) {
            if (!e.open || e.has_str) die(at, "msgid_plural wants its msgid in front");
            e.t.plural = true;
            read_quoted(sc, at, line, e.last = &e.plural_id);
        } else if (key(&line, "msgid")) {
            finish(c, l, &e);
            e = (struct entry){ .open = true, .at = at, .fuzzy = fuzzy };
            fuzzy = false;
            read_quoted(sc, at, line, e.last = &e.id);
        } else if (key(&line, "msgstr")) {
            int form = 0;
            if (!e.open) die(at, "msgstr wants its msgid in front");
            if (line.n > 2 && line.p[0] == '[') {
                if (!e.t.plural) die(at, "msgstr[...] wants msgid_plural in front");
                form = line.p[1] - '0';
                if (form < 0 || form >= MAX_FORMS || line.p[2] != ']')
                    die(at, "want msgstr[0] to msgstr[%d]", MAX_FORMS - 1);
                line = str_slice(line, 3, line.n);
            } else if (e.t.plural) {
                die(at, "a plural message wants msgstr[0], msgstr[1], ...");
            }
            if (e.t.form[form].p) die(at, "this form stands above already");
            e.has_str = true;
            read_quoted(sc, at, line, e.last = &e.t.form[form]);
        } else if (line.p[0] == '"' && e.last) {
            read_quoted(sc, at, line, e.last);
        } else {
            die(at, "not a line of a .po file");
        }
    }
    finish(c, l, &e);
}

static bool has_arg(const str *arg, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(arg[i], name)) return true;
    return false;
}

/// {names} of a text, each once; "{" stands for nothing else.
static void arguments_of(struct place at, str text, str arg[MAX_ARGS], size_t *n)
{
    str literal, name;
    while (str_cut(&text, '{', &literal)) {
        if (str_find(literal, '}') < literal.n) die(at, "a } without its {");
        if (!text.p) return;
        if (str_find(text, '}') == text.n) die(at, "a { without its }");
        (void)str_cut(&text, '}', &name);
        if (!name.n || name.n > MAX_ARG) die(at, "an argument's name has 1 to %d letters", MAX_ARG);
        for (size_t i = 0; i < name.n; i++)
            if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '_' ||
                  (i && name.p[i] >= '0' && name.p[i] <= '9')))
                die(at, "argument {%.*s}: only a-z, 0-9 and _", STR(name));
        if (has_arg(arg, *n, name)) continue;
        if (*n == MAX_ARGS) die(at, "more than %d arguments", MAX_ARGS);
        arg[(*n)++] = name;
        if (!text.p) return;
    }
}

static const char *const language_names[LANGUAGES] = { "English", "Czech", "Ukrainian" };

/// One set of arguments for all languages. A plural form may leave out {n} ("one incident"), and nothing else.
static void check(struct message *m)
{
    struct place anywhere = { 0 };
    for (int l = 0; l < LANGUAGES; l++)
        if (m->in[l].at.file) anywhere = m->in[l].at;
    bool plural = m->in[LANG_EN].plural;
    if (plural) m->arg[m->n_args++] = S("n");
    for (int l = 0; l < LANGUAGES; l++) {
        const struct translation *t = &m->in[l];
        if (!t->at.file) die(anywhere, "\"%.*s\" is missing in %s", STR(m->id), language_names[l]);
        if (t->plural != plural)
            die(t->at, "\"%.*s\" has plural forms in one language and not in another", STR(m->id));
        for (int f = 0; f < (plural ? forms_of[l] : 1); f++) {
            str    arg[MAX_ARGS];
            size_t n = 0, want = m->n_args;
            arguments_of(t->at, t->form[f], arg, &n);
            if (l == 0 && f == 0) {
                for (size_t i = 0; i < n; i++)
                    if (!has_arg(m->arg, m->n_args, arg[i])) m->arg[m->n_args++] = arg[i];
                continue;
            }
            for (size_t i = 0; i < n; i++)
                if (!has_arg(m->arg, want, arg[i]))
                    die(t->at, "\"%.*s\": {%.*s} does not stand in English", STR(m->id), STR(arg[i]));
            for (size_t i = plural ? 1 : 0; i < want; i++)
                if (!has_arg(arg, n, m->arg[i]))
                    die(t->at, "\"%.*s\": {%.*s} is missing in %s", STR(m->id), STR(m->arg[i]),
                        language_names[l]);
        }
    }
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct message *)a)->id, ((const struct message *)b)->id);
}

static void write_ids(struct scope *sc, const struct catalogue *c, const char *path)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    buf_add(&b, S("// Generated from po/ by tools/pack_text.\n#pragma once\n\nenum msg {\n"));
    for (size_t i = 0; i < c->n; i++) {
        buf_add(&b, S("    MSG_"));
        pack_name(&b, c->m[i].id);
        buf_add(&b, S(",\n"));
    }
    buf_add(&b, S("};\n"));
    pack_write(sc, path, &b);
}

static void write_table(struct scope *sc, const struct catalogue *c, const char *path)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    buf_add(&b, S("// Generated from po/ by tools/pack_text.\n#include \"html/text_int.h\"\n\n"
                  "const struct text_entry text_table[] = {\n"));
    for (size_t i = 0; i < c->n; i++) {
        const struct message *m = &c->m[i];
        buf_add(&b, S("    { "));
        pack_literal(&b, m->id);
        buf_printf(&b, ", %s, {\n", m->in[LANG_EN].plural ? "true" : "false");
        for (int l = 0; l < LANGUAGES; l++) {
            buf_add(&b, S("        { "));
            for (int f = 0; f < (m->in[l].plural ? forms_of[l] : 1); f++) {
                pack_literal(&b, m->in[l].form[f]);
                buf_add(&b, S(", "));
            }
            buf_add(&b, S("},\n"));
        }
        buf_add(&b, S("    } },\n"));
    }
    buf_printf(&b, "};\nconst size_t text_table_n = %zu;\n", c->n);
    pack_write(sc, path, &b);
}

static void write_list(struct scope *sc, const struct catalogue *c, const char *path)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    for (size_t i = 0; i < c->n; i++) {
        buf_printf(&b, "%.*s %s", STR(c->m[i].id), c->m[i].in[LANG_EN].plural ? "plural" : "one");
        for (size_t k = 0; k < c->m[i].n_args; k++) buf_printf(&b, " %.*s", STR(c->m[i].arg[k]));
        buf_add_c(&b, '\n');
    }
    pack_write(sc, path, &b);
}

int main(int argc, char **argv)
{
    struct scope sc = { .mem = arena_open((size_t)1 << 30) };
    if (argc < 5) {
        fprintf(stderr, "usage: pack_text IDS.h TABLE.c LIST.txt FILE.po...\n");
        return 2;
    }
    struct catalogue c = { .m = arena_array(sc.mem, struct message, MAX_MESSAGES) };
    if (!c.m) return 1;
    for (int i = 4; i < argc; i++) read_po(&sc, &c, argv[i]);
    for (size_t i = 0; i < c.n; i++) check(&c.m[i]);
    qsort(c.m, c.n, sizeof *c.m, by_id);
    write_ids(&sc, &c, argv[1]);
    write_table(&sc, &c, argv[2]);
    write_list(&sc, &c, argv[3]);
    arena_close(sc.mem);
    return 0;
}
