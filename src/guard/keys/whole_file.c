/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files; see whole_file.h. */
#include "guard/keys/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

bool file_write(int fd, ost_text text)
{
    for (size_t at = 0; at < text.len;) {
        ssize_t put = write(fd, text.data + at, text.len - at);
        if (put < 0 && errno != EINTR)
            return false;
        at += put > 0 ? (size_t)put : 0;
    }
    return true;
}

const char *file_replace(const char *path, ost_text text, struct stat *ret_status)
{
    char beside[4096];
    struct stat status;
    int named = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    if (named <= 0 || (size_t)named >= sizeof beside)
        return "the name is too long";
    file_auto int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return "cannot be created";
    if (!file_write(fd, text) || fsync(fd) != 0 || fstat(fd, &status) != 0 ||
        rename(beside, path) != 0) {
        unlink(beside);
        return "cannot be written";
    }
    if (ret_status != NULL)
        *ret_status = status;
    return NULL;
}
