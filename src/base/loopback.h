/* SPDX-License-Identifier: Apache-2.0 */
/* Names and addresses that lead nowhere but to this machine. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <ostiary/types.h>

/* "localhost" in any letters, 127.0.0.0/8 in its usual form, "[::1]". Other spellings of them,
 * names below "localhost" and ports are none. */
bool host_is_loopback(ost_text host);

#endif
