/* SPDX-License-Identifier: Apache-2.0 */
/* Client authentication: both methods, their mixtures, and what must not get through. */
#include "provider/token/client_auth.h"

#include "base/array.h"
#include "base/base64url.h"
#include "fixture.h"

static fixture *f;

/* `basic` is what stands before base64, `form` a body; NULL: none. */
static call *ask(const char *scheme, const char *basic, const char *form)
{
    static http_field fields[2];
    call *c = fixture_call(f, "x", NULL);
    char encoded[256];
    if (basic != NULL) {
        size_t len = base64_encode((const unsigned char *)basic, strlen(basic), encoded);
        const char *value = call_format(c, "%s %.*s", scheme, (int)len, encoded);
        fields[0] = (http_field){OST_TEXT("authorization"), text_of(value)};
        f->request.fields = fields;
        f->request.field_count = 1;
    }
    if (form != NULL)
        assert_int_equal(http_form_read(text_of(form), c->arena, &c->form), OST_OK);
    return c;
}

static void assert_in(const char *basic, const char *form, const char *client)
{
    call *c = ask("Basic", basic, form);
    if (!client_authenticate(c))
        fail_msg("%s %s: %s", basic, form, c->error.description);
    assert_string_equal(c->client->client_id, client);
}

static void assert_out(call *c, int status, const char *error)
{
    assert_false(client_authenticate(c));
    assert_int_equal(c->error.status, status);
    assert_string_equal(c->error.error, error);
    assert_null(c->client);
}

static void the_right_secret_lets_in(void **state)
{
    (void)state;
    assert_in("web:s%3Ae+c%2Bret%25", NULL, "web");
    assert_in(NULL, "client_id=web&client_secret=s%3Ae%20c%2Bret%25", "web");
    assert_in("a%3Ab:s", NULL, "a:b");
    assert_in(NULL, "client_id=spa", "spa");
    assert_in(NULL, "client_id=spa&client_secret=whatever", "spa");
    assert_in("usual:s", NULL, "usual");
    call *c = ask("bAsIc", "web:s%3Ae+c%2Bret%25", NULL);
    assert_true(client_authenticate(c));
}

/* As Keycloak, whether its rotation of secrets is switched on or not. */
static void p9_a_secret_ends(void **state)
{
    (void)state;
    assert_in("ending:s", NULL, "ending");
    assert_in("endless:s", NULL, "endless");
    assert_out(ask("Basic", "ending:before", NULL), 401, "unauthorized_client");
    assert_out(ask("Basic", "ended:s", NULL), 401, "unauthorized_client");
    assert_out(ask(NULL, NULL, "client_id=ended&client_secret=s"), 401, "unauthorized_client");
    assert_out(ask("Basic", "unclear:s", NULL), 401, "unauthorized_client");
    assert_out(ask(NULL, NULL, "client_id=signer&client_assertion=a"), 401, "unauthorized_client");
}

static void p9_a_secret_comes_by_the_way_that_is_allowed(void **state)
{
    (void)state;
    assert_in("basic:s", NULL, "basic");
    assert_in("basic:s", "client_id=basic", "basic");
    assert_in(NULL, "client_id=post&client_secret=s", "post");
    assert_out(ask(NULL, NULL, "client_id=basic&client_secret=s"), 401, "unauthorized_client");
    assert_out(ask("Basic", "post:s", NULL), 401, "unauthorized_client");
    assert_out(ask("Basic", "neither:s", NULL), 401, "unauthorized_client");
    assert_out(ask(NULL, NULL, "client_id=neither&client_secret=s"), 401, "unauthorized_client");
    call *c = ask("Basic", "post:s", NULL);
    assert_out(c, 401, "unauthorized_client");
    assert_non_null(strstr(c->error.description, "requires method 'client_secret_post'"));
}

/* What only a form would take apart is part of the secret; a NUL is in none. */
static void p12_a_secret_may_have_what_separates_pairs(void **state)
{
    (void)state;
    assert_in("amp:s&x=y&z", NULL, "amp");
    assert_in("amp:s%26x%3Dy%26z", NULL, "amp");
    assert_out(ask("Basic", "amp:s", NULL), 401, "unauthorized_client");
    assert_out(ask("Basic", "amp:s&x=y&z%00", NULL), 401, "invalid_client");
    assert_out(ask("Basic", "amp:s&x=y&z%", NULL), 401, "unauthorized_client");
    /* A sign that stands for no byte stands for itself. */
    assert_in("whole:100%", NULL, "whole");
    assert_in("whole:100%25", NULL, "whole");
    assert_in("odd:%zz%4", NULL, "odd");
    assert_in("odd:%25zz%254", NULL, "odd");
    assert_out(ask("Basic", "odd:%zz%41", NULL), 401, "unauthorized_client");
    assert_out(ask("Basic", "whole:100%%00", NULL), 401, "invalid_client");
}

static void the_form_counts_more_than_the_field(void **state)
{
    (void)state;
    assert_in("web:s%3Ae+c%2Bret%25", "client_id=web", "web");
    assert_in("web:wrong", "client_id=web&client_secret=s%3Ae%20c%2Bret%25", "web");
    assert_in("nobody:x", "client_id=spa", "spa");
    assert_out(ask("Basic", "web:s%3Ae+c%2Bret%25", "client_id=a%3Ab"), 401, "unauthorized_client");
}

static void everything_else_stays_out(void **state)
{
    static const struct {
        const char *basic, *form, *error;
    } cases[] = {
        {NULL, "", "invalid_client"},
        {NULL, "client_id=", "invalid_client"},
        {NULL, "client_id=nobody&client_secret=s", "invalid_client"},
        {NULL, "client_id=off&client_secret=s", "invalid_client"},
        {NULL, "client_id=api&client_secret=s", "unauthorized_client"},
        {NULL, "client_id=web", "unauthorized_client"},
        {NULL, "client_id=web&client_secret=", "unauthorized_client"},
        {NULL, "client_id=web&client_secret=s:e", "unauthorized_client"},
        {NULL, "client_id=web&client_secret=s%3Ae%20c%2Bret%25x", "unauthorized_client"},
        {NULL, "client_id=WEB&client_secret=s%3Ae%20c%2Bret%25", "invalid_client"},
        {NULL, "client_id=x509&client_secret=s", "invalid_client"},
        {"web", NULL, "invalid_client"},
        {":s", NULL, "invalid_client"},
        {"web:", NULL, "unauthorized_client"},
        {"web:%00", NULL, "invalid_client"},
        {"web:%zz", NULL, "unauthorized_client"},
        {"web:\xff", NULL, "invalid_client"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_out(ask("Basic", cases[i].basic, cases[i].form), 401, cases[i].error);
    assert_out(ask("Bearer", "web:s%3Ae+c%2Bret%25", NULL), 401, "invalid_client");
}

/* As Keycloak says it: what is missing is the assertion. */
static void a_secret_is_no_assertion(void **state)
{
    (void)state;
    assert_out(ask("Basic", "jwt:s", NULL), 400, "invalid_client");
    assert_out(ask("Basic", NULL, "client_id=jwt"), 400, "invalid_client");
    assert_out(ask("Basic", NULL, "client_id=mac&client_secret=s"), 400, "invalid_client");
    assert_out(ask("Basic", "mac:s", NULL), 400, "invalid_client");
}

static void what_is_no_base64_is_no_client(void **state)
{
    static const http_field field = {{"authorization", 13}, {"Basic ?", 7}};
    (void)state;
    call *c = ask("Basic", NULL, NULL);
    f->request.fields = &field;
    f->request.field_count = 1;
    assert_out(c, 401, "invalid_client");
}

static void two_fields_are_none(void **state)
{
    static const http_field fields[] = {{{"authorization", 13}, {"Basic c3BhOg==", 14}},
                                        {{"authorization", 13}, {"Basic c3BhOg==", 14}}};
    (void)state;
    call *c = ask("Basic", NULL, NULL);
    f->request.fields = fields;
    f->request.field_count = 2;
    assert_out(c, 401, "invalid_client");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_secret_lets_in),
        cmocka_unit_test(p9_a_secret_ends),
        cmocka_unit_test(p9_a_secret_comes_by_the_way_that_is_allowed),
        cmocka_unit_test(p12_a_secret_may_have_what_separates_pairs),
        cmocka_unit_test(the_form_counts_more_than_the_field),
        cmocka_unit_test(everything_else_stays_out),
        cmocka_unit_test(a_secret_is_no_assertion),
        cmocka_unit_test(what_is_no_base64_is_no_client),
        cmocka_unit_test(two_fields_are_none),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("client_auth", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
