/* SPDX-License-Identifier: Apache-2.0 */
#include "vectors.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const ost_json *vectors_read(ost_arena *arena, const char *path)
{
    char name[4096];
    const char *folder = getenv("OSTIARY_VECTORS");
    if (folder == NULL)
        folder = VECTORS;
    snprintf(name, sizeof name, "%s/%s", folder, path);
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        if (access(folder, F_OK) == 0)
            fail_msg("the vectors in %s lack %s", folder, path);
        print_message("skipped: no test vectors in %s (script/test --vectors)\n", folder);
        return NULL;
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *data = ost_arena_alloc(arena, len);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, len, file), len);
    fclose(file);
    const ost_json *document;
    ost_error error;
    if (ost_json_read((ost_text){data, len}, NULL, arena, &document, &error) != OST_OK)
        fail_msg("%s: %s", path, error.detail);
    return document;
}

ost_text vectors_text(const ost_json *object, const char *name)
{
    ost_text text;
    if (!ost_json_text(ost_json_get(object, name), &text))
        fail_msg("the vectors have no \"%s\"", name);
    return text;
}
