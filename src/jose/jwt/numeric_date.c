/* SPDX-License-Identifier: Apache-2.0 */
/* Times in tokens; see numeric_date.h. */
#include "jose/jwt/numeric_date.h"

#include <math.h>

#include "base/text.h"

#define SECONDS_MAX 9007199254740992.0 /* 2^53: whole seconds are exact up to here */

bool numeric_date_read_any(const ost_json *value, int64_t *ret_seconds)
{
    double seconds;
    if (!ost_json_number(value, &seconds) || !(fabs(seconds) <= SECONDS_MAX))
        return false;
    *ret_seconds = (int64_t)floor(seconds);
    return true;
}

bool numeric_date_read(const ost_json *value, int64_t *ret_seconds)
{
    int64_t seconds;
    if (!numeric_date_read_any(value, &seconds) || seconds < 0)
        return false;
    *ret_seconds = seconds;
    return true;
}

bool numeric_date_read_digits(const ost_json *value, int64_t *ret_seconds)
{
    ost_text text;
    uint64_t seconds;
    if (!ost_json_text(value, &text) || !text_to_unsigned(text, (uint64_t)SECONDS_MAX, &seconds))
        return false;
    *ret_seconds = (int64_t)seconds;
    return true;
}
