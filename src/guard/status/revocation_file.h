/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations on disk, so that they outlast a restart, and so that all processes of a machine which
 * share the file hear of what one of them was told: a line of JSON for each, appended as a whole
 * under a lock, and read as strictly. What is over is left out when the file has grown, by another
 * file that takes its place. */
#ifndef REVOCATION_FILE_H
#define REVOCATION_FILE_H

#include <ostiary/jose.h>
#include <ostiary/revocation.h>

#define REVOCATION_LINE_MAX ((size_t)32 << 10) /* bytes, of issuer and value with escapes */

typedef struct revocation_file revocation_file;

/* Called for every line that others have written, and for all at first. */
typedef void (*revocation_told)(const ost_revocation *what, void *user);

/* Opens the file, makes it (mode 0600) when it is missing, and reads it. At most `lines` that are
 * not over may stand in it. OST_E_CONFIG: it is something else, or damaged, with the number of the
 * line; OST_E_SYSTEM, OST_E_MEMORY. A last line that was cut off by a crash is taken out. */
OST_MUST_CHECK ost_result revocation_file_open(const char *path, size_t lines,
                                               const ost_context *context, revocation_told told,
                                               void *user, revocation_file **ret_file,
                                               ost_error *error);
void revocation_file_free(revocation_file *file); /* NULL is fine */

/* Writes one; `issuer`, `not_before` (0: every token) and `until` say all. OST_E_SYSTEM;
 * OST_E_CEILING: the file is full. Any thread. */
OST_MUST_CHECK ost_result revocation_file_append(revocation_file *file, const ost_revocation *what);

/* Reads what others have written since. Any thread. */
void revocation_file_follow(revocation_file *file);

/* One line without its end; texts live in the arena. OST_E_FORMAT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result revocation_line_read(ost_text line, ost_arena *arena,
                                               ost_revocation *ret_what);
/* With its end. OST_E_ARGUMENT, OST_E_MEMORY, OST_E_CEILING. */
OST_MUST_CHECK ost_result revocation_line_write(const ost_revocation *what, ost_arena *arena,
                                                ost_text *ret_line);

#endif
