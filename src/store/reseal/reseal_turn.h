/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of sealing everything anew begins its transactions with. */
#ifndef RESEAL_TURN_H
#define RESEAL_TURN_H

#include "store/driver.h"
#include "store/store.h"

/* Until the transaction ends nobody seals anything. OST_E_CONFLICT: another key seals by now. */
OST_MUST_CHECK ost_result reseal_turn(database *database, const char *id);

/* Seals kept tokens of identity providers under the key of the id, as user_secret_reseal users. */
OST_MUST_CHECK ost_result kept_token_reseal(store *store, const char *id, size_t *total);

#endif
