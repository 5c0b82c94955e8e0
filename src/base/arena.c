/* SPDX-License-Identifier: Apache-2.0 */
/* Memory handed out in pieces and given back as a whole: a chain of chunks that grow, under one
 * ceiling. The address sanitizer is told which bytes are handed out, so that it sees what is used
 * beyond its end or after a reset. */
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ostiary/types.h>

#include "base/arena_format.h"
#include "base/context.h"
#include "base/text.h"

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h> /* does nothing in other builds */
#else
#define ASAN_POISON_MEMORY_REGION(data, size) ((void)(data), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(data, size) ((void)(data), (void)(size))
#endif

#define FIRST_CHUNK ((size_t)4096)
#define ALIGNMENT (alignof(max_align_t))
#define CEILING_MAX (SIZE_MAX / 4) /* no sum of two sizes can overflow */

typedef struct chunk {
    struct chunk *next;
    size_t size, used;
    alignas(max_align_t) unsigned char data[];
} chunk;

typedef struct deferred {
    struct deferred *next;
    void (*call)(void *user);
    void *user;
} deferred;

struct ost_arena {
    size_t ceiling;
    size_t held;  /* bytes handed out since the last reset */
    size_t kept;  /* bytes of all chunks */
    size_t least; /* of the next chunk, where the ceiling allows it */
    chunk *first;
    chunk *current;
    deferred *deferred; /* in the arena itself; the newest first */
    char apart[64];     /* from the next one, which may be another thread's */
};

static chunk *chunk_new(size_t size)
{
    chunk *made = memory_alloc(sizeof(chunk) + size);
    if (made == NULL)
        return NULL;
    made->size = size;
    ASAN_POISON_MEMORY_REGION(made->data, size);
    return made;
}

/* Back to zeroes, and to nobody. */
static void chunk_reset(chunk *c)
{
    ASAN_UNPOISON_MEMORY_REGION(c->data, c->used);
    wipe(c->data, c->used);
    ASAN_POISON_MEMORY_REGION(c->data, c->used);
    c->used = 0;
}

static void chunk_free(chunk *c)
{
    ASAN_UNPOISON_MEMORY_REGION(c->data, c->size);
    memory_free(c);
}

ost_arena *ost_arena_new(size_t ceiling)
{
    ost_arena *arena = ceiling > 0 ? memory_alloc(sizeof *arena) : NULL;
    if (arena == NULL)
        return NULL;
    arena->ceiling = ceiling < CEILING_MAX ? ceiling : CEILING_MAX;
    arena->first = arena->current =
        chunk_new(ceiling < FIRST_CHUNK ? ceiling + ALIGNMENT : FIRST_CHUNK);
    if (arena->first == NULL) {
        memory_free(arena);
        return NULL;
    }
    arena->kept = arena->first->size;
    return arena;
}

/* Moves to a chunk with room for `size`: one kept from before a reset, or a new one. */
static bool next_chunk(ost_arena *arena, size_t size)
{
    while (arena->current->next != NULL) {
        arena->current = arena->current->next;
        if (arena->current->size >= size)
            return true;
    }
    size_t grown = arena->current->size * 2;
    if (grown < arena->least)
        grown = arena->least;
    if (grown > arena->ceiling - arena->held)
        grown = arena->ceiling - arena->held;
    chunk *made = chunk_new(grown > size ? grown : size);
    if (made == NULL)
        return false;
    arena->current->next = made;
    arena->current = made;
    arena->kept += made->size;
    return true;
}

void *ost_arena_alloc(ost_arena *arena, size_t size)
{
    if (arena == NULL || size > arena->ceiling)
        return NULL;
    size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1), left = arena->ceiling - arena->held;
    if (rounded == 0)
        rounded = ALIGNMENT;
    if (rounded > left && (size > left || size == 0))
        return NULL;
    if (rounded > arena->current->size - arena->current->used && !next_chunk(arena, rounded))
        return NULL;
    unsigned char *piece = arena->current->data + arena->current->used;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    arena->current->used += rounded;
    arena->held += rounded < left ? rounded : left;
    return piece;
}

char *ost_arena_copy(ost_arena *arena, ost_text text)
{
    char *copy = text.len < SIZE_MAX ? ost_arena_alloc(arena, text.len + 1) : NULL;
    if (copy != NULL && text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

char *arena_format_list(ost_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = format != NULL ? vsnprintf(NULL, 0, format, arguments) : -1;
    char *text = len >= 0 ? ost_arena_alloc(arena, (size_t)len + 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

char *ost_arena_format(ost_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

size_t ost_arena_used(const ost_arena *arena)
{
    return arena != NULL ? arena->held : 0;
}

bool ost_arena_defer(ost_arena *arena, void (*call)(void *user), void *user)
{
    deferred *made = ost_arena_alloc(arena, sizeof *made);
    if (made == NULL)
        return false;
    *made = (deferred){arena->deferred, call, user};
    arena->deferred = made;
    return true;
}

static void run_deferred(ost_arena *arena)
{
    for (deferred *at = arena->deferred; at != NULL; at = at->next)
        at->call(at->user);
    arena->deferred = NULL;
}

/* Frees the chunks behind `last`, which have been reset. */
static void free_behind(ost_arena *arena, chunk *last)
{
    for (chunk *at = last->next, *next; at != NULL; at = next) {
        next = at->next;
        arena->kept -= at->size;
        chunk_free(at);
    }
    last->next = NULL;
}

/* Chunks are zeroed when they are made and wiped when they are taken back, so that what is handed
 * out is always zero. Pieces that just do not fit leave chunks behind half empty: where all of them
 * together exceed the ceiling, one large enough for everything will take their place. */
void ost_arena_reset(ost_arena *arena)
{
    if (arena == NULL)
        return;
    run_deferred(arena);
    for (chunk *at = arena->first; at != NULL; at = at->next)
        chunk_reset(at);
    arena->current = arena->first;
    arena->held = 0;
    if (arena->kept > arena->ceiling + FIRST_CHUNK) {
        free_behind(arena, arena->first);
        arena->least = arena->ceiling;
    }
}

void arena_trim(ost_arena *arena, size_t keep)
{
    chunk *last = arena->first;
    size_t kept = last->size;
    while (last->next != NULL && last->next->size <= keep - (kept < keep ? kept : keep)) {
        last = last->next;
        kept += last->size;
    }
    free_behind(arena, last);
    arena->least = 0;
}

/* What is not handed out is zero, and pages that the system has to make again are zero too. */
static void chunk_settle(chunk *c, uintptr_t page)
{
    uintptr_t from = (uintptr_t)(c->data + c->used), to = (uintptr_t)(c->data + c->size);
    from = (from + page - 1) / page * page;
    to = to / page * page;
    if (from < to)
        (void)madvise(c->data + (from - (uintptr_t)c->data), to - from, MADV_DONTNEED);
}

void arena_settle(ost_arena *arena)
{
    long page = sysconf(_SC_PAGESIZE);
    for (chunk *at = arena->first; at != NULL && page > 0; at = at->next)
        chunk_settle(at, (uintptr_t)page);
}

void ost_arena_free(ost_arena *arena)
{
    if (arena == NULL)
        return;
    run_deferred(arena);
    for (chunk *at = arena->first, *next; at != NULL; at = next) {
        next = at->next;
        chunk_reset(at);
        chunk_free(at);
    }
    memory_free(arena);
}
