/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a user's profile, by the realm's own rules or Keycloak's usual ones: as a page
 * shows them, and as its form brings them. */
#ifndef PROFILE_FORM_H
#define PROFILE_FORM_H

#include "provider/login/realm_page.h"
#include "provider/profile/profile_rules.h"

#define PROFILE_FIELDS 64

typedef struct profile_field {
    ost_text name, label;
    const ost_json *rule; /* of the realm's own profile; NULL: it has none */
    bool fixed, needed;
} profile_field;

typedef struct profile_form {
    const ost_json *rules; /* the realm's own; NULL: it has none */
    profile_field fields[PROFILE_FIELDS];
    size_t count;
} profile_form;

/* The fields of a user who is there, with their name where it may be changed (editUsernameAllowed);
 * of somebody who is yet to be made, with it. What has several values has none: a page has one line
 * for each. */
OST_MUST_CHECK ost_result profile_form_make(call *call, const ost_json *user,
                                            profile_form *ret_form);
OST_MUST_CHECK ost_result profile_form_of_newcomer(call *call, profile_form *ret_form);

/* What was typed into a field; of addresses and user names without blanks around it. */
ost_text profile_form_typed(call *call, const profile_field *field);

/* What is wrong with a field, in the words of the page; empty: nothing. */
ost_text profile_form_mistake(call *call, const profile_faults *faults, ost_text name);

/* A field as a row of a page. */
page_row profile_form_row(call *call, const profile_field *field, ost_text value,
                          const profile_faults *faults);

/* The document with what was typed into a field that is neither user name nor address. */
OST_MUST_CHECK ost_result profile_form_put(call *call, const profile_field *field,
                                           const ost_json **document);

#endif
