// SPDX-License-Identifier: EUPL-1.2
// Runs an import with its progress and says what it did; shared by `import` and `demo`.
#pragma once
#include "import/import.h"
#include "main/cli.h"

enum err ingest(struct cli *cli, struct store *st, const struct import_options *o, const char *const *paths,
                size_t n, struct import_report *out);
/// The report as sentences, or as one JSON object with --json.
enum err ingest_print(struct cli *cli, const struct import_report *r);
