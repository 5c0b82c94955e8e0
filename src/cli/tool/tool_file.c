/* SPDX-License-Identifier: Apache-2.0 */
/* See tool_file.h. */
#include "cli/tool/tool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config/read_whole.h"
#include "base/text.h"

static bool is_standard(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* A token or a key stands where the name of its file belongs; errors end up in logs. */
static bool is_content(const char *path)
{
    ost_text text = text_of(path);
    return text.len > NAME_MAX || text_starts(text, "{") || text_starts(text, "eyJ") ||
           text_starts(text, "-----");
}

static ost_result failed(ost_error *error, const char *path, const char *otherwise)
{
    if (!is_standard(path) && is_content(path))
        return ost_error_set(error, OST_E_SYSTEM,
                             "what is given is not a file name: tokens and keys come from files "
                             "or standard input");
    return ost_error_set(error, OST_E_SYSTEM, "%s: %s", is_standard(path) ? otherwise : path,
                         strerror(errno));
}

static ost_result read_all(int fd, const char *path, ost_arena *arena, ost_text *ret_content,
                           ost_error *error)
{
    char *content = ost_arena_alloc(arena, TOOL_FILE_MAX + 1);
    size_t len;
    if (content == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_whole(fd, content, TOOL_FILE_MAX, &len);
    if (result == OST_E_CEILING)
        return ost_error_set(error, result, "%s: more than %zu bytes",
                             is_standard(path) ? "standard input" : path, TOOL_FILE_MAX);
    if (result != OST_OK)
        return failed(error, path, "standard input");
    *ret_content = (ost_text){content, len};
    return OST_OK;
}

ost_result tool_read(const char *path, ost_arena *arena, ost_text *ret_content, ost_error *error)
{
    int fd = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(error, path, "");
    ost_result result = read_all(fd, path, arena, ret_content, error);
    if (!is_standard(path))
        close(fd);
    return result;
}

ost_result tool_read_line(const char *path, ost_arena *arena, ost_text *ret_line, ost_error *error)
{
    ost_text line;
    ost_result result = tool_read(path, arena, &line, error);
    if (result != OST_OK)
        return result;
    *ret_line = text_trim_lines(line);
    return OST_OK;
}

static bool write_all(int fd, ost_text rest)
{
    while (rest.len > 0) {
        ssize_t written = write(fd, rest.data, rest.len);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            rest = text_slice(rest, (size_t)written, rest.len);
    }
    return true;
}

static bool write_and_close(int fd, ost_text content)
{
    bool written = write_all(fd, content);
    int reason = errno;
    if (close(fd) != 0 && written)
        return false;
    errno = reason;
    return written;
}

/* A new file, which is taken away again if it cannot hold it all. */
static ost_result write_new(const char *path, ost_text content, ost_error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return ost_error_set(error, OST_E_CONFLICT, "%s exists (--force overwrites it)", path);
    if (fd < 0)
        return failed(error, path, "");
    if (write_and_close(fd, content))
        return OST_OK;
    ost_result result = failed(error, path, "");
    unlink(path);
    return result;
}

/* The old content stays until the new one is written: a disk that is full must not cost a key.
 * False where there can be no file beside it, as with one that is mounted; *ret_full: it does not
 * fit. */
static bool replace(const char *path, ost_text content, bool *ret_full)
{
    char real[PATH_MAX], beside[PATH_MAX];
    *ret_full = false;
    if (realpath(path, real) == NULL ||
        snprintf(beside, sizeof beside, "%s.XXXXXX", real) >= (int)sizeof beside)
        return false;
    int fd = mkostemp(beside, O_CLOEXEC); /* for its owner alone */
    if (fd < 0)
        return false;
    *ret_full = !write_and_close(fd, content);
    if (!*ret_full && rename(beside, real) == 0)
        return true;
    int reason = errno;
    unlink(beside);
    errno = reason;
    return false;
}

/* What is overwritten in place may have been open to others, and must not be so when the secret
 * comes in. */
static bool overwrite(const char *path, ost_text content, bool regular)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (!regular || (fchmod(fd, 0600) == 0 && ftruncate(fd, 0) == 0))
        return write_and_close(fd, content);
    int reason = errno;
    close(fd);
    errno = reason;
    return false;
}

ost_result tool_write(const char *path, bool force, ost_text content, ost_error *error)
{
    struct stat status;
    bool full = false;
    if (is_standard(path))
        return write_all(STDOUT_FILENO, content) ? OST_OK : failed(error, path, "standard output");
    if (!force || stat(path, &status) != 0)
        return write_new(path, content, error);
    bool regular = S_ISREG(status.st_mode);
    bool written = regular && replace(path, content, &full);
    if (!written && !full)
        written = overwrite(path, content, regular);
    return written ? OST_OK : failed(error, path, "");
}
