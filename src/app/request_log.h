/* The access log: one line a request, as text or as JSON. Queries are left out,
 * for codes and tokens have been put there; whatever a client could forge is escaped. */
#ifndef REQUEST_LOG_H
#define REQUEST_LOG_H

#include "http.h"

#define REQUEST_LOG_LINE 20480 /* bytes of the longest line: every value at its most, escaped */

/* For http_config.log, with a log_sink as `user`; any thread. */
void request_log_text(const http_log_entry *entry, void *user);
void request_log_json(const http_log_entry *entry, void *user);

/* The line without writing it: at most `size` bytes, the newline included. Returns its length. */
size_t request_log_format(const http_log_entry *entry, int64_t now_ms, bool json, char *ret,
                          size_t size);

#endif
