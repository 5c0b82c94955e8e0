/* What each signature algorithm of RFC 7518 §3.1 and RFC 8037 §3.1 is made of. Every length and
 * every parameter of a signature comes from here, never from input. */
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
    const char *name; /* `crv` in a JWK, and OpenSSL's group name */
    size_t size;      /* bytes of a coordinate, of d, of r and of s */
    unsigned bits;
    unsigned char order[CURVE_MAX_SIZE]; /* n, big-endian, `size` bytes */
} curve_facts;

typedef enum alg_padding { PADDING_NONE, PADDING_PKCS1, PADDING_PSS } alg_padding;

typedef struct alg_facts {
    const char *name;
    ost_key_type type;
    hash_id hash;             /* for EdDSA the one of at_hash; Ed25519 hashes by itself */
    alg_padding padding;      /* RSA */
    const curve_facts *curve; /* EC */
    size_t signature_size;    /* bytes; 0: the size of the RSA modulus */
} alg_facts;

/* NULL for OST_ALG_NONE_SET and for anything that is no algorithm. */
const alg_facts *alg_find(ost_alg alg);
const hash_facts *hash_find(hash_id hash);

/* By `crv`; NULL: not one of P-256, P-384, P-521. */
const curve_facts *curve_find(ost_text name);

/* Every algorithm that keys of this type (and, for EC, of this curve) can serve. */
ost_algs algs_of_type(ost_key_type type, const curve_facts *curve);

#define SIGNATURE_MAX_SIZE 2048 /* of RSA with 16384 bits */

#endif
