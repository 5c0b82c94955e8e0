/* SPDX-License-Identifier: Apache-2.0 */
/* Who signs with a key whose private part is not here: another process, a device. */
#ifndef KEY_SIGNER_H
#define KEY_SIGNER_H

#include <ostiary/jose.h>

typedef struct key_signer {
    /* Signs the input into `ret`, of exactly `size` bytes. OST_E_BUSY: it may work in a moment.
     * From any thread, several at a time. NULL: the private part is here. */
    ost_result (*sign)(void *user, ost_alg alg, ost_text input, unsigned char *ret, size_t size);
    void (*release)(void *user); /* the key is not used any more; also called on failure */
    void *user;
} key_signer;

#endif
