/* SHA-2 digests with algorithms fetched once and a context per thread. */
#ifndef DIGEST_H
#define DIGEST_H

#include <openssl/evp.h>

#include "alg.h"

#define DIGEST_MAX 64

/* The fetched algorithm of 256, 384 or 512 bits; NULL when the library has none. */
const EVP_MD *digest_md(unsigned bits);
const char *digest_name(unsigned bits);

/* The hash of `data`; bits / 8 bytes go to `ret`. */
OST_MUST_CHECK ost_result digest_of(unsigned bits, ost_text data, unsigned char *ret);

#endif
