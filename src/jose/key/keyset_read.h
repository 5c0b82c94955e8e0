/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a published key set, with what was left out of it. */
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

#endif
