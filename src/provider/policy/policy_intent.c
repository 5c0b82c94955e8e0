/* SPDX-License-Identifier: Apache-2.0 */
/* Intents that have been lodged elsewhere (FAPI, open banking), which an authorization request
 * names by an essential claim of the ID token (intent-client-bind-checker); see policy_executor.h.
 */
#include "base/percent.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"

#define NAME "intent-name"
#define ADDRESS "intent-client-bind-check-endpoint"

#define REFUSAL(name, description)                                                                 \
    static const policy_refusal name = {400, "invalid_request", description, false}

static const ost_json *id_token_claim(const ost_json *configuration, const ost_json *claims)
{
    return ost_json_get_text(ost_json_get(claims, "id_token"), policy_text(configuration, NAME));
}

/* Read each time: one who looks at it again sees the same. */
static const ost_json *read_claims(const policy_case *c)
{
    const ost_json *claims = NULL;
    return ost_json_read(c->claims, NULL, c->arena, &claims, NULL) == OST_OK &&
                   ost_json_is(claims, OST_JSON_OBJECT)
               ? claims
               : NULL;
}

const policy_refusal *check_intent(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(none, "no claim for an intent value in an authorization request");
    REFUSAL(bad, "invalid claim for an intent value");
    REFUSAL(no_claim, "no claim for an intent value for ID token");
    REFUSAL(voluntary, "not specifying a claim for an intent as essential claim");
    REFUSAL(no_value, "invalid intent value");
    bool essential = false;
    if (c->event != POLICY_AUTHORIZATION)
        return NULL;
    if (c->claims.len == 0)
        return &none;
    const ost_json *claims = read_claims(c);
    if (claims == NULL)
        return &bad;
    const ost_json *claim = id_token_claim(configuration, claims);
    if (claim == NULL || ost_json_is(claim, OST_JSON_NULL))
        return &no_claim;
    if (!ost_json_boolean(ost_json_get(claim, "essential"), &essential) || !essential)
        return &voluntary;
    return ost_json_is(ost_json_get(claim, "value"), OST_JSON_STRING) ? NULL : &no_value;
}

policy_question *ask_about_intent(const ost_json *configuration, const policy_case *c)
{
    policy_question *q = ost_arena_alloc(c->arena, sizeof *q);
    const char *url = ost_arena_copy(c->arena, policy_text(configuration, ADDRESS));
    const ost_json *claims = read_claims(c); /* it has been read before */
    if (q == NULL || url == NULL || claims == NULL)
        return NULL;
    *q = (policy_question){.url = url,
                           .intent = policy_text(id_token_claim(configuration, claims), "value")};
    return q;
}

/* Keycloak enables it, and lets nobody in. */
const char *fault_of_intent(const ost_json *configuration, const ost_json *realm)
{
    ost_text address = policy_text(configuration, ADDRESS);
    (void)realm;
    if (!uri_is_absolute(address) ||
        (!text_starts(address, "https://") && !text_starts(address, "http://")))
        return ADDRESS " is not a web address";
    return policy_text(configuration, NAME).len > 0 ? NULL : NAME " does not name a claim";
}
