/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary key rotate`: a new signing key, published at once, signing after a delay. */
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "provider/realm/key_ring.h"

static int run(const option_values *values)
{
    const char *name = options_get(values, "realm"), *alg = options_get(values, "alg");
    ost_error error = {0};
    struct store *db = NULL;
    uint64_t delay;
    if (name == NULL)
        return command_usage_error("key rotate needs --realm NAME");
    if (options_number(values, "delay", KEY_PUBLISH_SECONDS, 0, 30 * 86400, &delay, &error) !=
        OST_OK)
        return command_usage_error("%s", error.detail);
    if (command_open_store(values, STORE_THAT_EXISTS, &db, &error) != OST_OK)
        return command_fail(&error, "key rotate");
    ost_result result = key_ring_rotate(db, text_of(name), text_of(alg != NULL ? alg : "RS256"),
                                        ost_now(NULL), (int64_t)delay, &error);
    store_close(db);
    if (result != OST_OK)
        return command_fail(&error, "key rotate");
    printf("Realm %s has a new signing key. It is published now and signs in %llu s; the one "
           "before stays published until its last token has expired.\n",
           name, (unsigned long long)delay);
    return EXIT_DONE;
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    {"alg", "ALG", NULL, NULL, "its algorithm (RS256)"},
    {"delay", "SECONDS", NULL, NULL, "from publishing to signing (600)"},
    COMMAND_STORE_OPTIONS,
    {0},
};
const command command_key_rotate = {
    .words = "key rotate",
    .operands = "",
    .summary = "Make a new signing key for a realm, also while the provider runs.",
    .options = options,
    .run = run,
};
const command command_keys_rotate = {
    .words = "keys rotate",
    .operands = "",
    .summary = "The same as key rotate.",
    .options = options,
    .run = run,
};
