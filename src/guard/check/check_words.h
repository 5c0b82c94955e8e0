/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a trace; there is one, but for trace_payload. */
#ifndef CHECK_WORDS_H
#define CHECK_WORDS_H

#include "guard/check/check_state.h"

/* The words of a step. */
void trace_step(check *c, check_step step, ost_result result);

/* The token has been split, or could not be (NULL): what it says may be shown from here on. */
void trace_reading(check *c, const ost_unverified_jws *jws);

/* Which keys there are to choose from. And: what was chosen for this signature. */
void trace_keys(check *c, const ost_keyset *keys, const keyset_left_out *left_out);
void trace_chosen(check *c, const ost_key *key);

/* After a failure: the payload as it came, for what else is wrong with it. False: there is none, or
 * nobody asked for it, or there is no trace. */
bool trace_payload(check *c, ost_text *ret_payload);

#endif
