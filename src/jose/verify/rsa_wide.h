/* SPDX-License-Identifier: Apache-2.0 */
/* Raising to 65537 modulo RSA keys of 2048, 3072 and 4096 bits on processors with AVX-512 IFMA, in
 * a third to a half of the time that OpenSSL takes. Each result is proven (rsa_proof.h) before it
 * is used. Nothing in here is secret but the primes of the proof. */
#ifndef RSA_WIDE_H
#define RSA_WIDE_H

#include <openssl/types.h>

#include <ostiary/types.h>

/* A public key made ready. Immutable: any number of threads. */
typedef struct rsa_wide rsa_wide;

/* n is odd. NULL: not for this key, not on this processor, or out of memory. */
OST_MUST_CHECK rsa_wide *rsa_wide_new(const BIGNUM *n, uint64_t e);
void rsa_wide_free(rsa_wide *key); /* NULL is fine */

/* The block of which `signature` is made into `ret_block`, both of the modulus' size in bytes; see
 * rsa_public_raise. False: somebody else must find out. So it is for numbers that are not below n;
 * and when the proof failed, from then on for the whole process. */
OST_MUST_CHECK bool rsa_wide_raise(const rsa_wide *key, const unsigned char *signature,
                                   unsigned char *ret_block);

/* How many results could not be proven since the process began: 0, unless the processor or this
 * program is at fault. */
uint64_t rsa_wide_faults(void);

#ifdef RSA_IFMA_FAULTS
/* For the tests that make faults. */
struct ifma_modulus *rsa_wide_modulus(rsa_wide *key);
void rsa_wide_forget_faults(void);
#endif

#endif
