/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser says of itself, in the words in which Keycloak shows it to people. It is said by
 * whoever logs in, and means nothing but that. */
#ifndef USER_AGENT_H
#define USER_AGENT_H

#include <ostiary/types.h>

#define USER_AGENT_WORD 32 /* bytes of a word, its end included */

typedef struct user_agent {
    char browser[USER_AGENT_WORD]; /* "Firefox/120.0", or "Other/Unknown" */
    char os[USER_AGENT_WORD];      /* "Windows", or "Other" */
    char version[USER_AGENT_WORD]; /* of the system; "Unknown" */
    char device[USER_AGENT_WORD];  /* "iPhone", or "Other" */
    bool mobile;
} user_agent;

/* Reads a User-Agent field (RFC 9110 §10.1.5). Words are of printable ASCII; what is longer is cut.
 */
void user_agent_read(ost_text field, user_agent *ret_agent);

#endif
