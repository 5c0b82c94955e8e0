/* The `ostiary` command: finds the subcommand, reads its options, runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const command *const commands[] = {
    &command_provider_start, &command_provider_start_dev, &command_keys_rotate,
    &command_realm_import,   &command_realm_export,       &command_user_add,
    &command_token_explain,  &command_token_inspect,      &command_jwk_generate,
    &command_jwk_public,     &command_jwk_convert,        &command_jwk_thumbprint,
    &command_jwk_set,        &command_jwk_inspect,        &command_jws_sign,
    &command_jws_verify,     &command_jws_inspect,        &command_jwt_sign,
    &command_jwt_verify,     &command_jwt_inspect,        &command_jwe_encrypt,
    &command_jwe_decrypt,    &command_jwe_inspect,        &command_version,
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

int command_fail(const ost_error *error, const char *doing)
{
    fprintf(stderr, "ostiary: %s: %s\n", doing,
            error->detail[0] != '\0' ? error->detail : ost_result_sentence(error->code));
    return EXIT_FAILED;
}

int command_usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("ostiary: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

static void print_overview(FILE *out)
{
    fputs("Usage: ostiary COMMAND [OPTION…]\n\n"
          "An OpenID Connect provider that stands in for Keycloak, and tools around it.\n\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-20s %s\n", commands[i]->words, commands[i]->summary);
    fputs(
        "\n\"ostiary COMMAND --help\" tells more. Exit status: 0 done, 1 failed, 2 wrong usage.\n",
        out);
}

static void print_help(const command *chosen)
{
    printf("Usage: ostiary %s%s%s%s\n\n%s\n", chosen->words,
           chosen->options->name != NULL ? " [OPTION…]" : "", chosen->operands[0] ? " " : "",
           chosen->operands, chosen->summary);
    if (chosen->options->name != NULL) {
        printf("\nOptions, and the environment variables that stand in for them:\n");
        options_print(chosen->options);
    }
}

/* The number of arguments that the command's words take; 0 when they do not match. */
static int match(const command *chosen, int argc, char **argv)
{
    char words[64];
    snprintf(words, sizeof words, "%s", chosen->words);
    int at = 1;
    char *rest = words;
    for (char *word; (word = strsep(&rest, " ")) != NULL; at++) {
        if (at >= argc || strcmp(argv[at], word) != 0)
            return 0;
    }
    return at;
}

static int run(const command *chosen, int argc, char **argv, int first)
{
    option_values values;
    ost_error error = {0};
    if (options_read(chosen->options, argc, argv, first, &values, &error) != OST_OK)
        return command_usage_error("%s (see ostiary %s --help)", error.detail, chosen->words);
    if (values.help) {
        print_help(chosen);
        return EXIT_DONE;
    }
    if (values.operand_count < chosen->min_operands)
        return command_usage_error("%s needs %s (see --help)", chosen->words, chosen->operands);
    if (values.operand_count > chosen->max_operands)
        return command_usage_error("%s: there are too many arguments (see --help)", chosen->words);
    return chosen->run(&values);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int first = match(commands[i], argc, argv);
        if (first > 0)
            return run(commands[i], argc, argv, first);
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return run(&command_version, 2, argv, 2);
    bool asked = argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
                               strcmp(argv[1], "help") == 0);
    if (!asked && argc >= 2)
        fprintf(stderr, "ostiary: there is no command \"%.20s%s%.20s\"\n\n", argv[1],
                argc >= 3 ? " " : "", argc >= 3 ? argv[2] : "");
    print_overview(asked ? stdout : stderr);
    return asked ? EXIT_DONE : EXIT_USAGE;
}
