/* Ed25519 keys (RFC 8037 §2). */
#include <sodium.h>
#include <string.h>

#include "jwk_member.h"
#include "key.h"
#include "shown.h"
#include "text.h"

static void take(ost_key *key, bool is_private)
{
    key->is_private = is_private;
    key->bits = 256;
    key->algs = algs_of_type(OST_KEY_OKP, NULL);
}

ost_result key_okp_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    unsigned char seed[OKP_SIZE], derived[OKP_SIZE];
    ost_text curve = {0};
    bool is_private = ost_json_get(jwk, "d") != NULL;
    if (!ost_json_text(ost_json_get(jwk, "crv"), &curve))
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "the member \"crv\" is not a string");
    if (!text_is(curve, "Ed25519")) {
        return ost_error_set(ret_error, OST_E_UNSUPPORTED, "the curve \"%.*s\" is not supported",
                             SHOWN(curve, 32));
    }
    if (sodium_init() < 0)
        return ost_error_set(ret_error, OST_E_CRYPTO, "libsodium does not start");
    ost_result result = jwk_bytes_exactly(jwk, "x", OKP_SIZE, key->okp_public, ret_error);
    if (result != OST_OK)
        return result;
    /* Canonical, on the curve, in the large group: no point under which everything is signed. */
    if (crypto_core_ed25519_is_valid_point(key->okp_public) != 1)
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "x is no point of Ed25519's main group");
    if (is_private) {
        result = jwk_bytes_exactly(jwk, "d", OKP_SIZE, seed, ret_error);
        if (result == OST_OK)
            crypto_sign_seed_keypair(derived, key->okp_secret, seed);
        wipe(seed, sizeof seed);
        if (result != OST_OK)
            return result;
        if (memcmp(derived, key->okp_public, OKP_SIZE) != 0)
            return ost_error_set(ret_error, OST_E_KEY_FORMAT, "d does not belong to x");
    }
    take(key, is_private);
    return OST_OK;
}

ost_result key_okp_generate(ost_key *key)
{
    if (sodium_init() < 0 || crypto_sign_keypair(key->okp_public, key->okp_secret) != 0)
        return OST_E_CRYPTO;
    take(key, true);
    return OST_OK;
}
