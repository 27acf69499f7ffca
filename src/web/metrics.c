// SPDX-License-Identifier: EUPL-1.2
#include "web/metrics.h"

#include "web/call.h"
#include <string.h>

static void metric(struct buf *b, const char *name, const char *type, const char *help, uint64_t v)
{
    buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
               (unsigned long long)v);
}

static void server_metrics(struct buf *b, const struct http_server *server)
{
    static const char *const le[] = { "0.001", "0.005", "0.01", "0.05", "0.1", "0.5", "1", "+Inf" };
    struct http_stats        s;
    http_stats_get(server, &s);
    buf_add(b, S("# HELP hromada_http_responses_total Responses by class of status.\n"
                 "# TYPE hromada_http_responses_total counter\n"));
    for (int i = 1; i <= 5; i++)
        buf_printf(b, "hromada_http_responses_total{class=\"%dxx\"} %llu\n", i,
                   (unsigned long long)s.by_class[i]);
    metric(b, "hromada_http_refused_total", "counter", "Connections and requests refused before any handler.",
           s.refused);
    metric(b, "hromada_http_sent_bytes_total", "counter", "Bytes sent.", s.bytes_out);
    metric(b, "hromada_http_open_connections", "gauge", "Connections that are open.", s.open_connections);
    buf_add(b, S("# HELP hromada_http_request_seconds Time to answer.\n# TYPE hromada_http_request_seconds "
                 "histogram\n"));
    uint64_t all = s.le_ms[COUNT(le) - 1]; // each bucket holds those below it, too
    for (size_t i = 0; i < COUNT(le); i++)
        buf_printf(b, "hromada_http_request_seconds_bucket{le=\"%s\"} %llu\n", le[i],
                   (unsigned long long)s.le_ms[i]);
    buf_printf(b, "hromada_http_request_seconds_sum %llu.%03llu\nhromada_http_request_seconds_count %llu\n",
               (unsigned long long)(s.ms_sum / 1000), (unsigned long long)(s.ms_sum % 1000),
               (unsigned long long)all);
}

static void write_all(struct web *w, const struct edition *ed, struct buf *b)
{
    int64_t up_ms = w->config.clock->monotonic_ms() - w->started_ms;
    metric(b, "hromada_up_seconds", "gauge", "Time since the start.", (uint64_t)up_ms / 1000);
    metric(b, "hromada_release_number", "gauge", "The release that is served; 0: none.",
           ed ? (uint64_t)ed->number : 0);
    metric(b, "hromada_release_trouble", "gauge",
           "1: the newest release cannot be read, so an older one or none is served.",
           editions_in_trouble(w->editions));
    metric(b, "hromada_release_files_trouble", "gauge",
           "1: files of the release are not what was published, and are not handed out.",
           editions_unproved(w->editions));
    if (ed) {
        metric(b, "hromada_release_incidents", "gauge", "Incidents in it.", ed->portrait.in.rows);
        metric(b, "hromada_release_created_seconds", "gauge", "When it was made.",
               (uint64_t)ed->portrait.in.created_s);
    }
    struct turn_numbers turns = turn_numbers(w->turns);
    metric(b, "hromada_questions_running", "gauge", "Questions that are asked of the index now.",
           turns.running);
    metric(b, "hromada_questions_waiting", "gauge", "Those that wait for their turn.", turns.waiting);
    metric(b, "hromada_questions_refused_total", "counter", "Those that found no place to wait and got 503.",
           turns.refused);
    if (w->server) server_metrics(b, w->server);
}

/// A page of a stranger's can have its own name lead to this machine, and then a browser here asks by that name.
static bool is_own_name(str host)
{
    static const char *const own[] = { "", "127.0.0.1", "[::1]", "localhost" };
    for (size_t i = 0; i < COUNT(own); i++) {
        str behind = str_slice(host, strlen(own[i]), host.n);
        if (str_starts(host, str_of(own[i])) && (!behind.n || *behind.p == ':')) return true;
    }
    return false;
}

void web_metrics(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs)
{
    (void)sc;
    struct web *w = app;
    rs->content_type = "text/plain; charset=utf-8";
    if (!is_own_name(http_header(rq, "Host"))) {
        rs->status = 403;
        buf_add(&rs->body, S("ask by 127.0.0.1, [::1] or localhost\n"));
        return;
    }
    if (rq->method != HTTP_GET || !str_eq(rq->path, S("/metrics"))) {
        rs->status = 404;
        buf_add(&rs->body, S("here is /metrics and nothing else\n"));
        return;
    }
    struct edition *ed = edition_hold(w->editions);
    rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
    write_all(w, ed, &rs->body);
    edition_release(w->editions, ed);
}

struct http_config web_metrics_server(const char *listen)
{
    return (struct http_config){ .listen = listen, .threads = 1, .max_connections = 64, .idle_timeout_s = 2 };
}
