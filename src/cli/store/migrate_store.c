/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary migrate-store`: from the file in --data into the database of --db-url. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/provider/progress.h"
#include "store/transfer/store_transfer.h"

static void tell(void *user, bool checking, int64_t done, int64_t count)
{
    progress_tell_rows(user, checking ? "rows checked" : "rows", (size_t)done, (size_t)count);
}

static ost_result transfer(const option_values *values, progress *p, store_contents *ret_contents,
                           ost_error *error)
{
    char path[STORE_PATH_SIZE];
    store_server server;
    const store_transfer_progress told = {.tell = tell, .user = p};
    ost_result result = command_file_path(values, path, error);
    if (result == OST_OK)
        result = command_read_server(values, &server, error);
    return result == OST_OK ? store_transfer(path, &server, &told, ret_contents, error) : result;
}

static int run(const option_values *values)
{
    ost_error error = {0};
    progress p = {0};
    store_contents contents;
    if (!options_has(values, "db-url"))
        return command_usage_error("--db-url has to name the database that the store is moved to");
    ost_result result = transfer(values, &p, &contents, &error);
    progress_clear(&p);
    if (result != OST_OK)
        return command_fail(&error, "migrate-store");
    printf("moved and checked: %" PRId64 " realms, %" PRId64 " users, %" PRId64
           " sessions; the file stays as it was\n",
           contents.realms, contents.users, contents.sessions);
    return EXIT_DONE;
}

static const option migrate_options[] = {COMMAND_DATA_OPTION, {0}};
const command command_migrate_store = {
    .words = "migrate-store",
    .operands = "",
    .summary = "Move the store in --data into the empty PostgreSQL database of --db-url.",
    .options = migrate_options,
    .run = run,
};
