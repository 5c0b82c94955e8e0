/* SPDX-License-Identifier: Apache-2.0 */
/* A list of kids; see kid_list.h. */
#include "guard/keys/kid_list.h"

void kid_list_remove(kid_list *list, uint64_t hash)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->hashes[i] == hash)
            list->hashes[i--] = list->hashes[--list->count];
    }
}

void kid_list_add(kid_list *list, uint64_t hash)
{
    kid_list_remove(list, hash);
    if (list->count < KID_LIST_MAX)
        list->hashes[list->count++] = hash;
}
