/* SPDX-License-Identifier: Apache-2.0 */
/* How far something has come that takes long: on a terminal a line that is written over; elsewhere,
 * for a journal or a build's log, a line of its own after two seconds, and then every five. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <stdint.h>

typedef struct progress {
    int64_t next_ms; /* monotonic: when the next line is due; 0: nothing has been said */
} progress;

/* So many of `count` users are `what`: "stored". */
void progress_tell(progress *progress, const char *what, size_t done, size_t count);
/* The same of something else: so many of `count` "rows". */
void progress_tell_rows(progress *progress, const char *what, size_t done, size_t count);
/* So many realms are stored. */
void progress_tell_realms(progress *progress, size_t done);
/* The migration of a store runs: seconds since it began, MiB that it has written, MiB that the
 * store had. Told from the first look that is due. */
void progress_tell_upgrade(progress *progress, int number, const char *title, int64_t seconds,
                           uint64_t written, uint64_t size);
/* Takes the line away again, before anything else is said. */
void progress_clear(progress *progress);

#endif
