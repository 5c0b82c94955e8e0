/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a server together: what is wrong is told, and nothing is left behind. */
#include "app/app_server.h"

#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "test.h"

static void handler(ost_request *request)
{
    ost_reply_message(request, "hello");
}

static const ost_route routes[] = {
    {"GET", "/public/", handler, OST_OPEN, NULL, 0},
    {"GET", "/items/", handler, OST_AUTHENTICATED, NULL, 0},
    {0},
};
static const ost_app app = {.title = "Test", .routes = routes};

/* Port 0 is any free one; nothing answers at the issuer, and nothing needs to. */
static app_settings make_settings(void)
{
    return (app_settings){
        .address = "127.0.0.1",
        .loops = 1,
        .log = SETTINGS_LOG_OFF,
        .issuers = {"http://localhost:1/realms/none"},
        .issuer_count = 1,
        .audiences = {"a"},
        .audience_count = 1,
        .client_id = "c",
        .cookie_secret = OST_TEXT("0123456789abcdef0123456789abcdef"),
    };
}

static void made_and_freed(void **state)
{
    (void)state;
    const app_settings settings = make_settings();
    app_server *server = NULL;
    unsigned port = 0;
    assert_int_equal(app_server_new(&app, &settings, NULL, &server, &port, NULL), OST_OK);
    assert_true(port > 0);
    assert_true(server->logs_in);
    assert_int_equal(server->route_count, 2);

    /* The same port again. */
    app_settings second = settings;
    app_server *other = NULL;
    ost_error error = {0};
    second.port = port;
    assert_int_equal(app_server_new(&app, &second, NULL, &other, &port, &error), OST_E_SYSTEM);
    assert_null(other);
    char said[16];
    snprintf(said, sizeof said, "%u", port);
    assert_non_null(strstr(error.detail, said));
    app_server_free(server);
    app_server_free(NULL);
}

static void refused(const ost_app *with, const app_settings *settings, const char *said)
{
    app_server *server = NULL;
    unsigned port = 77;
    ost_error error = {0};
    assert_int_equal(app_server_new(with, settings, NULL, &server, &port, &error), OST_E_CONFIG);
    assert_null(server);
    assert_int_equal(port, 77);
    if (strstr(error.detail, said) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.detail, said);
}

static void wrong_settings(void **state)
{
    (void)state;
    app_settings settings = make_settings();
    settings.issuer_count = 0;
    refused(&app, &settings, "--issuer is missing");
    settings = make_settings();
    settings.issuers[0] = "http://idp.example/r";
    refused(&app, &settings, "https is required");
    settings = make_settings();
    settings.cookie_secret = OST_TEXT("short");
    refused(&app, &settings, "cookie secret");
    settings = make_settings();
    settings.docs_assets = "/nowhere";
    refused(&app, &settings, "--docs-assets: cannot use /nowhere/swagger-ui-bundle.js");
    settings = make_settings();
    settings.proxies[0] = "not an address";
    settings.proxy_count = 1;
    refused(&app, &settings, "trusted proxy");
    const ost_route reserved[] = {{"POST", "/logout", handler, OST_OPEN, NULL, 0}, {0}};
    const ost_app with_reserved = {.routes = reserved};
    settings = make_settings();
    refused(&with_reserved, &settings, "/logout");
    /* Without browser login the address is the program's to use. */
    settings.client_id = NULL;
    app_server *server = NULL;
    assert_int_equal(app_server_new(&with_reserved, &settings, NULL, &server, NULL, NULL), OST_OK);
    assert_false(server->logs_in);
    app_server_free(server);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    const app_settings settings = make_settings();
    app_server *server = NULL;
    for (uint64_t n = 1; server == NULL && n < 3000; n++) {
        memory_fail_at(n);
        ost_result result = app_server_new(&app, &settings, NULL, &server, NULL, NULL);
        memory_fail_at(0);
        assert_true((result == OST_OK) == (server != NULL));
    }
    assert_non_null(server);
    app_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_and_freed),
        cmocka_unit_test(wrong_settings),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
