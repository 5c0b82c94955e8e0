/* SPDX-License-Identifier: Apache-2.0 */
/* The members of authentication flows, required actions, client policies and identity providers,
 * and what becomes of each; see member.h. */
#include "provider/member/member.h"

#include "base/array.h"
#include "base/text.h"

static const member flow_members[] = {
    {"alias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"authenticationExecutions", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_execution},
    {"builtIn", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"description", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"providerId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"topLevel", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
};
const member_kind member_flow = {.title = "Authentication flow",
                                 .representation = "AuthenticationFlowRepresentation",
                                 .name = "alias",
                                 .members = flow_members,
                                 .count = ARRAY_LEN(flow_members)};

/* Of a client, whose representation has ids of flows here. */
static const member flow_override_members[] = {
    {"browser", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"direct_grant", MEMBER_STRING, .fate = MEMBER_ACTED},
};
const member_kind member_flow_override = {.title = "Flows of a client",
                                          .members = flow_override_members,
                                          .count = ARRAY_LEN(flow_override_members)};

static const member execution_members[] = {
    {"authenticator", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"authenticatorConfig", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"authenticatorFlow", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"autheticatorFlow", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"flowAlias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"priority", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"requirement", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "REQUIRED|CONDITIONAL|ALTERNATIVE|DISABLED|OPTIONAL", .stray = MEMBER_REFUSED},
    {"userSetupAllowed", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
};
const member_kind member_execution = {.title = "Execution of a flow",
                                      .representation =
                                          "AuthenticationExecutionExportRepresentation",
                                      .members = execution_members,
                                      .count = ARRAY_LEN(execution_members)};

static const member authenticator_config_members[] = {
    {"alias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"config", MEMBER_MAP, .fate = MEMBER_ACTED,
     .why = "of conditions, auth-conditional-otp-form, user-session-limits and "
            "deny-access-authenticator"},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_authenticator_config = {.title = "Configuration of an authenticator",
                                                 .representation =
                                                     "AuthenticatorConfigRepresentation",
                                                 .name = "alias",
                                                 .members = authenticator_config_members,
                                                 .count = ARRAY_LEN(authenticator_config_members)};

static const member required_action_members[] = {
    {"alias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"config", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"defaultAction", MEMBER_BOOLEAN, .fate = MEMBER_ACTED, .why = "for users that are made later"},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"name", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"priority", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"providerId", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_required_action = {.title = "Required action",
                                            .representation =
                                                "RequiredActionProviderRepresentation",
                                            .name = "alias",
                                            .members = required_action_members,
                                            .count = ARRAY_LEN(required_action_members)};

static const member client_policies_members[] = {
    {"globalPolicies", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"policies", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_client_policy},
};
const member_kind member_client_policies = {.title = "Client policies",
                                            .members = client_policies_members,
                                            .count = ARRAY_LEN(client_policies_members)};

static const member client_policy_members[] = {
    {"conditions", MEMBER_ANY, .fate = MEMBER_ACTED},
    {"description", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "refused where a condition or an executor is not enforced"},
    {"mode", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"name", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"profiles", MEMBER_STRINGS, .fate = MEMBER_ACTED},
};
const member_kind member_client_policy = {.title = "Client policy",
                                          .name = "name",
                                          .members = client_policy_members,
                                          .count = ARRAY_LEN(client_policy_members)};

static const char *secret_unmet(ost_text secret)
{
    return text_starts(text_trim(secret), "${vault.") ? "nobody signs in by it: there is no vault"
                                                      : NULL;
}

/* What takes a check away from logins, or asks for one that is not there: nobody signs in by the
 * identity provider then (upstream.h). */
static const member identity_provider_setting_members[] = {
    {"acceptsPromptNoneForwardFromClient", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "false counts"},
    {"allowClientIdAsAudience", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "no client proves who it is by the provider's assertions", .flag = true,
     .otherwise = "false counts"},
    {"allowedClockSkew", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"authorizationUrl", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"backchannelSupported", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "users are sent to logoutUrl by their browsers alone", .flag = true,
     .otherwise = "false counts"},
    {"caseSensitiveOriginalUsername", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "the name there is kept as it is"},
    {"claimFilterName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"claimFilterValue", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "a pattern"},
    {"clientAssertionAudience", MEMBER_STRING, .fate = MEMBER_TOLD, .why = "it is tokenUrl"},
    {"clientAssertionSigningAlg", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"clientAuthMethod", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "client_secret_post|client_secret_basic|client_secret_jwt|private_key_jwt",
     .otherwise = "nobody signs in by it", .stray = MEMBER_BARRED},
    {"clientId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"clientSecret", MEMBER_STRING, .fate = MEMBER_ACTED, .unmet = secret_unmet},
    {"defaultScope", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"disableNonce", MEMBER_STRING, .fate = MEMBER_BARRED, .why = "nobody signs in by it"},
    {"disableTypeClaimCheck", MEMBER_STRING, .fate = MEMBER_BARRED, .why = "nobody signs in by it"},
    {"disableUserInfo", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "false counts"},
    {"doNotStoreUsers", MEMBER_STRING, .fate = MEMBER_BARRED, .acted = "false|FALSE|False",
     .why = "nobody signs in by it: users are stored"},
    {"fedClientAssertionMaxExp", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "no client proves who it is by the provider's assertions"},
    {"filteredByClaim", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "false counts"},
    {"forwardParameters", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"guiOrder", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"hideOnLoginPage", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "false counts"},
    {"hostedDomain", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "of google"},
    {"isAccessTokenJWT", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "mappers read access tokens of keycloak-oidc alone", .flag = true,
     .otherwise = "false counts"},
    {"issuer", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"jwksUrl", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"loginHint", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true, .otherwise = "false counts"},
    {"logoutUrl", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"minValidityToken", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"offlineAccess", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "of google", .flag = true,
     .otherwise = "false counts"},
    {"passMaxAge", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "whoever has to prove again who they are does so there"},
    {"pkceEnabled", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "on, where nothing is said",
     .flag = true, .otherwise = "true counts"},
    {"pkceMethod", MEMBER_STRING, .fate = MEMBER_BARRED, .acted = "S256",
     .why = "nobody signs in by it with plain"},
    {"prompt", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"publicKeySignatureVerifier", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"publicKeySignatureVerifierKeyId", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "the key counts for every kid"},
    {"requiresShortStateParameter", MEMBER_STRING, .fate = MEMBER_BARRED,
     .why = "nobody signs in by it"},
    {"sendClientIdOnLogout", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "false counts"},
    {"sendIdTokenOnLogout", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "true counts"},
    {"showInAccountConsole", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "ALWAYS|WHEN_LINKED|NEVER", .otherwise = "ALWAYS counts"},
    {"storeTokenInSession", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "of its tokens a session has the ID token alone"},
    {"supportsClientAssertionReuse", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "no client proves who it is by the provider's assertions", .flag = true,
     .otherwise = "false counts"},
    {"supportsClientAssertions", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "no client proves who it is by the provider's assertions", .flag = true,
     .otherwise = "false counts"},
    {"syncMode", MEMBER_STRING, .fate = MEMBER_ACTED, .values = "IMPORT|LEGACY|FORCE",
     .otherwise = "LEGACY counts"},
    {"tokenIntrospectionUrl", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"tokenUrl", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"uiLocales", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true, .otherwise = "false counts"},
    {"useJwksUrl", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true,
     .otherwise = "it counts as left out"},
    {"userInfoUrl", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"userIp", MEMBER_STRING, .fate = MEMBER_TOLD, .why = "it is not told to Google"},
    {"validateSignature", MEMBER_STRING, .fate = MEMBER_BARRED, .acted = "true|TRUE|True",
     .loud = true, .why = "nobody signs in by it without"},
};
const member_kind member_identity_provider_setting = {
    .title = "Setting of an identity provider",
    .open = true,
    .members = identity_provider_setting_members,
    .count = ARRAY_LEN(identity_provider_setting_members)};

static const member identity_provider_members[] = {
    {"addReadTokenRoleOnCreate", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"alias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"authenticateByDefault", MEMBER_BOOLEAN, .fate = MEMBER_KEPT, .why = "as in Keycloak"},
    {"config", MEMBER_MAP, .fate = MEMBER_ACTED, .of = &member_identity_provider_setting},
    {"displayName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"firstBrokerLoginFlowAlias", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "nobody signs in by it where the flow has what is not there"},
    {"hideOnLogin", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"internalId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"linkOnly", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"organizationId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"postBrokerLoginFlowAlias", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "beside the client's own flow"},
    {"providerId", MEMBER_STRING, .fate = MEMBER_BARRED,
     .acted = "oidc|keycloak-oidc|google|jwt-authorization-grant",
     .why = "nobody signs in by others than OpenID providers"},
    {"storeToken", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"trustEmail", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "of addresses that it has verified"},
    {"types", MEMBER_STRINGS, .fate = MEMBER_KEPT},
    {"updateProfileFirstLogin", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"updateProfileFirstLoginMode", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "users are asked for what is missing"},
};
const member_kind member_identity_provider = {.title = "Identity provider",
                                              .representation = "IdentityProviderRepresentation",
                                              .name = "alias",
                                              .members = identity_provider_members,
                                              .count = ARRAY_LEN(identity_provider_members)};

static const member identity_provider_mapper_setting_members[] = {
    {"syncMode", MEMBER_STRING, .fate = MEMBER_ACTED, .values = "INHERIT|IMPORT|LEGACY|FORCE",
     .otherwise = "INHERIT counts"},
    {"target", MEMBER_STRING, .fate = MEMBER_BARRED, .acted = "LOCAL|BROKER_USERNAME",
     .why = "nobody signs in by an identity provider with BROKER_ID"},
};
const member_kind member_identity_provider_mapper_setting = {
    .title = "Setting of an identity provider's mapper",
    .open = true,
    .members = identity_provider_mapper_setting_members,
    .count = ARRAY_LEN(identity_provider_mapper_setting_members)};

static const member identity_provider_mapper_members[] = {
    {"config", MEMBER_MAP, .fate = MEMBER_ACTED, .of = &member_identity_provider_mapper_setting},
    {"id", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"identityProviderAlias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"identityProviderMapper", MEMBER_STRING, .fate = MEMBER_BARRED,
     .acted = "oidc-user-attribute-idp-mapper|hardcoded-attribute-idp-mapper|"
              "oidc-hardcoded-role-idp-mapper|oidc-role-idp-mapper|oidc-advanced-role-idp-mapper|"
              "oidc-hardcoded-group-idp-mapper|oidc-advanced-group-idp-mapper|"
              "keycloak-oidc-role-to-role-idp-mapper|oidc-username-idp-mapper|"
              "hardcoded-user-session-attribute-idp-mapper|oidc-user-session-note-idp-mapper",
     .why = "nobody signs in by an identity provider with one of another type"},
    {"name", MEMBER_STRING, .fate = MEMBER_ACTED},
};
const member_kind member_identity_provider_mapper = {
    .title = "Mapper of an identity provider",
    .representation = "IdentityProviderMapperRepresentation",
    .name = "name",
    .members = identity_provider_mapper_members,
    .count = ARRAY_LEN(identity_provider_mapper_members)};
