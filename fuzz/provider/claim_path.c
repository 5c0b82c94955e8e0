/* SPDX-License-Identifier: Apache-2.0 */
/* A path, a template and a document, a line each: what is found is a part of the document, and a
 * name is no longer than it may be. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/broker/claim_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct found {
    const ost_json *document;
    ost_arena *arena;
} found;

static ost_text value_of(void *user, ost_text name)
{
    found *f = user;
    ost_text text = {0};
    if (text_find(name, '}', 0) < name.len || text_find(name, '|', 0) < name.len)
        abort();
    (void)!ost_json_text(claim_path_find(f->document, name, f->arena), &text);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text rest = {(const char *)data, size}, path, template, name;
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    found f = {.arena = arena};
    size_t end = text_find(rest, '\n', 0);
    path = text_slice(rest, 0, end);
    rest = text_slice(rest, end + 1, rest.len);
    end = text_find(rest, '\n', 0);
    template = text_slice(rest, 0, end);
    rest = text_slice(rest, end + 1, rest.len);
    if (size <= 8192 && ost_json_read(rest, NULL, arena, &f.document, NULL) == OST_OK) {
        const ost_json *at = claim_path_find(f.document, path, arena);
        ost_text source = at != NULL ? ost_json_source(at) : rest;
        if (path.len == 0 && at != NULL)
            abort();
        if (source.len > rest.len || memmem(rest.data, rest.len, source.data, source.len) == NULL)
            abort();
        if (name_template_fill(template, value_of, &f, arena, &name) == OST_OK &&
            name.len > NAME_TEMPLATE_MAX)
            abort();
    }
    ost_arena_free(arena);
    return 0;
}
