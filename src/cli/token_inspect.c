/* `ostiary token inspect`: shows what a token says, and that nobody has checked it. */
#include <stdio.h>
#include <time.h>

#include <ostiary/jose.h>

#include "tool.h"

static void print_indented(const ost_json *value, int depth);

static void print_children(const ost_json *value, int depth, char open, char close)
{
    putchar(open);
    for (const ost_json *child = ost_json_first(value); child != NULL;
         child = ost_json_next(child)) {
        printf("%s\n%*s", child == ost_json_first(value) ? "" : ",", 2 * (depth + 1), "");
        if (open == '{') {
            ost_text name = ost_json_name(child);
            /* Escaped again: a token must not be able to steer the terminal. */
            putchar('"');
            for (size_t i = 0; i < name.len; i++)
                putchar((unsigned char)name.data[i] < 0x20 || name.data[i] == 0x7f ? '?'
                                                                                   : name.data[i]);
            fputs("\": ", stdout);
        }
        print_indented(child, depth + 1);
    }
    printf("\n%*s%c", 2 * depth, "", close);
}

static void print_indented(const ost_json *value, int depth)
{
    if (ost_json_first(value) != NULL) {
        bool object = ost_json_is(value, OST_JSON_OBJECT);
        print_children(value, depth, object ? '{' : '[', object ? '}' : ']');
        return;
    }
    /* JSON's own escapes keep control bytes out, but for DEL. */
    ost_text source = ost_json_source(value);
    for (size_t i = 0; i < source.len; i++)
        putchar(source.data[i] == 0x7f ? '?' : source.data[i]);
}

static void print_time(const ost_json *claims, const char *name, const char *meaning)
{
    int64_t seconds;
    struct tm utc;
    char text[64];
    time_t when;
    if (!ost_json_integer(ost_json_get(claims, name), &seconds))
        return;
    when = (time_t)seconds;
    if (gmtime_r(&when, &utc) == NULL || strftime(text, sizeof text, "%F %T UTC", &utc) == 0)
        return;
    int64_t from_now = seconds - ost_now(NULL);
    printf("%-8s %s (%s%lld s%s)\n", meaning, text, from_now >= 0 ? "in " : "",
           (long long)(from_now >= 0 ? from_now : -from_now), from_now >= 0 ? "" : " ago");
}

static ost_result inspect(const option_values *values, ost_arena *arena, ost_error *ret_error)
{
    ost_text token;
    ost_unverified_token read;
    ost_result result = tool_token(values, arena, &token, ret_error);
    if (result == OST_OK)
        result = ost_jwt_read_unverified(token, arena, &read, ret_error);
    if (result != OST_OK)
        return result;
    fputs("UNVERIFIED: signature, issuer and expiry have not been checked.\n\nheader  ", stdout);
    print_indented(read.header, 0);
    fputs("\nclaims  ", stdout);
    print_indented(read.claims, 0);
    fputs("\n\n", stdout);
    print_time(read.claims, "iat", "issued");
    print_time(read.claims, "nbf", "from");
    print_time(read.claims, "exp", "expires");
    return OST_OK;
}

static int run(const option_values *values)
{
    return tool_run(values, "token inspect", inspect);
}

static const option options[] = {{0}};
const command command_token_inspect = {
    .words = "token inspect",
    .operands = "[TOKEN]",
    .summary = "Show header and claims of a token (from standard input when none is given), "
               "unverified.",
    .options = options,
    .max_operands = 1,
    .run = run,
};
