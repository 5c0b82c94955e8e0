/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary base64url encode|decode`: the parts of tokens and keys by themselves (RFC 4648 §5). */
#include "base/base64url.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"

static ost_result encode(const option_values *values, ost_arena *arena, ost_error *error)
{
    ost_text bytes, text;
    ost_result result = tool_read(tool_operand(values), arena, &bytes, error);
    if (result != OST_OK)
        return result;
    result = base64url_encode_to(arena, bytes, &text);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return tool_put_line(values, text, arena, error);
}

/* Strict, as tokens are read: what another reader might take for something else is refused. */
static ost_result decode(const option_values *values, ost_arena *arena, ost_error *error)
{
    ost_text text, bytes;
    ost_result result = tool_read_line(tool_operand(values), arena, &text, error);
    if (result != OST_OK)
        return result;
    result = base64url_decode_to(arena, text, &bytes);
    if (result != OST_OK)
        return ost_error_set(error, result,
                             "that is not strict base64url (no =, no + and /, no line breaks)");
    return tool_put(values, bytes, error);
}

static int run_encode(const option_values *values)
{
    return tool_run(values, "base64url encode", encode);
}

static int run_decode(const option_values *values)
{
    return tool_run(values, "base64url decode", decode);
}

static const option options[] = {TOOL_OUTPUT_OPTIONS, {0}};
const command command_base64url_encode = {
    .words = "base64url encode",
    .operands = "[FILE]",
    .summary = "Write a file, or standard input, in base64url, in one line.",
    .options = options,
    .max_operands = 1,
    .run = run_encode,
};
const command command_base64url_decode = {
    .words = "base64url decode",
    .operands = "[FILE]",
    .summary = "Write the bytes that a line of base64url stands for.",
    .options = options,
    .max_operands = 1,
    .run = run_decode,
};
