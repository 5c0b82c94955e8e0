/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of algorithms (RFC 7518 §3.1 and §4.1, RFC 8037 §3, RFC 8812 §3), and of curves. */
#include "jose/alg.h"

#include "base/array.h"
#include "base/text.h"

static const hash_facts hashes[HASH_COUNT] = {
    [HASH_SHA256] = {"SHA256", 32},
    [HASH_SHA384] = {"SHA384", 48},
    [HASH_SHA512] = {"SHA512", 64},
};

/* FIPS 186-4, D.1.2. */
static const curve_facts p256 = {
    .name = "P-256",
    .openssl = "prime256v1",
    .type = OST_KEY_EC,
    .signs = true,
    .agrees = true,
    .size = 32,
    .bits = 256,
    .order = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
              0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51},
};
static const curve_facts p384 = {
    .name = "P-384",
    .openssl = "secp384r1",
    .type = OST_KEY_EC,
    .signs = true,
    .agrees = true,
    .size = 48,
    .bits = 384,
    .order = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
              0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73},
};
static const curve_facts p521 = {
    .name = "P-521",
    .openssl = "secp521r1",
    .type = OST_KEY_EC,
    .signs = true,
    .agrees = true,
    .size = 66,
    .bits = 521,
    .order = {0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
              0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
              0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09},
};
/* SEC 2, §2.4.1. For signatures alone: RFC 8812 §3.1 registers nothing else. */
static const curve_facts secp256k1 = {
    .name = "secp256k1",
    .openssl = "secp256k1",
    .type = OST_KEY_EC,
    .signs = true,
    .size = 32,
    .bits = 256,
    .order = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
              0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41},
};

/* RFC 8037 §3: Edwards' form signs, Montgomery's agrees upon secrets. */
static const curve_facts ed25519 = {"Ed25519",     "ED25519",  OST_KEY_OKP,
                                    .signs = true, .size = 32, .bits = 256};
static const curve_facts ed448 = {"Ed448",       "ED448",    OST_KEY_OKP,
                                  .signs = true, .size = 57, .bits = 456};
static const curve_facts x25519 = {"X25519",       "X25519",   OST_KEY_OKP,
                                   .agrees = true, .size = 32, .bits = 253};
static const curve_facts x448 = {"X448",         "X448",     OST_KEY_OKP,
                                 .agrees = true, .size = 56, .bits = 448};

static const curve_facts *const curves[] = {&p256,    &p384,  &p521,   &secp256k1,
                                            &ed25519, &ed448, &x25519, &x448};
#define CURVE_COUNT (ARRAY_LEN(curves))

#define WRAPS(name, size)                                                                          \
    {                                                                                              \
        name, OST_KEY_OCT, .secret_size = (size)                                                   \
    }
#define AGREES(name)                                                                               \
    {                                                                                              \
        name, OST_KEY_EC, .agrees = true                                                           \
    }

static const alg_facts algs[] = {
    [OST_RS256] = {"RS256", .type = OST_KEY_RSA, .hash = HASH_SHA256, .padding = PADDING_PKCS1},
    [OST_RS384] = {"RS384", .type = OST_KEY_RSA, .hash = HASH_SHA384, .padding = PADDING_PKCS1},
    [OST_RS512] = {"RS512", .type = OST_KEY_RSA, .hash = HASH_SHA512, .padding = PADDING_PKCS1},
    [OST_PS256] = {"PS256", .type = OST_KEY_RSA, .hash = HASH_SHA256, .padding = PADDING_PSS},
    [OST_PS384] = {"PS384", .type = OST_KEY_RSA, .hash = HASH_SHA384, .padding = PADDING_PSS},
    [OST_PS512] = {"PS512", .type = OST_KEY_RSA, .hash = HASH_SHA512, .padding = PADDING_PSS},
    [OST_ES256] = {"ES256", .type = OST_KEY_EC, .hash = HASH_SHA256, .curve = &p256,
                   .signature_size = 64},
    [OST_ES384] = {"ES384", .type = OST_KEY_EC, .hash = HASH_SHA384, .curve = &p384,
                   .signature_size = 96},
    [OST_ES512] = {"ES512", .type = OST_KEY_EC, .hash = HASH_SHA512, .curve = &p521,
                   .signature_size = 132},
    [OST_EDDSA] = {"EdDSA", .type = OST_KEY_OKP, .hash = HASH_SHA512},
    [OST_HS256] = {"HS256", .type = OST_KEY_OCT, .hash = HASH_SHA256, .signature_size = 32,
                   .secret_size = 32},
    [OST_HS384] = {"HS384", .type = OST_KEY_OCT, .hash = HASH_SHA384, .signature_size = 48,
                   .secret_size = 48},
    [OST_HS512] = {"HS512", .type = OST_KEY_OCT, .hash = HASH_SHA512, .signature_size = 64,
                   .secret_size = 64},
    [OST_ES256K] = {"ES256K", .type = OST_KEY_EC, .hash = HASH_SHA256, .curve = &secp256k1,
                    .signature_size = 64},
    [OST_ED25519] = {"Ed25519", .type = OST_KEY_OKP, .hash = HASH_SHA512, .curve = &ed25519},
    [OST_ED448] = {"Ed448", .type = OST_KEY_OKP, .hash = HASH_SHA512, .curve = &ed448},
    [OST_RSA_OAEP] = {"RSA-OAEP", .type = OST_KEY_RSA},
    [OST_RSA_OAEP_256] = {"RSA-OAEP-256", .type = OST_KEY_RSA},
    [OST_A128KW] = WRAPS("A128KW", 16),
    [OST_A192KW] = WRAPS("A192KW", 24),
    [OST_A256KW] = WRAPS("A256KW", 32),
    [OST_DIR] = WRAPS("dir", 0),
    [OST_ECDH_ES] = AGREES("ECDH-ES"),
    [OST_ECDH_ES_A128KW] = AGREES("ECDH-ES+A128KW"),
    [OST_ECDH_ES_A192KW] = AGREES("ECDH-ES+A192KW"),
    [OST_ECDH_ES_A256KW] = AGREES("ECDH-ES+A256KW"),
    [OST_A128GCMKW] = WRAPS("A128GCMKW", 16),
    [OST_A192GCMKW] = WRAPS("A192GCMKW", 24),
    [OST_A256GCMKW] = WRAPS("A256GCMKW", 32),
    [OST_PBES2_HS256_A128KW] = WRAPS("PBES2-HS256+A128KW", 0),
    [OST_PBES2_HS384_A192KW] = WRAPS("PBES2-HS384+A192KW", 0),
    [OST_PBES2_HS512_A256KW] = WRAPS("PBES2-HS512+A256KW", 0),
    [OST_INSECURE_RSA1_5] = {"RSA1_5", .type = OST_KEY_RSA},
    [OST_RSA_OAEP_384] = {"RSA-OAEP-384", .type = OST_KEY_RSA},
    [OST_RSA_OAEP_512] = {"RSA-OAEP-512", .type = OST_KEY_RSA},
};
#define ALG_COUNT (ARRAY_LEN(algs))

const alg_facts *alg_find(ost_alg alg)
{
    return (size_t)alg < ALG_COUNT && algs[alg].name != NULL ? &algs[alg] : NULL;
}

const hash_facts *hash_find(hash_id hash)
{
    return &hashes[hash];
}

const curve_facts *curve_find(ost_key_type type, ost_text name)
{
    for (size_t i = 0; i < CURVE_COUNT; i++) {
        if (curves[i]->type == type && text_is(name, curves[i]->name))
            return curves[i];
    }
    return NULL;
}

const curve_facts *curve_find_openssl(ost_key_type type, const char *name)
{
    ost_text text = text_of(name);
    for (size_t i = 0; i < CURVE_COUNT; i++) {
        if (curves[i]->type == type && text_is(text, curves[i]->openssl))
            return curves[i];
    }
    return NULL;
}

static bool fits(const alg_facts *facts, ost_key_type type, const curve_facts *curve)
{
    if (facts->agrees)
        return curve != NULL && curve->agrees;
    if (facts->type != type || (facts->curve != NULL && facts->curve != curve))
        return false;
    return curve == NULL || curve->signs;
}

ost_algs algs_of_type(ost_key_type type, const curve_facts *curve)
{
    ost_algs found = 0;
    for (size_t i = 0; i < ALG_COUNT; i++) {
        if (algs[i].name != NULL && fits(&algs[i], type, curve))
            found |= OST_ALG_BIT(i);
    }
    return found;
}

const char *ost_alg_name(ost_alg alg)
{
    const alg_facts *facts = alg_find(alg);
    return facts != NULL ? facts->name : "none";
}

ost_alg ost_alg_of(ost_text name)
{
    for (size_t i = 0; i < ALG_COUNT; i++) {
        if (algs[i].name != NULL && text_is(name, algs[i].name))
            return (ost_alg)i;
    }
    return OST_ALG_UNSET;
}
