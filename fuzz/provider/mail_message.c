/* SPDX-License-Identifier: Apache-2.0 */
/* A recipient, a name, a subject and a text, each up to a line end but the last: whatever is
 * written has the eight fields that it should have, whole lines, and no byte of control. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/mail/mail_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ost_text take_line(ost_text *rest)
{
    size_t end = text_find(*rest, '\n', 0);
    ost_text line = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end + 1, rest->len);
    return line;
}

static void check_header(ost_text header)
{
    unsigned fields = 0;
    bool begins = true;
    for (size_t i = 0; i < header.len; i++) {
        unsigned char byte = (unsigned char)header.data[i];
        if (byte == '\r' && i + 1 < header.len && header.data[i + 1] == '\n') {
            begins = true;
            i++;
            continue;
        }
        if (byte < 0x20 || byte == 0x7f)
            abort();
        fields += begins && byte != ' ';
        begins = false;
    }
    if (fields != 8)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text rest = {(const char *)data, size}, written;
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    mail_message m = {.from = OST_TEXT("door@shop.example"), .id = OST_TEXT("1-2")};
    m.to = take_line(&rest);
    m.from_name = take_line(&rest);
    m.subject = take_line(&rest);
    m.text = m.html = rest;
    if (arena != NULL && mail_message_write(&m, arena, &written) == OST_OK) {
        const char *end = strstr(written.data, "\r\n\r\n");
        if (end == NULL || strlen(written.data) != written.len)
            abort();
        check_header(text_slice(written, 0, (size_t)(end - written.data)));
    }
    ost_arena_free(arena);
    return 0;
}
