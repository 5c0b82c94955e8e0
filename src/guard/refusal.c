/* Answers to refused requests; see refusal.h. */
#include "refusal.h"

#include "buffer.h"
#include "text.h"

#define MAX_CHALLENGE 2048
#define RETRY_AFTER 5 /* seconds */

/* A quoted-string (RFC 9110 §5.6.4), and nothing that could end a header field. */
static void append_quoted(buffer *b, const char *name, const char *value)
{
    buffer_append_format(b, "%s%s=\"", b->len > 6 ? ", " : " ", name);
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            buffer_append_byte(b, '\\');
        buffer_append_byte(b, c < 0x20 || c >= 0x7f ? '?' : (char)c);
    }
    buffer_append_byte(b, '"');
}

static void append_list(buffer *b, const char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (b->len > 0)
            buffer_append_byte(b, ' ');
        buffer_append_string(b, list[i]);
    }
}

static void begin_challenge(buffer *b, const refusal_style *style)
{
    buffer_init(b, MAX_CHALLENGE);
    buffer_append_string(b, "Bearer");
    append_quoted(b, "realm", style->realm);
}

static ost_text end_challenge(buffer *b, const refusal_style *style, ost_arena *arena)
{
    if (style->resource_metadata != NULL)
        append_quoted(b, "resource_metadata", style->resource_metadata);
    char *copy = b->failed == OST_OK ? ost_arena_copy(arena, buffer_text(b)) : NULL;
    /* Without memory the bare scheme is still a challenge. */
    return copy != NULL ? (ost_text){copy, b->len} : OST_TEXT("Bearer");
}

void refusal_no_token(const refusal_style *style, ost_arena *arena, ost_verdict *ret_verdict)
{
    buffer_auto buffer b;
    begin_challenge(&b, style);
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .status = 401,
        .challenge = end_challenge(&b, style, arena),
        .message = OST_TEXT("Not authenticated"),
        .explanation = OST_TEXT("no bearer token came"),
    };
}

void refusal_bad_request(const refusal_style *style, ost_arena *arena, ost_verdict *ret_verdict)
{
    static const char what[] = "The request carries malformed or more than one credentials";
    buffer_auto buffer b;
    begin_challenge(&b, style);
    append_quoted(&b, "error", "invalid_request");
    append_quoted(&b, "error_description", what);
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = OST_E_FORMAT,
        .status = 400,
        .challenge = end_challenge(&b, style, arena),
        .message = {what, sizeof what - 1},
        .explanation = {what, sizeof what - 1},
    };
}

static void append_insufficient_scope(buffer *b, const ost_policy *policy)
{
    buffer_auto buffer scopes;
    buffer_init(&scopes, MAX_CHALLENGE);
    append_quoted(b, "error", "insufficient_scope");
    append_list(&scopes, policy->scopes);
    if (scopes.len == 0)
        append_list(&scopes, policy->any_scopes);
    if (scopes.len > 0)
        append_quoted(b, "scope", scopes.data);
}

static void append_step_up(buffer *b, const ost_policy *policy)
{
    buffer_auto buffer values;
    buffer_init(&values, MAX_CHALLENGE);
    append_quoted(b, "error", "insufficient_user_authentication");
    append_list(&values, policy->acr_values);
    if (values.len > 0)
        append_quoted(b, "acr_values", values.data);
    if (policy->max_age > 0)
        buffer_append_format(b, ", max_age=%u", policy->max_age);
}

void refusal_token(const refusal_style *style, const ost_error *error, const ost_policy *policy,
                   ost_arena *arena, ost_verdict *ret_verdict)
{
    const char *sentence = ost_result_sentence(error->code);
    const char *told = style->explain && error->detail[0] != '\0' ? error->detail : sentence;
    char *explanation = ost_arena_copy(arena, text_of(error->detail));
    buffer_auto buffer b;
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE, .reason = error->code, .status = 401, .message = text_of(sentence)};
    begin_challenge(&b, style);
    if (error->code == OST_E_SCOPE || error->code == OST_E_ROLE) {
        ret_verdict->status = 403;
        append_insufficient_scope(&b, policy);
    } else if (error->code == OST_E_STEP_UP) {
        append_step_up(&b, policy);
    } else {
        append_quoted(&b, "error", "invalid_token");
    }
    append_quoted(&b, "error_description", told);
    ret_verdict->challenge = end_challenge(&b, style, arena);
    ret_verdict->explanation = text_of(explanation != NULL ? explanation : sentence);
}

void refusal_no_keys(const ost_error *error, ost_arena *arena, ost_verdict *ret_verdict)
{
    char *explanation = ost_arena_copy(arena, text_of(error->detail));
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = error->code,
        .status = 503,
        .message = OST_TEXT("The keys of the identity provider cannot be obtained now"),
        .explanation = text_of(explanation != NULL ? explanation : error->detail),
        .retry_after = RETRY_AFTER,
    };
}
