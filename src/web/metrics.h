// SPDX-License-Identifier: EUPL-1.2
// Numbers for operators, in the Prometheus text format 0.0.4, on a socket of their own: who can read them before and after a
// question learns whether somebody asked it before. So they are not on the public one, and hold totals alone: nothing by route,
// and nothing of the answers that are kept ready.
#pragma once
#include "http/http.h"

/// An http_handler that answers /metrics; app is the struct web.
void               web_metrics(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs);
/// How it is served: few ask, and not many at once; who says nothing for two seconds makes room for them.
struct http_config web_metrics_server(const char *listen);
