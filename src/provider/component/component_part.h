/* SPDX-License-Identifier: Apache-2.0 */
/* Components of a realm as the admin REST API finds them: its keys, and what stands in its
 * document. */
#ifndef COMPONENT_PART_H
#define COMPONENT_PART_H

#include "provider/admin/admin_call.h"
#include "provider/component/key_provider.h"
#include "store/realm/store_key.h"

#define KEYS_MAX 90 /* of one realm; those that come by a schedule find room behind them */

/* The keys of the realm, with room for one more, and the one of a component's id. */
typedef struct key_rows {
    store_key *rows;
    size_t count, found; /* found == count: none */
    key_provider provider;
} key_rows;
OST_MUST_CHECK ost_result component_keys(admin_call *admin, ost_text id, key_rows *ret_keys);

/* The component of the realm's document with the id, and its type; NULL: there is none. */
const ost_json *component_find(const admin_call *admin, ost_text id, ost_text *ret_type);

#endif
