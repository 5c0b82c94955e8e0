/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the tools read and write, "-" being standard input and output. */
#ifndef TOOL_FILE_H
#define TOOL_FILE_H

#include <ostiary/types.h>

#define TOOL_FILE_MAX ((size_t)1 << 20) /* bytes read */

/* The whole file (NULL and "-": standard input) into the arena. OST_E_SYSTEM with the file's name,
 * OST_E_CEILING, OST_E_MEMORY. */
OST_MUST_CHECK ost_result tool_read(const char *path, ost_arena *arena, ost_text *ret_content,
                                    ost_error *error);

/* The same without the white space around it: for what is one line of text. */
OST_MUST_CHECK ost_result tool_read_line(const char *path, ost_arena *arena, ost_text *ret_line,
                                         ost_error *error);

/* Writes to a file that only its owner may read, also when it was another's to read before, or to
 * standard output (NULL and "-"). OST_E_CONFLICT: it exists, and `force` is false. */
OST_MUST_CHECK ost_result tool_write(const char *path, bool force, ost_text content,
                                     ost_error *error);

#endif
