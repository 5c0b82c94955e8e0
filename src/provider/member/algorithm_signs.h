/* SPDX-License-Identifier: Apache-2.0 */
/* Names of algorithms in realm files: why one is of no use where it stands, for member.unmet. Each
 * gives NULL where it is; the texts are constants. */
#ifndef ALGORITHM_SIGNS_H
#define ALGORITHM_SIGNS_H

#include <ostiary/types.h>

const char *token_algorithm_unmet(ost_text name);     /* of tokens that the realm signs */
const char *answer_algorithm_unmet(ost_text name);    /* of answers that it signs for a client */
const char *answer_encryption_unmet(ost_text name);   /* of their keys */
const char *content_encryption_unmet(ost_text name);  /* of the content of what is encrypted */
const char *assertion_algorithm_unmet(ost_text name); /* of a client's proof of itself */
const char *request_algorithm_unmet(ost_text name);   /* of requests that a client signs */
const char *request_encryption_unmet(ost_text name);  /* of their keys, and "any" */
const char *request_content_unmet(ost_text name);     /* of their content, and "any" */
const char *ciba_algorithm_unmet(ost_text name);      /* of requests to the backchannel */

#endif
