#include "redis_tls.h"

#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct redis_tls {
    SSL_CTX *context;
};

struct redis_tls_stream {
    SSL *ssl;
};

/* OpenSSL's own words for the last failure. */
static const char *reason(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *text = code ? ERR_reason_error_string(code) : NULL;
    return text ? text : "connection closed";
}

static bool is_given(const char *file)
{
    return file && *file;
}

static int use_files(SSL_CTX *c, const struct redis_tls_files *f, struct err *e)
{
    if (is_given(f->ca) ? SSL_CTX_load_verify_locations(c, f->ca, NULL) != 1
                        : SSL_CTX_set_default_verify_paths(c) != 1)
        return err_set(e, ERR_INVALID, "ca_file %s: %s", f->ca ? f->ca : "", reason());
    if (is_given(f->cert) && SSL_CTX_use_certificate_chain_file(c, f->cert) != 1)
        return err_set(e, ERR_INVALID, "cert_file %s: %s", f->cert, reason());
    if (is_given(f->key) && SSL_CTX_use_PrivateKey_file(c, f->key, SSL_FILETYPE_PEM) != 1)
        return err_set(e, ERR_INVALID, "key_file %s: %s", f->key, reason());
    return 0;
}

int redis_tls_new(const struct redis_tls_files *files, struct redis_tls **ret, struct err *e)
{
    SSL_CTX *c = SSL_CTX_new(TLS_client_method());
    check(c);
    ERR_clear_error();
    (void)SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    (void)SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION);
    (void)SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
    int rc = use_files(c, files, e);
    if (rc < 0) {
        SSL_CTX_free(c);
        return rc;
    }
    *ret = xcalloc(1, sizeof **ret);
    (*ret)->context = c;
    return 0;
}

void redis_tls_free(struct redis_tls *t)
{
    if (!t) return;
    SSL_CTX_free(t->context);
    free(t);
}

static bool is_address(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

struct redis_tls_stream *redis_tls_begin(struct redis_tls *t, int fd, const char *host)
{
    struct redis_tls_stream *s = xcalloc(1, sizeof *s);
    s->ssl = SSL_new(t->context);
    check(s->ssl && SSL_set_fd(s->ssl, fd) == 1);
    if (is_address(host)) {
        (void)X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), host);
    } else {
        (void)SSL_set1_host(s->ssl, host);
        (void)SSL_set_tlsext_host_name(s->ssl, host);
    }
    SSL_set_connect_state(s->ssl);
    return s;
}

void redis_tls_end(struct redis_tls_stream *s)
{
    if (!s) return;
    SSL_free(s->ssl);
    free(s);
}

static int wants(const struct redis_tls_stream *s, int result)
{
    switch (SSL_get_error(s->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return REDIS_TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return REDIS_TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        return REDIS_TLS_FAILED;
    }
}

int redis_tls_shake(struct redis_tls_stream *s, char *why, size_t n)
{
    ERR_clear_error();
    int result = SSL_do_handshake(s->ssl);
    if (result == 1) return 0;
    int wanted = wants(s, result);
    if (wanted == REDIS_TLS_WANTS_READ || wanted == REDIS_TLS_WANTS_WRITE) return wanted;
    long verdict = SSL_get_verify_result(s->ssl);
    if (verdict != X509_V_OK)
        (void)snprintf(why, n, "TLS: its certificate will not do: %s",
                       X509_verify_cert_error_string(verdict));
    else
        (void)snprintf(why, n, "TLS: %s", reason());
    return REDIS_TLS_FAILED;
}

long redis_tls_read(struct redis_tls_stream *s, void *to, size_t n)
{
    ERR_clear_error();
    int got = SSL_read(s->ssl, to, (int)n);
    return got > 0 ? got : wants(s, got);
}

long redis_tls_write(struct redis_tls_stream *s, const void *from, size_t n)
{
    enum { STEP_BYTES_MAX = 1 << 30 };
    ERR_clear_error();
    int put = SSL_write(s->ssl, from, n > STEP_BYTES_MAX ? STEP_BYTES_MAX : (int)n);
    return put > 0 ? put : wants(s, put);
}

bool redis_tls_has_more(const struct redis_tls_stream *s)
{
    return SSL_pending(s->ssl) > 0;
}
