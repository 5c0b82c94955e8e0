/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the account REST API; see account_call.h. */
#include "provider/account/account_call.h"

#include "base/text.h"

#define MORE "For more on this error consult the server log at the debug level."

ost_result account_answer(account_call *a, ost_json_writer *w)
{
    ost_result result = ost_json_writer_finish(w, &a->answer);
    if (result == OST_OK)
        a->status = 200;
    return result;
}

ost_result account_done(account_call *a)
{
    a->status = 204;
    return OST_OK;
}

ost_result account_refuse(account_call *a, int status, const char *error, const char *why)
{
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    a->status = status;
    a->answer = (ost_text){0};
    a->tells = false;
    if (w == NULL)
        return OST_OK;
    ost_json_open_object(w);
    ost_json_member_string(w, error, why);
    if (text_is(text_of(error), "error"))
        ost_json_member_string(w, "error_description", MORE);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &a->answer) != OST_OK)
        a->answer = (ost_text){0};
    return OST_OK;
}

void account_tell(account_call *a, event_type type)
{
    a->tells = true;
    a->event = type;
}

bool account_asks(const account_call *a, const char *name, const char *value)
{
    return text_is(http_form_get(&a->query, name), value);
}
