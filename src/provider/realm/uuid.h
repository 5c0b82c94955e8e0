/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs: random ones (RFC 9562 §5.4), those of names, and how any is written. */
#ifndef UUID_H
#define UUID_H

#include <ostiary/types.h>

#define UUID_LEN 36

/* The text of sixteen bytes. */
void uuid_write(const unsigned char bytes[16], char ret[UUID_LEN + 1]);

OST_MUST_CHECK ost_result uuid_make(const ost_context *context, char ret[UUID_LEN + 1]);
/* In the arena; NULL data when there is no memory or no randomness. */
ost_text uuid_text(const ost_context *context, ost_arena *arena);
/* Of an owner's id and the name of a part of it (RFC 9562 §5.8), so that it stays the same; in the
 * arena, NULL data when there is no memory. */
ost_text uuid_of_name(ost_text owner, ost_text name, ost_arena *arena);

#endif
