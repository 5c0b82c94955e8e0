/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a request, waiting where that needs something that is being fetched, and saying so. */
#include "bell.h"

#define WAITS 3 /* keys, the issuer's word, a status list */

static void record_end(void *data)
{
    ostiary_record *record = data;
    ostiary_wait_leave(record);
    ostiary_arena_give(record->arena);
    record->arena = NULL;
}

ostiary_record *ostiary_record_find(ngx_http_request_t *r)
{
    ostiary_record *record = ngx_http_get_module_ctx(r, ngx_http_ostiary_module);
    if (record != NULL || !(r->internal || r->filter_finalize))
        return record;
    for (ngx_pool_cleanup_t *at = r->pool->cleanup; at != NULL; at = at->next) {
        record = at->data;
        if (at->handler == record_end && record->request == r) {
            ngx_http_set_ctx(r, record, ngx_http_ostiary_module);
            return record;
        }
    }
    return NULL;
}

static ostiary_record *record_of(ngx_http_request_t *r)
{
    ostiary_record *record = ostiary_record_find(r);
    if (record != NULL)
        return record;
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof *record);
    if (cleanup == NULL)
        return NULL;
    record = cleanup->data;
    ngx_memzero(record, sizeof *record);
    record->request = r;
    cleanup->handler = record_end;
    ngx_http_set_ctx(r, record, ngx_http_ostiary_module);
    return record;
}

/* Whether what was judged by one location's words holds for another as well. */
static bool asks_the_same(const ostiary_conf *one, const ostiary_conf *other)
{
    return one == other ||
           (one->guard == other->guard && one->origin == other->origin &&
            one->certificate == other->certificate && one->cookie.len == other->cookie.len &&
            ngx_memcmp(one->cookie.data, other->cookie.data, one->cookie.len) == 0 &&
            ngx_memcmp(&one->policy, &other->policy, sizeof one->policy) == 0);
}

static void reason_log(ngx_http_request_t *r, const ost_verdict *verdict)
{
    ngx_uint_t level = NGX_LOG_INFO;
    ngx_str_t why = {verdict->explanation.len, (u_char *)(uintptr_t)verdict->explanation.data};
    if (verdict->decision == OST_ALLOW || verdict->reason == OST_E_TOKEN_MISSING)
        return;
    if (verdict->status >= 500)
        level = verdict->status == 503 ? NGX_LOG_WARN : NGX_LOG_ERR;
    ngx_log_error(level, r->connection->log, 0, "ostiary: %d %s: %V", verdict->status,
                  ost_result_name(verdict->reason), &why);
}

/* The request stays where it is; the client may leave meanwhile. */
static ngx_int_t request_suspend(ngx_http_request_t *r)
{
    r->write_event_handler = ngx_http_request_empty_handler;
    if (r != r->main)
        return NGX_AGAIN;
    if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    r->read_event_handler = ngx_http_test_reading;
    return NGX_AGAIN;
}

/* NGX_OK: judged, the verdict is there. */
static ngx_int_t request_judge(ngx_http_request_t *r, ostiary_record *record, ostiary_conf *conf)
{
    ostiary_credentials said;
    record->judged = NULL;
    record->overruled = false;
    ost_guard *guard = ostiary_guard_running(conf->guard, r->connection->log);
    if (record->arena == NULL)
        record->arena = ostiary_arena_take();
    if (ostiary_credentials_read(r, conf, &said) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    for (;;) {
        if (record->arena != NULL)
            ost_arena_reset(record->arena);
        bool may_wait = record->waits < WAITS;
        ost_guard_check(guard, &conf->policy, &said.credentials, may_wait, record->arena,
                        &record->verdict);
        if (record->verdict.decision != OST_WAIT)
            break;
        record->waits++;
        ngx_int_t result = ostiary_wait_join(record, guard);
        if (result == NGX_OK)
            return request_suspend(r);
        if (result == NGX_ERROR)
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    record->judged = conf;
    reason_log(r, &record->verdict);
    return NGX_OK;
}

/* What the client's own request was found to be counts for its subrequests where they ask the same:
 * a proof of possession cannot be shown twice. With `satisfy any` another module may have let it
 * in. */
static bool stands_for(ngx_http_request_t *r, const ostiary_conf *conf)
{
    const ostiary_record *record = ostiary_record_find(r->main);
    const ngx_http_core_loc_conf_t *core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    if (record == NULL || record->judged == NULL || !asks_the_same(record->judged, conf))
        return false;
    return record->verdict.decision == OST_ALLOW ||
           (core->satisfy == NGX_HTTP_SATISFY_ANY && record->overruled);
}

ngx_int_t ostiary_preaccess(ngx_http_request_t *r)
{
    ostiary_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_ostiary_module);
    if (!conf->enable)
        return NGX_DECLINED;
    if (r != r->main && stands_for(r, conf))
        return NGX_DECLINED;
    ostiary_record *record = record_of(r);
    if (record == NULL)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (record->wait != NULL)
        return NGX_AGAIN;
    if (record->judged == NULL || !asks_the_same(record->judged, conf)) {
        ngx_int_t result = request_judge(r, record, conf);
        if (result != NGX_OK)
            return result;
    }
    if (r == r->main)
        return NGX_DECLINED;
    ngx_int_t answer = ostiary_answer(r, record);
    return answer == NGX_OK ? NGX_DECLINED : answer;
}

ngx_int_t ostiary_access(ngx_http_request_t *r)
{
    const ostiary_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_ostiary_module);
    const ngx_http_core_loc_conf_t *core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    if (!conf->enable)
        return NGX_DECLINED;
    ostiary_record *record = ostiary_record_find(r);
    if (record == NULL || record->judged == NULL || !asks_the_same(record->judged, conf))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    ngx_int_t answer = ostiary_answer(r, record);
    /* nginx asks the others only after 401 and 403. */
    if (core->satisfy == NGX_HTTP_SATISFY_ANY && answer >= NGX_HTTP_BAD_REQUEST &&
        answer != NGX_HTTP_UNAUTHORIZED && answer != NGX_HTTP_FORBIDDEN) {
        r->access_code = (ngx_uint_t)answer;
        return NGX_DECLINED;
    }
    return answer;
}

/* Where the module is on, those who come here have been let in: by it, or in spite of it. */
ngx_int_t ostiary_precontent(ngx_http_request_t *r)
{
    const ostiary_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_ostiary_module);
    ostiary_record *record = ngx_http_get_module_ctx(r, ngx_http_ostiary_module);
    if (conf->enable && record != NULL && record->judged != NULL &&
        record->verdict.decision != OST_ALLOW && r == r->main) {
        record->overruled = true;
        ostiary_answer_take_back(record);
    }
    return NGX_DECLINED;
}
