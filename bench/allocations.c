/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL is given functions that count; see allocations.h. */
#include "allocations.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/context.h"

static _Thread_local uint64_t openssl_allocations;

static void *counted_malloc(size_t size, const char *file, int line)
{
    openssl_allocations++;
    return malloc(size);
}

static void *counted_realloc(void *data, size_t size, const char *file, int line)
{
    openssl_allocations++;
    return realloc(data, size);
}

static void counted_free(void *data, const char *file, int line)
{
    free(data);
}

bool allocations_watch(void)
{
    return CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;
}

allocations allocations_so_far(void)
{
    return (allocations){memory_count(), openssl_allocations};
}
