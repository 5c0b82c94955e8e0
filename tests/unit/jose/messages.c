/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted messages; see messages.h. */
#include "messages.h"

#include "base/base64url.h"
#include "base/text.h"
#include "jwe_keys.h"
#include "test.h"

ost_arena *message_arena;

int message_start(void **state)
{
    message_arena = ost_arena_new((size_t)8 << 20);
    return message_arena == NULL;
}

int message_end(void **state)
{
    ost_arena_free(message_arena);
    return 0;
}

ost_text message_part(const char *text)
{
    ost_text ret = {0};
    assert_int_equal(base64url_encode_to(message_arena, text_of(text), &ret), OST_OK);
    return ret;
}

ost_text message_of(const char *header, const char *rest)
{
    return text_of(ost_arena_format(message_arena, "%s.%s", message_part(header).data, rest));
}

ost_result message_decrypt(ost_text token, const ost_key *key, const ost_jwe_rules *rules)
{
    ost_decrypted d;
    ost_keyset *keys = jwe_set(key);
    ost_result result = ost_jwe_decrypt(token, keys, rules, message_arena, &d, NULL);
    ost_keyset_unref(keys);
    return result;
}

ost_result message_decrypt_json(ost_text json, const ost_key *key)
{
    ost_decrypted d;
    ost_keyset *keys = jwe_set(key);
    ost_result result = ost_jwe_json_decrypt(json, keys, NULL, message_arena, &d, NULL);
    ost_keyset_unref(keys);
    return result;
}

ost_text message_encrypt(ost_text content, const ost_key *key, ost_alg alg, const char *cty)
{
    const ost_jwe_options options = {.cty = cty};
    ost_text token = {0};
    assert_int_equal(
        ost_jwe_encrypt(content, key, alg, OST_A128GCM, &options, message_arena, &token, NULL),
        OST_OK);
    return token;
}
