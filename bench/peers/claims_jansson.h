/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of claims for libraries that leave them to their users, on jansson, which each of them
 * stands on. */
#ifndef CLAIMS_JANSSON_H
#define CLAIMS_JANSSON_H

#include <jansson.h>
#include <stdbool.h>

bool audience_is_good(const json_t *aud);
bool claims_are_good(const json_t *claims); /* exp, iss, aud */

#endif
