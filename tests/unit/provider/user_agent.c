/* SPDX-License-Identifier: Apache-2.0 */
/* User-Agent fields of today's browsers, in the words in which Keycloak 24.0.5 tells them. */
#include "provider/session/user_agent.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "
#define APPLE "AppleWebKit/605.1.15 (KHTML, like Gecko) "

static void browsers_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        user_agent told;
    } rows[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
         {"Firefox/120.0", "Linux", "Unknown", "Other", false}},
        {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
         {"Firefox/115.0", "Ubuntu", "Unknown", "Other", false}},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " WEBKIT "Chrome/120.0.0.0 Safari/537.36",
         {"Chrome/120.0.0", "Windows", "10", "Other", false}},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " WEBKIT
         "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91",
         {"Edge/120.0.2210", "Windows", "10", "Other", false}},
        {"Mozilla/5.0 (Linux; Android 10; K) " WEBKIT "Chrome/114.0.0.0 Mobile Safari/537.36",
         {"Chrome Mobile/114.0.0", "Android", "10", "K", true}},
        {"Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A) " WEBKIT
         "Chrome/120.0.0.0 Mobile Safari/537.36",
         {"Chrome Mobile/120.0.0", "Android", "14", "Pixel 8", true}},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) " APPLE
         "Version/16.5 Mobile/15E148 Safari/604.1",
         {"Mobile Safari/16.5", "iOS", "16.5", "iPhone", true}},
        {"Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) " APPLE
         "Version/16.5 Mobile/15E148 Safari/604.1",
         {"Mobile Safari/16.5", "iOS", "16.5", "iPad", true}},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " APPLE "Version/17.1 Safari/605.1.15",
         {"Safari/17.1", "Mac OS X", "10.15.7", "Mac", false}},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " WEBKIT "Chrome/119.0.0.0 Safari/537.36",
         {"Chrome/119.0.0", "Chrome OS", "14541.0.0", "Other", false}},
        {"Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "Chrome/106.0.0.0 Safari/537.36 OPR/92.0.0.0",
         {"Opera/92.0.0", "Linux", "Unknown", "Other", false}},
        {"Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "HeadlessChrome/120.0.0.0 Safari/537.36",
         {"HeadlessChrome/120.0.0", "Linux", "Unknown", "Other", false}},
        {"curl/7.88.1", {"curl/7.88.1", "Other", "Unknown", "Other", false}},
        {"Python-urllib/3.11", {"Python-urllib/3.11", "Other", "Unknown", "Other", false}},
        {"", {"Other/Unknown", "Other", "Unknown", "Other", false}},
        {"Mozilla/5.0", {"Other/Unknown", "Other", "Unknown", "Other", false}},
        {"/7", {"Other/Unknown", "Other", "Unknown", "Other", false}},
        {"<script>/1", {"Other/Unknown", "Other", "Unknown", "Other", false}},
        {"a-very-long-name-of-a-program-indeed/123456789.123456789",
         {"a-very-long-nam/123456789.12345", "Other", "Unknown", "Other", false}},
        {"Linux; Android 9; \x01<b>\xff) x", {"Other/Unknown", "Android", "9", "?<b>?", true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        user_agent agent;
        user_agent_read(text_of(rows[i].field), &agent);
        assert_string_equal(agent.browser, rows[i].told.browser);
        assert_string_equal(agent.os, rows[i].told.os);
        assert_string_equal(agent.version, rows[i].told.version);
        assert_string_equal(agent.device, rows[i].told.device);
        assert_int_equal(agent.mobile, rows[i].told.mobile);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(browsers_are_told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
