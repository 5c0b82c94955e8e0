/* Prepared OpenSSL contexts: setting one up costs several microseconds, using it again nothing.
 * Each thread keeps a few, by key and algorithm. */
#ifndef PREPARED_H
#define PREPARED_H

#include "key.h"

typedef enum prepared_use { PREPARED_VERIFY, PREPARED_SIGN } prepared_use;

/* Borrowed until the thread's next call; NULL when it cannot be made. */
EVP_PKEY_CTX *prepared_context(const ost_key *key, const alg_info *info, prepared_use use);

/* A MAC context that has the key's secret set. */
EVP_MAC_CTX *prepared_mac(const ost_key *key, const alg_info *info);

#endif
