/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "base/context.h"
#include "failing.h"
#include "test.h"

#define ROOM ((size_t)4 << 20)
#define TRIES_MAX 20000

/* OpenSSL 3.0 makes an RSA key's blinding anew every 32 uses. If memory is lacking in the midst of
 * that, what it has until the next time blinds and unblinds by numbers that do not belong together.
 */
#define BLINDING_USES 33

static uint64_t library_fails_at; /* 0: never */
static bool spared;

static bool library_may_allocate(void)
{
    return spared || library_fails_at == 0 || --library_fails_at != 0;
}

static void *library_malloc(size_t size, const char *file, int line)
{
    return library_may_allocate() ? malloc(size) : NULL;
}

static void *library_realloc(void *data, size_t size, const char *file, int line)
{
    return library_may_allocate() ? realloc(data, size) : NULL;
}

static void library_free(void *data, const char *file, int line)
{
    free(data);
}

bool failing_begin(void)
{
    return CRYPTO_set_mem_functions(library_malloc, library_realloc, library_free) == 1;
}

void failing_spare(void)
{
    spared = true;
    memory_fail_at(0);
}

static ost_result run(failing_scenario *scenario, const void *material, size_t room)
{
    spared = false;
    ost_arena *arena = ost_arena_new(room);
    ost_result result = arena != NULL ? scenario(material, arena) : OST_E_MEMORY;
    ost_arena_free(arena);
    return result;
}

void failing_ours(failing_scenario *scenario, const void *material)
{
    ost_result result;
    uint64_t failed = 0;
    do {
        memory_fail_at(++failed);
        result = run(scenario, material, ROOM);
        memory_fail_at(0);
        assert_true(result == OST_OK || result == OST_E_MEMORY || result == OST_E_CRYPTO);
    } while (result != OST_OK && failed < TRIES_MAX);
    assert_int_equal(result, OST_OK);
    assert_true(failed > 1);
}

void failing_arenas(failing_scenario *scenario, const void *material)
{
    ost_result result;
    size_t tries = 0, room = 1;
    for (; (result = run(scenario, material, room)) != OST_OK && room < ROOM; tries++) {
        assert_int_equal(result, OST_E_MEMORY);
        room += 1 + room / 150;
    }
    assert_int_equal(result, OST_OK);
    assert_true(tries > 1);
}

void failing_librarys(failing_scenario *scenario, const void *material)
{
    uint64_t failed = 0;
    bool reached = true;
    for (; reached && failed < TRIES_MAX; failed += 1 + failed / 50) {
        library_fails_at = failed + 1;
        (void)run(scenario, material, ROOM);
        reached = library_fails_at == 0;
        library_fails_at = 0;
        ERR_clear_error();
    }
    assert_false(reached);
    ost_result result = run(scenario, material, ROOM);
    for (size_t uses = 1; result != OST_OK && uses < BLINDING_USES; uses++)
        result = run(scenario, material, ROOM);
    assert_int_equal(result, OST_OK);
}
