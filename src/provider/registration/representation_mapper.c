/* SPDX-License-Identifier: Apache-2.0 */
/* The mappers that a registrant may have; see representation.h. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/registration/registration_policy.h"
#include "provider/registration/representation.h"

#define POLICY "allowed-protocol-mappers"
#define KINDS "allowed-protocol-mapper-types"

/* Of a realm that does not say: those of Keycloak's own policy. */
static const char *const usual[] = {"oidc-address-mapper",
                                    "oidc-full-name-mapper",
                                    "oidc-usermodel-property-mapper",
                                    "oidc-usermodel-attribute-mapper",
                                    PAIRWISE_MAPPER,
                                    NULL};

/* What tells APIs who somebody is, whose the token is and what it is good for: a user's own
 * attribute in its place would be believed. */
static const char *const barred[] = {"iss",
                                     "sub",
                                     "aud",
                                     "azp",
                                     "exp",
                                     "nbf",
                                     "iat",
                                     "jti",
                                     "typ",
                                     "sid",
                                     "session_state",
                                     "scope",
                                     "client_id",
                                     "acr",
                                     "amr",
                                     "auth_time",
                                     "nonce",
                                     "at_hash",
                                     "c_hash",
                                     "s_hash",
                                     "cnf",
                                     "act",
                                     "may_act",
                                     "authorization_details",
                                     "authorization",
                                     "realm_access",
                                     "resource_access",
                                     "roles",
                                     "groups",
                                     "entitlements",
                                     "permissions",
                                     "trusted-certs",
                                     "allowed-origins",
                                     "email",
                                     "email_verified",
                                     "preferred_username",
                                     "upn",
                                     NULL};

static bool is_allowed_kind(call *c, bool anonymous, ost_text kind)
{
    const ost_json *config = registration_policy_config(c, POLICY, anonymous);
    return config != NULL ? json_list_has(ost_json_get(config, KINDS), kind)
                          : text_is_one_of(kind, usual);
}

/* A claim's name is a path ("a.b"). */
static ost_text claim_of(const ost_json *config)
{
    ost_text name = text_trim(json_text_of(config, "claim.name"));
    return text_slice(name, 0, text_find(name, '.', 0));
}

/* The claims that Keycloak has these two of by default say what the user's property is called. */
static bool is_usual(ost_text claim, const ost_json *config)
{
    ost_text property = json_text_of(config, "user.attribute");
    return (text_is(claim, "email") && text_is(property, "email")) ||
           (text_is(claim, "email_verified") && text_is(property, "emailVerified")) ||
           (text_is(claim, "preferred_username") && text_is(property, "username"));
}

static bool refuse(call *c, const char *details)
{
    return call_refuse(c, 403, "insufficient_scope",
                       call_format(c,
                                   "Policy 'Allowed Protocol Mapper Types' rejected request to "
                                   "client-registration service. Details: %s",
                                   details));
}

static bool check_one(call *c, bool anonymous, const ost_json *mapper)
{
    const ost_json *config = ost_json_get(mapper, "config");
    ost_text kind = json_text_of(mapper, "protocolMapper"), claim = claim_of(config);
    if (!is_allowed_kind(c, anonymous, kind))
        return refuse(c, "ProtocolMapper type not allowed");
    bool property = text_is(kind, "oidc-usermodel-property-mapper");
    if (text_is_one_of(claim, barred) && !(property && is_usual(claim, config)))
        return refuse(c, call_format(c, "A registered client has no mapper of the claim %.*s",
                                     OST_FORMAT(claim)));
    /* Another's sector would tell another's subjects: openid-connect looks there first. */
    return !text_is(kind, PAIRWISE_MAPPER) || json_text_of(config, PAIRWISE_SECTOR).len == 0 ||
           refuse(c, "sectorIdentifierUri: registered by openid-connect alone");
}

/* Of one that is there, a client may send the members in another order, or fewer of them. */
static bool same_config(const ost_json *before, const ost_json *now)
{
    ost_text was, is;
    if (ost_json_count(before) != ost_json_count(now))
        return false;
    for (const ost_json *at = ost_json_first(now); at != NULL; at = ost_json_next(at)) {
        const ost_json *other = ost_json_get_text(before, ost_json_name(at));
        if (!ost_json_text(at, &is) || !ost_json_text(other, &was) || !text_equal(was, is))
            return false;
    }
    return true;
}

static bool is_as_before(const ost_json *before, const ost_json *mapper)
{
    const ost_json *was = json_list_find(before, "name", json_text_of(mapper, "name"));
    return was != NULL &&
           text_equal(json_text_of(was, "protocolMapper"),
                      json_text_of(mapper, "protocolMapper")) &&
           same_config(ost_json_get(was, "config"), ost_json_get(mapper, "config"));
}

bool representation_check_mappers(call *c, bool anonymous, const ost_json *before,
                                  const ost_json *mappers)
{
    for (const ost_json *at = ost_json_first(mappers); at != NULL; at = ost_json_next(at)) {
        if (!is_as_before(before, at) && !check_one(c, anonymous, at))
            return false;
    }
    return true;
}
