/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jws inspect`, `ostiary jwe inspect`: shows the headers of a message, compact or JSON,
 * and that nobody has checked them. */
#include <stdio.h>

#include "base/base64url.h"
#include "base/text.h"
#include "cli/tool/inspect_print.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"

/* What kind of message it is, by the words of its serializations. */
typedef struct kind {
    const char *name;    /* for errors */
    const char *several; /* the array of the general JSON serialization */
    const char *each;    /* what an element of it is */
    size_t dots;         /* of the compact serialization */
    const char *content; /* what is carried; "payload", "ciphertext" */
} kind;

static const kind jws_kind = {"JWS", "signatures", "signature", 2, "payload"};
static const kind jwe_kind = {"JWE", "recipients", "recipient", 4, "ciphertext"};

static const ost_json_limits limits = {TOOL_FILE_MAX, 8, 16384};

/* It is gone through twice: the first time nothing is printed, so that what is broken shows
 * nothing. */
typedef struct inspecting {
    const kind *kind;
    ost_arena *arena;
    bool print;
} inspecting;

static void print_header(const inspecting *in, const char *label, const ost_json *header)
{
    if (!in->print || header == NULL)
        return;
    printf("%-10s ", label);
    inspect_print(header);
    puts("");
}

static ost_result read_protected(const inspecting *in, ost_text encoded, ost_error *error)
{
    ost_text text;
    const ost_json *header;
    ost_result result = base64url_decode_to(in->arena, encoded, &text);
    if (result == OST_OK)
        result = ost_json_read(text, &limits, in->arena, &header, NULL);
    if (result != OST_OK)
        return ost_error_set(error, result, "the protected header is not JSON in base64url");
    print_header(in, "protected", header);
    return OST_OK;
}

/* The headers in an object: of the message, of a signature, of a recipient. */
static ost_result read_headers(const inspecting *in, const ost_json *of, ost_error *error)
{
    ost_text encoded;
    ost_result result = OST_OK;
    if (ost_json_text(ost_json_get(of, "protected"), &encoded))
        result = read_protected(in, encoded, error);
    print_header(in, "shared", ost_json_get(of, "unprotected"));
    print_header(in, "header", ost_json_get(of, "header"));
    return result;
}

static void print_content(const inspecting *in, ost_text encoded)
{
    if (in->print)
        printf("%-10s %zu characters\n", in->kind->content, encoded.len);
}

static ost_result read_json(const inspecting *in, ost_text message, ost_error *error)
{
    const ost_json *json;
    ost_text content;
    unsigned number = 0;
    ost_result result = ost_json_read(message, &limits, in->arena, &json, error);
    if (result == OST_OK)
        result = read_headers(in, json, error);
    if (result != OST_OK)
        return result;
    const ost_json *part = ost_json_first(ost_json_get(json, in->kind->several));
    for (; part != NULL && result == OST_OK; part = ost_json_next(part)) {
        if (in->print)
            printf("%s %u\n", in->kind->each, ++number);
        result = read_headers(in, part, error);
    }
    if (ost_json_text(ost_json_get(json, in->kind->content), &content))
        print_content(in, content);
    return result;
}

static ost_result read_compact(const inspecting *in, ost_text message, ost_error *error)
{
    if (text_count(message, '.') != in->kind->dots)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "a compact %s has %zu parts",
                             in->kind->name, in->kind->dots + 1);
    size_t end = text_find(message, '.', 0), at = end + 1;
    ost_result result = read_protected(in, text_slice(message, 0, end), error);
    if (result != OST_OK)
        return result;
    for (size_t skip = 2; skip < in->kind->dots; skip++) /* to the part that is the content */
        at = text_find(message, '.', at) + 1;
    ost_text rest = text_slice(message, at, message.len);
    print_content(in, text_slice(rest, 0, text_find(rest, '.', 0)));
    return OST_OK;
}

static ost_result read_message(const inspecting *in, ost_text message, ost_error *error)
{
    return text_starts(message, "{") ? read_json(in, message, error)
                                     : read_compact(in, message, error);
}

static ost_result inspect(const kind *k, const option_values *values, ost_arena *arena,
                          ost_error *error)
{
    ost_text message;
    inspecting in = {.kind = k, .arena = arena};
    ost_result result = tool_read_line(tool_operand(values), arena, &message, error);
    if (result == OST_OK)
        result = read_message(&in, message, error);
    if (result != OST_OK)
        return result;
    puts("UNVERIFIED: nothing of this has been checked.\n");
    in.print = true;
    return read_message(&in, message, error);
}

static ost_result inspect_jws(const option_values *values, ost_arena *arena, ost_error *error)
{
    return inspect(&jws_kind, values, arena, error);
}

static ost_result inspect_jwe(const option_values *values, ost_arena *arena, ost_error *error)
{
    return inspect(&jwe_kind, values, arena, error);
}

static int run_jws(const option_values *values)
{
    return tool_run(values, "jws inspect", inspect_jws);
}

static int run_jwe(const option_values *values)
{
    return tool_run(values, "jwe inspect", inspect_jwe);
}

static const option options[] = {{0}};
const command command_jws_inspect = {
    .words = "jws inspect",
    .operands = "[FILE]",
    .summary = "Show the headers of a signed message, compact or JSON, unverified.",
    .options = options,
    .max_operands = 1,
    .run = run_jws,
};
const command command_jwe_inspect = {
    .words = "jwe inspect",
    .operands = "[FILE]",
    .summary = "Show the headers of an encrypted message, compact or JSON, unverified.",
    .options = options,
    .max_operands = 1,
    .run = run_jwe,
};
