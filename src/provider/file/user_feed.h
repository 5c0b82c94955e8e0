/* SPDX-License-Identifier: Apache-2.0 */
/* The users of a new realm on their way from files into the store: a thread makes the next rows
 * while the last ones are stored, so that there are never more than two batches of them. */
#ifndef USER_FEED_H
#define USER_FEED_H

#include "provider/file/plain_passwords.h"
#include "provider/file/user_rows.h"
#include "provider/stream/account_names.h"
#include "provider/stream/user_reader.h"
#include "store/realm/store_realm.h"

/* What they are made with; all of it has to last. */
typedef struct user_feed_source {
    const user_ranges *ranges;
    const realm *realm;
    const account_names *accounts; /* that need not be made */
    const plain_passwords *passwords;
    bool strict;
    const user_rows_progress *progress;
    const ost_context *context;
} user_feed_source;

typedef struct user_feed user_feed;

/* NULL: out of memory. Freed with user_feed_free. */
OST_MUST_CHECK user_feed *user_feed_new(const user_feed_source *source);
void user_feed_free(user_feed *feed);

/* As the store wants it; the accounts of clients come last. */
store_user_feed user_feed_for_store(user_feed *feed);

/* Makes all rows and forgets them: what can be refused is, also two users whom the store would not
 * take (OST_E_CONFLICT). */
OST_MUST_CHECK ost_result user_feed_try(user_feed *feed, ost_error *error);

size_t user_feed_count(const user_feed *feed); /* of the rows that were made */

#endif
