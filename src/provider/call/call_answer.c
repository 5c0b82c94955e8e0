/* SPDX-License-Identifier: Apache-2.0 */
/* JSON answers of calls; see call.h. */
#include "provider/call/call.h"

#include "base/text.h"
#include "guard/challenge.h"
#include "provider/call/call_use.h"
#include "store/store_health.h"

void call_no_store(call *c)
{
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-store"));
    (void)!http_set_field(c->exchange, "Pragma", OST_TEXT("no-cache"));
}

void call_challenge(call *c, const char *error, const char *description)
{
    challenge made;
    challenge_begin(&made, c->realm_path);
    if (error != NULL)
        challenge_add(&made, "error", text_of(error));
    if (description != NULL)
        challenge_add_plain(&made, "error_description", text_of(description));
    (void)!http_set_field(c->exchange, "WWW-Authenticate",
                          challenge_end(&made, c->arena, OST_TEXT("Bearer")));
}

void call_set_reason(call *c)
{
    bool described = c->error.description != NULL;
    bool explained = c->client_problem != NULL;
    http_set_reason(c->exchange, "%s%s%s%s%s%s", c->error.error, described ? ": " : "",
                    described ? c->error.description : "", explained ? " (" : "",
                    explained ? c->client_problem : "", explained ? ")" : "");
}

bool call_tell_fault(call *c)
{
    store_health health;
    store_health_read(c->provider->store, &health);
    if (health.fault == STORE_WORKS)
        return false;
    http_add_detail(c->exchange, "store", text_of(store_fault_word(health.fault)));
    return true;
}

void call_set_retry_after(call *c)
{
    bool fails = call_tell_fault(c);
    (void)!http_set_field(c->exchange, "Retry-After", fails ? OST_TEXT("5") : OST_TEXT("1"));
}

static void send_error(call *c)
{
    ost_text body;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL) {
        http_respond(c->exchange, 500, NULL, (ost_text){0});
        return;
    }
    ost_json_open_object(w);
    ost_json_member_string(w, "error", c->error.error);
    if (c->error.description != NULL)
        ost_json_member_string(w, "error_description", c->error.description);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &body) != OST_OK)
        body = OST_TEXT("{\"error\":\"invalid_request\"}"); /* what was sent is not UTF-8 */
    if (c->error.status == 503)
        call_set_retry_after(c);
    call_set_reason(c);
    http_respond(c->exchange, c->error.status, "application/json", body);
}

void call_send_json(call *c)
{
    call_no_store(c);
    if (call_has_unconfirmed_uses(c)) /* of no effect on one that is refused */
        call_refuse(c, 500, "server_error", NULL);
    if (c->error.status != 0)
        send_error(c);
    else
        http_respond(c->exchange, 200, "application/json", c->answer);
}
