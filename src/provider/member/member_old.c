/* SPDX-License-Identifier: Apache-2.0 */
/* The members of objects that only files of before Keycloak 2 and 4 have, and what becomes of each;
 * see member.h and old_layout.h. */
#include "provider/member/member.h"

#include "base/array.h"

static const member application_members[] = {
    {"claims", MEMBER_ANY, .fate = MEMBER_KEPT,
     .why = "left out: today's Keycloak makes nothing of them"},
    {"name", MEMBER_STRING, .fate = MEMBER_ACTED, .why = "becomes the clientId"},
};
const member_kind member_application = {.title = "Application or OAuth client",
                                        .representation = "ApplicationRepresentation",
                                        .name = "name",
                                        .base = &member_client,
                                        .members = application_members,
                                        .count = ARRAY_LEN(application_members)};

static const member client_template_members[] = {
    {"bearerOnly", MEMBER_BOOLEAN, .fate = MEMBER_TOLD, .why = "a client scope has no such member"},
    {"consentRequired", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"directAccessGrantsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"frontchannelLogout", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"fullScopeAllowed", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"implicitFlowEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"name", MEMBER_SCOPE_NAME, .fate = MEMBER_ACTED},
    {"publicClient", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"serviceAccountsEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
    {"standardFlowEnabled", MEMBER_BOOLEAN, .fate = MEMBER_TOLD,
     .why = "a client scope has no such member"},
};
const member_kind member_client_template = {.title = "Client template",
                                            .representation = "ClientTemplateRepresentation",
                                            .name = "name",
                                            .base = &member_client_scope,
                                            .members = client_template_members,
                                            .count = ARRAY_LEN(client_template_members)};

static const member social_link_members[] = {
    {"socialProvider", MEMBER_STRING, .fate = MEMBER_ACTED, .now = "identityProvider"},
    {"socialUserId", MEMBER_STRING, .fate = MEMBER_ACTED, .now = "userId"},
    {"socialUsername", MEMBER_STRING, .fate = MEMBER_KEPT, .now = "userName"},
};
const member_kind member_social_link = {.title = "Social link",
                                        .representation = "SocialLinkRepresentation",
                                        .members = social_link_members,
                                        .count = ARRAY_LEN(social_link_members)};
