/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jws format`, `ostiary jwe format`: the same message in another serialization (RFC 7515
 * §7, RFC 7516 §7). Nothing is verified, and nothing can be: what was signed stays as it is. */
#include <string.h>

#include "base/base64url.h"
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"

#define PARTS_MAX 5

/* A part of a message, by its name in JSON; in the order of the compact form. */
typedef struct part {
    const char *name;
    bool of_party; /* of a signature or a recipient, in general JSON */
    bool required; /* in JSON, also when it is empty; an empty payload is one that is detached */
} part;

typedef struct kind {
    const char *name, *several;
    size_t count;
    const part *parts;
} kind;

static const part jws_parts[] = {{.name = "protected", .of_party = true},
                                 {.name = "payload"},
                                 {.name = "signature", .of_party = true}};
static const part jwe_parts[] = {{.name = "protected"},
                                 {.name = "encrypted_key", .of_party = true},
                                 {.name = "iv"},
                                 {.name = "ciphertext", .required = true},
                                 {.name = "tag"}};
static const kind jws_kind = {"JWS", "signatures", 3, jws_parts};
static const kind jwe_kind = {"JWE", "recipients", 5, jwe_parts};

static const ost_json_limits limits = {TOOL_FILE_MAX, 8, 16384};

typedef struct formatting {
    const kind *kind;
    const ost_json *whole;     /* NULL: it came compact */
    const ost_json *parties;   /* the array of general JSON; NULL: there is one, in the whole */
    ost_text parts[PARTS_MAX]; /* of a compact one */
    ost_arena *arena;
    ost_error *error;
} formatting;

static ost_result read_compact(formatting *f, ost_text message)
{
    const kind *k = f->kind;
    if (text_count(message, '.') != k->count - 1)
        return ost_error_set(f->error, OST_E_TOKEN_FORMAT, "a compact %s has %zu parts", k->name,
                             k->count);
    for (size_t i = 0; i < k->count; i++) {
        size_t end = text_find(message, '.', 0);
        f->parts[i] = text_slice(message, 0, end);
        message = text_slice(message, end + 1, message.len);
    }
    return OST_OK;
}

static ost_result read_message(formatting *f, ost_text message)
{
    if (!text_starts(message, "{"))
        return read_compact(f, message);
    ost_result result = ost_json_read(message, &limits, f->arena, &f->whole, f->error);
    if (result == OST_OK)
        f->parties = ost_json_get(f->whole, f->kind->several);
    if (result == OST_OK && f->parties != NULL && ost_json_count(f->parties) == 0)
        result =
            ost_error_set(f->error, OST_E_TOKEN_FORMAT, "there are no %s in it", f->kind->several);
    return result;
}

/* The member of a message in JSON that a part is. */
static const ost_json *member(const formatting *f, const part *wanted, const ost_json *party)
{
    return ost_json_get(wanted->of_party && f->parties != NULL ? party : f->whole, wanted->name);
}

/* A part of the message or of a party; empty when it is not there. Base64url, as a dot in it would
 * make other parts of a compact message. */
static ost_result get_member(const formatting *f, size_t i, const ost_json *party,
                             ost_text *ret_text)
{
    const part *wanted = &f->kind->parts[i];
    ost_text text = OST_TEXT(""), bytes;
    const ost_json *value = member(f, wanted, party);
    if (f->whole == NULL)
        text = f->parts[i];
    else if (value != NULL && !ost_json_text(value, &text))
        return ost_error_set(f->error, OST_E_TOKEN_FORMAT, "\"%s\" is not text", wanted->name);
    if (base64url_decode_to(f->arena, text, &bytes) != OST_OK)
        return ost_error_set(f->error, OST_E_TOKEN_FORMAT, "\"%s\" is not strict base64url",
                             wanted->name);
    *ret_text = text;
    return OST_OK;
}

static ost_result put(const formatting *f, ost_json_writer *writer, bool of_party,
                      const ost_json *party)
{
    for (size_t i = 0; i < f->kind->count; i++) {
        const part *wanted = &f->kind->parts[i];
        ost_text text;
        if (wanted->of_party != of_party)
            continue;
        ost_result result = get_member(f, i, party, &text);
        if (result != OST_OK)
            return result;
        if (text.len > 0 || wanted->required || member(f, wanted, party) != NULL)
            ost_json_member_text(writer, wanted->name, text);
    }
    return OST_OK;
}

static void put_member(ost_json_writer *writer, const ost_json *of, const char *name)
{
    const ost_json *value = ost_json_get(of, name);
    if (value != NULL)
        ost_json_member_value(writer, name, value);
}

static ost_result put_party(const formatting *f, ost_json_writer *writer, const ost_json *party)
{
    put_member(writer, f->parties != NULL ? party : f->whole, "header");
    return put(f, writer, true, party);
}

static ost_result write_json(const option_values *values, const formatting *f, bool general)
{
    ost_json_writer *writer = ost_json_writer_new(f->arena, 0);
    const ost_json *party = ost_json_first(f->parties);
    if (writer == NULL)
        return ost_error_set(f->error, OST_E_MEMORY, "out of memory");
    ost_json_open_object(writer);
    ost_result result = put(f, writer, false, NULL);
    put_member(writer, f->whole, "unprotected");
    put_member(writer, f->whole, "aad");
    if (general) {
        ost_json_put_name(writer, text_of(f->kind->several));
        ost_json_open_array(writer);
    }
    do {
        if (general)
            ost_json_open_object(writer);
        if (result == OST_OK)
            result = put_party(f, writer, party);
        if (general)
            ost_json_close_object(writer);
        party = ost_json_next(party);
    } while (party != NULL && result == OST_OK);
    if (general)
        ost_json_close_array(writer);
    ost_json_close_object(writer);
    return result == OST_OK ? tool_put_json(values, writer, f->arena, f->error) : result;
}

static ost_result write_compact(const option_values *values, const formatting *f)
{
    const ost_json *party = ost_json_first(f->parties);
    const ost_json *of = f->parties != NULL ? party : f->whole;
    const char *text = "";
    if (ost_json_get(of, "header") != NULL || ost_json_get(f->whole, "unprotected") != NULL ||
        ost_json_get(f->whole, "aad") != NULL)
        return ost_error_set(f->error, OST_E_UNSUPPORTED,
                             "the compact form has no place for headers that are not protected");
    for (size_t i = 0; i < f->kind->count; i++) {
        ost_text value = {0};
        ost_result result = get_member(f, i, party, &value);
        if (result != OST_OK)
            return result;
        text = ost_arena_format(f->arena, "%s%s%.*s", text, i > 0 ? "." : "", (int)value.len,
                                value.len > 0 ? value.data : "");
        if (text == NULL)
            return ost_error_set(f->error, OST_E_MEMORY, "out of memory");
    }
    return tool_put_line(values, text_of(text), f->arena, f->error);
}

static ost_result format(const kind *k, const option_values *values, ost_arena *arena,
                         ost_error *error)
{
    formatting f = {.kind = k, .arena = arena, .error = error};
    const char *to = options_get(values, "to");
    ost_text message;
    bool compact = to != NULL && strcmp(to, "compact") == 0;
    bool general = to != NULL && strcmp(to, "general") == 0;
    if (!compact && !general && (to == NULL || strcmp(to, "json") != 0))
        return ost_error_set(error, OST_E_ARGUMENT, "--to: compact, json or general");
    ost_result result = tool_read_line(tool_operand(values), arena, &message, error);
    if (result == OST_OK)
        result = read_message(&f, message);
    if (result == OST_OK && !general && ost_json_count(f.parties) > 1)
        result =
            ost_error_set(error, OST_E_UNSUPPORTED, "several %s take general JSON", k->several);
    if (result != OST_OK)
        return result;
    return compact ? write_compact(values, &f) : write_json(values, &f, general);
}

static ost_result format_jws(const option_values *values, ost_arena *arena, ost_error *error)
{
    return format(&jws_kind, values, arena, error);
}

static ost_result format_jwe(const option_values *values, ost_arena *arena, ost_error *error)
{
    return format(&jwe_kind, values, arena, error);
}

static int run_jws(const option_values *values)
{
    return tool_run(values, "jws format", format_jws);
}

static int run_jwe(const option_values *values)
{
    return tool_run(values, "jwe format", format_jwe);
}

static const option options[] = {
    {"to", "FORM", NULL, NULL, "compact, json (flattened) or general"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jws_format = {
    .words = "jws format",
    .operands = "[FILE]",
    .summary = "Write a signed message in another form, unverified.",
    .options = options,
    .max_operands = 1,
    .run = run_jws,
};
const command command_jwe_format = {
    .words = "jwe format",
    .operands = "[FILE]",
    .summary = "Write an encrypted message in another form.",
    .options = options,
    .max_operands = 1,
    .run = run_jwe,
};
