// SPDX-License-Identifier: EUPL-1.2
// What hromada verify reads: the first byte says whether the rest is a list of keys (k), a signature (s), a manifest (m), or a
// whole download, manifest, signature and keys with a NUL between them (d).
#include "fuzz.h"

#include "base/file.h"
#include "publish/release.h"
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

/// What is read is written as it was, but for a last line end that was not there.
static void keys(struct scope *sc, str text)
{
    struct key_list list, again;
    struct buf      b;
    enum err        e = keys_read(sc, text, &list);
    must(!e || (sc->fault.code == e && sc->fault.text[0]));
    if (e) return;
    must(list.n >= 1 && list.n <= KEYS_MAX);
    buf_init(&b, 2 * KEYS_FILE_BYTES);
    keys_add(&b, &list);
    must(str_starts(buf_str(&b), text) && b.n <= text.n + 1);
    must(keys_read(sc, buf_str(&b), &again) == OK && again.n == list.n);
    buf_free(&b);
}

static void signature(str text)
{
    struct signature s;
    struct buf       b;
    if (!sign_text_read(text, &s)) return;
    buf_init(&b, 1024);
    sign_text_add(&b, &s);
    must(str_eq(buf_str(&b), text));
    buf_free(&b);
}

static void manifest(struct scope *sc, str text)
{
    struct apart a;
    str          sha256[APART_MAX_FILES];
    enum err     e = apart_read(sc, text, &a, sha256);
    must(!e || (sc->fault.code == e && sc->fault.text[0]));
    for (size_t i = 0; i < a.n && !e; i++)
        must(sha256[i].n == 64 && a.file[i].name.n && str_find(a.file[i].name, '/') == a.file[i].name.n);
}

/// Nothing made up passes for the town's: this key was thrown away.
static void download(struct scope *sc, str rest)
{
    static const char name[][16] = { "manifest.json", "manifest.sig", "key.pub" };
    struct key_list   own;
    struct apart      a;
    str               part;
    if (str_ends(str_of(dir), S("XXXXXX"))) {
        must(mkdtemp(dir));
        atexit(remove_dir);
    }
    for (size_t i = 0; i < COUNT(name); i++) {
        part = (str){ 0 };
        str_cut(&rest, 0, &part);
        put(name[i], part.p ? part : S(""));
    }
    must(keys_of_hex(S("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511b"), &own));
    must_tell(sc, apart_verify(sc, dir, S(""), NULL, &a));
    must(apart_verify(sc, dir, S(""), &own, &a) != OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { .mem = arena_open((size_t)64 << 20) };
    must(sc.mem);
    str rest = n ? (str){ (const char *)data + 1, n - 1 } : S("");
    if (n && data[0] == 'k') keys(&sc, rest);
    if (n && data[0] == 's') signature(rest);
    if (n && data[0] == 'm') manifest(&sc, rest);
    if (n && data[0] == 'd') download(&sc, rest);
    arena_close(sc.mem);
    return 0;
}
