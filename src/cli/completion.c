/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary completion`: what a shell needs to complete commands and options, made from the table of
 * commands. The texts in it are the program's own. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"

/* The first word of a command's words. */
static ost_text group_of(const command *one)
{
    ost_text words = text_of(one->words);
    return text_slice(words, 0, text_find(words, ' ', 0));
}

/* The second one; empty: it has none. */
static ost_text member_of(const command *one)
{
    ost_text words = text_of(one->words);
    return text_slice(words, group_of(one).len + 1, words.len);
}

static bool is_first_of_group(size_t i)
{
    for (size_t before = 0; before < i; before++) {
        if (text_equal(group_of(commands[before]), group_of(commands[i])))
            return false;
    }
    return true;
}

/* In single quotes; `escaped` are characters that get a backslash before them as well. */
static void put_quoted(ost_text text, const char *escaped)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(escaped, text.data[i]) != NULL)
            putchar('\\');
        if (text.data[i] == '\'')
            fputs("'\\'", stdout); /* ends the quotes; the quote that opens them again follows */
        putchar(text.data[i]);
    }
}

static void put_members(ost_text group)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (text_equal(group_of(commands[i]), group))
            printf(" %.*s", OST_FORMAT(member_of(commands[i])));
    }
}

/* ---- bash ---- */

/* Those that may be given again, or those that may not and are offered once. */
static void put_bash_options(const command *one, bool again)
{
    for (const option *at = one->options; at->name != NULL; at++) {
        if (option_repeats(at) == again)
            printf(" --%s", at->name);
    }
}

static void put_bash(void)
{
    fputs("# Completes ostiary's commands and options; files where neither is asked for.\n"
          "_ostiary() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words= again= given\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        words='",
          stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_first_of_group(i))
            printf(" %.*s", OST_FORMAT(group_of(commands[i])));
    }
    fputs("'\n    elif ((COMP_CWORD == 2)); then\n        case ${COMP_WORDS[1]} in\n", stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (!is_first_of_group(i) || member_of(commands[i]).len == 0)
            continue;
        printf("        %.*s) words='", OST_FORMAT(group_of(commands[i])));
        put_members(group_of(commands[i]));
        fputs("' ;;\n", stdout);
    }
    fputs("        esac\n    fi\n"
          "    if [[ $word == -* ]]; then\n"
          "        case \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n",
          stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        printf("        \"%s \"*) words=' --help", commands[i]->words);
        put_bash_options(commands[i], false);
        fputs(" ' again='", stdout);
        put_bash_options(commands[i], true);
        fputs("' ;;\n", stdout);
    }
    fputs("        esac\n"
          "        for given in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
          "            words=${words/\" ${given%%=*} \"/ }\n"
          "        done\n"
          "        words+=$again\n"
          "    fi\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\n"
          "complete -o default -F _ostiary ostiary\n",
          stdout);
}

/* ---- zsh ---- */

static void put_zsh_described(ost_text name, const char *summary)
{
    printf(" '%.*s:", OST_FORMAT(name));
    put_quoted(text_of(summary), ":\\");
    putchar('\'');
}

static void put_zsh_option(const option *given)
{
    bool optional = given->argument != NULL && given->argument[0] == '[';
    printf(" \\\n            '%s--%s%s[", option_repeats(given) ? "*" : "", given->name,
           optional ? "=-" : "");
    option_line line = option_line_of(given);
    for (size_t i = 0; i < ARRAY_LEN(line.parts); i++)
        put_quoted(line.parts[i], ":[]\\");
    putchar(']');
    if (given->argument != NULL) {
        fputs(optional ? "::" : ":", stdout);
        put_quoted(option_argument(given), ":[]\\");
        fputs(":_files", stdout);
    }
    putchar('\'');
}

static void put_zsh_command(const command *one)
{
    int words = member_of(one).len > 0 ? 2 : 1;
    printf("    \"%s \"*)\n        shift %d words; (( CURRENT -= %d ))\n        _arguments",
           one->words, words, words);
    for (const option *at = one->options; at->name != NULL; at++)
        put_zsh_option(at);
    fputs(" '--help[tell more]' '*:file:_files' ;;\n", stdout);
}

static void put_zsh(void)
{
    fputs("#compdef ostiary\n"
          "# Completes ostiary's commands and options; files where neither is asked for.\n"
          "_ostiary() {\n"
          "    local -a list\n"
          "    if (( CURRENT == 2 )); then\n"
          "        list=(",
          stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_first_of_group(i))
            put_zsh_described(group_of(commands[i]),
                              member_of(commands[i]).len > 0 ? "…" : commands[i]->summary);
    }
    fputs(")\n        _describe command list; return\n    fi\n"
          "    if (( CURRENT == 3 )); then\n        case $words[2] in\n",
          stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (!is_first_of_group(i) || member_of(commands[i]).len == 0)
            continue;
        printf("        %.*s) list=(", OST_FORMAT(group_of(commands[i])));
        for (size_t n = i; commands[n] != NULL; n++) {
            if (text_equal(group_of(commands[n]), group_of(commands[i])))
                put_zsh_described(member_of(commands[n]), commands[n]->summary);
        }
        fputs(")\n            _describe command list; return ;;\n", stdout);
    }
    fputs("        esac\n    fi\n    case \"$words[2] $words[3] \" in\n", stdout);
    for (size_t i = 0; commands[i] != NULL; i++)
        put_zsh_command(commands[i]);
    fputs("    esac\n}\n_ostiary \"$@\"\n", stdout);
}

/* ---- fish ---- */

static void put_fish_text(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\'' || text.data[i] == '\\')
            putchar('\\');
        putchar(text.data[i]);
    }
}

static void put_fish_command(const command *one)
{
    for (const option *at = one->options; at->name != NULL; at++) {
        printf("complete -c ostiary -n '__ostiary_begins %s", one->words);
        if (!option_repeats(at))
            printf("; and not __fish_contains_opt %s", at->name);
        printf("' -l %s%s -d '", at->name,
               at->argument != NULL && at->argument[0] != '[' ? " -r" : "");
        option_line line = option_line_of(at);
        for (size_t i = 0; i < ARRAY_LEN(line.parts); i++)
            put_fish_text(line.parts[i]);
        puts("'");
    }
}

static void put_fish(void)
{
    fputs("# Completes ostiary's commands and options; files where neither is asked for.\n"
          "function __ostiary_is\n"
          "    set -l given (commandline -opc)\n"
          "    test \"$given[2..-1]\" = \"$argv\"\n"
          "end\n"
          "function __ostiary_begins\n"
          "    set -l given (commandline -opc)\n"
          "    set -l last (math (count $argv) + 1)\n"
          "    test (count $given) -ge $last; and test \"$given[2..$last]\" = \"$argv\"\n"
          "end\n",
          stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        ost_text group = group_of(commands[i]), member = member_of(commands[i]);
        if (is_first_of_group(i) && member.len > 0)
            printf("complete -c ostiary -n __ostiary_is -f -a %.*s\n", OST_FORMAT(group));
        printf("complete -c ostiary -n '__ostiary_is %.*s' -f -a %.*s -d '",
               OST_FORMAT(member.len > 0 ? group : (ost_text){0}),
               OST_FORMAT(member.len > 0 ? member : group));
        put_fish_text(text_of(commands[i]->summary));
        puts("'");
    }
    for (size_t i = 0; commands[i] != NULL; i++)
        put_fish_command(commands[i]);
}

static int completion_run(const option_values *values)
{
    static const struct {
        const char *name;
        void (*put)(void);
    } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        if (strcmp(values->operands[0], shells[i].name) == 0) {
            shells[i].put();
            return EXIT_DONE;
        }
    }
    return command_usage_error("completion: the shell is bash, zsh or fish");
}

static const option options[] = {{0}};
const command command_completion = {
    .words = "completion",
    .operands = "SHELL",
    .summary = "Write what bash, zsh or fish need to complete commands and options.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = completion_run,
};
