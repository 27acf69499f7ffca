// SPDX-License-Identifier: EUPL-1.2
#include "http/target.h"

#include "base/arena.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum err target_decode(struct scope *sc, str s, bool plus, str *out)
{
    char  *to = arena_alloc(sc->mem, s.n + 1);
    size_t n = 0;
    if (!to) return fail(&sc->fault, ERR_NOMEM, "no room for a request");
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return fail(&sc->fault, ERR_INVALID,
                            "a %% in the address is not followed by two hexadecimal digits");
            c = (unsigned char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) c = ' ';
        if (c < 0x20 || c == 0x7F)
            return fail(&sc->fault, ERR_INVALID, "the address holds a control character");
        to[n++] = (char)c;
    }
    *out = (str){ to, n };
    if (!str_is_utf8(*out, NULL)) return fail(&sc->fault, ERR_INVALID, "the address is not UTF-8");
    return OK;
}

static enum err read_params(struct scope *sc, str query, struct http_req *rq)
{
    size_t n = 0;
    for (size_t i = 0; i < query.n; i++) n += query.p[i] == '&';
    if (n >= HTTP_MAX_PARAMS)
        return fail(&sc->fault, ERR_LIMIT, "the address has more than %d parameters", HTTP_MAX_PARAMS);
    struct http_param *p = arena_array(sc->mem, struct http_param, n + 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for a request");
    str part, name;
    rq->param = p;
    for (rq->n_params = 0; str_cut(&query, '&', &part);) {
        if (!part.n) continue;
        str_cut(&part, '=', &name);
        TRY(target_decode(sc, name, true, &p[rq->n_params].name));
        TRY(target_decode(sc, part, true, &p[rq->n_params++].value));
    }
    return OK;
}

static bool is_clean(str path)
{
    str rest = str_slice(path, 1, path.n), segment;
    while (str_cut(&rest, '/', &segment)) {
        if (str_eq(segment, S(".")) || str_eq(segment, S(".."))) return false;
        if (!segment.n && rest.p) return false; // an empty one may stand at the end alone
    }
    return true;
}

bool authority_is_good(str s)
{
    size_t at = 0;
    if (s.n && s.p[0] == '[') {
        for (at = 1; at < s.n && s.p[at] != ']'; at++)
            if (hex(s.p[at]) < 0 && s.p[at] != ':' && s.p[at] != '.') return false;
        if (at < 3 || at++ >= s.n) return false;
    }
    for (; at < s.n && s.p[at] != ':' && s.p[0] != '['; at++) {
        char c = s.p[at];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '.' && c != '-' && c != '_') return false;
    }
    if (at < s.n && s.p[at++] != ':') return false;
    for (; at < s.n; at++)
        if (s.p[at] < '0' || s.p[at] > '9') return false;
    return true;
}

/// Cuts scheme and authority off an absolute form. False: the target has none.
static bool cut_authority(str *target, str *authority)
{
    static const char *const schemes[] = { "http://", "https://" };
    for (size_t i = 0; i < COUNT(schemes); i++) {
        str scheme = str_of(schemes[i]);
        if (!str_eq_nocase(str_slice(*target, 0, scheme.n), scheme)) continue;
        *target = str_slice(*target, scheme.n, target->n);
        size_t end = 0;
        while (end < target->n && target->p[end] != '/' && target->p[end] != '?' && target->p[end] != '#')
            end++;
        *authority = str_slice(*target, 0, end);
        *target = str_slice(*target, end, target->n);
        return true;
    }
    return false;
}

str target_path(str target)
{
    str authority;
    (void)cut_authority(&target, &authority);
    size_t query = str_find(target, '?'), fragment = str_find(target, '#');
    return str_slice(target, 0, query < fragment ? query : fragment);
}

/// Splits first and decodes then: a slash that was escaped is of its part.
static enum err mark_slashes(struct scope *sc, str sent, str *path)
{
    size_t n = 0;
    str    part, plain;
    char  *to = arena_alloc(sc->mem, sent.n + 1);
    if (!to) return fail(&sc->fault, ERR_NOMEM, "no room for an address");
    while (str_cut(&sent, '/', &part)) {
        TRY(target_decode(sc, part, false, &plain));
        for (size_t i = 0; i < plain.n; i++) to[n++] = plain.p[i] == '/' ? HTTP_SLASH : plain.p[i];
        if (sent.p) to[n++] = '/';
    }
    *path = (str){ to, n };
    return OK;
}

enum err target_read(struct scope *sc, str target, struct http_req *rq)
{
    str    authority;
    bool   absolute = cut_authority(&target, &authority);
    size_t at = str_find(target, '?');
    if (absolute && (!authority.n || authority.p[0] == ':' || !authority_is_good(authority)))
        return fail(&sc->fault, ERR_INVALID, "the address names no good host");
    if (str_has(target, S("#"))) return fail(&sc->fault, ERR_INVALID, "the address holds a fragment");
    str path = str_slice(target, 0, at);
    if (absolute && !path.n) path = S("/");
    if (!path.n || path.p[0] != '/')
        return fail(&sc->fault, ERR_INVALID, "the address does not begin with a slash");
    TRY(target_decode(sc, path, false, &rq->path));
    if (!is_clean(rq->path)) return fail(&sc->fault, ERR_INVALID, "the path holds \"//\", \".\" or \"..\"");
    if (str_has(path, S("%2F")) || str_has(path, S("%2f"))) TRY(mark_slashes(sc, path, &rq->path));
    rq->query = str_slice(target, at < target.n ? at + 1 : at, target.n);
    return read_params(sc, rq->query, rq);
}

/// Weight of ";q=0.5" in thousandths; 1000 when there is none.
static int quality(str params)
{
    str part, name;
    while (str_cut(&params, ';', &part)) {
        part = str_trim(part);
        if (!str_cut(&part, '=', &name) || !str_eq_nocase(str_trim(name), S("q"))) continue;
        double v;
        if (!str_to_double(str_trim(part), &v) || v < 0) return 0;
        return v > 1 ? 1000 : (int)(v * 1000 + 0.5);
    }
    return 1000;
}

unsigned accept_encoding(str header, unsigned there)
{
    static const struct {
        const char *name;
        unsigned    bit;
    } known[] = {
        { "br", CODING_BR }, { "zstd", CODING_ZSTD }, { "gzip", CODING_GZIP }, { "x-gzip", CODING_GZIP }
    };
    int others = 0, liked[COUNT(known)] = { -1, -1, -1, -1 };
    str part, name;
    while (str_cut(&header, ',', &part)) {
        str_cut(&part, ';', &name);
        name = str_trim(name);
        if (str_eq(name, S("*"))) others = quality(part);
        for (size_t i = 0; i < COUNT(known); i++)
            if (str_eq_nocase(name, str_of(known[i].name))) liked[i] = quality(part);
    }
    unsigned best = 0;
    int      most = 0;
    for (size_t i = 0; i < COUNT(known); i++) {
        int how = liked[i] >= 0 ? liked[i] : known[i].name[0] == 'x' ? 0 : others;
        if (how <= most || !(known[i].bit & there)) continue;
        most = how;
        best = known[i].bit;
    }
    return best;
}

static bool is_coding_suffix(str s)
{
    return !s.n || str_eq(s, S("-gz")) || str_eq(s, S("-zs")) || str_eq(s, S("-br"));
}

bool etag_matches(str list, str tag, str *listed)
{
    str part;
    *listed = tag;
    if (str_eq(str_trim(list), S("*"))) return true;
    while (str_cut(&list, ',', &part)) {
        part = str_trim(part);
        if (str_starts(part, S("W/"))) part = str_slice(part, 2, part.n);
        if (part.n < 2 || part.p[0] != '"' || part.p[part.n - 1] != '"') continue;
        part = str_slice(part, 1, part.n - 1);
        if (!str_starts(part, tag) || !is_coding_suffix(str_slice(part, tag.n, part.n))) continue;
        *listed = part;
        return true;
    }
    return false;
}

enum range range_read(str header, uint64_t size, uint64_t *first, uint64_t *last)
{
    if (!str_eq_nocase(str_slice(header, 0, 6), S("bytes=")) || str_has(header, S(","))) return RANGE_NONE;
    str      to = str_trim(str_slice(header, 6, header.n)), from;
    uint64_t a, b;
    if (!str_cut(&to, '-', &from) || !to.p) return RANGE_NONE;
    if (!from.n) { // "-500": the last 500 bytes
        if (!str_to_u64(to, &b)) return RANGE_NONE;
        if (!b || !size) return RANGE_BAD;
        *first = b < size ? size - b : 0;
        *last = size - 1;
        return RANGE_OK;
    }
    if (!str_to_u64(from, &a) || (to.n && !str_to_u64(to, &b))) return RANGE_NONE;
    if (!to.n || b >= size) b = size ? size - 1 : 0;
    if (a >= size) return RANGE_BAD;
    if (b < a) return RANGE_NONE;
    *first = a;
    *last = b;
    return RANGE_OK;
}
