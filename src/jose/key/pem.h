/* SPDX-License-Identifier: Apache-2.0 */
/* The textual encoding of keys and certificates (RFC 7468). */
#ifndef PEM_BLOCK_H
#define PEM_BLOCK_H

#include <ostiary/types.h>

#define PEM_LINE 64 /* characters of base64 in a line; §2 */

typedef struct pem_block {
    ost_text label; /* "PUBLIC KEY" */
    ost_text body;  /* what stands between the two lines, as it is */
} pem_block;

/* Takes the next block off the front of *rest, and whatever stands before it; true when there is
 * one. OST_E_KEY_FORMAT: a block that does not end as it began. */
OST_MUST_CHECK ost_result pem_next(ost_text *rest, bool *ret_found, pem_block *ret_block);

/* The bytes of a block, into the arena. OST_E_UNSUPPORTED: it is encrypted in the old way, by a
 * header; OST_E_KEY_FORMAT: not strict base64 but for white space. */
OST_MUST_CHECK ost_result pem_decode(const pem_block *block, ost_arena *arena, ost_text *ret_der);

/* The block around `der`, in the arena. */
OST_MUST_CHECK ost_result pem_encode(const char *label, ost_text der, ost_arena *arena,
                                     ost_text *ret_pem);

#endif
