/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine asks of the program: is it alive (/health/live), may requests be sent to it
 * (/health, /health/ready), how is it doing (/metrics, Prometheus). */
#ifndef MONITORING_H
#define MONITORING_H

#include "app/app_state.h"

typedef struct monitoring_address {
    const char *path;
    http_handler handler;
} monitoring_address;

/* What to route, with the app_server as `user`; ends with a NULL path. */
extern const monitoring_address monitoring_addresses[];

#endif
