/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary token inspect`, `ostiary jwt inspect`: shows what a token says, and that nobody has
 * checked it. */
#include <stdio.h>
#include <time.h>

#include <ostiary/jose.h>

#include "cli/tool/inspect_print.h"
#include "cli/tool/tool.h"
#include "jose/jwt/numeric_date.h"

static void print_time(const ost_json *claims, const char *name, const char *meaning)
{
    int64_t seconds;
    struct tm utc;
    char text[64];
    time_t when;
    if (!numeric_date_read(ost_json_get(claims, name), &seconds))
        return;
    when = (time_t)seconds;
    if (gmtime_r(&when, &utc) == NULL || strftime(text, sizeof text, "%F %T UTC", &utc) == 0)
        return;
    int64_t from_now = seconds - ost_now(NULL);
    printf("%-8s %s (%s%lld s%s)\n", meaning, text, from_now >= 0 ? "in " : "",
           (long long)(from_now >= 0 ? from_now : -from_now), from_now >= 0 ? "" : " ago");
}

static ost_result inspect(const option_values *values, ost_arena *arena, ost_error *error)
{
    ost_text token;
    ost_unverified_token read;
    ost_result result = tool_token(values, arena, &token, error);
    if (result == OST_OK)
        result = ost_jwt_read_unverified(token, arena, &read, error);
    if (result != OST_OK)
        return result;
    fputs("UNVERIFIED: signature, issuer and expiry have not been checked.\n\nheader  ", stdout);
    inspect_print(read.header);
    fputs("\nclaims  ", stdout);
    inspect_print(read.claims);
    fputs("\n\n", stdout);
    print_time(read.claims, "iat", "issued");
    print_time(read.claims, "nbf", "from");
    print_time(read.claims, "exp", "expires");
    return OST_OK;
}

static int run_token(const option_values *values)
{
    return tool_run(values, "token inspect", inspect);
}

static int run_jwt(const option_values *values)
{
    return tool_run(values, "jwt inspect", inspect);
}

static const option options[] = {{0}};
const command command_token_inspect = {
    .words = "token inspect",
    .operands = "[TOKEN]",
    .summary = "Show header and claims of a token (from standard input when none is given), "
               "unverified.",
    .options = options,
    .max_operands = 1,
    .run = run_token,
};
const command command_jwt_inspect = {
    .words = "jwt inspect",
    .operands = "[TOKEN]",
    .summary = "Show header and claims of a token, unverified.",
    .options = options,
    .max_operands = 1,
    .run = run_jwt,
};
