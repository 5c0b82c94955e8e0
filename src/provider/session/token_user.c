/* SPDX-License-Identifier: Apache-2.0 */
/* Users of tokens; see token_user.h. */
#include "provider/session/token_user.h"

#include "base/text.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/session/authentication.h"
#include "store/session/store_session.h"

ost_result token_user(call *c, const realm_client *client, const ost_claims *claims,
                      ost_text *ret_user_id)
{
    ost_text subject = ost_claims_subject(claims), id = ost_claims_text(claims, "sid");
    store_session session;
    ost_text user_id = {0};
    bool named = subject.len > 0; /* else by its session */
    if (named && (client == NULL || client->pairwise.sector.len == 0)) {
        *ret_user_id = subject;
        return OST_OK;
    }
    if (id.data != NULL) {
        ost_result result = session_load(c, id, &session);
        if (result != OST_OK)
            return result;
        user_id = session.user_id;
    } else if (client != NULL && client->service_account) {
        const service_account *account = realm_entry_account(c->entry, client->client_id);
        user_id = account != NULL ? account->user_id : user_id;
    }
    if (user_id.len == 0 || (named && !pairwise_subject_is(&client->pairwise, subject, user_id)))
        return OST_E_NOT_FOUND;
    *ret_user_id = user_id;
    return OST_OK;
}
