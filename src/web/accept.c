// SPDX-License-Identifier: EUPL-1.2
#include "web/accept.h"

enum { ACCEPT_MAX_RANGES = 32 };

/// "0.8" in thousandths; a weight that cannot be read counts as none.
static int weight_of(str params)
{
    double q;
    for (str part; str_cut(&params, ';', &part);) {
        part = str_trim(part);
        if (!str_starts(part, S("q=")) && !str_starts(part, S("Q="))) continue;
        if (!str_to_double(str_slice(part, 2, part.n), &q) || !(q >= 0 && q <= 1)) return 0;
        return (int)(q * 1000);
    }
    return 1000;
}

/// "cs-CZ" is Czech. The primary subtag decides.
static bool tag_language(str tag, enum language *out)
{
    str primary = str_slice(tag, 0, str_find(tag, '-'));
    for (int l = 0; l < LANGUAGES; l++)
        if (str_eq_nocase(primary, language_code((enum language)l))) {
            *out = (enum language)l;
            return true;
        }
    return false;
}

bool accept_language(str header, enum language *out)
{
    int best = 0;
    str part;
    for (int n = 0; n < ACCEPT_MAX_RANGES && str_cut(&header, ',', &part); n++) {
        size_t        semicolon = str_find(part, ';');
        enum language l;
        if (!tag_language(str_trim(str_slice(part, 0, semicolon)), &l)) continue;
        int weight = weight_of(str_slice(part, semicolon < part.n ? semicolon + 1 : part.n, part.n));
        if (weight > best) best = weight, *out = l;
    }
    return best > 0;
}

bool accept_asked(const struct http_req *rq, enum language *out)
{
    return language_read(http_cookie(rq, S("lang")), out) ||
           accept_language(http_header(rq, "Accept-Language"), out);
}

bool accept_choose(const struct http_req *rq, enum language fallback, enum language *out)
{
    for (size_t i = 0; i < rq->n_params; i++)
        if (str_eq(rq->param[i].name, S("lang"))) return language_read(rq->param[i].value, out);
    if (!accept_asked(rq, out)) *out = fallback;
    return true;
}
