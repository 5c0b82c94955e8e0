/* SPDX-License-Identifier: Apache-2.0 */
/* An arena for all tests of a program: open_arena before them, close_arena after them. */
#ifndef TEST_ARENA_H
#define TEST_ARENA_H

#include <ostiary/types.h>

#include "test.h"

static ost_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = ost_arena_new((size_t)128 << 20); /* a ceiling: what is not used is not taken */
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

#endif
