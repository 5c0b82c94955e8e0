/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation, counted per thread, with a way to make the n-th one fail; see context.h. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define LARGE_BLOCK (256 << 10)
#define KEPT_FREE (1 << 20)

static _Thread_local uint64_t allocations;
static _Thread_local uint64_t fail_at; /* 0: never */

static bool may_allocate(void)
{
    allocations++;
    return fail_at == 0 || --fail_at != 0;
}

void *memory_alloc(size_t size)
{
    return may_allocate() ? calloc(1, size > 0 ? size : 1) : NULL;
}

/* 64 bytes are a line of the cache, and the largest register. */
void *memory_alloc_aligned(size_t size)
{
    size_t rounded = (size + 63) / 64 * 64;
    void *data = may_allocate() ? aligned_alloc(64, rounded) : NULL;
    if (data != NULL)
        memset(data, 0, rounded);
    return data;
}

void *memory_resize(void *old, size_t size)
{
    return may_allocate() ? realloc(old, size > 0 ? size : 1) : NULL;
}

char *memory_copy(ost_text text)
{
    char *copy = text.len < SIZE_MAX ? memory_alloc(text.len + 1) : NULL;
    if (copy != NULL && text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

void memory_free(void *data)
{
    free(data);
}

void memory_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* Without a threshold of its own, glibc takes the size of the largest block that was ever freed for
 * one, up to 32 MiB, and keeps twice as much of every heap. */
void memory_start(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
#endif
}

uint64_t memory_count(void)
{
    return allocations;
}

void memory_fail_at(uint64_t n)
{
    fail_at = n;
}
