/* SPDX-License-Identifier: Apache-2.0 */
/* How a TLS stream takes part in the certificates of its context. */
#ifndef TLS_CONTEXT_H
#define TLS_CONTEXT_H

#include <openssl/types.h>

#include "http/connection/tls.h"

struct certificate_set;

/* A new SSL with the current certificates, which stay until left. NULL: out of memory. */
OST_MUST_CHECK SSL *certificate_set_enter(tls_context *context, struct certificate_set **ret_set);
void certificate_set_leave(tls_context *context, struct certificate_set *set);

#endif
