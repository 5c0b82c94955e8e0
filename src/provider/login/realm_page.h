/* Pages for people: templates of web/provider, filled in and sent with a strict policy. No script
 * is needed to use them. */
#ifndef REALM_PAGE_H
#define REALM_PAGE_H

#include "provider/call.h"

typedef enum page_template {
    PAGE_LOGIN,
    PAGE_LOGIN_NAME,  /* parts of PAGE_LOGIN: the field for the name, */
    PAGE_LOGIN_AGAIN, /* or who has to log in again */
    PAGE_LINK,        /* a paragraph that is a link */
    PAGE_ERROR,
    PAGE_MESSAGE,
    PAGE_LOGOUT,
    PAGE_FORM_POST,
    PAGE_ROOT,
} page_template;

/* {{name}} is replaced by the escaped value, {{{name}}} by the value as it is. */
typedef struct page_value {
    const char *name;
    ost_text value;
} page_value;

typedef struct page {
    page_template template;
    int status;
    const char *title; /* NULL: "Sign in to {realm}" */
    page_value values[12];
    size_t value_count;
    bool leads_away;     /* its form ends at a client, wherever that leads on to */
    bool submits_itself; /* PAGE_FORM_POST's one line of script is allowed */
} page;

void page_put(page *page, const char *name, ost_text value);

/* The same, with a template filled in as value, for a {{{name}}}. */
void page_put_part(call *call, page *page, const char *name, page_template part,
                   const page_value *values, size_t count);
void page_send(call *call, const page *page);

/* The error page; `message` is plain text. It links back to the client where one is known. */
void page_send_error(call *call, int status, const char *message);
/* The same with a link that begins anew; `again` is a URL of ours. */
void page_send_error_again(call *call, int status, const char *message, ost_text again);

/* The same without a realm: for paths that do not exist. */
void page_send_bare(http_exchange *exchange, int status, const char *heading, const char *message);

/* The style sheet that every page links. */
ost_text page_style(void);

#endif
