/* SPDX-License-Identifier: Apache-2.0 */
/* Flows that go with logins by an identity provider: of a first login, and after each. */
#ifndef BROKER_FLOW_H
#define BROKER_FLOW_H

#include <ostiary/json.h>

/* Keycloak's own flow of first logins, which a realm's document may do without. */
#define BROKER_FLOW_USUAL "first broker login"

/* Why nobody can go through the flow, half a sentence, in the arena; NULL: they can. `first`: it is
 * one of first logins. An empty alias is no flow. */
const char *broker_flow_fault(const ost_json *realm, ost_text alias, bool first, ost_arena *arena);

/* The first step of an authenticator that is not disabled, in the flow or its parts; NULL: there is
 * none. */
const ost_json *broker_flow_step(const ost_json *realm, const ost_json *flow,
                                 const char *authenticator);

/* What new users are asked for: Keycloak's idp-review-profile. */
typedef enum broker_review { REVIEW_MISSING, REVIEW_ALWAYS, REVIEW_NEVER } broker_review;
typedef struct broker_first {
    broker_review review;
    bool password; /* they choose a password */
    bool mail;     /* owners of accounts may prove it by a mail */
} broker_first;

/* Of the flow of that alias; Keycloak's own: where it is not there. */
broker_first broker_flow_first(const ost_json *realm, ost_text alias);

#endif
