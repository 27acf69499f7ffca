// SPDX-License-Identifier: EUPL-1.2
// A strict reader of small XML: elements that nest and close, attributes in quotes and each once, the five entities and decimal
// references, no control characters, no declarations but the first line. What it takes every XML parser takes.
#pragma once
#include "check.h"

enum { XML_DEPTH = 20, XML_ATTRIBUTES = 10 };

static inline bool xml_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '-' || c == '_';
}

static inline str xml_name(str *rest)
{
    size_t n = 0;
    while (n < rest->n && xml_name_char(rest->p[n])) n++;
    str name = str_slice(*rest, 0, n);
    ok(n && !(name.p[0] >= '0' && name.p[0] <= '9') && name.p[0] != '-', "a name: %.*s",
       STR(str_slice(*rest, 0, 40)));
    *rest = str_slice(*rest, n, rest->n);
    return name;
}

/// Text between tags, or in a quoted attribute: no '<', and '&' only before what it may begin.
static inline void xml_check_text(str s)
{
    static const char *const entities[] = { "amp;", "lt;", "gt;", "quot;", "#39;" };
    ok(str_is_utf8(s, NULL), "UTF-8");
    for (size_t i = 0; i < s.n; i++) {
        bool known = s.p[i] != '&';
        for (size_t k = 0; k < COUNT(entities); k++)
            known = known || str_starts(str_slice(s, i + 1, s.n), str_of(entities[k]));
        ok(known && s.p[i] != '<' && ((unsigned char)s.p[i] >= ' ' || s.p[i] == '\n' || s.p[i] == '\t'),
           "byte %d in %.*s", s.p[i], STR(str_slice(s, 0, 200)));
    }
    ok(!str_has(s, S("\xEF\xBF\xBE")) && !str_has(s, S("\xEF\xBF\xBF")), "no U+FFFE, no U+FFFF");
}

/// Behind the name of a tag. True: it closes itself.
static inline bool xml_attributes(str *rest)
{
    str    seen[XML_ATTRIBUTES], value;
    size_t n = 0;
    while (str_starts(*rest, S(" "))) {
        *rest = str_slice(*rest, 1, rest->n);
        str name = xml_name(rest);
        ok(n < XML_ATTRIBUTES && str_starts(*rest, S("=\"")), "a value in quotes: %.*s", STR(name));
        for (size_t i = 0; i < n; i++) ok(!str_eq(seen[i], name), "%.*s stands once", STR(name));
        seen[n++] = name;
        *rest = str_slice(*rest, 2, rest->n);
        ok(str_cut(rest, '"', &value) && rest->p, "the value ends");
        xml_check_text(value);
    }
    bool alone = str_starts(*rest, S("/>"));
    ok(alone || str_starts(*rest, S(">")), "the tag ends: %.*s", STR(str_slice(*rest, 0, 40)));
    *rest = str_slice(*rest, alone ? 2 : 1, rest->n);
    return alone;
}

/// One tag, at which *rest stands.
static inline void xml_tag(str *rest, str open[XML_DEPTH], size_t *depth)
{
    bool closes = str_starts(*rest, S("</"));
    *rest = str_slice(*rest, closes ? 2 : 1, rest->n);
    str name = xml_name(rest);
    if (closes) {
        ok(*depth && str_eq(open[*depth - 1], name), "</%.*s> closes what is open", STR(name));
        ok(str_starts(*rest, S(">")), "and ends");
        *rest = str_slice(*rest, 1, rest->n);
        --*depth;
    } else if (!xml_attributes(rest)) {
        ok(*depth < XML_DEPTH, "not too deep");
        open[(*depth)++] = name;
    }
}

/// Well-formed, with one root element.
static inline void xml_check(str s)
{
    static const str declaration = S("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    str              open[XML_DEPTH];
    size_t           depth = 0, roots = 0;
    ok(str_starts(s, declaration), "%.*s", STR(str_slice(s, 0, 100)));
    s = str_slice(s, declaration.n, s.n);
    while (s.n) {
        size_t tag = str_find(s, '<');
        str    text = str_slice(s, 0, tag);
        xml_check_text(text);
        ok(depth || !str_trim(text).n, "no text beside the root: %.*s", STR(text));
        s = str_slice(s, tag, s.n);
        if (!s.n) break;
        roots += !depth;
        xml_tag(&s, open, &depth);
    }
    ok(!depth && roots == 1, "%zu are open, %zu roots", depth, roots);
}
