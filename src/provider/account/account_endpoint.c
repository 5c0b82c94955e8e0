/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a request through the account REST API: whose token, which operation, the answer.
 * Nothing here looks at a cookie, so that no other site can ask in a user's name. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/call/call_event.h"
#include "provider/console/web_file.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/token_user.h"
#include "store/store_try.h"
#include "store/user/store_user.h"

#define AUDIENCE "account"

typedef struct account_job {
    account_call account;
    const account_route *route;
    shown_token token;
    bool known; /* the path, by other methods */
} account_job;

/* ---- who asks ---- */

static account_rights right_of(const char *role)
{
    static const struct {
        const char *role;
        account_rights right;
    } rights[] = {
        {"view-profile", ACCOUNT_VIEW_PROFILE},           {"manage-account", ACCOUNT_MANAGE},
        {"view-applications", ACCOUNT_VIEW_APPLICATIONS}, {"view-consent", ACCOUNT_VIEW_CONSENT},
        {"manage-consent", ACCOUNT_MANAGE_CONSENT},       {"view-groups", ACCOUNT_VIEW_GROUPS},
    };
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        if (text_is(text_of(role), rights[i].role))
            return rights[i].right;
    }
    return 0;
}

/* The roles that the token tells and the user still has. */
static account_rights rights_of(const realm_roles *roles, const ost_claims *claims)
{
    const ost_json *access = ost_json_get(ost_claims_get(claims, "resource_access"), AUDIENCE);
    const ost_json *told = ost_json_get(access, "roles");
    account_rights found = 0;
    for (size_t i = 0; i < roles->client_count; i++) {
        if (!text_is(text_of(roles->clients[i].client_id), AUDIENCE))
            continue;
        for (size_t k = 0; roles->clients[i].roles[k] != NULL; k++) {
            if (json_list_has(told, text_of(roles->clients[i].roles[k])))
                found |= right_of(roles->clients[i].roles[k]);
        }
    }
    return found;
}

static bool is_meant_for_us(const ost_claims *claims)
{
    const ost_json *audience = ost_claims_get(claims, "aud");
    return ost_json_equals(audience, OST_TEXT(AUDIENCE)) ||
           (ost_json_is(audience, OST_JSON_ARRAY) && json_list_has(audience, OST_TEXT(AUDIENCE)));
}

static ost_result load_user(account_call *a)
{
    const realm *r = a->call->realm;
    ost_result result = store_user_get(a->call->provider->store, text_of(r->name),
                                       a->call->event.user, a->call->arena, &a->user);
    if (result == OST_OK && !a->user.enabled)
        result = OST_E_STATE;
    return result == OST_OK
               ? ost_json_read(a->user.document, NULL, a->call->arena, &a->document, NULL)
               : result;
}

/* OST_E_TOKEN_FORMAT and others: nobody. */
static ost_result recognize(account_job *job)
{
    account_call *a = &job->account;
    call *c = a->call;
    const ost_claims *claims;
    realm_roles roles;
    const realm_client *client = NULL;
    ost_result result =
        c->realm->enabled ? bearer_token_verify_shown(c, &job->token, &claims) : OST_E_STATE;
    if (result == OST_OK && !is_meant_for_us(claims))
        result = OST_E_AUDIENCE;
    if (result == OST_OK)
        result = bearer_token_session(c, claims);
    if (result == OST_OK)
        client = realm_find_client(c->realm, ost_claims_text(claims, "azp"));
    if (result == OST_OK)
        result = token_user(c, client, claims, &c->event.user);
    if (result != OST_OK)
        return result;
    c->event.session = a->session = ost_claims_text(claims, "sid");
    if (client == NULL || !client->enabled)
        return OST_E_STATE;
    result = load_user(a);
    if (result == OST_OK)
        result = realm_user_roles(c->realm, a->document, c->arena, &roles);
    if (result != OST_OK)
        return result;
    c->client = client;
    c->event.username = a->user.username;
    a->rights = rights_of(&roles, claims);
    return OST_OK;
}

/* ---- the work ---- */

static bool read_input(account_call *a)
{
    const http_request *request = a->call->request;
    bool writes = request->method == HTTP_POST || request->method == HTTP_PUT;
    if (http_form_read(request->query, a->call->arena, &a->query) != OST_OK) {
        account_refuse(a, 400, "error", "malformed query");
        return false;
    }
    if (writes && !http_request_is_of(request, "application/json")) {
        account_refuse(a, 415, "error",
                       "The content-type header value did not match the value in @Consumes");
        return false;
    }
    if (writes && request->body.len > 0 &&
        ost_json_read(request->body, NULL, a->call->arena, &a->body, NULL) != OST_OK) {
        account_refuse(a, 400, "error", "invalid_request");
        return false;
    }
    return true;
}

static void account_run(account_job *job)
{
    account_call *a = &job->account;
    ost_result result;
    unsigned tried = 0;
    do {
        a->status = 0;
        result = tried > 0 ? load_user(a) : OST_OK;
        if (result == OST_OK)
            result = job->route->run(a);
    } while (store_try_again(result, &tried));
    if (result != OST_OK || a->status == 0)
        account_refuse(a, 503, "error", "temporarily_unavailable");
}

static void work(call *c)
{
    account_job *job = c->job;
    account_call *a = &job->account;
    ost_result result = recognize(job);
    if (call_is_busy(result))
        account_refuse(a, 503, "error", "temporarily_unavailable");
    else if (result != OST_OK)
        account_refuse(a, 401, "error", "HTTP 401 Unauthorized");
    else if (job->route == NULL)
        account_refuse(a, job->known ? 405 : 404, "error",
                       job->known ? "HTTP 405 Method Not Allowed" : "HTTP 404 Not Found");
    else if (job->route->rights != 0 && (a->rights & job->route->rights) == 0)
        account_refuse(a, 403, "error", "unknown_error");
    else if (read_input(a))
        account_run(job);
}

static void send_answer(call *c)
{
    const account_call *a = &((account_job *)c->job)->account;
    if (c->error.status != 0) {
        call_send_json(c);
        return;
    }
    if (c->client != NULL)
        call_allow_origin(c, c->client);
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-cache"));
    if (a->status == 503)
        call_set_retry_after(c);
    if (a->tells)
        event_tell(c, a->event, a->status < 400 ? NULL : "invalid_request");
    http_respond(c->exchange, a->status, a->answer.len > 0 ? "application/json" : NULL, a->answer);
}

/* ---- the request ---- */

/* Pages are for browsers, which say that they take HTML; programs say that they take JSON. */
static bool wants_json(const http_request *request)
{
    ost_text accept = http_request_field(request, "accept"), piece;
    bool json = http_request_is_of(request, "application/json");
    while (text_next(&accept, ',', &piece)) {
        piece = text_trim(text_slice(piece, 0, text_find(piece, ';', 0)));
        if (text_equal_ignoring_case(piece, OST_TEXT("text/html")))
            return false;
        json = json || text_equal_ignoring_case(piece, OST_TEXT("application/json"));
    }
    return json;
}

/* CORS (Fetch §3.2.2): the answer itself decides which origins may read it. */
static void send_preflight(call *c)
{
    call_allow_origin(c, NULL);
    (void)!http_set_field(c->exchange, "Access-Control-Allow-Methods",
                          OST_TEXT("HEAD, DELETE, POST, GET, OPTIONS, PUT"));
    (void)!http_set_field(
        c->exchange, "Access-Control-Allow-Headers",
        OST_TEXT("Origin, Accept, X-Requested-With, Content-Type, Authorization, DPoP"));
    (void)!http_set_field(c->exchange, "Access-Control-Max-Age", OST_TEXT("3600"));
    http_respond(c->exchange, 200, NULL, (ost_text){0});
}

static void answer_json(call *c, ost_text path)
{
    account_job *job = c->job;
    job->account.call = c;
    if (!bearer_token_find(c, &job->token)) {
        account_refuse(&job->account, 401, "error", "HTTP 401 Unauthorized");
        send_answer(c);
        return;
    }
    job->route = account_route_find(c->request->method, path, &job->account.value, &job->known);
    if (job->route == NULL || !job->route->hashes) {
        call_work(c, work, send_answer);
    } else if (!call_work_hashing(c, work, send_answer)) {
        call_refuse_busy(c);
        call_send_json(c);
    }
}

/* The page of the account console, which asks for all that it shows by the API. */
static void send_page(call *c, ost_text path)
{
    const char *place = call_format(c, "%s/account/", c->issuer);
    if (path.len > 0)
        c->provider->send_error_page(c, 404, "Page not found");
    else if (c->request->method != HTTP_GET)
        http_respond(c->exchange, 405, NULL, (ost_text){0});
    else if (place != NULL && !text_ends(c->request->path, "/"))
        http_redirect(c->exchange, 302, text_of(place));
    else
        web_page_send(c->exchange, OST_TEXT("account/index.html"));
}

void account_endpoint(http_exchange *exchange, void *user)
{
    ost_text path = http_parameter(exchange, "path"); /* none for the account itself */
    call *c = call_begin_job(exchange, user, sizeof(account_job));
    if (c == NULL)
        return;
    if (c->request->method == HTTP_OPTIONS)
        send_preflight(c);
    else if (wants_json(c->request))
        answer_json(c, path);
    else
        send_page(c, path);
}
