/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's side of the process that holds the private keys of realms. */
#ifndef SIGNING_PROCESS_H
#define SIGNING_PROCESS_H

#include <ostiary/jose.h>

#include "http/log/log_sink.h"

typedef struct signing_process signing_process;

typedef struct signing_process_config {
    const char *const *command; /* the program and its arguments, NULL at the end */
    unsigned channels;          /* signatures at a time; 0: one for each processor */
    log_sink *log;              /* told when it starts and when it is gone; NULL: nobody is */
    void (*died)(void *user);   /* it is to be mended; from any thread, often */
    void *user;
} signing_process_config;

/* Starts it, and waits until it has given up what it does not need. OST_E_SYSTEM, OST_E_TIMEOUT: it
 * does not start, or the system cannot lock it up; the detail says which. */
OST_MUST_CHECK ost_result signing_process_new(const signing_process_config *config,
                                              signing_process **ret_process, ost_error *error);
/* Ends it. No key of it is used any more. NULL is fine. */
void signing_process_free(signing_process *process);

/* A key that signs there: the private JWK goes to the process, what stays here is the public one.
 * Signing with it gives OST_E_BUSY while the process is gone, and for good once it has been started
 * anew: its keys are to be brought again. OST_E_BUSY, OST_E_KEY_USE: it cannot sign with `alg`. */
OST_MUST_CHECK ost_result signing_process_key(signing_process *process, ost_alg alg,
                                              ost_text private_jwk, ost_text public_jwk,
                                              ost_key **ret_key, ost_error *error);

/* Looks whether it still runs, and starts it anew if not, once a second at most. True: it has been,
 * and knows no keys. One thread. */
bool signing_process_mend(signing_process *process);

/* For health and metrics: any thread; NULL gives true and 0. */
bool signing_process_works(const signing_process *process);
uint64_t signing_process_starts(const signing_process *process);

#endif
