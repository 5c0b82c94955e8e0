/* SPDX-License-Identifier: Apache-2.0 */
/* The process that holds private keys and signs: it has no files and no network, and speaks by the
 * sockets that it was given when it started. */
#ifndef SIGNING_CHILD_H
#define SIGNING_CHILD_H

#include "provider/signing/signing_jail.h"

#define SIGNING_CONTROL 3 /* the descriptor that it is started with */

/* What it says on that descriptor once it is ready. */
typedef struct signing_ready {
    ost_result result;
    signing_jail jail;
} signing_ready;

/* Its whole life: until the other side is gone. Returns an exit status. */
int signing_child_run(void);

#endif
