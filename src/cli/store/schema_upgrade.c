/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary schema upgrade`: what starting the provider would do to the store first, or what it
 * would be. */
#include <stdio.h>

#include "cli/command.h"
#include "store/store.h"
#include "store/upgrade/store_upgrade.h"

/* Where the store is. */
typedef struct place {
    char path[STORE_PATH_SIZE];
    store_server server;
    bool served;
} place;

static ost_result find(const option_values *values, place *ret_place, ost_error *error)
{
    ret_place->served = options_has(values, "db-url");
    return ret_place->served ? command_read_server(values, &ret_place->server, error)
                             : command_existing_path(values, ret_place->path, error);
}

static ost_result look(const place *p, store_upgrade *ret_upgrade, ost_error *error)
{
    return p->served ? store_upgrade_of_server(&p->server, ret_upgrade, error)
                     : store_upgrade_of_file(p->path, ret_upgrade, error);
}

/* Opening it does it. */
static ost_result upgrade(const place *p, ost_error *error)
{
    store *s;
    ost_result result = p->served ? store_open_server(&p->server, &s, error)
                                  : command_open_file(p->path, &s, error);
    if (result == OST_OK)
        store_close(s);
    return result;
}

static void tell(const place *p, const store_upgrade *u)
{
    if (u->from == 0)
        printf("there is no store yet; this program's schema is %d\n", u->to);
    else
        printf("the store has schema %d, this program's is %d\n", u->from, u->to);
    for (int number = store_upgrade_first(u, p->served); number <= u->to; number++)
        printf("  %d: %s\n", number, store_upgrade_title(number));
}

static int run(const option_values *values)
{
    ost_error error = {0};
    place p;
    store_upgrade u = {0};
    ost_result result = find(values, &p, &error);
    if (result == OST_OK)
        result = look(&p, &u, &error);
    if (result != OST_OK)
        return command_fail(&error, "schema upgrade");
    tell(&p, &u);
    if (u.from == u.to || options_has(values, "dry-run"))
        return EXIT_DONE;
    fflush(stdout); /* before it, which may take long */
    result = upgrade(&p, &error);
    if (result != OST_OK)
        return command_fail(&error, "schema upgrade");
    puts("done");
    return EXIT_DONE;
}

static const option upgrade_options[] = {
    {"dry-run", NULL, NULL, NULL, "tell which migrations would run, and change nothing"},
    COMMAND_DATA_OPTION,
    {0},
};
const command command_schema_upgrade = {
    .words = "schema upgrade",
    .operands = "",
    .summary = "Bring the store to this program's schema, as starting the provider does.",
    .options = upgrade_options,
    .run = run,
};
