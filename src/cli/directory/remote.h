/* SPDX-License-Identifier: Apache-2.0 */
/* The admin API of a server, over HTTP. */
#ifndef REMOTE_H
#define REMOTE_H

#include "cli/command.h"

typedef struct remote remote;

/* Signs in as the options say. OST_E_STATE: the server does not let us in; OST_E_ARGUMENT: the URL
 * is none, or plain http to another machine. Everything lives in the arena. */
OST_MUST_CHECK ost_result remote_open(const option_values *values, ost_arena *arena,
                                      remote **ret_remote, ost_error *error);
/* Forgets the token. NULL is fine. */
void remote_close(remote *remote);

/* `path` is below "/admin", encoded. */
OST_MUST_CHECK ost_result remote_ask(remote *remote, const char *method, const char *path,
                                     ost_text body, int *ret_status, ost_text *ret_body,
                                     ost_error *error);

#endif
