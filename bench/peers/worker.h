/* SPDX-License-Identifier: Apache-2.0 */
/* One library in the table of script/bench libraries: it reads a key once, and then checks tokens
 * for as long as it is told to. All that differs between libraries is below. */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>

#define WORKER_ISSUER "http://localhost:8080/realms/myrealm"
#define WORKER_AUDIENCE "myapi"

typedef struct worker {
    /* Reads the public key in whichever form the library likes. NULL: it does not do `alg`. */
    void *(*read_key)(const char *alg, const char *jwk, const char *pem);
    /* Signature, algorithm, exp, iss and aud are good, and every claim can be asked for. */
    bool (*accepts)(void *key, const char *token);
} worker;

/* PROGRAM FOLDER ALG: reads ALG.jwk, ALG.pem, ALG.good and ALG.bad, a token a line. Exits with 3
 * when the library has no such algorithm, with 1 when it refuses a good token or accepts a bad one.
 * Otherwise writes "ready", and for each line of input, which holds seconds, how many checks it did
 * in a second of CPU time. */
int worker_main(int argc, char **argv, const worker *library);

#endif
