/* The inside of a key, and what each key type contributes to it. */
#ifndef KEY_H
#define KEY_H

#include <openssl/evp.h>
#include <stdatomic.h>

#include <ostiary/jose.h>

#include "alg.h"
#include "rsa_pkcs1.h"
#include "stripes.h"

#define OKP_SIZE 32        /* bytes of an Ed25519 public key, and of its seed */
#define SECRET_MAX 1024    /* bytes of an HMAC secret */
#define RSA_MIN_BITS 2048  /* RFC 7518 §3.3, §3.5 */
#define RSA_MAX_BITS 16384 /* what the cryptographic library verifies with */

typedef enum key_ops { KEY_SIGN = 1, KEY_VERIFY = 2 } key_ops;

struct ost_key {
    atomic_size_t references;
    ost_key_type type;
    ost_algs algs; /* what it serves */
    ost_alg bound; /* the one algorithm it was bound to, if any */
    unsigned ops;  /* key_ops: what it may be used for */
    bool ops_given, use_given;
    bool is_private;
    unsigned bits;
    char *kid; /* owned; NULL: none */
    size_t kid_len;
    rsa_public *rsa;                        /* RSA */
    EVP_PKEY *pkey;                         /* RSA, EC */
    const curve_facts *curve;               /* EC */
    unsigned char okp_public[OKP_SIZE];     /* OKP */
    unsigned char okp_secret[OKP_SIZE * 2]; /* OKP: the seed and the public key */
    unsigned char *secret;                  /* oct; owned */
    size_t secret_size;
    stripes *contexts; /* prepared.h; they live and die with the key */
};

/* A key of `type` with one reference, that may sign and verify; NULL: out of memory. */
OST_MUST_CHECK ost_key *key_new(ost_key_type type);

/* OST_E_CEILING: over KID_MAX bytes. OST_E_UTF8, OST_E_MEMORY. */
OST_MUST_CHECK ost_result key_set_kid(ost_key *key, ost_text kid);

/* Binds the key to `alg`. OST_E_KEY_FORMAT: it cannot serve it. */
OST_MUST_CHECK ost_result key_bind(ost_key *key, ost_alg alg, ost_error *ret_error);

/* The type's own members of a JWK: fill what is marked with the type above, and algs, bits,
 * is_private. */
OST_MUST_CHECK ost_result key_rsa_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result key_ec_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result key_okp_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);
OST_MUST_CHECK ost_result key_oct_import(const ost_json *jwk, ost_key *key, ost_error *ret_error);

OST_MUST_CHECK ost_result key_rsa_generate(unsigned bits, ost_key *key);
OST_MUST_CHECK ost_result key_ec_generate(const curve_facts *curve, ost_key *key);
OST_MUST_CHECK ost_result key_okp_generate(ost_key *key);

/* Copies the secret into the key. */
OST_MUST_CHECK ost_result key_oct_set(ost_key *key, ost_text secret, ost_error *ret_error);

/* A binary member as it stands in the key's JWK ("n", "x", "d", …), into `ret`, which has room for
 * KEY_MEMBER_MAX bytes and is the caller's to wipe. OST_E_NOT_FOUND: the type has no such member.
 */
#define KEY_MEMBER_MAX (RSA_MAX_BITS / 8)
OST_MUST_CHECK ost_result key_member(const ost_key *key, const char *name, unsigned char *ret,
                                     size_t *ret_len);
OST_MUST_CHECK ost_result key_rsa_member(const ost_key *key, const char *name, unsigned char *ret,
                                         size_t *ret_len);
OST_MUST_CHECK ost_result key_ec_member(const ost_key *key, const char *name, unsigned char *ret,
                                        size_t *ret_len);

/* The names of the members, public and private, that the key's type has in a JWK besides `kty` and
 * `crv`; both lists end with NULL. */
const char *const *key_public_members(ost_key_type type);
const char *const *key_private_members(ost_key_type type);
const char *key_type_name(ost_key_type type);   /* `kty` */
const char *key_curve_name(const ost_key *key); /* `crv`; NULL: the type has none */

#endif
