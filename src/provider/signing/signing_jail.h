/* SPDX-License-Identifier: Apache-2.0 */
/* What a process gives up that is to hold keys and nothing else. */
#ifndef SIGNING_JAIL_H
#define SIGNING_JAIL_H

#include <ostiary/types.h>

/* What has been given up, as far as the system has it. */
typedef struct signing_jail {
    bool filtered; /* system calls, but those that computing and open sockets need */
    bool landlock; /* every file */
    bool locked;   /* to be written to swap space */
} signing_jail;

/* Before there are threads: no core dumps, nobody attaches, no new privileges, no files. */
OST_MUST_CHECK ost_result signing_jail_prepare(signing_jail *ret_jail);

/* For all threads, once they are there: from now on any other system call ends the process. Where a
 * sanitizer needs them, and on machines other than x86-64 and AArch64, nothing is filtered. */
OST_MUST_CHECK ost_result signing_jail_close(signing_jail *jail);

#endif
