/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of providers of keys; see key_setting.h. */
#include "provider/key/key_setting.h"

#include "base/text.h"

#define PRIORITY_MAX ((uint64_t)1 << 40)

ost_text key_setting(const ost_json *settings, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_first(ost_json_get(settings, name)), &text);
    return text;
}

bool key_setting_is_on(ost_text value)
{
    return value.len == 0 || text_says_true(value);
}

int64_t key_setting_priority(ost_text value)
{
    uint64_t number;
    bool negative = text_starts(value, "-");
    if (!text_to_unsigned(text_slice(value, negative ? 1 : 0, value.len), PRIORITY_MAX, &number))
        return 0;
    return negative ? -(int64_t)number : (int64_t)number;
}

void key_setting_put(ost_json_writer *w, const char *name, ost_text value)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    ost_json_put_text(w, value);
    ost_json_close_array(w);
}
