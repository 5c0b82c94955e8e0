/* SPDX-License-Identifier: Apache-2.0 */
/* A guard, those who use it, and the process that it belongs to. */
#include "core.h"

#include <pthread.h>
#include <stdlib.h>

static atomic_uint generation;

static void forked(void)
{
    atomic_fetch_add(&generation, 1);
}

bool keeper_init(void)
{
    return pthread_atfork(NULL, NULL, forked) == 0;
}

unsigned keeper_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

keeper *keeper_new(const guard_config *config, ost_error *error)
{
    keeper *made = calloc(1, sizeof *made);
    if (made == NULL) {
        ost_error_set(error, OST_E_MEMORY, "out of memory");
        return NULL;
    }
    atomic_init(&made->references, 1);
    made->generation = keeper_generation();
    if (ost_guard_new(config_of(config), &made->guard, error) != OST_OK) {
        free(made);
        return NULL;
    }
    return made;
}

keeper *keeper_ref(keeper *kept)
{
    if (kept != NULL)
        atomic_fetch_add_explicit(&kept->references, 1, memory_order_relaxed);
    return kept;
}

/* The parent's guard stays where it is: in this process nobody could end its thread, for it is not
 * here. */
void keeper_unref(keeper *kept)
{
    if (kept == NULL ||
        atomic_fetch_sub_explicit(&kept->references, 1, memory_order_acq_rel) != 1 ||
        kept->generation != keeper_generation())
        return;
    ost_guard_free(kept->guard);
    free(kept);
}
