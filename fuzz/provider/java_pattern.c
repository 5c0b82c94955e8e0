/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a line feed and a text: a search ends, letters alone match themselves and nothing
 * else, and what a group matches is what its pattern matches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "provider/proof/java_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_alphanumeric(ost_text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_alphanumeric(text.data[i]))
            return false;
    return true;
}

static void check_in_group(ost_text pattern, ost_text text, ost_result alone)
{
    char grouped[JAVA_PATTERN_MAX];
    int len = snprintf(grouped, sizeof grouped, "(?:%.*s)", (int)pattern.len, pattern.data);
    if (memchr(pattern.data, '\0', pattern.len) != NULL || (size_t)len >= sizeof grouped)
        return;
    ost_result result = java_pattern_match((ost_text){grouped, (size_t)len}, text);
    if (result != alone && result != OST_E_FORMAT && alone != OST_E_FORMAT)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    if (end == NULL)
        return 0;
    ost_text pattern = {(const char *)data, (size_t)(end - data)};
    ost_text text = {(const char *)end + 1, size - pattern.len - 1};
    ost_result result = java_pattern_match(pattern, text);
    if (result != OST_OK && result != OST_E_NOT_FOUND && result != OST_E_FORMAT)
        abort();
    if (is_alphanumeric(pattern) && result != OST_E_FORMAT &&
        (result == OST_OK) != text_equal(pattern, text))
        abort();
    check_in_group(pattern, text, result);
    return 0;
}
