/* The one table of signature algorithms: RFC 7518 §3.1, RFC 8037 §3.1. */
#include "alg.h"

#include "text.h"

static const hash_facts hashes[HASH_COUNT] = {
    [HASH_SHA256] = {"SHA256", 32},
    [HASH_SHA384] = {"SHA384", 48},
    [HASH_SHA512] = {"SHA512", 64},
};

/* FIPS 186-4, D.1.2. */
static const curve_facts p256 = {
    .name = "P-256",
    .size = 32,
    .bits = 256,
    .order = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
              0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51},
};
static const curve_facts p384 = {
    .name = "P-384",
    .size = 48,
    .bits = 384,
    .order = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
              0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73},
};
static const curve_facts p521 = {
    .name = "P-521",
    .size = 66,
    .bits = 521,
    .order = {0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
              0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
              0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09},
};
static const curve_facts *const curves[] = {&p256, &p384, &p521};

static const alg_facts algs[] = {
    [OST_RS256] = {"RS256", OST_KEY_RSA, HASH_SHA256, PADDING_PKCS1, NULL, 0},
    [OST_RS384] = {"RS384", OST_KEY_RSA, HASH_SHA384, PADDING_PKCS1, NULL, 0},
    [OST_RS512] = {"RS512", OST_KEY_RSA, HASH_SHA512, PADDING_PKCS1, NULL, 0},
    [OST_PS256] = {"PS256", OST_KEY_RSA, HASH_SHA256, PADDING_PSS, NULL, 0},
    [OST_PS384] = {"PS384", OST_KEY_RSA, HASH_SHA384, PADDING_PSS, NULL, 0},
    [OST_PS512] = {"PS512", OST_KEY_RSA, HASH_SHA512, PADDING_PSS, NULL, 0},
    [OST_ES256] = {"ES256", OST_KEY_EC, HASH_SHA256, PADDING_NONE, &p256, 64},
    [OST_ES384] = {"ES384", OST_KEY_EC, HASH_SHA384, PADDING_NONE, &p384, 96},
    [OST_ES512] = {"ES512", OST_KEY_EC, HASH_SHA512, PADDING_NONE, &p521, 132},
    [OST_EDDSA] = {"EdDSA", OST_KEY_OKP, HASH_SHA512, PADDING_NONE, NULL, 64},
    [OST_HS256] = {"HS256", OST_KEY_OCT, HASH_SHA256, PADDING_NONE, NULL, 32},
    [OST_HS384] = {"HS384", OST_KEY_OCT, HASH_SHA384, PADDING_NONE, NULL, 48},
    [OST_HS512] = {"HS512", OST_KEY_OCT, HASH_SHA512, PADDING_NONE, NULL, 64},
};
#define ALG_COUNT (sizeof algs / sizeof algs[0])

const alg_facts *alg_find(ost_alg alg)
{
    return (size_t)alg < ALG_COUNT && algs[alg].name != NULL ? &algs[alg] : NULL;
}

const hash_facts *hash_find(hash_id hash)
{
    return &hashes[hash];
}

const curve_facts *curve_find(ost_text name)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (text_is(name, curves[i]->name))
            return curves[i];
    }
    return NULL;
}

ost_algs algs_of_type(ost_key_type type, const curve_facts *curve)
{
    ost_algs found = 0;
    for (size_t i = 0; i < ALG_COUNT; i++) {
        if (algs[i].name != NULL && algs[i].type == type && algs[i].curve == curve)
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
    return OST_ALG_NONE_SET;
}
