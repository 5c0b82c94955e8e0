/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what a browser says, a line each: Host, path, query, Cookie, Accept. What is made of
 * it stays within this API's origin. */
#include "app/browser.h"

#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ost_text next(ost_text *rest)
{
    ost_text line = {"", 0};
    if (!text_next(rest, '\n', &line))
        return (ost_text){"", 0};
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text rest = {(const char *)data, size};
    const app_settings settings = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    http_request request = {.method = HTTP_GET, .authority = next(&rest)};
    request.path = next(&rest);
    request.query = next(&rest);
    const http_field fields[] = {{OST_TEXT("cookie"), next(&rest)},
                                 {OST_TEXT("accept"), next(&rest)}};
    request.fields = fields;
    request.field_count = 2;

    ost_text base = browser_base(&settings, &request, arena);
    if (base.len > 0 && !settings_host_is_local(text_slice(base, 7, base.len)))
        abort();
    ost_text target = browser_target(&request, arena);
    for (size_t i = 0; i < target.len - request.query.len && target.len > 0; i++)
        if (target.data[i] <= ' ' || target.data[i] > '~' || target.data[i] == '\\')
            abort();
    ost_login_jar jar;
    if (browser_cookies(&request, arena, &jar) != OST_OK)
        abort();
    for (size_t i = 0; i < jar.count; i++)
        if (jar.pairs[i].name.len == 0 ||
            text_find(jar.pairs[i].value, ';', 0) < jar.pairs[i].value.len)
            abort();
    (void)browser_navigates(&request);
    ost_arena_free(arena);
    return 0;
}
