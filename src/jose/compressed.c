/* SPDX-License-Identifier: Apache-2.0 */
/* DEFLATE by zlib, within bounds: memory from our own calls, output never beyond what is asked for.
 */
#define ZLIB_CONST
#include "jose/compressed.h"

#include <string.h>
#include <zlib.h>

#include "base/context.h"
#include "base/text.h"

#define FIRST_ROOM 1024
#define RAW_WINDOW (-15)
#define MOST ((size_t)1 << 31) /* 1 MiB of DEFLATE is 1 GiB at most */

static void *allocate(void *opaque, unsigned count, unsigned size)
{
    return memory_alloc((size_t)count * size);
}

static void release(void *opaque, void *data)
{
    memory_free(data);
}

/* Twice the room, as far as `max` goes; what is there moves along. */
static bool grow(ost_arena *arena, unsigned char **data, size_t *room, size_t max)
{
    size_t larger = *room == 0 ? FIRST_ROOM : *room * 2;
    if (larger > max)
        larger = max;
    unsigned char *moved = ost_arena_alloc(arena, larger);
    if (moved == NULL)
        return false;
    if (*room > 0)
        memcpy(moved, *data, *room);
    *data = moved;
    *room = larger;
    return true;
}

/* One byte of room more than `max` tells what ends there from what goes on. */
static ost_result inflate_all(z_stream *stream, size_t max, ost_arena *arena, ost_text *ret)
{
    unsigned char *data = NULL;
    size_t room = 0, len = 0;
    int status = Z_OK;
    while (status == Z_OK) {
        if (len == room && (room > max || !grow(arena, &data, &room, max + 1)))
            return room > max ? OST_E_DECRYPTION : OST_E_MEMORY;
        stream->next_out = data + len;
        stream->avail_out = (unsigned)(room - len);
        status = inflate(stream, Z_NO_FLUSH);
        len = room - stream->avail_out;
    }
    if (status == Z_MEM_ERROR)
        return OST_E_MEMORY;
    if (status != Z_STREAM_END || stream->avail_in != 0 || len > max)
        return OST_E_DECRYPTION;
    *ret = text_of_bytes(data, len);
    return OST_OK;
}

ost_result compressed_read(ost_text compressed, size_t max, ost_arena *arena, ost_text *ret_content)
{
    z_stream stream = {.zalloc = allocate, .zfree = release};
    if (inflateInit2(&stream, RAW_WINDOW) != Z_OK)
        return OST_E_MEMORY;
    stream.next_in = text_bytes(compressed);
    stream.avail_in = (unsigned)compressed.len;
    ost_result result = inflate_all(&stream, max < MOST ? max : MOST, arena, ret_content);
    inflateEnd(&stream);
    return result;
}

ost_result compressed_write(ost_text content, ost_arena *arena, ost_text *ret_compressed)
{
    z_stream stream = {.zalloc = allocate, .zfree = release};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return OST_E_MEMORY;
    size_t room = deflateBound(&stream, content.len);
    unsigned char *data = ost_arena_alloc(arena, room);
    stream.next_in = text_bytes(content);
    stream.avail_in = (unsigned)content.len;
    stream.next_out = data;
    stream.avail_out = (unsigned)room;
    ost_result result = data == NULL                                 ? OST_E_MEMORY
                        : deflate(&stream, Z_FINISH) == Z_STREAM_END ? OST_OK
                                                                     : OST_E_CRYPTO;
    if (result == OST_OK)
        *ret_compressed = text_of_bytes(data, room - stream.avail_out);
    deflateEnd(&stream);
    return result;
}
