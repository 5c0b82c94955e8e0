/* SPDX-License-Identifier: Apache-2.0 */
#include "curl_memory.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_long fails_in; /* allocations until the one that fails; below 1: none does */
static atomic_long live;

static bool may_allocate(void)
{
    return atomic_fetch_sub(&fails_in, 1) != 1;
}

static void *counted(void *memory)
{
    if (memory != NULL)
        atomic_fetch_add(&live, 1);
    return memory;
}

static void *curls_malloc(size_t size)
{
    return may_allocate() ? counted(malloc(size)) : NULL;
}

static void *curls_calloc(size_t count, size_t size)
{
    return may_allocate() ? counted(calloc(count, size)) : NULL;
}

static char *curls_strdup(const char *text)
{
    return may_allocate() ? counted(strdup(text)) : NULL;
}

static void curls_free(void *memory)
{
    if (memory != NULL)
        atomic_fetch_sub(&live, 1);
    free(memory);
}

static void *curls_realloc(void *memory, size_t size)
{
    if (!may_allocate())
        return NULL;
    return memory == NULL ? counted(malloc(size)) : realloc(memory, size);
}

bool curl_memory_begin(void)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, curls_malloc, curls_free, curls_realloc,
                                curls_strdup, curls_calloc) == CURLE_OK;
}

void curl_memory_end(void)
{
    curl_global_cleanup();
}

void curl_memory_fail_at(long n)
{
    atomic_store(&fails_in, n);
}

bool curl_memory_failed(void)
{
    return atomic_exchange(&fails_in, 0) <= 0;
}

long curl_memory_live(void)
{
    return atomic_load(&live);
}
