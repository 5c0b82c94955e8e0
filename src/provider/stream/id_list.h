/* SPDX-License-Identifier: Apache-2.0 */
/* A list of very many ids, each with a number of one byte, that is read from its beginning on. */
#ifndef ID_LIST_H
#define ID_LIST_H

#include <ostiary/types.h>

/* Zeroed but for the arena, where everything lives. */
typedef struct id_list {
    ost_arena *arena;
    struct id_chunk *first, *last;
    size_t count;
} id_list;

typedef struct id_cursor {
    const struct id_chunk *chunk; /* NULL: at the end */
    size_t at;
} id_cursor;

/* OST_E_MEMORY. */
OST_MUST_CHECK ost_result id_list_add(id_list *list, unsigned char number, ost_text id);

void id_list_begin(const id_list *list, id_cursor *ret_cursor);
/* False: there are no more. The id lives as long as the list. */
bool id_list_next(id_cursor *cursor, unsigned char *ret_number, ost_text *ret_id);

#endif
