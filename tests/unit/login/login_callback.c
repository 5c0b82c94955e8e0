/* SPDX-License-Identifier: Apache-2.0 */
/* The callback's query: what is a provider's answer, and what is not. */
#include "login/login_callback.h"
#include "base/array.h"

#include "login_fakes.h"

static ost_result read(const char *query, login_callback *ret, ost_arena *arena)
{
    return login_callback_read(text_of(query), arena, ret);
}

static void answers(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    login_callback callback;
    assert_int_equal(
        read("state=s1&session_state=x&iss=http%3A%2F%2Flocalhost%3A8080%2Fr&code=a.b-c", &callback,
             arena),
        OST_OK);
    assert_true(text_is(callback.state, "s1") && text_is(callback.code, "a.b-c"));
    assert_true(text_is(callback.issuer, "http://localhost:8080/r"));
    assert_null(callback.error.data);
    assert_int_equal(
        read("error=access_denied&error_description=No%20%C3%A9&state=s%2B1&x", &callback, arena),
        OST_OK);
    assert_true(text_is(callback.error, "access_denied") && text_is(callback.state, "s+1"));
    assert_null(callback.code.data);
    ost_arena_free(arena);
}

static void no_answers(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const char *const queries[] = {
        "",
        "code=a",                 /* no state */
        "state=s",                /* neither code nor error */
        "code=a&state=s&error=e", /* both */
        "code=a&code=a&state=s",  /* twice */
        "code=a&state=s&state=t",
        "code=a&state=s&iss=i&iss=i",
        "code=&state=s",
        "code=a&state=",
        "code=a&state",
        "code=a%&state=s",
        "code=a%2&state=s",
        "code=a%zz&state=s",
        "code=a%00&state=s",
        "code=a%0d%0aSet-Cookie:x&state=s",
        "code=a\x01&state=s",
        "code=%C3%A9&state=s",
        "error=%3Cscript%3E&state=s",
        "error=a%20b&state=s",
    };
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        login_callback callback = {.code = OST_TEXT("untouched")};
        assert_int_equal(read(queries[i], &callback, arena), OST_E_FORMAT);
        assert_true(text_is(callback.code, "untouched"));
    }
    ost_arena_free(arena);
}

static void too_long(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    login_callback callback;
    char query[9000] = "state=s&code=";
    memset(query + strlen(query), 'a', 4097);
    assert_int_equal(read(query, &callback, arena), OST_E_FORMAT);
    query[strlen("state=s&code=") + 4096] = '\0';
    assert_int_equal(read(query, &callback, arena), OST_OK);
    memset(query, 'a', sizeof query - 1);
    memcpy(query, "state=s&code=a&x=", 17);
    assert_int_equal(read(query, &callback, arena), OST_E_FORMAT);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(no_answers),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
