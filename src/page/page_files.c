/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded files and the table of fields; see page_files.h. */
#include "page/page_files.h"

#define EMBEDDED(name)                                                                             \
    extern const unsigned char name[];                                                             \
    extern const size_t name##_len;                                                                \
    extern const char name##_sha256[]
EMBEDDED(page_html);
EMBEDDED(notice_html);
EMBEDDED(login_html);
EMBEDDED(logout_html);
EMBEDDED(front_logout_html);
EMBEDDED(consent_html);
EMBEDDED(one_time_code_html);
EMBEDDED(forgot_html);
EMBEDDED(recovery_code_html);
EMBEDDED(select_authenticator_html);
EMBEDDED(configure_totp_html);
EMBEDDED(security_key_html);
EMBEDDED(register_key_html);
EMBEDDED(configure_recovery_html);
EMBEDDED(update_password_html);
EMBEDDED(terms_html);
EMBEDDED(update_profile_html);
EMBEDDED(registration_html);
EMBEDDED(device_html);
EMBEDDED(form_post_html);
EMBEDDED(root_html);
EMBEDDED(docs_html);
EMBEDDED(docs_redirect_html);
EMBEDDED(languages_html);
EMBEDDED(page_css);
EMBEDDED(login_js);
EMBEDDED(secret_js);
EMBEDDED(security_key_js);
EMBEDDED(recovery_js);
EMBEDDED(form_post_js);
EMBEDDED(front_logout_js);

#define DIGEST_LEN 44
#define FILE_OF(name) ((page_file){{(const char *)name, name##_len}, {name##_sha256, DIGEST_LEN}})

const page_field_type page_fields[PAGE_FIELDS] = {
    [PAGE_TITLE] = {"title", PAGE_IS_TEXT},
    [PAGE_SITE] = {"site", PAGE_IS_TEXT},
    [PAGE_HEADING] = {"heading", PAGE_IS_TEXT},
    [PAGE_MESSAGE] = {"message", PAGE_IS_TEXT},
    [PAGE_DETAIL] = {"detail", PAGE_IS_TEXT},
    [PAGE_REQUEST_ID] = {"request_id", PAGE_IS_TEXT},
    [PAGE_ERROR] = {"error", PAGE_IS_FLAG},
    [PAGE_LINK] = {"link", PAGE_IS_ADDRESS},
    [PAGE_LINK_TEXT] = {"link_text", PAGE_IS_TEXT},
    [PAGE_ACTION] = {"action", PAGE_IS_TARGET},
    [PAGE_BUTTON] = {"button", PAGE_IS_TEXT},
    [PAGE_CLIENT] = {"client", PAGE_IS_TEXT},
    [PAGE_LABEL] = {"label", PAGE_IS_TEXT},
    [PAGE_USERNAME] = {"username", PAGE_IS_TEXT},
    [PAGE_KNOWN_USER] = {"known_user", PAGE_IS_FLAG},
    [PAGE_RESTART] = {"restart", PAGE_IS_ADDRESS},
    [PAGE_ALERT] = {"alert", PAGE_IS_TEXT},
    [PAGE_WRONG] = {"wrong", PAGE_IS_FLAG},
    [PAGE_FOCUS_NAME] = {"focus_name", PAGE_IS_FLAG},
    [PAGE_FOCUS_SECRET] = {"focus_secret", PAGE_IS_FLAG},
    [PAGE_REMEMBER] = {"remember", PAGE_IS_FLAG},
    [PAGE_REGISTER] = {"register", PAGE_IS_ADDRESS},
    [PAGE_PASSWORD_ASKED] = {"password_asked", PAGE_IS_FLAG},
    [PAGE_PASSKEY_LINK] = {"passkey_link", PAGE_IS_ADDRESS},
    [PAGE_PROVIDERS] = {"providers", PAGE_IS_FLAG},
    [PAGE_PASSKEY] = {"passkey", PAGE_IS_FLAG},
    [PAGE_FORGOT] = {"forgot", PAGE_IS_ADDRESS},
    [PAGE_TERMS_ASKED] = {"terms_asked", PAGE_IS_FLAG},
    [PAGE_TERMS_TEXT] = {"terms_text", PAGE_IS_TEXT},
    [PAGE_TERMS_MISTAKE] = {"terms_mistake", PAGE_IS_TEXT},
    [PAGE_LINKED_LABEL] = {"linked_label", PAGE_IS_TEXT},
    [PAGE_LINKED_NAME] = {"linked_name", PAGE_IS_TEXT},
    [PAGE_CANCEL] = {"cancel", PAGE_IS_FLAG},
    [PAGE_END_SESSIONS] = {"end_sessions", PAGE_IS_FLAG},
    [PAGE_CODE] = {"code", PAGE_IS_TEXT},
    [PAGE_KEY] = {"key", PAGE_IS_TEXT},
    [PAGE_KEY_SHOWN] = {"key_shown", PAGE_IS_TEXT},
    [PAGE_OPTIONS] = {"options", PAGE_IS_TEXT},
    [PAGE_PICTURE] = {"picture", PAGE_IS_TEXT},
    [PAGE_PICTURE_SIDE] = {"picture_side", PAGE_IS_TEXT},
    [PAGE_DEVICE_NAME] = {"device_name", PAGE_IS_TEXT},
    [PAGE_DEVICE_NAMED] = {"device_named", PAGE_IS_FLAG},
    [PAGE_MADE_AT] = {"made_at", PAGE_IS_TEXT},
    [PAGE_OTHER_WAYS] = {"other_ways", PAGE_IS_FLAG},
    [PAGE_DEVICE_CODE] = {"device_code", PAGE_IS_TEXT},
    [PAGE_HOST] = {"host", PAGE_IS_TEXT},
    [PAGE_RETURN] = {"return", PAGE_IS_TEXT},
    [PAGE_TERMS] = {"terms", PAGE_IS_ADDRESS},
    [PAGE_POLICY] = {"policy", PAGE_IS_ADDRESS},
    [PAGE_LOGO] = {"logo", PAGE_IS_ADDRESS},
    [PAGE_DESCRIPTION] = {"description", PAGE_IS_TEXT},
    [PAGE_SCRIPT] = {"script", PAGE_IS_ADDRESS},
    [PAGE_STYLE] = {"style", PAGE_IS_ADDRESS},
    [PAGE_SCRIPT_HASH] = {"script_hash", PAGE_IS_TEXT},
    [PAGE_STYLE_HASH] = {"style_hash", PAGE_IS_TEXT},
    [PAGE_LOGIN_AWAITED] = {"login_awaited", PAGE_IS_FLAG},
    [PAGE_WIDE] = {"wide", PAGE_IS_FLAG},
    [PAGE_LANGUAGE] = {"language", PAGE_IS_TEXT},
    [PAGE_RIGHT_TO_LEFT] = {"right_to_left", PAGE_IS_FLAG},
    [PAGE_LANGUAGE_NAME] = {"language_name", PAGE_IS_TEXT},
    [PAGE_LANGUAGES] = {"languages", PAGE_IS_ROWS},
    [PAGE_ROWS] = {"rows", PAGE_IS_ROWS},
    [PAGE_ROW_NAME] = {"name", PAGE_IS_CELL},
    [PAGE_ROW_VALUE] = {"value", PAGE_IS_CELL},
    [PAGE_ROW_METHOD] = {"method", PAGE_IS_CELL},
    [PAGE_ROW_PATH] = {"path", PAGE_IS_CELL},
    [PAGE_ROW_SUMMARY] = {"summary", PAGE_IS_CELL},
    [PAGE_ROW_ACCESS] = {"access", PAGE_IS_CELL},
    [PAGE_ROW_TAG] = {"tag", PAGE_IS_CELL},
    [PAGE_ROW_CURRENT] = {"current", PAGE_IS_CELL},
    [PAGE_ROW_LABEL] = {"field_label", PAGE_IS_CELL},
    [PAGE_ROW_MISTAKE] = {"mistake", PAGE_IS_CELL},
    [PAGE_ROW_FILL] = {"fill", PAGE_IS_CELL},
    [PAGE_ROW_ADDRESS] = {"address", PAGE_IS_CELL},
    [PAGE_ROW_NEEDED] = {"needed", PAGE_IS_CELL},
    [PAGE_ROW_FIXED] = {"fixed", PAGE_IS_CELL},
    [PAGE_ROW_SECRET] = {"secret", PAGE_IS_CELL},
    [PAGE_ROW_SHOW] = {"show_secret", PAGE_IS_CELL},
    [PAGE_ROW_HIDE] = {"hide_secret", PAGE_IS_CELL},
};

page_file page_frame(void)
{
    return FILE_OF(page_html);
}

page_file page_style(void)
{
    return FILE_OF(page_css);
}

page_file page_menu(void)
{
    return FILE_OF(languages_html);
}

/* How long a file is, is known once it is linked. */
#define PLACE_OF(name)                                                                             \
    {                                                                                              \
        name, &name##_len, name##_sha256                                                           \
    }

static const struct {
    const unsigned char *bytes;
    const size_t *len;
    const char *digest;
} bodies[PAGE_TEMPLATES] = {
    [PAGE_NOTICE] = PLACE_OF(notice_html),
    [PAGE_LOGIN] = PLACE_OF(login_html),
    [PAGE_LOGOUT] = PLACE_OF(logout_html),
    [PAGE_FRONT_LOGOUT] = PLACE_OF(front_logout_html),
    [PAGE_ONE_TIME_CODE] = PLACE_OF(one_time_code_html),
    [PAGE_FORGOT_PASSWORD] = PLACE_OF(forgot_html),
    [PAGE_RECOVERY_CODE] = PLACE_OF(recovery_code_html),
    [PAGE_SELECT_AUTHENTICATOR] = PLACE_OF(select_authenticator_html),
    [PAGE_SECURITY_KEY] = PLACE_OF(security_key_html),
    [PAGE_REGISTER_KEY] = PLACE_OF(register_key_html),
    [PAGE_CONFIGURE_TOTP] = PLACE_OF(configure_totp_html),
    [PAGE_CONFIGURE_RECOVERY] = PLACE_OF(configure_recovery_html),
    [PAGE_UPDATE_PASSWORD] = PLACE_OF(update_password_html),
    [PAGE_UPDATE_PROFILE] = PLACE_OF(update_profile_html),
    [PAGE_REGISTRATION] = PLACE_OF(registration_html),
    [PAGE_TERMS_AND_CONDITIONS] = PLACE_OF(terms_html),
    [PAGE_CONSENT] = PLACE_OF(consent_html),
    [PAGE_DEVICE] = PLACE_OF(device_html),
    [PAGE_FORM_POST] = PLACE_OF(form_post_html),
    [PAGE_ROOT] = PLACE_OF(root_html),
    [PAGE_DOCS] = PLACE_OF(docs_html),
    [PAGE_DOCS_REDIRECT] = PLACE_OF(docs_redirect_html),
};

page_file page_body(page_template template)
{
    if (template >= PAGE_TEMPLATES)
        return (page_file){0};
    return (page_file){{(const char *)bodies[template].bytes, *bodies[template].len},
                       {bodies[template].digest, DIGEST_LEN}};
}

page_file page_script(page_template template)
{
    if (template == PAGE_LOGIN)
        return FILE_OF(login_js);
    if (template == PAGE_UPDATE_PASSWORD || template == PAGE_REGISTRATION)
        return FILE_OF(secret_js);
    if (template == PAGE_CONFIGURE_RECOVERY)
        return FILE_OF(recovery_js);
    if (template == PAGE_SECURITY_KEY || template == PAGE_REGISTER_KEY)
        return FILE_OF(security_key_js);
    if (template == PAGE_FORM_POST)
        return FILE_OF(form_post_js);
    if (template == PAGE_FRONT_LOGOUT)
        return FILE_OF(front_logout_js);
    return (page_file){0};
}
