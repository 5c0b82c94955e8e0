/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of ids; see id_list.h. One after the other: the number, the length, the bytes. */
#include "provider/stream/id_list.h"

#include <string.h>

#define CHUNK ((size_t)32 << 10)
#define HEAD (1 + sizeof(uint32_t))

typedef struct id_chunk {
    struct id_chunk *next;
    size_t used, room;
    char bytes[];
} id_chunk;

static ost_result make_room(id_list *list, size_t size)
{
    if (list->last != NULL && list->last->room - list->last->used >= size)
        return OST_OK;
    size_t room = size > CHUNK ? size : CHUNK;
    id_chunk *chunk = ost_arena_alloc(list->arena, sizeof *chunk + room);
    if (chunk == NULL)
        return OST_E_MEMORY;
    *chunk = (id_chunk){.room = room};
    if (list->last != NULL)
        list->last->next = chunk;
    else
        list->first = chunk;
    list->last = chunk;
    return OST_OK;
}

ost_result id_list_add(id_list *list, unsigned char number, ost_text id)
{
    if (id.len > UINT32_MAX)
        return OST_E_CEILING;
    uint32_t len = (uint32_t)id.len;
    ost_result result = make_room(list, HEAD + len);
    if (result != OST_OK)
        return result;
    char *at = list->last->bytes + list->last->used;
    at[0] = (char)number;
    memcpy(at + 1, &len, sizeof len);
    if (len > 0)
        memcpy(at + HEAD, id.data, len);
    list->last->used += HEAD + len;
    list->count++;
    return OST_OK;
}

void id_list_begin(const id_list *list, id_cursor *ret_cursor)
{
    *ret_cursor = (id_cursor){.chunk = list->first};
}

bool id_list_next(id_cursor *cursor, unsigned char *ret_number, ost_text *ret_id)
{
    uint32_t len;
    if (cursor->chunk != NULL && cursor->at == cursor->chunk->used)
        *cursor = (id_cursor){.chunk = cursor->chunk->next};
    if (cursor->chunk == NULL)
        return false;
    const char *at = cursor->chunk->bytes + cursor->at;
    memcpy(&len, at + 1, sizeof len);
    *ret_number = (unsigned char)at[0];
    *ret_id = (ost_text){at + HEAD, len};
    cursor->at += HEAD + len;
    return true;
}
