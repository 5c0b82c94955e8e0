/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures by a device; see pkcs11_signature.h. */
#include "provider/pkcs11/pkcs11_signature.h"

#include <string.h>

#include "jose/digest.h"
#include "jose/verify/rsa_pkcs1.h"

/* RFC 7518 §3.5: the salt is as long as the hash. Read only; the interface has no const. */
static CK_RSA_PKCS_PSS_PARAMS pss[HASH_COUNT] = {
    [HASH_SHA256] = {CKM_SHA256, CKG_MGF1_SHA256, 32},
    [HASH_SHA384] = {CKM_SHA384, CKG_MGF1_SHA384, 48},
    [HASH_SHA512] = {CKM_SHA512, CKG_MGF1_SHA512, 64},
};

static CK_MECHANISM mechanism_of(const alg_facts *facts)
{
    CK_RSA_PKCS_PSS_PARAMS *parameters = &pss[facts->hash];
    if (facts->type == OST_KEY_EC)
        return (CK_MECHANISM){CKM_ECDSA, NULL, 0};
    if (facts->type == OST_KEY_OKP)
        return (CK_MECHANISM){CKM_EDDSA, NULL, 0};
    return facts->padding == PADDING_PSS
               ? (CK_MECHANISM){CKM_RSA_PKCS_PSS, parameters, sizeof *parameters}
               : (CK_MECHANISM){CKM_RSA_PKCS, NULL, 0};
}

/* What is handed to the device: a hash, in its frame for PKCS #1. EdDSA hashes by itself. */
static ost_result prepare(const alg_facts *facts, ost_text input,
                          unsigned char room[static RSA_DIGEST_INFO_SIZE + HASH_MAX_SIZE],
                          ost_text *ret)
{
    size_t before = facts->padding == PADDING_PKCS1 ? RSA_DIGEST_INFO_SIZE : 0;
    *ret = input;
    if (facts->type == OST_KEY_OKP)
        return OST_OK;
    memcpy(room, rsa_digest_info(facts->hash), before);
    *ret = (ost_text){(const char *)room, before + hash_find(facts->hash)->size};
    return digest(facts->hash, input, room + before);
}

/* The interface has no const either; nothing is written there. */
static unsigned char *octets_of(ost_text text)
{
    return (unsigned char *)(uintptr_t)text.data;
}

CK_RV pkcs11_signature_make(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                            ost_alg alg, ost_text input, unsigned char *ret, size_t size)
{
    unsigned char room[RSA_DIGEST_INFO_SIZE + HASH_MAX_SIZE];
    const alg_facts *facts = alg_find(alg);
    CK_MECHANISM mechanism = mechanism_of(facts);
    CK_ULONG made = size;
    ost_text data;
    if (prepare(facts, input, room, &data) != OST_OK)
        return CKR_GENERAL_ERROR;
    CK_RV value = f->C_SignInit(session, &mechanism, object);
    if (value == CKR_OK)
        value = f->C_Sign(session, octets_of(data), data.len, ret, &made);
    return value == CKR_OK && made != size ? CKR_GENERAL_ERROR : value;
}
