/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that are this machine, and those that only look so. */
#include "base/loopback.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void hosts(void **state)
{
    static const char *const good[] = {"localhost", "LocalHost", "127.0.0.1", "127.255.255.255",
                                       "[::1]"};
    static const char *const bad[] = {"",
                                      "localhost.",
                                      "localhost:80",
                                      "localhost.example.org",
                                      "a.localhost",
                                      "127.1",
                                      "127.0.0.1.",
                                      "127.0.0.256",
                                      "127.0.0.01",
                                      "0127.0.0.1",
                                      "128.0.0.1",
                                      "1127.0.0.1",
                                      "127.0.0.1.1",
                                      "127.0.0",
                                      "127.0.0.0x1",
                                      "2130706433",
                                      "::1",
                                      "[::2]",
                                      "[::1",
                                      "0.0.0.0"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(host_is_loopback(text_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(host_is_loopback(text_of(bad[i])));
    assert_false(host_is_loopback(OST_TEXT("localhost\0.example.org")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hosts)};
    return cmocka_run_group_tests_name("base-loopback", tests, NULL, NULL);
}
