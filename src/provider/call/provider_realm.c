/* SPDX-License-Identifier: Apache-2.0 */
/* Realms as requests find them: each is held by those who work with it, so that one that has
 * changed goes with its last request. See provider_state.h. */
#include "provider/call/provider_state.h"

static void give(void *entry)
{
    realm_entry_give(entry);
}

const realm_entry *provider_realm(provider *p, ost_text name, ost_arena *arena)
{
    published_place place;
    const realm_table *table = published_enter(&p->realms, &place);
    realm_entry *entry = table != NULL ? realm_table_find(table, name) : NULL;
    if (entry != NULL)
        realm_entry_hold(entry);
    published_leave(&p->realms, place);
    if (entry != NULL && !ost_arena_defer(arena, give, entry)) {
        realm_entry_give(entry);
        return NULL;
    }
    return entry;
}

size_t provider_realm_count(provider *p)
{
    published_place place;
    const realm_table *table = published_enter(&p->realms, &place);
    size_t count = table != NULL ? table->count : 0;
    published_leave(&p->realms, place);
    return count;
}
