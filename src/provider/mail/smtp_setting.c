/* SPDX-License-Identifier: Apache-2.0 */
/* Mail servers of realms; see smtp_setting.h. */
#include "provider/mail/smtp_setting.h"

#include "base/text.h"
#include "provider/member/mail_address.h"

bool mail_can_go_to(ost_text address)
{
    return text_is_utf8(address) && mail_address_is_plain(address) &&
           mail_address_is_valid(address);
}

/* Realm files and admin clients write all values as strings, or none. */
ost_text smtp_value(const ost_json *object, const char *name)
{
    const ost_json *value = ost_json_get(object, name);
    ost_text text = {0};
    if (!ost_json_text(value, &text) &&
        (ost_json_is(value, OST_JSON_NUMBER) || ost_json_is(value, OST_JSON_BOOL)))
        text = ost_json_source(value);
    return text_trim(text);
}

bool smtp_is_set(const ost_json *object)
{
    return smtp_value(object, "host").len > 0;
}

static ost_result fail(ost_error *error, const char *what)
{
    return ost_error_set(error, OST_E_ARGUMENT, "smtpServer: %s", what);
}

static ost_result copy(ost_arena *arena, ost_text value, const char **ret)
{
    *ret = ost_arena_copy(arena, value);
    return *ret != NULL ? OST_OK : OST_E_MEMORY;
}

static ost_result read_address(const ost_json *object, const char *name, ost_text *ret,
                               ost_error *error)
{
    *ret = smtp_value(object, name);
    if (ret->len > 0 && !mail_can_go_to(*ret))
        return ost_error_set(error, OST_E_ARGUMENT, "smtpServer: %s is no mail address", name);
    return OST_OK;
}

static ost_result read_server(const ost_json *object, smtp_setting *s, ost_error *error)
{
    ost_text port = smtp_value(object, "port");
    uint64_t number = 0;
    if (text_says_true(smtp_value(object, "ssl")))
        s->security = NET_MAIL_TLS;
    else if (text_says_true(smtp_value(object, "starttls")))
        s->security = NET_MAIL_STARTTLS;
    else
        s->security = NET_MAIL_INSECURE;
    if (port.len > 0 && (!text_to_unsigned(port, 65535, &number) || number == 0))
        return fail(error, "port is none");
    s->port = number > 0 ? (unsigned)number : s->security == NET_MAIL_TLS ? 465 : 25;
    return OST_OK;
}

static ost_result read_login(const ost_json *object, ost_arena *arena, smtp_setting *s,
                             ost_error *error)
{
    ost_text user = smtp_value(object, "user"), password = {0};
    if (!text_says_true(smtp_value(object, "auth")))
        return OST_OK;
    (void)!ost_json_text(ost_json_get(object, "password"), &password);
    if (text_starts(password, "${vault."))
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "smtpServer: the password is in a vault, and there is none");
    if (user.len == 0)
        return fail(error, "auth without a user");
    ost_result result = copy(arena, user, &s->user);
    return result == OST_OK ? copy(arena, password, &s->password) : result;
}

ost_result smtp_setting_read(const ost_json *object, ost_arena *arena, smtp_setting *ret,
                             ost_error *error)
{
    smtp_setting s = {0};
    ost_text host = smtp_value(object, "host"), from, envelope;
    if (host.len == 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "smtpServer: there is no host");
    if (!text_is_made_of(host, "-._:") || host.len > 253)
        return fail(error, "host is none");
    ost_result result = read_server(object, &s, error);
    if (result == OST_OK)
        result = read_address(object, "from", &from, error);
    if (result == OST_OK && from.len == 0)
        return fail(error, "from is missing");
    if (result == OST_OK)
        result = read_address(object, "replyTo", &s.reply_to, error);
    if (result == OST_OK)
        result = read_address(object, "envelopeFrom", &envelope, error);
    if (result == OST_OK)
        result = read_login(object, arena, &s, error);
    if (result == OST_OK)
        result = copy(arena, host, &s.host);
    if (result == OST_OK)
        result = copy(arena, from, &s.from);
    if (result == OST_OK)
        result = copy(arena, envelope.len > 0 ? envelope : from, &s.envelope_from);
    s.from_name = smtp_value(object, "fromDisplayName");
    s.reply_to_name = smtp_value(object, "replyToDisplayName");
    if (result == OST_OK)
        *ret = s;
    return result;
}
