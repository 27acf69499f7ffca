// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"

#include "base/arena.h"
#include "base/watch.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void file_closep(FILE **f)
{
    if (*f) fclose(*f);
    *f = NULL;
}

void fd_closep(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static enum err open_read(struct scope *sc, const char *path, int more, int *fd, size_t *size)
{
    int         got = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | more);
    struct stat st;
    if (got < 0 && errno == ELOOP && more & O_NOFOLLOW)
        return fail(&sc->fault, ERR_CORRUPT, "%s is a link, not a file", path);
    if (got < 0) return fail_errno(&sc->fault, "cannot open %s", path);
    if (fstat(got, &st)) {
        enum err e = fail_errno(&sc->fault, "cannot read %s", path);
        close(got);
        return e;
    }
    if (!S_ISREG(st.st_mode)) {
        close(got);
        return fail(&sc->fault, ERR_IO, "%s is not a regular file", path);
    }
    *fd = got;
    *size = (size_t)st.st_size;
    return OK;
}

enum err file_open(struct scope *sc, const char *path, int *fd, size_t *size)
{
    return open_read(sc, path, 0, fd, size);
}

enum err file_open_own(struct scope *sc, const char *path, int *fd, size_t *size)
{
    return open_read(sc, path, O_NOFOLLOW, fd, size);
}

static enum err read_whole(struct scope *sc, const char *path, int more, size_t max_bytes, str *out)
{
    AUTO(fd_closep) int fd = -1;
    size_t              size;
    TRY(open_read(sc, path, more, &fd, &size));
    if (size > max_bytes)
        return fail(&sc->fault, ERR_LIMIT, "%s has %zu bytes; at most %zu are read", path, size, max_bytes);
    char *p = arena_alloc(sc->mem, size + 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for %zu bytes of %s", size, path);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(&sc->fault, "cannot read %s", path);
        if (got == 0) break;
        n += (size_t)got;
    }
    *out = (str){ p, n };
    return OK;
}

enum err file_read(struct scope *sc, const char *path, size_t max_bytes, str *out)
{
    return read_whole(sc, path, 0, max_bytes, out);
}

enum err file_read_own(struct scope *sc, const char *path, size_t max_bytes, str *out)
{
    return read_whole(sc, path, O_NOFOLLOW, max_bytes, out);
}

enum err map_open(struct scope *sc, const char *path, struct map *out)
{
    AUTO(fd_closep) int fd = -1;
    size_t              size;
    TRY(file_open(sc, path, &fd, &size));
    if (!size) return fail(&sc->fault, ERR_CORRUPT, "%s is empty", path);
    void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return fail_errno(&sc->fault, "cannot map %s", path);
    *out = (struct map){ .p = p, .n = size, .fd = fd, .watch = watch_add(p, size) };
    fd = -1;
    return OK;
}

static void twin_close(struct map *m)
{
    if (m->twin) munmap((void *)(uintptr_t)m->twin, m->n);
    watch_end(m->twin_watch);
    sums_free(&m->sums);
    m->twin = NULL;
    m->twin_watch = 0;
}

enum err map_prove(struct scope *sc, struct map *m, const char *path)
{
    if (!watch_started()) return fail(&sc->fault, ERR_NOTFOUND, "nobody watches over mappings");
    str text;
    TRY(file_read(sc, path, sums_size(m->n), &text));
    if (sums_read(sc, text, m->n, &m->sums)) return fail_at(&sc->fault, "%s", path);
    void *twin = mmap(NULL, m->n, PROT_READ, MAP_SHARED, m->fd, 0);
    if (twin != MAP_FAILED) {
        m->twin = twin;
        m->twin_watch = watch_add(twin, m->n);
    }
    if (m->twin_watch && watch_prove(m->watch, twin, &m->sums)) return OK;
    twin_close(m);
    return fail(&sc->fault, ERR_NOTFOUND, "there are too many mappings to watch over");
}

void map_close(struct map *m)
{
    if (!m->p) return;
    watch_end(m->watch);
    twin_close(m);
    munmap((void *)(uintptr_t)m->p, m->n);
    close(m->fd);
    *m = (struct map){ .fd = -1 };
}

bool map_proved(const struct map *m)
{
    const struct sums *s = &m->sums;
    bool               right = m->twin != NULL;
    for (size_t i = 0, at = 0; i < s->n && right; i++, at += s->block_bytes)
        right = sum_bytes(m->twin + at, i + 1 < s->n ? s->block_bytes : m->n - at) == s->sum[i];
    return right && !watch_lost(m->twin_watch);
}

bool map_lost(const struct map *m)
{
    return watch_lost(m->watch);
}

enum err file_new_open(struct scope *sc, const char *path, struct file_new *out)
{
    if (strlen(path) >= sizeof out->path)
        return fail(&sc->fault, ERR_LIMIT, "the path %.60s... is longer than %zu bytes", path,
                    sizeof out->path);
    struct file_new nf = { 0 };
    strcpy(nf.path, path);
    snprintf(nf.tmp, sizeof nf.tmp, "%s.tmp", path);
    int fd = open(nf.tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(&sc->fault, "cannot create %s", nf.tmp);
    nf.f = fdopen(fd, "wb");
    if (!nf.f) {
        enum err e = fail_errno(&sc->fault, "cannot write %s", nf.tmp);
        close(fd);
        unlink(nf.tmp);
        return e;
    }
    *out = nf;
    return OK;
}

static enum err sync_parent(struct scope *sc, const char *path)
{
    char        dir[4096];
    const char *slash = strrchr(path, '/');
    if (!slash) return dir_sync(sc, ".");
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    memcpy(dir, path, n);
    dir[n] = 0;
    return dir_sync(sc, dir);
}

enum err file_new_commit(struct scope *sc, struct file_new *nf)
{
    enum err e = OK;
    if (fflush(nf->f) || ferror(nf->f) || fsync(fileno(nf->f)))
        e = fail_errno(&sc->fault, "cannot write %s", nf->tmp);
    if (fclose(nf->f) && !e) e = fail_errno(&sc->fault, "cannot write %s", nf->tmp);
    nf->f = NULL;
    if (!e && rename(nf->tmp, nf->path))
        e = fail_errno(&sc->fault, "cannot rename %s to %s", nf->tmp, nf->path);
    if (e) {
        unlink(nf->tmp);
        return e;
    }
    return sync_parent(sc, nf->path);
}

void file_new_abort(struct file_new *nf)
{
    if (!nf->f) return;
    fclose(nf->f);
    unlink(nf->tmp);
    nf->f = NULL;
}

enum err file_replace(struct scope *sc, const char *path, str bytes)
{
    AUTO(file_new_abort) struct file_new nf = { 0 };
    TRY(file_new_open(sc, path, &nf));
    if (bytes.n && fwrite(bytes.p, 1, bytes.n, nf.f) != bytes.n)
        return fail_errno(&sc->fault, "cannot write %s", nf.tmp);
    return file_new_commit(sc, &nf);
}

enum err dir_make(struct scope *sc, const char *path)
{
    if (!mkdir(path, 0700)) return OK;
    struct stat st;
    if (errno == EEXIST && !stat(path, &st) && S_ISDIR(st.st_mode)) return OK;
    return fail_errno(&sc->fault, "cannot make the folder %s", path);
}

enum err dir_sync(struct scope *sc, const char *path)
{
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) && errno != EINVAL))
        return fail_errno(&sc->fault, "cannot sync the folder %s", path);
    return OK;
}

enum err path_join(struct scope *sc, const char *dir, const char *name, const char **out)
{
    str s = arena_printf(sc->mem, "%s/%s", dir, name);
    if (!s.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    *out = s.p;
    return OK;
}
