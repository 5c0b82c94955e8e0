/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's classes of what is kept unread, of 24.0.5 and 26.7.3; see kept_shape.h. */
#include "provider/member/kept_shape.h"

#include "provider/member/member.h"

/* ---- authorization services ---- */

static const kept_class strategies = {"DecisionStrategy", "AFFIRMATIVE|UNANIMOUS|CONSENSUS", NULL};
static const kept_class logics = {"Logic", "POSITIVE|NEGATIVE", NULL};
static const kept_class enforcement_modes = {"PolicyEnforcementMode",
                                             "ENFORCING|PERMISSIVE|DISABLED", NULL};

static const kept_class owner_class = {"ResourceOwnerRepresentation", "id|name", NULL};
static const kept_class resource_class, scope_class, policy_class;

static const kept_part resource_parts[] = {
    {"scopes", {KEPT_LIST, &scope_class, NULL}}, {"owner", {KEPT_OBJECT, &owner_class, NULL}}, {0}};
static const kept_class resource_class = {
    "ResourceRepresentation",
    "id|_id|name|displayName|uri|uris|type|icon_uri|ownerManagedAccess|attributes", resource_parts};

static const kept_part scope_parts[] = {{"policies", {KEPT_LIST, &policy_class, NULL}},
                                        {"resources", {KEPT_LIST, &resource_class, NULL}},
                                        {0}};
static const kept_class scope_class = {"ScopeRepresentation", "id|name|displayName|iconUri",
                                       scope_parts};

static const kept_part policy_parts[] = {{"resourcesData", {KEPT_LIST, &resource_class, NULL}},
                                         {"scopesData", {KEPT_LIST, &scope_class, NULL}},
                                         {"decisionStrategy", {KEPT_CHOICE, &strategies, NULL}},
                                         {"logic", {KEPT_CHOICE, &logics, NULL}},
                                         {0}};
static const kept_class policy_class = {"PolicyRepresentation",
                                        "id|type|name|description|policies|"
                                        "resources|scopes|owner|resourceType|config",
                                        policy_parts};

static const kept_class type_class = {"ResourceType", "type|scopes|scopeAliases|groupType", NULL};
static const kept_part schema_parts[] = {{"resourceTypes", {KEPT_OBJECTS, &type_class, NULL}}, {0}};
static const kept_class schema_class = {"AuthorizationSchema", "", schema_parts};

static const kept_part settings_parts[] = {
    {"resources", {KEPT_LIST, &resource_class, NULL}},
    {"policies", {KEPT_LIST, &policy_class, NULL}},
    {"scopes", {KEPT_LIST, &scope_class, NULL}},
    {"authorizationSchema", {KEPT_OBJECT, &schema_class, NULL}},
    {"policyEnforcementMode", {KEPT_CHOICE, &enforcement_modes, NULL}},
    {"decisionStrategy", {KEPT_CHOICE, &strategies, NULL}},
    {0}};
static const kept_class settings_class = {"ResourceServerRepresentation",
                                          "id|clientId|name|allowRemoteResourceManagement",
                                          settings_parts};
const kept_shape kept_authorization = {KEPT_OBJECT, &settings_class, NULL};

/* ---- organizations ---- */

static const kept_class domain_class = {"OrganizationDomainRepresentation", "name|verified", NULL};
static const kept_class memberships = {"MembershipType", "UNMANAGED|MANAGED", NULL};
static const kept_part organization_member_parts[] = {
    {"membershipType", {KEPT_CHOICE, &memberships, NULL}}, {0}};
static const kept_class organization_member_class = {"MemberRepresentation", "",
                                                     organization_member_parts};
static const kept_part organization_parts[] = {
    {"domains", {KEPT_LIST, &domain_class, NULL}},
    {"identityProviders", {KEPT_LIST, NULL, &member_identity_provider}},
    {"groups", {KEPT_LIST, NULL, &member_group}},
    {"members", {KEPT_LIST, &organization_member_class, &member_user}},
    {0}};
static const kept_class organization_class = {
    "OrganizationRepresentation", "id|name|alias|enabled|description|redirectUrl|attributes",
    organization_parts};
const kept_shape kept_organizations = {KEPT_LIST, &organization_class, NULL};

/* ---- users, components, user storages of before Keycloak 3 ---- */

static const kept_class attribute_class = {"UserProfileAttributeMetadata",
                                           "name|displayName|required|readOnly|annotations|"
                                           "validators|group|multivalued|defaultValue",
                                           NULL};
static const kept_class group_class = {"UserProfileAttributeGroupMetadata",
                                       "name|displayHeader|displayDescription|annotations", NULL};
static const kept_part metadata_parts[] = {{"attributes", {KEPT_LIST, &attribute_class, NULL}},
                                           {"groups", {KEPT_LIST, &group_class, NULL}},
                                           {0}};
static const kept_class metadata_class = {"UserProfileMetadata", "", metadata_parts};
const kept_shape kept_profile_metadata = {KEPT_OBJECT, &metadata_class, NULL};

const kept_shape kept_sub_components = {KEPT_LISTS, NULL, &member_component};

static const kept_class provider_class = {
    "UserFederationProviderRepresentation",
    "id|displayName|providerName|config|priority|fullSyncPeriod|changedSyncPeriod|lastSync", NULL};
const kept_shape kept_federation_providers = {KEPT_LIST, &provider_class, NULL};

static const kept_class mapper_class = {
    "UserFederationMapperRepresentation",
    "id|name|federationProviderDisplayName|federationMapperType|config", NULL};
const kept_shape kept_federation_mappers = {KEPT_LIST, &mapper_class, NULL};

/* ---- client policies, of which Keycloak drops all when it cannot read one ---- */

static const kept_class executor_class = {"ClientPolicyExecutorRepresentation",
                                          "executor|configuration", NULL};
static const kept_part profile_parts[] = {{"executors", {KEPT_LIST, &executor_class, NULL}}, {0}};
static const kept_class profile_class = {"ClientProfileRepresentation", "name|description",
                                         profile_parts};
static const kept_part profiles_parts[] = {{"profiles", {KEPT_LIST, &profile_class, NULL}}, {0}};
static const kept_class profiles_class = {"ClientProfilesRepresentation", "globalProfiles",
                                          profiles_parts};
const kept_shape kept_client_profiles = {KEPT_OBJECT, &profiles_class, NULL};

static const kept_class condition_class = {"ClientPolicyConditionRepresentation",
                                           "condition|configuration", NULL};
static const kept_part client_policy_parts[] = {{"conditions", {KEPT_LIST, &condition_class, NULL}},
                                                {0}};
static const kept_class client_policy_class = {
    "ClientPolicyRepresentation", "name|description|enabled|mode|profiles", client_policy_parts};
static const kept_part client_policies_parts[] = {
    {"policies", {KEPT_LIST, &client_policy_class, NULL}}, {0}};
static const kept_class client_policies_class = {"ClientPoliciesRepresentation", "globalPolicies",
                                                 client_policies_parts};
const kept_shape kept_client_policies = {KEPT_OBJECT, &client_policies_class, NULL};
