// SPDX-License-Identifier: EUPL-1.2
#include "import/stranger.h"

#include "base/arena.h"

enum { SHOWN_COLUMNS = 12, SHOWN_BYTES = 30, CLAUSE_BYTES = 1000 };

bool stranger_is_spreadsheet(str path)
{
    static const char *const ends[] = { ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers" };
    for (size_t i = 0; i < COUNT(ends); i++) {
        str end = str_of(ends[i]);
        if (path.n >= end.n && str_eq_nocase(str_slice(path, path.n - end.n, path.n), end)) return true;
    }
    return false;
}

/// Bytes below the blank stand in no header.
static bool is_text(const struct sample *s)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->name[i].n; k++)
            if ((unsigned char)s->name[i].p[k] < ' ' && s->name[i].p[k] != '\t') return false;
    return true;
}

/// Cut between characters: the readers give UTF-8, whatever the file holds.
static void add_name(struct buf *b, str name)
{
    size_t n = name.n < SHOWN_BYTES ? name.n : SHOWN_BYTES;
    while (n && n < name.n && (name.p[n] & 0xC0) == 0x80) n--;
    buf_add(b, str_slice(name, 0, n));
}

static void add_names(struct buf *b, const struct sample *s)
{
    for (size_t i = 0; i < s->n && i < SHOWN_COLUMNS; i++) {
        if (i) buf_add(b, S(", "));
        add_name(b, s->name[i]);
    }
    if (s->n > SHOWN_COLUMNS) buf_add(b, S(" ..."));
}

static void add_clause(struct buf *b, const struct sample *s)
{
    bool areas = s && (s->kind == GEOM_POLYGON || s->kind == GEOM_MULTIPOLYGON);
    bool lines = s && (s->kind == GEOM_LINE || s->kind == GEOM_MULTILINE);
    if (!s) buf_add(b, S("is a spreadsheet; save the sheet as CSV (UTF-8) and import that"));
    else if (areas) {
        buf_add(b, S("holds areas, no incidents; hromada areas import --set KEY --id FIELD reads it, FIELD "
                     "is one of: "));
        add_names(b, s);
    } else if (lines)
        buf_add(b, S("holds lines, no incidents; hromada layers import --kind street (or water) reads it"));
    else if (!s->n) buf_add(b, S("holds nothing"));
    else if (!is_text(s)) buf_add(b, S("is neither a table nor GeoJSON"));
    else {
        buf_add(b, S("has the shape of no known feed; name one with --as, or write a mapping file. It begins "
                     "with: "));
        add_names(b, s);
    }
}

enum err stranger_says(struct scope *sc, const struct sample *s, str *out)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, CLAUSE_BYTES);
    add_clause(&b, s);
    TRY(buf_end(sc, &b));
    *out = arena_str(sc->mem, buf_str(&b));
    return out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a sentence");
}
