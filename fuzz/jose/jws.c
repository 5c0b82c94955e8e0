/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a token. What is accepted was read strictly, is accepted by one key alone, and lies
 * within its input; what is refused leaves the outputs as they were. */
#include <stdint.h>
#include <string.h>

#include "fixed_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_read(const ost_unverified_jws *jws, ost_text token)
{
    check(token.len == jws->signing_input.len + 1 + jws->signature_encoded.len);
    check(jws->signing_input.data == token.data && jws->signature_encoded.len > 0);
    check(memchr(jws->payload_encoded.data, '.', jws->payload_encoded.len) == NULL);
    check(memchr(jws->signature_encoded.data, '.', jws->signature_encoded.len) == NULL);
    check(ost_json_get(jws->header, "crit") == NULL && ost_json_get(jws->header, "b64") == NULL);
    check(ost_json_equals(ost_json_get(jws->header, "alg"), text_of(ost_alg_name(jws->alg))));
    check(text_is_utf8(jws->kid) && text_is_utf8(jws->typ));
}

static void verify(ost_text token, ost_arena *arena)
{
    ost_unverified_jws jws = {.alg = OST_ALG_UNSET};
    ost_error error = {0};
    ost_result result = ost_jws_read_unverified(token, EVERY_ALG, arena, &jws, &error);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    if (result != OST_OK) {
        check(jws.alg == OST_ALG_UNSET && jws.header == NULL);
        return;
    }
    check_read(&jws, token);
    size_t accepted = 0;
    for (size_t i = 0; i < FIXED_KEYS; i++) {
        ost_text payload = {0};
        result = ost_jws_verify(&jws, ost_keyset_at(fixed_keys(), i), arena, &payload);
        check(result == OST_OK || payload.data == NULL);
        check(result == OST_OK || result == OST_E_SIGNATURE || result == OST_E_KEY_USE ||
              result == OST_E_TOKEN_FORMAT);
        accepted += result == OST_OK;
    }
    check(accepted <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const audiences[] = {"myapi"};
    static const ost_claims_rules rules = {
        .issuer = "http://localhost:8080/realms/myrealm",
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = EVERY_ALG,
    };
    ost_text token = {(const char *)data, size};
    ost_unverified_token shown = {0};
    const ost_claims *claims = NULL;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    verify(token, arena);
    ost_arena_reset(arena);
    ost_result result =
        ost_jwt_verify(token, fixed_keys(), &rules, 1700000000, arena, &claims, NULL);
    check((claims != NULL) == (result == OST_OK) && result != OST_E_MEMORY);
    ost_arena_reset(arena);
    result = ost_jwt_read_unverified(token, arena, &shown, NULL);
    check((shown.claims != NULL) == (result == OST_OK));
    ost_arena_free(arena);
    return 0;
}
