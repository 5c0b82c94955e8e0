/* SPDX-License-Identifier: Apache-2.0 */
/* What a client wants to be told of logouts, and where: its attributes as Keycloak has them. */
#ifndef LOGOUT_CLIENT_H
#define LOGOUT_CLIENT_H

#include "provider/realm/realm.h"

typedef struct logout_client {
    const char *back_url;  /* where logout tokens go; NULL: nowhere */
    const char *front_url; /* what browsers are shown in a frame; NULL: nothing */
    bool back_session;     /* its logout tokens have the sid */
    bool front_session;    /* iss and sid are in the query of front_url */
    bool revoke_offline;   /* and say that offline tokens are to be forgotten */
    bool registered;       /* it has registered itself: its addresses are a stranger's word */
} logout_client;

/* Addresses that are relative are resolved against the root URL. In the arena. */
logout_client logout_client_read(const realm_client *client, ost_arena *arena);

#endif
