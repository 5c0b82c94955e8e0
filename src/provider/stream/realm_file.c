/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files on disk; see realm_file.h. They are read, not mapped: one that is cut short meanwhile
 * would end the program. */
#include "provider/stream/realm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_at(void *user, uint64_t offset, char *into, size_t room)
{
    const realm_file *file = user;
    ssize_t len;
    if (offset > INT64_MAX)
        return 0;
    do
        len = pread(file->fd, into, room, (off_t)offset);
    while (len < 0 && errno == EINTR);
    return len;
}

ost_result realm_file_open(const char *path, realm_file *ret_file, ost_error *error)
{
    realm_file file = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    const char *why = file.fd < 0 || fstat(file.fd, &file.status) != 0 ? strerror(errno)
                      : !S_ISREG(file.status.st_mode)                  ? "not a file"
                                                                       : NULL;
    if (why == NULL) {
        (void)posix_fadvise(file.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        *ret_file = file;
        return OST_OK;
    }
    ost_error_set(error, OST_E_SYSTEM, "%s: %s", path, why);
    realm_file_close(&file);
    return OST_E_SYSTEM;
}

void realm_file_close(realm_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

byte_source realm_file_source(const realm_file *file)
{
    return (byte_source){read_at, (void *)(uintptr_t)file};
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool realm_file_is_same(const realm_file *file, const struct stat *before)
{
    struct stat now;
    return fstat(file->fd, &now) == 0 && now.st_dev == before->st_dev &&
           now.st_ino == before->st_ino && now.st_size == before->st_size &&
           is_same_time(now.st_mtim, before->st_mtim);
}

ost_result realm_file_split(const char *path, ost_arena *arena, realm_parts *ret_parts,
                            struct stat *ret_status, ost_error *error)
{
    realm_file file;
    ost_error inner = {0};
    ost_result result = realm_file_open(path, &file, error);
    if (result != OST_OK)
        return result;
    result = realm_split(realm_file_source(&file), true, arena, ret_parts, &inner);
    if (!realm_file_is_same(&file, &file.status))
        result = ost_error_set(&inner, OST_E_SYSTEM, "it has changed while it was read");
    *ret_status = file.status;
    realm_file_close(&file);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s: %s", path,
                                            inner.detail[0] != '\0' ? inner.detail
                                                                    : ost_result_sentence(result));
}
