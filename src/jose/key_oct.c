/* Symmetric keys (RFC 7518 §6.4), for HMAC. */
#include <string.h>

#include "base64url.h"
#include "context.h"
#include "key.h"
#include "text.h"

#define MAX_SECRET 1024

ost_result oct_set(ost_text secret, ost_key *key)
{
    if (secret.len == 0 || secret.len > MAX_SECRET)
        return OST_E_KEY_WEAK;
    key->secret = (unsigned char *)memory_copy(secret);
    if (key->secret == NULL)
        return OST_E_MEMORY;
    key->secret_len = secret.len;
    key->bits = (unsigned)secret.len * 8;
    key->is_private = true;
    return OST_OK;
}

ost_result oct_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    unsigned char secret[MAX_SECRET];
    size_t len;
    ost_result result = key_member(jwk, "k", secret, sizeof secret, &len);
    if (result == OST_OK)
        result = oct_set((ost_text){(const char *)secret, len}, key);
    wipe(secret, sizeof secret);
    if (result == OST_E_KEY_WEAK)
        return ost_error_set(ret_error, result, "the secret is empty or too long");
    if (result != OST_OK)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"k\" is missing or malformed");
    return OST_OK;
}

ost_result oct_export(const ost_key *key, ost_json_writer *writer)
{
    key_put_member(writer, "k", key->secret, key->secret_len);
    return OST_OK;
}
