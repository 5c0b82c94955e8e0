/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's memory, one allocation of which can be made to fail. */
#ifndef CURL_MEMORY_H
#define CURL_MEMORY_H

#include <stdbool.h>

/* Before anything of libcurl is used; and at the end. */
bool curl_memory_begin(void);
void curl_memory_end(void);

/* The n-th allocation from now fails once, on whichever thread. */
void curl_memory_fail_at(long n);

/* It has; none does from here on. */
bool curl_memory_failed(void);

/* Allocations that have not been freed. */
long curl_memory_live(void);

#endif
