/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of required actions: what each shows, and what becomes of its form. */
#ifndef ACTION_PAGE_H
#define ACTION_PAGE_H

#include "provider/login/browser_login.h"
#include "provider/login/realm_page.h"
#include "provider/profile/profile_check.h"

typedef struct action_job {
    browser_login login; /* first: it is the call's job for the rest of the login too */
    required_action action;
    bool optional;     /* it is the client's wish: the user may leave it undone */
    bool shown;        /* the page is the answer, */
    bool leaves;       /* or the way to the identity provider that is to be linked */
    const char *alert; /* what it says about the form; NULL: nothing */
    bool keep_sessions;
    ost_text code;         /* the login, as the page's address has it */
    ost_text address;      /* its own, where it is of no login (action_step.h); empty: it is */
    ost_text key;          /* of the device, or the codes, that are set up; empty: new ones */
    profile_faults faults; /* of what was typed */
} action_job;

/* Sends the page of job->action. On the exchange's loop. */
void action_page_send(call *call);

/* Takes the form of job->action; false: it was not good, and the page is to be shown again with
 * job->alert, or the outcome is set. On the pool for passwords. */
OST_MUST_CHECK bool action_page_take(call *call);
/* Events from now on are about the action. */
void action_page_name(call *call);
/* Tells the event of an action that went well, or the one whose form c->event.error is about. */
void action_page_tell(call *call);

/* ---- the actions ---- */

#define ACTION_CHANGED "Your account has been changed meanwhile. Please try again."

/* Always false. `error`: Keycloak's word in the event; NULL: it is no refusal. */
bool action_show_again(call *call, const char *alert, const char *error);

/* Puts what was set up into a user's document: a new one, in the arena. */
typedef ost_result action_edit(const ost_json *document, const void *what, ost_arena *arena,
                               const ost_json **ret_document);

/* Stores the user, as they are now, without the action and with what `edit` puts there. On the
 * pool. */
OST_MUST_CHECK ost_result action_page_store(call *call, required_action action, action_edit *edit,
                                            const void *what);

/* Ends the user's other sessions, if that is what the form asks for; false: the outcome is set. */
OST_MUST_CHECK bool action_page_end_others(call *call);

void action_password_put(call *call, page *page);
bool action_password_take(call *call);
void action_email_put(call *call, page *page);
bool action_email_take(call *call);
void action_terms_put(call *call, page *page);
bool action_terms_take(call *call);
void action_totp_put(call *call, page *page);
bool action_totp_take(call *call);
void action_recovery_put(call *call, page *page);
bool action_recovery_take(call *call);
void action_webauthn_put(call *call, page *page);
bool action_webauthn_take(call *call);
void action_profile_put(call *call, page *page);
bool action_profile_take(call *call);

#endif
