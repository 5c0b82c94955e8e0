/* SPDX-License-Identifier: Apache-2.0 */
/* A passkey in the place of a password: the page that asks for one, at the address of the login
 * page with PASSKEY_STEP as what is executed. */
#ifndef PASSKEY_STEP_H
#define PASSKEY_STEP_H

#include "provider/login/browser_login.h"

/* Whether the address of a login page, c->form, is that of this one. */
bool passkey_step_is(call *call);

/* Sends the page. On the exchange's loop. */
void passkey_step_send(call *call);

/* Judges its form; with AUTHENTICATED login->user is who has come. On the pool. */
authentication_outcome passkey_step_take(call *call);

#endif
