/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a server's one loop by hand; see in_process.h. */
#include "in_process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/connection/event_loop.h"
#include "http/connection/server_state.h"

#define QUIET_ROUNDS 3

ost_result in_process_start(const http_config *config, in_process *ret)
{
    char address[80];
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL); /* the engine's own threads have it blocked */
    http_config one = *config;
    one.loops = 1;
    ost_result result = http_server_new(&one, &ret->server, NULL);
    if (result != OST_OK)
        return result;
    snprintf(ret->path, sizeof ret->path, "/tmp/ostiary-test-%ld-%p", (long)getpid(),
             (void *)ret->server);
    snprintf(address, sizeof address, "unix:%s", ret->path);
    result = http_server_listen(ret->server, address, 0, NULL, NULL);
    if (result != OST_OK)
        http_server_free(ret->server);
    return result;
}

void in_process_end(in_process *p)
{
    http_server_free(p->server);
}

int in_process_connect(in_process *p)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, p->path, strlen(p->path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Sends and receives what can be sent and received now. False at the end of the connection. */
static bool pump(int fd, ost_text *unsent, char *ret, size_t size, size_t *kept, bool *moved)
{
    char spill[65536];
    if (unsent->len > 0) {
        ssize_t n = send(fd, unsent->data, unsent->len, MSG_NOSIGNAL);
        if (n > 0) {
            unsent->data += n;
            unsent->len -= (size_t)n;
            *moved = true;
        }
    }
    for (;;) {
        bool keep = *kept < size;
        ssize_t n =
            keep ? recv(fd, ret + *kept, size - *kept, 0) : recv(fd, spill, sizeof spill, 0);
        if (n == 0)
            return false;
        if (n < 0)
            return true;
        *kept += keep ? (size_t)n : 0;
        *moved = true;
    }
}

static size_t run(in_process *p, int fd, ost_text sent, bool half_close, char *ret, size_t size)
{
    size_t kept = 0;
    for (int quiet = 0; quiet < QUIET_ROUNDS;) {
        bool moved = false;
        if (!pump(fd, &sent, ret, size, &kept, &moved))
            break;
        if (half_close && sent.len == 0) {
            shutdown(fd, SHUT_WR);
            half_close = false;
            moved = true;
        }
        uv_run(&p->server->loops[0].uv, UV_RUN_NOWAIT);
        quiet = moved ? 0 : quiet + 1;
    }
    return kept;
}

size_t in_process_exchange(in_process *p, int connection, ost_text sent, char *ret, size_t size)
{
    return run(p, connection, sent, false, ret, size);
}

size_t in_process_talk(in_process *p, ost_text sent, char *ret, size_t size)
{
    int fd = in_process_connect(p);
    if (fd < 0)
        return 0;
    size_t kept = run(p, fd, sent, true, ret, size);
    close(fd);
    for (int i = 0; i < QUIET_ROUNDS; i++)
        uv_run(&p->server->loops[0].uv, UV_RUN_NOWAIT);
    return kept;
}
