/* SPDX-License-Identifier: Apache-2.0 */
/* A request for one user alone: the parameter `claims` with a value for `sub` (OpenID Connect Core
 * §3.1.2.1, §5.5). Nobody else may be answered for. */
#ifndef SUBJECT_REQUEST_H
#define SUBJECT_REQUEST_H

#include "provider/call/call.h"

/* The subject, as the client knows it, that the form's `claims` name, for the ID token or for
 * userinfo; empty: they name none. `claims` that are no JSON object ask for nothing, as at
 * Keycloak. False: a value that no subject has, or two that differ, or more than is read. */
bool subject_request_read(call *call, ost_text *ret_subject);

/* A parameter `claims` of a subject and of what else is asked for by name (requested_claims.h);
 * NULL data: of neither, or memory is out, and the call is refused. */
ost_text subject_request_claims(call *call, ost_text subject, ost_text claims);

/* May the client be answered for this user? `subject` empty: for any. */
bool subject_request_allows(const realm_client *client, ost_text subject, ost_text user_id);

#endif
