/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a realm, of its scope mappings and components, and what becomes of each; see
 * member.h. */
#include "provider/member/kept_shape.h"
#include "provider/member/member.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/member/level_map.h"
#include "provider/proof/password_form.h"
#include "provider/proof/password_policy.h"

/* Names of policies that are not known, numbers that are none, patterns that are not read. */
static const char *policy_unfit(const ost_json *object, const char *name, ost_arena *arena)
{
    ost_error error = {0};
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    const char *policy = ost_arena_copy(arena, text);
    if (policy == NULL)
        return NULL;
    if (password_policy_read(policy, &error) == OST_OK)
        return password_form_unmet(policy, arena);
    return "a part of it cannot be judged here: every password that is set is refused";
}

static const char *mail_password_unmet(ost_text password)
{
    return text_starts(text_trim(password), "${vault.") ? "no mail is sent: there is no vault"
                                                        : NULL;
}

/* Of events as Keycloak names them; each has one of the same name with _ERROR. */
#define EVENT_NAMES                                                                                \
    "LOGIN|REGISTER|LOGOUT|CODE_TO_TOKEN|CLIENT_LOGIN|REFRESH_TOKEN|VALIDATE_ACCESS_TOKEN|"        \
    "INTROSPECT_TOKEN|FEDERATED_IDENTITY_LINK|REMOVE_FEDERATED_IDENTITY|"                          \
    "FEDERATED_IDENTITY_OVERRIDE_LINK|UPDATE_EMAIL|UPDATE_PROFILE|UPDATE_PASSWORD|UPDATE_TOTP|"    \
    "VERIFY_EMAIL|VERIFY_PROFILE|REMOVE_TOTP|GRANT_CONSENT|UPDATE_CONSENT|REVOKE_GRANT|"           \
    "SEND_VERIFY_EMAIL|SEND_RESET_PASSWORD|SEND_IDENTITY_PROVIDER_LINK|RESET_PASSWORD|"            \
    "RESTART_AUTHENTICATION|INVALID_SIGNATURE|REGISTER_NODE|UNREGISTER_NODE|USER_INFO_REQUEST|"    \
    "IDENTITY_PROVIDER_LINK_ACCOUNT|IDENTITY_PROVIDER_LOGIN|IDENTITY_PROVIDER_FIRST_LOGIN|"        \
    "IDENTITY_PROVIDER_POST_LOGIN|IDENTITY_PROVIDER_RESPONSE|IDENTITY_PROVIDER_RETRIEVE_TOKEN|"    \
    "IMPERSONATE|CUSTOM_REQUIRED_ACTION|EXECUTE_ACTIONS|EXECUTE_ACTION_TOKEN|CLIENT_INFO|"         \
    "CLIENT_REGISTER|CLIENT_UPDATE|CLIENT_DELETE|CLIENT_INITIATED_ACCOUNT_LINKING|"                \
    "TOKEN_EXCHANGE|OAUTH2_DEVICE_AUTH|OAUTH2_DEVICE_VERIFY_USER_CODE|"                            \
    "OAUTH2_DEVICE_CODE_TO_TOKEN|AUTHREQID_TO_TOKEN|PERMISSION_TOKEN|DELETE_ACCOUNT|"              \
    "PUSHED_AUTHORIZATION_REQUEST|USER_DISABLED_BY_PERMANENT_LOCKOUT|"                             \
    "USER_DISABLED_BY_TEMPORARY_LOCKOUT|OAUTH2_EXTENSION_GRANT|UPDATE_CREDENTIAL|"                 \
    "REMOVE_CREDENTIAL|INVITE_ORG|USER_SESSION_DELETED|JWT_AUTHORIZATION_GRANT|"                   \
    "VERIFIABLE_CREDENTIAL_REQUEST|VERIFIABLE_CREDENTIAL_NONCE_REQUEST|"                           \
    "VERIFIABLE_CREDENTIAL_CREATE_OFFER|VERIFIABLE_CREDENTIAL_OFFER_REQUEST|"                      \
    "VERIFIABLE_CREDENTIAL_PRE_AUTHORIZED_GRANT"
#define LANGUAGES "ar|de|en|es|fr|it|ja|nl|pl|pt|zh" /* of web/page/messages */

static bool is_listed(ost_text one, const char *list)
{
    ost_text rest = text_of(list), at;
    while (text_next(&rest, '|', &at)) {
        if (text_equal(one, at))
            return true;
    }
    return false;
}

static const char *event_unmet(ost_text name)
{
    static const ost_text failed = {"_ERROR", 6};
    size_t len = text_ends(name, "_ERROR") ? name.len - failed.len : name.len;
    return name.len == 0 || is_listed(text_slice(name, 0, len), EVENT_NAMES)
               ? NULL
               : "no event has such a name";
}

static const char *locale_unfit_one(const ost_json *object, ost_text tag)
{
    const ost_json *texts = ost_json_get(object, "localizationTexts");
    if (tag.len == 0 || is_listed(text_slice(tag, 0, text_find(tag, '-', 0)), LANGUAGES))
        return NULL;
    return ost_json_get_text(texts, tag) != NULL ? NULL
                                                 : "the pages have no such language, and there "
                                                   "are no localizationTexts of it";
}

/* "de_DE" is how Java writes it, and no language of browsers. */
static const char *locale_unfit(const ost_json *object, const char *name, ost_arena *arena)
{
    const ost_json *value = ost_json_get(object, name);
    bool used = false;
    ost_text tag;
    const char *why = NULL;
    (void)arena;
    if (!ost_json_boolean(ost_json_get(object, "internationalizationEnabled"), &used) || !used)
        return NULL;
    if (ost_json_text(value, &tag))
        return locale_unfit_one(object, tag);
    for (const ost_json *at = ost_json_first(value); at != NULL && why == NULL;
         at = ost_json_next(at))
        why = ost_json_text(at, &tag) ? locale_unfit_one(object, tag) : NULL;
    return why;
}

#define UNSPECIFIED "it counts as not specified"

static const member realm_members[] = {
    {"accessCodeLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"accessCodeLifespanLogin", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"accessCodeLifespanUserAction", MEMBER_INTEGER, .fate = MEMBER_KEPT,
     .why = "of pages that are not there"},
    {"accessTokenLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"accessTokenLifespanForImplicitFlow", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"accountTheme", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"keycloak.v3\"",
     .why = "the pages have a look of their own"},
    {"actionTokenGeneratedByAdminLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"actionTokenGeneratedByUserLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"adminEventsDetailsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"adminEventsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"adminPermissionsClient", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"adminPermissionsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "administrators have the roles of Keycloak, without finer permissions"},
    {"adminTheme", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"keycloak.v2\"",
     .why = "the pages have a look of their own"},
    {"applicationScopeMappings", MEMBER_LISTS, .fate = MEMBER_ACTED, .of = &member_scope_mapping,
     .now = "clientScopeMappings"},
    {"applications", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_application,
     .why = "become clients"},
    {"attributes", MEMBER_MAP, .fate = MEMBER_ACTED, .of = &member_realm_attribute},
    {"authenticationFlows", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_flow,
     .why = "the flows in use are compared with what is there"},
    {"authenticatorConfig", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_authenticator_config},
    {"browserFlow", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "logins by another flow than the usual one are refused"},
    {"browserSecurityHeaders", MEMBER_MAP, .fate = MEMBER_KEPT,
     .why = "the pages have stricter ones"},
    {"bruteForceProtected", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"bruteForceStrategy", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"MULTIPLE\"",
     .why = "waits grow as with MULTIPLE", .values = "MULTIPLE|LINEAR", .stray = MEMBER_REFUSED},
    {"certificate", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "of a privateKey; else generated again"},
    {"clientAuthenticationFlow", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"clients\"",
     .why = "clients prove themselves as their clientAuthenticatorType says"},
    {"clientOfflineSessionIdleTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"clientOfflineSessionMaxLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"clientPolicies", MEMBER_OBJECT, .fate = MEMBER_ACTED, .of = &member_client_policies,
     .shape = &kept_client_policies},
    {"clientProfiles", MEMBER_ANY, .fate = MEMBER_ACTED, .shape = &kept_client_profiles,
     .why = "by the policies that name them"},
    {"clientScopeMappings", MEMBER_LISTS, .fate = MEMBER_ACTED, .of = &member_scope_mapping},
    {"clientScopes", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_client_scope},
    {"clientSessionIdleTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"clientSessionMaxLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"clientTemplates", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_client_template,
     .why = "become client scopes, beside the built-in ones"},
    {"clients", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_client},
    {"codeSecret", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "generated again"},
    {"components", MEMBER_OBJECT, .fate = MEMBER_ACTED, .of = &member_components},
    {"defaultDefaultClientScopes", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"defaultGroups", MEMBER_STRINGS, .fate = MEMBER_ACTED, .why = "for users that are made later"},
    {"defaultLocale", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = locale_unfit},
    {"defaultOptionalClientScopes", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"defaultRole", MEMBER_OBJECT, .fate = MEMBER_ACTED, .of = &member_role,
     .why = "the default role has the name that Keycloak gives it"},
    {"defaultRoles", MEMBER_STRINGS, .fate = MEMBER_ACTED,
     .why =
         "the layout before Keycloak 13: put into the default role where there is no defaultRole"},
    {"defaultSignatureAlgorithm", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "needs a key of the algorithm"},
    {"directGrantFlow", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "logins by another flow than the usual one are refused"},
    {"displayName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"displayNameHtml", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "generated again"},
    {"dockerAuthenticationFlow", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "of what is not there"},
    {"duplicateEmailsAllowed", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"editUsernameAllowed", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"emailTheme", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"keycloak\"",
     .why = "the pages have a look of their own"},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"enabledEventTypes", MEMBER_STRINGS, .fate = MEMBER_ACTED, .unmet = event_unmet},
    {"eventsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"eventsExpiration", MEMBER_INTEGER, .fate = MEMBER_ACTED, .wide = true},
    {"eventsListeners", MEMBER_STRINGS, .fate = MEMBER_TOLD, .acted = "jboss-logging",
     .why =
         "events go to the log; nobody is sent mail about them, and other listeners are not there"},
    {"failureFactor", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"federatedUsers", MEMBER_LIST, .fate = MEMBER_TOLD, .of = &member_user,
     .why = "users of other storages are not there"},
    {"firstBrokerLoginFlow", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "of what is not there"},
    {"groups", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_group},
    {"id", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"identityProviderMappers", MEMBER_LIST, .fate = MEMBER_ACTED,
     .of = &member_identity_provider_mapper},
    {"identityProviders", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_identity_provider},
    {"internationalizationEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"keycloakVersion", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "written by the export"},
    {"localizationTexts", MEMBER_ANY, .fate = MEMBER_ACTED,
     .why = "they are shown as text, without markup"},
    {"loginTheme", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"keycloak\"",
     .why = "the pages have a look of their own"},
    {"loginWithEmailAllowed", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"maxDeltaTimeSeconds", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"maxFailureWaitSeconds", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"maxSecondaryAuthFailures", MEMBER_INTEGER, .fate = MEMBER_TOLD,
     .why = "wrong codes count as wrong passwords do"},
    {"maxTemporaryLockouts", MEMBER_INTEGER, .fate = MEMBER_TOLD,
     .why = "lockouts are always temporary"},
    {"minimumQuickLoginWaitSeconds", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"notBefore", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"oauth2DeviceCodeLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"oauth2DevicePollingInterval", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"oauthClients", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_application,
     .why = "become clients that need consent and have no roles but those of their scope mappings"},
    {"offlineSessionIdleTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"offlineSessionMaxLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"offlineSessionMaxLifespanEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"organizations", MEMBER_ANY, .fate = MEMBER_TOLD, .shape = &kept_organizations,
     .why = "organizations are not there"},
    {"organizationsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "organizations are not there"},
    {"otpPolicyAlgorithm", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "HmacSHA1|HmacSHA256|HmacSHA512", .otherwise = "HmacSHA1 counts"},
    {"otpPolicyCodeReusable", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"otpPolicyDigits", MEMBER_INTEGER, .fate = MEMBER_ACTED, .values = "6|8",
     .otherwise = "6 counts"},
    {"otpPolicyInitialCounter", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"otpPolicyLookAheadWindow", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"otpPolicyPeriod", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"otpPolicyType", MEMBER_STRING, .fate = MEMBER_ACTED, .values = "totp|hotp",
     .otherwise = "totp counts"},
    {"otpSupportedApplications", MEMBER_STRINGS, .fate = MEMBER_KEPT},
    {"passwordCredentialGrantAllowed", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"passwordPolicy", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = policy_unfit,
     .why = "passwords that are set, and plain ones of a file, are judged and hashed by it"},
    {"permanentLockout", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "locked for maxDeltaTimeSeconds; the user is not disabled"},
    {"privateKey", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "the layout before Keycloak 2: signs with RS256 where no component holds a key"},
    {"protocolMappers", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"publicKey", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "generated again"},
    {"quickLoginCheckMilliSeconds", MEMBER_INTEGER, .fate = MEMBER_ACTED, .wide = true},
    {"realm", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"refreshTokenMaxReuse", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"registrationAllowed", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"registrationEmailAsUsername", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "for those who register themselves"},
    {"registrationFlow", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "where it asks for a profile, a password and terms; with anything else that it asks "
            "for, such as reCAPTCHA, nobody registers"},
    {"rememberMe", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"requiredActions", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_required_action,
     .why = "decides whether verifyEmail counts"},
    {"requiredCredentials", MEMBER_STRINGS, .fate = MEMBER_REFUSED, .acted = "password",
     .why = "of credentials other than password, as Keycloak refuses them"},
    {"resetCredentialsFlow", MEMBER_STRING, .fate = MEMBER_KEPT, .why = "of what is not there"},
    {"resetPasswordAllowed", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "where there is an smtpServer; of resetCredentialsFlow nothing counts"},
    {"revokeRefreshToken", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"roles", MEMBER_OBJECT, .fate = MEMBER_ACTED, .of = &member_roles},
    {"scimApiEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD, .why = "it is not there"},
    {"scopeMappings", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_scope_mapping},
    {"smtpServer", MEMBER_MAP, .fate = MEMBER_ACTED, .of = &member_mail_server,
     .why = "starttls is asked for, not only offered; there is no vault for the password"},
    {"social", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"socialProviders", MEMBER_MAP, .fate = MEMBER_TOLD,
     .why = "with social they become identity providers"},
    {"sslRequired", MEMBER_STRING, .fate = MEMBER_ACTED, .values = "all|external|none",
     .any_case = true, .stray = MEMBER_REFUSED},
    {"ssoSessionIdleTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"ssoSessionIdleTimeoutRememberMe", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"ssoSessionMaxLifespan", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"ssoSessionMaxLifespanRememberMe", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"supportedLocales", MEMBER_STRINGS, .fate = MEMBER_ACTED, .unfit = locale_unfit},
    {"updateProfileOnInitialSocialLogin", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"userFederationMappers", MEMBER_ANY, .fate = MEMBER_TOLD, .shape = &kept_federation_mappers,
     .why = "users of other storages are not there"},
    {"userFederationProviders", MEMBER_ANY, .fate = MEMBER_TOLD,
     .shape = &kept_federation_providers, .why = "users of other storages are not there"},
    {"userManagedAccessAllowed", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "there are no pages for it"},
    {"users", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_user},
    {"verifiableCredentialsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD, .why = "it is not there"},
    {"verifyEmail", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "without an smtpServer, whose address is not verified is not let in"},
    {"waitIncrementSeconds", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"webAuthnPolicyAcceptableAaguids", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"webAuthnPolicyAttestationConveyancePreference", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "no maker's certificate is trusted: keys that show one are not registered",
     .values = "not specified|none|indirect|direct|enterprise", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyAuthenticatorAttachment", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|platform|cross-platform", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyAvoidSameAuthenticatorRegister", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"webAuthnPolicyCreateTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"webAuthnPolicyExtraOrigins", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessAcceptableAaguids", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessAttestationConveyancePreference", MEMBER_STRING,
     .fate = MEMBER_ACTED,
     .why = "no maker's certificate is trusted: keys that show one are not registered",
     .values = "not specified|none|indirect|direct|enterprise", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyPasswordlessAuthenticatorAttachment", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|platform|cross-platform", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister", MEMBER_BOOLEAN,
     .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessCreateTimeout", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessExtraOrigins", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessMediation", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "passkeys are offered in the field for the name, or by a page of their own"},
    {"webAuthnPolicyPasswordlessPasskeysEnabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessRequireResidentKey", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|Yes|No", .otherwise = "required counts"},
    {"webAuthnPolicyPasswordlessResidentKey", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|required|preferred|discouraged", .otherwise = "required counts"},
    {"webAuthnPolicyPasswordlessRpEntityName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessRpId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"webAuthnPolicyPasswordlessSignatureAlgorithms", MEMBER_STRINGS, .fate = MEMBER_ACTED,
     .values = "ES256|ES384|ES512|RS256|RS384|RS512|Ed25519", .otherwise = "it is not asked for"},
    {"webAuthnPolicyPasswordlessUserVerificationRequirement", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|required|preferred|discouraged", .otherwise = "required counts"},
    {"webAuthnPolicyRequireResidentKey", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|Yes|No", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyResidentKey", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|required|preferred|discouraged", .otherwise = UNSPECIFIED},
    {"webAuthnPolicyRpEntityName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"webAuthnPolicyRpId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"webAuthnPolicySignatureAlgorithms", MEMBER_STRINGS, .fate = MEMBER_ACTED,
     .values = "ES256|ES384|ES512|RS256|RS384|RS512|Ed25519", .otherwise = "it is not asked for"},
    {"webAuthnPolicyUserVerificationRequirement", MEMBER_STRING, .fate = MEMBER_ACTED,
     .values = "not specified|required|preferred|discouraged", .otherwise = UNSPECIFIED},
};
const member_kind member_realm = {.title = "Realm",
                                  .representation = "RealmRepresentation",
                                  .name = "realm",
                                  .members = realm_members,
                                  .count = ARRAY_LEN(realm_members)};

static const member realm_attribute_members[] = {
    {"acr.loa.map", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = level_map_unfit,
     .why = "names of the levels that the flow has; of 0 and 1 where it has none"},
    {"adminEventsExpiration", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"adminPermissionsEnabled", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"false\"",
     .why = "it is not there"},
    {"bruteForceProtected", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"cibaAuthRequestedUserHint", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "login_hint or id_token_hint; by login_hint_token nobody is found",
     .values = "login_hint|id_token_hint|login_hint_token", .otherwise = "login_hint counts"},
    {"cibaBackchannelTokenDeliveryMode", MEMBER_STRING, .fate = MEMBER_ACTED, .values = "poll|ping",
     .otherwise = "poll counts"},
    {"cibaExpiresIn", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"cibaInterval", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"client.id.metadata.document.addresses", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "addresses that are not public and may be asked for metadata; Ostiary's own"},
    {"client.id.metadata.documents", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "clients whose ID is the address of their metadata; Ostiary's own"},
    {"clientSessionIdleTimeout", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "the member of the realm counts"},
    {"clientSessionMaxLifespan", MEMBER_STRING, .fate = MEMBER_KEPT,
     .why = "the member of the realm counts"},
    {"dpop.nonce", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "proofs of possession need a nonce; Ostiary's own"},
    {"frontendUrl", MEMBER_STRING, .fate = MEMBER_TOLD, .why = "the issuer is that of --hostname"},
    {"key.rotation.interval", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "how long a key signs before a new one follows: 90d, or never; Ostiary's own"},
    {"organizationsEnabled", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"false\"",
     .why = "it is not there"},
    {"parRequestUriLifespan", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"realmReusableOtpCode", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "where the realm has no otpPolicyCodeReusable"},
    {"refresh.token.grace", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true,
     .why = "Ostiary's own"},
    {"registration.burst", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true,
     .why = "accounts that one network makes until it waits (20), 0 for any number; Ostiary's own"},
    {"resource.indicators", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "what a client may name as its resource; Ostiary's own"},
};
const member_kind member_realm_attribute = {.title = "Attributes of a realm",
                                            .open = true,
                                            .members = realm_attribute_members,
                                            .count = ARRAY_LEN(realm_attribute_members)};

static const member mail_server_members[] = {
    {"allowutf8", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"auth", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true, .otherwise = "false counts"},
    {"authTokenClientId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"authTokenClientSecret", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"authTokenScope", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"authTokenUrl", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"authType", MEMBER_STRING, .fate = MEMBER_TOLD, .idle = "\"basic\"",
     .why = "logins at it are by name and password"},
    {"envelopeFrom", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"from", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"fromDisplayName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"host", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"password", MEMBER_STRING, .fate = MEMBER_ACTED, .unmet = mail_password_unmet},
    {"port", MEMBER_STRING, .fate = MEMBER_ACTED, .number = true},
    {"replyTo", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"replyToDisplayName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"ssl", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true, .otherwise = "false counts"},
    {"starttls", MEMBER_STRING, .fate = MEMBER_ACTED, .flag = true, .otherwise = "false counts"},
    {"user", MEMBER_STRING, .fate = MEMBER_ACTED},
};
const member_kind member_mail_server = {.title = "Mail server",
                                        .open = true,
                                        .members = mail_server_members,
                                        .count = ARRAY_LEN(mail_server_members)};

static const member scope_mapping_members[] = {
    {"client", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"clientScope", MEMBER_STRING, .fate = MEMBER_ACTED,
     .why = "which is then for users who have one of the roles"},
    {"clientTemplate", MEMBER_SCOPE_NAME, .fate = MEMBER_ACTED, .now = "clientScope"},
    {"roles", MEMBER_STRINGS, .fate = MEMBER_ACTED, .trims = true},
    {"self", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_scope_mapping = {.title = "Scope mapping",
                                          .representation = "ScopeMappingRepresentation",
                                          .members = scope_mapping_members,
                                          .count = ARRAY_LEN(scope_mapping_members)};

static const member components_members[] = {
    {"org.keycloak.keys.KeyProvider", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_component},
    {"org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy", MEMBER_LIST,
     .fate = MEMBER_ACTED, .of = &member_component},
    {"org.keycloak.storage.UserStorageProvider", MEMBER_LIST, .fate = MEMBER_TOLD,
     .of = &member_component, .why = "users of other storages are not there"},
    {"org.keycloak.userprofile.UserProfileProvider", MEMBER_LIST, .fate = MEMBER_ACTED,
     .of = &member_component,
     .why = "attributes beyond its own are kept, whatever unmanagedAttributePolicy says"},
};
const member_kind member_components = {
    .title = "Components", .members = components_members, .count = ARRAY_LEN(components_members)};

static const member component_members[] = {
    {"config", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"name", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"providerId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"subComponents", MEMBER_ANY, .fate = MEMBER_KEPT, .shape = &kept_sub_components},
    {"subType", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_component = {.title = "Component",
                                      .representation = "ComponentExportRepresentation",
                                      .name = "name",
                                      .members = component_members,
                                      .count = ARRAY_LEN(component_members)};
