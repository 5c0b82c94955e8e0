/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts off what works with a store: the library's functions are wrapped by the linker. */
#ifndef CUT_CONNECTION_H
#define CUT_CONNECTION_H

#include "store/store.h"

typedef enum cut_kind {
    CUT_STEP,   /* SQLite: a step of a statement fails, and nothing of it is done */
    CUT_STEPS,  /* the same, and all that come after it */
    CUT_BEFORE, /* PostgreSQL: the connection is lost before the message is sent */
    CUT_ANSWER, /* the server has done it, and its answer is lost */
    CUT_AWAY,   /* before it is sent, and no other connection can be opened */
    CUT_GONE,   /* the server has done it, the answer is lost, and it cannot be reached again */
    CUT_KINDS
} cut_kind;

const char *cut_name(cut_kind kind);

/* The message, or step, of this number, from 1, is cut off, if it comes before cut_end, which tells
 * whether it has. */
void cut_begin(cut_kind kind, unsigned at);
bool cut_end(void);

/* Whether the store is one that this happens to. */
bool cut_is_of(const store *store, cut_kind kind);

#endif
