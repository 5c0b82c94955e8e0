/* SPDX-License-Identifier: Apache-2.0 */
/* Proof keys; see pkce.h. */
#include "provider/token/pkce.h"

#include "base/percent.h"

#define KEY_MIN 43
#define KEY_MAX 128

bool pkce_is_key(ost_text text)
{
    return text.len >= KEY_MIN && text.len <= KEY_MAX && percent_is_unreserved(text);
}
