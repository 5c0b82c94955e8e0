/* SPDX-License-Identifier: Apache-2.0 */
/* Who signs with a key whose private part is not here: another process, a device. */
#ifndef KEY_SIGNER_H
#define KEY_SIGNER_H

#include <ostiary/jose.h>

/* One of several signatures that are asked for at once. */
typedef struct signature_wish {
    const ost_key *key;
    ost_alg alg;
    ost_text input;
    unsigned char *ret; /* room for `size` bytes */
    size_t size;        /* that the key's signature has */
    void *user;         /* of the key's signer */
    ost_result result;
} signature_wish;

typedef struct key_signer {
    /* Signs the input into `ret`, of exactly `size` bytes. OST_E_BUSY: it may work in a moment.
     * From any thread, several at a time. NULL: the private part is here. */
    ost_result (*sign)(void *user, ost_alg alg, ost_text input, unsigned char *ret, size_t size);
    /* The same for several keys of one holder, in less time than one after the other. NULL: it
     * takes one at a time. */
    void (*sign_together)(void *holder, signature_wish *const *wishes, size_t count);
    void (*release)(void *user); /* the key is not used any more; also called on failure */
    void *user;
    void *holder; /* of sign_together */
} key_signer;

#endif
