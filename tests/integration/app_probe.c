/* SPDX-License-Identifier: Apache-2.0 */
/* A program that uses every part of the framework, and with APP_PROBE=… one that uses it wrongly.
 */
#include <ostiary/app.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"

static const char *const write_scopes[] = {"items:write", NULL};
static const char *const admin_roles[] = {"admin", NULL};
static const char *const gold_values[] = {"gold", NULL};
static const char *const other_audiences[] = {"other", NULL};
static const ost_policy may_write = {.scopes = write_scopes};
static const ost_policy admins = {.realm_roles = admin_roles};
static const ost_policy gold = {.acr_values = gold_values, .max_age = 600};
static const ost_policy others = {.audiences = other_audiences};
static const ost_policy dpop_only = {.sender = OST_SENDER_DPOP};
static const ost_policy mtls_only = {.sender = OST_SENDER_MTLS};
static const ost_claim_rule hr_rules[] = {{"org.department", OST_CLAIM_EQUALS, "hr"},
                                          {"groups", OST_CLAIM_CONTAINS, "/staff"},
                                          {"email", OST_CLAIM_MATCHES, "*@example.org"},
                                          {0}};
static const ost_policy hr = {.claims = hr_rules};
static const ost_policy only_es256 = {.algorithms = OST_ALG_BIT(OST_ES256)};

static void say_subject(ost_request *request)
{
    ost_reply_message(request, "%.*s", OST_FORMAT(ost_request_subject(request)));
}

/* How many allocations this thread has made. */
static void say_allocations(ost_request *request)
{
    ost_reply_message(request, "%llu", (unsigned long long)memory_count());
}

static void say_all(ost_request *request)
{
    ost_json_writer *writer = ost_json_writer_new(ost_request_arena(request), 0);
    if (writer == NULL)
        return;
    ost_json_open_object(writer);
    ost_json_member_text(writer, "method", ost_request_method(request));
    ost_json_member_text(writer, "path", ost_request_path(request));
    ost_json_member_text(writer, "id", ost_request_parameter(request, "id"));
    ost_json_member_text(writer, "q", ost_request_query(request, "q"));
    ost_json_member_text(writer, "field", ost_request_field(request, "X-Field"));
    ost_json_member_boolean(writer, "other", ost_request_query(request, "other").data != NULL);
    ost_json_member_boolean(writer, "identity", ost_request_identity(request) != NULL);
    ost_json_close_object(writer);
    ost_reply_json(request, 200, writer);
}

static void echo_json(ost_request *request)
{
    const ost_json *body;
    if (!ost_request_json(request, &body))
        return;
    ost_reply(request, 201, "application/json", ost_json_source(body));
}

static void refuse(ost_request *request)
{
    if (ost_reply_field(request, "X-Reason", OST_TEXT("taste")) != OST_OK)
        return;
    ost_reply_detail(request, 418, "I am a \"%s\"", "teapot");
}

/* Header values come from data; data comes from clients. */
static void split(ost_request *request)
{
    if (ost_reply_field(request, "X-Split", OST_TEXT("a\r\nSet-Cookie: b=c")) == OST_OK)
        abort();
    ost_reply_message(request, "split");
}

static void say_nothing(ost_request *request)
{
    (void)request;
}

/* What is left of fields that tell who the client is. */
static void say_fields(ost_request *request)
{
    static const char *const names[] = {"client-cert", "client_cert", "x-forwarded-client-cert",
                                        "x_forwarded_client_cert", "ssl-client-cert"};
    ost_json_writer *writer = ost_json_writer_new(ost_request_arena(request), 0);
    if (writer == NULL)
        return;
    ost_json_open_object(writer);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (ost_request_field(request, names[i]).data != NULL)
            ost_json_member_text(writer, names[i], ost_request_field(request, names[i]));
    ost_json_close_object(writer);
    ost_reply_json(request, 200, writer);
}

static const ost_route good[] = {
    {"GET", "/dpop", say_subject, &dpop_only, NULL, 0},
    {"GET", "/mtls", say_subject, &mtls_only, NULL, 0},
    {"GET", "/hr", say_subject, &hr, NULL, 0},
    {"GET", "/fields", say_fields, OST_OPEN, NULL, 0},
    {"GET", "/me", say_subject, OST_AUTHENTICATED, NULL, 0},
    {"POST", "/me", say_subject, OST_AUTHENTICATED, NULL, 0},
    {"DELETE", "/items/{id}", say_all, &may_write, NULL, 0},
    {"GET", "/items/{id}", say_all, OST_OPEN, NULL, 0},
    {"GET", "/write", say_subject, &may_write, NULL, 0},
    {"GET", "/admin", say_subject, &admins, NULL, 0},
    {"GET", "/gold", say_subject, &gold, NULL, 0},
    {"GET", "/other-audience", say_subject, &others, NULL, 0},
    {"GET", "/other-algorithm", say_subject, &only_es256, NULL, 0},
    {"GET", "/allocations", say_allocations, OST_AUTHENTICATED, NULL, 0},
    {"POST", "/json", echo_json, OST_OPEN, NULL, 100},
    {"GET", "/teapot", refuse, OST_OPEN, NULL, 0},
    {"GET", "/split", split, OST_OPEN, NULL, 0},
    {"GET", "/nothing", say_nothing, OST_OPEN, NULL, 0},
    {"GET", "/health", say_nothing, OST_OPEN, NULL, 0},
    {0},
};
static const ost_route forgotten[] = {
    {"GET", "/public/", say_all, OST_OPEN, NULL, 0},
    {.method = "GET", .path = "/items/", .handler = say_subject},
    {0},
};
static const ost_route twice[] = {
    {"GET", "/items/{id}", say_all, OST_OPEN, NULL, 0},
    {"GET", "/items/{name}", say_all, OST_AUTHENTICATED, NULL, 0},
    {0},
};
static const ost_route relative[] = {{"GET", "items/", say_all, OST_OPEN, NULL, 0}, {0}};
static const ost_route taken[] = {{"GET", "/auth", say_all, OST_OPEN, NULL, 0}, {0}};
static const ost_route all_open[] = {{"GET", "/", say_all, OST_OPEN, NULL, 0}, {0}};

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        const ost_route *routes;
    } probes[] = {{"forgotten", forgotten}, {"twice", twice},   {"relative", relative},
                  {"taken", taken},         {"open", all_open}, {"none", NULL}};
    ost_app app = {.title = "Probe \"<&>\"", .version = "1.2.3", .routes = good};
    const char *probe = getenv("APP_PROBE");
    for (size_t i = 0; probe != NULL && i < ARRAY_LEN(probes); i++) {
        if (strcmp(probe, probes[i].name) == 0)
            app.routes = probes[i].routes;
    }
    return ost_app_main(argc, argv, &app);
}
