/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of realms that have been made to be stored, and have been: who serves the realms, or
 * changes them again, need not read them. */
#ifndef REALM_OFFER_H
#define REALM_OFFER_H

#include <pthread.h>

#include "provider/realm/realm.h"
#include "store/realm/realm_record.h"

#define REALM_OFFERS 8 /* who is not among them is read */

typedef struct realm_offers {
    pthread_mutex_t lock;
    struct realm_offered {
        realm *realm; /* NULL: none */
        uint64_t number;
    } all[REALM_OFFERS];
    size_t next;     /* is given up for another one */
    uint64_t number; /* of the next offer */
} realm_offers;

void realm_offers_init(realm_offers *offers);
void realm_offers_free(realm_offers *offers);

/* The realm as the store has it now (its version tells, so never before it has it). Any thread;
 * takes a reference. NULL is fine. */
void realm_offer(realm_offers *offers, realm *realm);
/* That of the row's name, id and version, whose reference is the caller's; NULL: there is none, or
 * there are no offers. Any thread. */
realm *realm_offer_find(realm_offers *offers, const store_realm *row);

/* The number of the next offer. Who has loaded the realms since it was asked for gives up the
 * offers before it: they are served now, or are no longer what the store has. Any thread. */
uint64_t realm_offers_number(realm_offers *offers);
void realm_offers_end(realm_offers *offers, uint64_t number);

#endif
