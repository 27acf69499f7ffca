// SPDX-License-Identifier: EUPL-1.2
#include "import/lifts.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/shown.h"
#include "wire/csv.h"
#include <stdlib.h>
#include <string.h>

// -- reading ------------------------------------------------------------------------------------------------------------

static enum err find_columns(struct scope *sc, const struct csv_row *row, size_t *source, size_t *key)
{
    *source = *key = row->n;
    for (size_t i = 0; i < row->n; i++) {
        if (str_eq(str_trim(row->field[i]), S("source"))) *source = i;
        if (str_eq(str_trim(row->field[i]), S("key"))) *key = i;
    }
    if (!row->problem && *source < row->n && *key < row->n) return OK;
    if (row->n == 1 && str_find(row->field[0], ';') + str_find(row->field[0], '\t') < 2 * row->field[0].n)
        return fail(
            &sc->fault, ERR_INVALID,
            "the columns of the first line are not parted by commas: save the list as CSV with commas");
    return fail(
        &sc->fault, ERR_INVALID,
        "the first line lacks the column \"source\" or \"key\": this is no list that import has written");
}

static enum err add(struct scope *sc, struct lifts *l, size_t *room, size_t *bytes, str source, str key)
{
    if (l->n == LIFTS_MAX) return fail(&sc->fault, ERR_LIMIT, "more than %d keys", LIFTS_MAX);
    if (l->n == *room) {
        size_t       more = *room ? 2 * *room : 256;
        struct lift *grown = arena_array(sc->mem, struct lift, more);
        if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for a list of keys");
        if (l->n) memcpy(grown, l->lift, l->n * sizeof *grown);
        l->lift = grown;
        *room = more;
    }
    *bytes += source.n + key.n;
    if (*bytes > LIFTS_MAX_BYTES) return fail(&sc->fault, ERR_LIMIT, "more than %d bytes", LIFTS_MAX_BYTES);
    struct lift lift = { .source = arena_str(sc->mem, source), .key = arena_str(sc->mem, key) };
    if (!lift.source.p || !lift.key.p) return fail(&sc->fault, ERR_NOMEM, "no room for a list of keys");
    l->lift[l->n++] = lift;
    return OK;
}

static str read_cell(struct buf *to, str field)
{
    buf_reset(to);
    shown_read(to, csv_cell(field));
    return buf_str(to);
}

/// A row that cannot be read is not passed over: whoever edited the list should hear of it.
static enum err read_rows(struct scope *sc, struct csv *csv, struct lifts *out)
{
    struct lifts              l = { 0 };
    struct csv_row            row;
    size_t                    room = 0, bytes = 0, source = 0, key = 0;
    bool                      header = false;
    AUTO(buf_free) struct buf names, keys;
    buf_init(&names, CSV_MAX_ROW_BYTES);
    buf_init(&keys, CSV_MAX_ROW_BYTES);
    while (csv_next(csv, &row)) {
        if (!header) {
            TRY(find_columns(sc, &row, &source, &key));
            header = true;
            continue;
        }
        if (row.problem || row.n <= source || row.n <= key)
            return fail(&sc->fault, ERR_INVALID, "line %llu: %s", (unsigned long long)row.line,
                        row.problem ? csv_problem_text(row.problem) : "fields are missing");
        str s = read_cell(&names, row.field[source]), k = read_cell(&keys, row.field[key]);
        if (names.failed || keys.failed) return fail(&sc->fault, ERR_NOMEM, "no room for a list of keys");
        if (!s.n || !k.n)
            return fail(
                &sc->fault, ERR_INVALID,
                "line %llu has no key: what has none can be lifted with --lift-protection alone, for all",
                (unsigned long long)row.line);
        TRY(add(sc, &l, &room, &bytes, s, k));
    }
    TRY(csv_end(sc, csv));
    if (!header) return fail(&sc->fault, ERR_INVALID, "the file is empty");
    *out = l;
    return OK;
}

enum err lifts_read(struct scope *sc, const char *path, struct lifts *out)
{
    AUTO(stream_closep) struct stream *from = NULL;
    AUTO(csv_closep) struct csv       *csv = NULL;
    TRY(stream_open(sc, path, &from));
    TRY(csv_open(sc, from, &(struct csv_options){ 0 }, &csv));
    return read_rows(sc, csv, out) ? fail_at(&sc->fault, "%s", path) : OK;
}

enum err lifts_of(struct scope *sc, struct store *st, struct lifts *l, const struct source *source,
                  const str **key, size_t *n)
{
    str *list = arena_array(sc->mem, str, l->n + 1);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for a list of keys");
    *n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct lift *lift = &l->lift[i];
        if (!str_eq(lift->source, source->key)) continue;
        lift->asked = true;
        TRY(store_has_key(sc, st, source->id, lift->key, &lift->stored));
        list[(*n)++] = lift->key;
    }
    *key = list;
    return OK;
}

size_t lifts_stray(const struct lifts *l, struct lift out[LIFTS_TOLD])
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (l->lift[i].stored) continue;
        if (n < LIFTS_TOLD) out[n] = l->lift[i];
        n++;
    }
    return n;
}

// -- writing ------------------------------------------------------------------------------------------------------------

static void add_cell(struct buf *to, struct buf *shown, str text)
{
    buf_reset(shown);
    shown_add_exact(shown, text);
    csv_add(to, buf_str(shown));
}

static void add_lost(struct buf *b, struct buf *shown, str source, const struct run_lost *l, str file)
{
    const bool marks[] = { l->domestic, l->elsewhere, l->class, l->kind };
    add_cell(b, shown, source);
    buf_add_c(b, ',');
    add_cell(b, shown, l->key);
    buf_add_c(b, ',');
    if (l->row) add_cell(b, shown, file);
    if (l->row) buf_printf(b, ",%llu", (unsigned long long)l->row & ((1ull << 40) - 1));
    else buf_add_c(b, ',');
    for (size_t i = 0; i < COUNT(marks); i++) buf_add(b, marks[i] ? S(",yes") : S(","));
    buf_add(b, S("\r\n"));
}

enum err lifts_write(struct scope *sc, const char *path, str source, const struct run_lost *lost, size_t n,
                     const str *file, size_t n_files)
{
    enum { LINE_MAX_BYTES = 1 << 20 };
    AUTO(buf_free) struct buf b, shown;
    struct file_new           to = { 0 };
    enum err                  e = OK;
    buf_init(&b, LINE_MAX_BYTES);
    buf_init(&shown, LINE_MAX_BYTES);
    TRY(file_new_open(sc, path, &to));
    fputs("source,key,file,line,domestic,elsewhere,class,kind\r\n", to.f);
    for (size_t i = 0; i < n && !e; i++) {
        size_t at = (size_t)(lost[i].row >> 40);
        buf_reset(&b);
        add_lost(&b, &shown, source, &lost[i], at < n_files ? file[at] : (str){ 0 });
        if (b.failed || shown.failed) e = fail(&sc->fault, ERR_NOMEM, "no room for a row of %s", path);
        else if (fwrite(b.p, 1, b.n, to.f) != b.n) e = fail_errno(&sc->fault, "cannot write %s", path);
    }
    if (!e) return file_new_commit(sc, &to);
    file_new_abort(&to);
    return e;
}
