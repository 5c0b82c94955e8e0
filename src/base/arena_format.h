/* SPDX-License-Identifier: Apache-2.0 */
/* ost_arena_format for functions that take a format themselves. */
#ifndef ARENA_FORMAT_H
#define ARENA_FORMAT_H

#include <stdarg.h>

#include <ostiary/types.h>

/* NULL: no memory. `arguments` are used up. */
OST_MUST_CHECK char *arena_format_list(ost_arena *arena, const char *format, va_list arguments)
    OST_PRINTF(2, 0);

#endif
