/* SPDX-License-Identifier: Apache-2.0 */
/* What each algorithm of RFC 7518 §3.1 and §4.1, RFC 8037 §3 and RFC 8812 §3 asks of a key, and
 * what its signature is made of. Every length and every parameter comes from here, never from
 * input. */
#ifndef ALG_H
#define ALG_H

#include <ostiary/jose.h>

typedef enum hash_id { HASH_SHA256, HASH_SHA384, HASH_SHA512 } hash_id;
#define HASH_COUNT 3
#define HASH_MAX_SIZE 64

typedef struct hash_facts {
    const char *name; /* as OpenSSL fetches it */
    size_t size;      /* bytes */
} hash_facts;

#define CURVE_MAX_SIZE 66 /* P-521 */

typedef struct curve_facts {
    const char *name;    /* `crv` in a JWK */
    const char *openssl; /* the group's, or for OKP the key type's name there */
    ost_key_type type;   /* OST_KEY_EC or OST_KEY_OKP */
    bool signs, agrees;  /* what its keys are made for */
    size_t size;         /* EC: bytes of a coordinate, of d, of r and of s; OKP: of x and of d */
    unsigned bits;
    unsigned char order[CURVE_MAX_SIZE]; /* EC: n, big-endian, `size` bytes */
} curve_facts;

typedef enum alg_padding { PADDING_NONE, PADDING_PKCS1, PADDING_PSS } alg_padding;

typedef struct alg_facts {
    const char *name;
    ost_key_type type;        /* that of EC stands for OKP, too, where `agrees` */
    hash_id hash;             /* for EdDSA the one of at_hash; it hashes by itself */
    alg_padding padding;      /* RSA */
    const curve_facts *curve; /* EC */
    size_t signature_size;    /* bytes; 0: the size of the RSA modulus, or twice the OKP curve's */
    size_t secret_size;       /* bytes of an oct key: at least (HS), exactly; 0: see key_oct.c */
    bool agrees;              /* a key agreement */
} alg_facts;

/* NULL for OST_ALG_UNSET and for anything that is not an algorithm. */
const alg_facts *alg_find(ost_alg alg);
const hash_facts *hash_find(hash_id hash);

/* A signature, and not the key management of an encrypted token. */
static inline bool alg_signs(ost_alg alg)
{
    return alg > OST_ALG_UNSET && alg <= OST_ED448;
}

/* RFC 9864 §2.2: what EdDSA leaves to the key's curve, Ed25519 and Ed448 say by name. */
#define ALGS_EDDSA (OST_ALG_BIT(OST_EDDSA) | OST_ALG_BIT(OST_ED25519) | OST_ALG_BIT(OST_ED448))

/* It is in the set; the set that has EdDSA has what EdDSA is made of. */
static inline bool alg_is_accepted(ost_algs accepted, ost_alg alg)
{
    bool specified = alg == OST_ED25519 || alg == OST_ED448;
    return (accepted & OST_ALG_BIT(alg)) != 0 ||
           (specified && (accepted & OST_ALG_BIT(OST_EDDSA)) != 0);
}

static inline bool alg_is_password(ost_alg alg)
{
    return alg >= OST_PBES2_HS256_A128KW && alg <= OST_PBES2_HS512_A256KW;
}

/* By `crv`; NULL: not one that keys of this type may have here. */
const curve_facts *curve_find(ost_key_type type, ost_text name);

/* By what the cryptographic library calls it; NULL: none of ours. */
const curve_facts *curve_find_openssl(ost_key_type type, const char *name);

/* Every algorithm that keys of this type (and, for EC and OKP, of this curve) can serve. */
ost_algs algs_of_type(ost_key_type type, const curve_facts *curve);

#define SIGNATURE_MAX_SIZE 2048 /* of RSA with 16384 bits */

#endif
