/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs; see uuid.h. */
#include "provider/realm/uuid.h"

#include <stdio.h>

#include <ostiary/jwt.h>

#include "base/context.h"
#include "base/text.h"

void uuid_write(const unsigned char b[16], char ret[UUID_LEN + 1])
{
    snprintf(ret, UUID_LEN + 1,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

ost_result uuid_make(const ost_context *context, char ret[UUID_LEN + 1])
{
    unsigned char b[16];
    ost_result result = context_random(context, b, sizeof b);
    if (result != OST_OK)
        return result;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    uuid_write(b, ret);
    return OST_OK;
}

ost_text uuid_text(const ost_context *context, ost_arena *arena)
{
    char uuid[UUID_LEN + 1];
    if (uuid_make(context, uuid) != OST_OK)
        return (ost_text){0};
    char *copy = ost_arena_copy(arena, (ost_text){uuid, UUID_LEN});
    return (ost_text){copy, copy != NULL ? UUID_LEN : 0};
}

ost_text uuid_of_name(ost_text owner, ost_text name, ost_arena *arena)
{
    unsigned char b[32];
    char uuid[UUID_LEN + 1];
    const char *both = ost_arena_format(arena, "%.*s/%.*s", (int)owner.len, owner.data,
                                        (int)name.len, name.len > 0 ? name.data : "");
    if (both == NULL || ost_sha256(text_of(both), b) != OST_OK)
        return (ost_text){0};
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x80);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    uuid_write(b, uuid);
    return text_of(ost_arena_copy(arena, (ost_text){uuid, UUID_LEN}));
}
