/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in files: the client's, and the one that seals cookies. */
#ifndef SECRET_FILE_H
#define SECRET_FILE_H

#include <ostiary/types.h>

#define SECRET_FILE_MAX 4096 /* bytes of a file */

/* Who may be able to read it, beside its owner. */
typedef enum secret_readers {
    SECRET_OF_OWNER,   /* nobody: what we make ourselves */
    SECRET_OF_GROUP,   /* its group: what a service is given by who sets it up */
    SECRET_OF_ANYBODY, /* it is not looked at, and need be no file: a pipe, /dev/stdin, what a
                          container mounts */
} secret_readers;

/* All of a file, of at most `max` bytes. OST_E_SYSTEM: it cannot be read; OST_E_CONFIG: too long,
 * or for others to read, or no regular file. The sentence begins with the path, or with what cannot
 * be done to it. In the arena. */
OST_MUST_CHECK ost_result secret_file_content(const char *path, secret_readers readers, size_t max,
                                              ost_arena *arena, ost_text *ret_content,
                                              ost_error *error);

/* The first line of one for anybody, without its end. OST_E_CONFIG: it is empty, too. */
OST_MUST_CHECK ost_result secret_file_read(const char *path, ost_arena *arena, ost_text *ret_line,
                                           ost_error *error);

/* The cookie secret, and behind it the one before, from the file's first two lines. A file that is
 * missing is made, with a new secret, for its owner only; one that others may read is refused. */
OST_MUST_CHECK ost_result secret_file_open(const char *path, ost_arena *arena,
                                           ost_text *ret_current, ost_text *ret_older,
                                           ost_error *error);

/* The same two out of one text, separated by white space. OST_E_CONFIG: under 32 bytes. */
OST_MUST_CHECK ost_result secret_split(ost_text text, ost_text *ret_current, ost_text *ret_older,
                                       ost_error *error);

/* A new secret of 256 bits, as 43 characters. */
OST_MUST_CHECK ost_result secret_make(ost_arena *arena, ost_text *ret_secret);

#endif
