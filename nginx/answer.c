/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict adds to the answer: challenge, Retry-After, DPoP-Nonce. The body is nginx's own,
 * or that of error_page. */
#include "ostiary.h"

static ngx_table_elt_t *field_add(ngx_http_request_t *r, const ngx_str_t *name, ost_text value)
{
    u_char *copy = ngx_pnalloc(r->pool, value.len + 1);
    ngx_table_elt_t *field = copy != NULL ? ngx_list_push(&r->headers_out.headers) : NULL;
    if (field == NULL)
        return NULL;
    ngx_memzero(field, sizeof *field);
    ngx_memcpy(copy, value.data, value.len);
    field->hash = 1;
    field->key = *name;
    field->value = (ngx_str_t){value.len, copy};
    return field;
}

void ostiary_answer_take_back(ostiary_record *record)
{
    for (size_t k = 0; k < sizeof record->fields / sizeof record->fields[0]; k++) {
        if (record->fields[k] != NULL)
            record->fields[k]->hash = 0;
        record->fields[k] = NULL;
    }
}

static ngx_int_t refusal_set(ngx_http_request_t *r, ostiary_record *record)
{
    static const ngx_str_t challenge = ngx_string("WWW-Authenticate");
    static const ngx_str_t retry = ngx_string("Retry-After");
    static const ngx_str_t cache = ngx_string("Cache-Control");
    const ost_verdict *verdict = &record->verdict;
    u_char seconds[NGX_INT_T_LEN];
    if (verdict->challenge.len > 0) {
        record->fields[0] = field_add(r, &challenge, verdict->challenge);
        if (record->fields[0] == NULL)
            return NGX_ERROR;
        r->headers_out.www_authenticate = record->fields[0];
    }
    if (verdict->retry_after > 0) {
        u_char *end = ngx_sprintf(seconds, "%ui", (ngx_uint_t)verdict->retry_after);
        ost_text text = {(const char *)seconds, (size_t)(end - seconds)};
        if ((record->fields[1] = field_add(r, &retry, text)) == NULL)
            return NGX_ERROR;
    }
    record->fields[2] = field_add(r, &cache, OST_TEXT("no-store"));
    return record->fields[2] != NULL ? NGX_OK : NGX_ERROR;
}

ngx_int_t ostiary_answer(ngx_http_request_t *r, ostiary_record *record)
{
    static const ngx_str_t nonce = ngx_string("DPoP-Nonce");
    const ost_verdict *verdict = &record->verdict;
    bool allowed = verdict->decision == OST_ALLOW;
    ostiary_answer_take_back(record);
    if (verdict->dpop_nonce.data != NULL && field_add(r, &nonce, verdict->dpop_nonce) == NULL)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (allowed)
        return NGX_OK;
    if (refusal_set(r, record) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return verdict->status >= NGX_HTTP_BAD_REQUEST ? verdict->status
                                                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
}
