/* SPDX-License-Identifier: Apache-2.0 */
/* /openapi.json, and the page at /docs that shows it with Swagger UI and lets people sign in at the
 * provider and try the API. Scripts come from files, never from the page, and the page's policy
 * names each place they may come from. */
#ifndef DOCS_PAGE_H
#define DOCS_PAGE_H

#include "app/app_state.h"

/* The release that the CDN's addresses and digests name. Assets from a folder may be of another. */
#define DOCS_PAGE_SWAGGER "5.35.0"

/* Reads Swagger UI's files from the folder in the settings; without one, does nothing. */
OST_MUST_CHECK ost_result docs_page_load(app_server *server, ost_error *error);

typedef struct docs_page_address {
    const char *path;
    http_handler handler;
} docs_page_address;

/* What to route, with the app_server as `user`; ends with a NULL path. */
extern const docs_page_address docs_page_addresses[];

#endif
