/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a login between the password and the session: second factors, as the flow asks for
 * them, a one-time code, a security key or a recovery code. Until the last is right there is no
 * session, and nothing that could be had by one: what is known of the login travels in the page's
 * address, signed and bound to the browser, for as long as a login may take; it ends when the
 * password is changed or the user disabled, and is completed once. */
#ifndef CODE_STEP_H
#define CODE_STEP_H

#include "provider/login/browser_login.h"

/* The step that the flow has after a first proof, in its word (authentication_flow.h), of
 * login->user: a factor that is asked for, the end of the login, or a denial. On the pool. */
void code_step_begin(call *call, ost_text proof);

/* The page's address was opened (AUTH_STAGE_CODE): shows it, or takes its form. */
void code_step_open(call *call);

/* Sends the page of the factor, or what browser_login_send does. On the exchange's loop. */
void code_step_send(call *call);

#endif
