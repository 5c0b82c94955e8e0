/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the signing process; see signing_spawn.h. */
#include "provider/signing/signing_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error_sentence.h"
#include "provider/signing/signing_channel.h"

#define START_PATIENCE 20 /* seconds */

/* Both ends of each: ours first. */
typedef struct sockets {
    int control[2];
    int channels[SIGNING_CHANNELS][2];
    unsigned count;
} sockets;

static bool make_pair(int fds[2], int patience)
{
    const struct timeval limit = {.tv_sec = patience};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return false;
    return setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
           setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
}

static void close_end(sockets *s, int end)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->channels[i][end] >= 0)
            close(s->channels[i][end]);
        s->channels[i][end] = -1;
    }
    if (s->control[end] >= 0)
        close(s->control[end]);
    s->control[end] = -1;
}

static bool make_sockets(sockets *s)
{
    bool made = make_pair(s->control, START_PATIENCE);
    for (unsigned i = 0; i < s->count && made; i++)
        made = make_pair(s->channels[i], SIGNING_PATIENCE);
    return made;
}

static bool give_channels(const sockets *s)
{
    char byte = 0, room[CMSG_SPACE(sizeof(int) * SIGNING_CHANNELS)] = {0};
    struct iovec iov = {&byte, 1};
    struct msghdr message = {.msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * s->count)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * s->count);
    for (unsigned i = 0; i < s->count; i++)
        memcpy(CMSG_DATA(head) + i * sizeof(int), &s->channels[i][1], sizeof(int));
    return sendmsg(s->control[0], &message, MSG_NOSIGNAL) == 1;
}

static int spawn(const char *const *command, const sockets *s, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    char *const environment[] = {NULL};
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (code == 0)
        code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, s->control[1], SIGNING_CONTROL);
    if (code == 0) /* whatever else somebody has left open */
        code = posix_spawn_file_actions_addclosefrom_np(&actions, SIGNING_CONTROL + 1);
    if (code == 0)
        code = posix_spawn(ret_pid, command[0], &actions, NULL, (char *const *)(uintptr_t)command,
                           environment);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

static ost_result wait_until_ready(int control, signing_ready *ret_ready, ost_error *error)
{
    signing_ready ready;
    ssize_t len = recv(control, &ready, sizeof ready, 0);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return ost_error_set(error, OST_E_TIMEOUT, "it does not say that it is ready");
    if (len != sizeof ready)
        return ost_error_set(error, OST_E_SYSTEM, "it ends at once");
    if (ready.result != OST_OK)
        return ost_error_set(error, OST_E_SYSTEM,
                             "it cannot give up what it does not need, or not begin: %s",
                             ost_result_sentence(ready.result));
    *ret_ready = ready;
    return OST_OK;
}

ost_result signing_spawn(const char *const *command, int *ret_fds, unsigned count, pid_t *ret_pid,
                         int *ret_control, signing_ready *ret_ready, ost_error *error)
{
    sockets s = {.count = count};
    pid_t pid = 0;
    int status;
    memset(s.control, -1, sizeof s.control);
    memset(s.channels, -1, sizeof s.channels);
    int code = make_sockets(&s) ? spawn(command, &s, &pid) : errno;
    if (code != 0) {
        close_end(&s, 0);
        close_end(&s, 1);
        return ost_error_set(error, OST_E_SYSTEM, "%s: %s", command[0], strerror(code));
    }
    bool given = give_channels(&s);
    close_end(&s, 1); /* so that its end is seen */
    ost_result result = given ? wait_until_ready(s.control[0], ret_ready, error)
                              : ost_error_set(error, OST_E_SYSTEM, "it ends at once");
    if (result != OST_OK) {
        close_end(&s, 0);
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        return result;
    }
    for (unsigned i = 0; i < count; i++)
        ret_fds[i] = s.channels[i][0];
    *ret_control = s.control[0];
    *ret_pid = pid;
    return OST_OK;
}
