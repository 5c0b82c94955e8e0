/* What an issuer publishes: its discovery document and its key set, and the copy of the latter on
 * disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "issuer.h"
#include "text.h"

#define MAX_KEYS 100
#define MAX_SEED ((size_t)256 << 10)
#define DISCOVERY_ARENA ((size_t)4 << 20)

static atomic_ullong generations;

ost_result issuer_publish(issuer *i, ost_text jwks, ost_error *ret_error)
{
    ost_keyset *keys;
    size_t skipped;
    ost_result result = ost_keyset_import(jwks, MAX_KEYS, &keys, &skipped, ret_error);
    if (result != OST_OK)
        return result;
    key_snapshot *snapshot = memory_alloc(sizeof *snapshot);
    if (snapshot == NULL) {
        ost_keyset_unref(keys);
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    }
    snapshot->keys = keys;
    snapshot->generation = atomic_fetch_add(&generations, 1) + 1;
    snapshot->obtained = monotonic_ms();
    key_snapshot *before = published_replace(&i->keys, snapshot);
    if (before != NULL)
        ost_keyset_unref(before->keys);
    memory_free(before);
    return OST_OK;
}

static ost_result read_members(const issuer *i, const ost_json *document, char **ret_jwks_url,
                               ost_error *ret_error)
{
    ost_text name, url;
    if (!ost_json_text(ost_json_get(document, "issuer"), &name) ||
        !ost_json_text(ost_json_get(document, "jwks_uri"), &url))
        return ost_error_set(ret_error, OST_E_REMOTE,
                             "the discovery document has no issuer or no jwks_uri");
    /* Discovery §4.3: MUST be identical. */
    if (!text_is(name, i->name))
        return ost_error_set(ret_error, OST_E_ISSUER,
                             "the discovery document is of issuer \"%.*s\", not of \"%.100s\"",
                             name.len < 100 ? (int)name.len : 100, name.data, i->name);
    if (!net_url_is_safe(url) && !(i->insecure_http && text_starts(url, "http://")))
        return ost_error_set(ret_error, OST_E_REMOTE, "jwks_uri \"%.*s\" is not https",
                             url.len < 150 ? (int)url.len : 150, url.data);
    char *copy = memory_copy(url);
    if (copy == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    *ret_jwks_url = copy;
    return OST_OK;
}

ost_result discovery_read(const issuer *i, ost_text document, char **ret_jwks_url,
                          ost_error *ret_error)
{
    const ost_json *value;
    ost_arena *arena = ost_arena_new(DISCOVERY_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(document, NULL, arena, &value, ret_error);
    if (result == OST_OK)
        result = read_members(i, value, ret_jwks_url, ret_error);
    ost_arena_free(arena);
    return result;
}

void seed_load(issuer *i)
{
    char *data = memory_alloc(MAX_SEED);
    int fd = data != NULL ? open(i->seed_file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t len = fd >= 0 ? read(fd, data, MAX_SEED) : -1;
    /* A seed that cannot be used is no error: keys will be fetched. */
    if (len > 0)
        (void)!issuer_publish(i, (ost_text){data, (size_t)len}, NULL);
    if (fd >= 0)
        close(fd);
    memory_free(data);
}

/* Beside the file first, then in its place, so that it is always whole. */
void seed_store(const issuer *i, ost_text jwks)
{
    char beside[1024];
    int named = snprintf(beside, sizeof beside, "%s.new", i->seed_file);
    if (named <= 0 || (size_t)named >= sizeof beside)
        return;
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    bool whole = write(fd, jwks.data, jwks.len) == (ssize_t)jwks.len && fsync(fd) == 0;
    whole &= close(fd) == 0;
    if (!whole || rename(beside, i->seed_file) != 0)
        unlink(beside);
}
