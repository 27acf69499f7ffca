// SPDX-License-Identifier: EUPL-1.2
#include "import/classes.h"

#include "base/arena.h"
#include "import/articles.h"
#include "import/legible.h"
#include "import/words.h"
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 8192,
    SLOTS_FILLED = SLOTS / 2,
    MEMO_BYTES = 4 << 20,
    WORD_BYTES = 2 << 20,
    NO_WORD = RAISING_MAX
};

struct slot {
    str              text; // p is NULL: empty
    enum record_text which;
    struct text_told told;
    uint64_t         rows; // of a code that the list does not know
};
struct word { // that says a class, in a column
    str                 key;
    struct raising_word told;
};
struct class_memo {
    struct arena           *mem;   // of the texts
    const struct code_list *words; // what outcomes are looked up by
    const struct articles  *articles;
    size_t                  n;
    uint64_t                forgotten; // rows with an unknown code that found no slot
    struct slot             slot[SLOTS];
    str                     file; // that rows are counted of
    struct arena           *word_mem;
    struct word             word[RAISING_MAX];
    uint32_t                n_words;
    uint64_t                more_rows, spared;
};

enum err class_memo_open(struct scope *sc, struct class_memo **out)
{
    struct class_memo *m = calloc(1, sizeof *m);
    if (m) m->mem = arena_open(MEMO_BYTES), m->word_mem = arena_open(WORD_BYTES);
    if (!m || !m->mem || !m->word_mem) {
        class_memo_close(m);
        return fail(&sc->fault, ERR_NOMEM, "no room to remember codes");
    }
    enum err e = codes_find(sc, S("words"), &m->words);
    if (!e) e = articles_open(sc, &m->articles);
    if (e) {
        class_memo_close(m);
        return e;
    }
    *out = m;
    return OK;
}

void class_memo_close(struct class_memo *m)
{
    if (!m) return;
    arena_close(m->mem);
    arena_close(m->word_mem);
    free(m);
}

void class_memo_closep(struct class_memo **m)
{
    class_memo_close(*m);
    *m = NULL;
}

// -- words ---------------------------------------------------------------------------------------------------------------

/// What a text says by its words and by articles of laws; without a memo, by its words alone.
static enum err tell_all(struct scope *sc, const struct class_memo *m, const struct code_list *list,
                         const struct phrase *but, size_t n_but, str text, struct words_told *out,
                         int64_t *since_s)
{
    str but_laws;
    TRY(articles_but_laws(sc, text, &but_laws));
    TRY(words_tell_but(sc, list, but, n_but, but_laws, out));
    return m ? articles_tell(sc, m->articles, but, n_but, text, out, since_s) : OK;
}

/// Has no more than one part of the text a value? Its column, the first part's when none has.
static bool single_column(const struct template *of, const str *value, uint8_t *out)
{
    size_t parts = 0, told = 0;
    for (unsigned i = 0; value && i < of->n; i++) {
        uint8_t column;
        if (!of->part[i].n) continue;
        bool is = template_value(&of->part[i], value, &column).n > 0;
        if (is || !parts) *out = column;
        parts++;
        told += is;
    }
    return parts && told < 2;
}

/// The column whose value alone has the word; the first of the text when none has. Of a single one there is nothing to ask.
static enum err column_of_hit(struct scope *sc, const struct profile *p, const struct class_memo *m,
                              const struct code_list *list, const struct template *of, const str *value,
                              const struct word_hit *hit, str *out)
{
    size_t  parts = 0;
    uint8_t column, first = 0;
    int64_t since_s;
    bool    damaged, single = single_column(of, value, &column);
    *out = (str){ 0 };
    if (single) return *out = p->columns.name[column], OK;
    for (unsigned i = 0; value && i < of->n; i++) {
        const struct template_part *part = &of->part[i];
        if (!part->n) continue;
        str               text = template_value(part, value, &column);
        struct words_told told;
        if (!parts++) first = column;
        if (!text.n) continue;
        since_s = CODES_ALWAYS;
        TRY(legible_read(sc, text, &text, &damaged)); // as the whole was
        TRY(tell_all(sc, m, list, p->harmless, p->n_harmless, text, &told, &since_s));
        for (size_t k = 0; k < told.n_hits; k++)
            if (told.hit[k].by == hit->by && str_eq(told.hit[k].key, hit->key))
                return *out = p->columns.name[column], OK;
    }
    if (parts) *out = p->columns.name[first];
    return OK;
}

/// NO_WORD: there is no room for it.
static uint32_t number_of_word(struct class_memo *m, const struct word_hit *hit, sensitivity_set classes,
                               str column)
{
    uint32_t at = 0;
    while (at < m->n_words && !(m->word[at].told.classes == classes && str_eq(m->word[at].key, hit->key) &&
                                str_eq(m->word[at].told.column, column)))
        at++;
    if (at < m->n_words) return at;
    if (at == RAISING_MAX) return NO_WORD;
    struct word w = {
        .key = arena_str(m->word_mem, hit->key),
        .told = { .words = arena_str(m->word_mem, hit->words), .classes = classes, .column = column }
    };
    if (!w.key.p || !w.told.words.p) return NO_WORD;
    m->word[m->n_words++] = w;
    return at;
}

struct word_note class_memo_mark(struct class_memo *m, str column, sensitivity_set classes)
{
    struct word_hit name = { .key = column, .words = column };
    return (struct word_note){ number_of_word(m, &name, classes, column), classes };
}

static enum err note_hits(struct scope *sc, const struct profile *p, struct class_memo *m,
                          const struct code_list *list, const struct template *of, const str *value,
                          const struct words_told *words, struct text_told *out)
{
    if (!words->n_hits || !m) return OK;
    struct word_note *note = arena_array(sc->mem, struct word_note, words->n_hits);
    if (!note) return fail(&sc->fault, ERR_NOMEM, "no room for the words of a text");
    for (size_t i = 0; i < words->n_hits; i++) {
        sensitivity_set classes = words->hit[i].by->classes & CLASSES_HIDING;
        str             column;
        TRY(column_of_hit(sc, p, m, list, of, value, &words->hit[i], &column));
        note[i] = (struct word_note){ number_of_word(m, &words->hit[i], classes, column), classes };
    }
    out->note = note;
    out->n_notes = words->n_hits;
    return OK;
}

enum err class_memo_articles(struct scope *sc, const struct profile *p, struct class_memo *m, str column,
                             str value, struct text_told *out)
{
    struct words_told told = { 0 };
    *out = (struct text_told){ .since_s = CODES_ALWAYS };
    TRY(legible_read(sc, value, &value, &out->damaged));
    TRY(articles_tell_column(sc, m->articles, p->harmless, p->n_harmless, column, value, &told,
                             &out->since_s));
    out->classes = told.classes & CLASSES_HIDING;
    out->spared = told.masked && !out->classes;
    return OK;
}

static enum err look_up_words(struct scope *sc, const struct profile *p, struct class_memo *m,
                              const struct code_list *list, const struct template *of, str text,
                              const str *value, struct text_told *out)
{
    struct words_told words, all;
    TRY(tell_all(sc, m, list, p->harmless, p->n_harmless, text, &words, &out->since_s));
    out->classes = words.classes & CLASSES_HIDING;
    if (words.masked) {
        int64_t since_s = CODES_ALWAYS;
        TRY(tell_all(sc, m, list, NULL, 0, text, &all, &since_s));
        out->spared = (all.classes & CLASSES_HIDING) != out->classes;
    }
    return note_hits(sc, p, m, list, of, value, &words, out);
}

void class_memo_file(struct class_memo *m, str path)
{
    m->file = path;
}

void class_memo_count(struct class_memo *m, const struct text_told *told, sensitivity_set classes,
                      uint64_t line)
{
    for (size_t i = 0; i < told->n_notes; i++) {
        if (!(told->note[i].classes & classes)) continue;
        if (told->note[i].word == NO_WORD) {
            m->more_rows++;
            continue;
        }
        struct raising_word *w = &m->word[told->note[i].word].told;
        if (!w->rows++) w->file = m->file, w->line = line;
    }
}

void class_memo_spare(struct class_memo *m)
{
    m->spared++;
}

static int by_raised(const void *a, const void *b)
{
    const struct raising_word *l = a, *r = b;
    if (l->rows != r->rows) return l->rows > r->rows ? -1 : 1;
    int words = str_cmp(l->words, r->words);
    return words ? words : str_cmp(l->column, r->column);
}

enum err class_memo_raising(struct scope *sc, const struct class_memo *m, struct raising *out)
{
    struct raising_word *list = arena_array(sc->mem, struct raising_word, m->n_words + 1);
    size_t               n = 0;
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the words of texts");
    for (uint32_t i = 0; i < m->n_words; i++) {
        if (!m->word[i].told.rows) continue;
        list[n] = m->word[i].told;
        list[n].words = arena_str(sc->mem, list[n].words);
        if (!list[n++].words.p) return fail(&sc->fault, ERR_NOMEM, "no room for the words of texts");
    }
    qsort(list, n, sizeof *list, by_raised);
    *out = (struct raising){ list, n, m->more_rows, m->spared };
    return OK;
}

// -- texts ---------------------------------------------------------------------------------------------------------------

static enum err look_up(struct scope *sc, const struct profile *p, struct class_memo *m,
                        enum record_text which, const struct template *of, str text, const str *value,
                        struct text_told *out)
{
    struct codes_told code;
    bool              damaged;
    TRY(legible_read(sc, text, &text, &damaged));
    *out = (struct text_told){ .damaged = damaged, .since_s = CODES_ALWAYS };
    if (which == TEXT_CODE) {
        TRY(codes_tell(sc, p->code_list, text, &code));
        out->classes = code.classes & CLASSES_HIDING;
        if (code.unknown || damaged) out->classes |= sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
        return OK;
    }
    if (which == TEXT_OUTCOME && !m) return OK; // they are not looked up
    return look_up_words(sc, p, m, which == TEXT_OUTCOME ? m->words : p->words, of, text, value, out);
}

static struct slot *slot_of(struct class_memo *m, enum record_text which, str text)
{
    size_t i = (str_hash(text) + (size_t)which) % SLOTS;
    while (m->slot[i].text.p && !(m->slot[i].which == which && str_eq(m->slot[i].text, text)))
        i = (i + 1) % SLOTS;
    return &m->slot[i];
}

/// False: there is no room, and it will be looked up again.
static bool keep_text(struct class_memo *m, struct slot *s, enum record_text which, str text,
                      const struct text_told *told)
{
    struct arena_mark before = arena_mark(m->mem);
    if (m->n >= SLOTS_FILLED) return false;
    str               kept = arena_str(m->mem, text);
    struct word_note *note = arena_array(m->mem, struct word_note, told->n_notes + 1);
    if (!kept.p || !note) return arena_back(m->mem, before), false;
    if (told->n_notes) memcpy(note, told->note, told->n_notes * sizeof *note);
    *s = (struct slot){ kept, which, *told, 0 };
    s->told.note = note;
    m->n++;
    return true;
}

enum err classes_of_text(struct scope *sc, const struct profile *p, struct class_memo *memo,
                         enum record_text which, const struct template *of, str text, const str *value,
                         struct text_told *out)
{
    struct slot *s = memo ? slot_of(memo, which, text) : NULL;
    if (!s || !s->text.p) {
        TRY(look_up(sc, p, memo, which, of, text, value, out));
        if (s && !keep_text(memo, s, which, text, out)) s = NULL;
    } else *out = s->told;
    if (memo && which == TEXT_CODE && out->classes & sensitivity_bit(SENSITIVITY_UNCLASSIFIED))
        s ? s->rows++ : memo->forgotten++;
    return OK;
}

static int by_rows(const void *a, const void *b)
{
    const struct unknown_code *l = a, *r = b;
    if (l->rows != r->rows) return l->rows > r->rows ? -1 : 1;
    return str_cmp(l->code, r->code);
}

enum err class_memo_unknown(struct scope *sc, const struct class_memo *m, const struct unknown_code **out,
                            size_t *n)
{
    struct unknown_code *list = arena_array(sc->mem, struct unknown_code, m->n + 1);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for unknown codes");
    *n = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!m->slot[i].rows) continue;
        list[*n] = (struct unknown_code){ arena_str(sc->mem, m->slot[i].text), m->slot[i].rows };
        if (!list[(*n)++].code.p) return fail(&sc->fault, ERR_NOMEM, "no room for unknown codes");
    }
    qsort(list, *n, sizeof *list, by_rows);
    if (m->forgotten) list[(*n)++] = (struct unknown_code){ S(""), m->forgotten };
    *out = list;
    return OK;
}
