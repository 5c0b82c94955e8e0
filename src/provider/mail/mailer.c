/* SPDX-License-Identifier: Apache-2.0 */
/* The mailer; see mailer.h. Everything is driven by the thread of its client: by what ends there,
 * and by a timer for what is due. */
#include "provider/mail/mailer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/log/outage.h"
#include "net/net.h"

#define FIRST_DELAY 5000 /* milliseconds; doubled each time */
#define POST_DELAY 300   /* milliseconds: whoever asked has the answer by then */

/* The mails of one realm. */
typedef struct mail_peer {
    struct mail_peer *next;
    char *realm;
    unsigned running, waiting;
    outage outage;
} mail_peer;

typedef struct parcel {
    struct parcel *next;
    mailer *of;
    mail_peer *peer;
    net_mail mail; /* its texts are `texts` */
    bool posted, trial;
    unsigned attempts;
    int64_t due_ms;
    void (*done)(const char *fault, void *user);
    void *user;
    size_t size;
    char texts[];
} parcel;

struct mailer {
    log_sink *log;
    char *ca_file;
    pthread_mutex_t lock; /* for what follows */
    net_client *net;      /* NULL before the first mail: most providers have none to send */
    net_timer *timer;
    mail_peer *peers;
    parcel *waiting;
    unsigned running, waiting_count;
    bool stopping;
    mailer_state counts;
};

/* ---- parcels ---- */

static void parcel_free(parcel *p)
{
    if (p != NULL)
        wipe(p, sizeof *p + p->size);
    memory_free(p);
}

static char *take(char **room, ost_text text)
{
    char *at = *room;
    if (text.len > 0)
        memcpy(at, text.data, text.len);
    at[text.len] = '\0';
    *room += text.len + 1;
    return at;
}

static char *take_string(char **room, const char *string)
{
    return string != NULL ? take(room, text_of(string)) : NULL;
}

static parcel *parcel_new(mailer *m, const mail_letter *l)
{
    const smtp_setting *s = &l->server;
    size_t size = text_of(s->host).len + text_of(s->user).len + text_of(s->password).len +
                  text_of(s->envelope_from).len + text_of(l->to).len + l->message.len + 6;
    parcel *p = memory_alloc(sizeof *p + size);
    if (p == NULL)
        return NULL;
    char *room = p->texts;
    p->of = m;
    p->trial = l->trial;
    p->size = size;
    p->mail = (net_mail){
        .host = take_string(&room, s->host),
        .port = s->port,
        .security = s->security,
        .user = take_string(&room, s->user),
        .password = take_string(&room, s->password),
        .from = take_string(&room, s->envelope_from),
        .to = take_string(&room, l->to),
        .message = {take(&room, l->message), l->message.len},
        .ca_file = m->ca_file,
        .timeout_ms = MAIL_TIMEOUT,
    };
    return p;
}

/* The lock is held, from here on to the next heading. */
static mail_peer *peer_of(mailer *m, ost_text realm)
{
    for (mail_peer *at = m->peers; at != NULL; at = at->next) {
        if (text_is(realm, at->realm))
            return at;
    }
    mail_peer *peer = memory_alloc(sizeof *peer);
    if (peer == NULL)
        return NULL;
    peer->realm = memory_copy(realm);
    if (peer->realm == NULL) {
        memory_free(peer);
        return NULL;
    }
    peer->next = m->peers;
    m->peers = peer;
    return peer;
}

static void enqueue(mailer *m, parcel *p)
{
    p->next = m->waiting;
    m->waiting = p;
    m->waiting_count++;
    p->peer->waiting++;
}

static void dispatch(void *user);

static ost_result open_client(mailer *m)
{
    if (m->stopping)
        return OST_E_STATE;
    if (m->net != NULL)
        return OST_OK;
    ost_result result = net_client_new(MAILS_AT_ONCE, &m->net);
    if (result == OST_OK)
        result = net_timer_new(m->net, dispatch, m, &m->timer);
    if (result != OST_OK) {
        net_client_free(m->net);
        m->net = NULL;
    }
    return result;
}

static bool may_begin(const mailer *m, const mail_peer *peer)
{
    return m->running < MAILS_AT_ONCE && peer->running < MAILS_TO_SERVER;
}

/* ---- what came of it ---- */

/* The server is there and does not want this mail: that says nothing about others. */
static bool is_refusal(const net_response *response)
{
    return response->result != OST_OK && response->status >= 550 && response->status <= 554;
}

static void judge(mailer *m, const parcel *p, const net_response *response)
{
    char what[160];
    bool works = response->result == OST_OK || is_refusal(response);
    if (p->trial || response->result == OST_E_STATE) /* we are being stopped */
        return;
    snprintf(what, sizeof what, "the mail server of realm %.100s", p->peer->realm);
    outage_update(&p->peer->outage, m->log, what, works ? NULL : response->detail, monotonic_ms());
}

/* True: it waits for another attempt. */
static bool try_again(mailer *m, parcel *p, const net_response *response)
{
    bool over = m->stopping || is_refusal(response) || ++p->attempts >= MAIL_ATTEMPTS;
    if (over) {
        m->counts.given_up++;
        return false;
    }
    p->due_ms = monotonic_ms() + ((int64_t)FIRST_DELAY << (p->attempts - 1));
    enqueue(m, p);
    return true;
}

/* On the client's thread. */
static void ended(const net_response *response, void *user)
{
    parcel *p = user;
    mailer *m = p->of;
    bool sent = response->result == OST_OK, kept = false;
    pthread_mutex_lock(&m->lock);
    m->running--;
    p->peer->running--;
    judge(m, p, response);
    if (sent)
        m->counts.sent++;
    else
        m->counts.failed++;
    if (!sent && p->posted)
        kept = try_again(m, p, response);
    pthread_mutex_unlock(&m->lock);
    if (p->done != NULL)
        p->done(sent ? NULL : response->detail, p->user);
    if (!kept)
        parcel_free(p);
    dispatch(m);
}

/* ---- sending ---- */

/* The lock is held. It is not the caller's any more when it has begun. */
static ost_result parcel_begin(mailer *m, parcel *p)
{
    ost_result result = net_send_mail(m->net, &p->mail, ended, p, NULL);
    if (result == OST_OK) {
        m->running++;
        p->peer->running++;
    }
    return result;
}

/* The next that is due and may go; and when to look again. */
static parcel *next_due(mailer *m, int64_t now, int64_t *soonest)
{
    for (parcel **at = &m->waiting; *at != NULL; at = &(*at)->next) {
        parcel *p = *at;
        if (p->due_ms > now && p->due_ms - now < *soonest)
            *soonest = p->due_ms - now;
        if (p->due_ms > now || !may_begin(m, p->peer))
            continue;
        *at = p->next;
        m->waiting_count--;
        p->peer->waiting--;
        return p;
    }
    return NULL;
}

/* On the client's thread. What waits for a turn goes when something has ended. */
static void dispatch(void *user)
{
    mailer *m = user;
    int64_t soonest = INT32_MAX;
    pthread_mutex_lock(&m->lock);
    for (parcel *p; !m->stopping && (p = next_due(m, monotonic_ms(), &soonest)) != NULL;) {
        net_response failure = {.result = parcel_begin(m, p)};
        if (failure.result == OST_OK)
            continue;
        failure.detail = ost_result_sentence(failure.result);
        m->counts.failed++;
        if (!try_again(m, p, &failure))
            parcel_free(p);
    }
    if (!m->stopping && m->waiting != NULL && soonest < INT32_MAX)
        net_timer_set(m->timer, (unsigned)soonest);
    pthread_mutex_unlock(&m->lock);
}

ost_result mailer_send(mailer *m, const mail_letter *l, void (*done)(const char *fault, void *user),
                       void *user)
{
    parcel *p = parcel_new(m, l);
    if (p == NULL)
        return OST_E_MEMORY;
    p->done = done;
    p->user = user;
    pthread_mutex_lock(&m->lock);
    ost_result result = open_client(m);
    p->peer = result == OST_OK ? peer_of(m, l->realm) : NULL;
    if (result == OST_OK && p->peer == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK)
        result = may_begin(m, p->peer) ? parcel_begin(m, p) : OST_E_BUSY;
    pthread_mutex_unlock(&m->lock);
    if (result != OST_OK)
        parcel_free(p);
    return result;
}

ost_result mailer_post(mailer *m, const mail_letter *l)
{
    parcel *p = parcel_new(m, l);
    if (p == NULL)
        return OST_E_MEMORY;
    p->posted = true;
    pthread_mutex_lock(&m->lock);
    ost_result result = open_client(m);
    p->peer = result == OST_OK ? peer_of(m, l->realm) : NULL;
    if (result == OST_OK && p->peer == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK &&
        (m->waiting_count >= MAILS_WAITING || p->peer->waiting >= MAILS_OF_REALM)) {
        m->counts.refused++;
        result = OST_E_BUSY;
    }
    bool keeps = result == OST_OK && !l->nobody;
    if (keeps) {
        p->due_ms = monotonic_ms() + POST_DELAY;
        enqueue(m, p);
    }
    if (result == OST_OK)
        net_timer_set(m->timer, 0);
    pthread_mutex_unlock(&m->lock);
    if (!keeps)
        parcel_free(p);
    return result;
}

/* ---- its life ---- */

ost_result mailer_new(const char *ca_file, log_sink *log, mailer **ret_mailer)
{
    mailer *m = memory_alloc(sizeof *m);
    if (m == NULL)
        return OST_E_MEMORY;
    pthread_mutex_init(&m->lock, NULL);
    m->log = log;
    m->ca_file = ca_file != NULL ? memory_copy(text_of(ca_file)) : NULL;
    if (ca_file != NULL && m->ca_file == NULL) {
        mailer_free(m);
        return OST_E_MEMORY;
    }
    *ret_mailer = m;
    return OST_OK;
}

void mailer_stop(mailer *m)
{
    if (m == NULL)
        return;
    pthread_mutex_lock(&m->lock);
    bool first = !m->stopping;
    m->stopping = true;
    net_client *net = m->net;
    pthread_mutex_unlock(&m->lock);
    if (first && net != NULL)
        net_client_stop(net);
}

void mailer_free(mailer *m)
{
    if (m == NULL)
        return;
    mailer_stop(m);
    net_client_free(m->net);
    for (parcel *p = m->waiting, *next; p != NULL; p = next) {
        next = p->next;
        parcel_free(p);
    }
    for (mail_peer *at = m->peers, *next; at != NULL; at = next) {
        next = at->next;
        memory_free(at->realm);
        memory_free(at);
    }
    pthread_mutex_destroy(&m->lock);
    memory_free(m->ca_file);
    memory_free(m);
}

void mailer_read_state(mailer *m, mailer_state *ret)
{
    pthread_mutex_lock(&m->lock);
    *ret = m->counts;
    ret->waiting = m->waiting_count;
    for (const mail_peer *at = m->peers; at != NULL; at = at->next) {
        int64_t since = at->outage.since_ms;
        if (since > 0 && (ret->failing_ms == 0 || since < ret->failing_ms))
            ret->failing_ms = since;
    }
    pthread_mutex_unlock(&m->lock);
}
