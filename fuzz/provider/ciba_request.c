/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a backchannel authentication request (CIBA Core §7.1): what is accepted keeps its
 * bounds, and the channel is asked what only the provider may say in the provider's words. */
#include <stdlib.h>

#include "base/b64token.h"
#include "base/text.h"
#include "one_realm.h"
#include "provider/ciba/channel_question.h"
#include "provider/ciba/ciba_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_question(call *c, const ciba_request *r)
{
    ost_text body;
    const ost_json *question, *consent;
    bool required = true;
    require(channel_question_write(c, &r->question, OST_TEXT("carol"), &body));
    require(ost_json_read(body, NULL, c->arena, &question, NULL) == OST_OK); /* no name twice */
    require(ost_json_equals(ost_json_get(question, "login_hint"), OST_TEXT("carol")));
    consent = ost_json_get(question, "is_consent_required");
    require(ost_json_boolean(consent, &required) && !required);
    require(ost_json_count(question) <= 5 + CHANNEL_MORE_MAX);
    require(ost_json_get(question, "client_secret") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    ciba_request request;
    /* The first byte says which mode the client has. */
    realm_client client = *realm_find_client(c->realm, OST_TEXT("mac"));
    if (size == 0 ||
        http_form_read((ost_text){(const char *)data + 1, size - 1}, c->arena, &c->form) != OST_OK)
        return 0;
    client.ciba = (client_ciba){.on = true, .ping = data[0] == 'p'};
    c->client = &client;
    bool good = ciba_request_read(c, &request);
    require(good == (c->error.status == 0));
    if (!good) {
        require(c->error.status < 500 && c->error.error != NULL);
        return 0;
    }
    require(request.lifespan > 0 && request.lifespan <= c->realm->ciba.lifespan);
    require(request.hint.data != NULL && request.question.scope.data != NULL);
    require(request.question.binding_message.len <= 50);
    require(client.ciba.ping ? text_is_b64token(request.notification_token)
                             : request.notification_token.data == NULL);
    check_question(c, &request);
    return 0;
}
