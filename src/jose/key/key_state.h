/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a key, and what each key type contributes to it. */
#ifndef KEY_H
#define KEY_H

#include <openssl/types.h>
#include <stdatomic.h>

#include <ostiary/jose.h>

#include "jose/alg.h"
#include "jose/key/key_signer.h"
#include "jose/key/key_table.h"
#include "jose/stripes.h"
#include "jose/verify/rsa_public.h"

#define ED25519_SIZE 32    /* bytes of an Ed25519 public key, and of its seed */
#define OKP_MAX_SIZE 57    /* Ed448 */
#define SECRET_MAX 1024    /* bytes of a secret */
#define RSA_MIN_BITS 2048  /* RFC 7518 §3.3, §3.5, §4.2, §4.3 */
#define RSA_MAX_BITS 16384 /* what the cryptographic library verifies with */

/* RFC 7517 §4.3 */
typedef enum key_ops {
    KEY_SIGN = 1,
    KEY_VERIFY = 2,
    KEY_ENCRYPT = 4,
    KEY_DECRYPT = 8,
    KEY_WRAP = 16,
    KEY_UNWRAP = 32,
    KEY_DERIVE_KEY = 64,
    KEY_DERIVE_BITS = 128,
} key_ops;
#define KEY_OPS_SIGNATURE (KEY_SIGN | KEY_VERIFY)
#define KEY_OPS_ALL 255u
#define KEY_OP_COUNT 8
extern const char *const key_op_names[KEY_OP_COUNT]; /* by bit */

/* RFC 7517 §4.2 */
typedef enum key_use { KEY_USE_ANY, KEY_USE_SIG, KEY_USE_ENC } key_use;

/* What is computed for a key while it is used; it ends with the key. */
typedef struct key_working {
    ost_key *key;     /* whose it is */
    stripes contexts; /* prepared.h */
    key_table table;  /* key_table.h */
} key_working;

/* A key for encryption serves no signature and the other way round: `algs` holds algorithms of one
 * kind alone wherever `use`, `ops` or `bound` say which, and for secrets always. */
struct ost_key {
    atomic_size_t references;
    ost_key_type type;
    ost_algs algs;       /* what it serves */
    ost_alg bound;       /* the one algorithm it was bound to, if any */
    const char *content; /* the one content encryption that a key for OST_DIR is for; NULL: any */
    unsigned ops;        /* key_ops: what it may be used for */
    bool ops_given;
    key_use use;
    bool is_private;
    unsigned bits;
    char *kid; /* owned; NULL: none */
    size_t kid_len;
    char *issuer;    /* owned: what an entry of a key set says in "issuer", a member of Microsoft's;
                        empty where that is no text, NULL: nothing */
    rsa_public *rsa; /* RSA */
    EVP_PKEY *pkey;  /* all but oct and Ed25519 */
    const curve_facts *curve;                   /* EC, OKP */
    unsigned char okp_public[OKP_MAX_SIZE];     /* OKP */
    unsigned char okp_secret[ED25519_SIZE * 2]; /* Ed25519: the seed and the public key */
    unsigned char *secret;                      /* oct; owned */
    size_t secret_size;
    key_signer signer;    /* who signs, where the private part is not here */
    key_working *working; /* owned */
};

/* A key of `type` with one reference, that may be used for anything; NULL: out of memory. */
OST_MUST_CHECK ost_key *key_new(ost_key_type type);

/* OST_E_CEILING: over KID_MAX bytes. OST_E_UTF8, OST_E_MEMORY. */
OST_MUST_CHECK ost_result key_set_kid(ost_key *key, ost_text kid);

/* Binds the key to `alg`. OST_E_KEY_FORMAT: it cannot serve it. */
OST_MUST_CHECK ost_result key_bind(ost_key *key, ost_alg alg, ost_error *error);

/* May it be used so, where `inward` means with its private part or its secret: sign, decrypt;
 * and outward: verify, encrypt? By algorithm, key_ops and what it is made of. */
bool key_may(const ost_key *key, ost_alg alg, bool inward);

/* What the algorithm is by the name that says the curve, too (RFC 9864 §2.2), for this key. */
ost_alg key_specified_alg(const ost_key *key, ost_alg alg);

/* What it is for by `use` and `ops`. */
key_use key_purpose(const ost_key *key);

/* Leaves only the algorithms that `use` and `ops` allow; a secret of which nothing says what it is
 * for is for signatures. OST_E_KEY_FORMAT: contradictions; OST_E_KEY_USE, for secrets
 * OST_E_KEY_WEAK: nothing is left. */
OST_MUST_CHECK ost_result key_restrict(ost_key *key, ost_error *error);

/* The type's own members of a JWK: fill what is marked with the type above, and algs, bits,
 * is_private. */
OST_MUST_CHECK ost_result key_rsa_import(const ost_json *jwk, ost_key *key, ost_error *error);
OST_MUST_CHECK ost_result key_ec_import(const ost_json *jwk, ost_key *key, ost_error *error);
OST_MUST_CHECK ost_result key_okp_import(const ost_json *jwk, ost_key *key, ost_error *error);
OST_MUST_CHECK ost_result key_oct_import(const ost_json *jwk, ost_key *key, ost_error *error);

/* The same from a key of the cryptographic library, whose private part is looked for only where
 * `is_private` says so. Nothing of `pkey` is taken over unchecked. */
OST_MUST_CHECK ost_result key_rsa_copy(EVP_PKEY *pkey, bool is_private, ost_key *key,
                                       ost_error *error);
OST_MUST_CHECK ost_result key_ec_copy(EVP_PKEY *pkey, bool is_private, ost_key *key,
                                      ost_error *error);
OST_MUST_CHECK ost_result key_okp_copy(EVP_PKEY *pkey, bool is_private, ost_key *key,
                                       ost_error *error);

/* The key as the cryptographic library has it, also of Ed25519; free it. NULL: out of memory, or
 * oct. */
OST_MUST_CHECK EVP_PKEY *key_pkey(const ost_key *key);
OST_MUST_CHECK EVP_PKEY *key_okp_pkey(const ost_key *key);

OST_MUST_CHECK ost_result key_rsa_generate(unsigned bits, ost_key *key);
OST_MUST_CHECK ost_result key_ec_generate(const curve_facts *curve, ost_key *key);
OST_MUST_CHECK ost_result key_okp_generate(const curve_facts *curve, ost_key *key);

/* Makes an OKP key of its bytes (`curve->size` each); d may be NULL. OST_E_KEY_WEAK,
 * OST_E_KEY_FORMAT: d does not belong to x. */
OST_MUST_CHECK ost_result key_okp_set(ost_key *key, const curve_facts *curve,
                                      const unsigned char *x, const unsigned char *d,
                                      ost_error *error);

/* Copies the secret into the key. */
OST_MUST_CHECK ost_result key_oct_set(ost_key *key, ost_text secret, ost_error *error);

/* Of an oct key: binds it to `alg` when the secret has the length for it. OST_E_KEY_WEAK: it is too
 * short; OST_E_KEY_FORMAT: too long. */
OST_MUST_CHECK ost_result key_oct_bind(ost_key *key, ost_alg alg, ost_error *error);

/* Of an oct key: binds it to OST_DIR with one content encryption (RFC 7518 §5.1), by name.
 * OST_E_UNSUPPORTED: there is none of this name. */
OST_MUST_CHECK ost_result key_oct_bind_content(ost_key *key, ost_text name, ost_error *error);

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
OST_MUST_CHECK ost_result key_okp_member(const ost_key *key, const char *name, unsigned char *ret,
                                         size_t *ret_len);

/* The names of the members, public and private, that the key's type has in a JWK besides `kty` and
 * `crv`; both lists end with NULL. */
const char *const *key_public_members(ost_key_type type);
const char *const *key_private_members(ost_key_type type);
const char *key_type_name(ost_key_type type);   /* `kty` */
const char *key_curve_name(const ost_key *key); /* `crv`; NULL: the type has none */

#endif
