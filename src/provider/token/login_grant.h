/* SPDX-License-Identifier: Apache-2.0 */
/* Grants that come of somebody's login: in a browser, by a code that the client brings, where the
 * session is there and the client gets its tokens in it; or elsewhere, where the grant itself
 * begins the session. Uses the store: on the pool alone. */
#ifndef LOGIN_GRANT_H
#define LOGIN_GRANT_H

#include "provider/token/grant.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

/* Fills in session and user. The session may have ended since: refuses with invalid_grant and the
 * description `gone`. */
bool login_grant_load(call *call, ost_text session_id, const char *gone, grant *grant);

/* Where the grant is offline, the session goes on without the login (OpenID Connect Core §11): in
 * *ret_offline, under an id that the code leads to. Otherwise nothing changes. */
bool login_grant_go_offline(call *call, ost_text code, grant *grant, store_session *ret_offline);

/* Takes what the tokens are given for, and begins a chain of refresh tokens in the client's part of
 * the session, or of the offline one, where that has an id. Refuses with invalid_grant and the
 * description `gone` when somebody else has it, or the session has ended. */
bool login_grant_keep(call *call, const store_single_use *once, const char *gone,
                      store_client_session *part, const store_session *offline,
                      const minted *minted);

/* A session of its own for a grant whose user and scopes are chosen and checked, and what a refresh
 * may ask for too; an offline one where that is granted; its tokens, and the answer with them.
 * `notes` of the client's part, JSON. `once` (NULL: nothing) is taken for it, or, when somebody
 * else has it, invalid_grant told with the description `gone`. */
void login_grant_begin(call *call, grant *grant, const store_single_use *once, const char *gone,
                       ost_text notes);

#endif
