// SPDX-License-Identifier: EUPL-1.2
// How many connections come from one address; of IPv6 from one network of 64 bits, which is what one subscriber has.
// Kept while somebody is connected, and nowhere else. Threads: all calls from any thread.
#pragma once
#include <stdbool.h>
#include <sys/socket.h>

struct address {
    unsigned char bytes[16];
    bool          counted;
};
struct addresses;
struct addresses *addresses_open(unsigned most); // NULL: no memory
void              addresses_close(struct addresses *a);
/// False: there are as many already, or no memory to count with. A local socket has no address and always comes in.
bool addresses_enter(struct addresses *a, const struct sockaddr_storage *who, struct address *out);
void addresses_leave(struct addresses *a, const struct address *who);
