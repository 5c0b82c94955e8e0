/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser keeps of a login, and what is to be done with the browser. */
#ifndef LOGIN_SESSION_H
#define LOGIN_SESSION_H

#include <ostiary/types.h>

typedef struct login_service login_service;

/* A cookie to set; an empty value with max_age 0 deletes it. */
typedef struct login_cookie {
    ost_text name, value;
    int64_t max_age; /* seconds; -1: until the browser is closed */
} login_cookie;
#define LOGIN_COOKIES 20 /* at most so many at once: split cookies, and old ones to delete */

/* What to do with the browser. */
typedef struct login_step {
    ost_text location; /* where to send it; empty after a refresh */
    login_cookie cookies[LOGIN_COOKIES];
    size_t cookie_count;
} login_step;

/* The request's cookies, in the order in which they came. Of two with one name the first counts. */
typedef struct login_pair {
    ost_text name, value;
} login_pair;
typedef struct login_jar {
    const login_pair *pairs;
    size_t count;
} login_jar;

/* The browser's session as its cookies tell it. Everything lives in the arena. */
typedef struct login_session {
    ost_text access_token;
    ost_text refresh_token; /* empty when the provider gave none */
    ost_text id_token;      /* empty when the provider gave none on refresh, or it was too long */
    int64_t started;        /* the login, in seconds since the epoch */
    int64_t access_expiry;
    int64_t refresh_at; /* a little before; never when there is no refresh token */
    bool demanded;      /* the login met a demand of login_begin */
} login_session;

#endif
