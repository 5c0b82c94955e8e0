/* SPDX-License-Identifier: Apache-2.0 */
/* Backchannel authentication of clients that register; see ciba_metadata.h. */
#include "provider/registration/ciba_metadata.h"

#include "base/text.h"
#include "provider/proof/client_ciba.h"
#include "provider/registration/metadata_member.h"

#define MODE "ciba.backchannel.token.delivery.mode"
#define NOTIFIED "ciba.backchannel.client.notification.endpoint"
#define ALG "ciba.backchannel.auth.request.signing.alg"
#define MAX_WORD 64

static bool check(call *c, const ciba_metadata *m)
{
    ost_alg alg = ost_alg_of(m->alg);
    bool ping = text_is(m->mode, "ping");
    if (m->mode.len > 0 && !ping && !text_is(m->mode, "poll"))
        return metadata_refuse(c, "backchannel_token_delivery_mode: not supported");
    if (m->notified.len > 0 && !metadata_is_https(m->notified))
        return metadata_refuse(c, "backchannel_client_notification_endpoint: not an https address");
    if (ping && m->notified.len == 0)
        return metadata_refuse(c, "backchannel_client_notification_endpoint: ping needs it");
    return m->alg.len == 0 ||
           (alg != OST_ALG_UNSET && (OST_ALG_BIT(alg) & CIBA_REQUEST_ALGS) != 0) ||
           metadata_refuse(c, "backchannel_authentication_request_signing_alg: not supported");
}

bool ciba_metadata_read(call *c, const ost_json *document, ciba_metadata *ret_metadata)
{
    ciba_metadata m = {0};
    if (!metadata_text(c, document, "backchannel_token_delivery_mode", MAX_WORD, &m.mode) ||
        !metadata_text(c, document, "backchannel_client_notification_endpoint", METADATA_URI_MAX,
                       &m.notified) ||
        !metadata_text(c, document, "backchannel_authentication_request_signing_alg", MAX_WORD,
                       &m.alg) ||
        !check(c, &m))
        return false;
    *ret_metadata = m;
    return true;
}

void ciba_metadata_store(const ciba_metadata *m, ost_json_writer *w)
{
    metadata_put_given(w, MODE, m->mode);
    metadata_put_given(w, NOTIFIED, m->notified);
    metadata_put_given(w, ALG, m->alg);
}

void ciba_metadata_write(const realm_client *client, ost_json_writer *w)
{
    metadata_put_text(client, MODE, "backchannel_token_delivery_mode", w);
    metadata_put_text(client, NOTIFIED, "backchannel_client_notification_endpoint", w);
    metadata_put_text(client, ALG, "backchannel_authentication_request_signing_alg", w);
}

bool ciba_metadata_owns(ost_text attribute)
{
    return text_is(attribute, MODE) || text_is(attribute, NOTIFIED) || text_is(attribute, ALG);
}
