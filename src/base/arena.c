// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 32 * 1024, ALIGN = 16 };

struct block {
    struct block *below;
    size_t        size, used; // of data
    _Alignas(ALIGN) char data[];
};

struct arena {
    struct block *top;
    size_t        total, ceiling; // total: bytes handed out, as counted against the ceiling
};

struct arena *arena_open(size_t ceiling)
{
    struct arena *a = calloc(1, sizeof *a);
    if (a) a->ceiling = ceiling;
    return a;
}

void arena_close(struct arena *a)
{
    if (!a) return;
    for (struct block *b = a->top, *below; b; b = below) {
        below = b->below;
        free(b);
    }
    free(a);
}

void arena_closep(struct arena **a)
{
    arena_close(*a);
    *a = NULL;
}

void arena_reset(struct arena *a)
{
    while (a->top && a->top->below) {
        struct block *below = a->top->below;
        free(a->top);
        a->top = below;
    }
    if (a->top) a->top->used = 0;
    a->total = 0;
}

static struct block *block_for(struct arena *a, size_t n)
{
    if (a->top && a->top->size - a->top->used >= n) return a->top;
    // Blocks grow with the arena, so that a large job does not make many small ones.
    size_t size = a->total / 4 > BLOCK_MIN ? a->total / 4 : BLOCK_MIN;
    if (size < n) size = n;
    struct block *b = malloc(sizeof *b + size);
    if (!b) return NULL;
    *b = (struct block){ .below = a->top, .size = size };
    a->top = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - ALIGN) return NULL;
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (n > a->ceiling || a->total > a->ceiling - n) return NULL;
    struct block *b = block_for(a, n);
    if (!b) return NULL;
    void *p = b->data + b->used;
    b->used += n;
    a->total += n;
    return memset(p, 0, n);
}

void *arena_alloc_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(n, size, &bytes) ? NULL : arena_alloc(a, bytes);
}

struct arena_mark arena_mark(struct arena *a)
{
    return (struct arena_mark){ a->top, a->top ? a->top->used : 0, a->total };
}

void arena_back(struct arena *a, struct arena_mark to)
{
    // The last block is kept even when the mark was taken before it: a loop that marks and goes back must not
    // call malloc each time round.
    while (a->top && (void *)a->top != to.block && (a->top->below || to.block)) {
        struct block *below = a->top->below;
        free(a->top);
        a->top = below;
    }
    if (a->top) a->top->used = (void *)a->top == to.block ? to.used : 0;
    a->total = to.total;
}

size_t arena_used(const struct arena *a)
{
    return a->total;
}

str arena_str(struct arena *a, str s)
{
    char *p = arena_cstr(a, s);
    return p ? (str){ p, s.n } : (str){ 0 };
}

char *arena_cstr(struct arena *a, str s)
{
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
    if (p && s.n) memcpy(p, s.p, s.n);
    return p;
}

str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (!p) return (str){ 0 };
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (str){ p, (size_t)n };
}
