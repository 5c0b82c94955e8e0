/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a published key set, with what was left out of it, and sets like it. */
#ifndef KEYSET_READ_H
#define KEYSET_READ_H

#include <ostiary/jose.h>

/* Entries that are not keys here: malformed, weak, of unknown kinds. Keys for something else than
 * signatures are none of them. */
typedef struct keyset_left_out {
    size_t count;
    char first[192]; /* which the first of them is, and why; empty: none */
} keyset_left_out;

/* As ost_keyset_import. *ret_left_out is filled when the set was read, and when nothing of it was
 * usable (OST_E_KEY_UNKNOWN). */
OST_MUST_CHECK ost_result keyset_read(ost_text jwks, size_t max_keys, ost_keyset **ret_keyset,
                                      size_t *ret_skipped, keyset_left_out *ret_left_out,
                                      ost_error *error);

/* As ost_keyset_new, but of keys that somebody else put together: as in a published set they may
 * share a kid, a copy counts once, and what is ambiguous is so for the tokens that could mean two.
 * OST_E_ARGUMENT (one is NULL), OST_E_MEMORY. */
OST_MUST_CHECK ost_result keyset_gather(ost_key *const *keys, size_t count,
                                        ost_keyset **ret_keyset);

#endif
