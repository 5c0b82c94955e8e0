/* SPDX-License-Identifier: Apache-2.0 */
/* What a request brings for its guard to judge. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "app/request.h"

/* Fills the request's credentials, but for a session's token. OST_E_MEMORY; OST_E_FORMAT: what a
 * trusted proxy says of the client's certificate cannot be read. */
OST_MUST_CHECK ost_result credentials_take(ost_request *request);

#endif
