/* SPDX-License-Identifier: Apache-2.0 */
/* base64url by vector instructions, where the processor has them: a token is mostly base64url. */
#ifndef BASE64URL_WIDE_H
#define BASE64URL_WIDE_H

#include <ostiary/types.h>

/* Decodes characters off the front of `text` into `ret`, which has room for the whole text's bytes.
 * Returns how many characters it has read: a multiple of 4, possibly 0. It stops before the first
 * one that is not of the alphabet, at the latest before the text's end; the rest is left to the
 * ordinary decoder. */
size_t base64url_decode_wide(ost_text text, unsigned char *ret);

#endif
