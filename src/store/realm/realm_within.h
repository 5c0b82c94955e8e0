/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of realms and keys within a transaction that is open. */
#ifndef REALM_WITHIN_H
#define REALM_WITHIN_H

#include "store/sealing/sealing.h"
#include "store/statement.h"

typedef struct store_key store_key;     /* realm/store_key.h */
typedef struct store_realm store_realm; /* realm/realm_record.h */
typedef struct store_realm_change store_realm_change;

OST_MUST_CHECK ost_result insert_key(database *database, const store_key *key);
OST_MUST_CHECK ost_result put_key(database *database, const store_key *key);
/* store_realm_apply within a transaction. */
OST_MUST_CHECK ost_result apply_realm_change(database *database, const store_realm_change *change,
                                             ost_error *error);
/* The realm's document as it is to be stored. */
OST_MUST_CHECK ost_result seal_document(database *database, const store_realm *realm,
                                        sealed_text *ret_document);

#endif
