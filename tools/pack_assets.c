// SPDX-License-Identifier: EUPL-1.2
// The files of the browser side to C: pack_assets [--fast] ASSETS.list MANIFEST.json|- IDS.h TABLE.c BLOB.bin [FILE...]
// MANIFEST.json maps plain names to the hashed ones that lie beside it ("map.js" to "map.1f6c0a9d.js"); all of them are
// packed, raw and, where that saves a tenth, as gzip and brotli. So is each FILE, with a hash put into its name.
// ASSETS.list names those that pages and handlers may name; with "-" for the manifest the program is built without its
// browser side: the addresses of what is missing then answer 404.
#include "pack.h"
#include <libdeflate.h>
#include <sodium.h>
#ifdef HAVE_BROTLI
#include <brotli/encode.h>
#endif

enum { MAX_FILES = 512, GZIP_LEVEL = 12 };

struct part {
    size_t at, n;
};
struct file {
    str         plain, name, path;
    struct part raw, gzip, br;
    char        etag[33];
};
struct pack {
    struct scope sc;
    bool         fast;
    struct file  file[MAX_FILES];
    size_t       n_files;
    str          id[MAX_FILES];
    size_t       n_ids;
    struct buf   blob;
};

_Noreturn PRINTF(1, 2) static void die(const char *format, ...);
static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

// clang-format off
static const struct {
    const char *ext, *type;
    bool        dense; // compressed already
} types[] = {
    { ".css",   "text/css; charset=utf-8",         false },
    { ".html",  "text/html; charset=utf-8",        false },
    { ".ico",   "image/vnd.microsoft.icon",        false },
    { ".js",    "text/javascript; charset=utf-8",  false },
    { ".json",  "application/json",                false },
    { ".mjs",   "text/javascript; charset=utf-8",  false },
    { ".png",   "image/png",                       true },
    { ".svg",   "image/svg+xml",                   false },
    { ".txt",   "text/plain; charset=utf-8",       false },
    { ".woff2", "font/woff2",                      true },
};
// clang-format on

static size_t type_of(str name)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_ends(name, str_of(types[i].ext))) return i;
    die("%.*s: no media type is known for this file (tools/pack_assets.c)", STR(name));
}

static struct part put(struct pack *p, const void *bytes, size_t n)
{
    struct part at = { p->blob.n, n };
    buf_add_bytes(&p->blob, bytes, n);
    return at;
}

/// Only what saves a tenth is worth a second form.
static bool saves(size_t raw, size_t packed)
{
    return packed && packed < raw - raw / 10;
}

static void add_gzip(struct pack *p, struct file *f, str s)
{
    struct libdeflate_compressor *z = libdeflate_alloc_compressor(GZIP_LEVEL);
    size_t                        room = z ? libdeflate_gzip_compress_bound(z, s.n) : 0;
    char                         *to = room ? malloc(room) : NULL;
    if (!to) die("no memory to compress %.*s", STR(f->name));
    size_t n = libdeflate_gzip_compress(z, s.p, s.n, to, room);
    if (saves(s.n, n)) f->gzip = put(p, to, n);
    free(to);
    libdeflate_free_compressor(z);
}

static void add_brotli(struct pack *p, struct file *f, str s)
{
#ifdef HAVE_BROTLI
    size_t   n = BrotliEncoderMaxCompressedSize(s.n);
    uint8_t *to = n ? malloc(n) : NULL;
    if (!to) die("no memory to compress %.*s", STR(f->name));
    if (BrotliEncoderCompress(11, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_TEXT, s.n, (const uint8_t *)s.p, &n,
                              to) &&
        saves(s.n, n))
        f->br = put(p, to, n);
    free(to);
#else
    (void)p, (void)f, (void)s;
#endif
}

static void pack_file(struct pack *p, struct file *f)
{
    str           s = pack_read(&p->sc, f->path.p);
    unsigned char hash[16];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)s.p, s.n, NULL, 0);
    for (size_t i = 0; i < sizeof hash; i++) snprintf(f->etag + 2 * i, 3, "%02x", hash[i]);
    if (!f->name.n) { // not from the bundler, which puts the hash in
        size_t dot = f->plain.n;
        while (dot && f->plain.p[dot - 1] != '.') dot--;
        f->name = arena_printf(p->sc.mem, "%.*s%.10s.%.*s", (int)dot, f->plain.p, f->etag,
                               STR(str_slice(f->plain, dot, f->plain.n)));
    }
    f->raw = put(p, s.p, s.n);
    if (types[type_of(f->name)].dense) return;
    add_gzip(p, f, s);
    if (!p->fast) add_brotli(p, f, s);
}

/// { "map.js": "map.1f6c0a9d.js", ... }: one object of plain strings, as tools/front.mjs writes it.
static void read_manifest(struct pack *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    str         folder = slash ? (str){ path, (size_t)(slash + 1 - path) } : S("");
    str         text = pack_read(&p->sc, path), part, two[2];
    int         k = 0;
    if (!str_starts(str_trim(text), S("{"))) die("%s: want one JSON object", path);
    while (str_cut(&text, '"', &part) && text.p) {
        if (str_has(part, S("\\")) || !str_cut(&text, '"', &two[k]) || !text.p)
            die("%s: want names in quotes", path);
        if (!two[k].n || str_has(two[k], S("/")) || str_has(two[k], S("\\")) || str_has(two[k], S("..")))
            die("%s: \"%.*s\" is not the name of a file beside it", path, STR(two[k]));
        if (!(k = !k)) {
            if (p->n_files == MAX_FILES) die("%s: more than %d files", path, MAX_FILES);
            p->file[p->n_files++] =
                (struct file){ .plain = two[0],
                               .name = two[1],
                               .path = arena_printf(p->sc.mem, "%.*s%.*s", STR(folder), STR(two[1])) };
        }
    }
    if (k) die("%s: \"%.*s\" has no file", path, STR(two[0]));
}

static void add_file(struct pack *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (p->n_files == MAX_FILES) die("more than %d files", MAX_FILES);
    p->file[p->n_files++] = (struct file){ .plain = str_of(slash ? slash + 1 : path), .path = str_of(path) };
}

static void read_ids(struct pack *p, const char *path)
{
    str text = pack_read(&p->sc, path), line;
    while (str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (p->n_ids == MAX_FILES) die("%s: more than %d names", path, MAX_FILES);
        p->id[p->n_ids++] = line;
    }
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void write_ids(struct pack *p, const char *path)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    buf_add(&b, S("// Generated from assets.list by tools/pack_assets.\n#pragma once\n\nenum asset {\n"));
    for (size_t i = 0; i < p->n_ids; i++) {
        buf_add(&b, S("    ASSET_"));
        pack_name(&b, p->id[i]);
        buf_add(&b, S(",\n"));
    }
    buf_add(&b, S("};\n"));
    pack_write(&p->sc, path, &b);
}

static void add_part(struct buf *b, struct part s)
{
    if (s.n) buf_printf(b, " { asset_blob + %zu, %zu },", s.at, s.n);
    else buf_add(b, S(" { 0 },"));
}

static void write_table(struct pack *p, const char *path, const char *blob, const char *list, bool whole)
{
    struct buf b;
    buf_init(&b, PACK_MAX_OUT);
    buf_add(&b, S("// Generated by tools/pack_assets.\n#include \"html/asset_int.h\"\n\n"
                  "extern const char asset_blob[] __attribute__((visibility(\"hidden\")));\n"
                  "__asm__(\".pushsection .rodata.assets,\\\"a\\\"\\n.balign 16\\n.globl "
                  "asset_blob\\n.hidden asset_blob\\n"
                  "asset_blob:\\n.incbin \" "));
    str quoted = arena_printf(p->sc.mem, "\"%s\"", blob);
    pack_literal(&b, quoted);
    buf_add(&b, S(" \"\\n.byte 0\\n.popsection\\n\");\n\n"));
    buf_printf(&b, "const size_t asset_table_n = %zu;\nconst struct asset_file asset_table[] = {\n",
               p->n_files);
    for (size_t i = 0; i < p->n_files; i++) {
        const struct file *f = &p->file[i];
        buf_add(&b, S("    { { "));
        pack_literal(&b, f->name);
        buf_printf(&b, ", %zu }, \"%s\", { \"%s\", %zu },", f->name.n, types[type_of(f->name)].type, f->etag,
                   strlen(f->etag));
        add_part(&b, f->raw);
        add_part(&b, f->gzip);
        add_part(&b, f->br);
        buf_add(&b, S(" },\n"));
    }
    buf_add(&b, S("    { { 0 } },\n};\nconst struct asset_id asset_ids[] = {\n"));
    for (size_t i = 0; i < p->n_ids; i++) {
        size_t k = 0;
        while (k < p->n_files && !str_eq(p->file[k].plain, p->id[i])) k++;
        bool there = k < p->n_files;
        if (!there && whole) die("%s: the browser side has no \"%.*s\"", list, STR(p->id[i]));
        str name = there ? p->file[k].name : p->id[i];
        buf_printf(&b, "    { %d, { \"/static/%.*s\", %zu } },\n", there ? (int)k : -1, STR(name),
                   name.n + 8);
    }
    buf_add(&b, S("};\n"));
    pack_write(&p->sc, path, &b);
}

int main(int argc, char **argv)
{
    struct pack *p = calloc(1, sizeof *p);
    if (argc > 1 && !strcmp(argv[1], "--fast")) p->fast = true, argv++, argc--;
    if (!p || argc < 6 || sodium_init() < 0) {
        fprintf(stderr,
                "usage: pack_assets [--fast] ASSETS.list MANIFEST.json|- IDS.h TABLE.c BLOB.bin [FILE...]\n");
        return 2;
    }
    bool whole = strcmp(argv[2], "-") != 0;
    p->sc.mem = arena_open((size_t)1 << 30);
    buf_init(&p->blob, PACK_MAX_OUT);
    read_ids(p, argv[1]);
    if (whole) read_manifest(p, argv[2]);
    for (int i = 6; i < argc; i++) add_file(p, argv[i]);
    for (size_t i = 0; i < p->n_files; i++) pack_file(p, &p->file[i]);
    qsort(p->file, p->n_files, sizeof *p->file, by_name);
    write_ids(p, argv[3]);
    pack_check(&p->sc, buf_end(&p->sc, &p->blob));
    pack_check(&p->sc, file_replace(&p->sc, argv[5], buf_str(&p->blob)));
    write_table(p, argv[4], argv[5], argv[1], whole);
    buf_free(&p->blob);
    arena_close(p->sc.mem);
    free(p);
    return 0;
}
