// SPDX-License-Identifier: EUPL-1.2
// What the subcommands share: options by table, words to the person at the terminal, exit codes.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REJECTED = 3 };

struct cli {
    struct scope *sc;
    const char   *dir;      // data folder, from -D or HROMADA_DATA
    bool          json;     // one JSON object on standard output instead of sentences
    bool          terminal; // standard error is one: progress is shown
};

// -- options ---------------------------------------------------------------------------------------------------------
enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST /* may be given several times */ };
struct option_list {
    const char *item[16];
    size_t      n;
};
struct option_row {
    const char      *name; // "--set"
    enum option_kind kind;
    size_t           offset; // of a bool, const char *, int64_t or struct option_list in the command's struct
    const char      *value;  // name of the value in the help: "NAME"
    const char      *help;
};
#define OPTION(type, name, kind, member, value, help)                                                        \
    {                                                                                                        \
        name, kind, offsetof(type, member), value, help                                                      \
    }
/// Sets members by the table; what is left (files, filters) goes to *rest in its order. "--" ends the options.
/// ERR_INVALID: unknown option (with the nearest known one), a value missing, not a number, or a number below 0.
enum err options_read(struct scope *sc, const struct option_row *rows, size_t n, int argc, char **argv,
                      void *into, const char ***rest, size_t *n_rest);

// -- commands --------------------------------------------------------------------------------------------------------
struct command {
    const char              *name, *synopsis, *summary, *text; // text: paragraphs of `hromada help NAME`
    const struct option_row *options;
    size_t                   n_options;
    bool                     writes;                    // into the data folder
    int (*run)(struct cli *cli, int argc, char **argv); // argv begins behind the command's name
};
extern const struct command cmd_init, cmd_import, cmd_areas, cmd_layers, cmd_publish, cmd_withdraw, cmd_stats,
    cmd_serve, cmd_demo, cmd_backup, cmd_check, cmd_classify, cmd_export, cmd_keys, cmd_verify;

// -- words -----------------------------------------------------------------------------------------------------------
/// "hromada: SENTENCE" on standard error; the exit code that belongs to the error.
int cli_fail(struct cli *cli, enum err e);
/// The same with "see hromada help COMMAND" behind it.
int cli_usage(struct cli *cli, const char *command);
/// A sentence for the person, on standard error, unless --json. Whatever in it came from outside is escaped (base/shown.h),
/// line ends too: a sentence is one line.
PRINTF(2, 3) void cli_say(const struct cli *cli, const char *format, ...);
/// A line on standard error, also with --json.
PRINTF(1, 2) void cli_warn(const char *format, ...);
/// A line of the command's result, on standard output, escaped in the same way.
PRINTF(1, 2) void cli_print(const char *format, ...);
/// One line that is written over again on a terminal, at most ten times a second; nothing in a pipe.
struct progress {
    const char *unit; // "rows" when it is not set
    int64_t     shown_ms;
    const char *verb; // since when, and how far it was then:
    int64_t     began_ms;
    uint64_t    began_rows;
    double      began_share;
};
void progress_begin(struct progress *p);
/// verb: "reading"; another one than before is shown at once, and the rate counts anew. share: 0..1 of the whole, or
/// negative when it is not known.
void progress_show(const struct cli *cli, struct progress *p, const char *verb, uint64_t rows, double share);
void progress_end(const struct cli *cli, struct progress *p);
