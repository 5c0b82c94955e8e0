/* SPDX-License-Identifier: Apache-2.0 */
/* See tool.h. */
#include "cli/tool/tool.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/printable.h"
#include "cli/tool/tool_file.h"

#define ARENA ((size_t)64 << 20)
#define TOKEN_MAX ((size_t)64 << 10)

int tool_run(const option_values *values, const char *words, tool_work work)
{
    ost_error error = {0};
    ost_arena *arena = ost_arena_new(ARENA);
    ost_result result = arena != NULL ? work(values, arena, &error) : OST_E_MEMORY;
    ost_arena_free(arena);
    if (result == OST_OK)
        return EXIT_DONE;
    error.code = result;
    int status = command_fail(&error, words);
    return result == OST_E_ARGUMENT ? EXIT_USAGE : status;
}

const char *tool_operand(const option_values *values)
{
    return values->operand_count > 0 ? values->operands[0] : NULL;
}

ost_result tool_token(const option_values *values, ost_arena *arena, ost_text *ret_token,
                      ost_error *error)
{
    const char *given = tool_operand(values);
    ost_text token = text_of(given);
    ost_result result = OST_OK;
    if (given == NULL || text_is(token, "-"))
        result = tool_read_line(NULL, arena, &token, error);
    else if (access(given, F_OK) == 0)
        result = ost_error_set(error, OST_E_ARGUMENT,
                               "that is the name of a file: the token itself is wanted, best on "
                               "standard input (< FILE)");
    if (result == OST_OK && token.len > TOKEN_MAX)
        result = ost_error_set(error, OST_E_CEILING, "the token has more than 64 KiB");
    if (result == OST_OK)
        *ret_token = token;
    return result;
}

ost_result tool_put(const option_values *values, ost_text content, ost_error *error)
{
    return tool_write(options_get(values, "output"), options_has(values, "force"), content, error);
}

ost_result tool_put_line(const option_values *values, ost_text line, ost_arena *arena,
                         ost_error *error)
{
    char *ended = ost_arena_alloc(arena, line.len + 1);
    if (ended == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    memcpy(ended, line.data, line.len);
    ended[line.len] = '\n';
    return tool_put(values, (ost_text){ended, line.len + 1}, error);
}

ost_result tool_put_json_text(const option_values *values, ost_text json, ost_arena *arena,
                              ost_error *error)
{
    json = printable_json(json, arena);
    if (json.data == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    return tool_put_line(values, json, arena, error);
}

ost_result tool_put_json(const option_values *values, ost_json_writer *writer, ost_arena *arena,
                         ost_error *error)
{
    ost_text text;
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return tool_put_json_text(values, text, arena, error);
}
