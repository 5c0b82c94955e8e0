/* SPDX-License-Identifier: Apache-2.0 */
/* Binds addresses. Every loop accepts on a socket of its own (SO_REUSEPORT); a Unix socket is one
 * socket that all loops accept on, and so are sockets passed by a parent (socket activation). */
#include "http/connection/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/context.h"
#include "base/text.h"
#include "http/connection/connection_accept.h"
#include "http/connection/server_state.h"
#include "http/message/address.h"

#define BACKLOG 1024
#define UNIX "unix:"
#define PASSED "passed"

static void on_closed(uv_handle_t *handle)
{
    memory_free(handle->data);
}

void listeners_close(event_loop *loop)
{
    for (listener *l = loop->listeners, *next; l != NULL; l = next) {
        next = l->next;
        uv_close(&l->socket.handle, on_closed);
    }
    loop->listeners = NULL;
}

static void on_connection(uv_stream_t *stream, int status)
{
    listener *l = stream->data;
    if (status == 0)
        connection_accept(l->loop, stream);
}

/* Gives a bound socket to a loop; `fd` is taken in any case. */
static ost_result add_listener(event_loop *loop, int fd, bool local)
{
    listener *l = memory_alloc(sizeof *l);
    if (l == NULL) {
        close(fd);
        return OST_E_MEMORY;
    }
    l->loop = loop;
    int result = local ? uv_pipe_init(&loop->uv, &l->socket.pipe, 0)
                       : uv_tcp_init(&loop->uv, &l->socket.tcp);
    if (result != 0) {
        close(fd);
        memory_free(l);
        return OST_E_SYSTEM;
    }
    l->socket.handle.data = l;
    l->next = loop->listeners;
    loop->listeners = l;
    result = local ? uv_pipe_open(&l->socket.pipe, fd) : uv_tcp_open(&l->socket.tcp, fd);
    if (result != 0)
        close(fd);
    else
        result = uv_listen(&l->socket.stream, BACKLOG, on_connection);
    return result == 0 ? OST_OK : OST_E_SYSTEM;
}

static ost_result system_error(ost_error *error, const char *address, unsigned port)
{
    const char *why = errno == EADDRINUSE ? "; another program has it, or this one runs already"
                      : errno == EACCES && port < 1024
                          ? "; a port below 1024 takes root, or CAP_NET_BIND_SERVICE"
                          : "";
    return ost_error_set(error, OST_E_SYSTEM, "cannot listen on %s port %u: %s%s", address, port,
                         strerror(errno), why);
}

/* ---- TCP ---- */

typedef union socket_address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
} socket_address;

static bool read_socket_address(const char *address, unsigned port, socket_address *ret)
{
    if (uv_ip4_addr(address, (int)port, &ret->in) == 0)
        return true;
    return uv_ip6_addr(address, (int)port, &ret->in6) == 0;
}

/* The first socket of a port is bound without SO_REUSEPORT: otherwise a second program, or the same
 * started twice, would quietly share the port. */
static int bind_tcp(const socket_address *address, bool shared)
{
    int one = 1;
    socklen_t len = address->any.sa_family == AF_INET ? sizeof address->in : sizeof address->in6;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* accepted sockets inherit it */
    if (address->any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if ((shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0) ||
        bind(fd, &address->any, len) != 0 ||
        (!shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0)) {
        int failure = errno;
        close(fd);
        errno = failure;
        return -1;
    }
    return fd;
}

static bool is_tcp(const char *address)
{
    return !text_starts(text_of(address), UNIX) && !text_is(text_of(address), PASSED);
}

static ost_result read_tcp(const char *text, unsigned port, socket_address *ret, ost_error *error)
{
    if (port <= 65535 && read_socket_address(text, port, ret))
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "not an address to listen on: %s port %u", text,
                         port);
}

ost_result http_port_check(const char *text, unsigned port, ost_error *error)
{
    socket_address address;
    if (!is_tcp(text))
        return OST_OK;
    ost_result result = read_tcp(text, port, &address, error);
    if (result != OST_OK)
        return result;
    int fd = bind_tcp(&address, false);
    if (fd < 0)
        return system_error(error, text, port);
    close(fd);
    return OST_OK;
}

static ost_result listen_tcp(http_server *server, const char *text, unsigned port,
                             unsigned *ret_port, ost_error *error)
{
    socket_address address;
    ost_result result = read_tcp(text, port, &address, error);
    if (result != OST_OK)
        return result;
    for (unsigned i = 0; i < server->loop_count; i++) {
        int fd = bind_tcp(&address, i > 0);
        if (fd < 0)
            return system_error(error, text, port);
        if (i == 0) {
            socklen_t len = sizeof address;
            if (getsockname(fd, &address.any, &len) != 0)
                return system_error(error, text, port);
            port = ntohs(address.any.sa_family == AF_INET ? address.in.sin_port
                                                          : address.in6.sin6_port);
        }
        if (add_listener(&server->loops[i], fd, false) != OST_OK)
            return system_error(error, text, port);
    }
    if (ret_port != NULL)
        *ret_port = port;
    return OST_OK;
}

/* ---- Unix sockets ---- */

/* A socket left behind by a program that has died is removed; one that answers is not. */
static bool is_stale(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool stale = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                 errno == ECONNREFUSED;
    close(fd);
    return stale;
}

static int bind_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!text_to_string(text_of(path), address.sun_path, sizeof address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    const struct sockaddr *name = (const struct sockaddr *)&address;
    int result = bind(fd, name, sizeof address);
    if (result != 0 && errno == EADDRINUSE && is_stale(&address) && unlink(path) == 0)
        result = bind(fd, name, sizeof address);
    if (result != 0) {
        int failure = errno;
        close(fd);
        errno = failure;
        return -1;
    }
    return fd;
}

/* All loops accept on the same socket. Takes `fd`. */
static ost_result share_socket(http_server *server, int fd, bool local)
{
    ost_result result = OST_OK;
    for (unsigned i = 0; i < server->loop_count && result == OST_OK; i++) {
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        result = copy < 0 ? OST_E_SYSTEM : add_listener(&server->loops[i], copy, local);
    }
    int failure = errno;
    close(fd);
    errno = failure;
    return result;
}

static ost_result listen_unix(http_server *server, const char *path, ost_error *error)
{
    if (server->socket_path != NULL)
        return ost_error_set(error, OST_E_STATE, "there is a Unix socket already");
    int fd = bind_unix(path);
    if (fd < 0)
        return ost_error_set(error, OST_E_SYSTEM, "cannot listen on unix:%s: %s", path,
                             strerror(errno));
    server->socket_path = ost_arena_copy(server->arena, text_of(path));
    if (share_socket(server, fd, true) != OST_OK)
        return ost_error_set(error, OST_E_SYSTEM, "cannot listen on unix:%s: %s", path,
                             strerror(errno));
    return OST_OK;
}

/* ---- sockets that have been passed ---- */

#define PASSED_FIRST 3 /* sd_listen_fds(3) */
#define PASSED_MAX 16

/* How many sockets the parent has passed to this very process. */
static uint64_t count_passed(void)
{
    uint64_t pid = 0, count = 0;
    if (!text_to_unsigned(text_of(getenv("LISTEN_PID")), INT32_MAX, &pid) ||
        (pid_t)pid != getpid() ||
        !text_to_unsigned(text_of(getenv("LISTEN_FDS")), PASSED_MAX, &count))
        return 0;
    return count;
}

static ost_result listen_passed(http_server *server, ost_error *error)
{
    uint64_t count = count_passed();
    if (count == 0)
        return ost_error_set(error, OST_E_SYSTEM, "no sockets have been passed (LISTEN_FDS)");
    for (int fd = PASSED_FIRST; fd < PASSED_FIRST + (int)count; fd++) {
        socket_address address;
        socklen_t len = sizeof address;
        if (getsockname(fd, &address.any, &len) != 0)
            return ost_error_set(error, OST_E_SYSTEM, "passed socket %d: %s", fd, strerror(errno));
        bool local = address.any.sa_family == AF_UNIX;
        int one = 1;
        if (!local)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (share_socket(server, fd, local) != OST_OK)
            return ost_error_set(error, OST_E_SYSTEM, "cannot listen on passed socket %d: %s", fd,
                                 strerror(errno));
    }
    return OST_OK;
}

ost_result http_server_listen(http_server *server, const char *address, unsigned port,
                              unsigned *ret_port, ost_error *error)
{
    if (atomic_load(&server->state) != SERVER_NEW)
        return ost_error_set(error, OST_E_STATE, "the server has been started already");
    if (is_tcp(address))
        return listen_tcp(server, address, port, ret_port, error);
    if (text_is(text_of(address), PASSED))
        return listen_passed(server, error);
    return listen_unix(server, address + strlen(UNIX), error);
}
