/* SPDX-License-Identifier: Apache-2.0 */
/* Reading realm files from disk; see realm_file.h. */
#include "provider/file/realm_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/placeholder.h"
#include "provider/realm/document_limit.h"

const ost_json_limits realm_file_limits = {
    .max_bytes = DOCUMENT_MAX, .max_depth = 64, .max_values = (size_t)1 << 22};

static ost_result read_file(const char *path, ost_arena *arena, ost_text *ret_text,
                            ost_error *error)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        ost_error_set(error, OST_E_SYSTEM, "%s: %s", path,
                      file == NULL ? strerror(errno) : "not a file");
        if (file != NULL)
            fclose(file);
        return OST_E_SYSTEM;
    }
    size_t size = (size_t)status.st_size;
    char *data = size <= DOCUMENT_MAX ? ost_arena_alloc(arena, size + 1) : NULL;
    bool whole = data != NULL && fread(data, 1, size, file) == size;
    fclose(file);
    if (!whole)
        return ost_error_set(error, OST_E_CEILING, "%s: cannot be read whole, or over %zu MiB",
                             path, DOCUMENT_MAX >> 20);
    *ret_text = (ost_text){data, size};
    return OST_OK;
}

ost_result realm_file_parse(ost_text text, ost_arena *arena, const ost_json **ret_document,
                            ost_error *error)
{
    if (text_starts(text, "\xEF\xBB\xBF")) /* what some editors put before a file */
        text = text_slice(text, 3, text.len);
    ost_result result = placeholder_replace(text, arena, &text);
    return result == OST_OK ? ost_json_read(text, &realm_file_limits, arena, ret_document, error)
                            : error_set_sentence(error, result);
}

ost_result realm_file_read(const char *path, ost_arena *arena, const ost_json **ret_document,
                           ost_error *error)
{
    ost_error inner = {0};
    ost_text text;
    ost_result result = read_file(path, arena, &text, error);
    if (result != OST_OK)
        return result;
    result = realm_file_parse(text, arena, ret_document, &inner);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s: %s", path,
                                            inner.detail[0] != '\0' ? inner.detail
                                                                    : ost_result_sentence(result));
}
