/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwk inspect`: tells what keys are and what they are for, without their secrets. */
#include "base/error_sentence.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_key.h"

static const char *type_name(const ost_key *key)
{
    switch (ost_key_type_of(key)) {
    case OST_KEY_RSA:
        return "RSA";
    case OST_KEY_EC:
        return "EC";
    case OST_KEY_OKP:
        return "OKP";
    case OST_KEY_OCT:
        return "oct";
    }
    return "";
}

/* What stands in the JWK itself: "crv", "use", "alg". Shared keys have no public JWK. */
static ost_result read_public(const ost_key *key, ost_arena *arena, const ost_json **ret_jwk)
{
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    *ret_jwk = NULL;
    if (writer == NULL)
        return OST_E_MEMORY;
    if (ost_key_type_of(key) == OST_KEY_OCT)
        return OST_OK;
    ost_result result = ost_key_export_public(key, writer);
    return result == OST_OK ? json_writer_read(writer, NULL, ret_jwk, NULL) : result;
}

static void put_member(ost_json_writer *writer, const ost_json *jwk, const char *name)
{
    ost_text value;
    if (ost_json_text(ost_json_get(jwk, name), &value))
        ost_json_member_text(writer, name, value);
}

/* Every algorithm that the key may be used with. */
static void put_algorithms(ost_json_writer *writer, const ost_key *key)
{
    static const ost_algs known_algs = OST_ALGS_SIGNATURE | OST_ALGS_ENCRYPTION;
    ost_json_put_name(writer, OST_TEXT("serves"));
    ost_json_open_array(writer);
    for (unsigned bit = 0; bit < 64; bit++) {
        bool known = (known_algs >> bit & 1) != 0;
        if (known && ost_key_serves(key, (ost_alg)bit))
            ost_json_put_text(writer, text_of(ost_alg_name((ost_alg)bit)));
    }
    ost_json_close_array(writer);
}

/* No thumbprint of a shared key: anyone who sees it can try guesses against it (RFC 7638 §7). */
static ost_result put_key(const ost_key *key, ost_arena *arena, ost_json_writer *writer)
{
    char thumbprint[44] = "";
    const ost_json *jwk;
    ost_result result = read_public(key, arena, &jwk);
    if (result == OST_OK && jwk != NULL)
        result = ost_key_thumbprint(key, thumbprint);
    if (result != OST_OK)
        return result;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "kty", type_name(key));
    put_member(writer, jwk, "crv");
    ost_json_member_integer(writer, "bits", ost_key_bits(key));
    if (ost_key_kid(key).len > 0)
        ost_json_member_text(writer, "kid", ost_key_kid(key));
    put_member(writer, jwk, "use");
    put_member(writer, jwk, "alg");
    ost_json_member_boolean(writer, "private", ost_key_is_private(key));
    put_algorithms(writer, key);
    if (thumbprint[0] != '\0')
        ost_json_member_string(writer, "thumbprint", thumbprint);
    ost_json_close_object(writer);
    return OST_OK;
}

static ost_result inspect(const option_values *values, ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = tool_keys_read(tool_operand(values), OST_ALG_UNSET, arena, &keys, error);
    if (result != OST_OK)
        return result;
    ost_json_open_array(writer);
    for (size_t i = 0; i < keys.count && result == OST_OK; i++)
        result = put_key(keys.keys[i], arena, writer);
    ost_json_close_array(writer);
    tool_keys_free(&keys);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return tool_put_json(values, writer, arena, error);
}

static int run(const option_values *values)
{
    return tool_run(values, "jwk inspect", inspect);
}

static const option options[] = {{0}};
const command command_jwk_inspect = {
    .words = "jwk inspect",
    .operands = "[FILE]",
    .summary = "Tell what keys are and what they are for, without their secrets, as JSON.",
    .options = options,
    .max_operands = 1,
    .run = run,
};
