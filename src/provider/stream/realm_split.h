/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files of any length: what a realm is goes into memory, its users stay where they are. The
 * whole text is checked, by the rules of the JSON reader. */
#ifndef REALM_SPLIT_H
#define REALM_SPLIT_H

#include "provider/stream/piece_reader.h"

#define USER_MAX ((size_t)4 << 20) /* bytes of one user: four times what is stored of one */

/* Depth and number of values of all but the users, and of one of those. */
extern const ost_json_limits realm_file_limits, realm_user_limits;

/* One realm of a file. */
typedef struct realm_part {
    const ost_json *document; /* with an empty list in the place of its users */
    uint64_t users_at;        /* the offset behind the bracket of their list; 0: it has none */
    size_t user_count;        /* nulls included */
} realm_part;

typedef struct realm_parts {
    realm_part *parts;
    size_t count;
    bool is_list; /* the text is an array of realms */
} realm_parts;

/* Splits one text, which may begin with a byte order mark. `placeholders`: those of placeholder.h
 * are replaced, within each value by itself. In the arena. Errors as of ost_json_read, with line
 * and byte; OST_E_CEILING also for a user over USER_MAX, and when all the rest is over
 * DOCUMENT_MAX; OST_E_SYSTEM: it cannot be read. */
OST_MUST_CHECK ost_result realm_split(byte_source source, bool placeholders, ost_arena *arena,
                                      realm_parts *ret_parts, ost_error *error);

#endif
