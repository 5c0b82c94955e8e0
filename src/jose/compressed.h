/* SPDX-License-Identifier: Apache-2.0 */
/* Raw DEFLATE (RFC 1951), as `zip` of an encrypted message asks for it (RFC 7516 §4.1.3). */
#ifndef COMPRESSED_H
#define COMPRESSED_H

#include <ostiary/types.h>

/* Into the arena. OST_E_DECRYPTION: not one whole stream, or of more than `max` bytes when
 * inflated, which is found out before more than that is written. OST_E_MEMORY. Any thread. */
OST_MUST_CHECK ost_result compressed_read(ost_text compressed, size_t max, ost_arena *arena,
                                          ost_text *ret_content);
/* OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result compressed_write(ost_text content, ost_arena *arena,
                                           ost_text *ret_compressed);

#endif
