/* SPDX-License-Identifier: Apache-2.0 */
/* The members of users and their credentials, of roles and groups, and what becomes of each; see
 * member.h. */
#include "provider/member/kept_shape.h"
#include "provider/member/member.h"

#include "base/array.h"
#include "provider/member/credential_form.h"

static const member user_members[] = {
    {"access", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"applicationRoles", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED, .trims = true,
     .now = "clientRoles"},
    {"attributes", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED, .single = true},
    {"clientConsents", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_consent},
    {"clientRoles", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED, .trims = true},
    {"createdTimestamp", MEMBER_INTEGER, .fate = MEMBER_KEPT, .wide = true},
    {"credentials", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_credential},
    {"disableableCredentialTypes", MEMBER_STRINGS, .fate = MEMBER_KEPT},
    {"email", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"emailVerified", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"federatedIdentities", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_federated_identity},
    {"federationLink", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "users of other storages are not there"},
    {"firstName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"groups", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"id", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"issuedVerifiableCredentials", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"lastName", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"notBefore", MEMBER_INTEGER, .fate = MEMBER_KEPT},
    {"origin", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"realmRoles", MEMBER_STRINGS, .fate = MEMBER_ACTED, .trims = true},
    {"requiredActions", MEMBER_STRINGS, .fate = MEMBER_BARRED,
     .acted = "CONFIGURE_TOTP|CONFIGURE_RECOVERY_AUTHN_CODES|webauthn-register|webauthn-register-"
              "passwordless|UPDATE_PASSWORD|TERMS_AND_CONDITIONS|"
              "UPDATE_PROFILE|VERIFY_PROFILE",
     .why = "the login is refused until they are done"},
    {"self", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"serviceAccountClientId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"socialLinks", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_social_link,
     .now = "federatedIdentities"},
    {"totp", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"userProfileMetadata", MEMBER_ANY, .fate = MEMBER_KEPT, .shape = &kept_profile_metadata},
    {"username", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"verifiableCredentials", MEMBER_ANY, .fate = MEMBER_KEPT},
};
const member_kind member_user = {.title = "User",
                                 .representation = "UserRepresentation",
                                 .name = "username",
                                 .members = user_members,
                                 .count = ARRAY_LEN(user_members)};

static const member credential_members[] = {
    {"algorithm", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"config", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"counter", MEMBER_INTEGER, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"createdDate", MEMBER_INTEGER, .fate = MEMBER_KEPT, .wide = true},
    {"credentialData", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = credential_unfit},
    {"device", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"digits", MEMBER_INTEGER, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"federationLink", MEMBER_STRING, .fate = MEMBER_TOLD,
     .why = "credentials of other storages are not there"},
    {"hashIterations", MEMBER_INTEGER, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"hashedSaltedValue", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = credential_unfit,
     .why = "of before Keycloak 8"},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"period", MEMBER_INTEGER, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"priority", MEMBER_INTEGER, .fate = MEMBER_KEPT},
    {"salt", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "of before Keycloak 8"},
    {"secretData", MEMBER_STRING, .fate = MEMBER_ACTED, .unfit = credential_unfit},
    {"temporary", MEMBER_BOOLEAN, .fate = MEMBER_ACTED,
     .why = "becomes the required action UPDATE_PASSWORD"},
    {"type", MEMBER_STRING, .fate = MEMBER_BARRED,
     .acted = "password|password-history|otp|totp|hotp|recovery-authn-codes|webauthn|"
              "webauthn-passwordless",
     .unfit = credential_unfit,
     .why = "flows that ask for other factors let nobody in, and no others do"},
    {"userLabel", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"value", MEMBER_STRING, .fate = MEMBER_ACTED},
};
const member_kind member_credential = {.title = "Credential",
                                       .representation = "CredentialRepresentation",
                                       .name = "type",
                                       .owned = true,
                                       .members = credential_members,
                                       .count = ARRAY_LEN(credential_members)};

static const member consent_members[] = {
    {"clientId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"createdDate", MEMBER_INTEGER, .fate = MEMBER_ACTED, .wide = true},
    {"grantedClientRoles", MEMBER_ANY, .fate = MEMBER_KEPT,
     .why = "left out: client scopes alone are granted since Keycloak 4"},
    {"grantedClientScopes", MEMBER_STRINGS, .fate = MEMBER_ACTED},
    {"grantedProtocolMappers", MEMBER_ANY, .fate = MEMBER_KEPT,
     .why = "left out: client scopes alone are granted since Keycloak 4"},
    {"grantedRealmRoles", MEMBER_STRINGS, .fate = MEMBER_ACTED,
     .why = "of before Keycloak 4: offline_access, as the client scope, alone"},
    {"lastUpdatedDate", MEMBER_INTEGER, .fate = MEMBER_ACTED, .wide = true},
};
const member_kind member_consent = {
    .title = "Consent", .members = consent_members, .count = ARRAY_LEN(consent_members)};

static const member federated_identity_members[] = {
    {"identityProvider", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"userId", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"userName", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_federated_identity = {.title = "Federated identity",
                                               .representation = "FederatedIdentityRepresentation",
                                               .members = federated_identity_members,
                                               .count = ARRAY_LEN(federated_identity_members)};

static const member role_members[] = {
    {"attributes", MEMBER_STRING_LISTS, .fate = MEMBER_KEPT},
    {"clientRole", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"composite", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"composites", MEMBER_OBJECT, .fate = MEMBER_ACTED, .of = &member_composites},
    {"containerId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"description", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"name", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"scopeParamRequired", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
};
const member_kind member_role = {.title = "Role",
                                 .representation = "RoleRepresentation",
                                 .name = "name",
                                 .members = role_members,
                                 .count = ARRAY_LEN(role_members)};

static const member roles_members[] = {
    {"application", MEMBER_LISTS, .fate = MEMBER_ACTED, .of = &member_role, .now = "client"},
    {"client", MEMBER_LISTS, .fate = MEMBER_ACTED, .of = &member_role},
    {"realm", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_role},
};
const member_kind member_roles = {.title = "Roles",
                                  .representation = "RolesRepresentation",
                                  .members = roles_members,
                                  .count = ARRAY_LEN(roles_members)};

static const member composites_members[] = {
    {"application", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED, .now = "client"},
    {"client", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED},
    {"realm", MEMBER_STRINGS, .fate = MEMBER_ACTED},
};
const member_kind member_composites = {.title = "Composites of a role",
                                       .representation = "Composites",
                                       .members = composites_members,
                                       .count = ARRAY_LEN(composites_members)};

static const member group_members[] = {
    {"access", MEMBER_ANY, .fate = MEMBER_KEPT},
    {"attributes", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED,
     .why = "inherited by the users of the group"},
    {"clientRoles", MEMBER_STRING_LISTS, .fate = MEMBER_ACTED, .trims = true},
    {"description", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"name", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"parentId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"path", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"realmRoles", MEMBER_STRINGS, .fate = MEMBER_ACTED, .trims = true},
    {"subGroupCount", MEMBER_INTEGER, .fate = MEMBER_KEPT, .wide = true},
    {"subGroups", MEMBER_LIST, .fate = MEMBER_ACTED, .of = &member_group},
};
const member_kind member_group = {.title = "Group",
                                  .representation = "GroupRepresentation",
                                  .name = "name",
                                  .members = group_members,
                                  .count = ARRAY_LEN(group_members)};
