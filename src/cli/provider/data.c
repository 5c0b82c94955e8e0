/* SPDX-License-Identifier: Apache-2.0 */
/* The folder that holds a provider's state. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/provider/master_source.h"
#include "cli/provider/progress.h"
#include "store/store.h"
#include "store/store_postgresql.h"
#include "store/upgrade/store_upgrade.h"
#include "store/upgrade_watch.h"

#define STORE_FILE "ostiary.db"

/* Makes the folder and those above it, for its owner only. */
static ost_result make_folder(const char *path, ost_error *error)
{
    char partial[512];
    int len = snprintf(partial, sizeof partial, "%s", path);
    if (len <= 0 || (size_t)len >= sizeof partial)
        return ost_error_set(error, OST_E_ARGUMENT, "--data: the path is too long or empty");
    for (char *slash = partial + 1;; slash++) {
        slash = strchrnul(slash, '/');
        char kept = *slash;
        *slash = '\0';
        if (mkdir(partial, 0700) != 0 && errno != EEXIST)
            return ost_error_set(error, OST_E_SYSTEM, "%s: %s", partial, strerror(errno));
        if (kept == '\0')
            return OST_OK;
        *slash = kept;
    }
}

/* script/server keeps the store of its provider in a folder below, where nobody looks. */
static ost_result refuse_missing(const char *path, ost_error *error)
{
    char below[STORE_PATH_SIZE + sizeof "provider/"];
    int folder = (int)(strlen(path) - strlen(STORE_FILE));
    snprintf(below, sizeof below, "%.*sprovider/" STORE_FILE, folder, path);
    if (access(below, F_OK) == 0)
        return ost_error_set(error, OST_E_NOT_FOUND,
                             "%s: %s (there is one below: --data "
                             "%.*sprovider)",
                             path, strerror(ENOENT), folder, path);
    return ost_error_set(error, OST_E_NOT_FOUND,
                         "%s: %s (--data names the provider's folder; a provider that starts "
                         "makes the store)",
                         path, strerror(ENOENT));
}

/* Without a store: whether one may be made here. */
static ost_result prepare(const char *data, const char *path, store_wanted wanted, ost_error *error)
{
    struct stat status;
    if (wanted == STORE_THAT_EXISTS)
        return refuse_missing(path, error);
    if (wanted == STORE_ANYWHERE)
        return make_folder(data, error);
    return stat(data, &status) == 0
               ? OST_OK
               : ost_error_set(error, OST_E_NOT_FOUND,
                               "%s: %s (--data names the provider's folder; make it for a new one)",
                               data, strerror(errno));
}

ost_result command_check_database(const option_values *values, ost_error *error)
{
    const char *url = options_get(values, "db-url");
    if (options_origin(values, "db-password").source == OPTION_IS_GIVEN)
        return ost_error_set(error, OST_E_CONFIG,
                             "--db-password: everyone on this machine reads a command line: use "
                             "KC_DB_PASSWORD or the config file");
    if (url != NULL && store_url_has_password(url))
        return ost_error_set(error, OST_E_CONFIG,
                             "--db-url: a URL is shown and logged, so no password may be in it: "
                             "use KC_DB_PASSWORD, the config file or ~/.pgpass");
    return OST_OK;
}

ost_result command_store_path(const option_values *values, char ret_path[STORE_PATH_SIZE],
                              ost_error *error)
{
    if (options_has(values, "db-url"))
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "the store is in a PostgreSQL database: pg_dump copies it, and "
                             "pg_restore brings the copy back");
    return command_file_path(values, ret_path, error);
}

ost_result command_existing_path(const option_values *values, char ret_path[STORE_PATH_SIZE],
                                 ost_error *error)
{
    struct stat status;
    ost_result result = command_store_path(values, ret_path, error);
    return result == OST_OK && stat(ret_path, &status) != 0 && errno == ENOENT
               ? refuse_missing(ret_path, error)
               : result;
}

ost_result command_file_path(const option_values *values, char ret_path[STORE_PATH_SIZE],
                             ost_error *error)
{
    const char *data = options_get(values, "data");
    int len = snprintf(ret_path, STORE_PATH_SIZE, "%s/" STORE_FILE, data != NULL ? data : "data");
    return len > 0 && len < STORE_PATH_SIZE
               ? OST_OK
               : ost_error_set(error, OST_E_ARGUMENT, "--data: the path is too long");
}

/* What is new is sealed from the start on, where there is a master key. */
static ost_result unlock(const option_values *values, bool new, store *s, ost_error *error)
{
    const master_key_source *source;
    ost_error inner = {0};
    ost_result result = master_source_find(values, &source, error);
    if (result != OST_OK)
        return result;
    result = store_unlock(s, source, &inner);
    if (result == OST_OK)
        return new ? master_source_seal_clear(s, error) : OST_OK;
    return ost_error_set(error, result, "%s%s", inner.detail,
                         source == NULL
                             ? " (--master-key-file, --master-key-command, OSTIARY_MASTER_KEY, or "
                               "the credential ostiary-master-key)"
                             : "");
}

static ost_result unlock_or_close(const option_values *values, bool new, store *s,
                                  store **ret_store, ost_error *error)
{
    ost_result result = unlock(values, new, s, error);
    if (result == OST_OK)
        *ret_store = s;
    else
        store_close(s);
    return result;
}

ost_result command_read_server(const option_values *values, store_server *ret_server,
                               ost_error *error)
{
    uint64_t connections;
    const char *url = options_get(values, "db-url");
    ost_result result = command_check_database(values, error);
    if (result != OST_OK)
        return result;
    if (!store_is_url(url))
        return ost_error_set(error, OST_E_CONFIG,
                             "--db-url: PostgreSQL alone is known: postgresql://HOST/DATABASE");
    result = options_number(values, "db-pool-max-size", 0, 1, STORE_POOL_MAX, &connections, error);
    if (result != OST_OK)
        return result;
    *ret_server = (store_server){.url = url,
                                 .user = options_get(values, "db-username"),
                                 .password = options_get(values, "db-password"),
                                 .connections = (unsigned)connections};
    return OST_OK;
}

static ost_result open_database(const option_values *values, store **ret_store, ost_error *error)
{
    store *s;
    store_server server;
    ost_result result = command_read_server(values, &server, error);
    if (result == OST_OK)
        result = store_open_server(&server, &s, error);
    return result == OST_OK ? unlock_or_close(values, !store_has_realms(s), s, ret_store, error)
                            : result;
}

static void show_upgrade(void *user, const store_upgrade_step *step)
{
    progress_tell_upgrade(user, step->number, store_upgrade_title(step->number), step->ms / 1000,
                          step->written >> 20, step->size >> 20);
}

ost_result command_open_file(const char *path, store **ret_store, ost_error *error)
{
    progress shown = {0};
    store_upgrade_watch(show_upgrade, &shown);
    ost_result result = store_open(path, ret_store, error);
    store_upgrade_watch(NULL, NULL);
    progress_clear(&shown);
    return result;
}

static ost_result open_file(const option_values *values, store_wanted wanted, store **ret_store,
                            ost_error *error)
{
    const char *data = options_get(values, "data");
    struct stat status;
    char path[STORE_PATH_SIZE];
    store *s;
    ost_result result = command_store_path(values, path, error);
    if (result != OST_OK)
        return result;
    bool new = stat(path, &status) != 0 && errno == ENOENT;
    if (wanted == STORE_ON_TRIAL && new)
        return store_open(":memory:", ret_store, error);
    if (new)
        result = prepare(data != NULL ? data : "data", path, wanted, error);
    if (result == OST_OK)
        result = command_open_file(path, &s, error);
    if (result == OST_OK)
        result = unlock_or_close(values, new, s, ret_store, error);
    if (result == OST_OK && new)
        command_say("%s is new: there was no store", path);
    return result;
}

ost_result command_open_store(const option_values *values, store_wanted wanted,
                              struct store **ret_store, ost_error *error)
{
    return options_has(values, "db-url") ? open_database(values, ret_store, error)
                                         : open_file(values, wanted, ret_store, error);
}
