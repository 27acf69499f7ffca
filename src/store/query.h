// SPDX-License-Identifier: EUPL-1.2
// A named statement at work:
//
//     AUTO(query_free) struct query q = query_open(sc, st, SQL_REPORT_GET);
//     bind_i64(&q, ":id", id);
//     TRY(query_one(&q));                      // no row: ERR_NOTFOUND
//     report->state = query_i64(&q, 2);
//
// The first failure sticks: every later call does nothing, and query_one, query_run and query_end tell it. A
// parameter that the statement does not have, or one that was left out, is our own mistake and stops the
// program.
#pragma once
#include "base/buf.h"
#include "store/store_int.h"

struct query {
    struct scope *sc;
    struct store *st;
    enum sql      name;
    struct stmt  *stmt;
    bool          own; // the prepared one was lent already
    int           at;  // where the next parameter is looked for first
    uint32_t      bound;
    enum err      e;
};

struct query query_open(struct scope *sc, struct store *st, enum sql name);
void         query_free(struct query *q); // accepts a zeroed one
void         bind_i64(struct query *q, const char *parameter, int64_t value);
void bind_str(struct query *q, const char *parameter, str value);  // borrowed until query_free or query_again
void bind_blob(struct query *q, const char *parameter, str value); // as bind_str
void bind_null(struct query *q, const char *parameter);
/// The next row; false at the end and after a failure.
bool query_next(struct query *q);
/// OK, or the failure that ended query_next.
enum err query_end(const struct query *q);
/// Exactly what stands before: one row. ERR_NOTFOUND without one.
enum err query_one(struct query *q);
/// Runs a statement to its end, whatever rows it gives.
enum err query_run(struct query *q);
/// Ready for other values.
void     query_again(struct query *q);

int64_t query_i64(const struct query *q, int column);
str     query_str(const struct query *q, int column);  // valid until the next row
str     query_blob(const struct query *q, int column); // valid until the next row
bool    query_null(const struct query *q, int column);
/// A copy in the scope's arena; a lack of memory sticks to the query.
str     query_keep(struct query *q, int column);

/// Runs a statement without parameters, or one that gives a single number.
enum err query_plain(struct scope *sc, struct store *st, enum sql name);
enum err query_number(struct scope *sc, struct store *st, enum sql name, int64_t *out);

/// Rows collected before their number is known, then copied into the scope's arena as an array:
///
///     AUTO(list_free) struct list l = list_of(sizeof(struct source));
///     while (query_next(&q)) list_add(&l, &(struct source){ ... });
///     return list_keep(&q, &l, out, n);
struct list {
    struct buf items;
    size_t     size; // of an item
};
struct list list_of(size_t size);
void        list_free(struct list *l);
void        list_add(struct list *l, const void *item);
void       *list_last(struct list *l); // NULL when it is empty
/// The failure of the query comes first; ERR_NOMEM also above STORE_MAX_LIST items.
enum err    list_keep(struct query *q, struct list *l, const void **out, size_t *n);

/// Columns 2 to 10 of an incident, in the order in which each statement that reads whole incidents has them.
static inline struct incident incident_of(const struct query *q)
{
    return (struct incident){
        .category = (int32_t)query_i64(q, 2),
        .outcome = (int32_t)query_i64(q, 3),
        .from_s = query_i64(q, 4),
        .to_s = query_i64(q, 5),
        .offset_s = (int32_t)query_i64(q, 6),
        .precision = (enum precision)query_i64(q, 7),
        .point = (enum point_kind)query_i64(q, 8),
        .lon_e7 = (int32_t)query_i64(q, 9),
        .lat_e7 = (int32_t)query_i64(q, 10),
    };
}
