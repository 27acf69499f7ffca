// SPDX-License-Identifier: EUPL-1.2
// client PORT <paths: asks 127.0.0.1 for one path after the other over one kept connection, as a browser would that
// takes gzip. Prints for each "microseconds status bytes-of-the-body", from the first byte sent to the last received.
#include "base/str.h"
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8192, ANSWER_MAX_BYTES = 8 << 20 };

struct answer {
    unsigned status;
    size_t   body;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return false;
        p += k, n -= (size_t)k;
    }
    return true;
}

/// Bytes of the body by Content-Length; without one there is none, as with 204.
static bool read_head(char *text, struct answer *out)
{
    const char *length = strcasestr(text, "\r\nContent-Length:");
    out->body = length ? (size_t)strtoull(length + 17, NULL, 10) : 0;
    return sscanf(text, "HTTP/1.1 %u", &out->status) == 1 && out->body < ANSWER_MAX_BYTES - LINE_MAX_BYTES;
}

static bool receive(int fd, char *room, struct answer *out)
{
    size_t have = 0, want = SIZE_MAX;
    while (have < want) {
        ssize_t k = recv(fd, room + have, ANSWER_MAX_BYTES - 1 - have, 0);
        if (k <= 0) return false;
        have += (size_t)k;
        room[have] = 0;
        char *end = want == SIZE_MAX ? strstr(room, "\r\n\r\n") : NULL;
        if (!end) continue;
        end[2] = 0;
        if (!read_head(room, out)) return false;
        want = (size_t)(end - room) + 4 + out->body;
    }
    return have == want;
}

int main(int argc, char **argv)
{
    static char path[LINE_MAX_BYTES], request[2 * LINE_MAX_BYTES], room[ANSWER_MAX_BYTES];
    int         fd = argc > 1 ? connect_to((uint16_t)strtoul(argv[1], NULL, 10)) : -1;
    if (fd < 0) {
        fputs("usage: client PORT <paths; a server must listen on 127.0.0.1:PORT\n", stderr);
        return 2;
    }
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        int           n = snprintf(request, sizeof request,
                                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n", path);
        struct answer a = { 0 };
        double        began = now_us();
        if (!send_all(fd, request, (size_t)n) || !receive(fd, room, &a)) {
            fprintf(stderr, "client: no whole answer to %s\n", path);
            return 1;
        }
        printf("%.1f %u %zu\n", now_us() - began, a.status, a.body);
    }
    close(fd);
    return 0;
}
