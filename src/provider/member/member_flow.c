/* SPDX-License-Identifier: Apache-2.0 */
/* The members of authentication flows, required actions, client policies and identity providers,
 * and what becomes of each; see member.h. */
#include "provider/member/member.h"

#include "base/array.h"

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
                                 .name = "alias",
                                 .members = flow_members,
                                 .count = ARRAY_LEN(flow_members)};

static const member execution_members[] = {
    {"authenticator", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"authenticatorConfig", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"authenticatorFlow", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"autheticatorFlow", MEMBER_BOOLEAN, .fate = MEMBER_ACTED},
    {"flowAlias", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"priority", MEMBER_INTEGER, .fate = MEMBER_ACTED},
    {"requirement", MEMBER_STRING, .fate = MEMBER_ACTED},
    {"userSetupAllowed", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
};
const member_kind member_execution = {.title = "Execution of a flow",
                                      .members = execution_members,
                                      .count = ARRAY_LEN(execution_members)};

static const member authenticator_config_members[] = {
    {"alias", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"config", MEMBER_MAP, .fate = MEMBER_KEPT},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_authenticator_config = {.title = "Configuration of an authenticator",
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

static const member identity_provider_members[] = {
    {"addReadTokenRoleOnCreate", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"alias", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "for its assertions"},
    {"authenticateByDefault", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"config", MEMBER_MAP, .fate = MEMBER_ACTED, .why = "for its assertions"},
    {"displayName", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"enabled", MEMBER_BOOLEAN, .fate = MEMBER_ACTED, .why = "for its assertions"},
    {"firstBrokerLoginFlowAlias", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"hideOnLogin", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"internalId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"linkOnly", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"organizationId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"postBrokerLoginFlowAlias", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"providerId", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "for its assertions"},
    {"storeToken", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"trustEmail", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"types", MEMBER_STRINGS, .fate = MEMBER_KEPT},
    {"updateProfileFirstLogin", MEMBER_BOOLEAN, .fate = MEMBER_KEPT},
    {"updateProfileFirstLoginMode", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_identity_provider = {.title = "Identity provider",
                                              .name = "alias",
                                              .members = identity_provider_members,
                                              .count = ARRAY_LEN(identity_provider_members)};

static const member identity_provider_mapper_members[] = {
    {"config", MEMBER_MAP, .fate = MEMBER_KEPT},
    {"id", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"identityProviderAlias", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"identityProviderMapper", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"name", MEMBER_STRING, .fate = MEMBER_KEPT},
};
const member_kind member_identity_provider_mapper = {
    .title = "Mapper of an identity provider",
    .name = "name",
    .members = identity_provider_mapper_members,
    .count = ARRAY_LEN(identity_provider_mapper_members)};
