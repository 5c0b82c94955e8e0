/* SPDX-License-Identifier: Apache-2.0 */
/* Whose TLS client it is: by the connection, or by the word of a trusted proxy. */
#ifndef CLIENT_CERTIFICATE_H
#define CLIENT_CERTIFICATE_H

#include "http/message/exchange.h"

/* Takes away every field that could be taken for the word of a proxy about the client's
 * certificate, but for the configured one from a trusted proxy. Before any handler sees the
 * request. */
void client_certificate_strip(http_exchange *exchange);

#endif
