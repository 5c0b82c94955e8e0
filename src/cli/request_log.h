/* One line per request on standard error, in logfmt. */
#ifndef REQUEST_LOG_H
#define REQUEST_LOG_H

#include "http.h"

/* For http_config.log; any thread. Query values that are secrets are left out: only the path stands
 * there. */
void request_log_write(const http_log_entry *entry, void *user);

#endif
