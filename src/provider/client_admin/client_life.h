/* SPDX-License-Identifier: Apache-2.0 */
/* What comes and goes with a client: the account of its own, and its roles. */
#ifndef CLIENT_LIFE_H
#define CLIENT_LIFE_H

#include "provider/admin/realm_admin.h"

/* OST_E_CONFLICT: an account of the client's name is there. Accounts go by their names, in small
 * letters: a new client would have what another's, or a former one's, may do. */
OST_MUST_CHECK ost_result client_account_check(realm_admin *admin, ost_text client_id);

/* Makes the account of a client. OST_E_CONFLICT: there is one of its name. */
OST_MUST_CHECK ost_result client_account_make(realm_admin *admin, ost_text client_id,
                                              const ost_context *context);

/* Takes away the account of a client, if there is one. */
OST_MUST_CHECK ost_result client_account_end(realm_admin *admin, ost_text user_name);

/* Whether the client stands for rights over a realm that is there: it goes with the realm alone. */
bool client_is_of_realm(const realm_admin *admin, const realm_client *client);

/* Takes the client out of its realm with its roles, wherever they were given, and its account:
 * nobody who takes its name later has what was its own. OST_E_CONFLICT and others as
 * realm_admin_rename. */
OST_MUST_CHECK ost_result client_end(realm_admin *admin, const realm_client *client,
                                     ost_error *error);

#endif
