/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of others in error details: the first bytes of them, whole characters only. */
#ifndef SHOWN_H
#define SHOWN_H

#include <ostiary/types.h>

static inline ost_text shown(ost_text text, size_t most)
{
    if (text.len > most) {
        text.len = most;
        while (text.len > 0 && ((unsigned char)text.data[text.len] & 0xC0) == 0x80)
            text.len--;
    }
    return text.len > 0 ? text : OST_TEXT("");
}

/* The two arguments of "%.*s". */
#define SHOWN(text, most) (int)shown((text), (most)).len, shown((text), (most)).data

#endif
