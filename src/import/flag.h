// SPDX-License-Identifier: EUPL-1.2
// The flags that a profile's conditions give an incident, and how many rows carry each. A flag that protects is carried
// also when its value is neither yes nor no: what is not known to be harmless is not published as if it were.
// Tests: tests/unit/test_row.c, tests/case/test_field_files.c.
#pragma once
#include "import/condition.h"

enum flag { SAYS_ARREST, SAYS_DOMESTIC, SAYS_ATTEMPTED, SAYS_ELSEWHERE, FLAGS };

struct profile;
struct flag_rule {
    const char *name;     // in reports and JSON
    uint32_t    bit;      // of an incident (model/incident.h)
    bool        protects; // neither yes nor no counts as yes
    size_t      offset;   // of its condition in struct profile
    const char *hangs;    // a clause: what hangs on it
    const char *section;  // of a profile, that it is written in
};
extern const struct flag_rule flag_rules[FLAGS];
const struct condition       *flag_condition(const struct profile *p, enum flag f);

enum { ODD_VALUES = 20, ODD_BYTES = 60 };
struct flag_odd { // a value that is neither yes nor no
    char     text[ODD_BYTES];
    size_t   n;
    uint64_t rows;
};
struct flag_count {
    uint64_t        rows[REPLIES];
    struct flag_odd odd[ODD_VALUES]; // the first that were met
    size_t          n_odd;
    uint64_t        odd_more; // rows with others
    uint64_t blank;   // of REPLY_NEITHER: there is no value, so that a flag that protects is carried by it
    uint64_t unasked; // of REPLY_NOT_TOLD: the profile has no line for it
};
/// Counts one answer for so many rows; text matters for REPLY_NEITHER.
void flag_note(struct flag_count *c, enum reply a, str text, uint64_t rows);
/// The line of a profile by which a blank means yes, or no; in the scope's arena.
str  flag_blank_line(struct scope *sc, const struct profile *p, enum flag f, bool yes);
/// Adds what another has counted.
void flag_sum(struct flag_count *to, const struct flag_count *from);
