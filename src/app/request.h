/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way through guard and handler. */
#ifndef REQUEST_H
#define REQUEST_H

#include "app/app_state.h"
#include "app/browser.h"

struct ost_request {
    http_exchange *exchange;
    const http_request *http;
    app_server *server;
    const ost_route *route;
    ost_verdict verdict;
    ost_credentials credentials;
    browser_side browser;
    http_form query; /* read at the first question */
    bool query_read;
    unsigned waits_left;                  /* for keys, an issuer's word, a status list */
    void (*decide)(ost_request *request); /* what is asked again after a wait */
};

/* A request of the exchange; NULL when out of memory, and then it has been answered. `route` is
 * NULL for the program's own pages. */
OST_MUST_CHECK ost_request *request_new(http_exchange *exchange, app_server *server,
                                        const ost_route *route);

/* {"detail": message}. */
void request_refuse(http_exchange *exchange, int status, ost_text message);

/* Sets a field whose name and value cannot be wrong; without memory for it the engine answers 500
 * by itself. */
void request_set(http_exchange *exchange, const char *name, ost_text value);

#endif
