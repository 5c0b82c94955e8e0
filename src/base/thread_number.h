/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers for threads, so that what many of them write can be spread. */
#ifndef THREAD_NUMBER_H
#define THREAD_NUMBER_H

/* The calling thread's own: 0, 1, 2 … in the order in which they first asked. */
unsigned thread_number(void);

#endif
