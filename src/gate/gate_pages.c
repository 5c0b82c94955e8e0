/* SPDX-License-Identifier: Apache-2.0 */
/* Sends browsers to the login and back; see gate_pages.h. */
#include "gate/gate_pages.h"

#include "app/request.h"
#include "app/serve.h"
#include "base/text.h"
#include "gate/gate_path.h"
#include "gate/gate_state.h"
#include "login/login_url.h"

/* The page that was wanted: a path of this site, whatever was asked for. */
static ost_text wanted_of(ost_request *request)
{
    return login_url_wanted(ost_request_query(request, "rd"));
}

static void go_back(ost_request *request)
{
    ost_text wanted = wanted_of(request);
    const char *location =
        ost_arena_format(http_arena(request->exchange), "%.*s%.*s",
                         OST_FORMAT(request->browser.place.base), OST_FORMAT(wanted));
    if (location == NULL)
        http_respond(request->exchange, 503, NULL, (ost_text){0});
    else
        http_redirect(request->exchange, 303, text_of(location));
}

/* What the rule of the wanted page asks for; where there is none, a session of any kind. */
static const ost_policy *policy_of(http_exchange *exchange, const gate_rules *rules)
{
    const http_request *request = http_request_of(exchange);
    const gate_site *site = gate_rules_site(rules, request->authority);
    ost_arena *arena = http_arena(exchange);
    ost_text path = OST_TEXT("/");
    const char *why;
    http_form query;
    if (site == NULL || http_form_read(request->query, arena, &query) != OST_OK)
        return OST_AUTHENTICATED;
    ost_text wanted = login_url_wanted(http_form_get(&query, "rd"));
    if (site->reads_paths && gate_path_read(wanted, arena, &path) != NULL)
        return OST_AUTHENTICATED;
    const gate_rule *rule = gate_rules_find(site, OST_TEXT("GET"), path, arena, &why);
    return rule != NULL && rule->access == GATE_GUARDED ? rule->policy : OST_AUTHENTICATED;
}

void gate_pages_login(http_exchange *exchange, void *user)
{
    gate_state *gate = user;
    const gate_rules *rules = gate_rule_file_hold(&gate->rules, exchange);
    ost_route *route = ost_arena_alloc(http_arena(exchange), sizeof *route);
    if (rules == NULL || route == NULL) {
        http_respond(exchange, 503, NULL, (ost_text){0});
        return;
    }
    *route = (ost_route){.method = "GET",
                         .path = GATE_LOGIN,
                         .handler = go_back,
                         .guard = policy_of(exchange, rules)};
    serve_route(exchange, gate->server, route);
}

void gate_pages_user(ost_request *request)
{
    const ost_identity *identity = ost_request_identity(request);
    const ost_claims *claims = ost_identity_claims(identity);
    ost_json_writer *writer = ost_json_writer_new(ost_request_arena(request), 0);
    if (writer == NULL) {
        ost_reply_detail(request, 503, "Out of memory");
        return;
    }
    ost_json_open_object(writer);
    ost_json_member_text(writer, "subject", ost_identity_subject(identity));
    ost_json_member_text(writer, "username", ost_identity_username(identity));
    ost_json_member_text(writer, "name", ost_claims_text(claims, "name"));
    ost_json_member_integer(writer, "expires", ost_claims_expiry(claims));
    ost_json_close_object(writer);
    ost_reply_json(request, 200, writer);
}
