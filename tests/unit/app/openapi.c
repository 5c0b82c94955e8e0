/* SPDX-License-Identifier: Apache-2.0 */
/* The description: valid JSON with what clients and the docs page read in it. */
#include "app/openapi.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void handler(ost_request *request)
{
    ost_reply_message(request, "never");
}

static const char *const readers[] = {"items:read", NULL};
static const char *const writers[] = {"items:read", "items:write", NULL};
static const ost_policy may_read = {.scopes = readers}, may_write = {.scopes = writers};

static const ost_route routes[] = {
    {"GET", "/items/{item_id}", handler, &may_read, NULL, 0},
    {"GET", "/public/", handler, OST_OPEN, "Open \"to\" all", 0},
    {"PUT", "/items/{item_id}", handler, &may_write, NULL, 0},
    {"GET", "/files/{path...}", handler, OST_AUTHENTICATED, NULL, 0},
    {0},
};

static const openapi_provider known = {
    .authorization = OST_TEXT("https://idp/auth"),
    .token = OST_TEXT("https://idp/token"),
};

static const ost_json *describe(const ost_app *app, const openapi_provider *provider,
                                ost_arena *arena)
{
    ost_text text;
    const ost_json *document = NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    openapi_write(app, provider, arena, writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    assert_int_equal(ost_json_read(text, NULL, arena, &document, NULL), OST_OK);
    return document;
}

/* Follows member names to a value. */
static const ost_json *at(const ost_json *value, const char *const *names)
{
    for (; *names != NULL; names++)
        value = ost_json_get(value, *names);
    return value;
}
#define AT(value, ...) at(value, (const char *const[]){__VA_ARGS__, NULL})

static void the_document(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_app app = {.title = "Items <API>", .description = "d", .routes = routes};
    const ost_json *document = describe(&app, &known, arena);
    assert_true(ost_json_equals(AT(document, "openapi"), OST_TEXT("3.1.0")));
    assert_true(ost_json_equals(AT(document, "info", "title"), OST_TEXT("Items <API>")));
    assert_true(ost_json_equals(AT(document, "info", "version"), OST_TEXT("0.1.0")));
    assert_int_equal(ost_json_count(AT(document, "paths")), 3);

    const ost_json *open = AT(document, "paths", "/public/", "get");
    assert_true(ost_json_equals(AT(open, "summary"), OST_TEXT("Open \"to\" all")));
    assert_null(AT(open, "security"));
    assert_null(AT(open, "responses", "401"));

    const ost_json *item = AT(document, "paths", "/items/{item_id}");
    assert_int_equal(ost_json_count(item), 2);
    assert_true(ost_json_equals(AT(item, "get", "summary"), OST_TEXT("Read Items")));
    assert_null(AT(item, "get", "requestBody"));
    assert_non_null(AT(item, "put", "requestBody"));
    assert_non_null(AT(item, "put", "responses", "403"));
    const ost_json *parameter = ost_json_first(AT(item, "get", "parameters"));
    assert_true(ost_json_equals(AT(parameter, "name"), OST_TEXT("item_id")));
    const ost_json *security = ost_json_first(AT(item, "put", "security"));
    assert_int_equal(ost_json_count(AT(security, "OAuth2")), 2);

    parameter = ost_json_first(AT(document, "paths", "/files/{path}", "get", "parameters"));
    assert_true(ost_json_equals(AT(parameter, "name"), OST_TEXT("path")));
    ost_arena_free(arena);
}

static void the_schemes(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_app app = {.routes = routes};
    const ost_json *schemes = AT(describe(&app, &known, arena), "components", "securitySchemes");
    const ost_json *flow = AT(schemes, "OAuth2", "flows", "authorizationCode");
    assert_true(ost_json_equals(AT(flow, "authorizationUrl"), OST_TEXT("https://idp/auth")));
    assert_true(ost_json_equals(AT(flow, "tokenUrl"), OST_TEXT("https://idp/token")));
    assert_int_equal(ost_json_count(AT(flow, "scopes")), 3); /* each once */
    assert_true(ost_json_equals(AT(schemes, "Bearer", "scheme"), OST_TEXT("bearer")));

    /* A provider that is not known yet: bearer tokens, and no dead links. */
    const openapi_provider unknown = {0};
    const ost_json *document = describe(&app, &unknown, arena);
    assert_null(AT(document, "components", "securitySchemes", "OAuth2"));
    const ost_json *security = AT(document, "paths", "/items/{item_id}", "get", "security");
    assert_int_equal(ost_json_count(security), 1);

    const ost_route all_open[] = {{"GET", "/", handler, OST_OPEN, NULL, 0}, {0}};
    const ost_app open = {.routes = all_open};
    assert_null(AT(describe(&open, &unknown, arena), "components"));
    ost_arena_free(arena);
}

static void names(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const struct {
        const char *method, *path, *operation, *summary;
    } cases[] = {
        {"GET", "/items/", "read_items_items__get", "Read Items"},
        {"GET", "/items/{item_id}", "read_items_items__item_id__get", "Read Items"},
        {"POST", "/a-b/c.d", "create_a_b_c_d_a_b_c_d_post", "Create A B C D"},
        {"DELETE", "/{id}", "delete__id__delete", "Delete"},
        {"GET", "/", "read__get", "Read"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const ost_route route = {cases[i].method, cases[i].path, handler, OST_OPEN, NULL, 0};
        ost_text operation = openapi_operation(&route, arena);
        ost_text summary = openapi_summary(&route, arena);
        if (!text_is(operation, cases[i].operation) || !text_is(summary, cases[i].summary))
            fail_msg("%s: %.*s, %.*s", cases[i].path, OST_FORMAT(operation), OST_FORMAT(summary));
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document),
        cmocka_unit_test(the_schemes),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
