/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the admin API on a store at hand, without a request: who can open the store may do
 * everything. What they answer is what the API answers. Nothing is told as an event. */
#ifndef ADMIN_DIRECT_H
#define ADMIN_DIRECT_H

#include "http/http.h"
#include "store/store.h"

/* `path` is below "/admin" and decoded, `query` is as in a URL; an empty body: none. The status and
 * the body, in the arena, are the API's. OST_E_BUSY and others: nothing was answered. Blocks. */
OST_MUST_CHECK ost_result admin_direct(store *store, http_method method, ost_text path,
                                       ost_text query, ost_text body, ost_arena *arena,
                                       int *ret_status, ost_text *ret_body);

#endif
