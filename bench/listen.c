/* Members with the page open: so many streams of what happens (server-sent events), each of a member of their own, read and
 * counted by something that costs less than what it measures. A stream that ends is opened again, as a browser does.
 *
 *    listen COUNT TOKEN URL
 *
 * The i-th is asked for with the token TOKENi. Prints a line once all of them stand, runs until SIGTERM, then prints one JSON
 * line: streams, again (streams that were opened again), messages (comments and resets among them), resets, bytes, cpu_us. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, EVENTS_MAX = 64, COUNT_MAX = 1000, EXIT_USAGE = 2 };

struct stream {
    int fd, index;
    bool stands; /* something of it was read */
    char last;   /* byte */
};

struct listen {
    int epoll_fd, count, standing;
    const char *token, *host, *path;
    struct sockaddr_in at;
    uint64_t again, messages, resets, bytes;
};

static volatile sig_atomic_t is_over;

static void on_term(int number)
{
    (void)number;
    is_over = 1;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void open_stream(struct listen *l, struct stream *s)
{
    char request[1024];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s%d\r\n\r\n", l->path,
                     l->host, l->token, s->index);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || connect(s->fd, (const struct sockaddr *)&l->at, sizeof l->at) != 0 ||
        send(s->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
        die("listen: connect");
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = s};
    if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, s->fd, &ev) != 0) die("listen: epoll_ctl");
}

/* A message ends with an empty line. */
static void count(struct listen *l, struct stream *s, const char *bytes, size_t n)
{
    static const char reset[] = "event: reset";
    l->bytes += n;
    for (size_t i = 0; i < n; i++) {
        l->messages += s->last == '\n' && bytes[i] == '\n';
        s->last = bytes[i];
    }
    for (const char *p = bytes; (p = memmem(p, n - (size_t)(p - bytes), reset, strlen(reset))); p++)
        l->resets++;
}

static void on_readable(struct listen *l, struct stream *s)
{
    static char bytes[READ_BYTES];
    ssize_t n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        (void)close(s->fd);
        l->again++;
        open_stream(l, s);
        return;
    }
    if (!s->stands) {
        if (strncmp(bytes, "HTTP/1.1 200", 12) != 0) {
            (void)fprintf(stderr, "listen: %.*s\n", (int)n, bytes);
            exit(1);
        }
        if (++l->standing == l->count) {
            (void)puts("all stand");
            (void)fflush(stdout);
        }
    }
    s->stands = true;
    count(l, s, bytes, (size_t)n);
}

static void run(struct listen *l)
{
    struct epoll_event events[EVENTS_MAX];
    while (!is_over) {
        int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, 1000);
        for (int i = 0; i < n; i++)
            on_readable(l, events[i].data.ptr);
    }
}

static void report(const struct listen *l)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    double cpu_us = 1e6 * (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
                    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
    printf(
        "{\"streams\": %d, \"again\": %llu, \"messages\": %llu, \"resets\": %llu, \"bytes\": %llu, "
        "\"cpu_us\": %.0f}\n",
        l->standing, (unsigned long long)l->again, (unsigned long long)l->messages,
        (unsigned long long)l->resets, (unsigned long long)l->bytes, cpu_us);
}

static bool read_url(struct listen *l, const char *url)
{
    char address[64];
    const char *at = strstr(url, "://"), *path = at ? strchr(at + 3, '/') : NULL;
    const char *port = at ? strchr(at + 3, ':') : NULL;
    if (!path || !port || port > path || port - at - 3 >= (ptrdiff_t)sizeof address) return false;
    (void)snprintf(address, sizeof address, "%.*s", (int)(port - at - 3), at + 3);
    l->host = strndup(at + 3, (size_t)(path - at - 3));
    l->path = path;
    l->at =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port + 1))};
    return inet_pton(AF_INET, address, &l->at.sin_addr) == 1;
}

int main(int argc, char **argv)
{
    struct listen l = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    if (argc == 4) {
        l.count = atoi(argv[1]);
        l.token = argv[2];
    }
    if (argc != 4 || l.count < 1 || l.count > COUNT_MAX || !read_url(&l, argv[3])) {
        (void)fprintf(stderr, "usage: listen COUNT TOKEN http://ADDRESS:PORT/PATH\n");
        return EXIT_USAGE;
    }
    const struct sigaction term = {.sa_handler = on_term};
    struct stream *all = calloc((size_t)l.count, sizeof *all);
    if (!all || l.epoll_fd < 0 || sigaction(SIGTERM, &term, NULL) != 0) die("listen");
    for (int i = 0; i < l.count; i++) {
        all[i].index = i;
        open_stream(&l, &all[i]);
    }
    run(&l);
    report(&l);
    return EXIT_SUCCESS;
}
