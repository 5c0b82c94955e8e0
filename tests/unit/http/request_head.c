/* SPDX-License-Identifier: Apache-2.0 */
/* The strict request head reader: what it takes, what it refuses and with which status, and that
 * neither depends on how the bytes arrive. */
#include "http/http1/request_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/message/field_syntax.h"
#include "test.h"

#define FIELDS 100

static http_field fields[FIELDS];

/* Reads a copy of exactly `len` bytes, `step` more at a time. The copy is left in *ret_data. */
static request_head_state read_by(const char *bytes, size_t len, size_t step, request_head *head,
                                  char **ret_data)
{
    char *data = malloc(len > 0 ? len : 1);
    assert_non_null(data);
    memcpy(data, bytes, len);
    request_head_init(head, fields, FIELDS, 8192, 32768);
    request_head_state state = REQUEST_HEAD_MORE;
    for (size_t have = 0; have < len && state == REQUEST_HEAD_MORE;) {
        have = have + step < len ? have + step : len;
        state = request_head_read(head, data, have);
    }
    *ret_data = data;
    return state;
}

static request_head_state outcome(const char *bytes, size_t len, int *ret_status)
{
    request_head whole, single;
    char *data;
    request_head_state state = read_by(bytes, len, len, &whole, &data);
    free(data);
    request_head_state again = read_by(bytes, len, 1, &single, &data);
    free(data);
    assert_int_equal(state, again);
    assert_int_equal(whole.status, single.status);
    if (state == REQUEST_HEAD_DONE)
        assert_int_equal(whole.size, single.size);
    *ret_status = whole.status;
    return state;
}

#define ACCEPTED(bytes)                                                                            \
    do {                                                                                           \
        int status_;                                                                               \
        assert_int_equal(outcome(bytes, sizeof(bytes) - 1, &status_), REQUEST_HEAD_DONE);          \
    } while (0)

#define REFUSED(expected, bytes)                                                                   \
    do {                                                                                           \
        int status_;                                                                               \
        assert_int_equal(outcome(bytes, sizeof(bytes) - 1, &status_), REQUEST_HEAD_REFUSED);       \
        assert_int_equal(status_, expected);                                                       \
    } while (0)

#define INCOMPLETE(bytes)                                                                          \
    do {                                                                                           \
        int status_;                                                                               \
        assert_int_equal(outcome(bytes, sizeof(bytes) - 1, &status_), REQUEST_HEAD_MORE);          \
    } while (0)

#define HOST "Host: example.org\r\n"

static void reads_what_is_there(void **state)
{
    static const char bytes[] = "POST /a?b=c HTTP/1.1\r\nHost: EXAMPLE.org:8080\r\n"
                                "X-Odd:\t  a b\t c \t\r\nContent-Length: 5\r\nEmpty:\r\n\r\nhello";
    request_head head;
    char *data;
    assert_int_equal(read_by(bytes, sizeof bytes - 1, 7, &head, &data), REQUEST_HEAD_DONE);
    assert_int_equal(head.method, HTTP_POST);
    assert_true(text_is(head.method_name, "POST"));
    assert_true(text_is(head.target, "/a?b=c"));
    assert_int_equal(head.version, 11);
    assert_int_equal(head.field_count, 4);
    assert_true(text_is(head.fields[0].name, "host"));
    assert_true(text_is(head.fields[0].value, "example.org:8080"));
    assert_true(text_is(head.host, "example.org:8080"));
    assert_true(text_is(head.fields[1].name, "x-odd"));
    assert_true(text_is(head.fields[1].value, "a b\t c"));
    assert_true(text_is(head.fields[3].value, ""));
    assert_true(head.has_content_length);
    assert_int_equal(head.content_length, 5);
    assert_true(head.keep_alive);
    assert_false(head.chunked);
    assert_int_equal(head.size, sizeof bytes - 1 - 5);
    free(data);
}

static void reading_twice_changes_nothing(void **state)
{
    char bytes[] = "GET /%41 HTTP/1.1\r\nHOST: A.example\r\nX-Y: Z\r\n\r\n";
    request_head first, second;
    request_head_init(&first, fields, FIELDS, 8192, 32768);
    assert_int_equal(request_head_read(&first, bytes, sizeof bytes - 1), REQUEST_HEAD_DONE);
    request_head_init(&second, fields, FIELDS, 8192, 32768);
    assert_int_equal(request_head_read(&second, bytes, sizeof bytes - 1), REQUEST_HEAD_DONE);
    assert_int_equal(first.size, second.size);
    assert_true(text_is(second.target, "/%41"));
    assert_true(text_is(second.host, "a.example"));
}

static void every_prefix_is_incomplete(void **state)
{
    static const char bytes[] = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    for (size_t len = 0; len + 1 < sizeof bytes; len++) {
        int status;
        assert_int_equal(outcome(bytes, len, &status), REQUEST_HEAD_MORE);
    }
}

static void request_lines(void **state)
{
    ACCEPTED("GET / HTTP/1.1\r\n" HOST "\r\n");
    ACCEPTED("\r\nGET / HTTP/1.1\r\n" HOST "\r\n");
    ACCEPTED("get / HTTP/1.1\r\n" HOST "\r\n");
    ACCEPTED("M-SEARCH * HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET /\r\n\r\n");
    REFUSED(400, "\x16\x03\x01\x02");
    REFUSED(400, "\x16\x03\x01\n GET / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET  / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.1 \r\n" HOST "\r\n");
    REFUSED(400, "GET /  HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, " GET / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET / b HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "G:ET / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.1\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.1\r" HOST "\r\n");
    REFUSED(400, "GET / http/1.1\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.10\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/11\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.1\0\r\n" HOST "\r\n");
    REFUSED(505, "GET / HTTP/1.2\r\n" HOST "\r\n");
    REFUSED(505, "GET / HTTP/0.9\r\n" HOST "\r\n");
    REFUSED(505, "GET / HTTP/2.0\r\n" HOST "\r\n");
    REFUSED(501, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n" HOST "\r\n");
    REFUSED(400, "\x16\x03\x01\x02"); /* a TLS greeting is refused at its first byte */
}

static void field_lines(void **state)
{
    ACCEPTED("GET / HTTP/1.1\r\n" HOST "X: \xff\xfe obs-text\r\n\r\n");
    ACCEPTED("GET / HTTP/1.1\r\n" HOST "!#$%&'*+-.^_`|~09: x\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X : y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X\t: y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST " X: y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n X: y\r\n" HOST "\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: y\r\n folded\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: y\r\n\tfolded\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST ": y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "no colon\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X(: y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X\xc3\xa4: y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: a\r\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: a\x7f"
                 "b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: 12345678901234567890\x01"
                 "234567890\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: y\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X: y\r\n\n");
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "X\0: y\r\n\r\n");
}

static void hosts(void **state)
{
    ACCEPTED("GET / HTTP/1.0\r\n\r\n");
    ACCEPTED("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
    ACCEPTED("GET / HTTP/1.1\r\nHost: a_b-c.d\r\n\r\n");
    ACCEPTED("GET / HTTP/1.1\r\nHost: 127.0.0.1:65535\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a:\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n");
}

#define POST "POST / HTTP/1.1\r\n" HOST

static void lengths(void **state)
{
    ACCEPTED(POST "Content-Length: 0\r\n\r\n");
    ACCEPTED(POST "Content-Length: 9223372036854775807\r\n\r\n");
    REFUSED(400, POST "Content-Length: 9223372036854775808\r\n\r\n");
    REFUSED(400, POST "Content-Length: 99999999999999999999999\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5, 5\r\n\r\n");
    REFUSED(400, POST "Content-Length: +0\r\n\r\n");
    REFUSED(400, POST "Content-Length: -1\r\n\r\n");
    REFUSED(400, POST "Content-Length: 05\r\n\r\n");
    REFUSED(400, POST "Content-Length: 0x5\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5 5\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5;\r\n\r\n");
    REFUSED(400, POST "Content-Length: 1e3\r\n\r\n");
    REFUSED(400, POST "Content-Length:\r\n\r\n");
    REFUSED(400, POST "Content-Length: \"5\"\r\n\r\n");
    REFUSED(400, POST "Content_Length: 5\r\nContent-Length: five\r\n\r\n");
}

static void codings(void **state)
{
    ACCEPTED(POST "Transfer-Encoding: chunked\r\n\r\n");
    ACCEPTED(POST "transfer-encoding:CHUNKED \r\n\r\n");
    REFUSED(400, POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n");
    REFUSED(400, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
    REFUSED(400, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n");
    REFUSED(400, POST "Transfer-Encoding: chunked, chunked\r\n\r\n");
    REFUSED(400, POST "Transfer-Encoding:\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: xchunked\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: gzip, chunked\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: chunked, identity\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: identity\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: \"chunked\"\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: chunked;q=1\r\n\r\n");
    REFUSED(501, POST "Transfer-Encoding: chunked,\r\n\r\n");
    REFUSED(400, POST "Transfer-Encoding: \x0b"
                      "chunked\r\n\r\n");
    REFUSED(400, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
}

static request_head read_whole(const char *text)
{
    request_head head;
    char *data;
    assert_int_equal(read_by(text, strlen(text), strlen(text), &head, &data), REQUEST_HEAD_DONE);
    free(data);
    return head;
}

static void persistence(void **state)
{
    assert_true(read_whole("GET / HTTP/1.1\r\n" HOST "\r\n").keep_alive);
    assert_false(read_whole("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n").keep_alive);
    assert_false(read_whole("GET / HTTP/1.1\r\n" HOST "Connection: x, CLOSE\r\n\r\n").keep_alive);
    assert_false(read_whole("GET / HTTP/1.0\r\n\r\n").keep_alive);
    assert_true(read_whole("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
    assert_false(read_whole("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
    REFUSED(400, "GET / HTTP/1.1\r\n" HOST "Connection: close;x\r\n\r\n");
}

static void expectations(void **state)
{
    assert_true(read_whole(POST "Expect: 100-Continue\r\n\r\n").expects_continue);
    assert_false(read_whole("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
    REFUSED(417, POST "Expect: 200-ok\r\n\r\n");
    REFUSED(417, POST "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n");
}

/* A request of a line of `line` bytes and a head of `total` bytes in all. */
static request_head_state sized(size_t line, size_t total, int *ret_status)
{
    static char bytes[100000];
    static const char start[] = "GET /", end[] = " HTTP/1.1\r\nHost: a\r\nX: ";
    size_t len = sizeof start - 1;
    memcpy(bytes, start, len);
    while (len < line - (sizeof " HTTP/1.1" - 1))
        bytes[len++] = 'a';
    memcpy(bytes + len, end, sizeof end - 1);
    len += sizeof end - 1;
    while (len < total - 4)
        bytes[len++] = 'b';
    memcpy(bytes + len, "\r\n\r\n", 4);
    return outcome(bytes, len + 4, ret_status);
}

static void sizes(void **state)
{
    int status;
    assert_int_equal(sized(8192, 9000, &status), REQUEST_HEAD_DONE);
    assert_int_equal(sized(8193, 9000, &status), REQUEST_HEAD_REFUSED);
    assert_int_equal(status, 414);
    assert_int_equal(sized(60000, 70000, &status), REQUEST_HEAD_REFUSED);
    assert_int_equal(status, 414);
    assert_int_equal(sized(100, 32768, &status), REQUEST_HEAD_DONE);
    assert_int_equal(sized(100, 32769, &status), REQUEST_HEAD_REFUSED);
    assert_int_equal(status, 431);
    assert_int_equal(sized(100, 65536, &status), REQUEST_HEAD_REFUSED);
    assert_int_equal(status, 431);
}

static void too_many_fields(void **state)
{
    static char bytes[4096] = "GET / HTTP/1.1\r\nHost: a\r\n";
    size_t len = strlen(bytes);
    for (int i = 0; i < 99; i++, len += 5)
        memcpy(bytes + len, "a:b\r\n", 5);
    memcpy(bytes + len, "\r\n", 2);
    int status;
    assert_int_equal(outcome(bytes, len + 2, &status), REQUEST_HEAD_DONE);
    memcpy(bytes + len, "a:b\r\n\r\n", 7);
    assert_int_equal(outcome(bytes, len + 7, &status), REQUEST_HEAD_REFUSED);
    assert_int_equal(status, 431);
}

/* Every byte value at every place of a value, long and short, judged as a plain loop would. */
static void value_bytes(void **state)
{
    for (int byte = 0; byte < 256; byte++) {
        bool good = byte == '\t' || (byte >= 32 && byte != 127);
        for (size_t len = 1; len <= 20; len++)
            for (size_t at = 0; at < len; at++) {
                char value[20];
                memset(value, 'a', sizeof value);
                value[at] = (char)byte;
                assert_int_equal(is_field_value((ost_text){value, len}), good);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there),
        cmocka_unit_test(reading_twice_changes_nothing),
        cmocka_unit_test(every_prefix_is_incomplete),
        cmocka_unit_test(request_lines),
        cmocka_unit_test(field_lines),
        cmocka_unit_test(hosts),
        cmocka_unit_test(lengths),
        cmocka_unit_test(codings),
        cmocka_unit_test(persistence),
        cmocka_unit_test(expectations),
        cmocka_unit_test(sizes),
        cmocka_unit_test(too_many_fields),
        cmocka_unit_test(value_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
