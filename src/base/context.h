/* SPDX-License-Identifier: Apache-2.0 */
/* Time and randomness by the caller's context, and the allocation calls of the whole program,
 * which tests can make fail one at a time. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include <ostiary/types.h>

OST_MUST_CHECK ost_result context_random(const ost_context *context, unsigned char *ret, size_t n);

/* ost_now in milliseconds; of a context with a clock of its own, its seconds. */
int64_t context_now_ms(const ost_context *context);

/* Monotonic time for time-outs, in milliseconds. */
int64_t monotonic_ms(void);

/* malloc, calloc, realloc and free, counted. Every allocation of our own goes through these.
 * memory_fail_at(n): the n-th allocation from now fails once (tests; 0 switches it off). */
OST_MUST_CHECK void *memory_alloc(size_t size);             /* zeroed */
OST_MUST_CHECK void *memory_alloc_aligned(size_t size);     /* likewise, at a line of the cache */
OST_MUST_CHECK void *memory_resize(void *old, size_t size); /* the new part is not zeroed */
OST_MUST_CHECK char *memory_copy(ost_text text);            /* NUL-terminated */
/* Hands what has been freed back to the system, which can take milliseconds. Any thread. */
void memory_give_back(void);
/* For programs whose data is replaced while they run: large blocks come from the system and go back
 * to it at once, however large the ones before were, so that they leave no gaps between small ones.
 * Once, before there are threads. */
void memory_start(void);
void memory_free(void *data);
uint64_t memory_count(void); /* allocations by this thread since it started */
void memory_fail_at(uint64_t n);

/* After a reset: gives memory back, but for about the first `keep` bytes. For arenas that wait long
 * for their next use. */
void arena_trim(ost_arena *arena, size_t keep);

/* Gives the pages back that nothing has been handed out of yet; they come back when they are
 * needed. For arenas that are kept for long as they are. */
void arena_settle(ost_arena *arena);

#endif
