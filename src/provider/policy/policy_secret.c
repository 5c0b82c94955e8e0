/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that end, and the one before that still counts for a time: the executor secret-rotation
 * of Keycloak's feature client-secret-rotation; see policy_executor.h. */
#include <string.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"
#include "provider/proof/secret_rule.h"

#define PERIOD_MAX (36500 * SECRET_DAY) /* a century */

static const policy_refusal no_memory = {503, "server_error", "out of memory", false};

static int64_t period_of(const ost_json *configuration, const char *name, int64_t otherwise,
                         int64_t least, int64_t most)
{
    int64_t period = policy_number(configuration, name, otherwise);
    return period < least ? least : period > most ? most : period;
}

static const policy_refusal *put(policy_edits *edits, const char *name, const char *json)
{
    return json != NULL ? policy_edit_put(edits, true, name, text_of(json)) : &no_memory;
}

static const policy_refusal *put_time(policy_edits *edits, const policy_case *c, const char *name,
                                      int64_t seconds)
{
    return put(edits, name, ost_arena_format(c->arena, "\"%lld\"", (long long)seconds));
}

static bool has_secret(const ost_json *client)
{
    return !policy_switch(client, "publicClient") && !policy_switch(client, "bearerOnly");
}

static const policy_refusal *put_end(const ost_json *configuration, const policy_case *c,
                                     policy_edits *edits)
{
    int64_t period = period_of(configuration, "expiration-period", SECRET_PERIOD, 1, PERIOD_MAX);
    return put_time(edits, c, SECRET_ENDS, c->now + period);
}

/* The secret goes where exports mask it, and is no longer good than the new one. */
static const policy_refusal *keep_old(const ost_json *configuration, const policy_case *c,
                                      policy_edits *edits)
{
    int64_t most = period_of(configuration, "expiration-period", SECRET_PERIOD, 1, PERIOD_MAX);
    int64_t period =
        period_of(configuration, "rotated-expiration-period", SECRET_PERIOD_AFTER, 0, most);
    ost_text secret = {0};
    (void)!ost_json_text(ost_json_get(c->client, "secret"), &secret);
    if (period == 0 || secret.len == 0)
        return NULL;
    ost_text json = ost_json_source(ost_json_get(c->client, "secret"));
    const policy_refusal *refusal =
        put(edits, SECRET_BEFORE, ost_arena_format(c->arena, "%.*s", OST_FORMAT(json)));
    if (refusal == NULL)
        refusal = put_time(edits, c, SECRET_BEFORE_SINCE, c->now);
    return refusal == NULL ? put_time(edits, c, SECRET_BEFORE_ENDS, c->now + period) : refusal;
}

const policy_refusal *renew_secret(const ost_json *configuration, const policy_case *c,
                                   policy_edits *edits)
{
    if (!has_secret(c->client))
        return NULL;
    const policy_refusal *refusal = keep_old(configuration, c, edits);
    if (refusal == NULL)
        refusal = put_time(edits, c, "client.secret.creation.time", c->now);
    return refusal == NULL ? put_end(configuration, c, edits) : refusal;
}

/* It is over, or nearly so, and the client itself is there to learn of another. */
static bool is_due(const ost_json *configuration, const policy_case *c)
{
    int64_t last =
        period_of(configuration, "remaining-rotation-period", SECRET_PERIOD_LAST, 0, PERIOD_MAX);
    bool itself = c->updater != NULL && strcmp(c->updater, BY_REGISTRATION_TOKEN) == 0;
    secret_rule rule = secret_rule_load(c->client);
    return !secret_rule_holds(&rule, c->now + (itself ? last : 0));
}

static const policy_refusal *put_new(policy_edits *edits, const policy_case *c)
{
    unsigned char bytes[SECRET_BYTES];
    char text[BASE64URL_LEN(SECRET_BYTES)];
    if (context_random(NULL, bytes, sizeof bytes) != OST_OK)
        return &no_memory;
    size_t len = base64url_encode(bytes, sizeof bytes, text);
    const char *json = ost_arena_format(c->arena, "\"%.*s\"", (int)len, text);
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
    return json != NULL ? policy_edit_put(edits, false, "secret", text_of(json)) : &no_memory;
}

/* One that has an end keeps it until then. */
const policy_refusal *propose_secret_end(const ost_json *configuration, const policy_case *c,
                                         policy_edits *edits)
{
    if (!has_secret(c->proposed))
        return NULL;
    if (attribute_text(c->proposed, SECRET_ENDS).len == 0)
        return put_end(configuration, c, edits);
    if (c->client == NULL || !is_due(configuration, c))
        return NULL;
    const policy_refusal *refusal = put_new(edits, c);
    return refusal == NULL ? renew_secret(configuration, c, edits) : refusal;
}

int64_t end_of_secret(const ost_json *configuration, const policy_case *c)
{
    return has_secret(c->client) && attribute_text(c->client, SECRET_ENDS).len == 0
               ? c->now +
                     period_of(configuration, "expiration-period", SECRET_PERIOD, 1, PERIOD_MAX)
               : 0;
}
