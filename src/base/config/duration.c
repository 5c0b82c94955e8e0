/* SPDX-License-Identifier: Apache-2.0 */
/* Durations; see duration.h. */
#include "base/config/duration.h"

#include "base/array.h"
#include "base/text.h"

#define NUMBER_MAX 100000000

bool duration_read(ost_text text, uint64_t *ret_seconds)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    uint64_t number, factor = 1;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (text.len > 0 && text.data[text.len - 1] == units[i].unit) {
            factor = units[i].seconds;
            text.len--;
            break;
        }
    }
    if (!text_to_unsigned(text, NUMBER_MAX, &number))
        return false;
    *ret_seconds = number * factor;
    return true;
}
