// SPDX-License-Identifier: EUPL-1.2
#include "publish/facts.h"

#include "base/arena.h"
#include "base/relay.h"
#include "store/repeated.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 1 << 18,
    PLACES = 1 << 14, // places and ...
    CODES = 1 << 10,  // ... codes of areas that are remembered, each under the one slot that it can have
    READERS = 2,      // threads with a connection each: finding rows and their columns is most of the work
    SHEAVES = 6,
    SHEAF_IDS = 1024,
    READER_BYTES = 1 << 26,
    HISTORY_BYTES = 1 << 24, // of one incident
};

struct place {
    int32_t      lon_e7, lat_e7;
    struct point at;
    uint16_t     area[MAX_AREA_SETS];
    bool         used;
};
struct area_code {
    int64_t  number; // of the text; 0: free
    uint16_t area[MAX_AREA_SETS];
};

struct live {
    struct incident is;
    int64_t         area, place, slice; // numbers of its texts
};
struct sheaf { // the live incidents of SHEAF_IDS ids
    size_t      n;
    struct live row[SHEAF_IDS];
};
struct reader {
    struct scope            sc;
    struct store           *st;
    struct incident_cursor *cursor;
};

struct facts {
    struct scope           *sc;
    struct store           *st;
    const struct atlas     *atlas;
    struct reader           reader[READERS];
    struct incident_cursor *types; // further categories: few, and wanted in the order of the incidents
    struct kinds            kinds;
    const struct kin       *kin; // [n_kin] by incident
    size_t                  n_kin, next_kin;
    struct sheaf           *sheaf; // [SHEAVES]
    struct relay           *relay;
    const struct live      *next; // of the sheaf at hand ...
    size_t                  left; // ... and so many behind it
    int64_t                 last; // no incident has a higher id
    int64_t                 id;   // of the incident last read
    int                     fd;
    size_t                  bytes; // of a fact in the file
    uint64_t                n;     // facts, in the file and in the buffer
    uint64_t                written;
    char                   *buffer;
    size_t                  in_buffer;
    struct place           *places;
    struct area_code       *codes;
    struct scope            history; // of one incident, until the next
    struct buf              text;
    struct fault            fault; // why reading ended early
};

static void end_readers(struct facts *f)
{
    relay_closep(&f->relay);
    store_incidents_closep(&f->types);
    for (size_t i = 0; i < READERS; i++) {
        store_incidents_closep(&f->reader[i].cursor);
        store_closep(&f->reader[i].st);
        arena_close(f->reader[i].sc.mem);
        f->reader[i].sc.mem = NULL;
    }
    free(f->sheaf);
    f->sheaf = NULL;
}

void facts_closep(struct facts **facts)
{
    struct facts *f = *facts;
    *facts = NULL;
    if (!f) return;
    end_readers(f);
    if (f->fd >= 0) close(f->fd);
    kinds_free(&f->kinds);
    free(f->buffer);
    free(f->places);
    free(f->codes);
    buf_free(&f->text);
    arena_close(f->history.mem);
    free(f);
}

// -- reading the store ------------------------------------------------------------------------------------------------

static bool make_sheaf(void *of, unsigned maker, uint64_t number, size_t slot)
{
    struct facts           *f = of;
    struct incident_cursor *c = f->reader[maker].cursor;
    struct sheaf           *s = &f->sheaf[slot];
    int64_t                 before = (int64_t)number * SHEAF_IDS;
    store_incidents_range(c, before + 1, before + SHEAF_IDS);
    for (s->n = 0; s->n < SHEAF_IDS && store_incidents_next(c, &s->row[s->n].is); s->n++)
        store_incidents_numbers(c, &s->row[s->n].area, &s->row[s->n].place, &s->row[s->n].slice);
    return before + SHEAF_IDS < f->last;
}

/// All readers see what the store's own transaction sees: nobody else may write meanwhile.
static enum err begin_readers(struct scope *sc, struct facts *f)
{
    f->sheaf = calloc(SHEAVES, sizeof *f->sheaf);
    if (!f->sheaf) return fail(&sc->fault, ERR_NOMEM, "no room to read the store");
    TRY(store_incident_last(sc, f->st, &f->last));
    TRY(store_incidents_open(sc, f->st, &f->types));
    for (size_t i = 0; i < READERS; i++) {
        struct reader *r = &f->reader[i];
        r->sc.mem = arena_open(READER_BYTES);
        if (!r->sc.mem) return fail(&sc->fault, ERR_NOMEM, "no room to read the store");
        enum err e = store_open(&r->sc, store_dir(f->st), STORE_READ, &r->st);
        if (!e) e = store_incidents_open(&r->sc, r->st, &r->cursor);
        if (e) return sc->fault = r->sc.fault, e;
    }
    return relay_open(sc, &(struct relay_work){ f, make_sheaf }, READERS, SHEAVES, &f->relay);
}

enum err facts_open(struct scope *sc, struct store *st, const struct atlas *atlas, const char *path,
                    struct facts **out)
{
    AUTO(facts_closep) struct facts *f = calloc(1, sizeof *f);
    if (!f) return fail(&sc->fault, ERR_NOMEM, "no room to read the store");
    f->sc = sc;
    f->st = st;
    f->atlas = atlas;
    f->bytes = (offsetof(struct fact, area) + atlas->n_sets * sizeof(uint16_t) + 7) / 8 * 8;
    buf_init(&f->text, STORE_MAX_TEXT + 1);
    f->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (f->fd < 0) return fail_errno(&sc->fault, "cannot create %s", path);
    unlink(path); // nobody else shall read it, and a killed run leaves nothing behind
    f->buffer = malloc(BUFFER_BYTES);
    f->places = calloc(PLACES, sizeof *f->places);
    f->codes = calloc(CODES, sizeof *f->codes);
    f->history.mem = arena_open(HISTORY_BYTES);
    if (!f->buffer || !f->places || !f->codes || !f->history.mem)
        return fail(&sc->fault, ERR_NOMEM, "no room to read the store");
    TRY(store_kin(sc, st, &f->kin, &f->n_kin));
    TRY(begin_readers(sc, f));
    *out = f;
    f = NULL;
    return OK;
}

// -- the store to facts -----------------------------------------------------------------------------------------------

/// Many things happen at the same places: what was found for one is kept until another needs its slot.
static void find_place(struct facts *f, struct fact *out)
{
    uint64_t      key = (uint64_t)(uint32_t)out->lon_e7 << 32 | (uint32_t)out->lat_e7;
    struct place *p = &f->places[key * 0x9E3779B97F4A7C15u >> 40 & (PLACES - 1)];
    if (!p->used || p->lon_e7 != out->lon_e7 || p->lat_e7 != out->lat_e7) {
        *p = (struct place){ .lon_e7 = out->lon_e7, .lat_e7 = out->lat_e7, .used = true };
        p->at = mercator_of_e7(out->lon_e7, out->lat_e7);
        atlas_at(f->atlas, p->at, p->area);
    }
    out->at = p->at;
    memcpy(out->area, p->area, sizeof out->area);
}

static enum err find_area(struct facts *f, int64_t number, uint16_t area[MAX_AREA_SETS])
{
    struct area_code *c = &f->codes[(uint64_t)number & (CODES - 1)];
    if (!number) {
        atlas_of_code(f->atlas, (str){ 0 }, area);
        return OK;
    }
    if (c->number != number) {
        TRY(store_text(f->sc, f->st, number, &f->text));
        atlas_of_code(f->atlas, buf_str(&f->text), c->area);
        c->number = number;
    }
    memcpy(area, c->area, sizeof c->area);
    return OK;
}

/// All but where it happened.
static enum err fact_begin(struct facts *f, const struct incident *i, const int32_t *further, size_t n,
                           int64_t place, struct fact *out)
{
    bool     other = i->flags & FLAG_PLACE_OTHER;
    uint16_t kinds;
    if (place < 0 || place > UINT32_MAX)
        return fail(&f->sc->fault, ERR_LIMIT, "the store has a text of number %lld; publication can have %u",
                    (long long)place, UINT32_MAX);
    TRY(kinds_put(f->sc, &f->kinds, i->category, further, n, &kinds));
    sensitivity_set domestic = i->flags & FLAG_DOMESTIC ? sensitivity_bit(SENSITIVITY_DOMESTIC) : 0;
    *out = (struct fact){ .from_s = i->from_s,
                          .to_s = i->to_s,
                          .lon_e7 = i->lon_e7,
                          .lat_e7 = i->lat_e7,
                          .offset_s = i->offset_s,
                          .category = i->category,
                          .outcome = i->outcome,
                          .source = i->source,
                          .place = other ? 0 : (uint32_t)place,
                          .kinds = kinds,
                          .classes = (sensitivity_set)(i->classes | domestic),
                          .flags = (uint16_t)i->flags,
                          .precision = (uint8_t)i->precision,
                          .has_point = (i->point == POINT_EXACT || i->point == POINT_SNAPPED) && !other };
    return OK;
}

/// What hides others of its key; NULL: nothing does. Incidents ascend.
static const struct kin *kin_of(struct facts *f, int64_t incident)
{
    while (f->next_kin < f->n_kin && f->kin[f->next_kin].incident < incident) f->next_kin++;
    return f->next_kin < f->n_kin && f->kin[f->next_kin].incident == incident ? &f->kin[f->next_kin] : NULL;
}

static enum err fact_of(struct facts *f, const struct live *row, struct fact *out)
{
    const struct incident *i = &row->is;
    const struct kin      *kin = kin_of(f, i->id);
    bool                   other = i->flags & FLAG_PLACE_OTHER || (kin && kin->elsewhere);
    const int32_t         *further;
    size_t                 n = store_incidents_types(f->types, i->id, &further);
    TRY(fact_begin(f, i, further, n, row->place, out));
    out->slice = (uint32_t)row->slice;
    if (kin) out->classes |= kin->classes;
    if (other) out->has_point = false, out->place = 0;
    if (!out->has_point) return find_area(f, other ? 0 : row->area, out->area);
    find_place(f, out);
    return OK;
}

enum err facts_behind(struct facts *f, int64_t incident, int64_t run, struct fact *out)
{
    struct past p;
    arena_reset(f->history.mem);
    enum err e = store_incident_past(&f->history, f->st, incident, run, &p);
    if (e) return f->sc->fault = f->history.fault, e;
    TRY(fact_begin(f, &p.is, p.further, p.n_further, p.place, out));
    out->slice = (uint32_t)p.slice;
    if (out->has_point) find_place(f, out);
    else if (p.is.flags & FLAG_PLACE_OTHER) atlas_of_code(f->atlas, (str){ 0 }, out->area);
    else atlas_of_code(f->atlas, p.is.area, out->area);
    return OK;
}

static enum err flush(struct facts *f)
{
    for (size_t done = 0; done < f->in_buffer;) {
        ssize_t n = pwrite(f->fd, f->buffer + done, f->in_buffer - done, (off_t)f->written);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return fail_errno(&f->sc->fault, "cannot write what was read from the store beside the release");
        done += (size_t)n;
        f->written += (uint64_t)n;
    }
    f->in_buffer = 0;
    return OK;
}

static enum err keep(struct facts *f, const struct fact *fact)
{
    if (f->in_buffer + f->bytes > BUFFER_BYTES) TRY(flush(f));
    memcpy(f->buffer + f->in_buffer, fact, f->bytes);
    f->in_buffer += f->bytes;
    f->n++;
    return OK;
}

/// Takes sheaves until one holds a row. False: there is none left.
static bool find_row(struct facts *f)
{
    size_t slot;
    while (!f->left && relay_next(f->relay, &slot)) {
        f->next = f->sheaf[slot].row;
        f->left = f->sheaf[slot].n;
    }
    return f->left > 0;
}

bool facts_read(struct facts *f, struct fact *out)
{
    if (f->fault.code) return false;
    bool     more = find_row(f);
    enum err e = more ? fact_of(f, f->next, out) : flush(f);
    if (more && !e) e = keep(f, out);
    if (more) f->id = f->next->is.id, f->next++, f->left--;
    if (e) f->fault = f->sc->fault;
    return more && !e;
}

enum err facts_read_end(struct scope *sc, struct facts *f)
{
    if (f->fault.code) {
        sc->fault = f->fault;
        return f->fault.code;
    }
    relay_closep(&f->relay);
    struct incident_cursor *types = f->types;
    f->types = NULL;
    TRY(store_incidents_end(sc, types));
    for (size_t i = 0; i < READERS; i++) {
        struct incident_cursor *c = f->reader[i].cursor;
        f->reader[i].cursor = NULL;
        TRY(store_incidents_end(sc, c));
    }
    end_readers(f);
    free(f->buffer);
    f->buffer = NULL;
    return OK;
}

int64_t facts_id(const struct facts *f)
{
    return f->id;
}

int64_t facts_last(const struct facts *f)
{
    return f->last;
}

const struct kinds *facts_kinds(const struct facts *f)
{
    return &f->kinds;
}

// -- facts to a tier --------------------------------------------------------------------------------------------------

struct fact_reader {
    const struct facts *facts;
    uint64_t            next; // fact that is still to be read into the buffer
    size_t              at, n;
    struct scope        sc; // for a failure
    char                buffer[BUFFER_BYTES];
};

enum err fact_reader_open(struct scope *sc, const struct facts *f, struct fact_reader **out)
{
    struct fact_reader *r = calloc(1, sizeof *r);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room to read the store");
    r->facts = f;
    *out = r;
    return OK;
}

void fact_reader_closep(struct fact_reader **r)
{
    free(*r);
    *r = NULL;
}

static enum err refill(struct fact_reader *r)
{
    const struct facts *f = r->facts;
    uint64_t            left = f->n - r->next, most = BUFFER_BYTES / f->bytes;
    size_t              want = (size_t)(left < most ? left : most) * f->bytes;
    for (size_t done = 0; done < want;) {
        ssize_t n = pread(f->fd, r->buffer + done, want - done, (off_t)(r->next * f->bytes + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(&r->sc.fault, "cannot read what was read from the store");
        if (!n) return fail(&r->sc.fault, ERR_IO, "the file of what was read from the store became shorter");
        done += (size_t)n;
    }
    r->at = 0;
    r->n = want / f->bytes;
    r->next += r->n;
    return OK;
}

bool fact_next(struct fact_reader *r, struct fact *out)
{
    if (r->at == r->n) {
        if (r->next == r->facts->n || r->sc.fault.code || refill(r)) return false;
    }
    memcpy(out, r->buffer + r->at++ * r->facts->bytes, r->facts->bytes);
    for (size_t k = r->facts->atlas->n_sets; k < MAX_AREA_SETS; k++)
        out->area[k] = AREA_NOWHERE; // as all facts have it, which are compared
    return true;
}

enum err fact_reader_end(struct scope *sc, const struct fact_reader *r)
{
    if (r->sc.fault.code) sc->fault = r->sc.fault;
    return r->sc.fault.code;
}
