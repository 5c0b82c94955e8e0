/* SPDX-License-Identifier: Apache-2.0 */
/* ostiary_metrics: what the guards of all workers count. ostiary_ready: how those of this one are.
 */
#include "counts.h"
#include "metrics.h"

static ngx_int_t text_send(ngx_http_request_t *r, ngx_uint_t status, const ngx_str_t *type,
                           ost_text text)
{
    ngx_buf_t *buffer = ngx_create_temp_buf(r->pool, text.len + 1);
    if (buffer == NULL)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    buffer->last = ngx_cpymem(buffer->last, text.data, text.len);
    buffer->last_buf = r == r->main;
    buffer->last_in_chain = 1;
    ngx_chain_t chain = {buffer, NULL};
    r->headers_out.status = status;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;
    r->headers_out.content_length_n = (off_t)text.len;
    ngx_int_t result = ngx_http_send_header(r);
    if (result == NGX_ERROR || result > NGX_OK || r->header_only)
        return result;
    return ngx_http_output_filter(r, &chain);
}

typedef ost_result (*guard_teller)(const ostiary_main_conf *all, ost_arena *arena,
                                   ost_text *ret_text, ngx_uint_t *ret_status);

static ngx_int_t guards_tell(ngx_http_request_t *r, guard_teller tell, const ngx_str_t *type)
{
    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)))
        return NGX_HTTP_NOT_ALLOWED;
    ngx_int_t result = ngx_http_discard_request_body(r);
    if (result != NGX_OK)
        return result;
    const ostiary_main_conf *all = ngx_http_get_module_main_conf(r, ngx_http_ostiary_module);
    ost_arena *arena = ost_arena_new((size_t)16 * 1024 * 1024);
    ost_text text = {0};
    ngx_uint_t status = NGX_HTTP_OK;
    result = NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (tell(all, arena, &text, &status) == OST_OK)
        result = text_send(r, status, type, text);
    ost_arena_free(arena);
    return result;
}

static ost_result ready_tell(const ostiary_main_conf *all, ost_arena *arena, ost_text *ret_text,
                             ngx_uint_t *ret_status)
{
    ostiary_guard *const *guards = all->guards.elts;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    bool ready = true;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++)
        ready = ready && ost_guard_is_ready(guards[k]->running);
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "ready", ready);
    ost_json_put_name(writer, OST_TEXT("guards"));
    ost_json_open_array(writer);
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        if (guards[k]->running != NULL)
            ost_guard_describe(guards[k]->running, writer);
    }
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    *ret_status = ready ? NGX_HTTP_OK : NGX_HTTP_SERVICE_UNAVAILABLE;
    return ost_json_writer_finish(writer, ret_text);
}

static ost_result metrics_tell(const ostiary_main_conf *all, ost_arena *arena, ost_text *ret_text,
                               ngx_uint_t *ret_status)
{
    ostiary_guard *const *guards = all->guards.elts;
    size_t count = 0;
    ostiary_metrics_part *parts = ost_arena_alloc(arena, (all->guards.nelts + 1) * sizeof *parts);
    if (parts == NULL)
        return OST_E_MEMORY;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        if (guards[k]->running == NULL)
            continue;
        char *labels = ostiary_zone_shared(all) != NULL
                           ? ost_arena_format(arena, "guard=\"%lu\"", (unsigned long)k)
                           : ost_arena_format(arena, "worker=\"%lu\",guard=\"%lu\"",
                                              (unsigned long)ngx_worker, (unsigned long)k);
        if (labels == NULL)
            return OST_E_MEMORY;
        ost_result result =
            ostiary_counts_tell(guards[k], ngx_cycle->log, arena, &parts[count].text);
        if (result != OST_OK)
            return result;
        parts[count++].labels = ost_text_of(labels);
    }
    return ostiary_metrics_merge(parts, count, arena, ret_text);
}

static ngx_int_t ready_handler(ngx_http_request_t *r)
{
    static const ngx_str_t type = ngx_string("application/json");
    return guards_tell(r, ready_tell, &type);
}

static ngx_int_t metrics_handler(ngx_http_request_t *r)
{
    static const ngx_str_t type = ngx_string("text/plain; version=0.0.4; charset=utf-8");
    return guards_tell(r, metrics_tell, &type);
}

static char *handler_set(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = handler;
    return NGX_CONF_OK;
}

char *ostiary_ready_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    return handler_set(cf, ready_handler);
}

char *ostiary_metrics_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    return handler_set(cf, metrics_handler);
}
