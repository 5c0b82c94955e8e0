/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in header fields: the ways of RFC 9440, of Envoy and of nginx, and attack 43 on
 * their names. */
#include "http/message/certificate_field.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define PEM                                                                                        \
    "-----BEGIN%20CERTIFICATE-----%0AAQID%0ABAUG%0A-----END%20CERTIFICATE-----%0A" /* 1 … 6 */
#define DER "\1\2\3\4\5\6"

static ost_result read_field(const char *name, const char *value, ost_text expected)
{
    ost_arena *arena = ost_arena_new(65536);
    ost_text der = {0};
    ost_result result = certificate_field_read(name, text_of(value), arena, &der);
    if (result == OST_OK && !text_equal(der, expected))
        fail_msg("%s: %s", name, value);
    if (result != OST_OK)
        assert_null(der.data);
    ost_arena_free(arena);
    return result;
}

static void is(const char *name, const char *value)
{
    if (read_field(name, value, OST_TEXT(DER)) != OST_OK)
        fail_msg("%s: %s", name, value);
}

static void is_not(const char *name, const char *value)
{
    if (read_field(name, value, OST_TEXT(DER)) != OST_E_FORMAT)
        fail_msg("%s: %s", name, value);
}

static void byte_sequences(void **state)
{
    is("client-cert", ":AQIDBAUG:");
    is("client-cert", " :AQIDBAUG: ");
    static const char *const bad[] = {"",
                                      ":",
                                      "::",
                                      "AQIDBAUG",
                                      ":AQID",
                                      ":AQ ID:",
                                      ":AQIDBAUG:;a",
                                      ":AQIDBAU:",
                                      ":AQ-_:",
                                      ":AQIDBAUG:, :AQIDBAUG:",
                                      PEM};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        is_not("client-cert", bad[i]);
}

static void escaped_pem(void **state)
{
    is("ssl-client-cert", PEM);
    is("ssl-client-cert", "-----BEGIN CERTIFICATE----- AQID BAUG -----END CERTIFICATE-----");
    is("ssl-client-cert", "%0A%20" PEM "%0D%0A");
    is("ssl-client-cert", "-----BEGIN CERTIFICATE-----AQIDBAUG-----END CERTIFICATE-----");
    static const char *const bad[] = {
        "",
        "AQIDBAUG",
        ":AQIDBAUG:",
        "%",
        PEM "%",
        PEM "x",
        "x" PEM,
        PEM PEM,
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----AQIDBAU-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----A%00ID-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----AQIDBAUG-----END PRIVATE KEY-----",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        is_not("ssl-client-cert", bad[i]);
}

static void base64_alone(void **state)
{
    static const char *const bad[] = {"", "AQIDBAU", "AQIDBAUG,AQIDBAUG", ":AQIDBAUG:", PEM};
    ost_arena *arena = ost_arena_new(65536);
    ost_text der = {0};
    assert_int_equal(certificate_field_read_base64(OST_TEXT(" AQIDBAUG "), arena, &der), OST_OK);
    assert_true(text_is(der, DER));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(certificate_field_read_base64(text_of(bad[i]), arena, &der), OST_E_FORMAT);
    ost_arena_free(arena);
}

static void lists_of_envoy(void **state)
{
    static const char name[] = "x-forwarded-client-cert";
    is(name, "Cert=\"" PEM "\"");
    is(name, "By=spiffe://a;Hash=0123;Subject=\"CN=x,O=\\\"y;\\\"\";Cert=\"" PEM "\";URI=u");
    is(name, "cert=\"" PEM "\" ; Hash=1");
    static const char *const bad[] = {
        "",
        "Hash=0123",
        "Cert=" PEM,
        "Cert=\"",
        "Cert=\"" PEM,
        "Cert=\"" PEM "\";Cert=\"" PEM "\"",
        "Cert=\"" PEM "\",Cert=\"" PEM "\"",
        "Hash=1,Cert=\"" PEM "\"",
        "Subject=\";Cert=\\\"" PEM "\\\"\"",
        PEM,
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        is_not(name, bad[i]);
}

static void attack_43_names_that_look_alike(void **state)
{
    static const char *const alike[] = {"client-cert",
                                        "Client-Cert",
                                        "client_cert",
                                        "CLIENT_CERT",
                                        "x-forwarded-client-cert",
                                        "x_forwarded-client_cert",
                                        "ssl-client-cert",
                                        "my-cert",
                                        "My_Cert"};
    for (size_t i = 0; i < ARRAY_LEN(alike); i++)
        assert_true(certificate_field_is_one(text_of(alike[i]), "my-cert"));
    static const char *const others[] = {"",       "client",   "client-certs",
                                         "cookie", "my-certs", "dpop"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_false(certificate_field_is_one(text_of(others[i]), "my-cert"));
    assert_false(certificate_field_is_one(OST_TEXT("my-cert"), NULL));
    assert_true(certificate_field_is_one(OST_TEXT("client-cert"), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_sequences),
        cmocka_unit_test(escaped_pem),
        cmocka_unit_test(base64_alone),
        cmocka_unit_test(lists_of_envoy),
        cmocka_unit_test(attack_43_names_that_look_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
