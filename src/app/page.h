/* The few pages that people may see: a heading, some sentences, a link or a button. Readable
 * without script, on any screen. */
#ifndef PAGE_H
#define PAGE_H

#include "app/app_server.h"

typedef struct page {
    int status;
    const char *title;
    const char *text;   /* a paragraph; NULL: none */
    const char *detail; /* in small print: what a support person would ask for; NULL: none */
    const char *link, *link_text; /* where to go next; NULL: nowhere */
    bool post;                    /* the link is a button that posts: for what changes something */
} page;

/* Sends the page. All texts are escaped. */
void page_send(http_exchange *exchange, const app_server *server, const page *page);

/* The Content-Security-Policy under which such a page works, and nothing else does; made once, in
 * the arena. */
OST_MUST_CHECK ost_result page_make_policy(ost_arena *arena, ost_text *ret_policy);

#endif
