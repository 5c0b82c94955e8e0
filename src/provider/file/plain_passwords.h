/* SPDX-License-Identifier: Apache-2.0 */
/* Plain passwords of a realm file, hashed on all cores before anything is stored: what takes long
 * must not keep others from writing. */
#ifndef PLAIN_PASSWORDS_H
#define PLAIN_PASSWORDS_H

#include "provider/file/user_rows.h"
#include "provider/stream/user_reader.h"

typedef struct plain_password {
    size_t number;     /* of the user in all ranges */
    ost_text password; /* the credential, as a user's row has it */
} plain_password;

/* Sorted by number. */
typedef struct plain_passwords {
    plain_password *made;
    size_t count;
} plain_passwords;

/* Those of `count` users who have one (user_review.plain). In the arena. */
OST_MUST_CHECK ost_result plain_passwords_make(const user_ranges *ranges, size_t count, bool strict,
                                               const realm *realm,
                                               const user_rows_progress *progress,
                                               const ost_context *context, ost_arena *arena,
                                               plain_passwords *ret_passwords, ost_error *error);

/* Empty: the user has none. */
ost_text plain_passwords_find(const plain_passwords *passwords, size_t number);

#endif
