/* SPDX-License-Identifier: Apache-2.0 */
/* Mails on their way to a server: what is no server or no address is refused, and one that is not
 * there, or hangs up at once, is told. tests/integration/test_mails.py has those that arrive. */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/array.h"
#include "base/text.h"
#include "net/net.h"
#include "test.h"

static const net_mail usual = {.host = "127.0.0.1",
                               .port = 9,
                               .security = NET_MAIL_INSECURE,
                               .from = "door@shop.example",
                               .to = "ann@shop.example",
                               .message = OST_TEXT_INIT("Subject: x\r\n\r\nx\r\n"),
                               .timeout_ms = 3000};

typedef struct seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned calls;
    ost_result result;
} seen;

static void note(const net_response *response, void *user)
{
    seen *s = user;
    pthread_mutex_lock(&s->lock);
    s->calls++;
    s->result = response->result;
    assert_non_null(response->detail);
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static ost_result send_and_wait(net_client *client, const net_mail *mail)
{
    seen s = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    ost_result result = net_send_mail(client, mail, note, &s, NULL);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&s.lock);
    while (s.calls == 0)
        pthread_cond_wait(&s.changed, &s.lock);
    pthread_mutex_unlock(&s.lock);
    assert_int_equal(s.calls, 1);
    return s.result;
}

static void what_could_not_be_a_command_is_refused(void **state)
{
    static const char *const bad[] = {NULL,    "",     "a b@x", "a@x\r\nRCPT TO:<b@x>", "a@x>",
                                      "<a@x>", "-a@x", "a@x\n", "a@x NOTIFY=NEVER"};
    static const char *const hosts[] = {NULL, "", "a/b", "a@b", "a b", "h\r\n", "h?x", "h#x"};
    net_client *client;
    (void)state;
    assert_int_equal(net_client_new(0, &client), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        net_mail to = usual, from = usual;
        to.to = from.from = bad[i];
        assert_int_equal(send_and_wait(client, &to), OST_E_ARGUMENT);
        assert_int_equal(send_and_wait(client, &from), OST_E_ARGUMENT);
    }
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        net_mail mail = usual;
        mail.host = hosts[i];
        assert_int_equal(send_and_wait(client, &mail), OST_E_ARGUMENT);
    }
    net_mail mail = usual;
    mail.port = 0;
    assert_int_equal(send_and_wait(client, &mail), OST_E_ARGUMENT);
    mail.port = 65536;
    assert_int_equal(send_and_wait(client, &mail), OST_E_ARGUMENT);
    net_client_free(client);
}

/* Accepts one connection, says a line, and hangs up. */
static void *hang_up(void *user)
{
    int listener = *(int *)user, connection = accept(listener, NULL, NULL);
    static const char line[] = "220 mail.test\r\n";
    if (connection >= 0) {
        (void)!write(connection, line, sizeof line - 1);
        close(connection);
    }
    return NULL;
}

static void a_server_that_is_gone_is_told(void **state)
{
    net_client *client;
    pthread_t thread;
    net_mail mail = usual;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    mail.port = ntohs(address.sin_port);
    assert_int_equal(net_client_new(0, &client), OST_OK);
    assert_int_equal(pthread_create(&thread, NULL, hang_up, &listener), 0);
    assert_int_equal(send_and_wait(client, &mail), OST_E_REMOTE);
    pthread_join(thread, NULL);
    close(listener);
    assert_int_equal(send_and_wait(client, &mail), OST_E_REMOTE);
    net_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_not_be_a_command_is_refused),
        cmocka_unit_test(a_server_that_is_gone_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
