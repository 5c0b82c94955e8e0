/* SPDX-License-Identifier: Apache-2.0 */
/* What may be done once, within a transaction that is open. */
#ifndef USED_WITHIN_H
#define USED_WITHIN_H

#include "store/statement.h"

/* store_use_once as part of a transaction, and as lasting as that. */
OST_MUST_CHECK ost_result use_within(database *database, ost_text owner, ost_text id,
                                     int64_t until);

#endif
