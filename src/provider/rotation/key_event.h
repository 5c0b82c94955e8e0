/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of keys that are changed by the clock: in the log, and among the events of the realm's
 * administrators. */
#ifndef KEY_EVENT_H
#define KEY_EVENT_H

#include "provider/call/provider_state.h"
#include "store/realm/store_key.h"

typedef enum key_change {
    KEY_MADE,  /* it is published; `when`: signs from then on */
    KEY_SIGNS, /* `when`: the one before retires */
} key_change;

/* The event is stored where the realm keeps those of administrators. */
void key_event_tell(provider *provider, const realm *realm, key_change change, const store_key *key,
                    int64_t when);

#endif
