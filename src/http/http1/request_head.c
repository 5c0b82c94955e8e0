/* SPDX-License-Identifier: Apache-2.0 */
/* The strict HTTP/1.1 request head reader: RFC 9112 §2.2 (lines), §3 (request line), §5 (fields).
 * What the fields mean for the framing of the message is decided in request_framing.c. */
#include "http/http1/request_head.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"
#include "http/http1/request_framing.h"
#include "http/message/field_syntax.h"
#include "http/message/request_target.h"

#define METHOD_MAX 32
#define TLS_HANDSHAKE 0x16 /* the first byte of a TLS client (RFC 8446 §5.1); none of a method */

void request_head_init(request_head *head, http_field *fields, size_t field_capacity,
                       size_t max_line, size_t max_size)
{
    *head = (request_head){
        .fields = fields,
        .field_capacity = field_capacity,
        .max_line = max_line,
        .max_size = max_size,
    };
}

static request_head_state refuse_head(request_head *head, int status, const char *reason)
{
    head->status = status;
    head->reason = reason;
    return REQUEST_HEAD_REFUSED;
}

/* "HTTP/1.1" or "HTTP/1.0"; 505 for other well-formed versions. */
static request_head_state read_version(request_head *head, ost_text version)
{
    if (text_is(version, "HTTP/1.1")) {
        head->version = 11;
        return REQUEST_HEAD_MORE;
    }
    if (text_is(version, "HTTP/1.0")) {
        head->version = 10;
        return REQUEST_HEAD_MORE;
    }
    bool well_formed = version.len == 8 && memcmp(version.data, "HTTP/", 5) == 0 &&
                       ascii_is_digit(version.data[5]) && version.data[6] == '.' &&
                       ascii_is_digit(version.data[7]);
    if (well_formed)
        return refuse_head(head, 505, "HTTP version not supported");
    return refuse_head(head, 400, "malformed HTTP version");
}

/* method SP request-target SP HTTP-version, each separated by exactly one space. */
static request_head_state read_request_line(request_head *head, char *line, size_t len)
{
    ost_text rest = {line, len};
    size_t first = text_find(rest, ' ', 0);
    if (first == len)
        return refuse_head(head, 400, "malformed request line");
    size_t second = text_find(rest, ' ', first + 1);
    if (second == len)
        return refuse_head(head, 400, "request line without HTTP version");
    head->method_name = (ost_text){line, first};
    head->target = (ost_text){line + first + 1, second - first - 1};
    if (!is_token(head->method_name))
        return refuse_head(head, 400, "malformed method");
    if (first > METHOD_MAX)
        return refuse_head(head, 501, "method not implemented");
    head->method = method_of(head->method_name);
    if (head->target.len == 0)
        return refuse_head(head, 400, "empty request target");
    head->has_request_line = true;
    return read_version(head, (ost_text){line + second + 1, len - second - 1});
}

static request_head_state read_field_line(request_head *head, char *line, size_t len)
{
    if (line[0] == ' ' || line[0] == '\t')
        return refuse_head(head, 400, "folded field line");
    size_t colon = 0;
    for (unsigned char lower; colon < len; colon++) {
        lower = token_bytes[(unsigned char)line[colon]];
        if (lower == 0)
            break;
        line[colon] = (char)lower;
    }
    if (colon == len || line[colon] != ':')
        return refuse_head(head, 400, "malformed field name");
    if (colon == 0)
        return refuse_head(head, 400, "empty field name");
    ost_text value = text_trim((ost_text){line + colon + 1, len - colon - 1});
    if (!is_field_value(value))
        return refuse_head(head, 400, "control character in a field value");
    if (head->field_count == head->field_capacity)
        return refuse_head(head, 431, "too many fields");
    http_field *field = &head->fields[head->field_count++];
    field->name = (ost_text){line, colon};
    field->value = value;
    if (!request_framing_note(head, field))
        return REQUEST_HEAD_REFUSED;
    return REQUEST_HEAD_MORE;
}

/* One line without its CR LF. */
static request_head_state read_line(request_head *head, char *line, size_t len)
{
    if (!head->has_request_line) {
        if (len > head->max_line)
            return refuse_head(head, 414, "request line too long");
        if (len == 0 && !head->empty_line_skipped) { /* RFC 9112 §2.2: one is to be ignored */
            head->empty_line_skipped = true;
            return REQUEST_HEAD_MORE;
        }
        return read_request_line(head, line, len);
    }
    if (len > 0)
        return read_field_line(head, line, len);
    return request_framing_decide(head) ? REQUEST_HEAD_DONE : REQUEST_HEAD_REFUSED;
}

/* The line that is still coming: what can be told already? */
static request_head_state check_partial(request_head *head, const char *data, size_t len)
{
    size_t partial = len - head->line;
    if (!head->has_request_line) {
        if (partial > head->max_line + 1)
            return refuse_head(head, 414, "request line too long");
        unsigned char first = partial > 0 ? (unsigned char)data[head->line] : 'G';
        if (token_bytes[first] == 0 && first != '\r')
            return refuse_head(head, 400, "malformed method");
    }
    if (len >= head->max_size)
        return refuse_head(head, 431, "request head too large");
    return REQUEST_HEAD_MORE;
}

request_head_state request_head_read(request_head *head, char *data, size_t len)
{
    /* The client can read no answer in plain text: "wrong version number" is all that it says. */
    if (head->scanned == 0 && len > 0 && data[0] == TLS_HANDSHAKE)
        return refuse_head(head, 400, "TLS spoken to a port of plain HTTP");
    while (head->scanned < len) {
        char *lf = memchr(data + head->scanned, '\n', len - head->scanned);
        if (lf == NULL) {
            head->scanned = len;
            break;
        }
        size_t end = (size_t)(lf - data);
        if (end + 1 > head->max_size)
            return refuse_head(head, head->has_request_line ? 431 : 414,
                               head->has_request_line ? "request head too large"
                                                      : "request line too long");
        if (end == head->line || data[end - 1] != '\r')
            return refuse_head(head, 400, "line not ended by CR LF");
        char *line = data + head->line;
        size_t line_len = end - 1 - head->line;
        head->line = head->scanned = end + 1;
        request_head_state state = read_line(head, line, line_len);
        if (state == REQUEST_HEAD_DONE)
            head->size = head->line;
        if (state != REQUEST_HEAD_MORE)
            return state;
    }
    return check_partial(head, data, len);
}
