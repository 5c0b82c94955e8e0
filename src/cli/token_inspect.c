/* `ostiary token inspect`: shows what a token says, and that nobody has checked it. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <ostiary/jose.h>

#include "command.h"
#include "text.h"

#define MAX_TOKEN (64 * 1024)

/* The token from the operand, or from standard input when it is "-" or left out, so that it need
 * not stand in the shell's history. */
static bool read_token(const option_values *values, char *buffer, size_t size, ost_text *ret_token)
{
    if (values->operand_count == 1 && !text_is(text_of(values->operands[0]), "-")) {
        *ret_token = text_of(values->operands[0]);
        return true;
    }
    size_t len = fread(buffer, 1, size, stdin);
    if (ferror(stdin) || len == size)
        return false;
    while (len > 0 && (buffer[len - 1] == '\n' || buffer[len - 1] == '\r'))
        len--;
    *ret_token = (ost_text){buffer, len};
    return true;
}

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

static int run(const option_values *values)
{
    static char buffer[MAX_TOKEN + 1];
    ost_text token;
    ost_error error = {0};
    ost_unverified_token read;
    if (!read_token(values, buffer, sizeof buffer, &token)) {
        ost_error_set(&error, OST_E_CEILING, "standard input cannot be read, or is over 64 KiB");
        return command_fail(&error, "token inspect");
    }
    ost_arena *arena = ost_arena_new(16 * (size_t)MAX_TOKEN);
    if (arena == NULL) {
        ost_error_set(&error, OST_E_MEMORY, "out of memory");
        return command_fail(&error, "token inspect");
    }
    if (ost_jwt_read_unverified(token, arena, &read, &error) != OST_OK) {
        ost_arena_free(arena);
        return command_fail(&error, "token inspect");
    }
    fputs("UNVERIFIED: signature, issuer and expiry have not been checked.\n\nheader  ", stdout);
    print_indented(read.header, 0);
    fputs("\nclaims  ", stdout);
    print_indented(read.claims, 0);
    fputs("\n\n", stdout);
    print_time(read.claims, "iat", "issued");
    print_time(read.claims, "nbf", "from");
    print_time(read.claims, "exp", "expires");
    ost_arena_free(arena);
    return EXIT_DONE;
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
