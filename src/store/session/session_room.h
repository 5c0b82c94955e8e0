/* SPDX-License-Identifier: Apache-2.0 */
/* Room for one more session, within a transaction that is open. */
#ifndef SESSION_ROOM_H
#define SESSION_ROOM_H

#include "store/session/session_limit.h"
#include "store/statement.h"

/* Before the session, or the client's part of it, is written (`client_id` empty: no part is): what
 * is there already is not held to a limit. Of several who come at once, each finds what those
 * before it have left. OST_E_CEILING: there is no room. */
OST_MUST_CHECK ost_result make_room(database *database, const store_room *room, ost_text session_id,
                                    ost_text client_id);

#endif
