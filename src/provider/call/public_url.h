/* SPDX-License-Identifier: Apache-2.0 */
/* Under which URLs browsers and APIs reach the provider. */
#ifndef PUBLIC_URL_H
#define PUBLIC_URL_H

#include <ostiary/types.h>

/* What is configured, read once. */
typedef struct public_url {
    char *url;  /* "https://id.example.org/auth"; NULL: made of each request */
    char *host; /* "id.example.org", where scheme and port are the request's; NULL: its own host */
    char *path; /* what stands before "/realms": "" or "/auth" */
} public_url;

/* `hostname`: a URL, or a host with or without a port, or NULL. `path`: NULL, "/" or "/auth"; it
 * belongs to a URL that has no path of its own. OST_E_CONFIG with a sentence, OST_E_MEMORY. Free it
 * in either case. */
OST_MUST_CHECK ost_result public_url_read(const char *hostname, const char *path,
                                          public_url *ret_url, ost_error *error);
void public_url_free(public_url *url);

/* The base URL of a request that came with this authority ("localhost:8080"), by TLS or not, in the
 * arena; NULL: no memory. */
const char *public_url_base(const public_url *url, ost_text authority, bool secure,
                            ost_arena *arena);

#endif
