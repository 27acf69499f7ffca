// SPDX-License-Identifier: EUPL-1.2
// Which of our languages a reader asks for: the parameter "lang", else the cookie, else Accept-Language (RFC
// 9110 12.5.4), else the town's own.
#pragma once
#include "base/lang.h"
#include "http/http.h"

/// The first of the header's languages, by weight and then by order, that we have. False: none of them.
bool accept_language(str header, enum language *out);
/// What cookie and header ask for. False: nothing that we have.
bool accept_asked(const struct http_req *rq, enum language *out);
/// False: the parameter names a language that we do not have; all else is taken as far as it can be read.
bool accept_choose(const struct http_req *rq, enum language fallback, enum language *out);
