/* SPDX-License-Identifier: Apache-2.0 */
/* How many connections each address has open, so that one cannot take them all. Any thread. */
#ifndef PEERS_H
#define PEERS_H

#include "http/message/address.h"

typedef struct peers peers;

OST_MUST_CHECK peers *peers_new(size_t max_per_peer);
/* One more connection of that address; false when it has its share. IPv6 addresses are counted by
 * their /64, which is what one subscriber has. */
OST_MUST_CHECK bool peers_enter(peers *p, const ip_address *a);
void peers_leave(peers *p, const ip_address *a);
void peers_free(peers *p);

#endif
