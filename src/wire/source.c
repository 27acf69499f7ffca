// SPDX-License-Identifier: EUPL-1.2
#include "wire/source_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum err source_read(struct scope *sc, const struct source *src, uint64_t at, void *to, size_t n)
{
    if (src->bytes) {
        if (n) memcpy(to, src->bytes + at, n);
        return OK;
    }
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(src->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(&sc->fault, "cannot read %s", src->path);
        if (got == 0) return fail(&sc->fault, ERR_IO, "%s became shorter while it was read", src->path);
        done += (size_t)got;
    }
    return OK;
}
