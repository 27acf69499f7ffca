// SPDX-License-Identifier: EUPL-1.2
#include "web/files.h"

#include "analysis/difference.h"
#include "base/arena.h"
#include "base/file.h"
#include "html/asset.h"
#include "seal/hash.h"
#include "tile/tile.h"
#include "web/form.h"
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

// -- tiles ----------------------------------------------------------------------------------------

struct tile_query {
    int64_t z, x, y;
    str     layer;
};
static const struct field tile_fields[] = {
    { "layer", IN_PATH, F_TEXT, offsetof(struct tile_query, layer), .max = 200 },
    { "z", IN_PATH, F_INT, offsetof(struct tile_query, z), .min = 0, .max = TILE_MAX_Z },
    { "x", IN_PATH, F_INT, offsetof(struct tile_query, x), .min = 0, .max = (1 << TILE_MAX_Z) - 1 },
    { "y", IN_PATH, F_INT, offsetof(struct tile_query, y), .min = 0, .max = (1 << TILE_MAX_Z) - 1 },
};

/// The set of "areas-SET". ERR_NOTFOUND.
static enum err layer_set(struct scope *sc, const struct call *c, str layer, size_t *set)
{
    str key = str_slice(layer, 6, layer.n);
    for (size_t i = 0; str_starts(layer, S("areas-")) && i < c->in->n_sets; i++) {
        if (!str_eq(c->in->sets[i].key, key)) continue;
        *set = i;
        return OK;
    }
    return fail(&sc->fault, ERR_NOTFOUND, "there is no layer \"%.*s\" in release %llu",
                STR(str_slice(layer, 0, 60)), (unsigned long long)c->in->release);
}

/// Which tile and under which filter, and what the answer's headers say, whatever is drawn.
static enum err tile_begin(struct scope *sc, struct call *c, struct tile_query *q, struct filter *f,
                           struct http_res *rs)
{
    TRY(form_read(sc, c, tile_fields, COUNT(tile_fields), f, q));
    if (q->x >> q->z || q->y >> q->z)
        return fail(&sc->fault, ERR_NOTFOUND, "there is no tile %lld/%lld/%lld", (long long)q->z,
                    (long long)q->x, (long long)q->y);
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE; // a release may be withdrawn, so nobody keeps a tile without asking
    return OK;
}

enum err file_tile(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct tile_query q = { 0 };
    struct filter     f;
    size_t            set;
    TRY(tile_begin(sc, c, &q, &f, rs));
    unsigned z = (unsigned)q.z;
    uint32_t x = (uint32_t)q.x, y = (uint32_t)q.y;
    if (str_eq(q.layer, S("incidents"))) {
        TRY(tile_incidents(sc, c->ix, &f, z, x, y, &rs->body));
    } else if (str_eq(q.layer, S("base"))) {
        TRY(tile_base(sc, c->ix, z, x, y, &rs->body));
    } else {
        TRY(layer_set(sc, c, q.layer, &set));
        TRY(tile_areas(sc, c->ix, set, z, x, y, &rs->body));
    }
    rs->content_type = "application/vnd.mapbox-vector-tile";
    return OK;
}

enum err file_counts(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct tile_query q = { 0 };
    struct filter     f;
    TRY(tile_begin(sc, c, &q, &f, rs));
    rs->content_type = "application/vnd.hromada.counts";
    return tile_counts(sc, c->ix, &f, (unsigned)q.z, (uint32_t)q.x, (uint32_t)q.y, &rs->body);
}

// -- what is packed into the program --------------------------------------------------------------

static void send_asset(const struct asset_file *a, enum http_cache cache, struct http_res *rs)
{
    rs->content_type = a->type;
    rs->fixed = a->bytes;
    rs->fixed_gzip = a->gzip;
    rs->fixed_br = a->br;
    rs->etag = a->etag;
    rs->cache = cache;
}

enum err file_static(struct scope *sc, struct call *c, struct http_res *rs)
{
    const struct asset_file *a = asset_find(c->path[0].value);
    if (!a)
        return fail(&sc->fault, ERR_NOTFOUND, "there is no file \"%.*s\"",
                    STR(str_slice(c->path[0].value, 0, 80)));
    send_asset(a, HTTP_FOREVER, rs);
    return OK;
}

/// Browsers ask for it whatever the page says.
enum err file_favicon(struct scope *sc, struct call *c, struct http_res *rs)
{
    const struct asset_file *a = asset_get(ASSET_FAVICON_SVG);
    (void)c;
    if (!a) return fail(&sc->fault, ERR_NOTFOUND, "this program was built without its pictures");
    send_asset(a, HTTP_REVALIDATE, rs);
    return OK;
}

enum err file_robots(struct scope *sc, struct call *c, struct http_res *rs)
{
    (void)sc;
    (void)c;
    // The same map under every filter is of no use to a search engine, and a load on a small server.
    rs->fixed =
        S("User-agent: *\nDisallow: /*?\nDisallow: /v1/\nDisallow: /tiles/\nDisallow: /picture.svg\n");
    rs->content_type = "text/plain; charset=utf-8";
    rs->cache = HTTP_REVALIDATE;
    rs->etag = S("robots-1");
    return OK;
}

// -- files of the disk ----------------------------------------------------------------------------

/// The file is opened for this request and closed by the server. Its tag is made of what changes when it is replaced.
enum err file_basemap(struct scope *sc, struct call *c, struct http_res *rs)
{
    const char *path = c->web->config.basemap;
    int         fd;
    size_t      bytes;
    if (!path) return fail(&sc->fault, ERR_NOTFOUND, "this server has no basemap");
    TRY(file_open(sc, path, &fd, &bytes));
    if (!file_mark_open(fd, &rs->fd_is)) {
        close(fd);
        return fail_errno(&sc->fault, "cannot read %s", path);
    }
    rs->etag =
        arena_printf(sc->mem, "%llx-%llx-%llx", (unsigned long long)rs->fd_is.bytes,
                     (unsigned long long)rs->fd_is.written_s, (unsigned long long)rs->fd_is.written_ns);
    rs->fd = fd;
    rs->content_type = "application/vnd.pmtiles";
    rs->cache = HTTP_REVALIDATE;
    rs->cors = true;
    return OK;
}

/// Nothing of a release is handed out that its manifest does not prove: files are damaged, and others lie under their names.
static enum err papers_of(struct scope *sc, struct call *c, struct release_papers *p)
{
    TRY(form_read(sc, c, NULL, 0, NULL, NULL));
    return origin_papers(sc, c->web->origin, c->web->config.data_dir, c->ed->number, p);
}

/// tag: the SHA-256 of what is sent, so that no cache takes a wrong file for the right one; and it tells nothing that the file
/// does not, such as how long publication took.
static enum err as_download(struct scope *sc, struct call *c, const char *name, const char *type, str tag,
                            struct http_res *rs)
{
    str as =
        arena_printf(sc->mem, "attachment; filename=\"release-%lld-%s\"", (long long)c->ed->number, name);
    if (!as.p) return fail(&sc->fault, ERR_NOMEM, "no room for a header");
    rs->etag = str_slice(tag, 0, 32); // as much of it as a tag has room for
    rs->content_type = type;
    rs->cache = HTTP_REVALIDATE;
    rs->cors = true;
    rs->header[rs->n_headers++] = (struct http_param){ S("Content-Disposition"), as };
    return OK;
}

static enum err send_text(struct scope *sc, struct call *c, const char *name, const char *type, str text,
                          struct http_res *rs)
{
    str tag;
    if (!text.n)
        return fail(&sc->fault, ERR_NOTFOUND, "release %lld has no %s", (long long)c->ed->number, name);
    TRY(hash_sha256(sc, text, &tag));
    buf_add(&rs->body, text);
    return as_download(sc, c, name, type, tag, rs);
}

enum err file_manifest(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct release_papers p;
    TRY(papers_of(sc, c, &p));
    return send_text(sc, c, "manifest.json", "application/json", p.manifest, rs);
}

enum err file_signature(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct release_papers p;
    TRY(papers_of(sc, c, &p));
    return send_text(sc, c, "manifest.sig", "text/plain; charset=utf-8", p.signature, rs);
}

enum err file_key(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct release_papers p;
    TRY(papers_of(sc, c, &p));
    return send_text(sc, c, "key.pub", "text/plain; charset=utf-8", p.keys, rs);
}

static enum err send_listed(struct scope *sc, struct call *c, const char *name, const char *type, size_t max,
                            struct http_res *rs)
{
    struct release_papers p;
    str                   text;
    TRY(papers_of(sc, c, &p));
    TRY(release_listed_read(sc, c->web->config.data_dir, c->ed->number, &p, name, max, &text));
    return send_text(sc, c, name, type, text, rs);
}

/// Not beside a withdrawn release: it tells what that one showed.
enum err file_difference(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct difference   d;
    struct release_fate before = { .is = RELEASE_ABSENT };
    TRY(send_listed(sc, c, RELEASE_DIFFERENCE, "application/json", DIFFERENCE_MAX_BYTES, rs));
    TRY(difference_read(sc, buf_str(&rs->body), &d));
    if (d.before) TRY(release_fate(sc, c->web->config.data_dir, (int64_t)d.before, &before));
    if (before.is != RELEASE_WITHDRAWN) return OK;
    return fail(&sc->fault, ERR_NOTFOUND, "release %lld was withdrawn, so what differs from it is not told",
                (long long)d.before);
}

enum err file_sums(struct scope *sc, struct call *c, struct http_res *rs)
{
    int fd;
    return send_listed(sc, c, RELEASE_SUMS, "application/octet-stream", sums_size(index_file(c->ix, &fd).n),
                       rs);
}

enum err file_index(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct release_papers p;
    int                   fd;
    TRY(papers_of(sc, c, &p));
    const struct release_listed *f = release_listed(&p, S("public.index"));
    if (!f)
        return fail(&sc->fault, ERR_CORRUPT, "the manifest of release %lld lists no index",
                    (long long)c->ed->number);
    TRY(as_download(sc, c, "public.index", "application/octet-stream", f->sha256, rs));
    TRY(edition_file(sc, c->ed, f->sha256, &fd));
    rs->fd = fd;
    rs->fd_is =
        c->seen.mark; // when it was proved, before this answer: who has written into it since ends the answer
    return OK;
}

// -- for operators --------------------------------------------------------------------------------

enum err file_health(struct scope *sc, struct call *c, struct http_res *rs)
{
    (void)sc;
    bool trouble = editions_in_trouble(c->web->editions);
    rs->content_type = "text/plain; charset=utf-8";
    if (c->ed) {
        buf_printf(&rs->body, "ok release %lld\n", (long long)c->ed->number);
    } else if (editions_withdrawn(c->web->editions,
                                  &c->gone)) { // well, and its pages say why there is nothing else
        buf_printf(&rs->body, "ok nothing is served: release %lld was withdrawn\n",
                   (long long)c->gone.number);
    } else {
        if (!trouble) buf_add(&rs->body, S("nothing has been published yet\n"));
        rs->status = 503;
    }
    if (editions_foreign(c->web->editions))
        buf_add(&rs->body,
                S("the newest release is not signed by this town, and is not served; the log says more\n"));
    else if (trouble) buf_add(&rs->body, S("the newest release cannot be read; the log says why\n"));
    if (editions_unproved(c->web->editions))
        buf_add(
            &rs->body,
            S("files of the release are not what was published, and are not handed out; the log says why\n"));
    return OK;
}
