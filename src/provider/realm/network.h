/* SPDX-License-Identifier: Apache-2.0 */
/* Networks, which strangers are counted by. */
#ifndef NETWORK_H
#define NETWORK_H

#include <ostiary/types.h>

/* What one subscriber has: of an IPv6 address, as text, its first four groups, of any other all of
 * it. A piece of `address`. */
ost_text network_of(ost_text address);

#endif
