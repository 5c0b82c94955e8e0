/* SPDX-License-Identifier: Apache-2.0 */
/* A security key as the second factor of a login; see code_step.h, whose page it may stand in for.
 */
#ifndef KEY_STEP_H
#define KEY_STEP_H

#include "page/page.h"
#include "provider/login/browser_login.h"

/* What the page says of the keys of login->user. False: it cannot be made. */
OST_MUST_CHECK bool key_step_put(call *call, page *page);

/* Judges the form. On the pool. */
authentication_outcome key_step_take(call *call, bool halfway);

#endif
