/* SPDX-License-Identifier: Apache-2.0 */
/* The options by which the provider sees its clients' certificates (RFC 8705), with Keycloak's
 * names. */
#ifndef CLIENT_TLS_H
#define CLIENT_TLS_H

#include "cli/command.h"
#include "provider/provider.h"

/* Whether TLS clients are asked for certificates, who vouches for these, and where a proxy tells
 * them. After the server's own certificate. Borrows what the values hold. OST_E_CONFIG. */
OST_MUST_CHECK ost_result client_tls_configure(const option_values *values, provider_config *config,
                                               ost_error *error);

#endif
