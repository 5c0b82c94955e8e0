/* SPDX-License-Identifier: Apache-2.0 */
/* What a client wants to be told of logouts, and where: its attributes as Keycloak has them. */
#ifndef LOGOUT_CLIENT_H
#define LOGOUT_CLIENT_H

#include "provider/realm/realm.h"

typedef struct logout_client {
    const char *back_url;  /* where logout tokens go; NULL: nowhere */
    bool back_session;     /* its logout tokens have the sid */
    const char *front_url; /* what browsers that log out load; NULL: nothing */
    bool front_session;    /* with the issuer and the sid */
    bool revoke_offline;   /* and say that offline tokens are to be forgotten */
    bool registered;       /* it has registered itself: its address is a stranger's word */
} logout_client;

/* An address that is relative is resolved against the root URL. In the arena. */
logout_client logout_client_read(const realm_client *client, ost_arena *arena);

#endif
