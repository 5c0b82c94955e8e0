/* See tool_file.h. */
#include "tool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static bool is_standard(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

static ost_result failed(ost_error *ret_error, const char *path, const char *otherwise)
{
    return ost_error_set(ret_error, OST_E_SYSTEM, "%s: %s", is_standard(path) ? otherwise : path,
                         strerror(errno));
}

static ost_result read_all(int fd, const char *path, ost_arena *arena, ost_text *ret_content,
                           ost_error *ret_error)
{
    char *content = ost_arena_alloc(arena, TOOL_FILE_MAX + 1);
    size_t len = 0;
    if (content == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    for (ssize_t n = 1; n != 0;) {
        n = read(fd, content + len, TOOL_FILE_MAX + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(ret_error, path, "standard input");
        len += (size_t)n;
        if (len > TOOL_FILE_MAX) {
            return ost_error_set(ret_error, OST_E_CEILING, "%s: more than %zu bytes",
                                 is_standard(path) ? "standard input" : path, TOOL_FILE_MAX);
        }
    }
    *ret_content = (ost_text){content, len};
    return OST_OK;
}

ost_result tool_read(const char *path, ost_arena *arena, ost_text *ret_content,
                     ost_error *ret_error)
{
    int fd = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(ret_error, path, "");
    ost_result result = read_all(fd, path, arena, ret_content, ret_error);
    if (!is_standard(path))
        close(fd);
    return result;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

ost_result tool_read_line(const char *path, ost_arena *arena, ost_text *ret_line,
                          ost_error *ret_error)
{
    ost_text line;
    ost_result result = tool_read(path, arena, &line, ret_error);
    if (result != OST_OK)
        return result;
    while (line.len > 0 && is_space(line.data[line.len - 1]))
        line.len--;
    while (line.len > 0 && is_space(line.data[0]))
        line = text_slice(line, 1, line.len);
    *ret_line = line;
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

ost_result tool_write(const char *path, bool force, ost_text content, ost_error *ret_error)
{
    if (is_standard(path))
        return write_all(STDOUT_FILENO, content) ? OST_OK
                                                 : failed(ret_error, path, "standard output");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0600);
    if (fd < 0 && errno == EEXIST)
        return ost_error_set(ret_error, OST_E_CONFLICT, "%s exists (--force overwrites it)", path);
    if (fd < 0)
        return failed(ret_error, path, "");
    bool written = write_all(fd, content);
    ost_result result = written ? OST_OK : failed(ret_error, path, "");
    if (close(fd) != 0 && written)
        result = failed(ret_error, path, "");
    return result;
}
