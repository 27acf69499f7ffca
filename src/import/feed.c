// SPDX-License-Identifier: EUPL-1.2
#include "import/feed.h"

#include "base/arena.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// The widest row may hold CSV_MAX_ROW_BYTES three times over: cut to fields, joined by a template, and as it stands.
enum { ARENA_BYTES = 64 << 20 };

struct batch {
    struct feed_batch told;
    struct arena     *mem;
    struct fed        row[FEED_BATCH_ROWS];
};

// A ring of batches. The thread fills batch[made % FEED_BATCHES] while made - used < FEED_BATCHES; the caller looks at
// batch[used % FEED_BATCHES] and gives it back with its next call.
struct feed {
    struct stream          *from;
    const struct row_rules *rules;
    struct reader          *reader;
    struct scope            sc; // of the thread: holds why it ended; its memory is that of the batch at work
    struct feed_times       times;
    int64_t                 spent_before; // by the stream, nanoseconds
    struct batch            batch[FEED_BATCHES];

    pthread_t       thread;
    bool            started, lent; // the caller's own
    pthread_mutex_t lock;          // for all below
    pthread_cond_t  moved;
    size_t          made, used;
    bool            ended, stop;
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
    return keep(&f->sc, &out->raw);
}

/// Slices of a row point into the record, which the next one overwrites: what is not kept is not handed on.
static enum err keep_row(struct feed *f, const struct record *r, const struct row *row, struct fed *out)
{
    *out = (struct fed){ .notes = row->notes, .rejected = row->rejected, .line = r->line };
    if (row->rejected) return keep_rejected(f, r, row, out);
    out->incident = row->incident;
    out->outcome = row->outcome;
    out->n_categories = row->n_categories;
    str *category = arena_array(f->sc.mem, str, row->n_categories);
    if (!category) return fail(&f->sc.fault, ERR_NOMEM, "no room for a row");
    for (size_t i = 0; i < row->n_categories; i++) {
        category[i] = row->category[i];
        TRY(keep(&f->sc, &category[i]));
    }
    out->category = category;
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

/// Waits until there is a batch to fill; false: nobody wants it.
static bool wait_for_room(struct feed *f, struct batch **out)
{
    pthread_mutex_lock(&f->lock);
    while (!f->stop && f->made - f->used == FEED_BATCHES) pthread_cond_wait(&f->moved, &f->lock);
    bool go = !f->stop;
    *out = &f->batch[f->made % FEED_BATCHES];
    pthread_mutex_unlock(&f->lock);
    return go;
}

static void hand_over(struct feed *f, bool rows, bool end)
{
    pthread_mutex_lock(&f->lock);
    f->made += rows;
    f->ended = end;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->lock);
}

static void *work(void *of)
{
    struct feed  *f = of;
    struct batch *b;
    bool          more = true;
    while (more && wait_for_room(f, &b)) {
        // Rows before a failure are handed over, too: which were rejected does not hang on where a batch ends.
        if (fill(f, b, &more)) more = false;
        hand_over(f, b->told.n > 0, !more);
    }
    return NULL;
}

// -- the caller --------------------------------------------------------------------------------------------------------

static enum err start(struct scope *sc, struct feed *f)
{
    for (size_t i = 0; i < FEED_BATCHES; i++) {
        f->batch[i].mem = arena_open(ARENA_BYTES);
        if (!f->batch[i].mem) return fail(&sc->fault, ERR_NOMEM, "no room for rows");
    }
    TRY(reader_open(sc, f->from, f->rules->p, &f->reader));
    f->started = !pthread_create(&f->thread, NULL, work, f);
    return f->started ? OK : fail(&sc->fault, ERR_NOMEM, "the system gives no thread to read with");
}

enum err feed_open(struct scope *sc, struct stream *from, const struct row_rules *rules, struct feed **out)
{
    AUTO(feed_closep) struct feed *f = calloc(1, sizeof *f);
    if (!f) return fail(&sc->fault, ERR_NOMEM, "no room for rows");
    f->from = from;
    f->rules = rules;
    f->spent_before = stream_spent_ns(from);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->moved, NULL);
    TRY(start(sc, f));
    *out = f;
    f = NULL;
    return OK;
}

const struct feed_batch *feed_next(struct feed *f)
{
    pthread_mutex_lock(&f->lock);
    f->used += f->lent;
    if (f->lent) pthread_cond_broadcast(&f->moved);
    while (f->made == f->used && !f->ended) pthread_cond_wait(&f->moved, &f->lock);
    f->lent = f->made > f->used;
    const struct feed_batch *told = f->lent ? &f->batch[f->used % FEED_BATCHES].told : NULL;
    pthread_mutex_unlock(&f->lock);
    return told;
}

enum err feed_end(struct scope *sc, const struct feed *f)
{
    if (f->sc.fault.code) sc->fault = f->sc.fault;
    return f->sc.fault.code;
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
    if (f->started) {
        pthread_mutex_lock(&f->lock);
        f->stop = true;
        pthread_cond_broadcast(&f->moved);
        pthread_mutex_unlock(&f->lock);
        pthread_join(f->thread, NULL);
    }
    reader_close(f->reader);
    for (size_t i = 0; i < FEED_BATCHES; i++) arena_close(f->batch[i].mem);
    pthread_cond_destroy(&f->moved);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

void feed_closep(struct feed **f)
{
    feed_close(*f);
    *f = NULL;
}
