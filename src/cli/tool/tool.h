/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools for keys and tokens (`ostiary jwk|jws|jwt|jwe …`) have in common. */
#ifndef TOOL_H
#define TOOL_H

#include <ostiary/json.h>

#include "cli/command.h"

/* The options of where the result goes. */
#define TOOL_OUTPUT_OPTIONS                                                                        \
    {"output", "FILE", NULL, NULL, "a new file that its owner alone may read (standard output)"},  \
    {                                                                                              \
        "force", NULL, NULL, NULL, "overwrite the file"                                            \
    }
#define TOOL_KID_OPTION                                                                            \
    {                                                                                              \
        "kid", "KID", NULL, NULL, "the key of that id"                                             \
    }

typedef ost_result (*tool_work)(const option_values *values, ost_arena *arena, ost_error *error);

/* Does the work with an arena and says on standard error how it failed, if it did. The exit status:
 * EXIT_USAGE for OST_E_ARGUMENT, EXIT_FAILED for everything else. */
int tool_run(const option_values *values, const char *words, tool_work work);

/* The first operand; NULL: there is none. */
const char *tool_operand(const option_values *values);

/* The token that is the operand, or on standard input when there is none or it is "-", so that it
 * need not stand in the shell's history. At most 64 KiB. OST_E_SYSTEM, OST_E_CEILING. */
OST_MUST_CHECK ost_result tool_token(const option_values *values, ost_arena *arena,
                                     ost_text *ret_token, ost_error *error);

/* Writes text or JSON to where the output options say. JSON, which is made harmless for terminals,
 * and text that is a line, with a line feed behind it. */
OST_MUST_CHECK ost_result tool_put(const option_values *values, ost_text content, ost_error *error);
OST_MUST_CHECK ost_result tool_put_line(const option_values *values, ost_text line,
                                        ost_arena *arena, ost_error *error);
OST_MUST_CHECK ost_result tool_put_json_text(const option_values *values, ost_text json,
                                             ost_arena *arena, ost_error *error);
OST_MUST_CHECK ost_result tool_put_json(const option_values *values, ost_json_writer *writer,
                                        ost_arena *arena, ost_error *error);

#endif
