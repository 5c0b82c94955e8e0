/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of authentication in what is stored: those that a session has, each since when, and the
 * one that its user had when a client's part of it began. */
#ifndef SESSION_LEVEL_H
#define SESSION_LEVEL_H

#include "provider/call/call.h"
#include "provider/flow/flow_facts.h"

/* How somebody has come in. */
typedef struct reached_level {
    bool proved;     /* they have proved who they are, rather than come with a session */
    bool leveled;    /* by a flow that has levels: */
    int64_t level;   /* up to this one */
    ost_text names;  /* of levels, that were asked for; separated by spaces */
    bool lent;       /* to another client, and this one has exchanged its token */
    bool direct;     /* by a direct grant: no browser was there */
    ost_text device; /* whose login it was (hash of its code); empty: a client's own */
} reached_level;

/* In the notes of a client's part of a session; NULL: nothing is noted there, or memory is out. */
void reached_level_write(const reached_level *reached, ost_json_writer *w);
const reached_level *reached_level_read(call *call, ost_text notes);

/* The name of the claim, in tokens that only this server reads, for the level of a login. */
#define LEVEL_CLAIM "acr_level"

/* What a token, or a code, of one login is worth. The client may have had its user log in again
 * since, and the notes are of the last time: `level` is its own, the claim of a token; NULL: it has
 * none, and is worth nothing where the client's part has levels. `of_part` and the answer may be
 * NULL, as above. */
const reached_level *reached_level_own(call *call, const reached_level *of_part,
                                       const ost_json *level);
/* The same with the level of a code; FLOW_LEVEL_NONE: it has none. */
const reached_level *reached_level_limit(call *call, const reached_level *of_part, int64_t level);

/* Reads what is in the notes of a session, FLOW_LEVELS_MAX at most; more than that, or what cannot
 * be read, is none: somebody is asked once more. */
size_t session_levels_read(call *call, ost_text notes, flow_level *ret_levels);

/* The notes with the levels (numbers, separated by spaces) as reached at that time, too. Refuses
 * the call with server_error. */
bool session_levels_note(call *call, ost_text levels, int64_t time, ost_text notes,
                         ost_text *ret_notes);

#endif
