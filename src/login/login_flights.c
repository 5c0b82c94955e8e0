/* Keeps the table of flights; see login_flights.h. */
#include "login/login_flights.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

/* What is handed out is the first member. */
typedef struct flight {
    login_flight public;
    atomic_size_t references; /* one of the table's while it is in there, one of each holder */
    char *body;
    /* Under the table's lock. */
    unsigned char digest[32];
    bool listed;
    bool landed;
    int64_t landed_ms;
    login_waiter *waiters;
    struct flight *next;
} flight;

struct login_flights {
    pthread_mutex_t lock;
    flight *first; /* newest first */
    size_t count;
};

login_flights *login_flights_new(void)
{
    login_flights *flights = memory_alloc(sizeof *flights);
    if (flights != NULL)
        pthread_mutex_init(&flights->lock, NULL);
    return flights;
}

void login_flight_leave(login_flight *public)
{
    flight *leaving = (flight *)public;
    if (leaving == NULL || atomic_fetch_sub(&leaving->references, 1) > 1)
        return;
    if (leaving->body != NULL)
        wipe(leaving->body, public->body.len);
    memory_free(leaving->body);
    memory_free(leaving);
}

/* Under the lock. */
static void unlist(login_flights *flights, flight **link)
{
    flight *gone = *link;
    *link = gone->next;
    gone->next = NULL;
    gone->listed = false;
    flights->count--;
    login_flight_leave(&gone->public);
}

void login_flights_free(login_flights *flights)
{
    if (flights == NULL)
        return;
    while (flights->first != NULL)
        unlist(flights, &flights->first);
    pthread_mutex_destroy(&flights->lock);
    memory_free(flights);
}

/* Under the lock: drops answers that are too old, and makes room for one more flight by dropping
 * the oldest answer. False: all of them are in the air. */
static bool make_room(login_flights *flights)
{
    int64_t now = monotonic_ms();
    flight **oldest = NULL;
    for (flight **link = &flights->first; *link != NULL;) {
        if ((*link)->landed && now - (*link)->landed_ms >= LOGIN_FLIGHTS_KEEP_MS) {
            unlist(flights, link);
            continue;
        }
        if ((*link)->landed)
            oldest = link;
        link = &(*link)->next;
    }
    if (flights->count < LOGIN_FLIGHTS_MAX)
        return true;
    if (oldest == NULL)
        return false;
    unlist(flights, oldest);
    return true;
}

static flight *find(login_flights *flights, const unsigned char *digest)
{
    for (flight *each = flights->first; each != NULL; each = each->next) {
        if (memcmp(each->digest, digest, sizeof each->digest) == 0)
            return each;
    }
    return NULL;
}

static flight *make(const unsigned char *digest, login_waiter *waiter)
{
    flight *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return NULL;
    atomic_init(&made->references, 1);
    waiter->next = NULL;
    made->waiters = waiter;
    if (digest != NULL)
        memcpy(made->digest, digest, sizeof made->digest);
    return made;
}

/* Under the lock. */
static ost_result board(login_flights *flights, const unsigned char *digest, login_waiter *waiter,
                        login_boarding *ret_boarding, login_flight **ret_flight)
{
    bool room = make_room(flights);
    flight *found = find(flights, digest);
    if (found != NULL) {
        atomic_fetch_add(&found->references, 1);
        *ret_boarding = found->landed ? LOGIN_LANDED : LOGIN_WAITING;
        if (!found->landed) {
            waiter->next = found->waiters;
            found->waiters = waiter;
        }
        *ret_flight = &found->public;
        return OST_OK;
    }
    if (!room)
        return OST_E_BUSY;
    flight *made = make(digest, waiter);
    if (made == NULL)
        return OST_E_MEMORY;
    atomic_fetch_add(&made->references, 1);
    made->listed = true;
    made->next = flights->first;
    flights->first = made;
    flights->count++;
    *ret_boarding = LOGIN_FLY;
    *ret_flight = &made->public;
    return OST_OK;
}

ost_result login_flights_board(login_flights *flights, const unsigned char *digest,
                               login_waiter *waiter, login_boarding *ret_boarding,
                               login_flight **ret_flight)
{
    if (digest == NULL) {
        flight *alone = make(NULL, waiter);
        if (alone == NULL)
            return OST_E_MEMORY;
        *ret_boarding = LOGIN_FLY;
        *ret_flight = &alone->public;
        return OST_OK;
    }
    pthread_mutex_lock(&flights->lock);
    ost_result result = board(flights, digest, waiter, ret_boarding, ret_flight);
    pthread_mutex_unlock(&flights->lock);
    return result;
}

static void record(flight *landing, const net_response *response)
{
    login_flight *public = &landing->public;
    public->result = response->result;
    public->status = response->status;
    if (response->result == OST_OK) {
        landing->body = memory_copy(response->body);
        public->body = (ost_text){landing->body, response->body.len};
        if (landing->body == NULL) {
            public->body.len = 0;
            public->result = OST_E_MEMORY;
        }
    }
    if (public->result != OST_OK)
        (void)text_to_string(text_of(response->detail), public->detail, sizeof public->detail);
}

void login_flight_land(login_flights *flights, login_flight *public, const net_response *response)
{
    flight *landing = (flight *)public;
    record(landing, response);
    bool final = public->result == OST_OK && public->status < 500 && public->status != 429;

    pthread_mutex_lock(&flights->lock);
    landing->landed = true;
    landing->landed_ms = monotonic_ms();
    login_waiter *waiters = landing->waiters;
    landing->waiters = NULL;
    for (flight **link = &flights->first; !final && landing->listed; link = &(*link)->next) {
        if (*link == landing) {
            unlist(flights, link);
            break;
        }
    }
    pthread_mutex_unlock(&flights->lock);

    while (waiters != NULL) {
        login_waiter *waiter = waiters;
        waiters = waiter->next; /* the waiter may be gone when its call returns */
        waiter->landed(waiter);
    }
}
