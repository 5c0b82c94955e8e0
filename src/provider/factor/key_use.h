/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an answer that came with a form was made by a key of the user. */
#ifndef KEY_USE_H
#define KEY_USE_H

#include "provider/session/authentication.h"
#include "provider/session/key_ceremony.h"

/* Checks the form by the user's keys of the ceremony's kind; the challenge is used up, and the
 * key counts on. OST_E_CONFLICT: the user has been changed meanwhile; call_is_busy: it could not be
 * found out; everything else: it is wrong. On the pool. */
OST_MUST_CHECK ost_result key_use_check(call *call, const key_ceremony *ceremony,
                                        const authenticated_user *user);

#endif
