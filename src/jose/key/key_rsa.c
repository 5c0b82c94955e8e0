/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys (RFC 7518 §6.3) from and to the numbers of a JWK, with a check that the private numbers
 * belong to the public ones. */
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <string.h>

#include "jose/crypto_auto.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_state.h"
#include "jose/key/rsa_factors.h"
#include "jose/key/rsa_weakness.h"

enum { N, E, D, P, Q, DP, DQ, QI, NUMBERS };
#define PUBLIC_NUMBERS 2
#define E_MAX_BITS 64
_Static_assert(sizeof(BN_ULONG) == 8, "an exponent is one word of a BIGNUM");

static const struct {
    const char *jwk, *openssl;
} names[NUMBERS] = {
    [N] = {"n", OSSL_PKEY_PARAM_RSA_N},           [E] = {"e", OSSL_PKEY_PARAM_RSA_E},
    [D] = {"d", OSSL_PKEY_PARAM_RSA_D},           [P] = {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
    [Q] = {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},     [DP] = {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
    [DQ] = {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, [QI] = {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};

typedef struct rsa_numbers {
    BIGNUM *at[NUMBERS];
} rsa_numbers;

static void rsa_numbers_drop(rsa_numbers *numbers)
{
    for (int i = 0; i < NUMBERS; i++)
        BN_clear_free(numbers->at[i]);
}

static ost_result check_public(const rsa_numbers *numbers, ost_error *error)
{
    const BIGNUM *n = numbers->at[N], *e = numbers->at[E];
    int bits = BN_num_bits(n);
    if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) {
        return ost_error_set(error, OST_E_KEY_WEAK, "RSA with %d bits, where %d to %d may be", bits,
                             RSA_MIN_BITS, RSA_MAX_BITS);
    }
    if (!BN_is_odd(n))
        return ost_error_set(error, OST_E_KEY_WEAK, "the RSA modulus is even");
    if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > E_MAX_BITS) {
        return ost_error_set(error, OST_E_KEY_WEAK,
                             "the RSA exponent is even, one, or longer than %d bits", E_MAX_BITS);
    }
    const char *weakness = rsa_weakness(n);
    if (weakness != NULL)
        return ost_error_set(error, OST_E_KEY_WEAK, "the RSA modulus %s", weakness);
    return OST_OK;
}

/* a * b ≡ 1 (mod m) */
static bool are_inverse(const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *context)
{
    bn_auto BIGNUM *product = BN_new();
    return product != NULL && BN_mod_mul(product, a, b, m, context) == 1 && BN_is_one(product);
}

/* What holds for a prime p, its exponents and every base (here 2): d ≡ dp and e * dp ≡ 1 modulo
 * p - 1, and (2^dp)^e ≡ 2 modulo p, which a composite p does not fulfil. */
static bool prime_fits(const rsa_numbers *numbers, const BIGNUM *p, const BIGNUM *dp,
                       BN_CTX *context)
{
    bn_auto BIGNUM *p1 = BN_dup(p), *rest = BN_new(), *two = BN_new();
    if (p1 == NULL || rest == NULL || two == NULL || !BN_is_odd(p) || BN_is_one(p) ||
        BN_is_zero(dp))
        return false;
    return BN_sub_word(p1, 1) == 1 && BN_ucmp(dp, p1) < 0 &&
           BN_mod(rest, numbers->at[D], p1, context) == 1 && BN_cmp(rest, dp) == 0 &&
           are_inverse(numbers->at[E], dp, p1, context) && BN_set_word(two, 2) == 1 &&
           BN_mod_exp_mont_consttime(rest, two, dp, p, context, NULL) == 1 &&
           BN_mod_exp(rest, rest, numbers->at[E], p, context) == 1 && BN_is_word(rest, 2);
}

static ost_result check_private(const rsa_numbers *numbers, ost_error *error)
{
    BIGNUM *const *at = numbers->at;
    bn_ctx_auto BN_CTX *context = BN_CTX_secure_new();
    bn_auto BIGNUM *product = BN_new();
    if (context == NULL || product == NULL)
        return ost_error_set(error, OST_E_CRYPTO, "out of memory");
    /* Sizes first: they bound the cost of what follows. */
    if (BN_ucmp(at[P], at[N]) < 0 && BN_ucmp(at[Q], at[N]) < 0 && BN_ucmp(at[D], at[N]) < 0 &&
        BN_ucmp(at[QI], at[P]) < 0 && BN_mul(product, at[P], at[Q], context) == 1 &&
        BN_cmp(product, at[N]) == 0 && BN_cmp(at[P], at[Q]) != 0 &&
        prime_fits(numbers, at[P], at[DP], context) &&
        prime_fits(numbers, at[Q], at[DQ], context) && are_inverse(at[Q], at[QI], at[P], context))
        return OST_OK;
    return ost_error_set(error, OST_E_KEY_FORMAT,
                         "the private numbers do not belong to the public ones");
}

static ost_result make_pkey(const rsa_numbers *numbers, size_t count, EVP_PKEY **ret_pkey)
{
    param_bld_auto OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    bool pushed = builder != NULL && context != NULL;
    for (size_t i = 0; pushed && i < count; i++)
        pushed = OSSL_PARAM_BLD_push_BN(builder, names[i].openssl, numbers->at[i]) == 1;
    OSSL_PARAM *params = pushed ? OSSL_PARAM_BLD_to_param(builder) : NULL;
    int selection = count > PUBLIC_NUMBERS ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    bool made = params != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
                EVP_PKEY_fromdata(context, ret_pkey, selection, params) == 1;
    OSSL_PARAM_free(params);
    return made ? OST_OK : OST_E_CRYPTO;
}

/* The key takes over `pkey`. */
static ost_result take_pkey(ost_key *key, EVP_PKEY *pkey, bool is_private)
{
    bn_auto BIGNUM *n = NULL, *e = NULL;
    key->pkey = pkey;
    key->is_private = is_private;
    key->algs = algs_of_type(OST_KEY_RSA, NULL);
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
        return OST_E_CRYPTO;
    key->bits = (unsigned)BN_num_bits(n); /* EVP_PKEY_get_bits says 0 where memory is short */
    key->rsa = rsa_public_new(n, BN_get_word(e));
    return key->rsa != NULL ? OST_OK : OST_E_MEMORY;
}

static ost_result set_numbers(ost_key *key, const rsa_numbers *numbers, bool is_private,
                              ost_error *error)
{
    EVP_PKEY *pkey = NULL;
    ost_result result = check_public(numbers, error);
    if (result == OST_OK && is_private)
        result = check_private(numbers, error);
    if (result != OST_OK)
        return result;
    result = make_pkey(numbers, is_private ? NUMBERS : PUBLIC_NUMBERS, &pkey);
    if (result == OST_OK)
        result = take_pkey(key, pkey, is_private);
    if (result != OST_OK)
        return ost_error_set(error, result, "the RSA key could not be made");
    return OST_OK;
}

/* RFC 7518 §6.3.2: d alone is enough for a private key; of the others all are there, or none. */
static bool has_exponent_alone(const ost_json *jwk)
{
    for (size_t i = P; i < NUMBERS; i++) {
        if (jwk_get(jwk, names[i].jwk) != NULL)
            return false;
    }
    return jwk_get(jwk, names[D].jwk) != NULL;
}

static ost_result find_factors(rsa_numbers *numbers, ost_error *error)
{
    ost_result result = check_public(numbers, error);
    if (result != OST_OK)
        return result;
    result = rsa_factors(numbers->at[N], numbers->at[E], numbers->at[D], &numbers->at[P]);
    if (result == OST_E_KEY_FORMAT)
        return ost_error_set(error, result, "the private exponent does not belong to the modulus");
    return result == OST_OK ? result : ost_error_set(error, result, "out of memory");
}

ost_result key_rsa_import(const ost_json *jwk, ost_key *key, ost_error *error)
{
    __attribute__((cleanup(rsa_numbers_drop))) rsa_numbers numbers = {0};
    bool is_private = jwk_get(jwk, "d") != NULL, alone = has_exponent_alone(jwk);
    size_t count = alone ? D + 1 : is_private ? NUMBERS : PUBLIC_NUMBERS;
    ost_result result = OST_OK;
    const ost_json *others = jwk_get(jwk, "oth");
    if (others != NULL && (!ost_json_is(others, OST_JSON_ARRAY) || ost_json_count(others) > 0)) {
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "RSA keys of more than two primes are not supported");
    }
    for (size_t i = 0; result == OST_OK && i < count; i++)
        result = jwk_integer(jwk, names[i].jwk, &numbers.at[i], error);
    if (result == OST_OK && alone)
        result = find_factors(&numbers, error);
    return result == OST_OK ? set_numbers(key, &numbers, is_private, error) : result;
}

ost_result key_rsa_copy(EVP_PKEY *pkey, bool is_private, ost_key *key, ost_error *error)
{
    __attribute__((cleanup(rsa_numbers_drop))) rsa_numbers numbers = {0};
    bn_auto BIGNUM *third = NULL;
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_FACTOR3, &third) == 1) {
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "RSA keys of more than two primes are not supported");
    }
    for (size_t i = 0; i < (is_private ? NUMBERS : PUBLIC_NUMBERS); i++) {
        if (EVP_PKEY_get_bn_param(pkey, names[i].openssl, &numbers.at[i]) != 1)
            return ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" is missing", names[i].jwk);
    }
    return set_numbers(key, &numbers, is_private, error);
}

ost_result key_rsa_generate(unsigned bits, ost_key *key)
{
    if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
        return OST_E_KEY_WEAK;
    if (bits % 2 != 0) /* the library would make one bit less of it */
        return OST_E_ARGUMENT;
    EVP_PKEY *pkey = EVP_RSA_gen(bits);
    return pkey != NULL ? take_pkey(key, pkey, true) : OST_E_CRYPTO;
}

ost_result key_rsa_member(const ost_key *key, const char *name, unsigned char *ret, size_t *ret_len)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        bn_auto BIGNUM *number = NULL;
        if (strcmp(names[i].jwk, name) != 0)
            continue;
        if (EVP_PKEY_get_bn_param(key->pkey, names[i].openssl, &number) != 1)
            return OST_E_CRYPTO;
        if (BN_num_bytes(number) > KEY_MEMBER_MAX)
            return OST_E_CRYPTO;
        *ret_len = (size_t)BN_bn2bin(number, ret);
        return OST_OK;
    }
    return OST_E_NOT_FOUND;
}
