/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of settings: what is read is text, lies within what was given, and is read
 * again from its escaped form; expressions in it are expanded or refused. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/expression.h"
#include "base/config/properties.h"
#include "base/text.h"

#define INPUT_MAX 4096

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static char *escape(char *out, ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *at = strchr("\tt\nn\rr\ff", text.data[i]);
        bool special = at != NULL && strchr("\t\n\r\f", text.data[i]) != NULL;
        if (special || strchr(" =:#!\\", text.data[i]) != NULL)
            *out++ = '\\';
        *out++ = special ? at[1] : text.data[i];
    }
    return out;
}

/* Written as a line of its own, it is the same again. */
static void check_again(const property *one)
{
    char line[4 * INPUT_MAX];
    char *end = escape(line, one->name);
    *end++ = '=';
    end = escape(end, one->value);
    properties lines;
    property again;
    bool found;
    check(properties_start(line, (size_t)(end - line), &lines, NULL) == OST_OK, "an escaped line");
    check(properties_next(&lines, &again, &found, NULL) == OST_OK && found, "one property");
    check(text_equal(again.name, one->name) && text_equal(again.value, one->value), "the same");
    check(properties_next(&lines, &again, &found, NULL) == OST_OK && !found, "no other");
}

static void check_expression(ost_text value, ost_arena *arena)
{
    const char *expanded = NULL;
    ost_error error = {0};
    ost_result result = expression_expand(value, arena, &expanded, &error);
    check((result == OST_OK) == (expanded != NULL), "a text or an error");
    check(result != OST_OK || text_find(value, '$', 0) < value.len || text_is(value, expanded),
          "nothing else changes");
    check(result == OST_OK || error.detail[0] != '\0', "a sentence");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char content[INPUT_MAX + 1];
    properties lines;
    property one;
    bool found = true;
    if (size > INPUT_MAX)
        return 0;
    memcpy(content, data, size);
    content[size] = 'x';
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    ost_result result = properties_start(content, size, &lines, NULL);
    size_t line = 0;
    while (result == OST_OK && found) {
        result = properties_next(&lines, &one, &found, NULL);
        if (result != OST_OK || !found)
            break;
        check(one.line > line, "lines count up");
        line = one.line;
        check(one.name.data >= content && one.value.data + one.value.len <= content + size,
              "within the file");
        check(strlen(one.name.data) == one.name.len && strlen(one.value.data) == one.value.len,
              "terminated");
        check(text_is_utf8(one.name) && text_is_utf8(one.value), "UTF-8");
        check_again(&one);
        if (arena != NULL && ost_arena_used(arena) < (size_t)32 << 20)
            check_expression(one.value, arena);
    }
    ost_arena_free(arena);
    return 0;
}
