/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots that need not be read; see realm_offer.h. */
#include "provider/call/realm_offer.h"

#include "base/text.h"

void realm_offers_init(realm_offers *o)
{
    *o = (realm_offers){0};
    pthread_mutex_init(&o->lock, NULL);
}

void realm_offers_free(realm_offers *o)
{
    for (size_t i = 0; i < REALM_OFFERS; i++)
        realm_unref(o->all[i].realm);
    pthread_mutex_destroy(&o->lock);
}

/* REALM_OFFERS: there is none. */
static size_t place_of(const realm_offers *o, ost_text name)
{
    size_t i = 0;
    while (i < REALM_OFFERS && (o->all[i].realm == NULL || !text_is(name, o->all[i].realm->name)))
        i++;
    return i;
}

void realm_offer(realm_offers *o, realm *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&o->lock);
    size_t place = place_of(o, text_of(r->name));
    if (place == REALM_OFFERS) {
        place = o->next;
        o->next = (place + 1) % REALM_OFFERS;
    }
    realm *before = o->all[place].realm;
    o->all[place] = (struct realm_offered){realm_ref(r), o->number++};
    pthread_mutex_unlock(&o->lock);
    realm_unref(before);
}

realm *realm_offer_find(realm_offers *o, const store_realm *row)
{
    realm *found = NULL;
    if (o == NULL)
        return NULL;
    pthread_mutex_lock(&o->lock);
    size_t place = place_of(o, row->name);
    realm *there = place < REALM_OFFERS ? o->all[place].realm : NULL;
    if (there != NULL && there->version == row->version && text_is(row->id, there->id))
        found = realm_ref(there);
    pthread_mutex_unlock(&o->lock);
    return found;
}

uint64_t realm_offers_number(realm_offers *o)
{
    pthread_mutex_lock(&o->lock);
    uint64_t number = o->number;
    pthread_mutex_unlock(&o->lock);
    return number;
}

void realm_offers_end(realm_offers *o, uint64_t number)
{
    realm *ended[REALM_OFFERS] = {NULL};
    pthread_mutex_lock(&o->lock);
    for (size_t i = 0; i < REALM_OFFERS; i++) {
        if (o->all[i].number >= number)
            continue;
        ended[i] = o->all[i].realm;
        o->all[i].realm = NULL;
    }
    pthread_mutex_unlock(&o->lock);
    for (size_t i = 0; i < REALM_OFFERS; i++)
        realm_unref(ended[i]);
}
