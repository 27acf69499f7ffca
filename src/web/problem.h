// SPDX-License-Identifier: EUPL-1.2
// What goes wrong, told to whoever asked: problem details (RFC 9457) for programs, a page in the reader's
// language for people.
#pragma once
#include "web/call.h"

/// The sentence about a release that is gone.
str problem_gone(struct scope *sc, const struct gone *g);

/// Replaces whatever stands in the response by the error. detail: one sentence, English (it is for the one
/// who wrote the request); empty: none. parameter: the one at fault, or empty.
/// With status 410 it is about call->gone.
void problem_answer(struct scope *sc, struct call *c, enum reply reply, int status, str detail, str parameter,
                    struct http_res *rs);
