/* SPDX-License-Identifier: Apache-2.0 */
/* What this API says about itself to clients that know only its address: protected resource
 * metadata (RFC 9728). */
#ifndef RESOURCE_METADATA_H
#define RESOURCE_METADATA_H

#include "app/app_state.h"

/* Where the document of the resource `resource` is, RFC 9728 §3.1: its URL, and the path of that
 * alone, in the arena. OST_E_CONFIG: it is not an https URL (nor an http one of this machine), or
 * has a query or fragment. */
OST_MUST_CHECK ost_result resource_metadata_place(const char *resource, ost_arena *arena,
                                                  const char **ret_url, const char **ret_path,
                                                  ost_error *error);

/* Answers with it; `user` is the app_server. */
void resource_metadata_send(http_exchange *exchange, void *user);

#endif
