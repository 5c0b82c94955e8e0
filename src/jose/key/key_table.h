/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for the keys of issuers (verify/ec_table.h). A key of a key set that has verified a number
 * of signatures is given one, which a thread makes in the background; until then, and beyond the
 * ceilings below, signatures are verified without. Keys that belong to no set, as those of DPoP
 * proofs, never have one. */
#ifndef KEY_TABLE_H
#define KEY_TABLE_H

#include <stdatomic.h>

#include <openssl/types.h>
#include <ostiary/key.h>

#include "jose/verify/ec_table.h"

#define KEY_TABLE_USES 256                 /* signatures verified before a table is made */
#define KEY_TABLES_MAX 64                  /* in the process */
#define KEY_TABLES_BYTES ((size_t)8 << 20) /* likewise, all of them together */

/* A key's place for its table. All zero: of no key set, without a table. */
typedef struct key_table {
    atomic_bool lasting;       /* the key belongs to a set, and a table may be of use */
    atomic_uint uses;          /* while there is none */
    size_t size;               /* counted for it */
    _Atomic(ec_table *) table; /* once it is there it stays */
} key_table;

/* The key belongs to a set. Any thread. */
void key_table_allow(key_table *place);

/* The table of `key`, which is `pkey` on `curve` (OpenSSL's name) and has the place; NULL: not yet,
 * or never. Counts a use, and begins to make the table when it is time: the key is then kept until
 * that is done. Any thread; waits for nothing. */
const ec_table *key_table_use(key_table *place, ost_key *key, const EVP_PKEY *pkey,
                              const char *curve);

/* Frees the table: nobody uses the key any more. */
void key_table_clear(key_table *place);

/* Waits until no table is being made (for tests and benches). */
void key_tables_settle(void);

#endif
