// SPDX-License-Identifier: EUPL-1.2
#include "main/kinds.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/shown.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LABEL_LETTERS = 40, LISTED_MAX = 20 };

const char *text_shown(struct scope *sc, str text)
{
    AUTO(buf_free) struct buf b;
    size_t                    at = 0, letters = 0;
    while (at < text.n && letters <= LABEL_LETTERS) {
        letters += ((unsigned char)text.p[at] & 0xC0) != 0x80;
        at += letters <= LABEL_LETTERS;
    }
    buf_init(&b, 64 * LABEL_LETTERS);
    shown_add(&b, str_slice(text, 0, at));
    const char *to = b.failed ? NULL : arena_cstr(sc->mem, buf_str(&b));
    return to ? to : "";
}

const char *kind_shown(struct scope *sc, const struct category *c)
{
    return text_shown(sc, c->label[LANG_EN].n ? c->label[LANG_EN] : c->code);
}

static int by_need(const void *a, const void *b)
{
    const struct kind *l = a, *r = b;
    bool               left = l->is.sensitivity != SENSITIVITY_UNCLASSIFIED,
         right = r->is.sensitivity != SENSITIVITY_UNCLASSIFIED;
    if (left != right) return left - right;
    if (l->incidents != r->incidents) return l->incidents > r->incidents ? -1 : 1;
    return str_cmp(l->is.key, r->is.key);
}

static enum err list(struct scope *sc, struct store *st, struct kind **out, size_t *n)
{
    const struct category       *category;
    const struct category_count *count;
    size_t                       n_counts;
    TRY(store_categories(sc, st, &category, n));
    TRY(store_category_counts(sc, st, &count, &n_counts));
    struct kind *kind = arena_array(sc->mem, struct kind, *n + 1);
    if (!kind) return fail(&sc->fault, ERR_NOMEM, "no room for the list of kinds");
    for (size_t i = 0, k = 0; i < *n; i++) {
        kind[i].is = category[i];
        while (k < n_counts && count[k].category < category[i].id) k++;
        if (k < n_counts && count[k].category == category[i].id) kind[i].incidents = count[k].incidents;
    }
    *out = kind;
    return OK;
}

/// What a profile of ours says counts as confirmed; else the name proposes.
static enum err settle(struct scope *sc, struct store *st, const struct proposer *with, struct kind *k)
{
    struct proposal *p = &k->proposed;
    TRY(propose(sc, with, &k->is, p));
    if (!p->confirmed) return OK;
    k->is.iccs = p->iccs;
    k->is.sensitivity = p->sensitivity;
    k->is.confirmed_by = p->why;
    k->is.confirmed_s = clock_system.now_s();
    *p = (struct proposal){ 0 };
    return store_category_confirm(sc, st, &k->is);
}

enum err kinds_read(struct scope *sc, struct store *st, struct kind **out, size_t *n)
{
    struct proposer      with;
    const struct source *source;
    size_t               n_sources;
    TRY(list(sc, st, out, n));
    TRY(store_sources(sc, st, &source, &n_sources));
    TRY(proposer_open(sc, source, n_sources, &with));
    for (size_t i = 0; i < *n; i++)
        for (size_t k = 0; k < n_sources; k++)
            if (source[k].id == (*out)[i].is.source) (*out)[i].source = source[k].key;
    for (size_t i = 0; i < *n; i++)
        if (!(*out)[i].is.sensitivity) TRY(settle(sc, st, &with, &(*out)[i]));
    if (*n) qsort(*out, *n, sizeof **out, by_need);
    return OK;
}

static enum err any_unclassified(struct scope *sc, struct store *st, bool *out)
{
    const struct category *category;
    size_t                 n;
    TRY(store_categories(sc, st, &category, &n));
    *out = false;
    for (size_t i = 0; i < n; i++) *out = *out || category[i].sensitivity == SENSITIVITY_UNCLASSIFIED;
    return OK;
}

enum err kinds_check(struct cli *cli, struct store *st, bool withhold)
{
    struct scope *sc = cli->sc;
    struct kind  *kind;
    size_t        all, n = 0;
    uint64_t      incidents = 0;
    bool          any;
    TRY(any_unclassified(sc, st, &any)); // counting reads every incident
    if (!any) return OK;
    TRY(kinds_read(sc, st, &kind, &all));
    for (; n < all && !kind[n].is.sensitivity && kind[n].incidents; n++) incidents += kind[n].incidents;
    if (!n) return OK;
    fprintf(stderr, "Kinds that nobody has classified yet (%zu, of %" PRIu64 " %s):\n", n, incidents,
            plural(incidents, "incident", "incidents"));
    for (size_t i = 0; i < n && i < LISTED_MAX; i++)
        fprintf(stderr, "%10" PRIu64 "  %-32s %s\n", kind[i].incidents, text_shown(sc, kind[i].is.key),
                kind_shown(sc, &kind[i].is));
    if (n > LISTED_MAX)
        fprintf(stderr, "%10s  and %zu more; hromada classify lists them all\n", "", n - LISTED_MAX);
    if (withhold) {
        fprintf(stderr,
                "They are left out. To add them: hromada -D %s classify, then hromada -D %s publish.\n",
                cli->dir, cli->dir);
        return OK;
    }
    return fail(&sc->fault, ERR_INVALID,
                "nothing was published: kinds are not classified (%zu). hromada -D %s classify proposes what "
                "they are and "
                "asks; hromada -D %s publish --withhold-unclassified publishes without them",
                n, cli->dir, cli->dir);
}
