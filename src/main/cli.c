// SPDX-License-Identifier: EUPL-1.2
#include "main/cli.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/shown.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err unknown_option(struct scope *sc, const struct option_row *rows, size_t n, const char *given)
{
    const struct option_row *near = NULL;
    size_t                   least = 4;
    for (size_t i = 0; i < n; i++) {
        size_t d = str_distance(str_of(given), str_of(rows[i].name));
        if (d >= least) continue;
        least = d;
        near = &rows[i];
    }
    if (near) return fail(&sc->fault, ERR_INVALID, "there is no option %s; is %s meant?", given, near->name);
    return fail(&sc->fault, ERR_INVALID, "there is no option %s", given);
}

static enum err option_set(struct scope *sc, const struct option_row *row, const char *value, void *into)
{
    char   *member = (char *)into + row->offset;
    int64_t number;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return OK;
    case OPTION_TEXT:
        *(const char **)(void *)member = value;
        return OK;
    case OPTION_NUMBER:
        if (str_to_i64(str_of(value), &number) && number >= 0) {
            *(int64_t *)(void *)member = number;
            return OK;
        }
        return fail(&sc->fault, ERR_INVALID, "%s takes a whole number from 0 to %lld, not \"%s\"", row->name,
                    (long long)INT64_MAX, value);
    case OPTION_LIST: {
        struct option_list *list = (void *)member;
        if (list->n == COUNT(list->item))
            return fail(&sc->fault, ERR_LIMIT, "%s can be given %zu times at most", row->name,
                        COUNT(list->item));
        list->item[list->n++] = value;
        return OK;
    }
    }
    return OK;
}

enum err options_read(struct scope *sc, const struct option_row *rows, size_t n, int argc, char **argv,
                      void *into, const char ***rest, size_t *n_rest)
{
    const char **left = arena_array(sc->mem, const char *, (size_t)argc + 1);
    size_t       n_left = 0;
    bool         ended = false;
    if (!left) return fail(&sc->fault, ERR_NOMEM, "no room for the command line");
    for (int i = 0; i < argc; i++) {
        if (ended || argv[i][0] != '-' || !argv[i][1]) {
            left[n_left++] = argv[i];
            continue;
        }
        if (!strcmp(argv[i], "--")) {
            ended = true;
            continue;
        }
        str                      value = str_of(argv[i]), name;
        bool                     has_value = str_has(value, S("="));
        const struct option_row *row = NULL;
        str_cut(&value, '=', &name);
        for (size_t k = 0; k < n; k++)
            if (str_eq(name, str_of(rows[k].name))) row = &rows[k];
        if (!row) return unknown_option(sc, rows, n, arena_cstr(sc->mem, name));
        const char *text = has_value ? (value.p ? value.p : "") : NULL;
        if (row->kind == OPTION_FLAG && text)
            return fail(&sc->fault, ERR_INVALID, "%s takes no value", row->name);
        if (row->kind != OPTION_FLAG && !text) {
            if (i + 1 == argc)
                return fail(&sc->fault, ERR_INVALID, "%s needs a value: %s %s", row->name, row->name,
                            row->value);
            text = argv[++i];
        }
        TRY(option_set(sc, row, text, into));
    }
    *rest = left;
    *n_rest = n_left;
    return OK;
}

/// Longer than any line of ours: the longest come from stored texts.
enum { LINE_MAX_BYTES = 1 << 20 };

PRINTF(2, 0) static void print_line(FILE *to, const char *format, va_list args)
{
    AUTO(buf_free) struct buf b;
    char                     *text = NULL;
    int                       n = vasprintf(&text, format, args);
    buf_init(&b, LINE_MAX_BYTES);
    if (n >= 0) shown_add(&b, (str){ text, (size_t)n });
    if (n >= 0) free(text);
    buf_add_c(&b, '\n');
    fwrite(b.p, 1, b.n, to);
}

void cli_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(stderr, format, args);
    va_end(args);
}

int cli_fail(struct cli *cli, enum err e)
{
    cli_warn("hromada: %s", cli->sc->fault.text[0] ? cli->sc->fault.text : err_name(e));
    return EXIT_FAILED;
}

int cli_usage(struct cli *cli, const char *command)
{
    cli_warn("hromada: %s", cli->sc->fault.text);
    cli_warn("hromada help %s shows what it takes.", command);
    return EXIT_USAGE;
}

void cli_say(const struct cli *cli, const char *format, ...)
{
    if (cli->json) return;
    va_list args;
    va_start(args, format);
    print_line(stderr, format, args);
    va_end(args);
}

void cli_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(stdout, format, args);
    va_end(args);
}

void progress_begin(struct progress *p)
{
    *p = (struct progress){ 0 };
}

void progress_show(const struct cli *cli, struct progress *p, const char *verb, uint64_t rows, double share)
{
    int64_t now = clock_system.monotonic_ms();
    bool    same = p->verb && !strcmp(p->verb, verb);
    if (!cli->terminal || cli->json || (same && now - p->shown_ms < 100)) return;
    if (!same)
        *p = (struct progress){
            .unit = p->unit, .verb = verb, .began_ms = now, .began_rows = rows, .began_share = share
        };
    p->shown_ms = now;
    double seconds = (double)(now - p->began_ms) / 1000, done = share - p->began_share;
    fprintf(stderr, "\r%s %" PRIu64 " %s", verb, rows, p->unit ? p->unit : "rows");
    if (rows > p->began_rows && seconds > 0)
        fprintf(stderr, ", %.0f a second", (double)(rows - p->began_rows) / seconds);
    if (done > 0.001 && share <= 1 && seconds > 0.5)
        fprintf(stderr, ", %.0f %%, %.0f s left", share * 100, seconds * (1 - share) / done);
    fputs("\033[K", stderr);
}

void progress_end(const struct cli *cli, struct progress *p)
{
    if (p->shown_ms) fputs("\r\033[K", stderr);
    (void)cli;
}
