/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary backup` and `ostiary restore`: the whole store in one file. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "store/store_backup.h"

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell(const char *path, const store_contents *contents)
{
    printf("%s: %" PRId64 " realm%s, %" PRId64 " user%s, %" PRId64 " session%s\n", path,
           contents->realms, plural(contents->realms), contents->users, plural(contents->users),
           contents->sessions, plural(contents->sessions));
}

static int run_backup(const option_values *values)
{
    ost_error error = {0};
    char path[STORE_PATH_SIZE];
    store_contents contents;
    ost_result result = command_existing_path(values, path, &error);
    if (result == OST_OK)
        result = store_backup(path, values->operands[0], &contents, &error);
    if (result != OST_OK) {
        int code = command_fail(&error, "backup");
        if (result == OST_E_CONFLICT)
            command_say("a back-up is never replaced: name another file");
        return code;
    }
    tell(values->operands[0], &contents);
    return EXIT_DONE;
}

/* The folder itself, as `provider start` would make it, but not those above it: a slip of the pen
 * makes none. */
static ost_result make_data(const char *data, bool *ret_made, ost_error *error)
{
    *ret_made = mkdir(data, 0700) == 0;
    return *ret_made || errno == EEXIST
               ? OST_OK
               : ost_error_set(error, OST_E_SYSTEM, "%s: %s", data, strerror(errno));
}

static int run_restore(const option_values *values)
{
    ost_error error = {0};
    char path[STORE_PATH_SIZE];
    store_contents contents;
    const char *given = options_get(values, "data"), *data = given != NULL ? given : "data";
    bool made = false;
    ost_result result = command_store_path(values, path, &error);
    if (result == OST_OK)
        result = make_data(data, &made, &error);
    if (result == OST_OK)
        result = store_restore(values->operands[0], path, options_has(values, "end-sessions"),
                               &contents, &error);
    if (result != OST_OK) {
        int code = command_fail(&error, "restore");
        if (made)
            (void)rmdir(data); /* unless there is something in it */
        if (result == OST_E_CONFLICT)
            command_say("a store is never replaced: stop its provider and move ostiary.db, "
                        "ostiary.db-wal and ostiary.db-shm away together, or name another folder "
                        "with --data");
        return code;
    }
    tell(path, &contents);
    return EXIT_DONE;
}

static const option backup_options[] = {COMMAND_DATA_OPTION, {0}};
const command command_backup = {
    .words = "backup",
    .operands = "FILE",
    .summary = "Copy the store to a new file, also while the provider runs. It holds secrets.",
    .options = backup_options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_backup,
};

static const option restore_options[] = {
    {"end-sessions", NULL, NULL, NULL,
     "leave all sessions out: some may have been ended since the copy was made"},
    COMMAND_DATA_OPTION,
    {0},
};
const command command_restore = {
    .words = "restore",
    .operands = "FILE",
    .summary = "Make a store of a backup, in a folder that has none.",
    .options = restore_options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_restore,
};
