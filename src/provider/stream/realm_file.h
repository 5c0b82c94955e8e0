/* SPDX-License-Identifier: Apache-2.0 */
/* A file on disk that holds realms, read in pieces, and more than once. */
#ifndef REALM_FILE_H
#define REALM_FILE_H

#include <sys/stat.h>

#include "provider/stream/realm_split.h"

typedef struct realm_file {
    int fd;
    struct stat status; /* when it was opened */
} realm_file;

/* The detail names the file. Closed with realm_file_close. */
OST_MUST_CHECK ost_result realm_file_open(const char *path, realm_file *ret_file, ost_error *error);
void realm_file_close(realm_file *file);

/* As long as the file is open. */
byte_source realm_file_source(const realm_file *file);

/* The file is what it was: not written, cut or replaced. */
bool realm_file_is_same(const realm_file *file, const struct stat *before);

/* Splits a file with its placeholders replaced, and tells what it was then. In the arena. The
 * detail names the file. */
OST_MUST_CHECK ost_result realm_file_split(const char *path, ost_arena *arena,
                                           realm_parts *ret_parts, struct stat *ret_status,
                                           ost_error *error);

#endif
