/* SPDX-License-Identifier: Apache-2.0 */
/* What a user's profile may hold, by the user profile that Keycloak 24 gives to a new realm:
 * user name, e-mail address, first and last name. */
#ifndef PROFILE_CHECK_H
#define PROFILE_CHECK_H

#include <ostiary/json.h>

typedef struct profile_fault {
    const char *field;
    const char *shown;             /* what a realm's own profile calls it; NULL: "${field}" */
    const char *message;           /* Keycloak's key: "error-invalid-email" */
    const char *minimum, *maximum; /* of a length; NULL: not told */
    ost_text value;                /* that is refused; NULL data: not told */
} profile_fault;

#define PROFILE_FAULTS 16
typedef struct profile_faults {
    profile_fault list[PROFILE_FAULTS];
    size_t count;
    bool taken; /* a name or an address is somebody else's */
} profile_faults;

void profile_fault_add(profile_faults *faults, profile_fault fault);

/* Each adds what is wrong with a value; an empty one is missing. */
void profile_check_username(ost_text value, profile_faults *faults);
void profile_check_email(ost_text value, profile_faults *faults);
void profile_check_name(const char *field, ost_text value, profile_faults *faults);

/* Address and names of a user's representation. */
void profile_check(const ost_json *user, profile_faults *faults);

/* The rules, for whoever tells of faults in another way. Characters, as Java counts: what UTF-8
 * needs four bytes for are two. */
size_t profile_length(ost_text text);
bool profile_is_person_name(ost_text name);
bool profile_is_username(ost_text name);

/* Keycloak's answer: {"errors": […]}, and of a single one its members beside them. */
void profile_faults_write(const profile_faults *faults, ost_json_writer *writer);

#endif
