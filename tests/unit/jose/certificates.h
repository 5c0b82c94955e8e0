/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and other people's forms of keys, made by OpenSSL for the tests of this folder. */
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include <openssl/evp.h>

#include <ostiary/jose.h>

/* The DER of a self-signed certificate for the private key, in the arena. */
ost_text certificate_of(ost_arena *arena, const ost_key *key);

/* The DER of PKCS #1 or SEC 1, private. */
ost_text traditional(ost_arena *arena, const ost_key *key);

/* Standard base64, as in x5c. */
const char *base64_of(ost_arena *arena, ost_text bytes);

/* PEM with any label, in one line or in lines of 64. */
const char *pem_of(ost_arena *arena, const char *label, ost_text der);

#endif
