/* SPDX-License-Identifier: Apache-2.0 */
/* Signs with RSA-2048, PKCS#1 v1.5 over SHA-256, in a prepared context for a while and prints how
 * often in a second: the limit of any provider that signs one token a request. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? strtod(argv[1], NULL) : 3;
    unsigned char hash[32] = {1}, signature[256];
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    EVP_PKEY_CTX *context = key != NULL ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    if (context == NULL || EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1)
        return 1;
    double start = seconds();
    long count = 0;
    while (seconds() - start < limit) {
        size_t len = sizeof signature;
        if (EVP_PKEY_sign(context, signature, &len, hash, sizeof hash) != 1)
            return 1;
        count++;
    }
    printf("%.1f\n", (double)count / (seconds() - start));
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return 0;
}
