/* SPDX-License-Identifier: Apache-2.0 */
/* A set of very many ids: of each it keeps 16 bytes, a hash under a key of its own, so that nobody
 * can make two that are taken for one. Not thread-safe. */
#ifndef ID_SET_H
#define ID_SET_H

#include <sodium.h>

#include <ostiary/types.h>

typedef struct id_mark {
    uint64_t half[2]; /* both 0: nothing */
} id_mark;

typedef struct id_set {
    unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
    id_mark *marks;
    size_t count, room; /* `room`: a power of two */
} id_set;

/* `context` is for the key. Freed with id_set_clear. */
OST_MUST_CHECK ost_result id_set_begin(id_set *ret_set, const ost_context *context);
void id_set_clear(id_set *set);

/* Room for so many at once. Tables that grow between other allocations keep the heap from shrinking
 * again. OST_E_MEMORY. */
OST_MUST_CHECK ost_result id_set_reserve(id_set *set, size_t count);

/* *ret_new: it was not there. */
OST_MUST_CHECK ost_result id_set_add(id_set *set, ost_text id, bool *ret_new);
bool id_set_has(const id_set *set, ost_text id);

#endif
