/* SPDX-License-Identifier: Apache-2.0 */
/* Where the command has the store's master keys from: a file, a command's output, a variable, or a
 * credential of the service manager. */
#ifndef MASTER_SOURCE_H
#define MASTER_SOURCE_H

#include "base/options.h"
#include "store/reseal/reseal.h"
#include "store/store.h"

/* NULL in *ret_source: none was given. Valid as long as the values. OST_E_CONFIG: two were given,
 * which is told before either is read. */
OST_MUST_CHECK ost_result master_source_find(const option_values *values,
                                             const master_key_source **ret_source,
                                             ost_error *error);

/* Seals what lies in clear in the store, if there is a master key and something does, and says so.
 */
OST_MUST_CHECK ost_result master_source_seal_clear(store *store, ost_error *error);

/* "1 private key and 2 realms", for people. `ret` has room for 80 bytes. */
#define RESEALED_WORDS 184
void master_source_count(const reseal_count *count, char ret[RESEALED_WORDS]);

#endif
