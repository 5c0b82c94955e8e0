/* SPDX-License-Identifier: Apache-2.0 */
/* Words for the operator: why a token was refused, and what to do about it. */
#ifndef EXPLANATION_H
#define EXPLANATION_H

#include <ostiary/guard.h>

#include "guard/check/check_step.h"
#include "guard/issuer.h"

/* Of the step that failed. In the arena; when it is full, only what happened. `claims` are NULL
 * when they have not been verified. Control characters of the token do not get through. */
ost_text explanation_of(const ost_error *error, check_step step, const issuer *issuer,
                        const ost_claims *claims, ost_arena *arena);

#endif
