/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the authentication channel; see channel_question.h. */
#include "provider/ciba/channel_question.h"

#include "base/buffer.h"
#include "base/text.h"
#include "provider/detail/authorization_details.h"

#define SCOPE_MAX 16384 /* bytes, with the names of scopes that were not asked for */

static bool write_scope(call *c, ost_text requested, ost_text *ret_scope)
{
    buffer_auto buffer b = {0};
    const realm_scope *const *scopes = c->client->default_scopes;
    buffer_init(&b, SCOPE_MAX);
    buffer_append(&b, requested);
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        ost_text name = text_of(scopes[i]->name);
        if (!scopes[i]->on_consent_screen || text_list_has(requested, name))
            continue;
        buffer_append_byte(&b, ' ');
        buffer_append(&b, name);
    }
    return call_keep(c, &b, ret_scope);
}

/* What the protocol knows stands elsewhere or is nobody's business, and what only we may say is not
 * for a client to say. */
static bool is_its_own(ost_text name)
{
    static const char *const known[] = {"scope",
                                        "login_hint",
                                        "binding_message",
                                        "is_consent_required",
                                        "acr_values",
                                        "id_token_hint",
                                        "login_hint_token",
                                        "client_notification_token",
                                        "user_code",
                                        "requested_expiry",
                                        "request",
                                        "request_uri",
                                        "client_id",
                                        "client_secret",
                                        "client_assertion",
                                        "client_assertion_type",
                                        "resource",
                                        DETAILS,
                                        "prompt",
                                        "nonce",
                                        "max_age",
                                        "ui_locales",
                                        "claims",
                                        NULL};
    return !text_is_one_of(name, known);
}

/* "audience" may come several times in a form, and no name does in an object. */
static bool is_first(const http_form *form, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (text_equal(form->pairs[i].name, form->pairs[index].name))
            return false;
    }
    return true;
}

static void put_more(const call *c, ost_json_writer *w)
{
    unsigned count = 0;
    for (size_t i = 0; i < c->form.count && count < CHANNEL_MORE_MAX; i++) {
        const http_pair *pair = &c->form.pairs[i];
        if (!is_its_own(pair->name) || !is_first(&c->form, i) || text_trim(pair->value).len == 0 ||
            pair->value.len > CHANNEL_MORE_VALUE_MAX)
            continue;
        ost_json_put_name(w, pair->name);
        ost_json_put_text(w, pair->value);
        count++;
    }
}

/* Whoever approves there approves these as well. */
static void put_details(call *c, ost_text details, ost_json_writer *w)
{
    const ost_json *list;
    if (details.len == 0)
        return;
    if (ost_json_read(details, NULL, c->arena, &list, NULL) == OST_OK)
        ost_json_member_value(w, DETAILS, list);
    else
        call_refuse(c, 500, "server_error", NULL);
}

bool channel_question_write(call *c, const channel_question *q, ost_text username,
                            ost_text *ret_body)
{
    ost_text scope;
    ost_json_writer *w = call_writer(c);
    if (w == NULL || !write_scope(c, q->scope, &scope))
        return false;
    ost_json_open_object(w);
    if (q->binding_message.data != NULL)
        ost_json_member_text(w, "binding_message", q->binding_message);
    ost_json_member_text(w, "login_hint", username);
    ost_json_member_boolean(w, "is_consent_required", c->client->consent_required);
    ost_json_member_text(w, "scope", scope);
    if (q->acr_values.data != NULL)
        ost_json_member_text(w, "acr_values", q->acr_values);
    put_details(c, q->details, w);
    put_more(c, w);
    ost_json_close_object(w);
    return c->error.status == 0 && (ost_json_writer_finish(w, ret_body) == OST_OK ||
                                    call_refuse(c, 500, "server_error", NULL));
}
