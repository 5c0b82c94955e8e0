/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts are mail addresses: what Keycloak 24 says of the same ones. */
#include "provider/member/mail_address.h"
#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define TEN "xxxxxxxxxx"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void addresses(void **state)
{
    static const char *const list[] = {
        "a@b",          "a@b.c",        "A.b+c%d@e.f",     "\"a b\"@c.d", "a@[127.0.0.1]",
        "a@[IPv6:::1]", "a@localhost",  "a@127.0.0.1",     "é@b.c",       "a@é.c",
        "a@b-c.d",      SIXTY "xxxx@b", "a@" SIXTY "xxx.c"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        bool plain = list[i][0] != '"' && list[i][2] != '[';
        if (!mail_address_is_valid(text_of(list[i])))
            fail_msg("%s is an address", list[i]);
        if (mail_address_is_plain(text_of(list[i])) != plain)
            fail_msg("%s is%s of the usual form", list[i], plain ? "" : " not");
    }
}

static void no_addresses(void **state)
{
    static const char *const list[] = {"",
                                       " ",
                                       "a",
                                       "@",
                                       "a@",
                                       "@b",
                                       "a@b@c",
                                       "a b@c",
                                       "a@b c",
                                       "a@-b",
                                       "a@b-",
                                       "a@b..c",
                                       ".a@b",
                                       "a.@b",
                                       "a..b@c",
                                       "a@b_c",
                                       "a@b.c.",
                                       " a@b",
                                       "a@b ",
                                       "a<b@c",
                                       "a,b@c",
                                       "\"@b",
                                       "\"\"@b",
                                       "\"a\"b@c",
                                       "\"a\nb\"@c",
                                       "a@[",
                                       "a@[]",
                                       "a@[b@c]",
                                       "a@[1",
                                       "a\r\nb@c",
                                       "a@b\r\nc",
                                       "\"a\\b\"@c",
                                       SIXTY "xxxxx@b",
                                       "a@" SIXTY "xxxx.c",
                                       "a@" SIXTY "." SIXTY "." SIXTY "." SIXTY "." TEN "xx"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        if (mail_address_is_valid(text_of(list[i])))
            fail_msg("%s is none", list[i]);
    }
    assert_false(mail_address_is_valid((ost_text){"a\0b@c", 5}));
    assert_false(mail_address_is_valid((ost_text){"a@b\0c", 5}));
    assert_false(mail_address_is_valid((ost_text){"\"\0\"@c", 5}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(no_addresses),
    };
    return cmocka_run_group_tests_name("provider/mail_address", tests, NULL, NULL);
}
