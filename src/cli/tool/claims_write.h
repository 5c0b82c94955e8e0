/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of a new token, by the options of `ostiary jwt sign`. */
#ifndef CLAIMS_WRITE_H
#define CLAIMS_WRITE_H

#include <ostiary/types.h>

#include "base/options.h"

/* What the options say, then what the file of --claims says besides; iat and exp are always there.
 * As JSON in the arena. OST_E_ARGUMENT: a claim that is given twice, more than 64. */
OST_MUST_CHECK ost_result claims_write(const option_values *values, ost_arena *arena,
                                       ost_text *ret_claims, ost_error *error);

#endif
