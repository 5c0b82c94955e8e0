/* SPDX-License-Identifier: Apache-2.0 */
/* Mails with links; see action_mail.h. */
#include "provider/action/action_mail.h"

#include <stdio.h>

#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/realm/uuid.h"

#define LIFESPAN_MAX ((int64_t)366 * 86400)

bool action_mail_is_set(const realm *r)
{
    return smtp_is_set(ost_json_get(r->document, "smtpServer"));
}

ost_result action_mail_write(call *c, const ost_json *smtp, const mail_text *text, ost_text to,
                             mail_letter *ret, ost_error *error)
{
    smtp_setting server;
    ost_result result = smtp_setting_read(smtp, c->arena, &server, error);
    if (result != OST_OK)
        return result;
    mail_message message = {
        .from = text_of(server.from),
        .from_name = server.from_name,
        .reply_to = server.reply_to,
        .reply_to_name = server.reply_to_name,
        .to = to,
        .id = uuid_text(c->provider->context, c->arena),
        .date = c->now,
    };
    mail_letter letter = {
        .realm = text_of(text->realm->name), .server = server, .to = ost_arena_copy(c->arena, to)};
    if (message.id.data == NULL || letter.to == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    result = mail_text_write(text, c->arena, &message);
    if (result == OST_OK)
        result = mail_message_write(&message, c->arena, &letter.message);
    if (result == OST_E_ARGUMENT)
        return ost_error_set(error, result, "no mail can go to the user's address");
    if (result != OST_OK)
        return ost_error_set(error, result, "the mail cannot be written");
    *ret = letter;
    return OST_OK;
}

static mail_kind kind_of(const action_token *t)
{
    return t->purpose == ACTION_EXECUTE  ? MAIL_EXECUTE
           : t->purpose == ACTION_VERIFY ? MAIL_VERIFY
           : t->links != NULL            ? MAIL_LINK
                                         : MAIL_RESET;
}

/* What the realm calls the provider, and the provider the account. */
static void name_link(call *c, const upstream_identity *links, mail_text *text)
{
    const upstream *u = upstreams_find(&c->realm->upstreams, links->alias);
    text->provider = u != NULL ? u->name : links->alias;
    text->account = upstream_identity_shown(links, c->arena);
}

ost_result action_mail_link(call *c, action_token *t, int64_t lifespan, size_t limit,
                            const ost_json *user, const char *tag, mail_letter *ret,
                            ost_error *error)
{
    const ost_json *smtp = ost_json_get(c->realm->document, "smtpServer");
    page_words words;
    mail_text text = {.kind = kind_of(t),
                      .realm = c->realm,
                      .words = &words,
                      .lifespan = lifespan,
                      .actions = t->actions};
    smtp_setting server;
    /* No link is made that nobody gets. */
    ost_result result = smtp_setting_read(smtp, c->arena, &server, error);
    if (result != OST_OK)
        return result;
    if (!mail_can_go_to(t->email))
        return ost_error_set(error, OST_E_ARGUMENT, "no mail can go to the user's address");
    t->expires = c->now + lifespan;
    result = action_token_make(c, t, limit, &text.link);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s", ost_result_sentence(result));
    mail_text_words(c->realm, user, tag, &words);
    if (t->links != NULL)
        name_link(c, t->links, &text);
    return action_mail_write(c, smtp, &text, t->email, ret, error);
}

static int64_t seconds_of(const realm *r, const char *member, int64_t fallback)
{
    int64_t seconds;
    return ost_json_integer(ost_json_get(r->document, member), &seconds) && seconds > 0 &&
                   seconds <= LIFESPAN_MAX
               ? seconds
               : fallback;
}

int64_t action_lifespan_of_user(const realm *r, action_purpose purpose)
{
    char name[80];
    uint64_t seconds;
    snprintf(name, sizeof name, "actionTokenGeneratedByUserLifespan.%s",
             action_purpose_name(purpose));
    if (text_to_unsigned(attribute_text(r->document, name), LIFESPAN_MAX, &seconds) && seconds > 0)
        return (int64_t)seconds;
    return seconds_of(r, "actionTokenGeneratedByUserLifespan", 300);
}

int64_t action_lifespan_of_admin(const realm *r)
{
    return seconds_of(r, "actionTokenGeneratedByAdminLifespan", 43200);
}
