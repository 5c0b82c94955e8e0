/* SPDX-License-Identifier: Apache-2.0 */
/* Individual claims that a request asks for: the parameter `claims` (OpenID Connect Core §5.5).
 * As at Keycloak, mappers answer it (mapper_request.c): one those of the user that are essential,
 * the other gives a value back. What none of the client's mappers would answer is not kept. */
#ifndef REQUESTED_CLAIMS_H
#define REQUESTED_CLAIMS_H

#include "provider/call/call.h"
#include "provider/session/session_level.h"
#include "store/session/store_session.h"

/* Of the form's `claims` what is to be answered, in the form of that parameter, in the arena;
 * empty: nothing. What is no JSON object asks for nothing. False: more than is kept. */
bool requested_claims_read(call *call, const realm_client *client, ost_text *ret_claims);

/* A kept text; NULL where it is empty. */
const ost_json *requested_claims_open(call *call, ost_text claims);

/* The notes of a client's part of a session that has just been logged in to, and how;
 * `claims` as they are kept. Empty where memory is out, and the call is refused. */
ost_text requested_claims_notes(call *call, const reached_level *reached, ost_text claims);

/* The claims of such a part; NULL: none. */
const ost_json *requested_claims_of(call *call, const store_client_session *part);

/* Is anything that the client asks for answered at all? */
bool requested_claims_matter(const realm_client *client);

/* The claim of the user that goes by this name: "name", "given_name", "family_name",
 * "preferred_username" or "email". */
bool requested_claim_is_of_user(ost_text name);

/* May a request say it of itself? Nobody chooses whom a token is about, and for whom it is. */
bool requested_claim_may_be_chosen(ost_text path);

/* How the claim is asked for, in "id_token" or "userinfo"; NULL: not, or not as essential. */
const ost_json *requested_claim(const ost_json *claims, const char *place, ost_text name);

#endif
