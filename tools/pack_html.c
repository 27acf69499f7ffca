// SPDX-License-Identifier: EUPL-1.2
// HTML templates to C: pack_html [--views HEADER] [--header NAME.h] OUT.h OUT.c MESSAGES.txt ASSETS.list FILE.html...
// The language is described in doc/templates.md. The HTML is followed closely enough to know at each {{ }} whether it
// stands in text, in a quoted attribute or in a link; what stands anywhere else is refused, and so is markup that our
// content security policy would block. Errors name file, line and column. Names and types of fields are left to the
// C compiler, which is shown the template's own lines (#line).
#include "pack.h"
#include <ctype.h>

enum {
    MAX_TEMPLATES = 256,
    MAX_DEPTH = 64,
    MAX_BLOCKS = 32,
    MAX_MESSAGES = 4096,
    MAX_ARGS = 12,
    MAX_WORDS = 256
};

// -- where in the HTML ------------------------------------------------------------------------------------------------

enum state {
    IN_TEXT,
    IN_TAG_OPEN, // behind <
    IN_TAG_NAME,
    IN_END_NAME, // behind </
    IN_END_TAIL,
    IN_TAG, // between attributes
    IN_ATTR_NAME,
    IN_ATTR_AFTER, // behind a name and blanks
    IN_VALUE_OPEN, // behind =
    IN_VALUE,      // quoted
    IN_SLASH,      // behind / in a tag
    IN_DECLARATION,
    IN_COMMENT,
};

enum attr { ATTR_PLAIN, ATTR_URL, ATTR_CLOSED /* takes no values */ };

struct html {
    enum state state;
    char       quote;
    str        tag, attr;
    bool       attr_begun;      // something stands in the value already
    bool       after_value;     // a blank or > must follow
    str        open[MAX_DEPTH]; // elements that are open
    size_t     n_open;
    str        closes[MAX_DEPTH]; // end tags whose start is in the template that uses this one
    size_t     n_closes;
    size_t     keep_space;        // inside pre or textarea
    bool       blank, blank_line; // a run of white space is held back; it has a line end
    bool       spaced;            // one stands just before: another would show nothing
    size_t     dashes;
};

// -- the input --------------------------------------------------------------------------------------------------------

struct message {
    str    id, arg[MAX_ARGS];
    size_t n_args;
};

struct template
{
    const char *path;
    str         name, view, text;
    bool        done, busy, used;
    // What it leaves to the template that uses it.
    str         closes[MAX_DEPTH], opens[MAX_DEPTH];
    size_t      n_closes, n_opens;
};

struct pack {
    struct scope    sc;
    struct message *message;
    size_t          n_messages;
    str             asset[MAX_WORDS];
    size_t          n_assets;
    struct template t[MAX_TEMPLATES];
    size_t     n_templates;
    struct buf out;
};

struct block {
    enum { BLOCK_IF, BLOCK_FOR } kind;
    bool        has_else, has_branch; // {{else}} was seen; first is set
    str         var;
    size_t      line, column;
    struct html before, first; // before the block; behind its first branch
};

struct compiler {
    struct pack     *pack;
    struct template *t;
    size_t           at, line, column; // where the next byte is read
    size_t           err_line, err_column;
    struct html      html;
    struct block     block[MAX_BLOCKS];
    size_t           n_blocks;
    struct buf       body, literal;
};

_Noreturn PRINTF(2, 3) static void die(const struct compiler *c, const char *format, ...);
static void die(const struct compiler *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%zu:%zu: ", c->t->path, c->err_line, c->err_column);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static bool in_list(str word, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_nocase(word, str_of(*list))) return true;
    return false;
}

static const char *const void_tags[] = { "area",  "base", "br",   "col",    "embed", "hr",  "img",
                                         "input", "link", "meta", "source", "track", "wbr", NULL };
static const char *const spaced_tags[] = { "pre", "textarea", NULL };
static const char *const svg_tags[] = { "svg",     "path", "circle", "ellipse", "line",  "polyline",
                                        "polygon", "rect", "use",    "stop",    "image", NULL };
static const char *const url_attrs[] = { "href", "src",        "action",     "formaction", "poster",
                                         "cite", "xlink:href", "background", "longdesc",   "manifest",
                                         "ping", "usemap",     NULL };
static const char *const closed_attrs[] = {
    "srcset", "imagesrcset", "integrity", "nonce", "http-equiv", NULL
};
static const char *const refused_tags[] = { "style",  "base",  "object",   "embed",
                                            "applet", "frame", "frameset", NULL };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':' || c == '.';
}

// -- output -----------------------------------------------------------------------------------------------------------

static void flush_literal(struct compiler *c)
{
    if (!c->literal.n) return;
    buf_add(&c->body, S("    buf_add(to, S("));
    str rest = buf_str(&c->literal);
    do { // in lines that a person can look at
        size_t n = 0;
        while (n < rest.n && n < 90 && (n == 0 || rest.p[n - 1] != '\n')) n++;
        if (rest.p != c->literal.p) buf_add(&c->body, S("\n        "));
        pack_literal(&c->body, str_slice(rest, 0, n));
        rest = str_slice(rest, n, rest.n);
    } while (rest.n);
    buf_add(&c->body, S("));\n"));
    buf_reset(&c->literal);
}

static void flush_blank(struct compiler *c)
{
    if (c->html.blank) buf_add_c(&c->literal, c->html.blank_line ? '\n' : ' ');
    c->html.spaced |= c->html.blank;
    c->html.blank = c->html.blank_line = false;
}

/// A statement of its own, shown to the C compiler as a line of the template.
PRINTF(2, 3) static void emit(struct compiler *c, const char *format, ...);
static void emit(struct compiler *c, const char *format, ...)
{
    char    text[4096];
    va_list args;
    flush_literal(c);
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text) die(c, "this is too long");
    buf_printf(&c->body, "#line %zu ", c->err_line);
    pack_literal(&c->body, str_of(c->t->path));
    buf_printf(&c->body, "\n    %s\n", text);
}

// -- following the HTML -----------------------------------------------------------------------------------------------

static str copy(struct compiler *c, str s)
{
    str made = arena_str(c->pack->sc.mem, s);
    if (!made.p) die(c, "no memory");
    return made;
}

static void append(struct compiler *c, str *s, char ch)
{
    char both[128];
    if (s->n + 1 > sizeof both) die(c, "this name is too long");
    if (s->n) memcpy(both, s->p, s->n);
    both[s->n] = (char)tolower((unsigned char)ch);
    *s = copy(c, (str){ both, s->n + 1 });
}

static void open_element(struct compiler *c, str tag)
{
    struct html *h = &c->html;
    if (h->n_open == MAX_DEPTH) die(c, "more than %d elements inside each other", MAX_DEPTH);
    h->open[h->n_open++] = tag;
    if (in_list(tag, spaced_tags)) h->keep_space++;
}

static void close_element(struct compiler *c, str tag)
{
    struct html *h = &c->html;
    if (in_list(tag, void_tags)) die(c, "<%.*s> has no end tag", STR(tag));
    if (!h->n_open) {
        if (h->n_closes == MAX_DEPTH) die(c, "too many end tags");
        h->closes[h->n_closes++] = tag;
        return;
    }
    str want = h->open[--h->n_open];
    if (!str_eq(want, tag)) die(c, "</%.*s> does not close <%.*s>, which is open", STR(tag), STR(want));
    if (in_list(tag, spaced_tags)) h->keep_space--;
}

/// Behind the > of a start tag.
static void end_start_tag(struct compiler *c, bool slash)
{
    struct html *h = &c->html;
    bool         is_void = in_list(h->tag, void_tags);
    if (slash && !is_void && !in_list(h->tag, svg_tags))
        die(c, "<%.*s/> is not closed: write the end tag", STR(h->tag));
    if (!slash && !is_void) open_element(c, h->tag);
    h->state = IN_TEXT;
}

static enum attr attr_kind(const struct compiler *c)
{
    str name = c->html.attr;
    if (in_list(name, url_attrs)) return ATTR_URL;
    if (in_list(name, closed_attrs)) return ATTR_CLOSED;
    return ATTR_PLAIN;
}

static void check_attr_name(const struct compiler *c)
{
    str name = c->html.attr;
    if (str_starts(name, S("on")) && name.n > 2)
        die(c, "%.*s: scripts in attributes are blocked by the content security policy", STR(name));
    if (str_eq(name, S("style")))
        die(c, "style: inline styles are blocked by the content security policy; use a class");
    if (str_eq(name, S("srcdoc")))
        die(c, "srcdoc: a page inside an attribute is not followed; give it an address");
}

static void check_tag_name(const struct compiler *c)
{
    if (in_list(c->html.tag, refused_tags))
        die(c, "<%.*s> is not used here: see doc/templates.md", STR(c->html.tag));
}

static bool in_script(const struct html *h)
{
    return h->n_open && str_eq(h->open[h->n_open - 1], S("script"));
}

/// One byte of the template's own HTML.
static void follow(struct compiler *c, char ch)
{
    struct html *h = &c->html;
    if (h->after_value && !is_space(ch) && ch != '>' && ch != '/')
        die(c, "want a blank behind the attribute");
    h->after_value = false;
    switch (h->state) {
    case IN_TEXT:
        if (ch == '<') h->state = IN_TAG_OPEN;
        else if (in_script(h) && !is_space(ch))
            die(c, "scripts inside the page are blocked by the content security policy");
        return;
    case IN_TAG_OPEN:
        h->tag = (str){ 0 };
        if (ch == '/') h->state = IN_END_NAME;
        else if (ch == '!') h->state = IN_DECLARATION, h->dashes = 0;
        else if (isalpha((unsigned char)ch)) append(c, &h->tag, ch), h->state = IN_TAG_NAME;
        else die(c, "want a tag behind <; write &lt; for the sign itself");
        if (in_script(h) && ch != '/')
            die(c, "scripts inside the page are blocked by the content security policy");
        return;
    case IN_TAG_NAME:
        if (is_name(ch)) {
            append(c, &h->tag, ch);
            return;
        }
        check_tag_name(c);
        h->state = IN_TAG;
        [[fallthrough]];
    case IN_TAG:
        if (is_space(ch)) return;
        if (ch == '>') end_start_tag(c, false);
        else if (ch == '/') h->state = IN_SLASH;
        else if (is_name(ch)) h->attr = (str){ 0 }, append(c, &h->attr, ch), h->state = IN_ATTR_NAME;
        else die(c, "'%c' does not belong in a tag", ch);
        return;
    case IN_SLASH:
        if (ch != '>') die(c, "want > behind /");
        end_start_tag(c, true);
        return;
    case IN_ATTR_NAME:
        if (is_name(ch)) {
            append(c, &h->attr, ch);
            return;
        }
        check_attr_name(c);
        h->state = IN_ATTR_AFTER;
        [[fallthrough]];
    case IN_ATTR_AFTER:
        if (is_space(ch)) return;
        if (ch == '=') {
            h->state = IN_VALUE_OPEN;
            return;
        }
        h->state = IN_TAG;
        follow(c, ch);
        return;
    case IN_VALUE_OPEN:
        if (is_space(ch)) return;
        if (ch != '"' && ch != '\'') die(c, "put the value of %.*s in quotes", STR(h->attr));
        h->quote = ch;
        h->attr_begun = false;
        h->state = IN_VALUE;
        return;
    case IN_VALUE:
        if (ch == h->quote) h->state = IN_TAG, h->after_value = true;
        else if (ch == '<') die(c, "write &lt; inside an attribute (or a quote is missing)");
        else h->attr_begun = true;
        return;
    case IN_END_NAME:
        if (is_name(ch)) {
            append(c, &h->tag, ch);
            return;
        }
        if (!h->tag.n) die(c, "want a tag's name behind </");
        h->state = IN_END_TAIL;
        [[fallthrough]];
    case IN_END_TAIL:
        if (is_space(ch)) return;
        if (ch != '>') die(c, "want > behind </%.*s", STR(h->tag));
        h->state = IN_TEXT;
        close_element(c, h->tag);
        return;
    case IN_DECLARATION:
        if (ch == '-' && ++h->dashes == 2)
            die(c, "write comments as {{# ... }}: they are for us, not for the reader");
        if (ch == '>') h->state = IN_TEXT;
        return;
    case IN_COMMENT:
        return;
    }
}

/// Runs of white space become one blank, or one line end where there was any.
static void literal_byte(struct compiler *c, char ch)
{
    struct html *h = &c->html;
    bool         foldable = h->state != IN_VALUE && !h->keep_space;
    follow(c, ch);
    if (foldable && is_space(ch)) {
        if (h->spaced) return;
        h->blank = true;
        h->blank_line |= ch == '\n' && h->state == IN_TEXT;
        return;
    }
    flush_blank(c);
    h->spaced = false;
    buf_add_c(&c->literal, ch);
}

/// The same place, and the same elements open?
static bool same(const struct html *a, const struct html *b)
{
    if (a->state != b->state || a->n_open != b->n_open || a->n_closes != b->n_closes) return false;
    for (size_t i = 0; i < a->n_open; i++)
        if (!str_eq(a->open[i], b->open[i])) return false;
    return a->state != IN_VALUE || (a->quote == b->quote && str_eq(a->attr, b->attr));
}

/// Both branches joined: a value is begun if either began it.
static void join(struct compiler *c, const struct html *other, const char *what)
{
    struct html *h = &c->html;
    // A tag's end may be left to what follows: <li{{if x}} class="y"{{end}}>.
    struct html  a = *h, b = *other;
    enum state   between[] = { IN_TAG_NAME, IN_ATTR_NAME, IN_ATTR_AFTER };
    for (size_t i = 0; i < COUNT(between); i++) {
        if (a.state == between[i]) a.state = IN_TAG;
        if (b.state == between[i]) b.state = IN_TAG;
    }
    if (!same(&a, &b))
        die(c, "%s leaves the HTML in another place than it began (a tag, a quote or an attribute is open)",
            what);
    bool begun = h->attr_begun || other->attr_begun;
    if (h->state != other->state) {
        check_tag_name(c);
        if (h->state == IN_ATTR_NAME) check_attr_name(c);
        h->state = IN_TAG;
        h->after_value = true;
    }
    h->attr_begun = begun;
    h->after_value |= other->after_value;
    h->spaced &= other->spaced;
}

// -- {{ ... }} ---------------------------------------------------------------------------------------------------------

struct words {
    str rest;
};

static str next_word(struct compiler *c, struct words *w)
{
    w->rest = str_trim(w->rest);
    if (!w->rest.n) return (str){ 0 };
    size_t n = 0;
    if (w->rest.p[0] == '"') {
        for (n = 1; n < w->rest.n && w->rest.p[n] != '"'; n++)
            if (w->rest.p[n] == '\\') die(c, "no backslash in a name");
        if (n == w->rest.n) die(c, "a quote is missing");
        n++;
    } else {
        while (n < w->rest.n && !is_space(w->rest.p[n])) n++;
    }
    str word = str_slice(w->rest, 0, n);
    w->rest = str_slice(w->rest, n, w->rest.n);
    return word;
}

static void no_more(struct compiler *c, struct words *w)
{
    str extra = next_word(c, w);
    if (extra.n) die(c, "\"%.*s\" is too much here", STR(extra));
}

static bool is_identifier(str s)
{
    if (!s.n || !(isalpha((unsigned char)s.p[0]) || s.p[0] == '_')) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!(isalnum((unsigned char)s.p[i]) || s.p[i] == '_')) return false;
    return true;
}

static bool is_known_var(const struct compiler *c, str var)
{
    if (str_eq(var, S("v"))) return true;
    for (size_t i = 0; i < c->n_blocks; i++)
        if (c->block[i].kind == BLOCK_FOR && !c->block[i].has_else && str_eq(c->block[i].var, var))
            return true;
    return false;
}

/// v.frame.title to (*tpl_v).frame.title; a variable alone to (*tpl_x), as a list may hold plain texts.
static const char *expression(struct compiler *c, str word)
{
    str rest = word, part;
    if (!word.n) die(c, "want a field, such as v.title");
    if (!str_cut(&rest, '.', &part) || !is_identifier(part))
        die(c, "\"%.*s\" is not a field, such as v.title", STR(word));
    if (!is_known_var(c, part))
        die(c, "\"%.*s\": fields begin with v or with the name that a {{for}} around here gives", STR(word));
    str made = arena_printf(c->pack->sc.mem, "(*tpl_%.*s)", STR(part));
    while (str_cut(&rest, '.', &part)) {
        if (!is_identifier(part)) die(c, "\"%.*s\" is not a field, such as v.title", STR(word));
        made = arena_printf(c->pack->sc.mem, "%.*s.%.*s", STR(made), STR(part));
    }
    if (!made.p) die(c, "no memory");
    return made.p;
}

/// The place that a value stands in, as html.h names it.
static const char *place(struct compiler *c, bool text_only)
{
    struct html *h = &c->html;
    if (h->state == IN_TEXT) {
        if (in_script(h))
            die(c, "values do not go into scripts: use a data- attribute, or let the script fetch them");
        return "HTML_TEXT";
    }
    if (h->state != IN_VALUE)
        die(c, h->state == IN_VALUE_OPEN ? "put quotes around the value"
                                         : "a value goes into text or into a quoted attribute, not into a "
                                           "tag, a name or a declaration");
    bool begun = h->attr_begun;
    h->attr_begun = true;
    switch (attr_kind(c)) {
    case ATTR_PLAIN:
        return "HTML_ATTRIBUTE";
    case ATTR_CLOSED:
        die(c, "values do not go into %.*s", STR(h->attr));
    case ATTR_URL:
        break;
    }
    if (text_only) die(c, "a message is not a link");
    return begun ? "HTML_URL_PART" : "HTML_URL";
}

static str unquote(struct compiler *c, str word, const char *what)
{
    if (word.n < 3 || word.p[0] != '"') die(c, "want %s in quotes", what);
    return str_slice(word, 1, word.n - 1);
}

static const struct message *find_message(struct compiler *c, str id)
{
    for (size_t i = 0; i < c->pack->n_messages; i++)
        if (str_eq(c->pack->message[i].id, id)) return &c->pack->message[i];
    die(c, "no message \"%.*s\" in po/", STR(id));
}

/// One argument, name=v.field or v.field (then the field's own name), as C.
static void message_arg(struct compiler *c, const struct message *m, str word, struct buf *args, bool *given)
{
    str    name = word, value = word;
    size_t equals = str_find(word, '=');
    if (equals < word.n) {
        name = str_slice(word, 0, equals);
        value = str_slice(word, equals + 1, word.n);
    } else {
        for (size_t i = 0; i < word.n; i++)
            if (word.p[i] == '.') name = str_slice(word, i + 1, word.n);
    }
    size_t k = 0;
    while (k < m->n_args && !str_eq(m->arg[k], name)) k++;
    if (k == m->n_args) die(c, "\"%.*s\" has no argument {%.*s}", STR(m->id), STR(name));
    if (given[k]) die(c, "{%.*s} is given twice", STR(name));
    given[k] = true;
    buf_printf(args, "%shtml_arg(\"%.*s\", %s)", args->n ? ", " : "", STR(name), expression(c, value));
}

static void do_message(struct compiler *c, struct words *w)
{
    str word = next_word(c, w);
    if (word.n && word.p[0] != '"') { // chosen by the view; such a message has no arguments
        emit(c, "html_put_str(to, %s, text_of(lang, %s));", place(c, true), expression(c, word));
        no_more(c, w);
        return;
    }
    const struct message     *m = find_message(c, unquote(c, word, "a message's id"));
    bool                      given[MAX_ARGS] = { 0 };
    AUTO(buf_free) struct buf name = { 0 }, args = { 0 };
    buf_init(&name, 4096);
    buf_init(&args, 4096);
    pack_name(&name, m->id);
    buf_add_c(&name, '\0');
    while ((word = next_word(c, w)).n) message_arg(c, m, word, &args, given);
    buf_add_c(&args, '\0');
    for (size_t k = 0; k < m->n_args; k++)
        if (!given[k]) die(c, "\"%.*s\" wants its argument {%.*s}", STR(m->id), STR(m->arg[k]));
    if (name.failed || args.failed) die(c, "too many arguments");
    emit(c, "html_put_text(to, %s, lang, MSG_%s, TEXT_ARGS(%s));", place(c, true), name.p, args.p);
}

static void do_asset(struct compiler *c, struct words *w)
{
    str                       name = unquote(c, next_word(c, w), "a file's name");
    AUTO(buf_free) struct buf id = { 0 };
    size_t                    i = 0;
    while (i < c->pack->n_assets && !str_eq(c->pack->asset[i], name)) i++;
    if (i == c->pack->n_assets) die(c, "no \"%.*s\" in the list of assets", STR(name));
    no_more(c, w);
    buf_init(&id, 4096);
    pack_name(&id, name);
    buf_add_c(&id, '\0');
    emit(c, "html_put_str(to, %s, asset_url(ASSET_%s));", place(c, false), id.p);
}

static struct block *push_block(struct compiler *c)
{
    if (c->n_blocks == MAX_BLOCKS) die(c, "more than %d blocks inside each other", MAX_BLOCKS);
    struct block *b = &c->block[c->n_blocks++];
    *b = (struct block){ .line = c->err_line, .column = c->err_column, .before = c->html };
    return b;
}

static const char *condition(struct compiler *c, struct words *w)
{
    str  word = next_word(c, w);
    bool no = str_eq(word, S("not"));
    if (no) word = next_word(c, w);
    str made = arena_printf(c->pack->sc.mem, "%shtml_is(%s)", no ? "!" : "", expression(c, word));
    no_more(c, w);
    if (!made.p) die(c, "no memory");
    return made.p;
}

static void check_block_place(const struct compiler *c)
{
    enum state s = c->html.state;
    if (s == IN_TAG_OPEN || s == IN_END_NAME || s == IN_END_TAIL || s == IN_VALUE_OPEN ||
        s == IN_DECLARATION || s == IN_SLASH)
        die(c, "a block does not begin or end inside a tag's name or before a value's quote");
}

static void do_if(struct compiler *c, struct words *w)
{
    const char *test = condition(c, w);
    flush_blank(c); // white space in front belongs before the block, not into its first branch
    check_block_place(c);
    push_block(c)->kind = BLOCK_IF;
    emit(c, "if (%s) {", test);
}

static void do_for(struct compiler *c, struct words *w)
{
    str var = next_word(c, w), in = next_word(c, w), list = next_word(c, w);
    no_more(c, w);
    if (!is_identifier(var) || !str_eq(in, S("in"))) die(c, "want {{for name in v.list}}");
    if (is_known_var(c, var)) die(c, "\"%.*s\" is in use already around here", STR(var));
    const char *p = expression(c, list);
    const char *dot = strrchr(p, '.');
    if (!dot) die(c, "want a list that is a field: v.list, with its length in v.n_list");
    flush_blank(c);
    check_block_place(c);
    struct block *b = push_block(c);
    b->kind = BLOCK_FOR;
    b->var = var;
    c->html.spaced = false; // before the second round there may be none
    size_t level = c->n_blocks;
    int    stem = (int)(dot + 1 - p);
    emit(c,
         "{ const size_t tpl_n%zu = (size_t)%.*sn_%s; for (size_t tpl_i%zu = 0; tpl_i%zu < tpl_n%zu; "
         "tpl_i%zu++) { "
         "const __typeof__(%s[0]) *tpl_%.*s = &%s[tpl_i%zu]; (void)tpl_%.*s;",
         level, stem, p, dot + 1, level, level, level, level, p, STR(var), p, level, STR(var));
}

static void do_else(struct compiler *c, struct words *w)
{
    if (!c->n_blocks) die(c, "{{else}} without {{if}} or {{for}}");
    struct block *b = &c->block[c->n_blocks - 1];
    if (b->has_else) die(c, "a second {{else}}");
    flush_blank(c);
    check_block_place(c);
    str word = next_word(c, w);
    if (word.n) {
        if (!str_eq(word, S("if")) || b->kind != BLOCK_IF)
            die(c, "want {{else}} or, in an {{if}}, {{else if v.field}}");
        const char *test = condition(c, w);
        if (b->has_branch) join(c, &b->first, "this branch");
        b->first = c->html;
        b->has_branch = true;
        c->html = b->before;
        emit(c, "} else if (%s) {", test);
        return;
    }
    if (b->has_branch) join(c, &b->first, "this branch");
    b->has_else = b->has_branch = true;
    b->first = c->html;
    c->html = b->before;
    if (b->kind == BLOCK_FOR) {
        struct html otherwise = c->html;
        c->html = b->first;
        join(c, &b->before, "the {{for}}");
        c->html = otherwise;
        emit(c, "} if (!tpl_n%zu) {", c->n_blocks);
    } else {
        emit(c, "} else {");
    }
}

static void do_end(struct compiler *c, struct words *w)
{
    no_more(c, w);
    if (!c->n_blocks) die(c, "{{end}} without {{if}} or {{for}}");
    flush_blank(c);
    check_block_place(c);
    struct block *b = &c->block[c->n_blocks - 1];
    const char   *what = b->kind == BLOCK_FOR ? "the {{for}}" : "the {{if}}";
    if (b->has_branch) join(c, &b->first, what);
    if (!b->has_else || b->kind == BLOCK_FOR) join(c, &b->before, what);
    emit(c, b->kind == BLOCK_FOR ? "} }" : "}");
    c->n_blocks--;
}

static void compile(struct pack *p, struct template *t);

static struct template *find_template(struct pack *p, str name)
{
    for (size_t i = 0; i < p->n_templates; i++)
        if (str_eq(p->t[i].name, name)) return &p->t[i];
    return NULL;
}

static void do_part(struct compiler *c, struct words *w)
{
    str              name = next_word(c, w), field = next_word(c, w);
    struct template *part = find_template(c->pack, name);
    if (!part) die(c, "no template \"%.*s\"", STR(name));
    const char *view = expression(c, field);
    no_more(c, w);
    if (c->html.state != IN_TEXT) die(c, "a part is used between tags only");
    if (part->busy) die(c, "\"%.*s\" uses itself", STR(name));
    compile(c->pack, part);
    part->used = true;
    flush_blank(c);
    emit(c, "tpl_%.*s(to, lang, html_view(%.*s_view, %s));", STR(part->name), STR(part->view), view);
    for (size_t i = 0; i < part->n_closes; i++) close_element(c, part->closes[i]);
    for (size_t i = 0; i < part->n_opens; i++) open_element(c, part->opens[i]);
}

static void do_value(struct compiler *c, struct words *w)
{
    const char *value = expression(c, next_word(c, w));
    no_more(c, w);
    emit(c, "html_put(to, %s, %s);", place(c, false), value);
}

static void do_directive(struct compiler *c, str inside)
{
    struct words w = { str_trim(inside) };
    struct words all = w;
    str          word = next_word(c, &w);
    if (!word.n) die(c, "nothing stands between {{ and }}");
    if (str_eq(word, S("if"))) do_if(c, &w);
    else if (str_eq(word, S("for"))) do_for(c, &w);
    else if (str_eq(word, S("else"))) do_else(c, &w);
    else if (str_eq(word, S("end"))) do_end(c, &w);
    else if (str_eq(word, S("view"))) return; // read before, in read_template
    else {
        flush_blank(c);
        if (str_eq(word, S("t"))) do_message(c, &w);
        else if (str_eq(word, S("asset"))) do_asset(c, &w);
        else if (str_eq(word, S(">"))) do_part(c, &w);
        else do_value(c, &all);
        c->html.spaced = false;
    }
}

static void advance(struct compiler *c, size_t n)
{
    for (size_t i = 0; i < n; i++, c->at++) {
        char ch = c->t->text.p[c->at];
        if (ch == '\n') c->line++, c->column = 1;
        else if (((unsigned char)ch & 0xC0) != 0x80) c->column++; // columns are characters
    }
}

static void compile(struct pack *p, struct template *t)
{
    if (t->done) return;
    struct compiler *c = arena_new(p->sc.mem, struct compiler);
    if (!c) exit(1);
    *c = (struct compiler){ .pack = p, .t = t, .line = 1, .column = 1 };
    buf_init(&c->body, PACK_MAX_OUT);
    buf_init(&c->literal, PACK_MAX_OUT);
    t->busy = true;
    c->html.spaced = true;
    while (c->at < t->text.n) {
        str rest = str_slice(t->text, c->at, t->text.n);
        c->err_line = c->line;
        c->err_column = c->column;
        if (!str_starts(rest, S("{{"))) {
            literal_byte(c, rest.p[0]);
            advance(c, 1);
            continue;
        }
        size_t end = 2;
        while (end + 1 < rest.n && !(rest.p[end] == '}' && rest.p[end + 1] == '}')) end++;
        if (end + 1 >= rest.n) die(c, "{{ without }}");
        if (rest.p[2] != '#') do_directive(c, str_slice(rest, 2, end));
        advance(c, end + 2);
    }
    c->err_line = c->line;
    c->err_column = c->column;
    if (c->n_blocks) {
        c->err_line = c->block[c->n_blocks - 1].line;
        c->err_column = c->block[c->n_blocks - 1].column;
        die(c, "this block has no {{end}}");
    }
    if (c->html.state != IN_TEXT) die(c, "the template ends inside a tag");
    flush_literal(c); // white space at the end is dropped, as it is at the beginning
    memcpy(t->closes, c->html.closes, sizeof t->closes);
    memcpy(t->opens, c->html.open, sizeof t->opens);
    t->n_closes = c->html.n_closes;
    t->n_opens = c->html.n_open;
    buf_printf(&p->out,
               "\nvoid tpl_%.*s(struct buf *to, enum language lang, const struct %.*s_view *tpl_v)\n{\n",
               STR(t->name), STR(t->view));
    buf_add(&p->out, S("    (void)lang;\n    (void)tpl_v;\n"));
    buf_add(&p->out, buf_str(&c->body));
    buf_add(&p->out, S("}\n"));
    buf_free(&c->body);
    buf_free(&c->literal);
    t->busy = false;
    t->done = true;
}

// -- reading what is given --------------------------------------------------------------------------------------------

static void read_messages(struct pack *p, const char *path)
{
    str text = pack_read(&p->sc, path), line, word;
    p->message = arena_array(p->sc.mem, struct message, MAX_MESSAGES);
    if (!p->message) exit(1);
    while (str_cut(&text, '\n', &line)) {
        if (!line.n) continue;
        if (p->n_messages == MAX_MESSAGES) exit(1);
        struct message *m = &p->message[p->n_messages++];
        (void)str_cut(&line, ' ', &m->id);
        (void)str_cut(&line, ' ', &word); // "plural" or "one"
        while (line.p && m->n_args < MAX_ARGS && str_cut(&line, ' ', &word)) m->arg[m->n_args++] = word;
    }
}

static void read_assets(struct pack *p, const char *path)
{
    str text = pack_read(&p->sc, path), line;
    while (str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (p->n_assets == MAX_WORDS) exit(1);
        p->asset[p->n_assets++] = line;
    }
}

static void read_template(struct pack *p, const char *path)
{
    if (p->n_templates == MAX_TEMPLATES) exit(1);
    struct template *t = &p->t[p->n_templates];
    const char      *slash = strrchr(path, '/');
    struct compiler  c = { .pack = p, .t = t, .err_line = 1, .err_column = 1 };
    size_t           bad;
    t->path = path;
    t->name = str_of(slash ? slash + 1 : path);
    if (!str_ends(t->name, S(".html"))) die(&c, "want a file that ends in .html");
    t->name = t->view = str_slice(t->name, 0, t->name.n - 5);
    if (!is_identifier(t->name)) die(&c, "a template's name is letters, digits and _");
    if (find_template(p, t->name)) die(&c, "a second template \"%.*s\"", STR(t->name));
    t->text = pack_read(&p->sc, path);
    if (!str_is_utf8(t->text, &bad)) die(&c, "byte %zu is not UTF-8", bad);
    str rest = t->text, part;
    while (str_cut(&rest, '{', &part)) { // {{view NAME}}: another view than the template's own name
        if (!str_starts(rest, S("{view "))) continue;
        t->view = str_trim(str_slice(rest, 6, str_find(rest, '}')));
        if (!is_identifier(t->view)) die(&c, "want {{view name}}");
        break;
    }
    p->n_templates++;
}

static void write_header(struct pack *p, const char *path, const char *views)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    buf_add(&b, S("// Generated by tools/pack_html.\n#pragma once\n"));
    if (views) buf_printf(&b, "#include \"%s\"\n", views);
    buf_add(&b, S("#include \"base/buf.h\"\n#include \"base/lang.h\"\n\n"));
    for (size_t i = 0; i < p->n_templates; i++)
        buf_printf(&b, "void tpl_%.*s(struct buf *to, enum language lang, const struct %.*s_view *v);\n",
                   STR(p->t[i].name), STR(p->t[i].view));
    pack_write(&p->sc, path, &b);
}

/// A page that no other template uses must be whole.
static void check_whole(struct pack *p)
{
    for (size_t i = 0; i < p->n_templates; i++) {
        struct template *t = &p->t[i];
        struct compiler  c = { .pack = p, .t = t, .err_line = 1, .err_column = 1 };
        if (t->used) continue;
        if (t->n_closes) die(&c, "</%.*s> closes what is not open", STR(t->closes[0]));
        if (t->n_opens) die(&c, "<%.*s> is not closed", STR(t->opens[t->n_opens - 1]));
    }
}

int main(int argc, char **argv)
{
    struct pack *p = calloc(1, sizeof *p);
    const char  *views = NULL, *header = "templates.h";
    int          a = 1;
    for (; a + 1 < argc && argv[a][0] == '-'; a += 2) {
        if (!strcmp(argv[a], "--views")) views = argv[a + 1];
        else if (!strcmp(argv[a], "--header")) header = argv[a + 1];
        else break;
    }
    if (!p || argc - a < 5) {
        fprintf(stderr, "usage: pack_html [--views HEADER] [--header NAME.h] OUT.h OUT.c MESSAGES.txt "
                        "ASSETS.list FILE.html...\n");
        return 2;
    }
    p->sc.mem = arena_open((size_t)1 << 30);
    buf_init(&p->out, PACK_MAX_OUT);
    read_messages(p, argv[a + 2]);
    read_assets(p, argv[a + 3]);
    for (int i = a + 4; i < argc; i++) read_template(p, argv[i]);
    buf_printf(&p->out,
               "// Generated by tools/pack_html.\n#include \"%s\"\n\n#include \"html/asset.h\"\n#include "
               "\"html/html.h\"\n",
               header);
    for (size_t i = 0; i < p->n_templates; i++) compile(p, &p->t[i]);
    check_whole(p);
    write_header(p, argv[a], views);
    pack_write(&p->sc, argv[a + 1], &p->out);
    arena_close(p->sc.mem);
    free(p);
    return 0;
}
