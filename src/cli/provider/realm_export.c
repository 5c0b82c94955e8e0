/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary realm export`: a realm as a file in Keycloak's format. */
#include "base/text.h"
#include "cli/command.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/file/realm_import.h"
#include "provider/pkcs11/pkcs11_row.h"
#include "store/realm/store_key.h"
#include "store/store.h"

#define MAX_EXPORT ((size_t)256 << 20)

/* The file cannot have what no device gives away. */
static ost_result tell_devices(store *db, ost_text name, ost_arena *arena)
{
    store_key *keys;
    size_t count = 0;
    ost_result result = store_key_list(db, name, arena, &keys, &count);
    for (size_t i = 0; i < count; i++) {
        if (pkcs11_row_is(&keys[i]))
            command_say("the %.*s key %.*s is in a device, and not in the file",
                        (int)keys[i].algorithm.len, keys[i].algorithm.data, (int)keys[i].kid.len,
                        keys[i].kid.data);
    }
    return result;
}

static int run_export(const option_values *values)
{
    ost_error error = {0};
    struct store *db = NULL;
    ost_text document;
    if (options_has(values, "server"))
        return remote_realm_export(values);
    if (command_open_store(values, STORE_THAT_EXISTS, &db, &error) != OST_OK)
        return command_fail(&error, "realm export");
    ost_arena *arena = ost_arena_new(MAX_EXPORT);
    ost_result result = arena == NULL ? ost_error_set(&error, OST_E_MEMORY, "out of memory")
                                      : realm_export(db, text_of(values->operands[0]),
                                                     !options_has(values, "without-users"), arena,
                                                     &document, &error);
    if (result == OST_OK)
        result = tell_devices(db, text_of(values->operands[0]), arena);
    if (result == OST_OK)
        result = administration_write(options_get(values, "output"), document, &error);
    ost_arena_free(arena);
    store_close(db);
    return result == OST_OK ? EXIT_DONE : command_fail(&error, "realm export");
}

static const option export_options[] = {
    {"output", "FILE", NULL, NULL, "a new file to write to (standard output)"},
    {"without-users", NULL, NULL, NULL, "leave users out"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};
const command command_realm_export = {
    .words = "realm export",
    .operands = "REALM",
    .summary = "Write a realm as a file that can be imported again. It holds secrets.",
    .options = export_options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_export,
};
