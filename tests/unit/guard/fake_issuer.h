/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer within a test: a discovery document and a key set, or whatever else the test wants to
 * be served in their place. */
#ifndef FAKE_ISSUER_H
#define FAKE_ISSUER_H

#include <pthread.h>
#include <stdatomic.h>

#include <ostiary/guard.h>

#include "tiny_server.h"

typedef enum fake_mode {
    FAKE_GOOD,
    FAKE_DOWN, /* the connection is closed without an answer */
    FAKE_ERROR,
    FAKE_SLOW, /* answers after fake_issuer_release */
    FAKE_OLD,  /* so too, but with what was published when it was asked: discovery and keys only */
    FAKE_REDIRECT,
    FAKE_HTML,
    FAKE_LARGE, /* 10 MB */
    FAKE_TEXT,  /* the text of fake_issuer_say */
} fake_mode;

typedef struct fake_issuer {
    tiny_server *server;
    pthread_mutex_t lock;
    fake_mode discovery_mode, keys_mode;
    bool released;
    char name[128];       /* "http://127.0.0.1:PORT/realms/a" */
    char discovery[2048]; /* the document */
    char keys[32768];     /* the set */
    char text[32768];     /* of FAKE_TEXT */
    char fields[256];     /* header lines of the answers */
    atomic_int discoveries, key_fetches, others;

    /* introspection */
    fake_mode ask_mode;
    int ask_status;        /* 200 */
    char ask_type[64];     /* "application/json" */
    char said[69632];      /* the answer */
    char asked_head[8192]; /* the last question */
    char asked_body[4096];
    atomic_int questions;

    /* status lists: whatever lies under /lists/ */
    fake_mode list_mode;
    char list_type[64];
    char list[65536];
    atomic_int list_fetches;
} fake_issuer;

fake_issuer *fake_issuer_start(void);
void fake_issuer_stop(fake_issuer *issuer);

/* What the key set is from now on; a list that ends with NULL. */
void fake_issuer_publish(fake_issuer *issuer, ost_key *const *keys);
void fake_issuer_serve(fake_issuer *issuer, fake_mode discovery, fake_mode keys);
void fake_issuer_say(fake_issuer *issuer, const char *text);
/* What is answered from now on to whoever asks about a token; about one that begins with "dead", if
 * anything, that it is not active. */
void fake_issuer_answer(fake_issuer *issuer, fake_mode mode, const char *said);
void fake_issuer_status(fake_issuer *issuer, int status); /* with which it is answered */
void fake_issuer_list(fake_issuer *issuer, fake_mode mode, ost_text list);
void fake_issuer_release(fake_issuer *issuer);
const char *fake_issuer_url(fake_issuer *issuer, const char *path);

#endif
