/* SPDX-License-Identifier: Apache-2.0 */
/* What the browser says about a ceremony (WebAuthn §5.8.1), and the party that it is for. */
#ifndef CLIENT_DATA_H
#define CLIENT_DATA_H

#include "provider/webauthn/webauthn.h"

/* Type, challenge and origin are the ceremony's, and no page of another origin had it framed.
 * OST_E_FORMAT, OST_E_STATE, OST_E_MEMORY. */
OST_MUST_CHECK ost_result client_data_check(ost_text json, const char *type,
                                            const webauthn_ceremony *ceremony, ost_arena *arena,
                                            ost_error *error);

/* Of the party, with the user there, and verified where that is asked for. */
OST_MUST_CHECK ost_result client_party_check(const authenticator_data *data,
                                             const webauthn_ceremony *ceremony, ost_error *error);

/* The authenticator data with the hash of the client's behind it: what is signed. */
OST_MUST_CHECK ost_result client_data_signed(ost_text authenticator, ost_text client,
                                             ost_arena *arena, ost_text *ret_input);

#endif
