/* SPDX-License-Identifier: Apache-2.0 */
/* Sending responses. The functions handlers call are declared in http.h. */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "http/message/exchange.h"

#define RESPONSE_BODY_MAX (64u << 20) /* longer ones become a 500 */

/* True for a field that may be sent: a token, no control characters, none the engine sets. */
bool response_field_valid(ost_text name, ost_text value);
bool response_has_field(const http_exchange *exchange, ost_text name);

#endif
