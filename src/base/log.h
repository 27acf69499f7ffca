// SPDX-License-Identifier: EUPL-1.2
// Events, not prose: one line per event, "time level name key=value ...". Called from main, web and http
// only. There is no way to log an address of a reader, a secret or what people wrote to us.
#pragma once
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
struct log_field {
    const char *key;
    enum { LOG_STR, LOG_I64, LOG_END } kind;
    str     s;
    int64_t i;
};
#define log_str(k, v) ((struct log_field){ .key = (k), .kind = LOG_STR, .s = (v) })
#define log_cstr(k, v) log_str(k, str_of(v))
#define log_i64(k, v) ((struct log_field){ .key = (k), .kind = LOG_I64, .i = (int64_t)(v) })
#define log_event(level, name, ...)                                                                          \
    log_write(level, name, (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(, ){ .kind = LOG_END } })
#define log_info(name, ...) log_event(LOG_INFO, name __VA_OPT__(, ) __VA_ARGS__)
#define log_warn(name, ...) log_event(LOG_WARN, name __VA_OPT__(, ) __VA_ARGS__)
#define log_error(name, ...) log_event(LOG_ERROR, name __VA_OPT__(, ) __VA_ARGS__)

/// Writes one line to standard error. Values are quoted and escaped when they need it; one write per line.
void log_write(enum log_level level, const char *name, const struct log_field *fields);
