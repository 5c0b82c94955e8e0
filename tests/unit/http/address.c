/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, blocks of addresses, and what a PROXY protocol header says about them. */
#include "http/message/address.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "http/connection/peers.h"
#include "http/connection/proxy_protocol.h"
#include "test.h"

static bool inside(const char *a, const char *block)
{
    ip_address read;
    address_block in;
    assert_true(address_read(text_of(a), &read));
    assert_true(address_block_read(text_of(block), &in));
    return address_in_block(&read, &in);
}

static void blocks(void **state)
{
    assert_true(inside("10.1.2.3", "10.0.0.0/8"));
    assert_false(inside("11.1.2.3", "10.0.0.0/8"));
    assert_true(inside("192.168.1.127", "192.168.1.0/25"));
    assert_false(inside("192.168.1.128", "192.168.1.0/25"));
    assert_true(inside("127.0.0.1", "127.0.0.1"));
    assert_false(inside("127.0.0.2", "127.0.0.1"));
    assert_true(inside("1.2.3.4", "0.0.0.0/0"));
    assert_false(inside("2001:db8::1", "0.0.0.0/0"));
    assert_true(inside("2001:db8::1", "2001:db8::/32"));
    assert_false(inside("2001:db9::1", "2001:db8::/32"));
    assert_true(inside("::ffff:10.1.1.1", "10.0.0.0/8"));
    assert_true(inside("10.1.1.1", "::/0"));
}

static void malformed(void **state)
{
    static const char *const addresses[] = {
        "",     "1.2.3", "1.2.3.4.5", "256.1.1.1", "a",        "1.2.3.4:80",  "[1.2.3.4]",
        "[::1", "::1]",  ":::",       "1.2.3.4 ",  "01.2.3.4", "fe80::1%eth0"};
    ip_address a;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
        assert_false(address_read(text_of(addresses[i]), &a));
    assert_false(address_read(OST_TEXT("1.2.3.4\0"), &a));
    static const char *const bad_blocks[] = {
        "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "/8", "10.0.0.0/08"};
    address_block block;
    for (size_t i = 0; i < ARRAY_LEN(bad_blocks); i++)
        assert_false(address_block_read(text_of(bad_blocks[i]), &block));
}

static void written_as_read(void **state)
{
    static const char *const addresses[] = {"10.1.2.3", "2001:db8::1", "::1", "255.255.255.255"};
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        ip_address a;
        char text[ADDRESS_TEXT_SIZE];
        assert_true(address_read(text_of(addresses[i]), &a));
        assert_int_equal(address_write(&a, text), strlen(addresses[i]));
        assert_string_equal(text, addresses[i]);
    }
}

static ip_address address(const char *text)
{
    ip_address a;
    assert_true(address_read(text_of(text), &a));
    return a;
}

static void loopback(void **state)
{
    const ip_address four = address("127.8.9.1"), six = address("::1"),
                     other = address("128.0.0.1");
    assert_true(address_is_loopback(&four));
    assert_true(address_is_loopback(&six));
    assert_false(address_is_loopback(&other));
}

static void a_share_per_peer(void **state)
{
    peers *p = peers_new(2);
    assert_non_null(p);
    const ip_address a = address("192.0.2.1"), b = address("192.0.2.2");
    const ip_address six = address("2001:db8::1"), neighbour = address("2001:db8::ffff:1");
    const ip_address elsewhere = address("2001:db8:0:1::1");
    assert_true(peers_enter(p, &a) && peers_enter(p, &a));
    assert_false(peers_enter(p, &a));
    assert_true(peers_enter(p, &b));
    peers_leave(p, &a);
    assert_true(peers_enter(p, &a));
    assert_true(peers_enter(p, &six) && peers_enter(p, &neighbour)); /* one /64 */
    assert_false(peers_enter(p, &six));
    assert_true(peers_enter(p, &elsewhere));
    peers_leave(p, &six);
    peers_leave(p, &neighbour);
    assert_true(peers_enter(p, &six));
    peers_free(p);
    peers_free(NULL);
}

/* Every prefix of a header is incomplete, and nothing behind it is looked at. */
static void proxy_header_prefixes(void **state)
{
    static const char header[] =
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\x01\xbb";
    proxy_header read;
    for (size_t len = 0; len < sizeof header - 1; len++)
        assert_int_equal(proxy_header_read((ost_text){header, len}, &read), PROXY_MORE);
    assert_int_equal(proxy_header_read((ost_text){header, sizeof header - 1}, &read), PROXY_DONE);
    assert_int_equal(read.size, sizeof header - 1);
    char text[ADDRESS_TEXT_SIZE];
    address_write(&read.address, text);
    assert_string_equal(text, "203.0.113.7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),           cmocka_unit_test(malformed),
        cmocka_unit_test(written_as_read),  cmocka_unit_test(loopback),
        cmocka_unit_test(a_share_per_peer), cmocka_unit_test(proxy_header_prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
