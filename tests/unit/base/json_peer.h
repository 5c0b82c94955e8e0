/* SPDX-License-Identifier: Apache-2.0 */
/* Our JSON reader and writer held against jansson in its strict mode. The unit tests and the fuzz
 * target share it. */
#ifndef JSON_PEER_H
#define JSON_PEER_H

#include <ostiary/json.h>

/* Reads `document` with both. NULL when they agree: both refuse it, or both read the same values,
 * or they differ for one of the reasons listed in json_peer.c. Otherwise what they differ in. The
 * arena is reset. */
const char *peer_disagreement(ost_text document, ost_arena *arena);

/* Reads `document`, writes it by the writer and reads it again, with both. NULL when all is the
 * same or the document is refused; otherwise what is wrong. The arena is reset. */
const char *peer_round_trip(ost_text document, ost_arena *arena);

#endif
