// SPDX-License-Identifier: EUPL-1.2
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err fail(struct fault *fault, enum err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault->code = code;
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return code;
}

enum err fail_at(struct fault *fault, const char *prefix, ...)
{
    char old[sizeof fault->text];
    memcpy(old, fault->text, sizeof old);
    va_list args;
    va_start(args, prefix);
    int n = vsnprintf(fault->text, sizeof fault->text, prefix, args);
    va_end(args);
    if (n >= 0 && (size_t)n + 3 < sizeof fault->text)
        snprintf(fault->text + n, sizeof fault->text - (size_t)n, ": %s", old);
    return fault->code;
}

enum err fail_errno(struct fault *fault, const char *format, ...)
{
    int     why = errno;
    char    sentence[sizeof fault->text - 200]; // reason and advice have room behind it
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    enum err code = ERR_IO;
    if (why == ENOSPC || why == EDQUOT || why == EFBIG) code = ERR_FULL;
    if (why == ENOENT) code = ERR_NOTFOUND;
    if (why == ENOMEM) code = ERR_NOMEM;
    const char *advice = "";
    if (code == ERR_FULL) advice = "; make room there, then try again";
    if (why == EFBIG) advice = "; raise the limit on the size of files, then try again";
    char reason[96];
    return fail(fault, code, "%s: %s%s", sentence, strerror_r(why, reason, sizeof reason), advice);
}

const char *err_name(enum err code)
{
    static const char *const names[] = {
        [OK] = "ok",
        [ERR_NOMEM] = "out-of-memory",
        [ERR_LIMIT] = "limit",
        [ERR_IO] = "io",
        [ERR_FULL] = "disk-full",
        [ERR_CORRUPT] = "corrupt",
        [ERR_VERSION] = "newer-version",
        [ERR_PARSE] = "parse",
        [ERR_INVALID] = "invalid",
        [ERR_NOTFOUND] = "not-found",
        [ERR_GONE] = "gone",
        [ERR_EXISTS] = "exists",
        [ERR_BUSY] = "busy",
        [ERR_TIMEOUT] = "timeout",
        [ERR_FOREIGN] = "foreign",
        [ERR_UNSUPPORTED] = "unsupported",
    };
    return (size_t)code < COUNT(names) ? names[code] : "unknown";
}
