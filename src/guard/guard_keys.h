/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that the guard holds for an issuer, for what else that issuer has signed. */
#ifndef GUARD_KEYS_H
#define GUARD_KEYS_H

#include <ostiary/guard.h>

/* The current snapshot of an issuer's keys; give it back with ost_keyset_unref. OST_E_ISSUER: the
 * guard does not trust it. OST_E_STATE: its keys are not known yet. Any thread. */
OST_MUST_CHECK ost_result guard_keys(ost_guard *guard, ost_text issuer, ost_keyset **ret_keys);

/* The `iss` that a token must have which is verified by these keys of that issuer: its name, or of
 * an issuer of many tenants the one that the token's own `tid` makes of it, if that tenant may come
 * in and the key that is meant signs for it. OST_E_ISSUER, OST_E_KEY_UNKNOWN, what reading the
 * token gives. In the arena, or as long as the guard. Any thread. */
OST_MUST_CHECK ost_result guard_keys_issuer(ost_guard *guard, ost_text issuer,
                                            const ost_keyset *keys, ost_text token,
                                            ost_arena *arena, const char **ret_name,
                                            ost_error *error);

/* Calls `ready` once when the fetch has ended that may bring a key of this kid for this algorithm.
 * False, and it will not be called: there is such a key, or no fetch could help now. Any thread. */
bool guard_keys_await(ost_guard *guard, ost_text issuer, ost_text kid, ost_alg alg,
                      void (*ready)(void *user), void *user);

#endif
