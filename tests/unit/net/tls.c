/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against servers whose certificates are not what they should be. */

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "net/net.h"
#include "test.h"

/* ---- a server for one connection ---- */

typedef struct tls_server {
    SSL_CTX *context;
    int listener;
    unsigned port;
    char certificate[64]; /* a file */
    pthread_t thread;
} tls_server;

typedef struct certificate_kind {
    const char *name;  /* subject alternative name */
    long starts, ends; /* seconds from now */
    int version;       /* the highest that is spoken; 0: any */
} certificate_kind;

static X509 *make_certificate(EVP_PKEY *key, const certificate_kind *kind)
{
    X509 *x = X509_new();
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, kind->name);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), kind->starts);
    X509_gmtime_adj(X509_getm_notAfter(x), kind->ends);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static void *serve(void *user)
{
    tls_server *server = user;
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                 "Connection: close\r\n\r\n{}";
    char request[4096];
    int socket = accept(server->listener, NULL, NULL);
    SSL *ssl = SSL_new(server->context);
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
        SSL_write(ssl, answer, sizeof answer - 1);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    close(socket);
    return NULL;
}

static void start(tls_server *server, const certificate_kind *kind)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = make_certificate(key, kind);
    snprintf(server->certificate, sizeof server->certificate, "/tmp/ostiary-tls-XXXXXX");
    FILE *file = fdopen(mkstemp(server->certificate), "w");
    assert_int_equal(PEM_write_X509(file, x), 1);
    fclose(file);
    server->context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(server->context, 0); /* it may be as weak as it likes */
    SSL_CTX_set_max_proto_version(server->context, kind->version);
    assert_int_equal(SSL_CTX_use_certificate(server->context, x), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(server->context, key), 1);
    X509_free(x);
    EVP_PKEY_free(key);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(tls_server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
    SSL_CTX_free(server->context);
    unlink(server->certificate);
}

/* ---- the client ---- */

typedef struct outcome {
    sem_t ended;
    ost_result result;
    long status;
} outcome;

static void on_end(const net_response *response, void *user)
{
    outcome *seen = user;
    seen->result = response->result;
    seen->status = response->status;
    sem_post(&seen->ended);
}

/* What comes of fetching from a server with such a certificate, which is trusted or not. */
static ost_result fetch_from(const certificate_kind *kind, bool trusted)
{
    tls_server server = {0};
    outcome seen = {0};
    net_client *client;
    char url[64];
    sem_init(&seen.ended, 0, 0);
    start(&server, kind);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", server.port);
    const net_request request = {.url = url, .ca_file = trusted ? server.certificate : NULL};
    assert_int_equal(net_client_new(0, &client), OST_OK);
    assert_int_equal(net_fetch(client, &request, on_end, &seen, NULL), OST_OK);
    sem_wait(&seen.ended);
    net_client_free(client);
    stop(&server);
    sem_destroy(&seen.ended);
    if (seen.result == OST_OK)
        assert_int_equal(seen.status, 200);
    return seen.result;
}

static void a_trusted_certificate_is_accepted(void **state)
{
    const certificate_kind good = {"IP:127.0.0.1", -60, 3600, 0};
    const certificate_kind older = {"IP:127.0.0.1", -60, 3600, TLS1_2_VERSION};
    assert_int_equal(fetch_from(&good, true), OST_OK);
    assert_int_equal(fetch_from(&older, true), OST_OK);
}

static void others_are_not(void **state)
{
    const certificate_kind good = {"IP:127.0.0.1", -60, 3600, 0};
    const certificate_kind elsewhere = {"DNS:id.example.org,IP:127.0.0.2", -60, 3600, 0};
    const certificate_kind expired = {"IP:127.0.0.1", -3600, -60, 0};
    const certificate_kind early = {"IP:127.0.0.1", 600, 3600, 0};
    assert_int_equal(fetch_from(&good, false), OST_E_TLS);
    assert_int_equal(fetch_from(&elsewhere, true), OST_E_TLS);
    assert_int_equal(fetch_from(&expired, true), OST_E_TLS);
    assert_int_equal(fetch_from(&early, true), OST_E_TLS);
}

static void old_protocols_are_not_spoken(void **state)
{
    const certificate_kind old = {"IP:127.0.0.1", -60, 3600, TLS1_1_VERSION};
    assert_int_equal(fetch_from(&old, true), OST_E_TLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trusted_certificate_is_accepted),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(old_protocols_are_not_spoken),
    };
    signal(SIGPIPE, SIG_IGN); /* the server's own writes */
    return cmocka_run_group_tests_name("net-tls", tests, NULL, NULL);
}
