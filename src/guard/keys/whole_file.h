/* SPDX-License-Identifier: Apache-2.0 */
/* Files that several programs share: written as a whole, or put in another one's place. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <sys/stat.h>

#include <ostiary/types.h>

/* Closes a descriptor that is open when its scope ends. */
void file_close(int *fd);
#define file_auto __attribute__((cleanup(file_close)))

/* All of it, also in several pieces. False: errno tells. */
bool file_write(int fd, ost_text text);

/* Writes the text to a new file beside `path`, to the disk, and puts that in its place, so that
 * there is a whole one at any time. Returns NULL, or what went wrong ("cannot be written"), and
 * then nothing has changed. `ret_status` of the new file may be NULL. */
const char *file_replace(const char *path, ost_text text, struct stat *ret_status);

#endif
