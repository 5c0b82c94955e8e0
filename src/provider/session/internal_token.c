/* SPDX-License-Identifier: Apache-2.0 */
/* Internal tokens; see internal_token.h. */
#include "provider/session/internal_token.h"

#include "base/text.h"
#include "store/realm/store_key.h"

bool internal_token_make(call *c, ost_text claims, const char *typ, ost_text *ret_token)
{
    const ost_key *key = key_ring_internal(c->entry->keys, (ost_text){0});
    if (key == NULL || ost_jws_sign(claims, key, OST_HS512, typ, c->arena, ret_token) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return true;
}

/* Whatever issuer it names. */
static ost_result read_signed(call *c, ost_text token, const ost_claims **ret_claims)
{
    ost_unverified_jws jws;
    ost_text payload;
    ost_result result =
        ost_jws_read_unverified(token, OST_ALG_BIT(OST_HS512), c->arena, &jws, NULL);
    if (result != OST_OK)
        return result;
    const ost_key *key = jws.kid.len > 0 ? key_ring_internal(c->entry->keys, jws.kid) : NULL;
    if (key == NULL)
        return OST_E_KEY_UNKNOWN;
    result = ost_jws_verify(&jws, key, c->arena, &payload);
    return result == OST_OK ? ost_claims_read(payload, c->arena, ret_claims, NULL) : result;
}

ost_result internal_token_read(call *c, ost_text token, const char *typ,
                               const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = read_signed(c, token, &claims);
    if (result != OST_OK)
        return result;
    if (!text_is(ost_claims_issuer(claims), c->issuer))
        return OST_E_ISSUER;
    if (!text_is(ost_claims_text(claims, "typ"), typ))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}

ost_result internal_token_seek_key(call *c, ost_text token)
{
    ost_unverified_jws jws;
    ost_result result = ost_jws_read_unverified(token, OST_ALGS_SIGNATURE, c->arena, &jws, NULL);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || jws.kid.len == 0)
        return OST_E_KEY_UNKNOWN;
    result = store_key_find(c->provider->store, text_of(c->realm->name), jws.kid,
                            text_of(ost_alg_name(jws.alg)));
    if (result == OST_OK)
        return OST_E_BUSY; /* it will be known here in a moment */
    return result == OST_E_NOT_FOUND ? OST_E_KEY_UNKNOWN : result;
}

/* What is wrong with the token, and not with us. */
static ost_result judge(call *c, ost_text token, ost_result result)
{
    if (result == OST_E_KEY_UNKNOWN)
        return internal_token_seek_key(c, token);
    return result == OST_E_CRYPTO ? OST_E_BUSY : result;
}

ost_result internal_token_find(call *c, ost_text token, const char *typ,
                               const ost_claims **ret_claims)
{
    return judge(c, token, internal_token_read(c, token, typ, ret_claims));
}

ost_result internal_token_find_refresh(call *c, ost_text token, const ost_claims **ret_claims)
{
    ost_result result = internal_token_find(c, token, "Refresh", ret_claims);
    return result == OST_E_TOKEN_TYPE ? internal_token_read(c, token, "Offline", ret_claims)
                                      : result;
}

ost_result internal_token_check_realm(call *c, ost_text issuer)
{
    const char *end = call_format(c, "/realms/%s", c->realm_path);
    if (end == NULL)
        return OST_E_MEMORY;
    return text_ends(issuer, end) ? OST_OK : OST_E_ISSUER;
}

ost_result internal_token_find_ending(call *c, ost_text token, const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = read_signed(c, token, &claims);
    if (result != OST_OK)
        return judge(c, token, result);
    result = internal_token_check_realm(c, ost_claims_issuer(claims));
    if (result != OST_OK)
        return result;
    ost_text typ = ost_claims_text(claims, "typ");
    if (!text_is(typ, "Refresh") && !text_is(typ, "Offline"))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}

/* ---- out of sight ---- */

#define HIDING "a token of this realm on its way through other hands" /* never a JWS's input */
#define HIDING_BYTES 32

/* A key of its own, made of the internal one: that signs nothing else of this form. */
static ost_result hiding_key(const call *c, ost_text kid, ost_key **ret_key)
{
    ost_text secret;
    const ost_key *key = key_ring_internal(c->entry->keys, kid);
    ost_result result = key != NULL
                            ? ost_bytes_sign(OST_TEXT(HIDING), key, OST_HS512, c->arena, &secret)
                            : OST_E_KEY_UNKNOWN;
    if (result != OST_OK)
        return result;
    const char *name = ost_arena_copy(c->arena, ost_key_kid(key));
    if (name != NULL)
        result = ost_key_import_secret(text_slice(secret, 0, HIDING_BYTES), OST_DIR, name, ret_key,
                                       NULL);
    else
        result = OST_E_MEMORY;
    wipe((void *)(uintptr_t)secret.data, secret.len);
    return result;
}

bool internal_token_hide(call *c, ost_text token, ost_text *ret_hidden)
{
    ost_key *key;
    ost_result result = hiding_key(c, (ost_text){0}, &key);
    if (result == OST_OK) {
        result =
            ost_jwe_encrypt(token, key, OST_DIR, OST_A256GCM, NULL, c->arena, ret_hidden, NULL);
        ost_key_unref(key);
    }
    return result == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

bool internal_token_show(call *c, ost_text hidden, ost_text *ret_token)
{
    const ost_jwe_rules rules = {.algorithms = OST_ALG_BIT(OST_DIR),
                                 .encs = OST_ENC_BIT(OST_A256GCM)};
    ost_unverified_jwe jwe;
    ost_decrypted opened;
    ost_keyset *keys = NULL;
    ost_key *key;
    if (ost_jwe_read_unverified(hidden, &rules, c->arena, &jwe, NULL) != OST_OK ||
        jwe.kid.len == 0 || hiding_key(c, jwe.kid, &key) != OST_OK)
        return false;
    ost_result result = ost_keyset_new(&key, 1, &keys);
    ost_key_unref(key);
    if (result == OST_OK)
        result = ost_jwe_decrypt(hidden, keys, &rules, c->arena, &opened, NULL);
    ost_keyset_unref(keys);
    if (result != OST_OK)
        return false;
    *ret_token = opened.content;
    return true;
}
