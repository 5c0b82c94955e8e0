/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the admin REST API, as tables: method, path, who may, what does it.
 * docs/usage/admin-api.md is made from them. */
#ifndef ADMIN_ROUTE_H
#define ADMIN_ROUTE_H

#include "http/http.h"
#include "provider/admin/admin_right.h"

#define ADMIN_PARAMETERS_MAX 4

typedef struct admin_call admin_call;

/* Does the operation and fills the answer; on the pool, with the realm opened. OST_E_CONFLICT of
 * the realm's document: it is run again with the realm as it is then. */
typedef ost_result admin_handler(admin_call *admin);

typedef struct admin_route {
    http_method method;  /* HTTP_OTHER: any */
    const char *path;    /* below "/admin"; "{realm}" and "{id}" stand for a segment, a last "*" for
                            what remains, "{id*}" too, which may be an address */
    admin_rights rights; /* one of them is needed; 0: the handler looks itself */
    admin_handler *run;  /* NULL: not carried out, which answers 501 */
    const char *sentence; /* what it does, or what is not there */
} admin_route;

/* The operations of one family. */
typedef struct admin_table {
    const admin_route *routes;
    size_t count;
} admin_table;

/* Ends with NULL; admin_operations.c */
extern const admin_table *const admin_tables[];
/* Those of the tables whose body is plain text; admin_operations_text.c */
extern const admin_table admin_text_operations;

typedef struct admin_match {
    const admin_route *route; /* NULL: see `known` */
    bool takes_text;          /* the body is plain text, not JSON */
    bool known;               /* the path has operations of other methods */
    ost_text values[ADMIN_PARAMETERS_MAX];
    ost_text rest; /* what a last "*" stands for, without the slash before it */
} admin_match;

/* Finds the operation of a method and a decoded path below "/admin". Slashes at the end, and
 * several in a row, count for nothing; a literal segment is preferred to a parameter. */
void admin_route_find(http_method method, ost_text path, admin_match *ret_match);

#endif
