/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the forms of keys in DER apart by their outermost elements alone. */
#ifndef DER_FORM_H
#define DER_FORM_H

#include <ostiary/types.h>

typedef enum der_form {
    DER_SPKI,        /* SubjectPublicKeyInfo: RFC 5280 §4.1.2.7 */
    DER_PKCS8,       /* PrivateKeyInfo, OneAsymmetricKey: RFC 5958 §2 */
    DER_CERTIFICATE, /* RFC 5280 §4.1 */
    DER_RSA_PRIVATE, /* PKCS #1: RFC 8017, appendix A.1.2 */
    DER_RSA_PUBLIC,  /* appendix A.1.1 */
    DER_EC_PRIVATE,  /* SEC 1: RFC 5915 §3 */
    DER_ENCRYPTED,   /* EncryptedPrivateKeyInfo: RFC 5958 §3 */
    DER_NO_KEY,
} der_form;

/* DER_NO_KEY where `der` is not one SEQUENCE of such elements, in minimal lengths, and nothing
 * behind it. What is within the elements is not looked at. */
der_form der_form_of(ost_text der);

/* A private key of PKCS#8 that has its public half beside it (RFC 5958 §2, version 2), taken apart.
 */
typedef struct der_key_pair {
    ost_text fields;      /* the algorithm and the private key, as they stand */
    ost_text public_half; /* what the SubjectPublicKeyInfo of the key has in its bits */
} der_key_pair;

/* false: `der` is none. */
bool der_split_key_pair(ost_text der, der_key_pair *ret_pair);

/* One SEQUENCE and nothing behind it. */
bool der_is_sequence(ost_text der);

#endif
