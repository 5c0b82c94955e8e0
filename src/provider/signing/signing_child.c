/* SPDX-License-Identifier: Apache-2.0 */
/* The signing process; see signing_child.h. */
#include "provider/signing/signing_child.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/context.h"
#include "base/exit_status.h"
#include "base/text.h"
#include "base/thread.h"
#include "provider/signing/signing_keys.h"

/* One thread, with a socket and the memory for a packet in each direction. */
typedef struct channel {
    int fd;
    pthread_barrier_t *all; /* here: what a thread does when it starts is done */
    signing_keys *keys;
    unsigned char in[SIGNING_PACKET_MAX + 1], out[SIGNING_PACKET_MAX];
} channel;

/* Ends the process when the other side is gone, or says what it never says. */
static void *serve(void *data)
{
    channel *c = data;
    pthread_barrier_wait(c->all);
    for (;;) {
        size_t out_len = 0;
        ssize_t len = recv(c->fd, c->in, sizeof c->in, 0);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            _exit(EXIT_DONE);
        bool good = signing_keys_answer(c->keys, c->in, (size_t)len, c->out, &out_len);
        wipe(c->in, (size_t)len);
        if (!good || send(c->fd, c->out, out_len, MSG_NOSIGNAL) != (ssize_t)out_len)
            _exit(EXIT_FAILED);
    }
}

/* The channels come in one message on the control socket. */
static size_t receive_channels(int fds[SIGNING_CHANNELS])
{
    char byte, room[CMSG_SPACE(sizeof(int) * SIGNING_CHANNELS)];
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    ssize_t len = recvmsg(SIGNING_CONTROL, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = len == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (head == NULL || head->cmsg_type != SCM_RIGHTS || (message.msg_flags & MSG_CTRUNC) != 0)
        return 0;
    size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(head), count * sizeof(int));
    return count;
}

static ost_result start_threads(const int *fds, size_t count, signing_keys *keys)
{
    pthread_t thread;
    static pthread_barrier_t all;
    if (pthread_barrier_init(&all, NULL, (unsigned)count + 1) != 0)
        return OST_E_SYSTEM;
    for (size_t i = 0; i < count; i++) {
        channel *c = memory_alloc(sizeof *c);
        if (c == NULL)
            return OST_E_MEMORY;
        c->fd = fds[i];
        c->all = &all;
        c->keys = keys;
        if (!thread_start(&thread, "ostiary-signer", serve, c))
            return OST_E_SYSTEM;
        pthread_detach(thread);
    }
    pthread_barrier_wait(&all);
    return OST_OK;
}

/* What the cryptographic library reads or asks for once, it has before the door is closed. */
static ost_result warm_up(void)
{
    static const ost_alg algs[] = {OST_ES256, OST_EDDSA};
    ost_result result = OST_OK;
    for (size_t i = 0; i < 2 && result == OST_OK; i++) {
        ost_key *key;
        ost_text token;
        ost_arena *arena = ost_arena_new(1 << 16);
        result = ost_key_generate(algs[i], 0, NULL, &key, NULL);
        if (result == OST_OK) {
            result = ost_jws_sign(OST_TEXT("{}"), key, algs[i], NULL, arena, &token);
            ost_key_unref(key);
        }
        ost_arena_free(arena);
    }
    return result;
}

static ost_result begin(signing_jail *ret_jail)
{
    int fds[SIGNING_CHANNELS];
    signing_keys *keys = signing_keys_new();
    size_t count = receive_channels(fds);
    if (keys == NULL || count == 0) {
        signing_keys_free(keys);
        return count == 0 ? OST_E_ARGUMENT : OST_E_MEMORY;
    }
    ost_result result = signing_jail_prepare(ret_jail);
    if (result == OST_OK)
        result = warm_up();
    if (result == OST_OK)
        result = start_threads(fds, count, keys);
    return result == OST_OK ? signing_jail_close(ret_jail) : result;
}

int signing_child_run(void)
{
    signing_ready ready = {0};
    char byte;
    signal_ignore(SIGINT); /* it ends with the provider, and not before it */
    signal_ignore(SIGTERM);
    signal_ignore(SIGHUP);
    ready.result = begin(&ready.jail);
    if (send(SIGNING_CONTROL, &ready, sizeof ready, MSG_NOSIGNAL) != sizeof ready ||
        ready.result != OST_OK)
        return EXIT_FAILED;
    while (recv(SIGNING_CONTROL, &byte, 1, 0) < 0 && errno == EINTR)
        ;
    _exit(EXIT_DONE);
}
