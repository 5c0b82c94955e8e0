/* SPDX-License-Identifier: Apache-2.0 */
/* Logouts of clients that register; see logout_metadata.h. */
#include "provider/registration/logout_metadata.h"

#include "base/text.h"
#include "provider/realm/realm.h"
#include "provider/registration/metadata_member.h"

#define BACK "backchannel.logout.url"
#define BACK_SESSION "backchannel.logout.session.required"
#define BACK_OFFLINE "backchannel.logout.revoke.offline.tokens"
#define FRONT "frontchannel.logout.url"
#define FRONT_SESSION "frontchannel.logout.session.required"

static bool is_of_client(ost_text uri, const ost_text *redirect_uris, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(realm_uri_origin(uri), realm_uri_origin(redirect_uris[i])))
            return true;
    }
    return false;
}

static bool read_uri(call *c, const ost_json *document, const char *name, ost_text *ret_uri)
{
    return metadata_text(c, document, name, METADATA_URI_MAX, ret_uri) &&
           (ret_uri->len == 0 || metadata_is_https(*ret_uri) ||
            metadata_refuse(c, call_format(c, "%s: not an https address", name)));
}

bool logout_metadata_read(call *c, const ost_json *document, const ost_text *redirect_uris,
                          size_t count, logout_metadata *ret_metadata)
{
    logout_metadata m = {0};
    if (!read_uri(c, document, "backchannel_logout_uri", &m.back_uri) ||
        !metadata_flag(c, document, "backchannel_logout_session_required", &m.back_session) ||
        !metadata_flag(c, document, "backchannel_logout_revoke_offline_tokens", &m.back_offline) ||
        !read_uri(c, document, "frontchannel_logout_uri", &m.front_uri) ||
        !metadata_flag(c, document, "frontchannel_logout_session_required", &m.front_session))
        return false;
    if (m.front_uri.len > 0 && !is_of_client(m.front_uri, redirect_uris, count))
        return metadata_refuse(
            c, "frontchannel_logout_uri: scheme, host and port are not those of a redirect URI");
    *ret_metadata = m;
    return true;
}

static void store_one(const char *uri_name, ost_text uri, const char *flag_name, bool flag,
                      ost_json_writer *w)
{
    metadata_put_given(w, uri_name, uri);
    if (uri.len > 0)
        ost_json_member_string(w, flag_name, flag ? "true" : "false");
}

void logout_metadata_store(const logout_metadata *m, ost_json_writer *w)
{
    store_one(BACK, m->back_uri, BACK_SESSION, m->back_session, w);
    if (m->back_uri.len > 0 && m->back_offline)
        ost_json_member_string(w, BACK_OFFLINE, "true");
    store_one(FRONT, m->front_uri, FRONT_SESSION, m->front_session, w);
}

void logout_metadata_write(const realm_client *client, ost_json_writer *w)
{
    metadata_put_text(client, BACK, "backchannel_logout_uri", w);
    metadata_put_flag(client, BACK_SESSION, "backchannel_logout_session_required", w);
    metadata_put_flag(client, BACK_OFFLINE, "backchannel_logout_revoke_offline_tokens", w);
    metadata_put_text(client, FRONT, "frontchannel_logout_uri", w);
    metadata_put_flag(client, FRONT_SESSION, "frontchannel_logout_session_required", w);
}
