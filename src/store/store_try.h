/* SPDX-License-Identifier: Apache-2.0 */
/* Trying a change again that somebody else's stood in the way of. */
#ifndef STORE_TRY_H
#define STORE_TRY_H

#include <ostiary/types.h>

/* Whether to read, change and store once more what could not be stored as somebody else has changed
 * it since it was read (`result` is OST_E_CONFLICT). 40 tries are made, which *tried counts from 0.
 * From the third on the calling thread sleeps before, some milliseconds by chance: of two nodes in
 * step the slower one would never be first. Any thread that may wait. */
bool store_try_again(ost_result result, unsigned *tried);

#endif
