/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs that have been shown, so that none is accepted twice (RFC 9449 §11.1), where several
 * processes or guards serve one API: what one has seen the others refuse. */
#ifndef OSTIARY_REPLAY_H
#define OSTIARY_REPLAY_H

#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where a guard remembers proofs in place of its own memory: part of ost_dpop_rules. All zero: in
 * its own. */
typedef struct ost_replay_store {
    /* Notes that the proof `id` of the key `owner` has been shown, to be remembered until the
     * second `until`, inclusive; `now` is the guard's clock. OST_OK: nobody had noted it.
     * OST_E_CONFLICT: it had been noted, or could have been; the proof is refused. OST_E_CEILING:
     * this key has shown so many that others would find no room. Anything else: it cannot be
     * remembered. Neither is accepted (503). Called at the end of a check, when the proof is good
     * otherwise; by any thread that checks, by several at once, and not to be waited for: a check
     * does no I/O. */
    ost_result (*note)(void *user, ost_text owner, ost_text id, int64_t until, int64_t now);
    void *user; /* must outlive the guard */
} ost_replay_store;

/* A store in memory that processes have in common (mmap with MAP_SHARED). It has no locks: a
 * process that dies at any moment, or is stopped, holds up nobody. Nothing that was noted is
 * forgotten before its time; when there is no room where a proof belongs, it is refused. That one
 * client does not fill it for the others, no key may have more than four times as much as is free:
 * four fifths of the room by itself, and less the more others have. That is counted for eight
 * minutes ahead: what is noted for longer is remembered for longer, but counts for that long alone.
 * The memory is not looked at as hostile: whoever writes to it decides which proofs count. */
typedef struct ost_replay_table ost_replay_table;

/* How much memory remembers about so many proofs at a time: some 13 bytes for each. Any thread. */
OST_PUBLIC size_t ost_replay_table_size(size_t proofs);
/* Makes a table of memory that is all zero, as a new mapping is; before others know of it. `memory`
 * begins at a multiple of 64, and belongs to the table until nobody uses that any more; there is
 * nothing to free. `context` is used for its randomness now; NULL: the system's. Errors:
 * OST_E_ARGUMENT (it is not at such a place), OST_E_CEILING (fewer than 4,096 bytes, or more than
 * 64 GiB), OST_E_SYSTEM. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_replay_table_make(void *memory, size_t size,
                                                           const ost_context *context,
                                                           ost_replay_table **ret_table);
/* The table that this process or another made of that memory, at whatever address it is mapped
 * here. Any thread. Errors: OST_E_ARGUMENT (none of this size, or of another version of the
 * library). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_replay_table_open(void *memory, size_t size,
                                                           ost_replay_table **ret_table);
/* What a store asks: {.note = ost_replay_table_note, .user = table}. Any thread of any process.
 * Errors: OST_E_CONFLICT (it was noted before, or could have been), OST_E_BUSY (no room),
 * OST_E_CEILING (no more for this key), OST_E_ARGUMENT (no table, or more than a year ahead). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_replay_table_note(void *table, ost_text owner, ost_text id,
                                                           int64_t until, int64_t now);

#ifdef __cplusplus
}
#endif

#endif
