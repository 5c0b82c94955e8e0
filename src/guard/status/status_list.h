/* SPDX-License-Identifier: Apache-2.0 */
/* One status list (draft-ietf-oauth-status-list §4, §5): read from the token it is signed as, and
 * looked into. Pure. */
#ifndef STATUS_LIST_H
#define STATUS_LIST_H

#include <ostiary/jose.h>

#define STATUS_URI_MAX 2048

/* What a token says of where its status stands (§6.1). */
typedef struct status_reference {
    uint64_t index;
    ost_text uri;
} status_reference;

/* True when the token says something; OST_E_STATUS when it is nothing that can be looked up. */
bool status_is_given(const ost_claims *claims);
OST_MUST_CHECK ost_result status_reference_read(const ost_claims *claims,
                                                status_reference *ret_reference, ost_error *error);

typedef struct status_rules {
    const char *issuer, *uri;
    ost_algs algorithms;
    const ost_keyset *keys;    /* NULL: none to be had */
    unsigned leeway, lifetime; /* seconds */
    size_t max_list;           /* bytes */
} status_rules;

typedef struct status_list {
    unsigned bits;                        /* of one status: 1, 2, 4 or 8 */
    ost_text bytes;                       /* inflated */
    int64_t issued, fresh_until, expires; /* seconds; it serves until the second, or, where that is
                                             allowed, until the third */
} status_list;

/* What an arena needs for a list of at most `max_list` bytes. */
size_t status_list_arena(size_t max_list);

/* OST_E_KEY_UNKNOWN: with the kid. OST_E_REMOTE: it is not a list that may be believed. In the
 * arena.
 */
OST_MUST_CHECK ost_result status_list_read(const status_rules *rules, ost_text token, int64_t now,
                                           ost_arena *arena, status_list *ret_list,
                                           ost_text *ret_kid, ost_error *error);

/* OST_OK: valid. OST_E_STATUS: any other status, or not in the list. */
OST_MUST_CHECK ost_result status_list_look(unsigned bits, ost_text bytes, uint64_t index,
                                           ost_error *error);

#endif
