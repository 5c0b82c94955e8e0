/* The token endpoint: which grant, which client, on which thread; see token.h. */
#include "token.h"

#include "client_auth.h"
#include "text.h"

static const struct {
    const char *type;
    void (*run)(call *call);
    bool uses_store;
} grants[] = {
    {"authorization_code", grant_authorization_code, true},
    {"refresh_token", grant_refresh_token, true},
    {"password", grant_password, true},
    {"client_credentials", grant_client_credentials, false},
};

static void send(http_exchange *exchange, void *user)
{
    call *c = user;
    (void)exchange;
    /* A script must be able to read why its client was refused. */
    call_allow_origin(c, c->client);
    call_send_json(c);
}

static void work(http_exchange *exchange, void *user)
{
    call *c = user;
    void (*run)(call *) = grants[*(size_t *)c->job].run;
    (void)exchange;
    run(c);
}

static bool find_grant(call *c, size_t *ret_index)
{
    ost_text type = call_parameter(c, "grant_type");
    if (type.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing form parameter: grant_type");
    for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
        if (text_is(type, grants[i].type)) {
            *ret_index = i;
            return true;
        }
    }
    return call_refuse(c, 400, "unsupported_grant_type", "Unsupported grant_type");
}

void token_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    size_t *index = c != NULL ? ost_arena_alloc(c->arena, sizeof *index) : NULL;
    if (c == NULL)
        return;
    if (index == NULL)
        call_refuse(c, 500, "server_error", NULL);
    else if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else if (call_read_form(c) && find_grant(c, index))
        (void)client_authenticate(c);
    if (c->error.status != 0 || index == NULL) {
        send(exchange, c);
        return;
    }
    c->job = index;
    if (grants[*index].uses_store) {
        http_defer(exchange, work, send, c);
    } else {
        grants[*index].run(c);
        send(exchange, c);
    }
}
