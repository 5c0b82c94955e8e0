/* SPDX-License-Identifier: Apache-2.0 */
/* A layer below a program (LD_PRELOAD) that puts its RSA keys of 2048 bits together from primes
 * that are there, where the library searches for an eighth of a second: two realms have four keys,
 * and so had nearly every test. RSA_PRIMES names a file of a counter and primes (key_layer.py).
 * Each two primes serve once until all have served. Such keys share primes: they are for tests. It
 * is not linked with libcrypto, for programs without it are run beside. */
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BITS = 2048, PRIME = BITS / 16, COUNTER = 8 };

static unsigned char *file;
static size_t primes;

__attribute__((constructor)) static void attach(void)
{
    const char *name = getenv("RSA_PRIMES");
    int descriptor = name != NULL ? open(name, O_RDWR | O_CLOEXEC) : -1;
    struct stat status;
    if (descriptor < 0)
        return;
    if (fstat(descriptor, &status) == 0 && status.st_size > COUNTER) {
        void *at =
            mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        file = at != MAP_FAILED ? at : NULL;
        primes = ((size_t)status.st_size - COUNTER) / PRIME;
    }
    close(descriptor);
}

static BIGNUM *prime(size_t number)
{
    return BN_bin2bn(file + COUNTER + number % primes * PRIME, PRIME, NULL);
}

/* p and q: neighbours first, then every second one, and so on up to those that lie opposite. */
static void next_primes(BIGNUM **ret_p, BIGNUM **ret_q)
{
    size_t turn = (size_t)atomic_fetch_add((_Atomic uint64_t *)(void *)file, 1);
    size_t apart = 1 + turn / primes % ((primes - 1) / 2);
    BIGNUM *one = prime(turn), *other = prime(turn + apart);
    bool ordered = BN_cmp(one, other) > 0;
    *ret_p = ordered ? one : other;
    *ret_q = ordered ? other : one;
}

enum { N, E, D, P, Q, DP, DQ, QI, MEMBERS };
static const char *const member_names[] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static bool fill(BIGNUM *member[MEMBERS], BN_CTX *numbers)
{
    BIGNUM *p1 = BN_dup(member[P]), *q1 = BN_dup(member[Q]), *phi = BN_new();
    bool filled = BN_set_word(member[E], RSA_F4) &&
                  BN_mul(member[N], member[P], member[Q], numbers) && BN_sub_word(p1, 1) &&
                  BN_sub_word(q1, 1) && BN_mul(phi, p1, q1, numbers) &&
                  BN_mod_inverse(member[D], member[E], phi, numbers) &&
                  BN_nnmod(member[DP], member[D], p1, numbers) &&
                  BN_nnmod(member[DQ], member[D], q1, numbers) &&
                  BN_mod_inverse(member[QI], member[Q], member[P], numbers);
    BN_free(p1);
    BN_free(q1);
    BN_free(phi);
    return filled;
}

static EVP_PKEY *key_of(BIGNUM *member[MEMBERS])
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    bool pushed = true;
    for (size_t i = 0; i < MEMBERS; i++)
        pushed = pushed && OSSL_PARAM_BLD_push_BN(build, member_names[i], member[i]);
    OSSL_PARAM *parameters = pushed ? OSSL_PARAM_BLD_to_param(build) : NULL;
    if (parameters != NULL && EVP_PKEY_fromdata_init(context) > 0)
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *key_of_primes(void)
{
    BN_CTX *numbers = BN_CTX_new();
    BIGNUM *member[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++)
        member[i] = i == P || i == Q ? NULL : BN_new();
    next_primes(&member[P], &member[Q]);
    EVP_PKEY *key = fill(member, numbers) ? key_of(member) : NULL;
    for (size_t i = 0; i < MEMBERS; i++)
        BN_free(member[i]);
    BN_CTX_free(numbers);
    return key;
}

/* In place of libcrypto's. */
__attribute__((visibility("default"))) EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library,
                                                                   const char *properties,
                                                                   const char *type, ...)
{
    EVP_PKEY *(*real)(OSSL_LIB_CTX *, const char *, const char *, ...);
    *(void **)&real = dlsym(RTLD_NEXT, "EVP_PKEY_Q_keygen");
    va_list list;
    va_start(list, type);
    size_t bits = strcmp(type, "RSA") == 0 ? va_arg(list, size_t) : 0;
    const char *curve = strcmp(type, "EC") == 0 ? va_arg(list, const char *) : NULL;
    va_end(list);
    if (bits == BITS && primes > 2)
        return key_of_primes();
    if (bits > 0)
        return real(library, properties, type, bits);
    return curve != NULL ? real(library, properties, type, curve) : real(library, properties, type);
}
