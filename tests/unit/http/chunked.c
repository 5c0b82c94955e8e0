/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked coding, read strictly, however the bytes arrive. */
#include "http/http1/chunked.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define MAX 1000

typedef struct outcome {
    chunked_state state;
    int status;
    size_t used;
    char body[MAX + 1];
    size_t body_len;
} outcome;

static outcome read_by(ost_text bytes, size_t step)
{
    outcome o = {.state = CHUNKED_MORE};
    buffer_auto buffer body;
    buffer_init(&body, MAX);
    chunked_reader reader;
    chunked_init(&reader, MAX);
    while (o.used < bytes.len && o.state == CHUNKED_MORE) {
        size_t used = 0;
        o.state = chunked_read(&reader, text_slice(bytes, o.used, step), &body, &used);
        o.used += used;
    }
    assert_int_equal(body.failed, OST_OK);
    o.status = reader.status;
    o.body_len = body.len;
    if (body.len > 0)
        memcpy(o.body, body.data, body.len);
    return o;
}

static outcome read_all(ost_text bytes)
{
    outcome whole = read_by(bytes, bytes.len);
    for (size_t step = 1; step < 8; step++) {
        outcome slow = read_by(bytes, step);
        assert_int_equal(whole.state, slow.state);
        assert_int_equal(whole.status, slow.status);
        assert_int_equal(whole.used, slow.used);
        if (whole.state == CHUNKED_DONE)
            assert_memory_equal(whole.body, slow.body, whole.body_len);
    }
    return whole;
}

static void decodes(void **state)
{
    static const char bytes[] = "5\r\nhello\r\n00000A\r\n0123456789\r\n0\r\n\r\nGET";
    outcome o = read_all(OST_TEXT("5\r\nhello\r\n00000A\r\n0123456789\r\n0\r\n\r\nGET"));
    assert_int_equal(o.state, CHUNKED_DONE);
    assert_int_equal(o.body_len, 15);
    assert_memory_equal(o.body, "hello0123456789", 15);
    assert_int_equal(o.used, sizeof bytes - 1 - 3);
    assert_int_equal(read_all(OST_TEXT("0\r\n\r\n")).state, CHUNKED_DONE);
    assert_int_equal(read_all(OST_TEXT("5\r\nhel")).state, CHUNKED_MORE);
}

static void refuses(void **state)
{
    static const struct {
        int status;
        ost_text bytes;
    } cases[] = {
        {400, {"\r\n", 2}},
        {400, {"5;ext=1\r\nhello\r\n", 16}},
        {400, {"5 \r\nhello\r\n", 11}},
        {400, {"5\t\r\nhello\r\n", 11}},
        {400, {" 5\r\nhello\r\n", 11}},
        {400, {"+5\r\nhello\r\n", 11}},
        {400, {"-5\r\nhello\r\n", 11}},
        {400, {"0x5\r\nhello\r\n", 12}},
        {400, {"5\nhello\r\n", 9}},
        {400, {"5\r\rhello", 8}},
        {400, {"5\r\nhelloX\r\n", 11}},
        {400, {"5\r\nhello\n0\r\n\r\n", 14}},
        {400, {"5\r\nhello\r0", 10}},
        {400, {"0\r\nTrailer: x\r\n\r\n", 17}},
        {400, {"0\r\n\n", 4}},
        {400, {"g\r\n", 3}},
        {400, {"FFFFFFFFFFFFFFFF0\r\n", 19}},
        {400, {"0000000000000000\r\n", 18}},
        {413, {"FFFFFFFFFFFFFFF\r\n", 17}},
        {413, {"3E9\r\n", 5}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        outcome o = read_all(cases[i].bytes);
        assert_int_equal(o.state, CHUNKED_REFUSED);
        assert_int_equal(o.status, cases[i].status);
    }
}

static void ceiling_is_on_the_sum(void **state)
{
    char bytes[2600];
    size_t len = 0;
    for (int i = 0; i < 10; i++) { /* 10 × 100 bytes: just fits */
        memcpy(bytes + len, "64\r\n", 4);
        memset(bytes + len + 4, 'x', 100);
        memcpy(bytes + len + 104, "\r\n", 2);
        len += 106;
    }
    memcpy(bytes + len, "0\r\n\r\n", 5);
    assert_int_equal(read_all((ost_text){bytes, len + 5}).state, CHUNKED_DONE);
    memcpy(bytes + len, "1\r\nx\r\n", 6);
    outcome o = read_all((ost_text){bytes, len + 6});
    assert_int_equal(o.state, CHUNKED_REFUSED);
    assert_int_equal(o.status, 413);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(ceiling_is_on_the_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
