/* RSA keys (RFC 7518 §6.3). */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#include "key.h"
#include "text.h"

#define MIN_BITS 2048
#define MAX_BITS 16384
#define MAX_BYTES (MAX_BITS / 8)
#define MAX_EXPONENT_BITS 64

/* The members of a JWK and OpenSSL's names for them; the first two are public. */
static const struct {
    const char *member, *parameter;
} members[] = {
    {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
    {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
    {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};
#define MEMBERS (sizeof members / sizeof members[0])
#define PUBLIC_MEMBERS 2

static void free_numbers(BIGNUM *numbers[MEMBERS])
{
    for (size_t i = 0; i < MEMBERS; i++)
        BN_clear_free(numbers[i]);
}

/* The members as numbers; private ones all or none. */
static ost_result read_numbers(const ost_json *jwk, BIGNUM *numbers[MEMBERS], bool *ret_private,
                               ost_error *ret_error)
{
    unsigned char bytes[MAX_BYTES + 8];
    size_t found = 0, len;
    for (size_t i = 0; i < MEMBERS; i++) {
        ost_result result = key_member(jwk, members[i].member, bytes, sizeof bytes, &len);
        if (result == OST_E_NOT_FOUND && i >= PUBLIC_MEMBERS)
            continue;
        /* RFC 7518 §2: Base64urlUInt has no leading zero bytes. */
        if (result != OST_OK || len == 0 || bytes[0] == 0)
            return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"%s\" is missing or malformed",
                                 members[i].member);
        numbers[i] = i < PUBLIC_MEMBERS ? BN_new() : BN_secure_new();
        if (numbers[i] == NULL || BN_bin2bn(bytes, (int)len, numbers[i]) == NULL)
            return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
        found++;
    }
    wipe(bytes, sizeof bytes);
    if (found != PUBLIC_MEMBERS && found != MEMBERS)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT,
                             "a private RSA key needs d, p, q, dp, dq and qi");
    *ret_private = found == MEMBERS;
    return OST_OK;
}

static ost_result check_strength(const BIGNUM *n, const BIGNUM *e, ost_error *ret_error)
{
    int bits = BN_num_bits(n);
    if (bits < MIN_BITS || bits > MAX_BITS || !BN_is_odd(n))
        return ost_error_set(ret_error, OST_E_KEY_WEAK,
                             "the RSA modulus is even or has %d bits; 2048 to 16384 are accepted",
                             bits);
    if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > MAX_EXPONENT_BITS)
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "the RSA exponent is not accepted");
    return OST_OK;
}

/* OpenSSL's key out of the numbers; NULL when it refuses. */
static EVP_PKEY *make_pkey(BIGNUM *const numbers[MEMBERS], bool secret)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    bool good = builder != NULL && context != NULL;
    for (size_t i = 0; good && i < (secret ? MEMBERS : PUBLIC_MEMBERS); i++)
        good = OSSL_PARAM_BLD_push_BN(builder, members[i].parameter, numbers[i]) == 1;
    if (good && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL &&
        EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &pkey, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                                parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return pkey;
}

ost_result rsa_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    BIGNUM *numbers[MEMBERS] = {0};
    bool secret = false;
    ost_result result = OST_OK;
    if (ost_json_get(jwk, "oth") != NULL)
        result = ost_error_set(ret_error, OST_E_UNSUPPORTED, "more than two primes");
    if (result == OST_OK)
        result = read_numbers(jwk, numbers, &secret, ret_error);
    if (result == OST_OK)
        result = check_strength(numbers[0], numbers[1], ret_error);
    if (result == OST_OK) {
        key->bits = (unsigned)BN_num_bits(numbers[0]);
        key->is_private = secret;
        key->pkey = make_pkey(numbers, secret);
        if (key->pkey == NULL)
            result = ost_error_set(ret_error, OST_E_KEY_FORMAT, "the RSA key is not accepted");
    }
    free_numbers(numbers);
    return result;
}

ost_result rsa_generate(unsigned bits, ost_key *key)
{
    key->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    key->bits = bits;
    key->is_private = true;
    return key->pkey != NULL ? OST_OK : OST_E_CRYPTO;
}

ost_result rsa_export(const ost_key *key, bool secret, ost_json_writer *writer)
{
    unsigned char bytes[MAX_BYTES];
    for (size_t i = 0; i < (secret ? MEMBERS : PUBLIC_MEMBERS); i++) {
        BIGNUM *number = NULL;
        int len = -1;
        if (EVP_PKEY_get_bn_param(key->pkey, members[i].parameter, &number) == 1 &&
            BN_num_bytes(number) <= MAX_BYTES)
            len = BN_bn2bin(number, bytes);
        BN_clear_free(number);
        if (len < 0)
            return OST_E_CRYPTO;
        key_put_member(writer, members[i].member, bytes, (size_t)len);
    }
    wipe(bytes, sizeof bytes);
    return OST_OK;
}
