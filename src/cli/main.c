/* SPDX-License-Identifier: Apache-2.0 */
/* The `ostiary` command: finds the subcommand, reads its options, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/printable.h"

int command_fail(const ost_error *error, const char *doing)
{
    char detail[sizeof error->detail];
    snprintf(detail, sizeof detail, "%s", error->detail);
    printable_make(detail);
    command_say("%s: %s", doing, detail[0] != '\0' ? detail : ost_result_sentence(error->code));
    return EXIT_FAILED;
}

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list arguments)
{
    fputs("ostiary: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
}

void command_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int command_usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return EXIT_USAGE;
}

/* Whether the command's first word is this; NULL is none's. */
static bool is_of_group(const command *one, const char *group)
{
    size_t len = group != NULL ? strlen(group) : 0;
    return len > 0 && strncmp(one->words, group, len) == 0 && one->words[len] == ' ';
}

static bool has_group(const char *group)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_of_group(commands[i], group))
            return true;
    }
    return false;
}

static void print_overview(FILE *out, const char *group)
{
    bool all = !has_group(group);
    fprintf(out,
            "Usage: ostiary%s%s COMMAND [OPTION…]\n\n"
            "An OpenID Connect provider that stands in for Keycloak, and tools around it.\n\n",
            all ? "" : " ", all ? "" : group);
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (all || is_of_group(commands[i], group))
            fprintf(out, "  %-22s %s\n", commands[i]->words, commands[i]->summary);
    }
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

static bool is_standard(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static bool reads_file(const option *given)
{
    return given->argument != NULL && strncmp(given->argument, "FILE", 4) == 0 &&
           strcmp(given->name, "output") != 0;
}

/* One input for two things would be empty for the second. */
static int check_standard_input(const command *chosen, const option_values *values)
{
    const char *what = chosen->operands; /* of the one that was found last */
    unsigned count = chosen->operands[0] == '[' && values->operand_count == 0;
    for (size_t i = 0; i < values->operand_count; i++)
        count += is_standard(values->operands[i]);
    for (size_t i = 0; i < values->given_count; i++) {
        if (!is_standard(values->given[i].value) || !reads_file(values->given[i].option))
            continue;
        what = values->given[i].option->name;
        count++;
    }
    if (count <= 1)
        return EXIT_DONE;
    return command_usage_error("%s: %s%s and something else cannot both be standard input: name "
                               "a file for it",
                               chosen->words, what == chosen->operands ? "" : "--", what);
}

/* The first option that the command has not, and has something to say about. */
static const char *why_none(const command *chosen, int argc, char **argv, int first,
                            ost_text *ret_name)
{
    for (int at = first; chosen->why_none != NULL && at < argc; at++) {
        ost_text word = text_of(argv[at]), name = text_slice(word, 2, text_find(word, '=', 0) - 2);
        const char *why = text_starts(word, "--") && !options_know(chosen->options, name)
                              ? chosen->why_none(name)
                              : NULL;
        *ret_name = name;
        if (why != NULL)
            return why;
    }
    return NULL;
}

static int refuse_options(const command *chosen, int argc, char **argv, int first,
                          const ost_error *error)
{
    ost_text name;
    const char *why = why_none(chosen, argc, argv, first, &name);
    if (why != NULL)
        return command_usage_error("there is no option --%.*s: %s", OST_FORMAT(name), why);
    return command_usage_error("%s (see ostiary %s --help)", error->detail, chosen->words);
}

static int run_command(const command *chosen, int argc, char **argv, int first)
{
    option_values values;
    ost_error error = {0};
    if (options_read(chosen->options, argc, argv, first, &values, &error) != OST_OK)
        return refuse_options(chosen, argc, argv, first, &error);
    if (values.help) {
        print_help(chosen);
        return EXIT_DONE;
    }
    if (values.operand_count < chosen->min_operands)
        return command_usage_error("%s needs %s (see --help)", chosen->words, chosen->operands);
    if (values.operand_count > chosen->max_operands)
        return command_usage_error("%s: there are too many arguments (see --help)", chosen->words);
    int status = check_standard_input(chosen, &values);
    return status == EXIT_DONE ? chosen->run(&values) : status;
}

/* A file must not be opened in the place of a standard stream that is closed: what is written to
 * that stream would get into it. Reading and writing fail as if it still were closed. */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/* What was printed may still be on its way to a disk that is full. */
static int main_finish(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    command_say("standard output cannot be written");
    return EXIT_FAILED;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* The command whose words are nearest to these; NULL when none is near. */
static const command *nearest_command(const char *words)
{
    const command *nearest = NULL;
    size_t len = strlen(words);
    size_t least = len < 9 ? 1 + len / 3 : 4; /* edits that are too many for a slip */
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (text_is_nearer(text_of(words), commands[i]->words, &least))
            nearest = commands[i];
    }
    return nearest;
}

/* What Keycloak's kc.sh calls "start-dev" and "export" is among ours, too, behind another word. */
static const command *command_of_verb(int argc, char **argv)
{
    const char *verb = argc == 2 ? argv[1] : strcmp(argv[1], "provider") == 0 ? argv[2] : "";
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *blank = strchr(commands[i]->words, ' ');
        if (blank != NULL && strcmp(blank + 1, verb) == 0)
            return commands[i];
    }
    return NULL;
}

/* A word that is not a command may be a key that was pasted in, so little of it is shown. */
static int unknown_command(int argc, char **argv)
{
    char words[44];
    snprintf(words, sizeof words, "%.20s%s%.20s", argv[1], argc >= 3 ? " " : "",
             argc >= 3 ? argv[2] : "");
    printable_make(words);
    const command *nearest = nearest_command(words);
    if (nearest == NULL && argc >= 3 && !has_group(argv[1])) /* one word, and an argument */
        nearest = nearest_command(argv[1]);
    if (nearest == NULL)
        nearest = command_of_verb(argc, argv);
    if (nearest != NULL)
        return command_usage_error("there is no command \"%s\"; did you mean \"%s\"?", words,
                                   nearest->words);
    return command_usage_error("there is no command \"%s\" (see ostiary%s%s --help)", words,
                               has_group(argv[1]) ? " " : "", has_group(argv[1]) ? argv[1] : "");
}

/* No command was named: help was asked for, or something is wrong. */
static int run_none(int argc, char **argv)
{
    const char *group = argc >= 2 ? argv[1] : NULL;
    bool of_group = argc == 3 && has_group(group);
    if (argc == 1 || (argc == 2 && has_group(group))) {
        print_overview(stderr, group);
        return EXIT_USAGE;
    }
    if (is_help(argv[argc - 1]) && (argc == 2 || of_group)) {
        print_overview(stdout, group);
        return EXIT_DONE;
    }
    return unknown_command(argc, argv);
}

int main(int argc, char **argv)
{
    occupy_standard_streams();
    for (size_t i = 0; commands[i] != NULL; i++) {
        int first = match(commands[i], argc, argv);
        if (first > 0)
            return main_finish(run_command(commands[i], argc, argv, first));
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return main_finish(run_command(&command_version, 2, argv, 2));
    return main_finish(run_none(argc, argv));
}
