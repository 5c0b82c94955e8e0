/* SPDX-License-Identifier: Apache-2.0 */
/* Status lists of an issuer (draft-ietf-oauth-status-list): whether a token has been revoked or
 * suspended, without asking about each. */
#ifndef OSTIARY_STATUS_H
#define OSTIARY_STATUS_H

#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Part of an ost_issuer. Strings are copied. All zero: a token that carries the claim `status` as
 * an object is refused (OST_E_STATUS), since its issuer says that it may be taken back, and nobody
 * looks. A `status` that is not an object is somebody else's claim, and means nothing here. */
typedef struct ost_status_lists {
    const char *const *origins; /* where lists may come from: "https://id.example.org", without a
                                   path; at most 8. None: lists are not fetched */
    size_t origin_count;
    bool insecure_ignore;          /* accept tokens without looking at their status */
    unsigned insecure_stale_limit; /* seconds for which an old list serves while no newer one can be
                                      had, never past its `exp`; 0: not at all */
    unsigned lifetime;             /* seconds a list serves that has no `ttl`; 0: 300 */
    size_t max_list;               /* bytes of one list, inflated; 0: 1 MiB */
} ost_status_lists;

#ifdef __cplusplus
}
#endif

#endif
