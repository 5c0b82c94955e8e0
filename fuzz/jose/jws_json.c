/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a JWS in JSON; and, where they begin with '#', as two headers and a payload in lines
 * of their own, signed here, so that everything behind the signature is reached. What is accepted
 * was signed by a key of the set, with nothing critical but what was asked for. */
#include <stdint.h>
#include <string.h>

#include "base/base64url.h"
#include "fixed_keys.h"
#include "jose/signature/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_critical(const ost_json *header)
{
    return ost_json_get(header, "crit") != NULL || ost_json_get(header, "b64") != NULL;
}

static void check_accepted(const ost_verified_jws *jws, const ost_jws_rules *rules)
{
    const ost_json *at = ost_json_first(jws->unprotected_header);
    check(jws->key != NULL && ost_key_serves(jws->key, jws->alg));
    check(jws->signature < OST_JWS_SIGNATURES_MAX && jws->alg <= OST_ES256K);
    check(!is_critical(jws->unprotected_header));
    check(rules->unencoded || !is_critical(jws->protected_header));
    check(rules->insecure_unprotected_alg || ost_json_get(jws->protected_header, "alg") != NULL);
    for (; at != NULL; at = ost_json_next(at))
        check(ost_json_get_text(jws->protected_header, ost_json_name(at)) == NULL);
    if (rules->detached)
        check(text_equal(jws->payload, rules->payload));
}

static void verify(ost_text json, ost_arena *arena)
{
    for (unsigned bits = 0; bits < 8; bits++) {
        const ost_jws_rules rules = {.algorithms = EVERY_ALG,
                                     .detached = bits & 1,
                                     .payload = OST_TEXT("$.02"),
                                     .unencoded = bits >> 1 & 1,
                                     .insecure_unprotected_alg = bits >> 2 & 1};
        ost_verified_jws jws = {0};
        ost_error error = {0};
        ost_result result = ost_jws_json_verify(json, fixed_keys(), &rules, arena, &jws, &error);
        check(error.code == result && text_is_utf8(text_of(error.detail)));
        check((jws.key != NULL) == (result == OST_OK) && result != OST_E_MEMORY);
        if (result == OST_OK)
            check_accepted(&jws, &rules);
        ost_arena_reset(arena);
    }
}

static size_t encode(ost_text text, char *ret)
{
    return base64url_encode((const unsigned char *)text.data, text.len, ret);
}

/* Signs as the lines say, and shows it to the reader. */
static void sign_and_verify(ost_text lines, ost_arena *arena)
{
    const ost_key *secret = ost_keyset_at(fixed_keys(), FIXED_SECRET);
    unsigned char mac[64];
    size_t first = text_find(lines, '\n', 0), second = text_find(lines, '\n', first + 1), size;
    ost_text protected = text_slice(lines, 0, first);
    ost_text header = text_slice(lines, first + 1, second - first - 1);
    ost_text payload = text_slice(lines, second + 1, lines.len);
    ost_arena *own = ost_arena_new((size_t)1 << 20);
    char *input = ost_arena_alloc(own, 2 * lines.len + 16);
    check(input != NULL);
    size_t head = encode(protected, input);
    input[head] = '.';
    size_t len = head + 1 + encode(payload, input + head + 1);
    check(signature_make(secret, OST_HS256, (ost_text){input, len}, mac, &size) == OST_OK);
    char signature[64];
    size_t signature_len = base64url_encode(mac, size, signature);
    const char *json = ost_arena_format(
        own, "{\"payload\":\"%.*s\",\"protected\":\"%.*s\"%s%.*s,\"signature\":\"%.*s\"}",
        (int)(len - head - 1), input + head + 1, (int)head, input,
        header.len > 0 ? ",\"header\":" : "", (int)header.len, header.len > 0 ? header.data : "",
        (int)signature_len, signature);
    if (json != NULL)
        verify(text_of(json), arena);
    ost_arena_free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text text = {(const char *)data, size};
    ost_arena *arena = ost_arena_new((size_t)8 << 20);
    if (size > 0 && data[0] == '#' && size < 16384)
        sign_and_verify(text_slice(text, 1, size), arena);
    else
        verify(text, arena);
    ost_arena_free(arena);
    return 0;
}
