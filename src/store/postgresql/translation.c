/* SPDX-License-Identifier: Apache-2.0 */
/* SQL as both engines understand it, for PostgreSQL. Texts are literals of this program. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

#define TEXT_MAX ((size_t)64 << 10)

static size_t skip_quoted(const char *sql)
{
    const char *end = strchr(sql + 1, *sql);
    return end != NULL ? (size_t)(end - sql) + 1 : strlen(sql);
}

static bool is_of_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static size_t put_word(const char *sql, buffer *out)
{
    size_t len = 0;
    while (is_of_word(sql[len]))
        len++;
    ost_text word = {sql, len};
    buffer_append(out, text_is(word, "user") ? OST_TEXT("\"user\"") : word);
    return len;
}

/* "?3" is the third parameter, "?" the next one. */
static size_t put_parameter(const char *sql, int *count, buffer *out)
{
    char text[16];
    int number = 0;
    size_t len = 1;
    while (isdigit((unsigned char)sql[len]))
        number = number * 10 + (sql[len++] - '0');
    if (number == 0)
        number = *count + 1;
    if (number > *count)
        *count = number;
    snprintf(text, sizeof text, "$%d", number);
    buffer_append(out, text_of(text));
    return len;
}

char *translate(const char *sql, int *ret_parameters)
{
    buffer_auto buffer out = {0};
    int count = 0;
    buffer_init(&out, TEXT_MAX);
    while (*sql != '\0') {
        size_t len = 1;
        if (*sql == '?') {
            len = put_parameter(sql, &count, &out);
        } else if (is_of_word(*sql)) {
            len = put_word(sql, &out);
        } else {
            if (*sql == '\'' || *sql == '"')
                len = skip_quoted(sql);
            buffer_append(&out, (ost_text){sql, len});
        }
        sql += len;
    }
    char *text =
        out.failed == OST_OK && count <= PARAMETERS ? memory_copy(buffer_text(&out)) : NULL;
    if (text != NULL)
        *ret_parameters = count;
    return text;
}
