// SPDX-License-Identifier: EUPL-1.2
#include "http/addresses.h"

#include "base/str.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, NETWORK_BYTES = 8 };

struct entry {
    struct entry  *next;
    struct address who;
    unsigned       n;
};
struct addresses {
    pthread_mutex_t lock;
    unsigned        most;
    struct entry   *slot[SLOTS];
};

struct addresses *addresses_open(unsigned most)
{
    struct addresses *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->most = most;
    pthread_mutex_init(&a->lock, NULL);
    return a;
}

void addresses_close(struct addresses *a)
{
    if (!a) return;
    for (size_t i = 0; i < SLOTS; i++)
        for (struct entry *e = a->slot[i], *next; e; e = next) {
            next = e->next;
            free(e);
        }
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static bool read_address(const struct sockaddr_storage *who, struct address *out)
{
    *out = (struct address){ 0 };
    const struct sockaddr_in  *four = (const struct sockaddr_in *)who;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)who;
    if (who->ss_family == AF_INET) memcpy(out->bytes + 12, &four->sin_addr, 4);
    else if (who->ss_family != AF_INET6) return false;
    else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) memcpy(out->bytes + 12, six->sin6_addr.s6_addr + 12, 4);
    else memcpy(out->bytes, &six->sin6_addr, NETWORK_BYTES);
    return out->counted = true;
}

static struct entry **find(struct addresses *a, const struct address *who)
{
    str            bytes = { (const char *)who->bytes, sizeof who->bytes };
    struct entry **at = &a->slot[str_hash(bytes) % SLOTS];
    while (*at && memcmp((*at)->who.bytes, who->bytes, sizeof who->bytes) != 0) at = &(*at)->next;
    return at;
}

bool addresses_enter(struct addresses *a, const struct sockaddr_storage *who, struct address *out)
{
    if (!read_address(who, out)) return true;
    pthread_mutex_lock(&a->lock);
    struct entry **at = find(a, out);
    if (!*at) *at = calloc(1, sizeof **at);
    struct entry *e = *at;
    if (e && !e->n) e->who = *out;
    out->counted = e && e->n < a->most;
    if (out->counted) e->n++;
    pthread_mutex_unlock(&a->lock);
    return out->counted;
}

void addresses_leave(struct addresses *a, const struct address *who)
{
    if (!who->counted) return;
    pthread_mutex_lock(&a->lock);
    struct entry **at = find(a, who), *e = *at;
    if (e && !--e->n) {
        *at = e->next;
        free(e);
    }
    pthread_mutex_unlock(&a->lock);
}
