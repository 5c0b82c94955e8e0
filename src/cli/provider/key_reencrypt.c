/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary key reencrypt`: all secrets of the store under the first of the master keys. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/provider/master_source.h"
#include "store/store.h"

static int run(const option_values *values)
{
    ost_error error = {0};
    struct store *db = NULL;
    reseal_count count;
    char words[RESEALED_WORDS];
    if (command_open_store(values, STORE_THAT_EXISTS, &db, &error) != OST_OK)
        return command_fail(&error, "key reencrypt");
    ost_result result = store_reseal(db, &count, &error);
    store_close(db);
    if (result == OST_E_STATE)
        return command_usage_error("key reencrypt needs a master key: --master-key-file FILE");
    if (result != OST_OK)
        return command_fail(&error, "key reencrypt");
    master_source_count(&count, words);
    printf("%s sealed anew; everything lies under the first master key now, and no other is "
           "needed.\n",
           words);
    if (!count.overwritten)
        command_say("another program reads the store: what was there before is still in its log, "
                    "until that is folded back");
    return EXIT_DONE;
}

static const option options[] = {COMMAND_STORE_OPTIONS, {0}};

const command command_key_reencrypt = {
    .words = "key reencrypt",
    .operands = "",
    .summary = "Seal all secrets of the store under the first of the master keys, also while the "
               "provider runs.",
    .options = options,
    .run = run,
};
