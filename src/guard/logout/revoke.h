/* SPDX-License-Identifier: Apache-2.0 */
/* Taking tokens back: in memory, and in the file if there is one. */
#ifndef REVOKE_H
#define REVOKE_H

#include "guard/guard_state.h"

/* Opens the guard's file of revocations and follows it. OST_E_CONFIG, OST_E_SYSTEM, OST_E_MEMORY
 * with a sentence. */
OST_MUST_CHECK ost_result revoke_open_file(ost_guard *guard, const char *path, size_t entries,
                                           ost_error *error);

/* As ost_guard_revoke, of the issuer of that index. */
OST_MUST_CHECK ost_result revoke_of(ost_guard *guard, size_t issuer, const ost_revocation *what,
                                    int64_t now);

#endif
