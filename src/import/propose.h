// SPDX-License-Identifier: EUPL-1.2
// What class and section a kind probably has, by its name: for a person to confirm, and never used before. Of several the
// strictest is proposed, and what publication tells most of (home, drugs, ordinary, street) only for a name whose every word
// and number is known: a spelling that nobody has thought of proposes nothing, and the person is asked.
// Tests: tests/unit/test_propose.c.
#pragma once
#include "import/profile.h"

struct proposer { // the lists, read once
    const struct code_list *words, *czech, *ukrainian, *iucr;
    const struct profile   *profile; // of the program
    size_t                  n_profiles;
    const struct source    *source; // of the store; borrowed
    size_t                  n_sources;
};
enum err proposer_open(struct scope *sc, const struct source *source, size_t n_sources, struct proposer *out);

struct proposal {
    enum sensitivity sensitivity; // SENSITIVITY_UNCLASSIFIED: none
    int              iccs;
    str              why; // "cz-criminal-code 187 Pohlavní zneužití"; "znásil*"; "profile chicago"
    bool
        confirmed; // by a profile of ours, for one of the sources: stores of an older program have such kinds
};
/// By the kind's code and labels. ERR_NOMEM.
enum err propose(struct scope *sc, const struct proposer *with, const struct category *c,
                 struct proposal *out);
