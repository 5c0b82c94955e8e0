/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: command-line options, each with environment variables that stand in for it, and a line
 * of the config file (base/config/config_file.h) that stands in for both. "--name VALUE",
 * "--name=VALUE" and bare flags; "--" ends the options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <ostiary/types.h>

typedef struct option {
    const char *name;      /* without the dashes; a NULL name ends the list */
    const char *argument;  /* what --help calls the value; NULL: a flag; "[X]": the value may be
                              left out, and is then the empty text; "X...": there may be several
                              values, otherwise a second one is refused; OPTION_SECRET: never
                              shown */
    const char *variable;  /* an environment variable; NULL: on the command line alone */
    const char *variable2; /* an older name of it, or NULL */
    const char *help;      /* one line; the default in parentheses at its end */
} option;

#define OPTION_SECRET "SECRET"

typedef struct option_value {
    const option *option;
    const char *value;
    size_t line; /* of the config file */
} option_value;

/* What was given. Operands and values are borrowed from argv, the environment and the config file's
 * arena. */
typedef struct option_values {
    const option *options;
    option_value given[64];
    size_t given_count;
    option_value file[64]; /* what the config file says */
    size_t file_count;
    const char *file_path; /* NULL: none was read */
    const char *operands[64];
    size_t operand_count;
    bool help;
} option_values;

/* Reads argv[first…]. OST_E_ARGUMENT with a sentence: an unknown option (and the nearest known
 * one), a missing, superfluous or second value, too many. `--help` and `-h` set help. */
OST_MUST_CHECK ost_result options_read(const option *options, int argc, char **argv, int first,
                                       option_values *ret_values, ost_error *error);

/* Who decided about an option. */
typedef enum option_source {
    OPTION_IS_DEFAULT,
    OPTION_IS_GIVEN,
    OPTION_IS_VARIABLE,
    OPTION_IS_IN_FILE,
} option_source;
typedef struct option_origin {
    option_source source;
    const char *value;    /* NULL: nobody gave one */
    const char *variable; /* of OPTION_IS_VARIABLE */
    size_t line;          /* of OPTION_IS_IN_FILE */
} option_origin;

/* The last value given on the command line, else the environment's, else the last one of the config
 * file. */
option_origin options_origin(const option_values *values, const char *name);
const char *options_get(const option_values *values, const char *name); /* NULL: there is none */
bool options_has(const option_values *values, const char *name);

/* The n-th value of a repeatable option; NULL beyond the last. From the environment only the whole
 * variable, as one value. */
const char *options_nth(const option_values *values, const char *name, size_t n);

/* A number within limits, `fallback` when not given. OST_E_ARGUMENT with a sentence. */
OST_MUST_CHECK ost_result options_number(const option_values *values, const char *name,
                                         uint64_t fallback, uint64_t min, uint64_t max,
                                         uint64_t *ret_number, ost_error *error);

/* Yes or no, `fallback` when not given: "--name", "--name=true" and "--name=false", in either case.
 * OST_E_CONFIG with a sentence for everything else: what is meant to be off must not be on. */
OST_MUST_CHECK ost_result options_switch(const option_values *values, const char *name,
                                         bool fallback, bool *ret_on, ost_error *error);

/* Whether there may be several values of it. */
bool option_repeats(const option *one);

/* What people call its value: without the dots that say that there may be several. Empty: a flag.
 */
ost_text option_argument(const option *one);

/* Its line as people read it, in three parts: what it is, "; repeatable" or nothing, and the
 * default in its parentheses with a space before them, or nothing. */
typedef struct option_line {
    ost_text parts[3];
} option_line;
option_line option_line_of(const option *one);

/* Whether a table has an option of this name, without its dashes. */
bool options_know(const option *options, ost_text name);

/* The option that is meant, most likely; NULL: none is near. */
const option *options_nearest(const option *options, ost_text name);

/* What counts when nobody says anything, in the words of --help: what stands in parentheses at the
 * end of the line. Empty: there is none. */
ost_text option_default(const option *one);

/* Writes the option table for --help to standard output. */
void options_print(const option *options);

#endif
