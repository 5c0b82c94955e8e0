/* SPDX-License-Identifier: Apache-2.0 */
/* The folder that holds a provider's state. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "store/store.h"

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

/* Without a store: whether one may be made here. */
static ost_result prepare(const char *data, const char *path, store_wanted wanted, ost_error *error)
{
    struct stat status;
    if (wanted == STORE_THAT_EXISTS)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s: %s (--data names the provider's folder)",
                             path, strerror(ENOENT));
    if (wanted == STORE_ANYWHERE)
        return make_folder(data, error);
    return stat(data, &status) == 0
               ? OST_OK
               : ost_error_set(error, OST_E_NOT_FOUND,
                               "%s: %s (--data names the provider's folder; make it for a new one)",
                               data, strerror(errno));
}

ost_result command_open_store(const option_values *values, store_wanted wanted,
                              struct store **ret_store, ost_error *error)
{
    const char *data = options_get(values, "data");
    struct stat status;
    char path[600];
    if (data == NULL)
        data = "data";
    snprintf(path, sizeof path, "%s/" STORE_FILE, data);
    bool new = stat(path, &status) != 0 && errno == ENOENT;
    ost_result result = new ? prepare(data, path, wanted, error) : OST_OK;
    if (result == OST_OK)
        result = store_open(path, ret_store, error);
    if (result == OST_OK && new)
        command_say("%s is new: there was no store", path);
    return result;
}
