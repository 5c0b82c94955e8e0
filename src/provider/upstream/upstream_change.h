/* SPDX-License-Identifier: Apache-2.0 */
/* What an identity provider changes of the owner of an account, while they have yet to show that it
 * is theirs: carried with their login, and hidden, since it tells of the account. */
#ifndef UPSTREAM_CHANGE_H
#define UPSTREAM_CHANGE_H

#include "provider/call/call.h"

/* The members in which the user's documents differ; empty: none do, or it is too much, and is left
 * to the next login. False: the call is refused, memory is out. */
bool upstream_change_write(call *call, const ost_json *before, const ost_json *after,
                           ost_text *ret_text);

/* The document with them, if it is still the one of before; otherwise as it is. */
OST_MUST_CHECK ost_result upstream_change_apply(call *call, ost_text text,
                                                const ost_json **document);

#endif
