/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary key list`: the keys of a realm, without their private parts. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/realm/store_key.h"
#include "store/reseal/reseal.h"

static const char *state_name(store_key_state state)
{
    static const char *const names[] = {[STORE_KEY_NEXT] = "next",
                                        [STORE_KEY_ACTIVE] = "active",
                                        [STORE_KEY_PASSIVE] = "passive",
                                        [STORE_KEY_DISABLED] = "disabled"};
    return names[state];
}

static ost_result print_json(const store_key *keys, size_t count, ost_text master, ost_arena *arena)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        ost_json_open_object(w);
        ost_json_member_text(w, "kid", keys[i].kid);
        ost_json_member_text(w, "algorithm", keys[i].algorithm);
        ost_json_member_text(w, "use", keys[i].use);
        ost_json_member_string(w, "status", state_name(keys[i].state));
        ost_json_member_integer(w, "created", keys[i].created);
        if (master.len > 0)
            ost_json_member_text(w, "masterKey", master);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return administration_print_written(w);
}

static ost_result list(realm_admin *a, const option_values *values, ost_error *error)
{
    store_key *keys;
    size_t count;
    ost_text master;
    ost_result result = store_key_list(a->store, a->row.name, a->arena, &keys, &count);
    (void)error;
    if (result == OST_OK)
        result = store_master_key(a->store, a->arena, &master);
    if (result == OST_OK && options_has(values, "json"))
        return print_json(keys, count, master, a->arena);
    for (size_t i = 0; result == OST_OK && i < count; i++) {
        administration_put(keys[i].kid, '\t');
        administration_put(keys[i].algorithm, '\t');
        administration_put(keys[i].use, '\t');
        puts(state_name(keys[i].state));
    }
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_key_list(values);
    return administration_run(values, "key list", list);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, ADMINISTRATION_OPTIONS, {0}};

const command command_key_list = {
    .words = "key list",
    .operands = "",
    .summary = "List the keys of a realm, without their private parts.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
