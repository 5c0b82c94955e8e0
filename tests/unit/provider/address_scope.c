/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a stranger may have us ask. */
#include "http/message/address_scope.h"
#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ip_address address(const char *text)
{
    ip_address a;
    assert_true(address_read(text_of(text), &a));
    return a;
}

static void public_addresses(void **state)
{
    static const char *const list[] = {
        "1.1.1.1",         "8.8.8.8",     "9.255.255.255", "11.0.0.0",    "100.63.255.255",
        "100.128.0.0",     "126.0.0.1",   "128.0.0.1",     "169.253.0.1", "172.15.255.255",
        "172.32.0.0",      "192.0.3.0",   "192.167.0.1",   "192.169.0.1", "198.17.255.255",
        "198.20.0.0",      "223.255.0.1", "2606:4700::1",  "2a00::1",     "2001:4860::8888",
        "64:ff9b::808:808"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        ip_address a = address(list[i]);
        if (!address_is_public(&a) || !address_is_allowed(&a, OST_TEXT("")))
            fail_msg("%s is public", list[i]);
    }
}

static void closed_addresses(void **state)
{
    static const char *const list[] = {"0.0.0.0",
                                       "0.1.2.3",
                                       "10.0.0.1",
                                       "10.255.255.255",
                                       "100.64.0.1",
                                       "100.127.255.255",
                                       "127.0.0.1",
                                       "127.255.255.255",
                                       "169.254.169.254",
                                       "172.16.0.1",
                                       "172.31.255.255",
                                       "192.0.0.8",
                                       "192.0.2.1",
                                       "192.88.99.1",
                                       "192.168.0.1",
                                       "198.18.0.1",
                                       "198.19.255.255",
                                       "198.51.100.1",
                                       "203.0.113.1",
                                       "224.0.0.1",
                                       "239.255.255.255",
                                       "240.0.0.1",
                                       "255.255.255.255",
                                       "::",
                                       "::1",
                                       "::ffff:127.0.0.1",
                                       "::ffff:10.0.0.1",
                                       "::ffff:169.254.169.254",
                                       "::127.0.0.1",
                                       "64:ff9b::7f00:1",
                                       "64:ff9b::a9fe:a9fe",
                                       "64:ff9b:1::1",
                                       "100::1",
                                       "2001::1",
                                       "2001:20::1",
                                       "2001:db8::1",
                                       "2002:7f00:1::",
                                       "2002:808:808::1",
                                       "3fff::1",
                                       "5f00::1",
                                       "fc00::1",
                                       "fd12:3456::1",
                                       "fe80::1",
                                       "fec0::1",
                                       "ff02::1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        ip_address a = address(list[i]);
        if (address_is_public(&a) || address_is_allowed(&a, OST_TEXT("")))
            fail_msg("%s is not public", list[i]);
    }
}

static void blocks_allow_what_they_name(void **state)
{
    const ost_text blocks = OST_TEXT(" 10.1.0.0/16,,::1 , 192.168.7.7");
    ip_address in[] = {address("10.1.2.3"), address("::1"), address("192.168.7.7")};
    ip_address out[] = {address("10.2.0.1"), address("::2"), address("192.168.7.8"),
                        address("127.0.0.1")};
    (void)state;
    assert_true(address_blocks_are_good(blocks));
    for (size_t i = 0; i < ARRAY_LEN(in); i++)
        assert_true(address_is_allowed(&in[i], blocks));
    for (size_t i = 0; i < ARRAY_LEN(out); i++)
        assert_false(address_is_allowed(&out[i], blocks));
}

static void blocks_that_cannot_be_read(void **state)
{
    static const char *const list[] = {"10.0.0.0/33", "10.0.0",   "localhost",
                                       "::1/129",     "1.1.1.1;", "10.0.0.0/8 x"};
    (void)state;
    assert_true(address_blocks_are_good(OST_TEXT("")));
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        assert_false(address_blocks_are_good(text_of(list[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses),
        cmocka_unit_test(closed_addresses),
        cmocka_unit_test(blocks_allow_what_they_name),
        cmocka_unit_test(blocks_that_cannot_be_read),
    };
    return cmocka_run_group_tests_name("provider/address_scope", tests, NULL, NULL);
}
