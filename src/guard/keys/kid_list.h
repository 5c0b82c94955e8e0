/* SPDX-License-Identifier: Apache-2.0 */
/* The kids that a fetch of keys has been asked for, by their keyed hashes. Those for which there is
 * no room any more are not noted: nothing but one fetch depends on them. Not thread-safe. */
#ifndef KID_LIST_H
#define KID_LIST_H

#include <stdint.h>

#include <ostiary/types.h>

#define KID_LIST_MAX 16

typedef struct kid_list {
    uint64_t hashes[KID_LIST_MAX];
    size_t count;
} kid_list;

void kid_list_add(kid_list *list, uint64_t hash);
void kid_list_remove(kid_list *list, uint64_t hash);

#endif
