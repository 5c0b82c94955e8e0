/* SPDX-License-Identifier: Apache-2.0 */
/* The characters of a token in an Authorization field: b64token of RFC 6750 §2.1, which is token68
 * of RFC 9110 §11.2. */
#ifndef B64TOKEN_H
#define B64TOKEN_H

#include <ostiary/types.h>

/* True for one or more of its characters, with padding at the end alone. */
bool text_is_b64token(ost_text text);

#endif
