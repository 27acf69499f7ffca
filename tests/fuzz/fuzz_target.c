// SPDX-License-Identifier: EUPL-1.2
// A line each: the target of a request, Accept-Encoding, If-None-Match, Range, Accept-Language. What was read must be
// clean, and a link made of it must say the same in another language.
#include "fuzz.h"

#include "http/target.h"
#include "web/accept.h"
#include "web/routes.h"
#include <string.h>

static void check_clean(const struct http_req *rq)
{
    must(rq->path.n && rq->path.p[0] == '/' && str_is_utf8(rq->path, NULL));
    must(!str_has(rq->path, S("//")) && !str_has(rq->path, S("/../")) && !str_ends(rq->path, S("/..")));
    must(rq->n_params <= HTTP_MAX_PARAMS);
    for (size_t i = 0; i < rq->n_params; i++)
        must(str_is_utf8(rq->param[i].name, NULL) && str_is_utf8(rq->param[i].value, NULL));
}

static bool is_language(const struct http_req *rq, size_t i)
{
    return str_eq(rq->param[i].name, S("lang"));
}

/// The same address in another language: that language once, and all else as it was.
static void check_in_language(struct scope *sc, const struct http_req *rq, enum language lang)
{
    struct links    l = { .sc = sc };
    struct http_req again = { 0 };
    enum language   got;
    size_t          k = 0, named = 0;
    str             url = url_in(&l, rq->path, rq->query, lang);
    if (!url.n || rq->n_params >= HTTP_MAX_PARAMS) return; // longer than a link may be
    must(target_read(sc, url, &again) == OK);
    must(str_eq(again.path, rq->path));
    must(accept_choose(&again, LANG_EN, &got) && got == lang);
    for (size_t i = 0; i < again.n_params; i++) {
        if (is_language(&again, i)) {
            named++;
            continue;
        }
        while (k < rq->n_params && is_language(rq, k)) k++;
        must(k < rq->n_params);
        must(str_eq(again.param[i].name, rq->param[k].name));
        must(str_eq(again.param[i].value, rq->param[k].value));
        k++;
    }
    while (k < rq->n_params && is_language(rq, k)) k++;
    must(k == rq->n_params && named == 1);
}

static void check_target(struct scope *sc, str line)
{
    struct http_req   rq = { 0 };
    struct http_param at[CALL_MAX_PATH];
    size_t            n = 0;
    enum err          e = target_read(sc, line, &rq);
    if (e) {
        must(sc->fault.code == e && sc->fault.text[0]);
        return;
    }
    check_clean(&rq);
    const struct route *r = route_find(rq.path, at, &n);
    must(n <= CALL_MAX_PATH);
    for (size_t i = 0; r && i < n; i++) must(at[i].name.n && str_has(rq.path, at[i].value));
    for (int l = 0; l < LANGUAGES; l++) check_in_language(sc, &rq, (enum language)l);
}

static str join(struct scope *sc, str a, str b)
{
    str s = arena_printf(sc->mem, "%.*s%.*s", STR(a), STR(b));
    must(s.p);
    return s;
}

static bool has_nocase(str s, str part)
{
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (str_eq_nocase(str_slice(s, i, i + part.n), part)) return true;
    return false;
}

static void check_encoding(str line)
{
    static const struct {
        enum coding coding;
        str         name;
    } codings[] = { { CODING_GZIP, S("gzip") }, { CODING_ZSTD, S("zstd") }, { CODING_BR, S("br") } };
    unsigned best = accept_encoding(line, CODING_GZIP | CODING_ZSTD | CODING_BR);
    must(!(best & (best - 1)) && best <= CODING_BR);
    must(!best || accept_encoding(line, best) == best); // what is liked best is taken alone, too
    must(!accept_encoding(line, 0));
    for (size_t i = 0; i < COUNT(codings); i++) {
        unsigned alone = accept_encoding(line, codings[i].coding);
        must(!(alone & ~(unsigned)codings[i].coding) && (best || !alone));
        if (!str_has(line, S("*")) && !has_nocase(line, codings[i].name)) must(!alone);
    }
}

static void check_range(str line)
{
    static const uint64_t sizes[] = { 0, 1, 1000, UINT64_MAX };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint64_t first = 7, last = 3;
        if (range_read(line, sizes[i], &first, &last) == RANGE_OK) must(first <= last && last < sizes[i]);
        else must(first == 7 && last == 3);
    }
}

static void check_language(struct scope *sc, str line)
{
    enum language l = LANGUAGES;
    if (accept_language(line, &l)) must((int)l >= 0 && l < LANGUAGES);
    if (str_has(line, S("\0"))) return;
    must(accept_language(join(sc, S("cs,"), line), &l) && l == LANG_CS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { .mem = arena_open((size_t)16 << 20) };
    str          rest = { (const char *)data, n }, line[5] = { { 0 } };
    must(sc.mem);
    for (size_t i = 0; i < COUNT(line) && str_cut(&rest, '\n', &line[i]); i++) continue;
    check_target(&sc, line[0]);
    check_encoding(line[1]);
    str listed;
    if (!str_has(line[2], S("\0")))
        must(etag_matches(join(&sc, line[2], S(",\"1-en\"")), S("1-en"), &listed));
    must(!etag_matches(line[2], S("a tag that nobody can have written"), &listed) ||
         str_has(line[2], S("*")) || str_has(line[2], S("nobody")));
    check_range(line[3]);
    check_language(&sc, line[4]);
    arena_close(sc.mem);
    return 0;
}
