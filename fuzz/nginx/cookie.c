/* SPDX-License-Identifier: Apache-2.0 */
/* A name, a line end, and any bytes as a Cookie field. What is found stands in the field as a whole
 * pair of that name, and there are as many as one finds who looks at each of the pairs. */
#include "reader.h"

#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_naively(ost_text field, ost_text name)
{
    size_t count = 0;
    for (size_t k = 0; k + name.len < field.len; k++) {
        size_t before = k, after = k + name.len;
        while (before > 0 && (field.data[before - 1] == ' ' || field.data[before - 1] == '\t'))
            before--;
        if ((before == 0 || field.data[before - 1] == ';') && field.data[after] == '=' &&
            text_equal(text_slice(field, k, name.len), name))
            count++;
    }
    return count;
}

/* Names as RFC 6265 has them: tokens. */
static bool is_name(ost_text name)
{
    return name.len > 0 && text_is_made_of(name, "_-.");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text input = {(const char *)data, size}, value = {0};
    size_t end = text_find(input, '\n', 0), count = 0;
    ost_text name = text_slice(input, 0, end), field = text_slice(input, end + 1, size);
    if (!is_name(name) || field.data == NULL)
        return 0;
    ostiary_cookie_find(field, name, &value, &count);
    if (count != count_naively(field, name))
        abort();
    if (count == 0)
        return 0;
    if (value.data < field.data + name.len + 1 || value.data + value.len > field.data + field.len ||
        value.data[-1] != '=' || text_find(value, ';', 0) < value.len)
        abort();
    if (value.len > 0 && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t'))
        abort();
    return 0;
}
