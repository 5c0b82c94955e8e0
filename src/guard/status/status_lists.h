/* SPDX-License-Identifier: Apache-2.0 */
/* The status lists of one issuer: fetched in the background when a token needs one, held until they
 * are old, read without locks. */
#ifndef STATUS_LISTS_H
#define STATUS_LISTS_H

#include <ostiary/guard.h>

#include "guard/keys/key_source.h"

#define STATUS_FETCHED 4 /* lists that are being fetched at a time */

typedef struct status_lists status_lists;

/* NULL when lists are neither fetched nor ignored. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result status_lists_new(const ost_issuer *config, key_source *source,
                                           status_lists **ret_lists, ost_error *error);
/* The net client has been freed before. NULL is fine, also below. */
void status_lists_free(status_lists *all);
void status_lists_end(status_lists *all);

typedef struct status_said {
    uint64_t ticket;      /* not 0: the list is being fetched; for status_lists_wait */
    unsigned retry_after; /* seconds; not 0: nobody can tell now */
} status_said;

/* What the list says of a token of these claims. OST_OK: valid, or nothing is said about a status.
 * OST_E_STATUS. OST_E_REMOTE, with retry_after: there is no list. Any thread. */
OST_MUST_CHECK ost_result status_lists_check(status_lists *all, const ost_claims *claims,
                                             int64_t now, status_said *ret, ost_error *error);

/* As introspector_wait. */
OST_MUST_CHECK ost_result status_lists_wait(status_lists *all, uint64_t ticket,
                                            void (*ready)(void *user), void *user);

/* For metrics. */
typedef struct status_lists_state {
    size_t lists, bytes;
    int64_t oldest;  /* seconds since the oldest one was obtained; 0: none */
    int64_t failing; /* seconds since fetches began to fail; -1: they do not */
    unsigned long long good, bad;
    char last_error[256];
} status_lists_state;
void status_lists_read_state(status_lists *all, int64_t now, status_lists_state *ret_state);

#endif
