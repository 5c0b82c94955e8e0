/* SPDX-License-Identifier: Apache-2.0 */
/* How a request waits; see bell.h. */
#include "bell.h"

#include <ngx_channel.h>
#include <sys/eventfd.h>

/* A fetch is bounded by fetch_timeout. This is a net below it, and a timer that keeps a worker that
 * is told to end until its requests have been answered. */
#define WAIT_MS 60000

/* Those who wait for one fetch. It lives until the guard has called, also when they are gone. */
typedef struct ostiary_wait {
    ngx_queue_t link;
    ngx_queue_t records;
    ost_guard *guard;
    size_t issuer;
    uint64_t ticket;
    atomic_bool rung;
    ngx_event_t timer;
} ostiary_wait;

static ostiary_wait *wait_at(ngx_queue_t *link)
{
    return (ostiary_wait *)ngx_queue_data(link, ostiary_wait, link);
}

static ostiary_record *record_at(ngx_queue_t *link)
{
    return (ostiary_record *)ngx_queue_data(link, ostiary_record, link);
}

static struct {
    int fd;
    bool open;
    ngx_queue_t waits;
} bell = {.fd = -1};

/* In the guard's thread. Once `rung` is set the worker may free the wait. */
static void wait_ready(void *user)
{
    static const uint64_t one = 1;
    ostiary_wait *wait = user;
    atomic_store(&wait->rung, true);
    (void)!write(bell.fd, &one, sizeof one); /* fails only when it is rung already */
}

/* The request goes on where it was suspended. */
static void request_resume(ngx_http_request_t *r)
{
    ngx_connection_t *c = r->connection;
    ngx_http_set_log_request(c->log, r);
    r->write_event_handler = ngx_http_core_run_phases;
    if (r == r->main) {
        r->read_event_handler = ngx_http_block_reading;
        if (ngx_handle_read_event(c->read, 0) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
    }
    ngx_http_core_run_phases(r);
    ngx_http_run_posted_requests(c);
}

/* One of them may end another, so the head is taken until there is none. */
static void records_resume(ostiary_wait *wait)
{
    if (wait->timer.timer_set)
        ngx_del_timer(&wait->timer);
    while (!ngx_queue_empty(&wait->records)) {
        ostiary_record *record = record_at(ngx_queue_head(&wait->records));
        ostiary_wait_leave(record);
        request_resume(record->request);
    }
}

static void wait_expired(ngx_event_t *event)
{
    ostiary_wait *wait = event->data;
    ngx_log_error(NGX_LOG_WARN, event->log, 0, "ostiary: gave up waiting for an issuer");
    for (ngx_queue_t *q = ngx_queue_head(&wait->records); q != ngx_queue_sentinel(&wait->records);
         q = ngx_queue_next(q))
        record_at(q)->waits = NGX_MAX_INT_T_VALUE;
    records_resume(wait);
}

static void bell_rung(ngx_event_t *event)
{
    uint64_t count;
    ngx_queue_t rung;
    (void)!read(bell.fd, &count, sizeof count);
    /* Put aside first: those who are resumed may wait again. */
    ngx_queue_init(&rung);
    for (ngx_queue_t *q = ngx_queue_head(&bell.waits), *next; q != ngx_queue_sentinel(&bell.waits);
         q = next) {
        next = ngx_queue_next(q);
        if (atomic_load(&wait_at(q)->rung)) {
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&rung, q);
        }
    }
    while (!ngx_queue_empty(&rung)) {
        ostiary_wait *wait = wait_at(ngx_queue_head(&rung));
        ngx_queue_remove(&wait->link);
        records_resume(wait);
        ngx_free(wait);
    }
}

ngx_int_t ostiary_bell_open(ngx_cycle_t *cycle)
{
    if (bell.open)
        return NGX_OK;
    ngx_queue_init(&bell.waits);
    bell.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (bell.fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "eventfd() failed");
        return NGX_ERROR;
    }
    /* As nginx's own channel, so that a worker that ends does not call it a socket left open. */
    if (ngx_add_channel_event(cycle, bell.fd, NGX_READ_EVENT, bell_rung) != NGX_OK) {
        close(bell.fd);
        return NGX_ERROR;
    }
    bell.open = true;
    return NGX_OK;
}

void ostiary_bell_close(void)
{
    if (!bell.open)
        return;
    while (!ngx_queue_empty(&bell.waits)) {
        ostiary_wait *wait = wait_at(ngx_queue_head(&bell.waits));
        while (!ngx_queue_empty(&wait->records))
            ostiary_wait_leave(record_at(ngx_queue_head(&wait->records)));
        if (wait->timer.timer_set)
            ngx_del_timer(&wait->timer);
        ngx_queue_remove(&wait->link);
        ngx_free(wait);
    }
    close(bell.fd);
    bell.open = false;
}

static ostiary_wait *wait_find(const ost_guard *guard, const ost_verdict *verdict)
{
    for (ngx_queue_t *q = ngx_queue_head(&bell.waits); q != ngx_queue_sentinel(&bell.waits);
         q = ngx_queue_next(q)) {
        ostiary_wait *wait = wait_at(q);
        if (wait->guard == guard && wait->issuer == verdict->issuer &&
            wait->ticket == verdict->ticket && !atomic_load(&wait->rung))
            return wait;
    }
    return NULL;
}

static ostiary_wait *wait_new(ost_guard *guard, const ost_verdict *verdict, ngx_int_t *ret_result)
{
    *ret_result = NGX_ERROR;
    ostiary_wait *wait = ngx_calloc(sizeof *wait, ngx_cycle->log);
    if (wait == NULL)
        return NULL;
    wait->guard = guard;
    wait->issuer = verdict->issuer;
    wait->ticket = verdict->ticket;
    wait->timer.data = wait;
    wait->timer.handler = wait_expired;
    wait->timer.log = ngx_cycle->log;
    atomic_init(&wait->rung, false);
    ngx_queue_init(&wait->records);
    if (ost_guard_wait(guard, verdict, wait_ready, wait) != OST_OK) {
        ngx_free(wait);
        *ret_result = NGX_DECLINED;
        return NULL;
    }
    ngx_queue_insert_tail(&bell.waits, &wait->link);
    return wait;
}

ngx_int_t ostiary_wait_join(ostiary_record *record, ost_guard *guard)
{
    ngx_int_t result = NGX_AGAIN;
    ostiary_wait *wait = wait_find(guard, &record->verdict);
    if (wait == NULL && (wait = wait_new(guard, &record->verdict, &result)) == NULL)
        return result;
    if (!wait->timer.timer_set)
        ngx_add_timer(&wait->timer, WAIT_MS);
    ngx_queue_insert_tail(&wait->records, &record->link);
    record->wait = wait;
    return NGX_OK;
}

void ostiary_wait_leave(ostiary_record *record)
{
    if (record->wait == NULL)
        return;
    ngx_queue_remove(&record->link);
    record->wait = NULL;
}
