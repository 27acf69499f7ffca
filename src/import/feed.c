// SPDX-License-Identifier: EUPL-1.2
#include "import/feed.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/relay.h"
#include <stdlib.h>
#include <string.h>

// The widest row may hold CSV_MAX_ROW_BYTES three times over: cut to fields, joined by a template, and as it stands.
enum { ARENA_BYTES = 64 << 20 };

struct batch {
    struct feed_batch told;
    struct arena     *mem;
    struct fed        row[FEED_BATCH_ROWS];
};

struct feed {
    struct stream          *from;
    const struct row_rules *rules;
    struct reader          *reader;
    struct scope            sc; // of the thread: holds why it ended; its memory is that of the batch at work
    struct feed_times       times;
    struct flag_count       flags[FLAGS];
    int64_t                 spent_before; // by the stream, nanoseconds
    struct batch            batch[FEED_BATCHES];
    struct relay           *relay;
};

// -- the thread --------------------------------------------------------------------------------------------------------

static enum err keep(struct scope *sc, str *s)
{
    if (!s->n) {
        *s = (str){ 0 };
        return OK;
    }
    *s = arena_str(sc->mem, *s);
    return s->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a row");
}

static enum err keep_rejected(struct feed *f, const struct record *r, const struct row *row, struct fed *out)
{
    out->column = row->column.n      ? row->column
                  : r->problem_field ? reader_field(f->reader, r->problem_field)
                                     : (str){ 0 };
    out->raw = reader_raw(f->reader);
    TRY(keep(&f->sc, &out->column));
    TRY(keep(&f->sc, &out->raw));
    const str *key;
    TRY(row_slice(&f->sc, f->rules, r, row->rejected, &out->slice));
    TRY(keep(&f->sc, &out->slice.name));
    TRY(row_keys(&f->sc, f->rules, r, &key, &out->n_keys));
    str *kept = arena_array(f->sc.mem, str, out->n_keys + 1);
    if (!kept) return fail(&f->sc.fault, ERR_NOMEM, "no room for the keys of a rejected row");
    for (size_t i = 0; i < out->n_keys; i++) {
        kept[i] = key[i];
        TRY(keep(&f->sc, &kept[i]));
    }
    out->key = kept;
    return OK;
}

/// Slices of a row point into the record, which the next one overwrites: what is not kept is not handed on.
static enum err keep_row(struct feed *f, const struct record *r, const struct row *row, struct fed *out)
{
    *out = (struct fed){ .notes = row->notes, .rejected = row->rejected, .line = r->line };
    if (row->rejected) return keep_rejected(f, r, row, out);
    out->incident = row->incident;
    out->outcome = row->outcome;
    out->judged = row->judged;
    out->beyond = row->beyond;
    out->damaged = row->damaged;
    out->n_categories = row->n_categories;
    out->n_others = row->n_others;
    size_t kinds = row->n_categories + row->n_others;
    str   *category = arena_array(f->sc.mem, str, kinds);
    if (!category) return fail(&f->sc.fault, ERR_NOMEM, "no room for a row");
    for (size_t i = 0; i < kinds; i++) {
        category[i] = row->category[i];
        TRY(keep(&f->sc, &category[i]));
    }
    out->category = category;
    for (int i = 0; i < FLAGS; i++)
        flag_note(&f->flags[i], row->says[i], row->odd[i], row_copies(f->rules->p, row->n_categories));
    str *const texts[] = { &out->outcome, &out->incident.slice, &out->incident.key, &out->incident.area,
                           &out->incident.place };
    for (size_t i = 0; i < COUNT(texts); i++) TRY(keep(&f->sc, texts[i]));
    return OK;
}

/// *more is false behind the last row.
static enum err fill(struct feed *f, struct batch *b, bool *more)
{
    struct record r;
    struct row    row;
    uint64_t      size;
    int64_t       at = clock_system.monotonic_ns();
    arena_reset(b->mem);
    f->sc.mem = b->mem;
    b->told = (struct feed_batch){ .row = b->row };
    while (b->told.n < FEED_BATCH_ROWS && arena_used(b->mem) < FEED_BATCH_BYTES) {
        *more = reader_next(f->reader, &r);
        int64_t read = clock_system.monotonic_ns();
        f->times.read += read - at;
        if (!*more) break;
        TRY(row_take(&f->sc, f->rules, &r, &row));
        TRY(keep_row(f, &r, &row, &b->row[b->told.n++]));
        at = clock_system.monotonic_ns();
        f->times.understand += at - read;
    }
    stream_progress(f->from, &b->told.at, &size);
    return *more ? OK : reader_end(&f->sc, f->reader);
}

/// Rows before a failure are handed over, too: which were rejected does not hang on where a batch ends.
static bool make(void *of, unsigned maker, uint64_t number, size_t slot)
{
    (void)maker, (void)number;
    struct feed *f = of;
    bool         more = true;
    return !fill(f, &f->batch[slot], &more) && more;
}

// -- the caller --------------------------------------------------------------------------------------------------------

static enum err start(struct scope *sc, struct feed *f)
{
    for (size_t i = 0; i < FEED_BATCHES; i++) {
        f->batch[i].mem = arena_open(ARENA_BYTES);
        if (!f->batch[i].mem) return fail(&sc->fault, ERR_NOMEM, "no room for rows");
    }
    TRY(reader_open(sc, f->from, f->rules->p, &f->reader));
    if (f->rules->values) TRY(reader_watch(sc, f->reader, f->rules->values));
    return relay_open(sc, &(struct relay_work){ f, make }, 1, FEED_BATCHES, &f->relay);
}

enum err feed_open(struct scope *sc, struct stream *from, const struct row_rules *rules, struct feed **out)
{
    AUTO(feed_closep) struct feed *f = calloc(1, sizeof *f);
    if (!f) return fail(&sc->fault, ERR_NOMEM, "no room for rows");
    f->from = from;
    f->rules = rules;
    f->spent_before = stream_spent_ns(from);
    TRY(start(sc, f));
    *out = f;
    f = NULL;
    return OK;
}

const struct feed_batch *feed_next(struct feed *f)
{
    size_t slot;
    while (relay_next(f->relay, &slot))
        if (f->batch[slot].told.n) return &f->batch[slot].told;
    return NULL;
}

enum err feed_end(struct scope *sc, const struct feed *f)
{
    if (f->sc.fault.code) sc->fault = f->sc.fault;
    return f->sc.fault.code;
}

const struct flag_count *feed_flags(const struct feed *f)
{
    return f->flags;
}

const struct file_columns *feed_columns(const struct feed *f)
{
    return reader_columns(f->reader);
}

struct feed_times feed_times(const struct feed *f)
{
    struct feed_times t = f->times;
    t.unpack = stream_spent_ns(f->from) - f->spent_before;
    t.read -= t.unpack;
    return t;
}

void feed_close(struct feed *f)
{
    if (!f) return;
    relay_close(f->relay);
    reader_close(f->reader);
    for (size_t i = 0; i < FEED_BATCHES; i++) arena_close(f->batch[i].mem);
    free(f);
}

void feed_closep(struct feed **f)
{
    feed_close(*f);
    *f = NULL;
}
