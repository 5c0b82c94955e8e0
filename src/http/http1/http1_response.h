/* SPDX-License-Identifier: Apache-2.0 */
/* The form of responses in HTTP/1.1. */
#ifndef HTTP1_RESPONSE_H
#define HTTP1_RESPONSE_H

#include "http/message/exchange.h"

/* Writes the response to the exchange's connection. */
void http1_response_write(http_exchange *exchange, const http_response *response);

#endif
