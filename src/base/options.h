/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line options, each with environment variables that stand in for it. "--name VALUE",
 * "--name=VALUE" and bare flags; "--" ends the options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <ostiary/types.h>

typedef struct option {
    const char *name;      /* without the dashes; a NULL name ends the list */
    const char *argument;  /* what --help calls the value; NULL: a flag; "[X]": the value may be
                              left out, and is then the empty text */
    const char *variable;  /* an environment variable, or NULL */
    const char *variable2; /* an older name of it, or NULL */
    const char *help;      /* one line; the default in parentheses */
} option;

typedef struct option_value {
    const option *option;
    const char *value;
} option_value;

/* What was given. Operands and values are borrowed from argv and the environment. */
typedef struct option_values {
    const option *options;
    option_value given[64];
    size_t given_count;
    const char *operands[64];
    size_t operand_count;
    bool help;
} option_values;

/* Reads argv[first…]. OST_E_ARGUMENT with a sentence: an unknown option (and the nearest known
 * one), a missing or superfluous value, too many. `--help` and `-h` set help. */
OST_MUST_CHECK ost_result options_read(const option *options, int argc, char **argv, int first,
                                       option_values *ret_values, ost_error *error);

/* The last value given on the command line, else the environment's; NULL when there is none. */
const char *options_get(const option_values *values, const char *name);
bool options_has(const option_values *values, const char *name);

/* The n-th value of a repeatable option; NULL beyond the last. From the environment only the whole
 * variable, as one value. */
const char *options_nth(const option_values *values, const char *name, size_t n);

/* A number within limits, `fallback` when not given. OST_E_ARGUMENT with a sentence. */
OST_MUST_CHECK ost_result options_number(const option_values *values, const char *name,
                                         uint64_t fallback, uint64_t min, uint64_t max,
                                         uint64_t *ret_number, ost_error *error);

/* Writes the option table for --help to standard output. */
void options_print(const option *options);

#endif
