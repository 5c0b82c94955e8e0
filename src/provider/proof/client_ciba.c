/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of backchannel authentication; see client_ciba.h. */
#include "provider/proof/client_ciba.h"

#include "base/text.h"
#include "provider/proof/attribute.h"

#define LIFESPAN_DEFAULT 120
#define LIFESPAN_MAX 86400
#define INTERVAL_DEFAULT 5
#define INTERVAL_MAX 3600

static int64_t seconds(const ost_json *realm, const char *name, int64_t fallback, uint64_t most)
{
    uint64_t value;
    return text_to_unsigned(attribute_text(realm, name), most, &value) ? (int64_t)value : fallback;
}

static ciba_hint hint_of(ost_text name)
{
    return text_is(name, "id_token_hint")      ? CIBA_ID_TOKEN_HINT
           : text_is(name, "login_hint_token") ? CIBA_LOGIN_HINT_TOKEN
                                               : CIBA_LOGIN_HINT;
}

ciba_policy ciba_policy_load(const ost_json *realm)
{
    ciba_policy policy = {
        .lifespan = seconds(realm, "cibaExpiresIn", LIFESPAN_DEFAULT, LIFESPAN_MAX),
        .interval = seconds(realm, "cibaInterval", INTERVAL_DEFAULT, INTERVAL_MAX),
        .hint = hint_of(attribute_text(realm, "cibaAuthRequestedUserHint")),
        .ping = text_is(attribute_text(realm, "cibaBackchannelTokenDeliveryMode"), "ping"),
    };
    if (policy.lifespan == 0)
        policy.lifespan = LIFESPAN_DEFAULT;
    return policy;
}

static ost_algs algorithms_of(ost_text name)
{
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET ? OST_ALG_BIT(alg) & CIBA_REQUEST_ALGS : 0;
}

client_ciba client_ciba_load(const ciba_policy *policy, const ost_json *client)
{
    ost_text mode = attribute_text(client, "ciba.backchannel.token.delivery.mode");
    client_ciba ciba = {
        .on = text_says_true(attribute_text(client, "oidc.ciba.grant.enabled")),
        .ping = mode.len > 0 ? text_is(mode, "ping") : policy->ping,
        .notified = attribute_text(client, "ciba.backchannel.client.notification.endpoint"),
        .algorithms =
            algorithms_of(attribute_text(client, "ciba.backchannel.auth.request.signing.alg")),
    };
    if ((mode.len > 0 && !ciba.ping && !text_is(mode, "poll")) ||
        (ciba.ping && ciba.notified.len == 0))
        ciba.on = false;
    return ciba;
}
