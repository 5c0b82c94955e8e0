/* SPDX-License-Identifier: Apache-2.0 */
/* The page on which people make an account for themselves, and what becomes of its form. */
#ifndef REGISTRATION_PAGE_H
#define REGISTRATION_PAGE_H

#include "provider/login/browser_login.h"
#include "provider/login/profile_form.h"

typedef struct registration_job {
    browser_login login; /* first: it is the call's job for the rest of the login too */
    bool shown;          /* the page is the answer */
    profile_form form;
    profile_faults faults;      /* of the profile */
    const char *secret_mistake; /* of the password; in English, as what follows; NULL: none */
    const char *confirm_mistake, *terms_mistake;
    const char *alert; /* about the whole; NULL: nothing */
} registration_job;

/* Sends the page: with what was typed, but for the password, and what is wrong with it (the job is
 * a registration_job); or (NULL) empty. On the exchange's loop. */
void registration_page_send(call *call, registration_job *typed);

/* Makes the user of the form in call->form and has their login go on. On the pool for passwords.
 * Afterwards either job->shown, or the outcome of the login is set. */
void registration_take(call *call);

#endif
