/* SPDX-License-Identifier: Apache-2.0 */
/* The characters of a token; see b64token.h. */
#include "base/b64token.h"
#include "base/ascii.h"

static bool is_token_character(char c)
{
    return ascii_is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' ||
           c == '/';
}

bool text_is_b64token(ost_text text)
{
    size_t i = 0;
    while (i < text.len && is_token_character(text.data[i]))
        i++;
    size_t padding = i;
    while (padding < text.len && text.data[padding] == '=')
        padding++;
    return i > 0 && padding == text.len;
}
