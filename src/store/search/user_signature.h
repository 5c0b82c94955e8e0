/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a text within a name may fit, without a look at each user: SQLite's users are numbered by
 * their rows, and user_signature holds for each bit of user_gram.h which of 8,064 users that follow
 * each other have it. Triggers note in user_unsigned whose bits are no longer right; nobody who
 * writes waits for more. Whoever is noted counts as fitting, until the sweep, or a search that
 * finds many, sets all the bits anew, so that nothing is kept of those who have gone. PostgreSQL
 * has an index of its own for this. */
#ifndef USER_SIGNATURE_H
#define USER_SIGNATURE_H

#include "store/search/user_query.h"
#include "store/statement.h"
#include "store/store.h"

#define USER_PORTION 8064 /* whose bits stand in one row: four rows fill a page */
#define USER_PORTION_WORDS (USER_PORTION / 64)
#define USER_PORTION_BYTES (USER_PORTION / 8)

/* With more, a walk in the order of names is as good: for a page of them, and to count them. */
#define USER_NUMBERS_OF_PAGE 4096
#define USER_NUMBERS_OF_COUNT 32768

/* A JSON list of the numbers of rows that have to be looked at. OST_E_NOT_FOUND: it is not known,
 * or there are more than `most`. *ret_notes: how many have been noted. */
OST_MUST_CHECK ost_result user_signature_find(database *database, const store_user_query *query,
                                              size_t most, ost_arena *arena, ost_text *ret_numbers,
                                              int64_t *ret_notes);

/* For a few of the rows that are noted, if they have become many. What fails is done next time. */
void user_signature_settle(store *store, int64_t notes);
/* The same for all. */
OST_MUST_CHECK ost_result user_signature_settle_all(store *store);

/* Within a transaction that adds many users, without triggers: which row is the last one, and, when
 * they have been added, those behind it: noted, or their bits set. */
OST_MUST_CHECK ost_result user_signature_last(database *database, int64_t *ret_last);
OST_MUST_CHECK ost_result user_signature_note(database *database, int64_t last);
OST_MUST_CHECK ost_result user_signature_anew(database *database, int64_t last);

#endif
