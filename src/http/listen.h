// SPDX-License-Identifier: EUPL-1.2
// A listening socket from the words of a setting.
#pragma once
#include "base/err.h"

/// "127.0.0.1:8080", "[::1]:0", "localhost:80", "unix:/path". *unix_path is malloc'ed, NULL for TCP; *port is 0 for unix.
/// ERR_INVALID: not such an address. ERR_BUSY: somebody listens there already. ERR_IO.
enum err listen_on(struct scope *sc, const char *where, int *fd, int *port, char **unix_path);
/// The same words, without a socket: ERR_INVALID as above. Whether the address is free, or of this machine, is not asked.
enum err listen_check(struct scope *sc, const char *where);
