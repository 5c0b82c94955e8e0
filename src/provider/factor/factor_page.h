/* SPDX-License-Identifier: Apache-2.0 */
/* The pages that ask for a second factor, and the one on which another is chosen. */
#ifndef FACTOR_PAGE_H
#define FACTOR_PAGE_H

#include "provider/login/browser_login.h"

/* Sends the page of login->factor, or with login->chooses_factor the choice. On the exchange's
 * loop. */
void factor_page_send(call *call);

#endif
