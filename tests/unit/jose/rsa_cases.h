/* SPDX-License-Identifier: Apache-2.0 */
/* Moduli and numbers for the exponentiation of rsa_wide.h, and what OpenSSL makes of them. */
#ifndef RSA_CASES_H
#define RSA_CASES_H

#include <openssl/bn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RSA_CASE_SIZE 512 /* bytes of 4096 bits */

extern const unsigned rsa_case_bits[3];

/* Any, by a quick generator that begins anew with each seed. */
void rsa_cases_seed(uint64_t seed);
uint64_t rsa_cases_draw(void);

/* An odd modulus of exactly so many bits, with a structure of that kind. */
#define RSA_MODULI 8
bool rsa_case_modulus(unsigned bits, size_t kind, BIGNUM *ret);

/* A number below n as big-endian bytes of its size. Kind 0: any; else one of structure. */
#define RSA_BASES 12
void rsa_case_base(const BIGNUM *n, size_t kind, unsigned char *ret);

/* OpenSSL's base^65537 mod n, for one modulus after the other. */
typedef struct rsa_judge {
    BN_CTX *context;
    BN_MONT_CTX *modulus;
    BIGNUM *base, *power, *start;
} rsa_judge;

bool rsa_judge_begin(const BIGNUM *n, rsa_judge *ret);
bool rsa_judge_raise(rsa_judge *judge, const unsigned char *base, size_t size, unsigned char *ret);
void rsa_judge_end(rsa_judge *judge);

#endif
