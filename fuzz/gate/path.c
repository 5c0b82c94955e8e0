/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the target of a request. A path that is read has one reading: encoded again, it is
 * read as the same, and nothing in it is cut off, resolved or decoded once more. */
#include "gate/gate_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bytes(ost_text path)
{
    if (path.len == 0 || path.data[0] != '/' || !text_is_utf8(path))
        abort();
    for (size_t i = 0; i < path.len; i++) {
        char c = path.data[i];
        if ((unsigned char)c < 0x20 || c == 0x7f || c == '\\' || c == ';')
            abort();
        if (c == '/' && i + 1 < path.len && path.data[i + 1] == '/')
            abort();
    }
    for (ost_text rest = path, segment; text_next(&rest, '/', &segment);)
        if (text_is(segment, ".") || text_is(segment, ".."))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text path, again;
    if (gate_path_read((ost_text){(const char *)data, size}, arena, &path) == NULL) {
        check_bytes(path);
        buffer_auto buffer encoded = {0};
        buffer_init(&encoded, 1 << 18);
        for (size_t i = 0; i < path.len; i++) {
            if (path.data[i] == '/')
                buffer_append_byte(&encoded, '/');
            else
                percent_append(&encoded, text_slice(path, i, 1));
        }
        if (gate_path_read(buffer_text(&encoded), arena, &again) != NULL ||
            !text_equal(path, again))
            abort();
        ost_text loose = gate_path_loose(path, arena);
        if (loose.data == NULL || !text_is_utf8(loose) || text_ends(loose, "/"))
            abort();
        (void)gate_path_check_loose(loose);
    }
    ost_arena_free(arena);
    return 0;
}
