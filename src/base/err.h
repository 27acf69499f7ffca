// SPDX-License-Identifier: EUPL-1.2
// Errors as values, and the scope that every call which allocates or fails is given first.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define NODISCARD [[nodiscard]]
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/// Releases the variable with fn when it leaves its block: AUTO(file_closep) FILE *in = ...
#define AUTO(fn) __attribute__((cleanup(fn)))

enum NODISCARD err {
    OK,
    ERR_NOMEM,       // memory, or the ceiling of an arena or buffer
    ERR_LIMIT,       // input is longer, deeper or more than a named limit allows
    ERR_IO,          // the operating system refused
    ERR_FULL,        // no space left on the device, or quota reached
    ERR_CORRUPT,     // one of our own files is damaged
    ERR_FOREIGN,     // a file is whole, and another's who has no business here
    ERR_VERSION,     // one of our own files was written by a newer program
    ERR_PARSE,       // bytes from outside do not follow their format
    ERR_INVALID,     // a value is understood and not acceptable
    ERR_NOTFOUND,    // no such thing
    ERR_GONE,        // there was such a thing, and it was taken back or gave way to a newer one
    ERR_EXISTS,      // there is such a thing already
    ERR_BUSY,        // somebody else holds it; trying later may help
    ERR_TIMEOUT,     // the scope's deadline has passed
    ERR_UNSUPPORTED, // a known format or feature that this build does not read
};

/// Passes an error on to the caller. The one macro that returns.
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        enum err try_ = (call);                                                                              \
        if (try_) return try_;                                                                               \
    } while (0)

/// What went wrong, in one sentence for a person: what, which, how far off, what to do.
struct fault {
    enum err code;
    char     text[960];
};

struct arena;

/// One request or one job. Everything allocated for it goes at once when it ends.
struct scope {
    struct arena *mem;
    struct fault  fault;
    int64_t       deadline_ms; // on the monotonic clock (base/clock.h); 0: none
};

/// Writes the sentence into the fault and returns code. A later call overwrites an earlier one.
PRINTF(3, 4) enum err fail(struct fault *fault, enum err code, const char *format, ...);
/// Puts "prefix: " in front of the sentence that stands in the fault; returns its code. For adding where.
PRINTF(2, 3) enum err fail_at(struct fault *fault, const char *prefix, ...);
/// As fail, with the reason of errno behind the sentence, and behind ERR_FULL what to do about it; ENOSPC, EDQUOT and EFBIG give ERR_FULL, ENOENT gives
/// ERR_NOTFOUND, ENOMEM gives ERR_NOMEM, all else ERR_IO.
PRINTF(2, 3) enum err fail_errno(struct fault *fault, const char *format, ...);
/// Short stable name of a code ("io", "parse"), for logs and JSON.
const char *err_name(enum err code);
