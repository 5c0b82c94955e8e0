/* SPDX-License-Identifier: Apache-2.0 */
/* A guard in a plain poll loop: every request wants a valid token; one request a connection, and of
 * it nothing but the fields is looked at. While keys are being fetched the connection is left out
 * of the poll, and the guard's thread names it through a pipe when they are there.
 *
 *     guarded PORT ISSUER AUDIENCE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ostiary/guard.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENTS = 64,
    HEAD = 32768,
    PATIENCE = 10,       /* seconds for a client to say what it wants, and to take the answer */
    ARENA = 1024 * 1024, /* enough for any token; taken only as far as needed */
    WAITS = 3,           /* for keys, for the issuer's word, for a status list */
    LISTENER = CLIENTS,
    PIPE,
};

static struct client {
    char head[HEAD + 1];
    size_t len;
    time_t since;
    unsigned waits;
    /* And now until it has hung up, lest what it still sends takes the answer away. */
    bool answered;
} clients[CLIENTS];
static struct pollfd polled[PIPE + 1]; /* fd -1: no such client, or it waits */
static int sockets[CLIENTS];           /* -1: free */
static int wakening[2];
static ost_guard *guard; /* NULL when the program is about to end */
static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
}

static void drop(int n)
{
    close(sockets[n]);
    sockets[n] = polled[n].fd = -1;
}

static void answer(int n, const ost_verdict *verdict)
{
    char reply[4096];
    bool allowed = verdict->decision == OST_ALLOW;
    if (!allowed) /* what the client is not told */
        fprintf(stderr, "%d %s: %.*s\n", verdict->status, ost_result_name(verdict->reason),
                OST_FORMAT(verdict->explanation));
    ost_text say = allowed ? ost_identity_subject(verdict->identity) : verdict->message;
    int len = snprintf(reply, sizeof reply, "HTTP/1.1 %d \r\nConnection: close\r\n%s%.*s%s",
                       verdict->status, verdict->challenge.len ? "WWW-Authenticate: " : "",
                       OST_FORMAT(verdict->challenge), verdict->challenge.len ? "\r\n" : "");
    if (len > 0 && (size_t)len < sizeof reply && verdict->retry_after)
        len += snprintf(reply + len, sizeof reply - (size_t)len, "Retry-After: %u\r\n",
                        verdict->retry_after);
    if (len > 0 && (size_t)len < sizeof reply)
        len += snprintf(reply + len, sizeof reply - (size_t)len,
                        "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%.*s\n",
                        say.len + 1, OST_FORMAT(say));
    /* So short an answer fits the socket's buffer, or the client gets none. */
    if (len > 0 && (size_t)len < sizeof reply)
        (void)!send(sockets[n], reply, (size_t)len, MSG_NOSIGNAL);
    shutdown(sockets[n], SHUT_WR);
    polled[n].fd = sockets[n];
    clients[n].answered = true;
    clients[n].since = time(NULL);
}

/* The guard's thread: a write of an int to a pipe is atomic, and the pipe holds more than CLIENTS.
 */
static void wake(void *user)
{
    int n = (int)((struct client *)user - clients);
    (void)!write(wakening[1], &n, sizeof n);
}

static size_t authorization_of(const char *head, ost_text ret[2])
{
    static const char name[] = "Authorization:";
    size_t count = 0;
    const char *end;
    for (const char *line = strstr(head, "\r\n") + 2; (end = strstr(line, "\r\n")) != line;
         line = end + 2) {
        if (strncasecmp(line, name, sizeof name - 1) != 0 || count == 2)
            continue;
        const char *value = line + sizeof name - 1;
        value += strspn(value, " \t");
        ret[count++] = (ost_text){value, (size_t)(end - value)};
    }
    return count;
}

static void check(int n)
{
    static const ost_policy policy = {0};
    static const ost_verdict ending = {.status = 503, .message = {"ending", 6}};
    ost_text authorization[2]; /* two are refused already: no need to look for more */
    ost_credentials credentials = {
        .authorization = authorization,
        .authorization_count = authorization_of(clients[n].head, authorization),
    };
    ost_arena *arena = ost_arena_new(ARENA); /* without one the verdict is 503 */
    ost_verdict verdict = ending;
    bool may_wait = clients[n].waits++ < WAITS;
    if (guard)
        ost_guard_check(guard, &policy, &credentials, may_wait, arena, &verdict);
    if (verdict.decision == OST_WAIT) {
        polled[n].fd = -1;
        if (ost_guard_wait(guard, &verdict, wake, &clients[n]) != OST_OK)
            wake(&clients[n]);
    }
    if (verdict.decision != OST_WAIT)
        answer(n, &verdict);
    ost_arena_free(arena);
}

static void receive(int n)
{
    struct client *client = &clients[n];
    if (client->answered)
        client->len = 0;
    ssize_t got = read(sockets[n], client->head + client->len, HEAD - client->len);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) { /* also when the head is too long */
        drop(n);
        return;
    }
    if (client->answered)
        return;
    client->len += (size_t)got;
    client->head[client->len] = '\0';
    if (memchr(client->head, '\0', client->len))
        drop(n);
    else if (strstr(client->head, "\r\n\r\n"))
        check(n);
}

static void welcome(void)
{
    int fd = accept4(polled[LISTENER].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (int n = 0; fd >= 0 && n < CLIENTS; n++)
        if (sockets[n] < 0) {
            clients[n].len = clients[n].waits = 0;
            clients[n].answered = false;
            clients[n].since = time(NULL);
            sockets[n] = polled[n].fd = fd;
            return;
        }
    if (fd >= 0)
        close(fd);
}

static void serve(void)
{
    int n;
    while (!stopping) {
        bool something = poll(polled, PIPE + 1, 500) > 0;
        for (n = 0; n < CLIENTS; n++)
            if (something && polled[n].fd >= 0 && polled[n].revents)
                receive(n);
            else if (polled[n].fd >= 0 && time(NULL) - clients[n].since > PATIENCE)
                drop(n);
        while (read(wakening[0], &n, sizeof n) == sizeof n)
            check(n);
        if (something && polled[LISTENER].revents)
            welcome();
    }
    /* Everyone who waits is named in the pipe when this returns, and told that it is over. */
    ost_guard *last = guard;
    guard = NULL;
    ost_guard_free(last);
    while (read(wakening[0], &n, sizeof n) == sizeof n)
        check(n);
}

static bool listen_at(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0 || pipe2(wakening, O_NONBLOCK | O_CLOEXEC) != 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    for (int n = 0; n < CLIENTS; n++) {
        sockets[n] = -1;
        polled[n] = (struct pollfd){-1, POLLIN, 0};
    }
    polled[LISTENER] = (struct pollfd){fd, POLLIN, 0};
    polled[PIPE] = (struct pollfd){wakening[0], POLLIN, 0};
    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s PORT ISSUER AUDIENCE\n", argv[0]);
        return 2;
    }
    const char *audience = argv[3];
    ost_issuer issuer = {.issuer = argv[2], .audiences = &audience, .audience_count = 1};
    ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    ost_error error;
    if (ost_guard_new(&config, &guard, &error) != OST_OK) {
        fprintf(stderr, "%s: %s\n", ost_result_sentence(error.code), error.detail);
        return 1;
    }
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    bool good = listen_at((uint16_t)strtoul(argv[1], NULL, 10));
    if (good)
        serve();
    else
        ost_guard_free(guard);
    return good ? 0 : 1;
}
