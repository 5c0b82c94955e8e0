/* SPDX-License-Identifier: Apache-2.0 */
/* Executors of client policies: what a policy demands. */
#ifndef POLICY_EXECUTOR_H
#define POLICY_EXECUTOR_H

#include "provider/policy/policy_case.h"

/* Of a request: NULL, nothing is against it. */
typedef const policy_refusal *policy_check(const ost_json *configuration, const policy_case *c);
/* Of a client that is to be: the same, with what is to be changed in it. */
typedef const policy_refusal *policy_propose(const ost_json *configuration, const policy_case *c,
                                             policy_edits *edits);

/* Puts its flow in the place of the one before. */
typedef void policy_choose(const ost_json *configuration, policy_flow *flow);

/* What it wants asked, of a request that its check has let pass; NULL: no memory. */
typedef policy_question *policy_ask(const ost_json *configuration, const policy_case *c);

/* When the secret of the client that makes a request ends from now on, in seconds; 0: as before. */
typedef int64_t policy_end_of(const ost_json *configuration, const policy_case *c);

typedef bool policy_has_effect(const ost_json *configuration, const policy_case *c);

/* Of a policy that is to be enabled: what its realm (the document) does not have, in words that go
 * on after the executor's name. NULL: nothing. */
typedef const char *policy_fault_of(const ost_json *configuration, const ost_json *realm);

typedef struct policy_executor {
    const char *name;
    policy_check *check;            /* NULL: it has nothing to say of requests, */
    policy_propose *propose;        /* or of clients */
    unsigned effect;                /* what it changes, where it counts: enum policy_effect */
    policy_has_effect *effect_when; /* and says so of the request; NULL: of each */
    policy_propose
        *renew; /* what it changes in a client whose secret is made anew; NULL: nothing */
    policy_choose *choose;  /* the flow of an authorization request; NULL: it chooses none */
    policy_ask *question;   /* about an authorization request; NULL: none */
    policy_end_of *ends;    /* the end of a secret that has none; NULL: none */
    policy_fault_of *fault; /* NULL: it needs nothing of the realm */
} policy_executor;

/* NULL: it is not known, or nothing enforces it. */
const policy_executor *policy_executor_find(ost_text name);

/* The executor by which the secret before still counts for a time. */
#define SECRET_ROTATION "secret-rotation"
#define SECRET_DAY ((int64_t)86400)
/* Seconds, where a profile does not say: that a secret is good, that it is good beside its
 * successor, and at the begin of which Keycloak makes another one. */
#define SECRET_PERIOD (29 * SECRET_DAY)
#define SECRET_PERIOD_AFTER (2 * SECRET_DAY)
#define SECRET_PERIOD_LAST (10 * SECRET_DAY)

/* ---- policy_secret.c, policy_pattern.c, policy_request.c, policy_authorization.c,
 * policy_proposal.c, policy_redirect.c, policy_certificate.c, policy_flow.c, policy_intent.c ----
 */

policy_check check_confidential_client, check_implicit_grant, check_password_grant,
    check_code_challenge, check_secure_uri, check_pushed, check_authenticator,
    check_assertion_algorithm, check_assertion_audience, check_key_binding,
    check_certificate_binding, check_redirect_uri, check_anything, check_token_claim, check_session,
    check_response_type, check_request_object, check_backchannel_session, check_backchannel_object,
    check_intent;

policy_propose propose_no_implicit_grant, propose_no_password_grant, propose_code_challenge,
    propose_consent, propose_no_full_scope, propose_secure_uris, propose_authenticator,
    propose_algorithms, propose_key_binding, propose_certificate_binding, propose_redirect_uris,
    propose_backchannel_algorithm, propose_detached_signature, propose_logout, propose_nothing,
    propose_uri_patterns, propose_secret_end, propose_authority, renew_secret;

policy_has_effect binds_refresh_alone;

policy_choose choose_flow;
policy_end_of end_of_secret;
policy_fault_of fault_of_flow, fault_of_intent;
policy_ask ask_about_intent;

/* One member more, or attribute, that a proposal sets. NULL: done. */
const policy_refusal *policy_edit_put(policy_edits *edits, bool attribute, const char *name,
                                      ost_text json);

/* Of the algorithms for signatures, those of FAPI: PS and ES. */
bool policy_algorithm_is_secure(ost_text algorithm);

/* "https://…" without a wildcard. */
bool policy_uri_is_secure(ost_text uri);

#endif
