/* SPDX-License-Identifier: Apache-2.0 */
/* Not waiting for PostgreSQL's disk. */
#ifndef ASYNCHRONOUS_H
#define ASYNCHRONOUS_H

/* To select from: it counts for the transaction. Before that is committed nobody else learns of
 * it. */
#define ASYNCHRONOUS "set_config('synchronous_commit', 'off', true)"

#endif
