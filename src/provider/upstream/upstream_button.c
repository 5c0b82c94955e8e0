/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons and hints; see upstream_button.h. */
#include "provider/upstream/upstream_button.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"

static bool is_usable(const upstream *u)
{
    return u->barred == NULL && !u->link_only;
}

const upstream *upstream_usable(const call *c, ost_text alias)
{
    const upstream *found = upstreams_find(&c->realm->upstreams, alias);
    return found != NULL && is_usable(found) ? found : NULL;
}

ost_text upstream_address(call *c, const upstream *u, ost_text code)
{
    ost_text alias = percent_encode(c->arena, u->alias);
    ost_text client = percent_encode(c->arena, text_of(c->client->client_id));
    return text_of(call_format(c, "%s/broker/%.*s/login?client_id=%.*s&session_code=%.*s",
                               c->issuer, OST_FORMAT(alias), OST_FORMAT(client), OST_FORMAT(code)));
}

/* ---- what goes on with them ---- */

#define FORWARDED_MAX ((size_t)2048) /* bytes; what is longer stays here, */
#define WISH_MAX 512                 /* as one of the usual ones does */

bool upstream_may_forward(ost_text name)
{
    static const char *const names[] = {"scope",          "state",
                                        "response_type",  "response_mode",
                                        "client_id",      "nonce",
                                        "request",        "request_uri",
                                        "code_challenge", "code_challenge_method",
                                        "prompt",         "max_age",
                                        "redirect_uri",   "login_hint",
                                        "ui_locales",     "client_secret",
                                        "dpop_jkt",       "hd",
                                        "acr_values",     NULL};
    return name.len > 0 && !text_is_one_of(name, names);
}

static void add_forwarded(const call *c, const upstream *u, buffer *form)
{
    ost_text rest = u->forwarded, name;
    while (text_next(&rest, ',', &name)) {
        name = text_trim(name);
        const char *own = ost_arena_copy(c->arena, name);
        ost_text value =
            own != NULL && upstream_may_forward(name) ? call_parameter(c, own) : (ost_text){0};
        if (value.len > 0)
            form_append(form, own, value);
    }
}

/* Others are done here: whoever has to sign in again does so there by another way. */
static void add_prompt(call *c, buffer *form)
{
    ost_text prompt = call_parameter(c, "prompt");
    bool select = text_list_has(prompt, OST_TEXT("select_account"));
    bool consent = text_list_has(prompt, OST_TEXT("consent"));
    if (select || consent)
        form_append(form, "prompt",
                    !consent  ? OST_TEXT("select_account")
                    : !select ? OST_TEXT("consent")
                              : OST_TEXT("consent select_account"));
}

static void add_wishes(call *c, buffer *form)
{
    static const char *const names[] = {"acr_values", "login_hint"};
    add_prompt(c, form);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        ost_text value = call_parameter(c, names[i]);
        if (value.len > 0 && value.len <= WISH_MAX)
            form_append(form, names[i], value);
    }
}

ost_text upstream_forwarded(call *c)
{
    const upstreams *all = &c->realm->upstreams;
    buffer_auto buffer form = {0};
    buffer_init(&form, FORWARDED_MAX);
    if (all->count > 0)
        add_wishes(c, &form);
    for (size_t i = 0; i < all->count; i++)
        add_forwarded(c, &all->list[i], &form);
    ost_text text = form.failed == OST_OK ? buffer_text(&form) : (ost_text){0};
    const char *copy = text.len > 0 ? ost_arena_copy(c->arena, text) : NULL;
    return copy != NULL ? (ost_text){copy, text.len} : (ost_text){0};
}

/* ---- buttons ---- */

void upstream_put_buttons(call *c, ost_text code, page *p)
{
    const upstreams *all = &c->realm->upstreams;
    page_row *rows = all->count > 0 ? ost_arena_alloc(c->arena, all->count * sizeof *rows) : NULL;
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < all->count; i++) {
        const upstream *u = &all->list[i];
        if (!is_usable(u) || u->hidden)
            continue;
        rows[count++] = (page_row){{{PAGE_ROW_TAG, u->alias},
                                    {PAGE_ROW_NAME, u->name},
                                    {PAGE_ROW_VALUE, upstream_address(c, u, code)}}};
    }
    p->rows = rows;
    p->row_count = count;
    page_put_flag(p, PAGE_PROVIDERS, count > 0);
}
