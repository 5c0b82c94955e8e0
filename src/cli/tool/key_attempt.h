/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying or decrypting with the keys of a file, whatever ids the message names. */
#ifndef KEY_ATTEMPT_H
#define KEY_ATTEMPT_H

#include "cli/tool/tool_key.h"

typedef ost_result key_attempt(const ost_keyset *keys, void *user, ost_error *error);

/* Attempts it with the keys, which are freed then. The only key there is, when it has no id, takes
 * the ids that the message names, compact or JSON, one after another until an attempt succeeds. */
OST_MUST_CHECK ost_result key_attempt_each(tool_keys *keys, ost_text message, ost_arena *arena,
                                           key_attempt *attempt, void *user, ost_error *error);

#endif
