/* SPDX-License-Identifier: Apache-2.0 */
/* What the framework tells people: a heading, a sentence or two, a link or a button. */
#ifndef NOTICE_H
#define NOTICE_H

#include "app/app_state.h"

typedef struct notice {
    int status;
    const char *title;
    const char *text;             /* a paragraph; NULL: none */
    const char *detail;           /* in small print: for the operator; NULL: none */
    const char *link, *link_text; /* where to go next; NULL: nowhere */
    bool post;                    /* the link is a button that posts: for what changes something */
} notice;

/* Sends the page, under the API's title. One that tells of a failure has the request's id, as it is
 * in the log. All texts are escaped. */
void notice_send(http_exchange *exchange, const app_server *server, const notice *notice);

/* The API's title. */
ost_text notice_site(const app_server *server);

#endif
