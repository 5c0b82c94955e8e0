/* The table of algorithms; see alg.h. */
#include "alg.h"

#include "text.h"

static const alg_info algs[] = {
    {"RS256", OST_RS256, ALG_PKCS1, OST_KEY_RSA, CURVE_NONE, 256, 0},
    {"RS384", OST_RS384, ALG_PKCS1, OST_KEY_RSA, CURVE_NONE, 384, 0},
    {"RS512", OST_RS512, ALG_PKCS1, OST_KEY_RSA, CURVE_NONE, 512, 0},
    {"PS256", OST_PS256, ALG_PSS, OST_KEY_RSA, CURVE_NONE, 256, 0},
    {"PS384", OST_PS384, ALG_PSS, OST_KEY_RSA, CURVE_NONE, 384, 0},
    {"PS512", OST_PS512, ALG_PSS, OST_KEY_RSA, CURVE_NONE, 512, 0},
    {"ES256", OST_ES256, ALG_ECDSA, OST_KEY_EC, CURVE_P256, 256, 64},
    {"ES384", OST_ES384, ALG_ECDSA, OST_KEY_EC, CURVE_P384, 384, 96},
    {"ES512", OST_ES512, ALG_ECDSA, OST_KEY_EC, CURVE_P521, 512, 132},
    {"EdDSA", OST_EDDSA, ALG_EDDSA, OST_KEY_OKP, CURVE_ED25519, 512, 64},
    {"HS256", OST_HS256, ALG_HMAC, OST_KEY_OCT, CURVE_NONE, 256, 32},
    {"HS384", OST_HS384, ALG_HMAC, OST_KEY_OCT, CURVE_NONE, 384, 48},
    {"HS512", OST_HS512, ALG_HMAC, OST_KEY_OCT, CURVE_NONE, 512, 64},
};
#define ALG_COUNT (sizeof algs / sizeof algs[0])

static const curve_info curves[] = {
    {"P-256", "P-256", CURVE_P256, 32, 256},
    {"P-384", "P-384", CURVE_P384, 48, 384},
    {"P-521", "P-521", CURVE_P521, 66, 521},
    {"Ed25519", "ED25519", CURVE_ED25519, 32, 256},
};

const alg_info *alg_info_of(ost_alg alg)
{
    for (size_t i = 0; i < ALG_COUNT; i++) {
        if (algs[i].alg == alg)
            return &algs[i];
    }
    return NULL;
}

const curve_info *curve_info_of(alg_curve curve)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (curves[i].curve == curve)
            return &curves[i];
    }
    return NULL;
}

const curve_info *curve_info_by_crv(ost_text crv)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (text_is(crv, curves[i].crv))
            return &curves[i];
    }
    return NULL;
}

const char *ost_alg_name(ost_alg alg)
{
    const alg_info *info = alg_info_of(alg);
    return info != NULL ? info->name : "none";
}

ost_alg ost_alg_of(ost_text name)
{
    for (size_t i = 0; i < ALG_COUNT; i++) {
        if (text_is(name, algs[i].name))
            return algs[i].alg;
    }
    return OST_ALG_NONE_SET;
}
