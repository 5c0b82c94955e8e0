/* SPDX-License-Identifier: Apache-2.0 */
/* The forward-auth service: a proxy asks it about every request, and it answers by the rules. */
#ifndef GATE_H
#define GATE_H

#include "base/options.h"

/* In a table of options: those of the gate, which are read here. */
#define GATE_OPTIONS                                                                               \
    {"rules", "FILE", "OSTIARY_RULES", NULL,                                                       \
     "JSON: the sites behind the proxy, and who may what"},                                        \
        {"gateway", "NAME", "OSTIARY_GATEWAY", NULL,                                               \
         "which proxy asks: nginx, caddy, traefik, envoy or haproxy"},                             \
    {                                                                                              \
        "passes-cookies", NULL, "OSTIARY_PASSES_COOKIES", NULL,                                    \
            "the proxy hands cookies of the gate's answers to browsers: sessions are refreshed "   \
            "there"                                                                                \
    }

/* Runs until SIGINT or SIGTERM; `ready` is called once it serves. OST_E_CONFIG, OST_E_ARGUMENT:
 * what the operator must change; OST_E_SYSTEM: a file, an address. The values are not const: a
 * secret on the command line is overwritten. */
OST_MUST_CHECK ost_result gate_run(option_values *values, ost_arena *arena, void (*ready)(void),
                                   ost_error *error);

#endif
