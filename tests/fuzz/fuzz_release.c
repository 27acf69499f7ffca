// SPDX-License-Identifier: EUPL-1.2
// The texts of a release folder: releases/current, the public manifest and the list of files in the restricted one,
// with a NUL between them. A folder is whole only when a manifest lists the file that lies there, with its true hash.
#include "fuzz.h"

#include "base/file.h"
#include "publish/release.h"
#include "seal/hash.h"
#include "web/releases.h"
#include <string.h>
#include <sys/stat.h>

static char dir[] = "/tmp/hromada-fuzz-XXXXXX";

static void remove_dir(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    must(!system(command));
}

static void put(const char *name, str bytes)
{
    char  path[128];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wbe");
    must(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && !fclose(f));
}

static void make_dirs(void)
{
    static const char *const names[] = { "releases", "releases/1", "restricted", "restricted/1" };
    char                     path[128];
    must(mkdtemp(dir));
    atexit(remove_dir);
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        must(!mkdir(path, 0700));
    }
    put("releases/1/public.index", S("an index"));
}

struct readers {
    struct told          *told;
    struct origin        *origin;
    struct release_notes *notes;
};
static void closep(struct readers *w)
{
    notes_close(w->notes);
    origin_close(w->origin);
    told_close(w->told);
}

static void check(struct scope *sc, str manifest)
{
    const struct release_note *note = NULL;
    int64_t                    number = 0;
    size_t                     n = 0;
    str                        hash;
    enum err                   e = release_current(sc, dir, &number);
    must(e ? sc->fault.code == e : number > 0);
    AUTO(closep) struct readers w = { told_open(&clock_system), origin_open(), NULL };
    w.notes = w.told && w.origin ? notes_open(dir, w.origin, &clock_system, w.told) : NULL;
    must(w.notes);
    must_tell(sc, releases_read(sc, w.notes, 0, 0, RELEASES_MAX, &note, &n));
    for (size_t i = 0; i < n; i++) must(note[i].number == 1 && str_is_utf8(note[i].index_sha256, NULL));
    if (release_verify(sc, dir, 1)) return;
    must(hash_sha256(sc, S("an index"), &hash) == OK);
    must(str_has(manifest, hash) && str_has(manifest, S("public.index")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { .mem = arena_open((size_t)64 << 20) };
    str          rest = { (const char *)data, n }, current = { 0 }, manifest = { 0 }, hash;
    must(sc.mem);
    if (str_ends(str_of(dir), S("XXXXXX"))) make_dirs();
    str_cut(&rest, 0, &current);
    str_cut(&rest, 0, &manifest);
    must(hash_sha256(&sc, manifest, &hash) == OK);
    put("releases/current", current);
    put("releases/1/manifest.json", manifest);
    str restricted =
        arena_printf(sc.mem, "{\"public_manifest_sha256\":\"%.*s\",\"files\":%.*s}", STR(hash), STR(rest));
    put("restricted/1/manifest.json", restricted);
    must(hash_sha256(&sc, restricted, &hash) == OK);
    put("restricted/1/manifest.sha256", arena_printf(sc.mem, "%.*s  manifest.json\n", STR(hash)));
    check(&sc, manifest);
    arena_close(sc.mem);
    return 0;
}
