/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwk set`: collects keys, of files and of other sets (RFC 7517 §5). */
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_key.h"

#define SET_MAX TOOL_KEYS_MAX

/* The set under way. A reader may take no two keys for one, nor one for two. */
typedef struct collection {
    const option_values *values;
    ost_json_writer *writer;
    ost_text kids[SET_MAX]; /* of those that are in it */
    size_t count;
    bool found[TOOL_KEYS_MAX]; /* of the ids that were asked for */
} collection;

/* --kid chooses, or --without, if they are given; which of them were found is noted. */
static bool is_chosen(collection *c, const ost_key *key)
{
    const char *name = options_has(c->values, "without") ? "without" : "kid", *kid;
    bool named = false;
    for (size_t i = 0; (kid = options_nth(c->values, name, i)) != NULL; i++) {
        bool same = text_is(ost_key_kid(key), kid);
        c->found[i] = c->found[i] || same;
        named = named || same;
    }
    bool all = !options_has(c->values, name);
    return all || named == options_has(c->values, "kid");
}

static ost_result add(collection *c, const ost_key *key, ost_arena *arena, ost_error *error)
{
    ost_text kid = ost_key_kid(key);
    for (size_t i = 0; i < c->count; i++) {
        if (kid.len > 0 && text_equal(c->kids[i], kid))
            return ost_error_set(error, OST_E_KEY_AMBIGUOUS,
                                 "two keys have the kid \"%.*s\" (jwk convert --new-kid gives "
                                 "another one)",
                                 kid.len < 60 ? (int)kid.len : 60, kid.data);
    }
    if (c->count == SET_MAX)
        return ost_error_set(error, OST_E_CEILING, "more than %d keys", SET_MAX);
    const char *copy = ost_arena_copy(arena, kid);
    if (copy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    c->kids[c->count++] = (ost_text){copy, kid.len};
    return tool_key_put(key, options_has(c->values, "private"), c->writer, error);
}

static ost_result add_file(collection *c, const char *path, ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    ost_result result = tool_keys_whole(path, OST_ALG_UNSET, arena, &keys, error);
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < keys.count && result == OST_OK; i++) {
        if (is_chosen(c, keys.keys[i]))
            result = add(c, keys.keys[i], arena, error);
    }
    tool_keys_free(&keys);
    return result;
}

static ost_result check_found(const collection *c, ost_error *error)
{
    const char *name = options_has(c->values, "without") ? "without" : "kid", *kid;
    for (size_t i = 0; (kid = options_nth(c->values, name, i)) != NULL; i++) {
        if (!c->found[i])
            return ost_error_set(error, OST_E_KEY_UNKNOWN, "there is no key with kid \"%.60s\"",
                                 kid);
    }
    return OST_OK;
}

static ost_result check_options(const option_values *values, ost_error *error)
{
    if (options_has(values, "kid") && options_has(values, "without"))
        return ost_error_set(error, OST_E_ARGUMENT, "either --kid or --without");
    if (options_nth(values, "kid", TOOL_KEYS_MAX) != NULL ||
        options_nth(values, "without", TOOL_KEYS_MAX) != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "at most %d ids", TOOL_KEYS_MAX);
    return OST_OK;
}

static ost_result collect(const option_values *values, ost_arena *arena, ost_error *error)
{
    collection c = {.values = values, .writer = ost_json_writer_new(arena, 0)};
    if (c.writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = check_options(values, error);
    ost_json_open_object(c.writer);
    ost_json_put_name(c.writer, OST_TEXT("keys"));
    ost_json_open_array(c.writer);
    for (size_t i = 0; i < values->operand_count && result == OST_OK; i++)
        result = add_file(&c, values->operands[i], arena, error);
    ost_json_close_array(c.writer);
    ost_json_close_object(c.writer);
    if (result == OST_OK)
        result = check_found(&c, error);
    return result == OST_OK ? tool_put_json(values, c.writer, arena, error) : result;
}

static int run(const option_values *values)
{
    return tool_run(values, "jwk set", collect);
}

static const option options[] = {
    {"kid", "KID...", NULL, NULL, "only the key of that id (all)"},
    {"without", "KID...", NULL, NULL, "all but the key of that id"},
    {"private", NULL, NULL, NULL, "keep private and shared keys: never for publishing"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwk_set = {
    .words = "jwk set",
    .operands = "FILE…",
    .summary = "Collect keys into a JWK Set, their public halves unless told otherwise.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run,
};
