/* SPDX-License-Identifier: Apache-2.0 */
/* A login, those who use it, and the process that it belongs to; see login.h. */
#include "login.h"

#include <stdlib.h>
#include <time.h>

login_keeper *login_keeper_new(const ost_login_config *config, keeper *guard, ost_error *error)
{
    login_keeper *made = calloc(1, sizeof *made);
    if (made == NULL) {
        ost_error_set(error, OST_E_MEMORY, "out of memory");
        return NULL;
    }
    atomic_init(&made->references, 1);
    made->generation = keeper_generation();
    ost_login_config with_guard = *config;
    with_guard.guard = guard->guard;
    if (ost_login_new(&with_guard, &made->login, error) != OST_OK) {
        free(made);
        return NULL;
    }
    made->guard = keeper_ref(guard);
    return made;
}

login_keeper *login_keeper_ref(login_keeper *kept)
{
    if (kept != NULL)
        atomic_fetch_add_explicit(&kept->references, 1, memory_order_relaxed);
    return kept;
}

/* Calls that nobody asks for any more have had their answer when the login has stopped, but for
 * those that wait for the guard's keys, which each fetch's timeout bounds. */
static void await_calls(login_keeper *kept)
{
    const struct timespec moment = {.tv_nsec = 10000000};
    while (atomic_load(&kept->pending) > 0)
        nanosleep(&moment, NULL);
}

void login_keeper_unref(login_keeper *kept)
{
    if (kept == NULL || atomic_fetch_sub_explicit(&kept->references, 1, memory_order_acq_rel) != 1)
        return;
    if (kept->generation != keeper_generation())
        return; /* the parent's, whose thread is not in this process */
    ost_login_stop(kept->login);
    await_calls(kept);
    ost_login_free(kept->login);
    keeper_unref(kept->guard);
    free(kept);
}
