/* SPDX-License-Identifier: Apache-2.0 */
/* Executors that hold texts against patterns, which are Java's; see policy_executor.h. What cannot
 * be told does not match. */
#include "base/array.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"
#include "provider/proof/java_pattern.h"

static const policy_refusal *refuse(const policy_case *c, const char *error, const char *words)
{
    static const policy_refusal no_memory = {500, "server_error", NULL, false};
    policy_refusal *refusal = ost_arena_alloc(c->arena, sizeof *refusal);
    if (refusal == NULL || words == NULL)
        return &no_memory;
    *refusal = (policy_refusal){400, error, words, false};
    return refusal;
}

/* ---- claims of assertions and of tokens that are exchanged ---- */

static const policy_refusal *refuse_claim(const policy_case *c, const char *before, ost_text name,
                                          const char *after)
{
    return refuse(c, "invalid_request",
                  ost_arena_format(c->arena, "%s '%.*s' %s", before, OST_FORMAT(name), after));
}

/* Whether a claim has a text or a number that matches; without a pattern anything will do. */
const policy_refusal *check_token_claim(const ost_json *configuration, const policy_case *c)
{
    ost_text name = policy_text(configuration, "claim-name"), value;
    ost_text pattern = policy_text(configuration, "allowed-value");
    const ost_json *claim = ost_json_get_text(c->token, name);
    double number;
    if (c->token == NULL)
        return NULL;
    if (name.data == NULL)
        return refuse(c, "invalid_request", "Invalid configuration");
    if (ost_json_type_of(claim) == OST_JSON_NULL)
        return refuse_claim(c, "Required claim", name, "is missing from the token");
    if (text_trim(pattern).len == 0)
        return NULL;
    if (ost_json_number(claim, &number))
        value = ost_json_source(claim);
    else if (!ost_json_text(claim, &value))
        return refuse_claim(c, "Value type for claim", name, "not allowed");
    return java_pattern_match(pattern, value) == OST_OK
               ? NULL
               : refuse_claim(c, "Value for claim", name, "not allowed");
}

/* ---- addresses of clients ---- */

static const struct {
    const char *field, *name; /* what configurations call it, and representations */
    enum { MEMBER, ADDRESSES, ATTRIBUTE } kind;
} fields[] = {
    {"rootUrl", "rootUrl", MEMBER},
    {"adminUrl", "adminUrl", MEMBER},
    {"baseUrl", "baseUrl", MEMBER},
    {"redirectUris", "redirectUris", ADDRESSES},
    {"webOrigins", "webOrigins", ADDRESSES},
    {"jwksUri", "jwks.url", ATTRIBUTE},
    {"requestUris", "request.uris", ATTRIBUTE},
    {"backchannelLogoutUrl", "backchannel.logout.url", ATTRIBUTE},
    {"postLogoutRedirectUris", "post.logout.redirect.uris", ATTRIBUTE},
    {"cibaClientNotificationEndpoint", "ciba.backchannel.client.notification.endpoint", ATTRIBUTE},
    {"logoUri", "logoUri", ATTRIBUTE},
    {"policyUri", "policyUri", ATTRIBUTE},
    {"tosUri", "tosUri", ATTRIBUTE},
    {"sectorIdentifierUri", "sectorIdentifierUri", ATTRIBUTE},
};

/* "+" stands for the redirect URIs, which are looked at themselves. */
static bool matches(const ost_json *patterns, ost_text address)
{
    ost_text pattern;
    const ost_json *at = ost_json_first(patterns);
    while (at != NULL &&
           (!ost_json_text(at, &pattern) || java_pattern_match(pattern, address) != OST_OK))
        at = ost_json_next(at);
    return at != NULL || address.len == 0 || text_is(address, "+");
}

static bool all_match(const ost_json *patterns, ost_text addresses)
{
    ost_text one;
    while (attribute_next(&addresses, &one)) {
        if (!matches(patterns, one))
            return false;
    }
    return true;
}

static bool list_matches(const ost_json *patterns, const ost_json *list)
{
    ost_text one;
    const ost_json *at = ost_json_first(list);
    while (at != NULL && ost_json_text(at, &one) && matches(patterns, one))
        at = ost_json_next(at);
    return at == NULL;
}

/* All of them, where none is chosen that is known. */
static bool is_chosen(const ost_json *chosen, const char *field)
{
    bool any = false;
    for (const ost_json *at = ost_json_first(chosen); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, text_of(field)))
            return true;
        any = true;
    }
    return !any;
}

const policy_refusal *propose_uri_patterns(const ost_json *configuration, const policy_case *c,
                                           policy_edits *edits)
{
    const ost_json *patterns = ost_json_get(configuration, "allowed-patterns");
    const ost_json *chosen = ost_json_get(configuration, "client-uri-fields");
    (void)edits;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const char *name = fields[i].name;
        bool good = !is_chosen(chosen, fields[i].field) ||
                    (fields[i].kind == ADDRESSES
                         ? list_matches(patterns, ost_json_get(c->proposed, name))
                         : all_match(patterns, fields[i].kind == MEMBER
                                                   ? policy_text(c->proposed, name)
                                                   : attribute_text(c->proposed, name)));
        if (!good)
            return refuse(c, "invalid_client_metadata",
                          ost_arena_format(c->arena, "Invalid %s%s", fields[i].field,
                                           ost_json_count(patterns) > 0
                                               ? ""
                                               : ": No valid allowed patterns configured"));
    }
    return NULL;
}
