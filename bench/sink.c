/* A gateway that costs next to nothing: takes what musterd sends in Twilio's shape (or the same in
 * the address of a GET), answers 201 at once, and notes who got which text when. The benches read
 * the notes while they are being made.
 *
 * sink FILE
 *
 * FILE is made, and mapped: struct notes (notes.h), a record for each request; how it answers can be
 * changed there. The time of a
 * request is the kernel's, when its last bytes arrived (SO_TIMESTAMPNS), told in CLOCK_MONOTONIC: a
 * sink that gets no CPU for a while must not see a burst that nobody sent. Runs until it is ended
 * by a signal. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "notes.h"

enum { BUFFER_BYTES = 8192, EVENTS_MAX = 256, BACKLOG = 1024, EXIT_USAGE = 2 };

/* Numbers from here on are answered as a provider does whose account was closed. */
static const uint64_t blocked_from = 447900000000;

struct connection {
    int fd;
    size_t n;
    char bytes[BUFFER_BYTES + 1];
};

struct sink {
    int epoll_fd, listener;
    struct notes *notes;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- a request ---- */

/* The value of a field of the form, and where it ends; NULL: it is not there. */
static const char *field(const char *body, const char *name, size_t *n)
{
    size_t name_n = strlen(name);
    for (const char *p = body; p; p = strchr(p, '&')) {
        if (*p == '&') p++;
        if (strncmp(p, name, name_n) != 0 || p[name_n] != '=') continue;
        p += name_n + 1;
        *n = strcspn(p, "& ");
        return p;
    }
    return NULL;
}

/* The digits of %2B4474… */
static uint64_t number_of(const char *body)
{
    size_t n = 0;
    const char *p = field(body, "To", &n);
    if (!p || n < 3) return 0;
    return strtoull(p[0] == '%' ? p + 3 : p, NULL, 10);
}

static uint64_t text_of(const char *body)
{
    size_t n = 0;
    const char *p = field(body, "Body", &n);
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; p && i < n; i++)
        hash = (hash ^ (unsigned char)p[i]) * 1099511628211U;
    return hash;
}

static void note_ref(struct record *r, const char *body)
{
    size_t n = 0;
    const char *p = field(body, "StatusCallback", &n);
    if (p && n >= NOTES_REF_BYTES) memcpy(r->ref, p + n - NOTES_REF_BYTES, NOTES_REF_BYTES);
}

static void note_word(struct record *r, const char *body)
{
    size_t n = 0;
    const char *p = field(body, "Body", &n);
    size_t word_n = p ? strcspn(p, "+%& ") : 0;
    if (p) memcpy(r->word, p, word_n < sizeof r->word ? word_n : sizeof r->word);
}

/* The way to a session, or to a pledge. */
static void note_link(struct record *r, const char *body)
{
    static const char *const ways[] = {"%2Fnear%2F", "%2Fpledge%2F"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *p = strstr(body, ways[i]);
        if (p && strlen(p += strlen(ways[i])) >= NOTES_LINK_BYTES)
            memcpy(r->link, p, NOTES_LINK_BYTES);
    }
}

static void answer(int fd, const char *status, const char *body)
{
    char all[512];
    int all_n =
        snprintf(all, sizeof all,
                 "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 status, strlen(body), body);
    /* Small, and the socket is empty: it fits, or the other side is gone. */
    (void)!send(fd, all, (size_t)all_n, MSG_NOSIGNAL);
}

static void answer_taken(int fd, uint64_t serial)
{
    char body[128];
    (void)snprintf(body, sizeof body,
                   "{\"sid\": \"SM%032llx\", \"status\": \"queued\", \"error_code\": null}",
                   (unsigned long long)serial);
    answer(fd, "201 Created", body);
}

static void answer_as_it_is(int fd, const struct record *r, uint64_t serial)
{
    if (r->mood == NOTES_CUTS)
        (void)shutdown(fd, SHUT_RDWR); /* its end is read, and the connection freed */
    else if (r->mood == NOTES_ERRORS)
        answer(fd, "500 Internal Server Error",
               "{\"code\": 20500, \"message\": \"Internal Server Error\"}");
    else if (r->number >= blocked_from)
        answer(fd, "401 Unauthorized", "{\"code\": 20005, \"message\": \"Account not active\"}");
    else
        answer_taken(fd, serial);
}

/* What became of a message: it does not tell. */
static bool is_question(const char *request)
{
    return strncmp(request, "GET ", 4) == 0 && strstr(request, "/Accounts/");
}

static void note(struct notes *notes, const char *body, uint64_t at_ns, int fd)
{
    uint64_t i = atomic_load_explicit(&notes->count, memory_order_relaxed);
    if (i == NOTES_MAX) {
        (void)fprintf(stderr, "sink: more than %d requests\n", NOTES_MAX);
        exit(1);
    }
    struct record *r = &notes->records[i];
    *r = (struct record){.at_ns = at_ns,
                         .number = number_of(body),
                         .text = text_of(body),
                         .mood = atomic_load(&notes->mood)};
    note_ref(r, body);
    note_word(r, body);
    note_link(r, body);
    atomic_store_explicit(&notes->count, i + 1, memory_order_release);
    answer_as_it_is(fd, r, i);
}

/* The length of the first whole request in the buffer, and its form (ended by a NUL or a blank):
 * the body, or what a GET says in its address; 0: there is none yet. */
static size_t whole_request(struct connection *c, char **form)
{
    char *end = strstr(c->bytes, "\r\n\r\n");
    if (!end) return 0;
    const char *length = strcasestr(c->bytes, "\r\ncontent-length:");
    size_t body_n = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    char *query = strncmp(c->bytes, "GET ", 4) == 0 ? strchr(c->bytes, '?') : NULL;
    *form = query && query < end ? query + 1 : end + 4;
    size_t all = (size_t)(end + 4 - c->bytes) + body_n;
    return all <= c->n ? all : 0;
}

/* ---- connections ---- */

static uint64_t arrival_ns(struct msghdr *m)
{
    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec t;
        memcpy(&t, CMSG_DATA(h), sizeof t);
        uint64_t wall = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
        return now_ns(CLOCK_MONOTONIC) - (now_ns(CLOCK_REALTIME) - wall);
    }
    return now_ns(CLOCK_MONOTONIC);
}

static void connection_free(struct connection *c)
{
    (void)close(c->fd);
    free(c);
}

static void on_readable(struct sink *s, struct connection *c)
{
    char control[64];
    struct iovec to = {.iov_base = c->bytes + c->n, .iov_len = BUFFER_BYTES - c->n};
    struct msghdr m = {
        .msg_iov = &to, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(c->fd, &m, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        connection_free(c);
        return;
    }
    c->n += (size_t)got;
    c->bytes[c->n] = '\0';
    uint64_t at_ns = arrival_ns(&m);
    char *body;
    for (size_t n; (n = whole_request(c, &body)) > 0;) {
        char after = c->bytes[n];
        c->bytes[n] = '\0';
        if (is_question(c->bytes))
            answer(c->fd, "404 Not Found", "{}");
        else
            note(s->notes, body, at_ns, c->fd);
        c->bytes[n] = after;
        memmove(c->bytes, c->bytes + n, c->n - n + 1);
        c->n -= n;
    }
    if (c->n == BUFFER_BYTES) connection_free(c);
}

static void watch(struct sink *s, int fd, void *what)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = what};
    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) die("sink: epoll_ctl");
}

static void on_connection(struct sink *s)
{
    int fd, on = 1;
    while ((fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = calloc(1, sizeof *c);
        if (!c) die("sink");
        c->fd = fd;
        watch(s, fd, c);
    }
}

static uint64_t open_listener(struct sink *s)
{
    int on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t at_n = sizeof at;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        setsockopt(s->listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
        bind(s->listener, (struct sockaddr *)&at, at_n) != 0 || listen(s->listener, BACKLOG) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &at_n) != 0)
        die("sink: listen");
    watch(s, s->listener, NULL);
    return ntohs(at.sin_port);
}

static struct notes *open_notes(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(struct notes)) != 0)
        die(path); /* sparse: what is used is stored */
    void *p = mmap(NULL, sizeof(struct notes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) die(path);
    (void)close(fd);
    return p;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: sink FILE\n");
        return EXIT_USAGE;
    }
    struct sink s = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    if (s.epoll_fd < 0) die("sink: epoll");
    s.notes = open_notes(argv[1]);
    atomic_store(&s.notes->port, open_listener(&s));
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int n = epoll_wait(s.epoll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                on_readable(&s, events[i].data.ptr);
            else
                on_connection(&s);
        }
    }
}
