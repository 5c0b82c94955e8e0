/* SPDX-License-Identifier: Apache-2.0 */
/* What no route fits. */
#ifndef NOT_FOUND_H
#define NOT_FOUND_H

#include "app/app_state.h"

/* 404, 405, or 204 for OPTIONS, which answers preflights too. A path that is there with a slash at
 * its end, or without, is redirected to, as FastAPI does: 307, so that the method stays; OPTIONS is
 * answered for it. `user` is the app_server. */
void not_found(http_exchange *exchange, void *user);

#endif
