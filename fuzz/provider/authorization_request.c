/* SPDX-License-Identifier: Apache-2.0 */
/* The query of an authorization request, checked against a realm: an answer that redirects goes to
 * a registered URI, and what was accepted comes back from its sealed form as it went in. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "one_realm.h"
#include "provider/login/auth_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static bool same(ost_text a, ost_text b)
{
    return (a.data == NULL) == (b.data == NULL) && text_equal(a, b);
}

static bool same_mode(auth_mode a, auth_mode b)
{
    return a.place == b.place && a.in_jwt == b.in_jwt;
}

static void seal_and_open(call *c, const auth_request *r, auth_stage stage)
{
    static const ost_text browser = {"browser", 7};
    auth_request back;
    ost_text code;
    /* What is not UTF-8 never gets this far. */
    require(auth_request_seal(c, r, browser, &code));
    require(auth_request_open(c, code, stage, browser, &back) == AUTH_OPEN_GOOD);
    require(same(r->redirect_uri, back.redirect_uri) && same(r->scope, back.scope) &&
            same(r->nonce, back.nonce) && same(r->challenge, back.challenge) &&
            same(r->challenge_method, back.challenge_method) &&
            same(r->resources, back.resources) && same(r->jkt, back.jkt) &&
            same_mode(r->mode, back.mode) && r->has_state == back.has_state &&
            text_equal(r->state, back.state) && r->wants_code == back.wants_code &&
            r->wants_token == back.wants_token && r->wants_id_token == back.wants_id_token &&
            r->prompt_consent == back.prompt_consent && text_equal(r->session, back.session) &&
            text_equal(r->kc_action, back.kc_action) && text_equal(r->action, back.action) &&
            r->acr_proved == back.acr_proved && r->proved == back.proved);
    require(auth_request_open(c, code, stage, OST_TEXT("other"), &back) == AUTH_OPEN_COOKIE);
    /* One page's is no answer to another's. */
    for (auth_stage other = AUTH_STAGE_LOGIN; other <= AUTH_STAGE_CONSENT; other++)
        require((auth_request_open(c, code, other, browser, &back) == AUTH_OPEN_INVALID) ==
                (other != stage));
    char *changed = ost_arena_copy(c->arena, code);
    if (changed == NULL)
        return;
    changed[code.len / 2] ^= 1;
    require(auth_request_open(c, (ost_text){changed, code.len}, stage, browser, &back) ==
            AUTH_OPEN_INVALID);
}

/* A login that is begun again asks for the same. */
static void read_again(call *c, const auth_request *r)
{
    ost_text url = auth_request_url(c, r);
    auth_request again;
    http_form form;
    size_t query = text_find(url, '?', 0) + 1;
    c->error = (call_error){0};
    require(http_form_read(text_slice(url, query, url.len), c->arena, &form) == OST_OK);
    c->form = form;
    require(auth_request_read(c, AUTH_BROWSER, &again) == AUTH_GOOD);
    require(text_equal(r->state, again.state) && text_equal(r->redirect_uri, again.redirect_uri) &&
            same_mode(r->mode, again.mode) && text_equal(r->challenge, again.challenge) &&
            text_equal(r->kc_action, again.kc_action) &&
            text_equal(r->resources, again.resources) && text_equal(r->jkt, again.jkt) &&
            r->prompt_consent == again.prompt_consent && r->acr_proved == again.acr_proved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    auth_request request;
    if (http_form_read((ost_text){(const char *)data, size}, c->arena, &c->form) != OST_OK)
        return 0;
    switch (auth_request_read(c, AUTH_BROWSER, &request)) {
    case AUTH_PAGE:
        require(c->error.status >= 400 && c->error.description != NULL);
        break;
    case AUTH_REDIRECT:
        require(c->error.error != NULL && call_redirect_allowed(c, request.redirect_uri));
        break;
    case AUTH_GOOD:
        require(c->error.status == 0 && c->client->enabled &&
                call_redirect_allowed(c, request.redirect_uri));
        seal_and_open(c, &request, AUTH_STAGE_LOGIN);
        request.session = OST_TEXT("session");
        request.proved = true;
        seal_and_open(c, &request, AUTH_STAGE_CONSENT);
        request.action = OST_TEXT("UPDATE_PASSWORD");
        seal_and_open(c, &request, AUTH_STAGE_ACTION);
        read_again(c, &request);
        break;
    }
    return 0;
}
