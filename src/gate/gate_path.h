/* SPDX-License-Identifier: Apache-2.0 */
/* The path of the request that the proxy asks about. The proxy hands on to the application what
 * came from the client, and the two may read it in different ways: what has more than one reading
 * is no path here, so that the path a rule was found for is the one that the application serves. */
#ifndef GATE_PATH_H
#define GATE_PATH_H

#include <ostiary/types.h>

/* Reads "/path?query" as the client sent it. *ret_path: decoded, UTF-8, in the arena. Returns NULL,
 * or why it is refused (a static sentence): not in origin-form (an absolute one names a host of its
 * own); what RFC 3986 does not let stand in a path; encoded slashes, backslashes and control
 * characters; dot segments; and what gate_path_check refuses. */
OST_MUST_CHECK const char *gate_path_read(ost_text target, ost_arena *arena, ost_text *ret_path);

/* The same of a path that has been decoded by the HTTP engine: empty segments, ';' (parameters of
 * segments), something that is still encoded (a second decoding finds another path), a dot or blank
 * at the end of a segment (file systems that drop it). NULL, or why. */
OST_MUST_CHECK const char *gate_path_check(ost_text path);

/* How the most forgiving application could read it: without regard to case, to how letters are
 * drawn (wide ones, ligatures: Unicode's compatibility form), to slashes at the end, and to what
 * follows a '?' or '#' that was encoded. In the arena; NULL data: out of memory. */
ost_text gate_path_loose(ost_text path, ost_arena *arena);

/* What such a reading of a path that gate_path_check accepts may not have come to: dot segments,
 * backslashes, and a blank at the end of a segment. NULL, or why. */
const char *gate_path_check_loose(ost_text loose);

#endif
