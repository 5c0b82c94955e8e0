/* SPDX-License-Identifier: Apache-2.0 */
/* Proof keys of authorization codes (RFC 7636). */
#ifndef PKCE_H
#define PKCE_H

#include <ostiary/types.h>

/* What a code verifier may be (§4.1), and so a challenge (§4.2): 43 to 128 unreserved characters.
 */
bool pkce_is_key(ost_text text);

#endif
