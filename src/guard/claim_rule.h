/* SPDX-License-Identifier: Apache-2.0 */
/* What one claim must say; see ost_claim_rule in <ostiary/policy.h>. */
#ifndef CLAIM_RULE_H
#define CLAIM_RULE_H

#include <ostiary/jwt.h>
#include <ostiary/policy.h>

#define CLAIM_RULE_STEPS 8
#define CLAIM_RULE_VALUE_MAX 256

/* A rule that cannot be read, or that goes too deep, holds for no token. */
bool claim_rule_holds(const ost_claim_rule *rule, const ost_claims *claims);

/* True when `text` is of the form `pattern`. A text of more than 1024 bytes never is, so that the
 * time is bounded: text times pattern. */
bool claim_rule_matches(ost_text pattern, ost_text text);

/* The value at a path or a JSON pointer; NULL: there is none. */
const ost_json *claim_rule_find(const ost_json *claims, const char *path);

#endif
