/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a form, and back: what has been read, written again, must read the same. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/http.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void write_again(const http_form *form, ost_arena *arena, buffer *out)
{
    for (size_t i = 0; i < form->count; i++) {
        buffer_append(out, percent_encode(arena, form->pairs[i].name));
        buffer_append_byte(out, '=');
        buffer_append(out, percent_encode(arena, form->pairs[i].value));
        buffer_append_byte(out, '&');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    http_form form, again;
    buffer_auto buffer out;
    buffer_init(&out, (size_t)1 << 20);
    if (arena != NULL &&
        http_form_read((ost_text){(const char *)data, size}, arena, &form) == OST_OK) {
        write_again(&form, arena, &out);
        check(http_form_read(buffer_text(&out), arena, &again) == OST_OK);
        check(form.count == again.count);
        for (size_t i = 0; i < form.count; i++) {
            check(text_equal(form.pairs[i].name, again.pairs[i].name));
            check(text_equal(form.pairs[i].value, again.pairs[i].value));
            check(text_is_utf8(form.pairs[i].value));
            ost_text escaped = http_html_escape(arena, form.pairs[i].value);
            check(escaped.len == 0 || memchr(escaped.data, '<', escaped.len) == NULL);
        }
    }
    ost_arena_free(arena);
    return 0;
}
