// SPDX-License-Identifier: EUPL-1.2
#include "main/config.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/lines.h"
#include <string.h>

enum { CONFIG_MAX_BYTES = 64 * 1024 };

enum kind { TEXT, NUMBER, COUNT_FROM_1, YES_NO, OWN_MACHINE };
static const struct setting {
    const char *name;
    enum kind   kind;
    size_t      offset;
    int64_t     max;
} settings[] = {
    { "listen", TEXT, offsetof(struct config, listen), 0 },
    { "basemap", TEXT, offsetof(struct config, basemap), 0 },
    { "metrics", OWN_MACHINE, offsetof(struct config, metrics), 0 },
    { "keep-releases", COUNT_FROM_1, offsetof(struct config, keep_releases), 1000 },
    { "threads", NUMBER, offsetof(struct config, threads), 256 },
    { "connections", NUMBER, offsetof(struct config, connections), 60000 },
    { "connections-per-address", NUMBER, offsetof(struct config, connections_per_address), 60000 },
    { "idle-timeout", NUMBER, offsetof(struct config, idle_timeout_s), 3600 },
    { "answer-cache", NUMBER, offsetof(struct config, answer_cache_mib), 65536 },
    { "access-log", YES_NO, offsetof(struct config, access_log), 0 },
};

/// off, a socket file, or a loopback address: whoever can read the numbers learns what others ask.
static bool is_own_machine(str value)
{
    static const char *const begins[] = { "unix:/", "127.0.0.1:", "[::1]:" };
    for (size_t i = 0; i < COUNT(begins); i++)
        if (str_starts(value, str_of(begins[i])) && value.n > strlen(begins[i])) return true;
    return false;
}

static enum err set(struct scope *sc, const struct setting *s, str value, struct config *out)
{
    void   *member = (char *)out + s->offset;
    int64_t number;
    switch (s->kind) {
    case TEXT:
        if (!value.n) return fail(&sc->fault, ERR_INVALID, "%s needs a value", s->name);
        *(const char **)member = arena_cstr(sc->mem, value);
        return *(const char **)member ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a setting");
    case OWN_MACHINE:
        *(const char **)member = NULL;
        if (str_eq(value, S("off"))) return OK;
        if (!is_own_machine(value))
            return fail(&sc->fault, ERR_INVALID,
                        "%s is off, 127.0.0.1:PORT, [::1]:PORT or unix:/PATH, not \"%.*s\"", s->name,
                        STR(str_slice(value, 0, 60)));
        *(const char **)member = arena_cstr(sc->mem, value);
        return *(const char **)member ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a setting");
    case COUNT_FROM_1:
    case NUMBER:
        if (!str_to_i64(value, &number) || number < (s->kind == COUNT_FROM_1) || number > s->max)
            return fail(&sc->fault, ERR_INVALID, "%s takes a number from %d to %lld, not \"%.*s\"", s->name,
                        s->kind == COUNT_FROM_1, (long long)s->max, STR(str_slice(value, 0, 60)));
        *(int64_t *)member = number;
        return OK;
    case YES_NO:
        if (!str_eq(value, S("yes")) && !str_eq(value, S("no")))
            return fail(&sc->fault, ERR_INVALID, "%s is yes or no, not \"%.*s\"", s->name,
                        STR(str_slice(value, 0, 60)));
        *(bool *)member = str_eq(value, S("yes"));
        return OK;
    }
    return OK;
}

/// said: the lines in which each setting stands; 0: in none yet.
static enum err read_line(struct scope *sc, str line, int at, int said[COUNT(settings)], struct config *out)
{
    str name;
    if (!str_cut(&line, '=', &name) || !line.p)
        return fail(&sc->fault, ERR_INVALID, "a line is \"name = value\", not \"%.*s\"",
                    STR(str_slice(str_trim(name), 0, 60)));
    name = str_trim(name);
    for (size_t i = 0; i < COUNT(settings); i++) {
        if (!str_eq(name, str_of(settings[i].name))) continue;
        if (said[i])
            return fail(&sc->fault, ERR_INVALID, "%s stands in line %d already; keep one of them",
                        settings[i].name, said[i]);
        said[i] = at;
        return set(sc, &settings[i], str_trim(line), out);
    }
    return fail(&sc->fault, ERR_INVALID, "there is no setting \"%.*s\"; hromada.conf(5) lists them",
                STR(str_slice(name, 0, 60)));
}

enum err config_parse(struct scope *sc, const char *name, str text, struct config *out)
{
    struct config c = { .listen = "127.0.0.1:8080",
                        .keep_releases = 1,
                        .connections = 8000,
                        .idle_timeout_s = 30,
                        .answer_cache_mib = 64 };
    int           said[COUNT(settings)] = { 0 };
    str           line;
    if (text.n && !str_is_utf8(text, NULL))
        return fail(&sc->fault, ERR_INVALID, "%s is not UTF-8 text", name);
    if (lines_check(sc, text)) return fail_at(&sc->fault, "%s", name);
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.n);
    for (int at = 1; str_cut(&text, '\n', &line); at++) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (read_line(sc, line, at, said, &c)) return fail_at(&sc->fault, "%s, line %d", name, at);
    }
    *out = c;
    return OK;
}

enum err config_read(struct scope *sc, const char *dir, struct config *out)
{
    const char *path;
    str         text = S("");
    TRY(path_join(sc, dir, "hromada.conf", &path));
    enum err e = file_read(sc, path, CONFIG_MAX_BYTES, &text);
    if (e && e != ERR_NOTFOUND) return e;
    TRY(config_parse(sc, path, text, out));
    if (out->basemap && out->basemap[0] != '/') TRY(path_join(sc, dir, out->basemap, &out->basemap));
    return OK;
}
