/* Ed25519 keys (RFC 8037), by libsodium, which refuses points of small order. */
#include <sodium.h>
#include <string.h>

#include "context.h"
#include "key.h"
#include "text.h"

static ost_result set_seed(const unsigned char seed[32], ost_key *key)
{
    key->secret = memory_alloc(KEY_ED25519_SECRET);
    if (key->secret == NULL)
        return OST_E_MEMORY;
    key->secret_len = KEY_ED25519_SECRET;
    key->is_private = true;
    return crypto_sign_seed_keypair(key->public_bytes, key->secret, seed) == 0 ? OST_OK
                                                                               : OST_E_CRYPTO;
}

ost_result okp_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    unsigned char x[32], d[32], curve25519[32];
    size_t len;
    if (key_member(jwk, "x", x, sizeof x, &len) != OST_OK || len != sizeof x)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"x\" is not 32 bytes of base64url");
    /* The conversion fails for what is no point, or one of small order. */
    if (crypto_sign_ed25519_pk_to_curve25519(curve25519, x) != 0)
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "\"x\" is not a point of the main group");
    key->bits = 256;
    ost_result result = key_member(jwk, "d", d, sizeof d, &len);
    if (result == OST_E_NOT_FOUND) {
        memcpy(key->public_bytes, x, sizeof x);
        return OST_OK;
    }
    if (result != OST_OK || len != sizeof d)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"d\" is not 32 bytes of base64url");
    result = set_seed(d, key);
    wipe(d, sizeof d);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    if (memcmp(key->public_bytes, x, sizeof x) != 0)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"d\" does not belong to \"x\"");
    return OST_OK;
}

ost_result okp_generate(ost_key *key)
{
    unsigned char seed[32];
    ost_result result = context_random(NULL, seed, sizeof seed);
    if (result == OST_OK)
        result = set_seed(seed, key);
    wipe(seed, sizeof seed);
    key->bits = 256;
    return result;
}

ost_result okp_export(const ost_key *key, bool secret, ost_json_writer *writer)
{
    ost_json_member_string(writer, "crv", "Ed25519");
    key_put_member(writer, "x", key->public_bytes, sizeof key->public_bytes);
    if (secret) /* libsodium's secret key begins with the seed */
        key_put_member(writer, "d", key->secret, 32);
    return OST_OK;
}
