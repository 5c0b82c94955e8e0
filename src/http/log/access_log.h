/* SPDX-License-Identifier: Apache-2.0 */
/* The access log: one line a request, as logfmt or as JSON. What a client sent can neither end a
 * line nor speak to a terminal, and secrets in queries are masked. */
#ifndef ACCESS_LOG_H
#define ACCESS_LOG_H

#include "http/http.h"

/* For http_config.log, with a log_sink as `user`; any thread. */
void access_log_text(const http_log_entry *entry, void *user);
void access_log_json(const http_log_entry *entry, void *user);

/* The line alone, with its newline and without a NUL: at most `size` bytes (2 at least). Members
 * that do not fit are left out. `now_ms`: since the epoch; `program`: whose log it is. Returns the
 * length. */
size_t access_log_format(const http_log_entry *entry, const char *program, int64_t now_ms,
                         bool json, char *ret, size_t size);

#endif
