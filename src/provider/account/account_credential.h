/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of credentials in the account REST API, as account_list_credentials shows them. */
#ifndef ACCOUNT_CREDENTIAL_H
#define ACCOUNT_CREDENTIAL_H

#include "provider/account/account_call.h"
#include "provider/webauthn/webauthn_policy.h"

/* What Keycloak says of a kind, beside the credentials that there are. */
typedef struct credential_kind {
    const char *type, *category;
    const char *display_name, *help_text, *icon; /* keys of messages, a class */
} credential_kind;

/* Opens the object of a kind of second factors, up to its list; `setup`: the required action by
 * which there are more, where the realm has that on. */
void account_open_kind(const account_call *account, ost_json_writer *writer,
                       const credential_kind *kind, const char *setup);

/* The member "credential" of one of them: without what proves anything. */
void account_put_credential(ost_json_writer *writer, ost_text id, const ost_json *credential);

/* Whether a login of the realm asks for the factor: a kind that none asks for is offered to nobody
 * who has none. */
bool account_offers(const account_call *account, realm_factor factor);

/* The user's recovery codes, how many are used and, from the realm's threshold on, that there are
 * few left. */
OST_MUST_CHECK ost_result account_put_recovery(const account_call *account,
                                               ost_json_writer *writer);

/* The user's security keys, or passkeys, where `type` is theirs or empty. */
OST_MUST_CHECK ost_result account_put_keys(const account_call *account, webauthn_use use,
                                           ost_text type, ost_json_writer *writer);

#endif
