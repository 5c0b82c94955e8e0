/* SPDX-License-Identifier: Apache-2.0 */
/* The copy of an issuer's key set on disk: something to start with while the issuer is down. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config/read_whole.h"
#include "base/context.h"
#include "guard/keys/key_source.h"
#include "guard/keys/whole_file.h"

#define MAX_SEED ((size_t)256 << 10)
#define MAX_PATH 1016 /* bytes */

static ost_result no_seed(const key_source *s, const char *what, ost_error *error)
{
    return ost_error_set(error, OST_E_SYSTEM, "seed file %.120s: %s", s->seed_file, what);
}

static ost_result publish(key_source *s, char *data, size_t len, ost_error *error)
{
    ost_error why = {0};
    bool changed;
    ost_result result = key_document_publish(s, (ost_text){data, len}, &changed, &why);
    return result == OST_OK ? OST_OK : no_seed(s, why.detail, error);
}

ost_result key_seed_load(key_source *s, ost_error *error)
{
    struct stat status;
    /* Whatever lies there, opening it must not wait: it could be a pipe. */
    file_auto int fd = open(s->seed_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return no_seed(s, "cannot be opened", error);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return no_seed(s, "is not a regular file", error);
    if (status.st_size <= 0 || (size_t)status.st_size > MAX_SEED)
        return no_seed(s, "is empty or too large", error);
    size_t len = (size_t)status.st_size;
    char *data = memory_alloc(len + 1);
    if (data == NULL)
        return no_seed(s, "out of memory", error);
    /* Another length than it said: somebody is writing it. */
    size_t read = 0;
    bool is_whole = read_whole(fd, data, len, &read) == OST_OK && read == len;
    ost_result result =
        is_whole ? publish(s, data, len, error) : no_seed(s, "cannot be read", error);
    memory_free(data);
    return result;
}

ost_result key_seed_store(const key_source *s, ost_text jwks, ost_error *error)
{
    if (strlen(s->seed_file) > MAX_PATH)
        return no_seed(s, "the name is too long", error);
    const char *why = file_replace(s->seed_file, jwks, NULL);
    return why == NULL ? OST_OK : no_seed(s, why, error);
}
