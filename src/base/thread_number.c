/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers for threads; see thread_number.h. */
#include "base/thread_number.h"

#include <stdatomic.h>

unsigned thread_number(void)
{
    static atomic_uint threads;
    static _Thread_local unsigned mine; /* one more than the number; 0: not drawn yet */
    if (mine == 0)
        mine = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) + 1;
    return mine - 1;
}
