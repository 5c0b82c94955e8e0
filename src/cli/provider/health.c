/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary health`: asks a running provider whether it is ready, for containers in which there is
 * no other program to ask with. */
#include <pthread.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "guard/keys/issuer_document.h"
#include "net/net.h"

typedef struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool over, ready;
    ost_error why; /* where no answer came */
    char told[256];
} waiting;

static void take_answer(const net_response *response, void *user)
{
    waiting *w = user;
    pthread_mutex_lock(&w->lock);
    if (response->result != OST_OK)
        issuer_document_untransferred(response, &w->why);
    else
        (void)text_to_string(response->body, w->told, sizeof w->told);
    w->ready = response->result == OST_OK && response->status == 200;
    w->over = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

static ost_result ask(const char *url, waiting *w, ost_error *error)
{
    net_client *client = NULL;
    const net_request request = {.url = url};
    ost_result result = net_client_new(1, &client);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s", ost_result_sentence(result));
    result = net_fetch(client, &request, take_answer, w, error);
    pthread_mutex_lock(&w->lock);
    while (result == OST_OK && !w->over)
        pthread_cond_wait(&w->answered, &w->lock);
    pthread_mutex_unlock(&w->lock);
    net_client_free(client);
    return result;
}

static int run(const option_values *values)
{
    char url[512];
    ost_error error = {0};
    uint64_t port;
    waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    ost_text path = text_of(options_get(values, "http-relative-path"));
    if (text_ends(path, "/"))
        path.len--;
    if (options_number(values, "http-port", 8080, 1, 65535, &port, &error) != OST_OK)
        return command_usage_error("%s", error.detail);
    int len = snprintf(url, sizeof url, "http://127.0.0.1:%u%.*s/health/ready", (unsigned)port,
                       OST_FORMAT(path));
    if (len < 0 || (size_t)len >= sizeof url)
        return command_usage_error("--http-relative-path is too long");
    if (ask(url, &w, &error) != OST_OK)
        return command_fail(&error, "health");
    if (w.why.code != OST_OK)
        return command_fail(&w.why, "health");
    printable_make(w.told);
    puts(w.told);
    return w.ready ? EXIT_DONE : EXIT_FAILED;
}

static const option options[] = {
    {"http-port", "PORT", "KC_HTTP_PORT", NULL, "port of the provider on this machine (8080)"},
    {"http-relative-path", "PATH", "KC_HTTP_RELATIVE_PATH", NULL, "everything stands below it"},
    {0},
};

const command command_health = {
    .words = "health",
    .operands = "",
    .summary = "Ask the provider on this machine whether it is ready; by plain HTTP.",
    .options = options,
    .run = run,
};
