/* The one table of signature algorithms (RFC 7518 §3.1, RFC 8037): every key type, hash and length
 * comes from here, never from input. */
#ifndef ALG_H
#define ALG_H

#include <ostiary/jose.h>

typedef enum alg_family {
    ALG_PKCS1, /* RSASSA-PKCS1-v1_5 */
    ALG_PSS,   /* RSASSA-PSS; salt as long as the hash */
    ALG_ECDSA,
    ALG_EDDSA,
    ALG_HMAC,
} alg_family;

typedef enum alg_curve { CURVE_NONE, CURVE_P256, CURVE_P384, CURVE_P521, CURVE_ED25519 } alg_curve;

typedef struct alg_info {
    const char *name;
    ost_alg alg;
    alg_family family;
    ost_key_type key_type;
    alg_curve curve;
    unsigned hash_bits;   /* 256, 384, 512; for EdDSA that of its inner hash */
    size_t signature_len; /* 0: as long as the RSA modulus */
} alg_info;

#define ALG_MAX_SIGNATURE 2048 /* bytes: RSA of 16384 bits */

/* NULL for OST_ALG_NONE_SET and numbers out of range. */
const alg_info *alg_info_of(ost_alg alg);

typedef struct curve_info {
    const char *crv;   /* in a JWK */
    const char *group; /* OpenSSL's name */
    alg_curve curve;
    size_t len; /* bytes of a coordinate */
    unsigned bits;
} curve_info;
const curve_info *curve_info_of(alg_curve curve);
const curve_info *curve_info_by_crv(ost_text crv); /* NULL: unknown */

#endif
