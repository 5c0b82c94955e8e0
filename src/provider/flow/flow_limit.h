/* SPDX-License-Identifier: Apache-2.0 */
/* How many sessions somebody may have at once (user-session-limits). */
#ifndef FLOW_LIMIT_H
#define FLOW_LIMIT_H

#include <ostiary/json.h>

#define FLOW_LIMIT_MAX 1000

typedef struct flow_limit {
    int64_t user, client; /* of a user, and of these with one client; 0: any number */
} flow_limit;

/* What a flow has found of both kinds, of which one more session is held to each. */
typedef struct flow_room {
    flow_limit denies; /* with that many, nobody comes in */
    flow_limit ends;   /* for what is beyond that the oldest end */
} flow_room;

/* What it says where it has no words of its own. */
#define FLOW_TOO_MANY_SESSIONS "There are too many sessions"

/* What becomes of those who are at the limit. */
typedef enum flow_excess {
    EXCESS_DENIED,   /* they do not come in */
    EXCESS_REPLACES, /* their oldest sessions end */
} flow_excess;

bool flow_step_has_limit(const ost_json *step);

/* False: what it says cannot be followed, and nobody comes in by it. */
OST_MUST_CHECK bool flow_limit_read(const ost_json *realm, const ost_json *step,
                                    flow_limit *ret_limit, flow_excess *ret_excess);

bool flow_limit_is_known(const ost_json *realm, const ost_json *step);

/* What it says to those whom it denies. */
ost_text flow_limit_words(const ost_json *realm, const ost_json *step);

/* The stricter of both. */
flow_limit flow_limit_join(flow_limit a, flow_limit b);
flow_room flow_room_join(flow_room a, flow_room b);

#endif
