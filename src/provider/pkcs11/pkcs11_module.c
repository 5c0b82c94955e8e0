/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#11 module; see pkcs11_module.h. */
#include "provider/pkcs11/pkcs11_module.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/pkcs11/pkcs11_session.h"

#define SESSIONS_MAX 32 /* of all slots */
#define PIN_MAX 256
#define RESTART_MS 1000

typedef struct session {
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE handle;
    bool open, taken;
} session;

struct pkcs11_module {
    void *library;
    CK_FUNCTION_LIST *functions;
    log_sink *log;
    atomic_bool fails;
    atomic_uint generation;
    pthread_rwlock_t life; /* read: its functions are called; written: it is initialized */
    int64_t restarted;     /* monotonic ms; guarded by `life` */
    size_t pin_len;
    pthread_mutex_t lock; /* of the sessions, and of logging in */
    pthread_cond_t given;
    session sessions[SESSIONS_MAX];
    unsigned char pin[PIN_MAX];
};

const char *pkcs11_words(CK_RV value, char room[static 32])
{
    static const struct {
        CK_RV value;
        const char *words;
    } known[] = {
        {CKR_PIN_INCORRECT, "the PIN is wrong"},
        {CKR_PIN_LOCKED, "the PIN is locked"},
        {CKR_PIN_EXPIRED, "the PIN has expired"},
        {CKR_USER_PIN_NOT_INITIALIZED, "the token has no PIN yet"},
        {CKR_USER_NOT_LOGGED_IN, "nobody is logged in at the token"},
        {CKR_TOKEN_NOT_PRESENT, "the token is not there"},
        {CKR_TOKEN_NOT_RECOGNIZED, "the token is not recognized"},
        {CKR_DEVICE_ERROR, "the device fails"},
        {CKR_DEVICE_REMOVED, "the device has been removed"},
        {CKR_DEVICE_MEMORY, "the device is out of memory"},
        {CKR_SESSION_COUNT, "the token has no session left"},
        {CKR_MECHANISM_INVALID, "the token cannot sign so"},
        {CKR_KEY_FUNCTION_NOT_PERMITTED, "the key may not sign"},
        {CKR_FUNCTION_NOT_SUPPORTED, "the token cannot do that"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (known[i].value == value)
            return known[i].words;
    }
    snprintf(room, 32, "error 0x%lx", (unsigned long)value);
    return room;
}

/* ---- its life ---- */

static CK_RV initialize(const pkcs11_module *m)
{
    CK_C_INITIALIZE_ARGS threads = {.flags = CKF_OS_LOCKING_OK};
    return m->functions->C_Initialize(&threads);
}

static ost_result load(pkcs11_module *m, const char *file, ost_error *error)
{
    CK_C_GetFunctionList get;
    char room[32];
    m->library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (m->library == NULL)
        return ost_error_set(error, OST_E_CONFIG, "%s", dlerror());
    get = (CK_C_GetFunctionList)dlsym(m->library, "C_GetFunctionList");
    if (get == NULL || get(&m->functions) != CKR_OK)
        return ost_error_set(error, OST_E_CONFIG, "%s: it is no PKCS#11 module", file);
    CK_RV value = initialize(m);
    if (value == CKR_OK)
        return OST_OK;
    m->functions = NULL;
    if (value == CKR_ARGUMENTS_BAD)
        return ost_error_set(error, OST_E_CONFIG,
                             "%s cannot be initialized: it wants arguments of its own; a file of "
                             "p11-kit's tells them (x-init-reserved), and p11-kit-proxy.so is then "
                             "the module",
                             file);
    return ost_error_set(error, OST_E_CONFIG, "%s cannot be initialized: %s", file,
                         pkcs11_words(value, room));
}

ost_result pkcs11_module_open(const char *file, ost_text pin, log_sink *log,
                              pkcs11_module **ret_module, ost_error *error)
{
    if (pin.len > PIN_MAX)
        return ost_error_set(error, OST_E_CONFIG, "the PIN is longer than %d bytes", PIN_MAX);
    pkcs11_module *m = memory_alloc(sizeof *m);
    if (m == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (pin.len > 0)
        memcpy(m->pin, pin.data, pin.len);
    m->pin_len = pin.len;
    m->log = log;
    pthread_rwlock_init(&m->life, NULL);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->given, NULL);
    ost_result result = load(m, file, error);
    if (result != OST_OK) {
        pkcs11_module_free(m);
        return result;
    }
    *ret_module = m;
    return OST_OK;
}

/* The library stays loaded: it may have threads of its own. */
void pkcs11_module_free(pkcs11_module *m)
{
    if (m == NULL)
        return;
    if (m->functions != NULL)
        (void)m->functions->C_Finalize(NULL);
    wipe(m->pin, sizeof m->pin);
    pthread_cond_destroy(&m->given);
    pthread_mutex_destroy(&m->lock);
    pthread_rwlock_destroy(&m->life);
    memory_free(m);
}

void pkcs11_enter(pkcs11_module *m)
{
    pthread_rwlock_rdlock(&m->life);
}

void pkcs11_leave(pkcs11_module *m)
{
    pthread_rwlock_unlock(&m->life);
}

unsigned pkcs11_generation(const pkcs11_module *m)
{
    return atomic_load(&m->generation);
}

void pkcs11_restart(pkcs11_module *m, unsigned generation)
{
    pthread_rwlock_wrlock(&m->life);
    int64_t now = monotonic_ms();
    if (atomic_load(&m->generation) == generation && now - m->restarted >= RESTART_MS) {
        (void)m->functions->C_Finalize(NULL);
        for (size_t i = 0; i < SESSIONS_MAX; i++)
            m->sessions[i] = (session){0};
        (void)initialize(m); /* whoever signs next is told */
        atomic_fetch_add(&m->generation, 1);
        m->restarted = now;
    }
    pthread_rwlock_unlock(&m->life);
}

bool pkcs11_module_works(const pkcs11_module *m)
{
    return m == NULL || !atomic_load(&m->fails);
}

void pkcs11_note(pkcs11_module *m, bool works, const char *why)
{
    if (atomic_exchange(&m->fails, !works) == !works)
        return;
    log_sink_say(m->log, works ? "the device signs again%s" : "the device does not sign: %s", why);
}

CK_FUNCTION_LIST *pkcs11_functions(pkcs11_module *m)
{
    return m->functions;
}

/* ---- sessions ---- */

/* Users log in at the token, and not at one session (PKCS#11 §5.6.8). */
static CK_RV open_session(pkcs11_module *m, session *s)
{
    CK_RV value = m->functions->C_OpenSession(s->slot, CKF_SERIAL_SESSION, NULL, NULL, &s->handle);
    if (value != CKR_OK || m->pin_len == 0)
        return value;
    value = m->functions->C_Login(s->handle, CKU_USER, m->pin, m->pin_len);
    if (value == CKR_OK || value == CKR_USER_ALREADY_LOGGED_IN)
        return CKR_OK;
    (void)m->functions->C_CloseSession(s->handle);
    return value;
}

/* One that is open is better than one that is to be opened, here or in the place of another slot's.
 */
static session *session_find(pkcs11_module *m, CK_SLOT_ID slot)
{
    session *closed = NULL, *idle = NULL;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        session *s = &m->sessions[i];
        if (s->taken)
            continue;
        if (s->open && s->slot == slot)
            return s;
        if (s->open)
            idle = s;
        else
            closed = s;
    }
    return closed != NULL ? closed : idle;
}

static void close_session(pkcs11_module *m, session *s)
{
    if (s->open)
        (void)m->functions->C_CloseSession(s->handle);
    s->open = false;
}

CK_RV pkcs11_session_take(pkcs11_module *m, CK_SLOT_ID slot, CK_SESSION_HANDLE *ret_session)
{
    session *s;
    CK_RV value = CKR_OK;
    pthread_mutex_lock(&m->lock);
    while ((s = session_find(m, slot)) == NULL)
        pthread_cond_wait(&m->given, &m->lock);
    if (!s->open || s->slot != slot) {
        close_session(m, s);
        s->slot = slot;
        value = open_session(m, s);
        s->open = value == CKR_OK;
    }
    s->taken = s->open;
    if (s->taken)
        *ret_session = s->handle;
    pthread_mutex_unlock(&m->lock);
    return value;
}

void pkcs11_session_give(pkcs11_module *m, CK_SLOT_ID slot, CK_SESSION_HANDLE handle, bool broken)
{
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        session *s = &m->sessions[i];
        if (s->slot != slot || !s->open)
            continue;
        if (s->taken && s->handle == handle)
            s->taken = false;
        if (broken && !s->taken)
            close_session(m, s);
    }
    pthread_cond_signal(&m->given);
    pthread_mutex_unlock(&m->lock);
}
