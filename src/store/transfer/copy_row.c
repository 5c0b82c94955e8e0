/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of COPY; see copy_row.h. */
#include "store/transfer/copy_row.h"

#include <sodium.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

void row_digest_add(row_digest *digest, const ost_text *values, size_t count)
{
    uint64_t hash[ARRAY_LEN(digest->sum)];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < count; i++) {
        uint64_t len = values[i].len;
        crypto_generichash_update(&state, (const unsigned char *)&len, sizeof len);
        crypto_generichash_update(&state, (const unsigned char *)values[i].data, values[i].len);
    }
    crypto_generichash_final(&state, (unsigned char *)hash, sizeof hash);
    for (size_t i = 0; i < ARRAY_LEN(hash); i++)
        digest->sum[i] += hash[i];
    digest->count++;
}

bool row_digest_equal(const row_digest *one, const row_digest *other)
{
    return one->count == other->count && memcmp(one->sum, other->sum, sizeof one->sum) == 0;
}

/* ---- writing ---- */

static const char specials[] = "\b\f\n\r\t\v\\", letters[] = "bfnrtv\\";

static void put_quoted(buffer *out, ost_text text)
{
    size_t from = 0;
    for (size_t at = 0; at < text.len; at++) {
        const char *special = text.data[at] != '\0' ? strchr(specials, text.data[at]) : NULL;
        if (special == NULL)
            continue;
        buffer_append(out, text_slice(text, from, at - from));
        buffer_append_byte(out, '\\');
        buffer_append_byte(out, letters[special - specials]);
        from = at + 1;
    }
    buffer_append(out, text_slice(text, from, text.len));
}

void copy_row_put(buffer *out, ost_text value, bool last)
{
    if (text_needs_escape(value)) {
        char *escaped = memory_alloc(3 * value.len);
        if (escaped == NULL)
            out->failed = OST_E_MEMORY;
        else
            put_quoted(out, (ost_text){escaped, text_escape(value, escaped)});
        memory_free(escaped);
    } else {
        put_quoted(out, value);
    }
    buffer_append_byte(out, last ? '\n' : '\t');
}

/* ---- reading ---- */

/* What a backslash makes of the letter behind it; NULL is "\N". */
static char unquoted(char letter)
{
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    return found != NULL ? specials[found - letters] : letter;
}

/* The value from *at on, without its quotes; *at is then behind what ends it. */
static bool read_value(char *line, size_t len, size_t *at, ost_text *ret_value)
{
    size_t from = *at, to = from, next = from;
    if (len - from >= 2 && line[from] == '\\' && line[from + 1] == 'N')
        return false;
    for (; next < len && line[next] != '\t' && line[next] != '\n'; next++) {
        bool quoted = line[next] == '\\' && next + 1 < len;
        next += quoted ? 1 : 0;
        line[to++] = quoted ? unquoted(line[next]) : line[next];
    }
    ost_text value = {line + from, to - from};
    if (text_is_escaped(value))
        value.len = text_unescape(value, line + from);
    *ret_value = value;
    *at = next + 1;
    return next < len;
}

ost_result copy_row_read(char *line, size_t len, size_t count, ost_text ret_values[COPY_COLUMNS])
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (at >= len || !read_value(line, len, &at, &ret_values[i]))
            return OST_E_FORMAT;
    }
    return at == len ? OST_OK : OST_E_FORMAT;
}
