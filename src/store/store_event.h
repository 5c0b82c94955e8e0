/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what users and administrators did. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "store/store.h"

typedef struct store_event {
    ost_text realm;
    bool admin;
    int64_t time;    /* milliseconds */
    int64_t expires; /* seconds; 0: never, but the latest 100,000 of a realm are kept alone */
    ost_text type;   /* "LOGIN", or of administrators "CREATE" … */
    ost_text client, user, address;
    ost_text resource, path; /* what an administrator changed: "CLIENT", "clients/…" */
    ost_text document;       /* the event as JSON, as it is shown */
} store_event;
OST_MUST_CHECK ost_result store_event_add(store *store, const store_event *events, size_t count);

/* Empty texts: any. Lists are separated by spaces; `path` is a pattern of LIKE with '\\' to escape;
 * times are milliseconds, `to` is outside. */
typedef struct store_event_filter {
    ost_text realm;
    bool admin;
    ost_text types, client, user, address, resources, path;
    int64_t from, to;
    size_t first, max;
} store_event_filter;
/* The events as JSON, the latest first. */
OST_MUST_CHECK ost_result store_event_find(store *store, const store_event_filter *filter,
                                           ost_arena *arena, ost_text **ret_documents,
                                           size_t *ret_count);
OST_MUST_CHECK ost_result store_event_clear(store *store, ost_text realm, bool admin);

#endif
