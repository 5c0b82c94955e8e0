/* SPDX-License-Identifier: Apache-2.0 */
/* Makes logout tokens; see logout_token.h. */
#include "provider/logout/logout_token.h"

#include "base/context.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/uuid.h"

#define CLAIMS_MAX ((size_t)16 << 10)

static void put_events(ost_json_writer *w, const logout_client *wants)
{
    ost_json_put_name(w, OST_TEXT("events"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("http://schemas.openid.net/event/backchannel-logout"));
    ost_json_open_object(w);
    ost_json_close_object(w);
    if (wants->revoke_offline)
        ost_json_member_boolean(w, "revoke_offline_access", true);
    ost_json_close_object(w);
}

ost_result logout_token_make(const realm_entry *entry, const realm_client *client,
                             const logout_client *wants, const store_logout *logout,
                             const ost_context *context, ost_arena *arena, ost_text *ret_token)
{
    const ost_key *key = key_ring_signer(entry->keys, client->id_alg);
    ost_json_writer *w = ost_json_writer_new(arena, CLAIMS_MAX);
    ost_text id = uuid_text(context, arena), claims, subject;
    int64_t now = ost_now(context);
    if (key == NULL)
        return OST_E_KEY_UNKNOWN;
    if (w == NULL || id.data == NULL)
        return OST_E_MEMORY;
    ost_result result = pairwise_subject(&client->pairwise, logout->user_id, arena, &subject);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", now + LOGOUT_TOKEN_LIFESPAN);
    ost_json_member_integer(w, "iat", now);
    ost_json_member_text(w, "jti", id);
    ost_json_member_text(w, "iss", logout->issuer);
    ost_json_member_string(w, "aud", client->client_id);
    ost_json_member_text(w, "sub", subject);
    ost_json_member_string(w, "typ", "Logout");
    if (wants->back_session)
        ost_json_member_text(w, "sid", logout->session_id);
    put_events(w, wants);
    ost_json_close_object(w);
    result = ost_json_writer_finish(w, &claims);
    return result == OST_OK
               ? ost_jws_sign(claims, key, client->id_alg, "logout+jwt", arena, ret_token)
               : result;
}
