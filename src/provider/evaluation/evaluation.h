/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's tokens would be: asked by an administrator, about a scope and a user. */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "provider/admin/admin_call.h"
#include "provider/token/grant.h"

typedef struct evaluation {
    call call;      /* of the realm that is administered */
    ost_text scope; /* that was asked for, as far as the client has it */
    grant grant;
} evaluation;

/* The client of the path with the client scopes that the query's "scope" chooses; words that the
 * client does not have are passed over. False in *ret_found: the administrator has been refused. */
OST_MUST_CHECK ost_result evaluation_begin(admin_call *admin, evaluation *ret_evaluation,
                                           bool *ret_found);

/* The administrator is refused for the reason for which the evaluation was. */
ost_result evaluation_refuse(admin_call *admin, const evaluation *evaluation);

#endif
