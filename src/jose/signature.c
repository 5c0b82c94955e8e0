/* Bare signatures (RFC 7518 §3, RFC 8037 §3.1): lengths from the table, one verdict for every
 * mismatch. */
#include "signature.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>
#include <string.h>

#include "digest.h"
#include "prepared.h"

#define MAX_DER 144 /* SEQUENCE of two INTEGERs of 67 bytes, with their heads */

/* One INTEGER of DER from `len` big-endian bytes; returns what it wrote. */
static size_t der_integer(const unsigned char *bytes, size_t len, unsigned char *ret)
{
    while (len > 1 && bytes[0] == 0) {
        bytes++;
        len--;
    }
    size_t pad = bytes[0] >> 7; /* it would read as negative */
    ret[0] = 0x02;
    ret[1] = (unsigned char)(len + pad);
    ret[2] = 0;
    memcpy(ret + 2 + pad, bytes, len);
    return 2 + pad + len;
}

/* r || s, as JWS has it, to the DER form that OpenSSL wants. OpenSSL itself refuses r and s outside
 * 1 … n-1. */
static size_t der_from_raw(const unsigned char *raw, size_t len, unsigned char ret[MAX_DER])
{
    unsigned char body[MAX_DER];
    size_t body_len = der_integer(raw, len / 2, body);
    body_len += der_integer(raw + len / 2, len / 2, body + body_len);
    size_t head = 0;
    ret[head++] = 0x30;
    if (body_len >= 128)
        ret[head++] = 0x81;
    ret[head++] = (unsigned char)body_len;
    memcpy(ret + head, body, body_len);
    return head + body_len;
}

/* The next INTEGER of DER, right-aligned in `len` bytes; false when it does not fit. */
static bool raw_integer(const unsigned char **at, const unsigned char *end, unsigned char *ret,
                        size_t len)
{
    if (end - *at < 2 || (*at)[0] != 0x02 || end - *at - 2 < (*at)[1])
        return false;
    size_t size = (*at)[1];
    const unsigned char *bytes = *at + 2;
    *at += 2 + size;
    while (size > 0 && bytes[0] == 0) {
        bytes++;
        size--;
    }
    if (size > len)
        return false;
    memset(ret, 0, len - size);
    memcpy(ret + len - size, bytes, size);
    return true;
}

static bool raw_from_der(const unsigned char *der, size_t der_len, unsigned char *ret, size_t len)
{
    const unsigned char *at = der, *end = der + der_len;
    if (der_len < 8 || at[0] != 0x30)
        return false;
    at += at[1] == 0x81 ? 3 : 2;
    return raw_integer(&at, end, ret, len / 2) && raw_integer(&at, end, ret + len / 2, len / 2) &&
           at == end;
}

static ost_result check_with_pkey(const ost_key *key, const alg_info *info, ost_text input,
                                  ost_text signature)
{
    unsigned char hash[DIGEST_MAX], der[MAX_DER];
    const unsigned char *bytes = (const unsigned char *)signature.data;
    size_t len = signature.len;
    EVP_PKEY_CTX *context = prepared_context(key, info, PREPARED_VERIFY);
    if (context == NULL)
        return OST_E_CRYPTO;
    ost_result result = digest_of(info->hash_bits, input, hash);
    if (result != OST_OK)
        return result;
    if (info->family == ALG_ECDSA) {
        len = der_from_raw(bytes, len, der);
        bytes = der;
    }
    if (EVP_PKEY_verify(context, bytes, len, hash, info->hash_bits / 8) == 1)
        return OST_OK;
    ERR_clear_error();
    return OST_E_SIGNATURE;
}

static ost_result mac_of(const ost_key *key, const alg_info *info, ost_text input,
                         unsigned char *ret)
{
    size_t len;
    EVP_MAC_CTX *mac = prepared_mac(key, info);
    if (mac == NULL || EVP_MAC_init(mac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(mac, (const unsigned char *)input.data, input.len) != 1 ||
        EVP_MAC_final(mac, ret, &len, DIGEST_MAX) != 1)
        return OST_E_CRYPTO;
    return OST_OK;
}

static size_t signature_len(const ost_key *key, const alg_info *info)
{
    return info->signature_len > 0 ? info->signature_len : (key->bits + 7) / 8;
}

ost_result signature_check(const ost_key *key, ost_alg alg, ost_text input, ost_text signature)
{
    const alg_info *info = alg_info_of(alg);
    unsigned char mac[DIGEST_MAX];
    if (info == NULL || !ost_key_serves(key, alg) || !key->may_verify)
        return OST_E_KEY_USE;
    if (signature.len != signature_len(key, info))
        return OST_E_SIGNATURE;
    const unsigned char *bytes = (const unsigned char *)signature.data;
    if (info->family == ALG_EDDSA)
        return crypto_sign_verify_detached(bytes, (const unsigned char *)input.data, input.len,
                                           key->public_bytes) == 0
                   ? OST_OK
                   : OST_E_SIGNATURE;
    if (info->family != ALG_HMAC)
        return check_with_pkey(key, info, input, signature);
    ost_result result = mac_of(key, info, input, mac);
    if (result != OST_OK)
        return result;
    return CRYPTO_memcmp(mac, bytes, signature.len) == 0 ? OST_OK : OST_E_SIGNATURE;
}

static ost_result make_with_pkey(const ost_key *key, const alg_info *info, ost_text input,
                                 unsigned char *ret)
{
    unsigned char hash[DIGEST_MAX], der[MAX_DER];
    bool raw = info->family == ALG_ECDSA;
    size_t len = raw ? sizeof der : ALG_MAX_SIGNATURE;
    EVP_PKEY_CTX *context = prepared_context(key, info, PREPARED_SIGN);
    if (context == NULL || digest_of(info->hash_bits, input, hash) != OST_OK ||
        EVP_PKEY_sign(context, raw ? der : ret, &len, hash, info->hash_bits / 8) != 1 ||
        (raw && !raw_from_der(der, len, ret, info->signature_len))) {
        ERR_clear_error();
        return OST_E_CRYPTO;
    }
    return OST_OK;
}

ost_result signature_make(const ost_key *key, ost_alg alg, ost_text input, unsigned char *ret,
                          size_t *ret_len)
{
    const alg_info *info = alg_info_of(alg);
    ost_result result = OST_OK;
    if (info == NULL || !ost_key_serves(key, alg) || !key->is_private || !key->may_sign)
        return OST_E_KEY_USE;
    if (info->family == ALG_EDDSA)
        crypto_sign_detached(ret, NULL, (const unsigned char *)input.data, input.len, key->secret);
    else if (info->family == ALG_HMAC)
        result = mac_of(key, info, input, ret);
    else
        result = make_with_pkey(key, info, input, ret);
    if (result == OST_OK)
        *ret_len = signature_len(key, info);
    return result;
}
