/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the cryptographic library that free themselves at scope exit. */
#ifndef CRYPTO_AUTO_H
#define CRYPTO_AUTO_H

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

static inline void bn_drop(BIGNUM **bn)
{
    BN_clear_free(*bn);
}

static inline void bn_ctx_drop(BN_CTX **context)
{
    BN_CTX_free(*context);
}

static inline void pkey_drop(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static inline void pkey_ctx_drop(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static inline void x509_drop(X509 **certificate)
{
    X509_free(*certificate);
}

static inline void pkcs8_drop(PKCS8_PRIV_KEY_INFO **info)
{
    PKCS8_PRIV_KEY_INFO_free(*info);
}

static inline void md_ctx_drop(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static inline void param_bld_drop(OSSL_PARAM_BLD **builder)
{
    OSSL_PARAM_BLD_free(*builder);
}

static inline void cipher_drop(EVP_CIPHER **cipher)
{
    EVP_CIPHER_free(*cipher);
}

static inline void cipher_ctx_drop(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

static inline void md_drop(EVP_MD **digest)
{
    EVP_MD_free(*digest);
}

static inline void mac_drop(EVP_MAC **mac)
{
    EVP_MAC_free(*mac);
}

static inline void mac_ctx_drop(EVP_MAC_CTX **context)
{
    EVP_MAC_CTX_free(*context);
}

#define bn_auto __attribute__((cleanup(bn_drop)))
#define bn_ctx_auto __attribute__((cleanup(bn_ctx_drop)))
#define pkey_auto __attribute__((cleanup(pkey_drop)))
#define pkey_ctx_auto __attribute__((cleanup(pkey_ctx_drop)))
#define x509_auto __attribute__((cleanup(x509_drop)))
#define pkcs8_auto __attribute__((cleanup(pkcs8_drop)))
#define md_ctx_auto __attribute__((cleanup(md_ctx_drop)))
#define cipher_auto __attribute__((cleanup(cipher_drop)))
#define cipher_ctx_auto __attribute__((cleanup(cipher_ctx_drop)))
#define md_auto __attribute__((cleanup(md_drop)))
#define mac_auto __attribute__((cleanup(mac_drop)))
#define mac_ctx_auto __attribute__((cleanup(mac_ctx_drop)))
#define param_bld_auto __attribute__((cleanup(param_bld_drop)))

#endif
