/* SPDX-License-Identifier: Apache-2.0 */
/* Flows of four parts, written in few words, and walks through them. */
#ifndef FLOWS_FIXTURE_H
#define FLOWS_FIXTURE_H

#include "provider/flow/flow_walk.h"
#include "test.h"

#define STEP(name, requirement)                                                                    \
    "{\"authenticator\":\"" name "\",\"requirement\":\"" requirement "\"}"
#define SET(name, config)                                                                          \
    "{\"authenticator\":\"" name "\",\"requirement\":\"REQUIRED\",\"authenticatorConfig\":"        \
    "\"" config "\"}"
#define PART(name, requirement) "{\"flowAlias\":\"" name "\",\"requirement\":\"" requirement "\"}"
#define COOKIE STEP("auth-cookie", "ALTERNATIVE")
#define FORMS PART("forms", "ALTERNATIVE")
#define PASSWORD STEP("auth-username-password-form", "REQUIRED")
#define OTP(requirement) STEP("auth-otp-form", requirement)
#define KEY(requirement) STEP("webauthn-authenticator", requirement)
#define CODES(requirement) STEP("auth-recovery-authn-code-form", requirement)
#define PASSKEY(requirement) STEP("webauthn-authenticator-passwordless", requirement)
#define OWNER STEP("conditional-user-configured", "REQUIRED")
#define MEMBER SET("conditional-user-role", "member")
#define OTHER SET("conditional-user-role", "other")
#define ABSENT SET("conditional-user-role", "absent")
#define NOT_ABSENT SET("conditional-user-role", "not-absent")
#define SCOPE SET("conditional-client-scope", "scope")
#define NOT_SCOPE SET("conditional-client-scope", "not-scope")
#define ATTRIBUTE SET("conditional-user-attribute", "attribute")
#define NOT_ATTRIBUTE SET("conditional-user-attribute", "not-attribute")
#define THROUGH(flow) SET("conditional-sub-flow-executed", "through-" flow)
#define NOT_THROUGH(flow) SET("conditional-sub-flow-executed", "not-through-" flow)
#define LEVEL(n) SET("conditional-level-of-authentication", "level" n)
#define DENY SET("deny-access-authenticator", "words")
#define IF_A PART("a", "CONDITIONAL")
#define IF_B PART("b", "CONDITIONAL")

#define ALL PROOF_FACTORS
#define CODE ((unsigned)FACTOR_CODE)
#define A_KEY ((unsigned)FACTOR_KEY)
#define RECOVERY ((unsigned)FACTOR_RECOVERY)
#define PW PROOF_PASSWORD
#define PK PROOF_PASSKEY

/* What is known of somebody who has shown these proofs, of which the first 0 is the end; at the
 * time 1000, with no level wanted. */
flow_facts flows_facts(unsigned owned, const unsigned *proofs, size_t max);

/* The verdict on flows with these executions, each a list of what is above. The realm's role
 * "member", the client scope "some" and the attribute "kind" with the value "it" are held by the
 * user as "member" says. */
flow_verdict flows_walk(const char *top, const char *forms, const char *a, const char *b,
                        flow_facts facts, flow_hold member);

#endif
