/* SPDX-License-Identifier: Apache-2.0 */
/* Where log lines go: a buffer that a thread of its own writes out, so that a slow disk or a full
 * pipe never holds up an event loop, and a reader that has gone ends nothing. */
#ifndef LOG_SINK_H
#define LOG_SINK_H

#include <ostiary/types.h>

#define LOG_SINK_BUFFER ((size_t)1 << 20) /* bytes that may wait to be written */

typedef struct log_sink log_sink;

/* Writes to an open file, which stays the caller's. `name`: of the program, for there may be lines
 * of several in one terminal; it outlives the sink. */
OST_MUST_CHECK ost_result log_sink_new(int file, const char *name, log_sink **ret_sink);
const char *log_sink_name(const log_sink *sink);

/* Queues one line, its newline included. What finds no room is counted, and its number is written
 * when there is room again. Any thread. */
void log_sink_put(log_sink *sink, ost_text line);

/* Queues what the program has to say about itself, after its name: "items-api: …". At most 500
 * bytes of it; NULL for the sink says nothing. Any thread. */
void log_sink_say(log_sink *sink, const char *format, ...) OST_PRINTF(2, 3);

/* Lines that found no room, or that the file did not take. Any thread. */
unsigned long log_sink_lost(log_sink *sink);

/* Writes what waits, for two seconds at most if nobody reads it, and ends the thread. NULL is fine.
 */
void log_sink_free(log_sink *sink);

#endif
