/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a request head, whole and byte by byte: both readings must agree, what is accepted
 * must lie within the input, and its target must be readable or refused. */
#include "http/http1/request_head.h"
#include "http/message/field_syntax.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/message/request_target.h"

#define FIELDS 20

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_inside(ost_text text, const char *data, size_t size)
{
    check(text.len == 0 || (text.data >= data && text.data + text.len <= data + size));
}

static void check_accepted(const request_head *head, char *data, size_t size)
{
    check(head->size <= size && memcmp(data + head->size - 2, "\r\n", 2) == 0);
    check(!(head->chunked && head->has_content_length));
    check(head->version == 10 || head->host.data != NULL);
    for (size_t i = 0; i < head->field_count; i++) {
        check_inside(head->fields[i].name, data, size);
        check_inside(head->fields[i].value, data, size);
        check(is_token(head->fields[i].name) && is_field_value(head->fields[i].value));
    }
    request_target target;
    size_t at = (size_t)(head->target.data - data);
    if (request_target_read(data + at, head->target.len, head->method, &target) != NULL)
        return;
    check_inside(target.path, data, size);
    check_inside(target.query, data, size);
    check(text_is_utf8(target.path) && memchr(target.path.data, '\0', target.path.len) == NULL);
    for (ost_text rest = target.path, segment; text_next(&rest, '/', &segment);)
        check(!text_is(segment, ".") && !text_is(segment, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    http_field fields[FIELDS];
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    request_head slow, whole;
    request_head_init(&slow, fields, FIELDS, 200, 1000);
    request_head_state state = REQUEST_HEAD_MORE;
    for (size_t len = 1; len <= size && state == REQUEST_HEAD_MORE; len++)
        state = request_head_read(&slow, copy, len);
    request_head_init(&whole, fields, FIELDS, 200, 1000);
    request_head_state again = request_head_read(&whole, copy, size);
    check(size == 0 || state == again);
    check(again != REQUEST_HEAD_REFUSED || (whole.status >= 400 && whole.reason != NULL));
    if (again == REQUEST_HEAD_DONE) {
        check(slow.size == whole.size);
        check_accepted(&whole, copy, size);
    }
    free(copy);
    return 0;
}
