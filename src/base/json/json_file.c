/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of files that people write; see json_file.h. */
#include "base/json/json_file.h"

#include "base/json/json_value.h"
#include "base/json/other_format.h"
#include "base/text.h"

ost_text text_behind_mark(ost_text text)
{
    return text_starts(text, BYTE_ORDER_MARK)
               ? text_slice(text, sizeof BYTE_ORDER_MARK - 1, text.len)
               : text;
}

/* What else it is, is asked last: JSON is nothing else. */
ost_result json_file_read(ost_text text, const ost_json_limits *limits, ost_arena *arena,
                          const ost_json **ret_value, ost_error *error)
{
    const ost_text json = text_behind_mark(text);
    const json_origin origin = {.line = 1, .byte = text.len - json.len, .column = 1, .path = ""};
    const char *other = NULL;
    ost_result result = json_read_part(json, origin, limits, arena, ret_value, error);
    if (result != OST_OK && result != OST_E_MEMORY && result != OST_E_SYSTEM)
        other = other_format(text_slice(text, 0, OTHER_FORMAT_BYTES));
    return other != NULL ? ost_error_set(error, result, "%s", other) : result;
}
