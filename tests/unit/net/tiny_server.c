/* SPDX-License-Identifier: Apache-2.0 */
/* A small HTTP server for tests; see tiny_server.h. */
#include "tiny_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct tiny_server {
    int listener, stop[2]; /* closing stop[1] stops everything */
    unsigned port;
    tiny_handler handler;
    void *user;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t connections;
};

/* True when `socket` can be read; false when the server is being stopped. */
static bool readable(const tiny_server *server, int socket, int milliseconds)
{
    struct pollfd fds[] = {{server->stop[0], POLLIN, 0}, {socket, POLLIN, 0}};
    return poll(fds, 2, milliseconds) > 0 && fds[0].revents == 0;
}

static bool read_request(tiny_request *request)
{
    size_t len = 0, wanted = 0;
    char *end = NULL;
    while (end == NULL || strlen(end + 4) < wanted) {
        if (len + 1 >= sizeof request->head || !readable(request->server, request->socket, -1))
            return false;
        ssize_t got = recv(request->socket, request->head + len, sizeof request->head - 1 - len, 0);
        if (got <= 0)
            return false;
        len += (size_t)got;
        request->head[len] = '\0';
        if (request->head[0] < ' ') /* the beginning of TLS */
            return false;
        end = strstr(request->head, "\r\n\r\n");
        const char *length = end != NULL ? strcasestr(request->head, "content-length:") : NULL;
        if (length != NULL)
            wanted = strtoul(length + 15, NULL, 10);
    }
    snprintf(request->body, sizeof request->body, "%.*s", (int)sizeof request->body - 1, end + 4);
    end[4] = '\0';
    return sscanf(request->head, "%15s %511s", request->method, request->path) == 2;
}

typedef struct connection {
    tiny_server *server;
    int socket;
} connection;

static void *serve(void *argument)
{
    connection *c = argument;
    tiny_server *server = c->server;
    tiny_request *request = calloc(1, sizeof *request);
    if (request != NULL) {
        request->server = server;
        request->socket = c->socket;
        if (read_request(request))
            server->handler(request, server->user);
    }
    free(request);
    close(c->socket);
    free(c);
    pthread_mutex_lock(&server->lock);
    server->connections--;
    pthread_cond_signal(&server->idle);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void *accept_all(void *argument)
{
    tiny_server *server = argument;
    while (readable(server, server->listener, -1)) {
        pthread_t thread;
        connection *c = calloc(1, sizeof *c);
        if (c == NULL)
            break;
        *c = (connection){server, accept(server->listener, NULL, NULL)};
        pthread_mutex_lock(&server->lock);
        server->connections++;
        pthread_mutex_unlock(&server->lock);
        if (pthread_create(&thread, NULL, serve, c) == 0)
            pthread_detach(thread);
        else
            abort();
    }
    return NULL;
}

/* Its threads take no signals: tests send some to themselves. */
static bool start_thread(tiny_server *server)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&server->thread, NULL, accept_all, server) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

tiny_server *tiny_server_start(tiny_handler handler, void *user)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    tiny_server *server = calloc(1, sizeof *server);
    if (server == NULL || pipe(server->stop) != 0)
        return NULL;
    server->handler = handler;
    server->user = user;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 128) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0 ||
        !start_thread(server))
        return NULL;
    server->port = ntohs(address.sin_port);
    return server;
}

unsigned tiny_server_port(const tiny_server *server)
{
    return server->port;
}

const char *tiny_server_url(const tiny_server *server, const char *path)
{
    static char buffers[8][1024];
    static atomic_uint turn;
    char *buffer = buffers[atomic_fetch_add(&turn, 1) % 8];
    snprintf(buffer, sizeof buffers[0], "http://127.0.0.1:%u%s", server->port, path);
    return buffer;
}

void tiny_server_stop(tiny_server *server)
{
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    pthread_mutex_lock(&server->lock);
    while (server->connections > 0)
        pthread_cond_wait(&server->idle, &server->lock);
    pthread_mutex_unlock(&server->lock);
    close(server->stop[0]);
    close(server->listener);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

void tiny_send(const tiny_request *request, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t sent = send(request->socket, at, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the client has gone, as some tests want */
        at += sent;
        len -= (size_t)sent;
    }
}

void tiny_reply(const tiny_request *request, int status, const char *fields, const char *body)
{
    char head[8192];
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 %d Because\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n",
                       status, strlen(body), fields);
    tiny_send(request, head, (size_t)len);
    tiny_send(request, body, strlen(body));
}

void tiny_pause(const tiny_request *request, unsigned milliseconds)
{
    struct pollfd stop = {request->server->stop[0], POLLIN, 0};
    (void)poll(&stop, 1, (int)milliseconds);
}
