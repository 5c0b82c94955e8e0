/* SPDX-License-Identifier: Apache-2.0 */
/* The file of revocations; see revocation_file.h. It is opened anew for each piece of work, for
 * another process may have put another one in its place. */
#include "guard/status/revocation_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/keys/whole_file.h"

#define GROWN 1024 /* lines at least, before what is over is left out */
#define ARENA ((size_t)256 << 10)
#define PORTION ((size_t)64 << 10)

struct revocation_file {
    char *path;
    size_t lines_max;
    const ost_context *context;
    revocation_told told;
    void *user;
    pthread_mutex_t lock; /* of this process's threads, for what follows */
    ost_arena *arena;
    dev_t device;
    ino_t inode;
    off_t read;   /* all whole lines up to here are known */
    size_t lines; /* up to there */
    size_t swept; /* lines that were left after the last time */
};

/* ---- opening ---- */

/* Locked, and the one that the path leads to now. -1: the system refused. */
static int open_locked(const revocation_file *f, int how)
{
    for (int tries = 0; tries < 100; tries++) {
        struct stat opened, named;
        /* Whatever lies there, opening it must not wait: it could be a pipe. */
        int fd = open(f->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
        if (fd < 0)
            return -1;
        if (fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) && flock(fd, how) == 0 &&
            stat(f->path, &named) == 0) {
            if (opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
                return fd;
            close(fd); /* replaced meanwhile */
            continue;
        }
        int why = S_ISREG(opened.st_mode) ? errno : EINVAL;
        close(fd);
        errno = why;
        return -1;
    }
    errno = EAGAIN;
    return -1;
}

/* ---- reading ---- */

static ost_result take_line(revocation_file *f, ost_text line)
{
    ost_revocation what;
    ost_arena_reset(f->arena);
    ost_result result = revocation_line_read(line, f->arena, &what);
    if (result == OST_OK)
        f->told(&what, f->user);
    return result;
}

/* The whole lines of `text`; what is left of it is returned in *ret_used. */
static ost_result take_lines(revocation_file *f, ost_text text, size_t *ret_used)
{
    size_t at = 0, end;
    while ((end = text_find(text, '\n', at)) < text.len) {
        ost_result result = take_line(f, text_slice(text, at, end - at));
        if (result != OST_OK)
            return result;
        f->lines++;
        at = end + 1;
    }
    *ret_used = at;
    return text.len - at > REVOCATION_LINE_MAX ? OST_E_FORMAT : OST_OK;
}

/* From where it was left to the end. */
static ost_result read_on(revocation_file *f, int fd)
{
    struct stat status;
    size_t used = 1;
    if (fstat(fd, &status) != 0)
        return OST_E_SYSTEM;
    if (status.st_ino != f->inode || status.st_dev != f->device || status.st_size < f->read) {
        f->inode = status.st_ino;
        f->device = status.st_dev;
        f->read = 0;
        f->lines = 0;
    }
    char *portion = status.st_size > f->read ? memory_alloc(PORTION) : NULL;
    ost_result result = status.st_size > f->read && portion == NULL ? OST_E_MEMORY : OST_OK;
    while (result == OST_OK && used > 0 && portion != NULL) {
        ssize_t got = pread(fd, portion, PORTION, f->read);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        result = take_lines(f, (ost_text){portion, (size_t)got}, &used);
        if (result == OST_OK)
            f->read += (off_t)used;
    }
    memory_free(portion);
    return result;
}

void revocation_file_follow(revocation_file *f)
{
    struct stat named;
    pthread_mutex_lock(&f->lock);
    bool same = stat(f->path, &named) == 0 && named.st_ino == f->inode &&
                named.st_dev == f->device && named.st_size == f->read;
    file_auto int fd = same ? -1 : open_locked(f, LOCK_SH);
    if (fd >= 0)
        (void)!read_on(f, fd); /* what cannot be read now is tried again */
    pthread_mutex_unlock(&f->lock);
}

/* ---- writing ---- */

/* The lines of what is not over yet. */
static ost_result gather(revocation_file *f, int fd, buffer *kept, size_t *ret_lines)
{
    size_t len = (size_t)f->read, lines = 0;
    int64_t now = ost_now(f->context);
    char *all = memory_alloc(len + 1);
    ost_result result =
        all != NULL && pread(fd, all, len, 0) == (ssize_t)len ? OST_OK : OST_E_SYSTEM;
    ost_text rest = {all, len}, line;
    while (result == OST_OK && text_next(&rest, '\n', &line)) {
        ost_revocation what;
        ost_arena_reset(f->arena);
        if (line.len == 0)
            continue;
        result = revocation_line_read(line, f->arena, &what);
        if (result == OST_OK && what.until > now) {
            buffer_append(kept, line);
            buffer_append_string(kept, "\n");
            lines++;
        }
    }
    memory_free(all);
    *ret_lines = lines;
    return result != OST_OK ? result : kept->failed;
}

static ost_result replace(revocation_file *f, ost_text content)
{
    struct stat status;
    if (file_replace(f->path, content, &status) != NULL)
        return OST_E_SYSTEM;
    f->inode = status.st_ino;
    f->device = status.st_dev;
    f->read = status.st_size;
    return OST_OK;
}

/* Under the lock of the file that is replaced: who waits for it finds the new one. */
static ost_result sweep(revocation_file *f, int fd)
{
    buffer_auto buffer kept = {0};
    size_t lines;
    buffer_init(&kept, (size_t)f->read + 1);
    ost_result result = gather(f, fd, &kept, &lines);
    if (result == OST_OK)
        result = replace(f, buffer_text(&kept));
    if (result == OST_OK)
        f->lines = f->swept = lines;
    return result;
}

static ost_result append(revocation_file *f, ost_text line)
{
    file_auto int fd = open_locked(f, LOCK_EX);
    if (fd < 0)
        return OST_E_SYSTEM;
    ost_result result = read_on(f, fd);
    if (result == OST_OK && f->lines >= GROWN && f->lines >= 2 * f->swept) {
        result = sweep(f, fd);
        close(fd);
        fd = result == OST_OK ? open_locked(f, LOCK_EX) : -1;
        if (fd >= 0)
            result = read_on(f, fd);
    }
    if (result != OST_OK || fd < 0)
        return result != OST_OK ? result : OST_E_SYSTEM;
    if (f->lines >= f->lines_max)
        return OST_E_CEILING;
    /* A line that a crash has cut off ends here. */
    if (ftruncate(fd, f->read) != 0 || !file_write(fd, line))
        return OST_E_SYSTEM;
    f->read += (off_t)line.len;
    f->lines++;
    return OST_OK;
}

ost_result revocation_file_append(revocation_file *f, const ost_revocation *what)
{
    ost_text line;
    ost_arena *arena = ost_arena_new(ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = revocation_line_write(what, arena, &line);
    if (result == OST_OK) {
        pthread_mutex_lock(&f->lock);
        result = append(f, line);
        pthread_mutex_unlock(&f->lock);
    }
    ost_arena_free(arena);
    return result;
}

/* ---- its life ---- */

static ost_result file_begin(revocation_file *f, ost_error *error)
{
    file_auto int fd = open_locked(f, LOCK_EX);
    if (fd < 0)
        return ost_error_set(error, errno == EINVAL ? OST_E_CONFIG : OST_E_SYSTEM,
                             "the file of revocations %.150s: %s", f->path,
                             errno == EINVAL ? "not a regular file" : strerror(errno));
    ost_result result = read_on(f, fd);
    if (result == OST_E_FORMAT)
        return ost_error_set(error, OST_E_CONFIG,
                             "the file of revocations %.150s: line %zu is not one of its lines; "
                             "what it says may be lost, so look at it, or remove it",
                             f->path, f->lines + 1);
    if (result == OST_OK && ftruncate(fd, f->read) != 0)
        result = OST_E_SYSTEM;
    if (result != OST_OK)
        return ost_error_set(error, result, "the file of revocations %.150s cannot be read",
                             f->path);
    return OST_OK;
}

ost_result revocation_file_open(const char *path, size_t lines, const ost_context *context,
                                revocation_told told, void *user, revocation_file **ret_file,
                                ost_error *error)
{
    revocation_file *f = memory_alloc(sizeof *f);
    if (f == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    pthread_mutex_init(&f->lock, NULL);
    f->path = memory_copy(text_of(path));
    f->arena = ost_arena_new(ARENA);
    f->lines_max = lines;
    f->context = context;
    f->told = told;
    f->user = user;
    ost_result result = f->path != NULL && f->arena != NULL
                            ? file_begin(f, error)
                            : ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result != OST_OK) {
        revocation_file_free(f);
        return result;
    }
    *ret_file = f;
    return OST_OK;
}

void revocation_file_free(revocation_file *f)
{
    if (f == NULL)
        return;
    ost_arena_free(f->arena);
    pthread_mutex_destroy(&f->lock);
    memory_free(f->path);
    memory_free(f);
}
