// SPDX-License-Identifier: EUPL-1.2
#include "publish/keys.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SECRET_HEAD "hromada signing key 1"
#define PUBLIC_HEAD "hromada public keys 1"
#define LINK_TEXT "hromada key 1"
#define POLICY_TEXT "hromada policy 1"

void key_ring_wipe(struct key_ring *r)
{
    sodium_memzero(r, sizeof *r);
}

// -- the text ----------------------------------------------------------------------------------------------------------

static void add_key(struct buf *to, const struct town_key *k)
{
    char hex[2 * SIGN_KEY_BYTES + 1];
    sign_hex_write(hex, k->key.byte, sizeof k->key.byte);
    buf_printf(to, "%s ", hex);
    civil_add_time(to, k->since_s);
    buf_add_c(to, 'Z');
}

static void add_signature(struct buf *to, const struct signature *s)
{
    char hex[2 * SIGN_BYTES + 1];
    sign_hex_write(hex, s->byte, sizeof s->byte);
    buf_printf(to, " %s", hex);
}

static void add_keys(struct buf *to, const struct key_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct town_key *k = &list->at[i];
        buf_add(to, S("key "));
        add_key(to, k);
        if (i && k->lost) buf_add(to, S(" lost"));
        else if (i) add_signature(to, &k->before);
        if (i) add_signature(to, &k->itself);
        buf_add_c(to, '\n');
    }
}

void keys_add(struct buf *to, const struct key_list *list)
{
    buf_add(to, S(PUBLIC_HEAD "\n"));
    add_keys(to, list);
}

/// What the old and the new key sign.
static enum err link_text(struct scope *sc, const struct town_key *old, const struct town_key *new, str *out)
{
    AUTO(buf_free) struct buf b;
    char                      hex[2 * SIGN_KEY_BYTES + 1];
    buf_init(&b, 1024);
    sign_hex_write(hex, old->key.byte, sizeof old->key.byte);
    buf_printf(&b, "%s ", hex);
    add_key(&b, new);
    buf_add_c(&b, '\n');
    TRY(buf_end(sc, &b));
    *out = arena_str(sc->mem, buf_str(&b));
    return out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a key");
}

static enum err bad_line(struct scope *sc, int line)
{
    return fail(&sc->fault, ERR_INVALID, "line %d is no line of a list of keys", line);
}

/// What stands behind "key ".
static enum err read_key(struct scope *sc, str text, int line, struct key_list *list)
{
    struct town_key *k = &list->at[list->n];
    str              key = { 0 }, since = { 0 }, before = { 0 }, itself = { 0 };
    if (list->n == KEYS_MAX)
        return fail(&sc->fault, ERR_LIMIT, "line %d: at most %d keys are read", line, KEYS_MAX);
    *k = (struct town_key){ 0 };
    str_cut(&text, ' ', &key);
    str_cut(&text, ' ', &since);
    if (!sign_hex_read(key, k->key.byte, sizeof k->key.byte) || !str_ends(since, S("Z")) ||
        !civil_read_time(str_slice(since, 0, since.n - 1), &k->since_s))
        return bad_line(sc, line);
    if (!list->n++) return text.p ? bad_line(sc, line) : OK;
    str_cut(&text, ' ', &before);
    str_cut(&text, ' ', &itself);
    k->lost = str_eq(before, S("lost"));
    if (text.p || (!k->lost && !sign_hex_read(before, k->before.byte, sizeof k->before.byte)) ||
        !sign_hex_read(itself, k->itself.byte, sizeof k->itself.byte))
        return bad_line(sc, line);
    str both;
    TRY(link_text(sc, k - 1, k, &both));
    enum err e = k->lost ? OK : sign_check(sc, &k[-1].key, LINK_TEXT, both, &k->before);
    if (!e) e = sign_check(sc, &k->key, LINK_TEXT, both, &k->itself);
    return e ? fail_at(&sc->fault, "line %d", line) : OK;
}

/// The lines behind the first; a secret, where one may stand, goes to *secret.
static enum err read_lines(struct scope *sc, str text, str head, struct sign_secret *secret,
                           struct key_list *out)
{
    str  line;
    bool has_secret = !secret;
    out->n = 0;
    if (text.n > KEYS_FILE_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "a list of keys has at most %d bytes, not %zu", KEYS_FILE_BYTES,
                    text.n);
    if (!str_cut(&text, '\n', &line) || !str_eq(line, head))
        return fail(&sc->fault, ERR_INVALID, "it does not begin with \"%.*s\"", STR(head));
    for (int at = 2; str_cut(&text, '\n', &line); at++) {
        if (!line.n && !text.p) break; // behind the last line end
        if (str_starts(line, S("key "))) TRY(read_key(sc, str_slice(line, 4, line.n), at, out));
        else if (!has_secret && str_starts(line, S("secret ")) &&
                 sign_hex_read(str_slice(line, 7, line.n), secret->seed, sizeof secret->seed))
            has_secret = true;
        else return bad_line(sc, at);
    }
    return out->n && has_secret ? OK : fail(&sc->fault, ERR_INVALID, "it holds no key");
}

enum err keys_read(struct scope *sc, str text, struct key_list *out)
{
    return read_lines(sc, text, S(PUBLIC_HEAD), NULL, out);
}

bool keys_of_hex(str hex, struct key_list *out)
{
    *out = (struct key_list){ .n = 1 };
    return sign_hex_read(hex, out->at[0].key.byte, sizeof out->at[0].key.byte);
}

// -- the file ----------------------------------------------------------------------------------------------------------

static enum err key_paths(struct scope *sc, const char *data_dir, const char **dir, const char **file)
{
    TRY(path_join(sc, data_dir, "keys", dir));
    return path_join(sc, *dir, "signing.key", file);
}

/// What to do about a file that is there and is no key.
static enum err damaged(struct scope *sc, const char *path, enum err e)
{
    if (e == ERR_NOMEM) return e;
    const char *why = arena_cstr(sc->mem, str_slice(str_of(sc->fault.text), 0, 200));
    return fail(
        &sc->fault, e,
        "%s is damaged (%s): move it away, then bring back your copy; if that is lost, \"hromada keys "
        "rotate --lost\" makes a new key",
        path, why ? why : "no room for why");
}

enum err keys_open(struct scope *sc, const char *data_dir, struct key_ring *out)
{
    const char *dir, *path;
    char        text[KEYS_FILE_BYTES];
    size_t      n;
    TRY(key_paths(sc, data_dir, &dir, &path));
    enum err e = sign_file_read(sc, path, text, sizeof text, &n);
    bool     is_ours = !e;
    if (is_ours) e = read_lines(sc, (str){ text, n }, S(SECRET_HEAD), &out->secret, &out->list);
    sodium_memzero(text, sizeof text);
    if (e) return is_ours || e == ERR_LIMIT ? damaged(sc, path, e) : e;
    sign_secret_grow(&out->secret);
    struct sign_key public = sign_public(&out->secret);
    if (sign_key_eq(&public, &out->list.at[out->list.n - 1].key)) return OK;
    return damaged(sc, path, fail(&sc->fault, ERR_CORRUPT, "the secret is not that of its last key"));
}

static enum err write_ring(struct scope *sc, const char *path, const struct key_ring *r)
{
    AUTO(buf_free) struct buf list;
    char                      text[KEYS_FILE_BYTES], seed[2 * SIGN_SEED_BYTES + 1];
    buf_init(&list, sizeof text - 256);
    add_keys(&list, &r->list);
    TRY(buf_end(sc, &list));
    sign_hex_write(seed, r->secret.seed, sizeof r->secret.seed);
    int      n = snprintf(text, sizeof text, SECRET_HEAD "\nsecret %s\n%.*s", seed, STR(buf_str(&list)));
    enum err e = sign_file_replace(sc, path, (str){ text, (size_t)n });
    sodium_memzero(text, sizeof text);
    sodium_memzero(seed, sizeof seed);
    return e;
}

/// Makes the folder, and nobody else makes a key meanwhile; closing it gives it back.
static enum err lock_keys(struct scope *sc, const char *data_dir, const char *dir, int *out)
{
    TRY(dir_make(sc, dir));
    TRY(dir_sync(sc, data_dir));
    AUTO(fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno(&sc->fault, "cannot open %s", dir);
    while (flock(fd, LOCK_EX))
        if (errno != EINTR) return fail_errno(&sc->fault, "cannot lock %s", dir);
    *out = fd;
    fd = -1;
    return OK;
}

static enum err public_path(struct scope *sc, const char *data_dir, const char **out)
{
    return path_join(sc, data_dir, KEYS_PUBLIC, out);
}

enum err keys_tell(struct scope *sc, const char *data_dir, const struct key_list *list)
{
    AUTO(buf_free) struct buf b;
    const char               *path;
    struct scope              own = { .mem = sc->mem };
    str                       is;
    buf_init(&b, KEYS_FILE_BYTES);
    keys_add(&b, list);
    TRY(buf_end(sc, &b));
    TRY(public_path(sc, data_dir, &path));
    enum err e = file_read_own(&own, path, KEYS_FILE_BYTES, &is);
    return !e && str_eq(is, buf_str(&b)) ? OK : file_replace(sc, path, buf_str(&b));
}

enum err keys_public(struct scope *sc, const char *data_dir, struct key_list *out)
{
    const char *path;
    str         text;
    TRY(public_path(sc, data_dir, &path));
    TRY(file_read_own(sc, path, KEYS_FILE_BYTES, &text));
    return keys_read(sc, text, out) ? fail_at(&sc->fault, "%s", path) : OK;
}

enum err keys_make(struct scope *sc, const char *data_dir, int64_t now_s, struct key_ring *out, bool *made)
{
    AUTO(fd_closep) int lock = -1;
    const char         *dir, *path;
    *made = false;
    TRY(key_paths(sc, data_dir, &dir, &path));
    TRY(lock_keys(sc, data_dir, dir, &lock));
    enum err e = keys_open(sc, data_dir, out);
    if (e != ERR_NOTFOUND) return e ? e : keys_tell(sc, data_dir, &out->list);
    sign_secret_make(&out->secret);
    out->list = (struct key_list){ .n = 1, .at = { { sign_public(&out->secret), now_s } } };
    TRY(write_ring(sc, path, out));
    *made = true;
    return keys_tell(sc, data_dir, &out->list);
}

enum err keys_tidy(struct scope *sc, const char *data_dir, bool remove, const char **left)
{
    AUTO(fd_closep) int lock = -1;
    const char         *dir, *path;
    *left = NULL;
    TRY(key_paths(sc, data_dir, &dir, &path));
    str tmp = arena_printf(sc->mem, "%s.tmp", path);
    if (!tmp.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (access(tmp.p, F_OK)) return OK; // nothing to wait for
    TRY(lock_keys(sc, data_dir, dir, &lock));
    if (access(tmp.p, F_OK)) return OK; // its writer was alive
    if (!remove) {
        *left = tmp.p;
        return OK;
    }
    if (unlink(tmp.p)) return fail_errno(&sc->fault, "cannot remove %s", tmp.p);
    return dir_sync(sc, dir);
}

static enum err sign_link(struct scope *sc, const struct key_ring *old, struct key_ring *new, bool lost)
{
    struct town_key *k = &new->list.at[new->list.n - 1];
    str              text;
    TRY(link_text(sc, k - 1, k, &text));
    k->lost = lost;
    if (!lost) TRY(sign_bytes(sc, &old->secret, LINK_TEXT, text, &k->before));
    return sign_bytes(sc, &new->secret, LINK_TEXT, text, &k->itself);
}

enum err keys_rotate(struct scope *sc, const char *data_dir, const struct key_list *lost, int64_t now_s,
                     struct key_ring *out)
{
    AUTO(fd_closep) int                 lock = -1;
    AUTO(key_ring_wipe) struct key_ring old = { 0 };
    const char                         *dir, *path;
    TRY(key_paths(sc, data_dir, &dir, &path));
    TRY(lock_keys(sc, data_dir, dir, &lock));
    enum err e = keys_open(sc, data_dir, &old);
    if (lost && !e)
        return fail(&sc->fault, ERR_EXISTS, "%s is there, so it is not lost; leave --lost away", path);
    if (!lost || e != ERR_NOTFOUND) TRY(e);
    if (lost) old.list = *lost;
    if (old.list.n == KEYS_MAX)
        return fail(&sc->fault, ERR_LIMIT, "there were %d keys already, and no more are kept", KEYS_MAX);
    out->list = old.list;
    sign_secret_make(&out->secret);
    out->list.at[out->list.n++] = (struct town_key){ sign_public(&out->secret), now_s };
    if (old.list.n) TRY(sign_link(sc, &old, out, lost != NULL));
    TRY(write_ring(sc, path, out));
    return keys_tell(sc, data_dir, &out->list);
}

// -- trust -------------------------------------------------------------------------------------------------------------

static size_t key_at(const struct key_list *list, const struct sign_key *k)
{
    size_t i = 0;
    while (i < list->n && !sign_key_eq(&list->at[i].key, k)) i++;
    return i;
}

/// Does a trusted key in the list stand before this one, with each in between signed by the one before it?
static bool is_vouched_for(const struct key_list *trusted, const struct key_list *shown, size_t at)
{
    for (size_t i = at; i > 0 && !shown->at[i].lost; i--)
        if (key_at(trusted, &shown->at[i - 1].key) < trusted->n) return true;
    return false;
}

bool keys_go_on_from(const struct key_list *list, const struct key_list *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (i == list->n || !sign_key_eq(&list->at[i].key, &from->at[i].key) ||
            list->at[i].since_s != from->at[i].since_s)
            return false;
    return true;
}

/// A key says nothing of what is dated behind the day when another took its place; nor, when that one's clock was ahead, behind
/// the day of any key after it.
static enum err check_date(struct scope *sc, const struct key_list *list, size_t at, int64_t signed_s)
{
    bool replaced = false;
    for (size_t i = at + 1; i < list->n; i++) replaced = replaced || signed_s > list->at[i].since_s;
    if (!replaced) return OK;
    return fail(&sc->fault, ERR_CORRUPT,
                "it was signed with a key that another had replaced by then: take it for forged");
}

enum err keys_trust(struct scope *sc, const struct key_list *trusted, const struct key_list *shown,
                    const struct sign_key *signer, int64_t signed_s)
{
    size_t at = key_at(trusted, signer);
    if (at < trusted->n) return check_date(sc, trusted, at, signed_s);
    at = shown ? key_at(shown, signer) : 0;
    if (shown && at < shown->n && is_vouched_for(trusted, shown, at))
        return check_date(sc, shown, at, signed_s);
    char print[SIGN_FINGERPRINT_BYTES];
    sign_fingerprint(signer, print);
    return fail(&sc->fault, ERR_CORRUPT,
                "it is signed with another key (%s), and the given one does not vouch for it", print);
}

// -- signed policies ---------------------------------------------------------------------------------------------------

static enum err signature_path(struct scope *sc, const char *path, const char **out)
{
    str s = arena_printf(sc->mem, "%s.sig", path);
    *out = s.p;
    return s.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a path");
}

enum err keys_sign_policy(struct scope *sc, const struct key_ring *r, const char *path, str text)
{
    AUTO(buf_free) struct buf b;
    struct signature          s;
    const char               *to;
    buf_init(&b, 1024);
    TRY(signature_path(sc, path, &to));
    TRY(sign_bytes(sc, &r->secret, POLICY_TEXT, text, &s));
    sign_text_add(&b, &s);
    TRY(buf_end(sc, &b));
    return file_replace(sc, to, buf_str(&b));
}

enum err keys_check_policy(struct scope *sc, const char *data_dir, const char *path, str text)
{
    AUTO(key_ring_wipe) struct key_ring r;
    struct signature                    s;
    const char                         *from;
    str                                 hex;
    TRY(signature_path(sc, path, &from));
    enum err e = file_read(sc, from, SIGN_TEXT_BYTES, &hex);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_INVALID,
                    "its exceptions count only with the town's signature, and %s is not there: hromada keys "
                    "sign-policy %s",
                    from, path);
    TRY(e);
    TRY(keys_open(sc, data_dir, &r));
    if (!sign_text_read(hex, &s)) return fail(&sc->fault, ERR_INVALID, "%s is no signature", from);
    e = sign_check(sc, &r.list.at[r.list.n - 1].key, POLICY_TEXT, text, &s);
    if (e != ERR_CORRUPT) return e;
    return fail(
        &sc->fault, ERR_INVALID,
        "%s is not the signature of this text by the town's present key, so its exceptions do not count: "
        "read the policy again and sign it with hromada keys sign-policy %s",
        from, path);
}
