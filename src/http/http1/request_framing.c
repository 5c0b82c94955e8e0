/* SPDX-License-Identifier: Apache-2.0 */
/* Message framing and connection persistence: RFC 9112 §3.2 (Host), §6 (message body), §9.3
 * (persistence), RFC 9110 §8.6 (Content-Length), §10.1.1 (Expect). Where two readers could disagree
 * about the end of a message, it is refused: that is what request smuggling lives on. */
#include "http/http1/request_framing.h"

#include <string.h>

#include "base/text.h"
#include "http/message/field_syntax.h"
#include "http/message/request_target.h"

static bool refuse(request_head *head, int status, const char *reason)
{
    head->status = status;
    head->reason = reason;
    return false;
}

/* Exactly one field, exactly one decimal number, no sign, no list, no leading zero. */
static bool note_content_length(request_head *head, ost_text value)
{
    if (head->has_content_length)
        return refuse(head, 400, "two Content-Length fields");
    head->has_content_length = true;
    if (!text_to_unsigned(value, INT64_MAX, &head->content_length))
        return refuse(head, 400, "malformed Content-Length");
    return true;
}

/* "chunked" once and alone. Another coding is not implemented; one that hides chunked, repeats it
 * or puts it anywhere but last leaves the end of the message open. */
static bool note_transfer_encoding(request_head *head, ost_text value)
{
    if (head->has_transfer_encoding)
        return refuse(head, 400, "two Transfer-Encoding fields");
    head->has_transfer_encoding = true;
    if (text_equal_ignoring_case(value, OST_TEXT("chunked"))) {
        head->chunked = true;
        return true;
    }
    unsigned codings = 0, chunked = 0;
    for (ost_text rest = value, coding; text_next(&rest, ',', &coding);) {
        codings++;
        chunked += text_equal_ignoring_case(text_trim(coding), OST_TEXT("chunked"));
    }
    if (codings == 0 || chunked > 1)
        return refuse(head, 400, "malformed Transfer-Encoding");
    return refuse(head, 501, "transfer coding not implemented");
}

static bool note_connection(request_head *head, ost_text value)
{
    for (ost_text rest = value, option; text_next(&rest, ',', &option);) {
        option = text_trim(option);
        if (text_equal_ignoring_case(option, OST_TEXT("close")))
            head->connection_close = true;
        else if (text_equal_ignoring_case(option, OST_TEXT("keep-alive")))
            head->connection_keep_alive = true;
        else if (option.len > 0 && !is_token(option))
            return refuse(head, 400, "malformed Connection");
    }
    return true;
}

static bool note_expect(request_head *head, ost_text value)
{
    if (head->has_expect || !text_equal_ignoring_case(value, OST_TEXT("100-continue")))
        return refuse(head, 417, "expectation not supported");
    head->has_expect = true;
    return true;
}

static bool note_host(request_head *head, http_field *field)
{
    if (head->host.data != NULL)
        return refuse(head, 400, "two Host fields");
    /* The view is of the caller's buffer, which is writable: see request_head_read. */
    char *text = (char *)(uintptr_t)field->value.data;
    if (!authority_normalize(text, field->value.len))
        return refuse(head, 400, "malformed Host");
    head->host = field->value;
    return true;
}

bool request_framing_note(request_head *head, http_field *field)
{
    switch (field->name.len) {
    case 4:
        return !text_is(field->name, "host") || note_host(head, field);
    case 6:
        return !text_is(field->name, "expect") || note_expect(head, field->value);
    case 10:
        return !text_is(field->name, "connection") || note_connection(head, field->value);
    case 14:
        return !text_is(field->name, "content-length") || note_content_length(head, field->value);
    case 17:
        return !text_is(field->name, "transfer-encoding") ||
               note_transfer_encoding(head, field->value);
    default:
        return true;
    }
}

bool request_framing_decide(request_head *head)
{
    if (head->version == 11 && head->host.data == NULL)
        return refuse(head, 400, "no Host field");
    if (head->has_transfer_encoding && head->has_content_length)
        return refuse(head, 400, "both Transfer-Encoding and Content-Length");
    if (head->has_transfer_encoding && head->version == 10)
        return refuse(head, 400, "Transfer-Encoding in an HTTP/1.0 request");
    if (head->connection_close && head->connection_keep_alive)
        head->connection_keep_alive = false;
    head->keep_alive =
        !head->connection_close && (head->version == 11 || head->connection_keep_alive);
    head->expects_continue = head->has_expect && head->version == 11;
    return true;
}
