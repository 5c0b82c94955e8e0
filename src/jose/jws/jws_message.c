/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying a JWS of whatever serialization: RFC 7515 §5.2 steps 6–10, appendix F, RFC 7797 §3. */
#include "jose/jws/jws_message.h"

#include "base/array.h"
#include "base/base64url.h"
#include "base/shown.h"
#include "jose/jws/signing_input.h"
#include "jose/signature/signature.h"

/* The payload as it is to be handed out, and as it was signed. */
static ost_result find_payload(const jws_message *message, const ost_jws_rules *rules,
                               ost_arena *arena, signing_room *room, ost_text *ret_payload,
                               ost_error *error)
{
    bool unencoded = message->signatures[0].unencoded;
    ost_text transmitted = rules->detached ? rules->payload : message->payload;
    ost_text payload = transmitted;
    if (rules->detached != (message->payload.data == NULL)) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT,
                             rules->detached ? "a payload, where it should be detached"
                                             : "the payload is missing");
    }
    if (rules->detached && payload.len > OST_JWS_DETACHED_MAX)
        return ost_error_set(error, OST_E_CEILING, "the detached payload is too large");
    ost_result result = OST_OK;
    if (!rules->detached && !unencoded)
        result = base64url_decode_to(arena, transmitted, &payload);
    if (result == OST_E_BASE64) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the payload is not strict base64url");
    }
    if (result == OST_OK)
        result = signing_room_make(transmitted, rules->detached && !unencoded, arena, room);
    if (result != OST_OK)
        return ost_error_set(error, result, "out of memory");
    *ret_payload = payload;
    return OST_OK;
}

static ost_result check_one(const jws_signature *s, const ost_keyset *keys,
                            const signing_room *room, ost_arena *arena, const ost_key **ret_key)
{
    ost_text signature;
    const ost_key *key;
    if (s->alg == OST_ALG_UNSET)
        return OST_E_ALGORITHM;
    ost_result result = ost_keyset_find(keys, s->kid, s->alg, &key);
    if (result != OST_OK)
        return result;
    if (s->signature_encoded.len != BASE64URL_LEN(signature_size(key, s->alg)))
        return OST_E_SIGNATURE;
    result = base64url_decode_to(arena, s->signature_encoded, &signature);
    if (result == OST_OK)
        result = signature_check(key, s->alg, signing_input(room, s->protected_encoded), signature);
    if (result == OST_OK)
        *ret_key = key;
    return result == OST_E_BASE64 ? OST_E_TOKEN_FORMAT : result;
}

/* What of two refusals tells more about why nothing fitted. */
static ost_result nearest(ost_result a, ost_result b)
{
    static const ost_result by_rank[] = {OST_E_SIGNATURE, OST_E_KEY_USE, OST_E_KEY_AMBIGUOUS,
                                         OST_E_KEY_UNKNOWN, OST_E_ALGORITHM};
    for (size_t i = 0; i < ARRAY_LEN(by_rank); i++) {
        if (a == by_rank[i] || b == by_rank[i])
            return by_rank[i];
    }
    return a;
}

static bool is_refusal(ost_result result)
{
    return result == OST_E_ALGORITHM || result == OST_E_SIGNATURE || result == OST_E_KEY_USE ||
           result == OST_E_KEY_UNKNOWN || result == OST_E_KEY_AMBIGUOUS;
}

static ost_result refuse(const jws_message *message, ost_result result, ost_error *error)
{
    const jws_signature *s = &message->signatures[0];
    if (message->count == 1) {
        return ost_error_set(error, result, "kid \"%.*s\", algorithm \"%.*s\"", SHOWN(s->kid, 64),
                             SHOWN(s->alg_name, 32));
    }
    return ost_error_set(error, result, "none of %zu signatures was accepted", message->count);
}

static void hand_out(const jws_signature *s, size_t number, const ost_key *key, ost_text payload,
                     ost_verified_jws *ret_verified)
{
    *ret_verified = (ost_verified_jws){
        .payload = payload,
        .protected_header = s->protected_header,
        .unprotected_header = s->unprotected_header,
        .alg = s->alg,
        .kid = s->kid,
        .typ = s->typ,
        .cty = s->cty,
        .key = key,
        .signature = number,
    };
}

ost_result jws_verify_message(const jws_message *message, const ost_keyset *keys,
                              const ost_jws_rules *rules, ost_arena *arena,
                              ost_verified_jws *ret_verified, ost_error *error)
{
    ost_text payload = {0};
    signing_room room = {0};
    ost_result refusal = OST_E_ALGORITHM;
    for (size_t i = 1; i < message->count; i++) {
        if (message->signatures[i].unencoded != message->signatures[0].unencoded) {
            return ost_error_set(error, OST_E_TOKEN_FORMAT,
                                 "\"b64\" differs between the signatures");
        }
    }
    ost_result result = find_payload(message, rules, arena, &room, &payload, error);
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < message->count; i++) {
        const jws_signature *s = &message->signatures[i];
        const ost_key *key;
        result = check_one(s, keys, &room, arena, &key);
        if (result == OST_OK) {
            hand_out(s, i, key, payload, ret_verified);
            return OST_OK;
        }
        if (!is_refusal(result))
            return ost_error_set(error, result, "signature %zu could not be checked", i);
        refusal = nearest(refusal, result);
    }
    return refuse(message, refusal, error);
}
