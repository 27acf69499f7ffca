// SPDX-License-Identifier: EUPL-1.2
// Any bytes as hromada.conf: settings stay in their limits, a comment more changes nothing, and the same settings once more are refused.
#include "fuzz.h"

#include "main/config.h"
#include <string.h>

static void check_config(const struct config *c)
{
    must(c->listen && c->listen[0]);
    must(!c->basemap || c->basemap[0]);
    must(c->threads >= 0 && c->threads <= 256);
    must(c->connections >= 0 && c->connections <= 60000);
    must(c->connections_per_address >= 0 && c->connections_per_address <= 60000);
    must(c->idle_timeout_s >= 0 && c->idle_timeout_s <= 3600);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope  sc = { .mem = arena_open((size_t)16 << 20) };
    struct config c, again;
    str           text = { (const char *)data, n };
    must(sc.mem);
    enum err e = config_parse(&sc, "fuzz", text, &c);
    if (e) must(sc.fault.code == e && sc.fault.text[0]);
    else {
        check_config(&c);
        str more = arena_printf(sc.mem, "# again\n%.*s\n", STR(text));
        must(config_parse(&sc, "fuzz", more, &again) == OK);
        must(!strcmp(c.listen, again.listen) && !c.basemap == !again.basemap);
        must(!c.basemap || !strcmp(c.basemap, again.basemap));
        must(c.threads == again.threads && c.connections == again.connections);
        must(c.connections_per_address == again.connections_per_address);
        must(c.idle_timeout_s == again.idle_timeout_s && c.access_log == again.access_log);
    }
    if (!e && memchr(data, '=', n) && !memchr(data, '#', n) && !memchr(data, '\n', n)) {
        str twice = arena_printf(sc.mem, "%.*s\n%.*s\n", STR(text), STR(text));
        must(config_parse(&sc, "fuzz", twice, &again) == ERR_INVALID);
    }
    arena_close(sc.mem);
    return 0;
}
