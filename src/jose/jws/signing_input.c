/* SPDX-License-Identifier: Apache-2.0 */
/* Building what a JWS signs, for several signatures over one payload; see signing_input.h. */
#include "jose/jws/signing_input.h"

#include <string.h>

#include "base/base64url.h"
#include "jose/compact.h"

ost_result signing_room_make(ost_text payload, bool encode, ost_arena *arena,
                             signing_room *ret_room)
{
    size_t len = encode ? BASE64URL_LEN(payload.len) : payload.len;
    char *room = ost_arena_alloc(arena, HEADER_MAX + 1 + len + 1);
    if (room == NULL)
        return OST_E_MEMORY;
    room += HEADER_MAX;
    *room++ = '.';
    if (encode)
        base64url_encode((const unsigned char *)payload.data, payload.len, room);
    else if (len > 0)
        memcpy(room, payload.data, len);
    *ret_room = (signing_room){{room, len}, room};
    return OST_OK;
}

ost_text signing_input(const signing_room *room, ost_text header)
{
    char *start = room->start - 1 - header.len;
    if (header.len > 0)
        memcpy(start, header.data, header.len);
    return (ost_text){start, header.len + 1 + room->payload.len};
}
