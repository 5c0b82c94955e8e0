/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a token and the guard's verdict, for people and for programs. */
#ifndef EXPLAIN_REPORT_H
#define EXPLAIN_REPORT_H

#include "cli/explain/explain.h"

/* `verified`: the claims are the issuer's, and no hearsay. Lines of at most 80 columns, but for
 * what the token says, on standard output. */
void explain_print(const explain_step steps[CHECK_STEPS], const ost_verdict *verdict,
                   bool verified);

/* One JSON object. OST_E_MEMORY. */
OST_MUST_CHECK ost_result explain_print_json(const explain_step steps[CHECK_STEPS],
                                             const ost_verdict *verdict, bool verified,
                                             ost_arena *arena, ost_error *error);

#endif
