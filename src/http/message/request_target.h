/* SPDX-License-Identifier: Apache-2.0 */
/* The target of a request and the authority it is meant for: RFC 9112 §3.2, RFC 3986 §3. */
#ifndef REQUEST_TARGET_H
#define REQUEST_TARGET_H

#include "http/http.h"

/* Checks host [":" port] and lower-cases it in place. No user information, no empty host. */
OST_MUST_CHECK bool authority_normalize(char *data, size_t len);

/* "." or "..", which is not a place of its own: RFC 3986 §3.3, §5.2.4. */
OST_MUST_CHECK bool path_segment_is_dots(ost_text segment);

typedef struct request_target {
    ost_text path;      /* decoded; "*" for OPTIONS * */
    ost_text query;     /* raw */
    ost_text authority; /* of an absolute-form target; NULL data otherwise */
} request_target;

/* Reads a target in origin-form, absolute-form or asterisk-form; decodes the path in place, so once
 * only. Returns NULL, or why it is refused (a static sentence; status 400). */
OST_MUST_CHECK const char *request_target_read(char *data, size_t len, http_method method,
                                               request_target *ret_target);

#endif
