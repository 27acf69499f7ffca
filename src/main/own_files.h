// SPDX-License-Identifier: EUPL-1.2
// What stands in the data folder under names that the program itself reads: no copy and no export takes such a name, be there
// a file of it or not. A copy named hromada.db-wal would be taken for the log of the database.
#pragma once
#include "base/err.h"

/// May a command write a file to `path`? ERR_INVALID: the name is one of the town's own, or lies below one of its folders.
enum err own_files_spare(struct scope *sc, const char *data_dir, const char *path);
