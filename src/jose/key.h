/* The inside of a key, for the files of this folder alone. */
#ifndef KEY_H
#define KEY_H

#include <openssl/evp.h>
#include <stdatomic.h>

#include "alg.h"

#define KEY_ED25519_SECRET 64 /* libsodium's form: seed and public key */

struct ost_key {
    atomic_uint references;
    uint64_t serial; /* unique in the process; never used again */
    ost_key_type type;
    alg_curve curve;
    ost_algs serves;           /* the algorithms it may be used with */
    ost_alg bound;             /* the one its JWK names, or OST_ALG_NONE_SET */
    bool for_signature;        /* `use` or `key_ops` said so */
    bool may_sign, may_verify; /* key_ops */
    bool is_private;
    unsigned bits;
    char *kid;             /* NULL: none */
    EVP_PKEY *pkey;        /* RSA, EC */
    unsigned char *secret; /* oct; for a private Ed25519 key libsodium's secret key */
    size_t secret_len;
    unsigned char public_bytes[32]; /* Ed25519 */
};

/* An empty key of that type with one reference; NULL: out of memory. */
ost_key *key_new(ost_key_type type, alg_curve curve);

/* Fills `serves` from type, curve, bits and `bound`. OST_E_KEY_FORMAT when `bound` does not belong
 * to the type and curve; OST_E_KEY_WEAK when an HMAC secret is shorter than the hash. */
OST_MUST_CHECK ost_result key_settle(ost_key *key, ost_error *ret_error);

/* Signs and verifies once, so that a private key whose halves do not belong together is found. */
OST_MUST_CHECK ost_result key_self_test(const ost_key *key, ost_error *ret_error);

/* Per type: fill a new key from a JWK's members; write the members beyond kty. */
OST_MUST_CHECK ost_result rsa_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result rsa_generate(unsigned bits, ost_key *key);
OST_MUST_CHECK ost_result rsa_export(const ost_key *key, bool secret, ost_json_writer *writer);
OST_MUST_CHECK ost_result ec_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result ec_generate(ost_key *key);
OST_MUST_CHECK ost_result ec_export(const ost_key *key, bool secret, ost_json_writer *writer);
OST_MUST_CHECK ost_result okp_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result okp_generate(ost_key *key);
OST_MUST_CHECK ost_result okp_export(const ost_key *key, bool secret, ost_json_writer *writer);
OST_MUST_CHECK ost_result oct_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result oct_set(ost_text secret, ost_key *key);
OST_MUST_CHECK ost_result oct_export(const ost_key *key, ost_json_writer *writer);

/* A base64url member as bytes: decodes member `name` of `jwk` into `ret` (room for `size`).
 * OST_E_NOT_FOUND: no such member; OST_E_KEY_FORMAT: not a string, not base64url, too long. */
OST_MUST_CHECK ost_result key_member(const ost_json *jwk, const char *name, unsigned char *ret,
                                     size_t size, size_t *ret_len);
/* Writes bytes as a base64url member. */
void key_put_member(ost_json_writer *writer, const char *name, const unsigned char *bytes,
                    size_t len);

#endif
