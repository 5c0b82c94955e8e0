/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the steps; see check_step.h. */
#include "guard/check/check_step.h"

#include <stddef.h>

const char *check_step_name(check_step step)
{
    static const char *const names[] = {
        [STEP_SIZE] = "size",           [STEP_DECRYPTION] = "decryption",
        [STEP_FORM] = "form",           [STEP_ALGORITHM] = "algorithm",
        [STEP_HEADER] = "header",       [STEP_KEY] = "key",
        [STEP_SIGNATURE] = "signature", [STEP_INTROSPECTION] = "introspection",
        [STEP_ISSUER] = "issuer",       [STEP_AUDIENCE] = "audience",
        [STEP_TIME] = "time",           [STEP_REVOCATION] = "revocation",
        [STEP_TYPE] = "type",           [STEP_CLIENT] = "client",
        [STEP_SENDER] = "sender",       [STEP_POLICY] = "policy",
        [STEP_STATUS] = "status",       [CHECK_STEPS] = NULL,
    };
    return names[step];
}
