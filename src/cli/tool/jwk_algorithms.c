/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwk algorithms`: what there is to sign and to encrypt with (RFC 7518). */
#include <stdio.h>

#include <ostiary/jose.h>

#include "cli/tool/tool.h"

static void print_algs(const char *kind, ost_algs algs)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        if ((algs >> bit & 1) != 0)
            printf("%-9s %s\n", kind, ost_alg_name((ost_alg)bit));
    }
}

static ost_result list(const option_values *values, ost_arena *arena, ost_error *error)
{
    (void)values, (void)arena, (void)error;
    print_algs("signature", OST_ALGS_SIGNATURE);
    print_algs("key", OST_ALGS_ENCRYPTION);
    for (ost_enc enc = OST_A128CBC_HS256; enc <= OST_A256GCM; enc++)
        printf("%-9s %s\n", "content", ost_enc_name(enc));
    return OST_OK;
}

static int run(const option_values *values)
{
    return tool_run(values, "jwk algorithms", list);
}

static const option options[] = {{0}};
const command command_jwk_algorithms = {
    .words = "jwk algorithms",
    .operands = "",
    .summary = "List the algorithms: for signatures, for a content's key, for content.",
    .options = options,
    .run = run,
};
