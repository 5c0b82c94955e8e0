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

ost_result command_open_store(const option_values *values, bool create, struct store **ret_store,
                              ost_error *error)
{
    const char *data = options_get(values, "data");
    char path[600];
    if (data == NULL)
        data = "data";
    if (create) {
        ost_result result = make_folder(data, error);
        if (result != OST_OK)
            return result;
    }
    snprintf(path, sizeof path, "%s/" STORE_FILE, data);
    struct stat status;
    if (!create && stat(path, &status) != 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s: %s (--data names the provider's folder)",
                             path, strerror(errno));
    return store_open(path, ret_store, error);
}
