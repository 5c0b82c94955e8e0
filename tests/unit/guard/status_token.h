/* SPDX-License-Identifier: Apache-2.0 */
/* Status list tokens, as an issuer makes them. */
#ifndef STATUS_TOKEN_H
#define STATUS_TOKEN_H

#include <ostiary/jose.h>

/* zlib's form of the bytes, base64url. */
ost_text status_token_lst(ost_arena *arena, const void *bytes, size_t len);

/* Signed by an ES256 key; `claims` is the whole object. */
ost_text status_token_sign(ost_arena *arena, const ost_key *key, const char *typ,
                           const char *claims);

/* A good one of `bits` a status; `more` are further claims, with a comma before them. */
ost_text status_token(ost_arena *arena, const ost_key *key, const char *uri, int64_t issued,
                      const char *more, unsigned bits, const void *bytes, size_t len);

#endif
