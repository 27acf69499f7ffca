// SPDX-License-Identifier: EUPL-1.2
// The town's signing key, and the public keys that it and its forerunners had. DIR/keys/signing.key, mode 0600, replaced whole:
//     hromada signing key 1
//     secret SEED                                 64 hex digits (seal/sign.h); of the last key below
//     key KEY SINCE
//     key KEY SINCE BEFORE ITSELF                 a line a later key
// What readers get beside each release, releases/N/key.pub, and by what the server knows the town's own, DIR/town.pub, is the same
// without the secret, under "hromada public keys 1".
// BEFORE is the signature of "OLD NEW SINCE" by the key of the line above, or "lost"; ITSELF is the new key's of the same text.
// So who trusts an old key can trust the new one, unless it says "lost", and who trusts the new one can tell which key
// signed the releases before it. The trap is a SINCE that a wrong clock gave: a later line may be dated before it, and every
// later line ends what the keys above it may sign.
// Threads: whoever changes the file locks the folder. Tests: tests/unit/test_keys.c, tests/fuzz/fuzz_signed.c.
#pragma once
#include "base/buf.h"
#include "seal/sign.h"

enum {
    KEYS_MAX = 64,
    KEYS_WARN = 56, // from so many on people are told that there is an end
    KEYS_FILE_BYTES = 32 * 1024,
};

struct town_key {
    struct sign_key  key;
    int64_t          since_s;
    bool             lost; // the one before did not sign it
    struct signature before, itself;
};
struct key_list {
    struct town_key at[KEYS_MAX]; // oldest first; the last one signs
    size_t          n;            // at least 1
};
struct key_ring {
    struct sign_secret secret; // of the last of the list
    struct key_list    list;
};
void key_ring_wipe(struct key_ring *r); // for AUTO

/// The public list; every signature in it is checked. ERR_INVALID with the line.
enum err keys_read(struct scope *sc, str text, struct key_list *out);
/// The way back.
void     keys_add(struct buf *to, const struct key_list *list);
/// A list of one, of 64 hex digits. False: it is none.
bool     keys_of_hex(str hex, struct key_list *out);

/// ERR_NOTFOUND: the town has none. ERR_INVALID: others can read the file. ERR_INVALID, ERR_CORRUPT, ERR_LIMIT: it is damaged.
enum err keys_open(struct scope *sc, const char *data_dir, struct key_ring *out);
#define KEYS_PUBLIC "town.pub"
/// DIR/town.pub, by which the server knows the town, who does not read the secret. Written by keys_make and keys_rotate, and with each
/// publication, if it is another. ERR_IO, ERR_FULL.
enum err keys_tell(struct scope *sc, const char *data_dir, const struct key_list *list);
/// ERR_NOTFOUND: nothing has been published since there is one. ERR_INVALID, ERR_LIMIT, ERR_CORRUPT, ERR_IO.
enum err keys_public(struct scope *sc, const char *data_dir, struct key_list *out);
/// The same, and makes the first one when there is none; whether it may be the first is the caller's to know.
enum err keys_make(struct scope *sc, const char *data_dir, int64_t now_s, struct key_ring *out, bool *made);
/// A new key in place of the present one, which signs it. lost: that one is gone, and the new one goes on from this list; of
/// none (n 0) when nobody knows what was before. That now_s is right is the caller's to know (main/bounds.h).
/// ERR_NOTFOUND: there is none. ERR_EXISTS: it is not lost. ERR_LIMIT: there were KEYS_MAX already.
enum err keys_rotate(struct scope *sc, const char *data_dir, const struct key_list *lost, int64_t now_s,
                     struct key_ring *out);

/// What a writer of the key that was killed has left beside it: a secret that nobody has signed with. Waits for a living writer.
/// remove: it is removed; left is its path, or NULL when there is none or it was removed.
enum err keys_tidy(struct scope *sc, const char *data_dir, bool remove, const char **left);

/// Does this list go on from that one, or is it the same? Otherwise it is an older copy, or another town's.
bool     keys_go_on_from(const struct key_list *list, const struct key_list *from);
/// May what this key signed at that time be taken for the town's? `trusted` is believed whole; `shown` came with the
/// release and counts only as far as a trusted key in it vouches for those behind it. NULL: there is none.
/// ERR_CORRUPT with the reason.
enum err keys_trust(struct scope *sc, const struct key_list *trusted, const struct key_list *shown,
                    const struct sign_key *signer, int64_t signed_s);

// -- signed policies (policy.h) ----------------------------------------------------------------------------------------
/// Writes PATH.sig beside the policy.
enum err keys_sign_policy(struct scope *sc, const struct key_ring *r, const char *path, str text);
/// Is PATH.sig the present key's signature of this text? ERR_INVALID with the reason.
enum err keys_check_policy(struct scope *sc, const char *data_dir, const char *path, str text);
