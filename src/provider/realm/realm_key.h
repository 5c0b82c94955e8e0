/* Making the keys of a realm as rows of the store. */
#ifndef REALM_KEY_H
#define REALM_KEY_H

#include "store/store.h"

/* A new RSA-2048 key with its certificate: `algorithm` "RS256" with use "sig", or "RSA-OAEP" with
 * "enc". Everything lives in the arena. A fifth of a second. */
OST_MUST_CHECK ost_result realm_key_rsa(ost_text realm, const char *algorithm, const char *use,
                                        const ost_context *context, ost_arena *arena,
                                        store_key *ret_key);
/* A new secret for tokens that only the provider reads: HS512. */
OST_MUST_CHECK ost_result realm_key_secret(ost_text realm, const ost_context *context,
                                           ost_arena *arena, store_key *ret_key);

#endif
