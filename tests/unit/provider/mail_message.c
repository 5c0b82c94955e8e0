/* SPDX-License-Identifier: Apache-2.0 */
/* Mails as they travel, and the settings of the server that takes them. */
#include "provider/mail/mail_message.h"

#include <string.h>

#include "base/text.h"
#include "provider/mail/smtp_setting.h"
#include "test.h"

static const mail_message usual = {
    .from = OST_TEXT_INIT("door@shop.example"),
    .from_name = OST_TEXT_INIT("The \"Door\""),
    .to = OST_TEXT_INIT("ann@shop.example"),
    .subject = OST_TEXT_INIT("Update your account"),
    .text = OST_TEXT_INIT("Hello\n.\nbye"),
    .html = OST_TEXT_INIT("<p>Hello</p>"),
    .id = OST_TEXT_INIT("0a-1b"),
    .date = 1764460800, /* 2025-11-30, a Sunday */
};

static void write_usual(void **state)
{
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    ost_text written;
    (void)state;
    assert_int_equal(mail_message_write(&usual, arena, &written), OST_OK);
    assert_string_equal(written.data,
                        "Date: Sun, 30 Nov 2025 00:00:00 +0000\r\n"
                        "From: \"The \\\"Door\\\"\"\r\n <door@shop.example>\r\n"
                        "To: <ann@shop.example>\r\n"
                        "Subject: Update your account\r\n"
                        "Message-ID: <0a-1b@shop.example>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "Content-Type: multipart/alternative;\r\n boundary=\"=_0a-1b\"\r\n\r\n"
                        "--=_0a-1b\r\n"
                        "Content-Type: text/plain; charset=UTF-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n\r\n"
                        "SGVsbG8KLgpieWU=\r\n\r\n"
                        "--=_0a-1b\r\n"
                        "Content-Type: text/html; charset=UTF-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n\r\n"
                        "PHA+SGVsbG88L3A+\r\n\r\n"
                        "--=_0a-1b--\r\n");
    ost_arena_free(arena);
}

/* Every line of the header is a field's, or goes on with one. */
static void assert_header_is_whole(ost_text written)
{
    static const char *const fields[] = {
        "Date:",         "From:",           "Reply-To:",     "To:", "Subject:", "Message-ID:",
        "MIME-Version:", "Auto-Submitted:", "Content-Type:", " ",   NULL};
    ost_text rest =
                 text_slice(written, 0, (size_t)(strstr(written.data, "\r\n\r\n") - written.data)),
             line;
    while (text_next(&rest, '\n', &line)) {
        size_t i = 0;
        while (fields[i] != NULL && !text_starts(line, fields[i]))
            i++;
        assert_non_null(fields[i]);
        assert_true(line.len <= 78);
        for (size_t k = 0; k + 1 < line.len; k++)
            assert_true((unsigned char)line.data[k] >= ' ' && (unsigned char)line.data[k] < 0x7f);
    }
}

static void nothing_is_injected(void **state)
{
    static const char *const values[] = {
        "a\r\nBcc: eve@x.example",
        "\n",
        "\r\n\r\nbody",
        "=?UTF-8?B?YQ==?=",
        "\xc3\xa4\xc3\xb6\xc3\xbc \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
        "\x01\x02\x7f\t\"\\",
        "<eve@x.example>, "};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        ost_arena *arena = ost_arena_new((size_t)1 << 20);
        mail_message m = usual;
        ost_text written;
        m.subject = m.from_name = m.reply_to_name = text_of(values[i]);
        m.reply_to = OST_TEXT("help@shop.example");
        assert_int_equal(mail_message_write(&m, arena, &written), OST_OK);
        assert_header_is_whole(written);
        assert_null(strstr(written.data, "\nBcc"));
        ost_arena_free(arena);
    }
}

static void long_values_are_folded(void **state)
{
    char name[3000];
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    mail_message m = usual;
    ost_text written;
    (void)state;
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = i % 2 == 0 ? '\xc3' : '\xa4';
    m.subject = m.from_name = (ost_text){name, sizeof name};
    assert_int_equal(mail_message_write(&m, arena, &written), OST_OK);
    assert_header_is_whole(written);
    m.subject = (ost_text){name, 5}; /* a character that is cut in two */
    assert_int_equal(mail_message_write(&m, arena, &written), OST_E_UTF8);
    ost_arena_free(arena);
}

static void addresses_are_strict(void **state)
{
    static const char *const bad[] = {"",
                                      "ann",
                                      "@x.example",
                                      "ann@",
                                      "ann@x.example\r\nBcc: eve@x.example",
                                      "ann @x.example",
                                      "<ann@x.example>",
                                      "ann@x.example,eve@x.example",
                                      "\"a>b\"@x.example",
                                      "ann@[127.0.0.1]",
                                      "a..b@x.example",
                                      "ann@-x.example",
                                      "\xc3@x.example"};
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    ost_text written;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mail_message to = usual, from = usual;
        to.to = from.from = text_of(bad[i]);
        assert_int_equal(mail_message_write(&to, arena, &written), OST_E_ARGUMENT);
        assert_int_equal(mail_message_write(&from, arena, &written), OST_E_ARGUMENT);
    }
    ost_arena_free(arena);
}

static ost_result read_setting(const char *json, ost_arena *arena, smtp_setting *ret)
{
    const ost_json *object;
    assert_int_equal(ost_json_read(text_of(json), NULL, arena, &object, NULL), OST_OK);
    return smtp_setting_read(object, arena, ret, NULL);
}

static void settings_are_read(void **state)
{
    static const char *const bad[] = {
        "{\"host\":\"h\"}",
        "{\"host\":\"h\",\"from\":\"no\"}",
        "{\"host\":\"h/x\",\"from\":\"a@b.example\"}",
        "{\"host\":\"h\",\"from\":\"a@b.example\",\"port\":\"0\"}",
        "{\"host\":\"h\",\"from\":\"a@b.example\",\"port\":\"65536\"}",
        "{\"host\":\"h\",\"from\":\"a@b.example\",\"replyTo\":\"x\"}",
        "{\"host\":\"h\",\"from\":\"a@b.example\",\"auth\":\"true\"}",
    };
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    smtp_setting s;
    (void)state;
    assert_int_equal(read_setting("{}", arena, &s), OST_E_NOT_FOUND);
    assert_int_equal(read_setting("{\"host\":\" \"}", arena, &s), OST_E_NOT_FOUND);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_setting(bad[i], arena, &s), OST_E_ARGUMENT);
    assert_int_equal(read_setting("{\"host\":\"h\",\"from\":\"a@b.example\",\"auth\":true,"
                                  "\"user\":\"u\",\"password\":\"${vault.k}\"}",
                                  arena, &s),
                     OST_E_UNSUPPORTED);
    assert_int_equal(read_setting("{\"host\":\"h\",\"from\":\"a@b.example\"}", arena, &s), OST_OK);
    assert_int_equal(s.port, 25);
    assert_int_equal(s.security, NET_MAIL_INSECURE);
    assert_null(s.user);
    assert_string_equal(s.envelope_from, "a@b.example");
    assert_int_equal(read_setting("{\"host\":\"h\",\"from\":\"a@b.example\",\"ssl\":\"true\","
                                  "\"starttls\":\"true\",\"auth\":\"true\",\"user\":\"u\","
                                  "\"password\":\"p\",\"envelopeFrom\":\"c@d.example\"}",
                                  arena, &s),
                     OST_OK);
    assert_int_equal(s.port, 465);
    assert_int_equal(s.security, NET_MAIL_TLS);
    assert_string_equal(s.password, "p");
    assert_string_equal(s.envelope_from, "c@d.example");
    assert_int_equal(read_setting("{\"host\":\"::1\",\"from\":\"a@b.example\",\"port\":587,"
                                  "\"starttls\":true}",
                                  arena, &s),
                     OST_OK);
    assert_int_equal(s.port, 587);
    assert_int_equal(s.security, NET_MAIL_STARTTLS);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_usual),
        cmocka_unit_test(nothing_is_injected),
        cmocka_unit_test(long_values_are_folded),
        cmocka_unit_test(addresses_are_strict),
        cmocka_unit_test(settings_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
