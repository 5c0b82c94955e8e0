/* SPDX-License-Identifier: Apache-2.0 */
/* What key management (RFC 7518 §4) and content encryption (§5) are made of. Every length comes
 * from here, never from input. */
#ifndef JWE_ALG_H
#define JWE_ALG_H

#include <ostiary/jwe.h>

#define CEK_MAX_SIZE 64 /* bytes of a content encryption key */
#define TAG_MAX_SIZE 32
#define IV_MAX_SIZE 16

typedef struct enc_facts {
    const char *name;
    const char *cipher; /* as OpenSSL fetches it */
    const char *hash;   /* of the HMAC; NULL: GCM */
    size_t cek_size, iv_size, tag_size;
} enc_facts;

/* How the content encryption key comes to a recipient. */
typedef enum key_way {
    WAY_RSA,      /* encrypted with the recipient's RSA key */
    WAY_WRAP,     /* wrapped with a shared key (RFC 3394) */
    WAY_GCM,      /* encrypted with a shared key */
    WAY_DIRECT,   /* it is the shared key */
    WAY_AGREE,    /* agreed upon with an ephemeral key; then it is that, or wrapped with that */
    WAY_PASSWORD, /* wrapped with a key made of a password */
} key_way;

typedef struct way_facts {
    key_way way;
    size_t kek_size;  /* of the wrapping key; 0: nothing is wrapped */
    const char *hash; /* OAEP, PBES2 */
} way_facts;

/* NULL: no such algorithm. */
const enc_facts *enc_find(ost_enc enc);
const way_facts *way_find(ost_alg alg);

#endif
