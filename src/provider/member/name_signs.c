/* SPDX-License-Identifier: Apache-2.0 */
/* Signs in names; see name_signs.h. */
#include "provider/member/name_signs.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "http/message/request_target.h"

#define SIGNS "<>&\"$%!#?;*~/\\|^=[]{}()"

bool name_has_sign(ost_text name, bool of_user)
{
    const char *signs = of_user ? SIGNS "' ,:`" : SIGNS;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.data[i];
        if (byte < 0x20 || byte == 0x7f || (byte < 0x80 && strchr(signs, byte) != NULL))
            return true;
    }
    return false;
}

/* The name stands in URLs, cookie paths and JSON. */
bool name_is_of_realm(ost_text name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (c < 0x80 && !ascii_is_alphanumeric((char)c) && strchr("-_. @", c) == NULL)
            return false;
    }
    return name.len > 0 && name.len <= 255 && !path_segment_is_dots(name);
}
