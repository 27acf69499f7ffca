// SPDX-License-Identifier: EUPL-1.2
#include "http/listen.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static enum err taken(struct scope *sc, const char *where)
{
    if (errno == EADDRINUSE)
        return fail(&sc->fault, ERR_BUSY,
                    "another program listens on %s already; stop it, or choose another address with --listen",
                    where);
    if (errno == EACCES)
        return fail(&sc->fault, ERR_IO,
                    "listening on %s is not allowed; ports below 1024 need root, so put a proxy in front",
                    where);
    return fail_errno(&sc->fault, "cannot listen on %s", where);
}

static enum err unix_address(struct scope *sc, const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (!*path || strlen(path) >= sizeof out->sun_path)
        return fail(&sc->fault, ERR_INVALID, "the path of a socket has 1 to %zu bytes",
                    sizeof out->sun_path - 1);
    strcpy(out->sun_path, path);
    return OK;
}

static enum err listen_unix(struct scope *sc, const char *path, int *out, char **unix_path)
{
    struct sockaddr_un a;
    TRY(unix_address(sc, path, &a));
    AUTO(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail_errno(&sc->fault, "cannot make a socket");
    struct stat there;
    bool        taken_path = !lstat(path, &there);
    if (taken_path && !S_ISSOCK(there.st_mode))
        return fail(&sc->fault, ERR_EXISTS, "%s is there already, and no socket: name another path for it",
                    path);
    // A socket file that nobody answers on was left by a program that was killed.
    if (taken_path && connect(fd, (struct sockaddr *)&a, sizeof a) && errno == ECONNREFUSED) unlink(path);
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) || chmod(path, 0660) || listen(fd, BACKLOG))
        return taken(sc, path);
    *unix_path = strdup(path);
    *out = fd;
    fd = -1;
    return OK;
}

/// *found: for freeaddrinfo.
static enum err tcp_address(struct scope *sc, const char *where, struct addrinfo **found)
{
    str    all = str_of(where);
    size_t colon = all.n;
    while (colon > 0 && all.p[colon - 1] != ':') colon--;
    str host = str_slice(all, 0, colon ? colon - 1 : 0), service = str_slice(all, colon, all.n);
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') host = str_slice(host, 1, host.n - 1);
    uint64_t number;
    if (!colon || !host.n || !str_to_u64(service, &number) || number > 65535)
        return fail(&sc->fault, ERR_INVALID,
                    "\"%s\" is no address to listen on; write it as 127.0.0.1:8080, [::1]:8080 or unix:/path",
                    where);
    const char           *name = arena_cstr(sc->mem, host), *digits = arena_cstr(sc->mem, service);
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    if (!name || !digits) return fail(&sc->fault, ERR_NOMEM, "no room for an address");
    int code = getaddrinfo(name, digits, &hints, found);
    if (code)
        return fail(&sc->fault, ERR_INVALID, "there is no address \"%s\" on this machine: %s", where,
                    gai_strerror(code));
    return OK;
}

enum err listen_check(struct scope *sc, const char *where)
{
    struct sockaddr_un a;
    struct addrinfo   *found;
    if (str_starts(str_of(where), S("unix:"))) return unix_address(sc, where + strlen("unix:"), &a);
    TRY(tcp_address(sc, where, &found));
    freeaddrinfo(found);
    return OK;
}

enum err listen_on(struct scope *sc, const char *where, int *out, int *port, char **unix_path)
{
    struct addrinfo *found;
    *unix_path = NULL;
    *port = 0;
    if (str_starts(str_of(where), S("unix:"))) return listen_unix(sc, where + 5, out, unix_path);
    TRY(tcp_address(sc, where, &found));
    AUTO(fd_closep) int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int                 on = 1;
    bool                fine = fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
                !bind(fd, found->ai_addr, found->ai_addrlen) && !listen(fd, BACKLOG);
    freeaddrinfo(found);
    if (!fine) return taken(sc, where);
    struct sockaddr_storage a = { 0 };
    socklen_t               n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n))
        return fail_errno(&sc->fault, "cannot listen on %s", where);
    *port = ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                          : ((struct sockaddr_in *)&a)->sin_port);
    *out = fd;
    fd = -1;
    return OK;
}
