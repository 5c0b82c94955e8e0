/* SPDX-License-Identifier: Apache-2.0 */
/* What users grant to clients that need their consent: client scopes, and the client itself where
 * its attribute says so. Uses the store: on the pool alone. */
#ifndef CONSENT_H
#define CONSENT_H

#include "provider/call/call.h"

#define CONSENT_ITEMS 129 /* the client scopes of one request, and the client */

/* One thing to grant. */
typedef struct consent_item {
    ost_text name; /* as it is stored: of the scope, or the client's consent_key */
    ost_text text; /* for people */
    int64_t order; /* on the page */
} consent_item;

typedef struct consent_list {
    consent_item items[CONSENT_ITEMS];
    size_t count;
} consent_list;

/* What a client scope says of itself to people: its own text, or the words that a key of Keycloak's
 * messages stands for. */
ost_text consent_words(const char *text);

/* What call->client asks for with these client scopes (NULL-terminated) and the user has not
 * granted, in the order of the page; `all`: granted or not. Nothing for clients that need no
 * consent. */
OST_MUST_CHECK ost_result consent_missing(call *call, ost_text user_id,
                                          const realm_scope *const *scopes, bool all,
                                          consent_list *ret_missing);

/* All that it asks for, whether or not it needs consent. */
void consent_all(const call *call, const realm_scope *const *scopes, consent_list *ret_list);

/* The names of a list, separated by spaces. NULL data: out of memory. */
ost_text consent_names(call *call, const consent_list *list);

/* The user grants the items of the list that are among the names. */
OST_MUST_CHECK ost_result consent_grant(call *call, ost_text user_id, const consent_list *list,
                                        ost_text names);

/* Is everything granted still? Refuses the call otherwise. */
bool consent_holds(call *call, ost_text user_id, const realm_scope *const *scopes);

#endif
