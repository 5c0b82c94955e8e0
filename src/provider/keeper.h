/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's housekeeping thread. */
#ifndef KEEPER_H
#define KEEPER_H

#include <ostiary/types.h>

typedef struct provider provider;

void keeper_init(provider *provider);
OST_MUST_CHECK ost_result keeper_start(provider *provider);
/* There may be something to do, now (a provider, as the user of callbacks). Any thread. */
void keeper_wake(void *provider);
void keeper_stop(provider *provider);
/* Publishes the realms as the store has them now; their keys whose time has come sign already. */
OST_MUST_CHECK ost_result keeper_load(provider *provider, ost_error *error);

#endif
