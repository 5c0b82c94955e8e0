/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the route of a method and a path. Built once, then only read: any thread. */
#ifndef ROUTER_H
#define ROUTER_H

#include "http/http.h"

#define ROUTE_PARAMETERS_MAX 8

typedef struct route {
    http_method method;
    const char *path; /* as it was given */
    http_handler handler;
    void *user;
    size_t max_body; /* decided: 0 means none */
    size_t parameter_count;
    const char *parameters[ROUTE_PARAMETERS_MAX]; /* their names, in the order of the path */
} route;

typedef struct router router;

/* `loose`: several slashes count as one, and none at the end, of a path and of a route.
 * The routes are copied into the arena. OST_E_CONFIG: a path is malformed, or given twice. */
OST_MUST_CHECK ost_result router_new(const http_route *routes, size_t count, bool loose,
                                     size_t max_body, ost_arena *arena, router **ret_router,
                                     ost_error *error);

typedef struct route_match {
    const route *route; /* NULL: see `methods` */
    unsigned methods;   /* bit (1 << http_method) for each the path has; 0: no such path */
    ost_text values[ROUTE_PARAMETERS_MAX];
} route_match;

/* A literal segment is preferred to a parameter, that to a rest. `path` is decoded. */
void router_find(const router *r, http_method method, ost_text path, route_match *ret_match);

/* "GET, HEAD, POST" for a set of methods; `ret` has room for 64 bytes. OPTIONS is always among
 * them. */
ost_text router_allow(unsigned methods, char *ret);

#endif
