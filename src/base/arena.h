// SPDX-License-Identifier: EUPL-1.2
// Memory that belongs to a scope: allocated piece by piece, zeroed, given back all at once.
// Has a ceiling; at the ceiling allocation returns NULL, like any other lack of memory.
// Threads: an arena belongs to one thread at a time.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;
struct arena_mark {
    void  *block;
    size_t used;
    size_t total;
};

/// A new arena that hands out at most ceiling bytes. NULL: no memory. Close with arena_close (NULL is fine).
struct arena *arena_open(size_t ceiling);
void          arena_close(struct arena *a);
void          arena_closep(struct arena **a);
/// Forgets all allocations and keeps one block for the next use.
void          arena_reset(struct arena *a);
/// n zeroed bytes, aligned for any type; NULL at the ceiling.
void         *arena_alloc(struct arena *a, size_t n);
void         *arena_alloc_array(struct arena *a, size_t n, size_t size); // NULL when n * size overflows, too
/// Remembers where the arena stands / gives back everything allocated since.
struct arena_mark arena_mark(struct arena *a);
void              arena_back(struct arena *a, struct arena_mark to);
size_t            arena_used(const struct arena *a);

#define arena_array(a, type, n) ((type *)arena_alloc_array((a), (n), sizeof(type)))
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

/// Copy into the arena, with a NUL behind it (not counted). p is NULL when there is no room.
str   arena_str(struct arena *a, str s);
/// The same as a C string; NULL when there is no room.
char *arena_cstr(struct arena *a, str s);
/// printf into the arena. p is NULL when there is no room.
PRINTF(2, 3) str arena_printf(struct arena *a, const char *format, ...);
