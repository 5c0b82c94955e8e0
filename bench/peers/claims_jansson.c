/* SPDX-License-Identifier: Apache-2.0 */
/* exp, iss and aud (RFC 7519 §4.1); see claims_jansson.h. */
#include "claims_jansson.h"

#include <string.h>
#include <time.h>

#include "worker.h"

static bool is(const json_t *value, const char *expected)
{
    return json_is_string(value) && strcmp(json_string_value(value), expected) == 0;
}

bool audience_is_good(const json_t *aud)
{
    for (size_t i = 0; i < json_array_size(aud); i++) {
        if (is(json_array_get(aud, i), WORKER_AUDIENCE))
            return true;
    }
    return is(aud, WORKER_AUDIENCE);
}

bool claims_are_good(const json_t *claims)
{
    const json_t *exp = json_object_get(claims, "exp");
    return json_is_integer(exp) && json_integer_value(exp) > time(NULL) &&
           is(json_object_get(claims, "iss"), WORKER_ISSUER) &&
           audience_is_good(json_object_get(claims, "aud"));
}
