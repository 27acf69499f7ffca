// SPDX-License-Identifier: EUPL-1.2
// Counts by one thing, as rows of key, label and count: what `hromada stats` prints and /v1/counts answers,
// made here once so that the two are the same bytes.
//     by=       key of a row
//     total     "total"
//     category  the category's key                month  "2018-10"      day  "2018-10-31"
//     hourweek  "mon-00".."sun-23"; "mon".. for rows whose weekday is known and whose hour is not; "none"
//     outcome   the outcome's key; "none" when the source says nothing
//     area:SET  the area's code; "none" for rows in none of the set's areas
// Rows stand in the order of the release's dictionary, those that count 0 too, but for the hours of the week
// that the release's precision cannot know. Months and days are those of the question's period.
#pragma once
#include "index/query.h"

enum count_by { BY_TOTAL, BY_CATEGORY, BY_MONTH, BY_DAY, BY_HOURWEEK, BY_OUTCOME, BY_AREA };
struct count_row {
    str      key, label;
    uint64_t count;
};
struct counts {
    uint64_t                release;
    str                     by;
    uint64_t                total, without_point;
    const struct count_row *rows;
    size_t                  n;
};

/// ERR_INVALID: no such way of counting, or no such area set; the sentence lists what there is.
enum err counts_by_read(struct scope *sc, const struct release_info *in, str text, enum count_by *by,
                        size_t *set);
/// One scan. `set` matters for BY_AREA only. Labels are in language l, in English where the release has no
/// other.
enum err counts_ask(struct scope *sc, const struct index *ix, const struct filter *f, enum count_by by,
                    size_t set, enum language l, struct counts *out);
void     counts_json(struct buf *to, const struct counts *c);
/// Header key,label,count; CRLF after each line (RFC 4180).
void     counts_csv(struct buf *to, const struct counts *c);

/// The label in a language, else in English, else the key.
str  label_in(const str label[LANGUAGES], enum language l, str key);
/// "mon".."sun"
str  weekday_key(int weekday);
/// "mon-00", "mon" or "none" of a value of `how`.
void how_key(struct buf *to, unsigned how);
