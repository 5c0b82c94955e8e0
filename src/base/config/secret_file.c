/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and makes secrets; see secret_file.h. */
#include "base/config/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/base64url.h"
#include "base/config/read_whole.h"
#include "base/context.h"
#include "base/text.h"

#define SECRET_MIN 32

static ost_result system_error(ost_error *error, const char *path, const char *what)
{
    return ost_error_set(error, OST_E_SYSTEM, "%s %s: %s", what, path, strerror(errno));
}

static ost_result check_readers(int file, const char *path, secret_readers readers,
                                ost_error *error)
{
    struct stat status;
    if (readers == SECRET_OF_ANYBODY)
        return OST_OK;
    if (fstat(file, &status) != 0)
        return system_error(error, path, "cannot look at");
    if (!S_ISREG(status.st_mode))
        return ost_error_set(error, OST_E_CONFIG, "%s is no regular file", path);
    if (readers == SECRET_OF_OWNER && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "%s is open to others: chmod 600 it, or take another secret", path);
    if ((status.st_mode & S_IRWXO) != 0)
        return ost_error_set(
            error, OST_E_CONFIG,
            "%s is open to everybody: chmod 640 it, or 600, or take another secret", path);
    return OST_OK;
}

/* The whole file, up to the ceiling. */
static ost_result read_all(int file, const char *path, size_t max, ost_arena *arena,
                           ost_text *ret_content, ost_error *error)
{
    char *content = ost_arena_alloc(arena, max + 1);
    if (content == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    size_t len;
    ost_result result = read_whole(file, content, max, &len);
    if (result == OST_E_CEILING)
        return ost_error_set(error, OST_E_CONFIG, "%s is too long for a secret", path);
    if (result != OST_OK)
        return system_error(error, path, "cannot read");
    *ret_content = (ost_text){content, len};
    return OST_OK;
}

/* Nobody who has the other end of a pipe is waited for where it would be refused anyway. */
static int open_for(const char *path, secret_readers readers)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    return open(path, readers == SECRET_OF_ANYBODY ? flags : flags | O_NONBLOCK);
}

ost_result secret_file_content(const char *path, secret_readers readers, size_t max,
                               ost_arena *arena, ost_text *ret_content, ost_error *error)
{
    int file = open_for(path, readers);
    if (file < 0)
        return system_error(error, path, "cannot open");
    ost_result result = check_readers(file, path, readers, error);
    if (result == OST_OK)
        result = read_all(file, path, max, arena, ret_content, error);
    close(file);
    return result;
}

ost_result secret_file_read(const char *path, ost_arena *arena, ost_text *ret_line,
                            ost_error *error)
{
    ost_text content = {0};
    ost_result result =
        secret_file_content(path, SECRET_OF_ANYBODY, SECRET_FILE_MAX, arena, &content, error);
    if (result != OST_OK)
        return result;
    ost_text line = text_slice(content, 0, text_find(content, '\n', 0));
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    if (line.len == 0)
        return ost_error_set(error, OST_E_CONFIG, "%s holds no secret", path);
    *ret_line = line;
    return OST_OK;
}

ost_result secret_make(ost_arena *arena, ost_text *ret_secret)
{
    unsigned char random[32];
    ost_result result = context_random(NULL, random, sizeof random);
    if (result == OST_OK)
        result =
            base64url_encode_to(arena, (ost_text){(const char *)random, sizeof random}, ret_secret);
    wipe(random, sizeof random);
    return result;
}

static ost_text next_word(ost_text *rest)
{
    size_t from = 0, to;
    while (from < rest->len && ascii_is_space(rest->data[from]))
        from++;
    for (to = from; to < rest->len && !ascii_is_space(rest->data[to]); to++)
        ;
    ost_text word = text_slice(*rest, from, to - from);
    *rest = text_slice(*rest, to, rest->len - to);
    return word;
}

ost_result secret_split(ost_text text, ost_text *ret_current, ost_text *ret_older, ost_error *error)
{
    ost_text rest = text, current = next_word(&rest), older = next_word(&rest);
    if (current.len < SECRET_MIN || (older.len > 0 && older.len < SECRET_MIN))
        return ost_error_set(error, OST_E_CONFIG,
                             "a cookie secret must have at least %d characters", SECRET_MIN);
    *ret_current = current;
    *ret_older = older;
    return OST_OK;
}

/* Another process may make it at the same moment: the one that comes first wins, and its secret is
 * read. The file appears whole, by a link, so that nobody reads half of it. */
static ost_result make_file(const char *path, ost_arena *arena, ost_error *error)
{
    ost_text secret = {0};
    ost_result result = secret_make(arena, &secret);
    char *temporary = ost_arena_format(arena, "%s.XXXXXX", path);
    const char *line = ost_arena_format(arena, "%.*s\n", (int)secret.len, secret.data);
    if (result != OST_OK || temporary == NULL || line == NULL)
        return ost_error_set(error, result != OST_OK ? result : OST_E_MEMORY,
                             "no cookie secret could be made");
    int file = mkostemp(temporary, O_CLOEXEC); /* for its owner only */
    if (file < 0)
        return system_error(error, path, "cannot make");
    size_t len = strlen(line);
    bool written = write(file, line, len) == (ssize_t)len && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (!written || (link(temporary, path) != 0 && errno != EEXIST))
        result = system_error(error, path, "cannot write");
    unlink(temporary);
    return result;
}

ost_result secret_file_open(const char *path, ost_arena *arena, ost_text *ret_current,
                            ost_text *ret_older, ost_error *error)
{
    ost_text content = {0};
    ost_result result = OST_OK;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        result = make_file(path, arena, error);
    if (result == OST_OK)
        result =
            secret_file_content(path, SECRET_OF_OWNER, SECRET_FILE_MAX, arena, &content, error);
    if (result == OST_OK && secret_split(content, ret_current, ret_older, NULL) != OST_OK)
        result =
            ost_error_set(error, OST_E_CONFIG,
                          "%s: a cookie secret must have at least %d characters", path, SECRET_MIN);
    return result;
}
