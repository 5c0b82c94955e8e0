/* SPDX-License-Identifier: Apache-2.0 */
/* The accounts of clients among the users of a realm file: what a client is given with its account,
 * and the account itself, it gets only where the file does not have them. */
#ifndef ACCOUNT_NAMES_H
#define ACCOUNT_NAMES_H

#include <ostiary/json.h>

typedef struct account_name {
    ost_text client_id;
    ost_text username; /* as the store has it */
    bool is_there;     /* a user is the account of this client */
    bool is_taken;     /* a user has the name */
} account_name;

/* Of the clients of a file that are to have an account. */
typedef struct account_names {
    account_name *names;
    size_t count;
} account_names;

/* Finds the clients of `file`. In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result account_names_begin(const ost_json *file, ost_arena *arena,
                                              account_names *ret_names);

/* Looks at one UserRepresentation. OST_E_MEMORY (of the arena, where nothing stays that is needed).
 */
OST_MUST_CHECK ost_result account_names_add(account_names *names, const ost_json *user,
                                            ost_arena *arena);

bool account_is_there(const account_names *names, ost_text client_id);
bool account_is_taken(const account_names *names, ost_text username); /* as the store has it */

#endif
