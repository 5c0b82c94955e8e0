/* SPDX-License-Identifier: Apache-2.0 */
/* The registration page; see registration_page.h. */
#include "provider/login/registration_page.h"

#include "base/text.h"
#include "provider/login/realm_language.h"
#include "provider/session/browser_session.h"

#define MAX_ROWS (PROFILE_FIELDS + 2)

static ost_text word(call *c, const char *key)
{
    return page_words_say(realm_language_words(c), key, NULL, 0, c->arena);
}

static ost_text translated(call *c, const char *english)
{
    return page_words_translate(realm_language_words(c), text_of(english), c->arena);
}

/* A password is never shown again. */
static page_row secret_row(call *c, const char *name, bool confirmed, const char *mistake)
{
    return (page_row){
        {{PAGE_ROW_NAME, text_of(name)},
         {PAGE_ROW_LABEL, word(c, confirmed ? "passwordConfirm" : "password")},
         {PAGE_ROW_MISTAKE, translated(c, mistake)},
         {PAGE_ROW_NEEDED, OST_TEXT("1")},
         {PAGE_ROW_SECRET, OST_TEXT("1")},
         {PAGE_ROW_SHOW, word(c, confirmed ? "showPasswordConfirm" : "showPassword")},
         {PAGE_ROW_HIDE, word(c, confirmed ? "hidePasswordConfirm" : "hidePassword")}}};
}

/* As Keycloak has it: the password stands below what people log in by. */
static size_t put_field(call *c, const registration_job *typed, const profile_field *field,
                        page_row rows[3])
{
    static const profile_faults none = {0};
    const browser_login *login = c->job;
    const char *named = c->realm->registration.email_is_name ? "email" : "username";
    bool names = text_is(field->name, named);
    ost_text value = names ? login->request.login_hint : (ost_text){0};
    if (typed != NULL)
        value = profile_form_typed(c, field);
    rows[0] = profile_form_row(c, field, value, typed != NULL ? &typed->faults : &none);
    if (!names || !c->realm->registration.password)
        return 1;
    rows[1] = secret_row(c, "password", false, typed != NULL ? typed->secret_mistake : NULL);
    rows[2] =
        secret_row(c, "password-confirm", true, typed != NULL ? typed->confirm_mistake : NULL);
    return 3;
}

static void put_fields(call *c, page *p, const registration_job *typed)
{
    page_row *rows = ost_arena_alloc(c->arena, MAX_ROWS * sizeof *rows);
    profile_form *form = ost_arena_alloc(c->arena, sizeof *form);
    if (rows == NULL || form == NULL || profile_form_of_newcomer(c, form) != OST_OK) {
        p->broken = true;
        return;
    }
    for (size_t i = 0; i < form->count; i++)
        p->row_count += put_field(c, typed, &form->fields[i], rows + p->row_count);
    p->rows = rows;
}

static void put_terms(call *c, page *p, const registration_job *typed)
{
    if (!c->realm->registration.terms)
        return;
    page_put_flag(p, PAGE_TERMS_ASKED, true);
    realm_page_say(c, p, PAGE_TERMS_TEXT, "termsText");
    if (typed != NULL)
        realm_page_tell(c, p, PAGE_TERMS_MISTAKE, typed->terms_mistake);
}

/* Its own address, and that of the login which it may be left for. */
static bool put_addresses(call *c, page *p)
{
    const browser_login *login = c->job;
    auth_request back = login->request;
    ost_text code, browser = browser_id(c, true), address;
    if (!auth_request_seal(c, &login->request, browser, &code))
        return false;
    address = browser_login_address(c, "registration", code);
    page_put_url(p, PAGE_ACTION, address);
    realm_page_offer_languages(c, p, address);
    back.registering = false;
    if (!auth_request_seal(c, &back, browser, &code))
        return false;
    page_put_url(p, PAGE_RESTART, browser_login_address(c, "authenticate", code));
    return true;
}

void registration_page_send(call *c, registration_job *typed)
{
    const browser_login *login = c->job;
    page p = {.template = PAGE_REGISTRATION,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    if (!put_addresses(c, &p)) {
        page_send_error(c, c->error.status, "The page cannot be shown now. Please try again.");
        return;
    }
    put_fields(c, &p, typed);
    put_terms(c, &p, typed);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    realm_page_tell(c, &p, PAGE_ALERT, typed != NULL ? typed->alert : NULL);
    realm_page_send(c, &p);
}
