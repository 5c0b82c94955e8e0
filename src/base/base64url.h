/* SPDX-License-Identifier: Apache-2.0 */
/* base64url without padding (RFC 4648 §5, RFC 7515 §2), strictly: no white space, no padding,
 * only the URL-safe alphabet, unused bits zero. Also plain base64 for Basic credentials and x5c. */
#ifndef BASE64URL_H
#define BASE64URL_H

#include <ostiary/types.h>

#define BASE64URL_LEN(n) (((n)*4 + 2) / 3)       /* characters for n bytes */
#define BASE64URL_MAX_BYTES(len) (((len)*3) / 4) /* bytes at most in len characters */

/* Encodes into `ret`, which has room for BASE64URL_LEN(n); returns the number of characters. */
size_t base64url_encode(const unsigned char *data, size_t n, char *ret);

/* Decodes into `ret`, which has room for BASE64URL_MAX_BYTES(text.len). OST_E_BASE64. */
OST_MUST_CHECK ost_result base64url_decode(ost_text text, unsigned char *ret, size_t *ret_len);

/* Decodes / encodes into the arena. The decoded bytes are followed by a NUL that does not count. */
OST_MUST_CHECK ost_result base64url_decode_to(ost_arena *arena, ost_text text, ost_text *ret);
OST_MUST_CHECK ost_result base64url_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret);

/* Standard base64 with padding (RFC 4648 §4), as strict. */
size_t base64_encode(const unsigned char *data, size_t n, char *ret); /* room for (n+2)/3*4 */
OST_MUST_CHECK ost_result base64_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret);
OST_MUST_CHECK ost_result base64_decode(ost_text text, unsigned char *ret, size_t *ret_len);

#endif
