/* SPDX-License-Identifier: Apache-2.0 */
/* A file of settings, one a line, in the form of Keycloak's keycloak.conf: names of options without
 * their dashes, or of their variables without KC_. What the command line or the environment says
 * goes before. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/options.h"

#define CONFIG_FILE_BYTES_MAX ((size_t)256 << 10)

/* In a table of options: where the file is. */
#define CONFIG_FILE_OPTION(fallback)                                                               \
    {                                                                                              \
        "config-file", "FILE", "OSTIARY_CONFIG_FILE", NULL,                                        \
            "settings, one name=value a line" fallback                                             \
    }

typedef struct config_file_rules {
    const char *path;    /* when none is named, and it is there; NULL: none is read then */
    const char *profile; /* lines that begin with "%PROFILE." are for this one alone; NULL: none */
    /* What becomes of a name that no option has: true: it is let pass, and has been told of. NULL:
     * all are refused. */
    bool (*is_let_pass)(ost_text name, ost_text value);
    void (*say)(void *user, const char *sentence); /* NULL: nobody listens */
    void *user;
} config_file_rules;

/* Reads the file that the option "config-file" names, and adds its settings to *values, which then
 * borrow from the arena. OST_E_CONFIG, with file and line: a name that no option has (and the
 * nearest), a value that cannot be; OST_E_SYSTEM: the file cannot be read. A secret in a file that
 * others may read is told of. */
OST_MUST_CHECK ost_result config_file_read(const config_file_rules *rules, ost_arena *arena,
                                           option_values *values, ost_error *error);

#endif
