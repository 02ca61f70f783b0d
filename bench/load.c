/* What comes in, from something that costs less than what it measures: so many requests over so many
 * connections, each with one under way.
 *
 *    load [OPTION...] KIND URL
 *
 *    inbound     KIND: what people write, as Twilio's signed webhook
 *    receipts    Twilio's signed webhook for each message that a sink notes (-N), once it is noted
 *    sendsms     a message for Kannel's sendsms
 *    opens       a link that somebody was sent, each from an address of its own; URL ends where the link begins (-l)
 *
 *    -n COUNT        requests (1000)
 *    -c CONNECTIONS  (64)
 *    -r RATE         requests a second; 0: as many as will go (0)
 *    -s SECRET       of the signatures
 *    -f FIRST        number (447400000000)
 *    -p PEOPLE       so many numbers, in turn (1000000)
 *    -i ID           of the first message (0)
 *    -N NOTES        a sink's file
 *    -l LINKS        a file with a link a line, in turn
 *
 * At a rate a request is late from the moment at which it was due, whether or not a connection was
 * free. Prints one JSON line: requests, ok, refused (503), failed, seconds, per_second, p50_ms,
 * p99_ms, max_ms, cpu_us_per_request. Exits with 1 when a request was answered otherwise than 2xx,
 * 303 or 503. */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "notes.h"

enum {
    REQUEST_BYTES = 2048,
    RESPONSE_BYTES = 8192,
    CONNECTIONS_MAX = 1024,
    EVENTS_MAX = 128,
    SLOWEST_US = 4 * 1000 * 1000, /* slower ones count as this */
    LOOK_NS = 1000 * 1000,        /* between looks at the notes */
    LINK_CHARS = 23,
    EXIT_USAGE = 2
};

enum kind { INBOUND, RECEIPTS, SENDSMS, OPENS };
static const char *const kinds[] = {"inbound", "receipts", "sendsms", "opens"};

struct connection {
    int fd;
    bool busy;
    uint64_t due_ns;
    size_t n;
    char bytes[RESPONSE_BYTES + 1];
};

struct load {
    enum kind kind;
    const char *url, *path, *secret, *host; /* host: as the header names it */
    struct sockaddr_in at;
    uint64_t count, rate, first, people, id;
    size_t connections;
    const struct notes *notes;
    const char *links; /* LINK_CHARS and a line's end each */
    size_t link_count;
    int epoll_fd, timer_fd;
    uint64_t began_ns, started, done, ok, refused;
    struct connection *all;
    uint32_t *slowness; /* requests, by µs */
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- a request ---- */

/* Of the URL and the parameters as they are signed: sorted, and names and values without anything
 * between. */
static void sign(const struct load *l, const char *text, char out[32])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    (void)HMAC(EVP_sha1(), l->secret, (int)strlen(l->secret), (const unsigned char *)text,
               strlen(text), mac, &n);
    (void)EVP_EncodeBlock((unsigned char *)out, mac, (int)n);
}

static int post(const struct load *l, const char *query, const char *signature, const char *body,
                char *out)
{
    return snprintf(
        out, REQUEST_BYTES,
        "POST %s%s HTTP/1.1\r\nHost: %s\r\nX-Twilio-Signature: %s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
        l->path, query, l->host, signature, strlen(body), body);
}

static int inbound(const struct load *l, uint64_t i, char *out)
{
    char text[REQUEST_BYTES], body[REQUEST_BYTES / 2], signature[32];
    unsigned long long number = l->first + i % l->people, id = l->id + i;
    (void)snprintf(text, sizeof text,
                   "%sAccountSidACtestBodyI will be there, nr "
                   "%lluFrom+%lluMessageSidSM%032llxNumMedia0To+447700900998",
                   l->url, id, number, id);
    sign(l, text, signature);
    (void)snprintf(body, sizeof body,
                   "MessageSid=SM%032llx&From=%%2B%llu&To=%%2B447700900998&Body=I+will+be+there%%"
                   "2C+nr+%llu&NumMedia=0&"
                   "AccountSid=ACtest",
                   id, number, id);
    return post(l, "", signature, body, out);
}

static int receipt(const struct load *l, uint64_t i, char *out)
{
    char text[REQUEST_BYTES], body[REQUEST_BYTES / 2], signature[32], query[8 + NOTES_REF_BYTES];
    const struct record *r = &l->notes->records[i];
    unsigned long long number = r->number;
    (void)snprintf(query, sizeof query, "?ref=%.*s", NOTES_REF_BYTES, r->ref);
    (void)snprintf(text, sizeof text,
                   "%s%sAccountSidACtestMessageSidSM%032llxMessageStatusdeliveredTo+%llu", l->url,
                   query, (unsigned long long)i, number);
    sign(l, text, signature);
    (void)snprintf(body, sizeof body,
                   "MessageSid=SM%032llx&MessageStatus=delivered&To=%%2B%llu&AccountSid=ACtest",
                   (unsigned long long)i, number);
    return post(l, query, signature, body, out);
}

static int sendsms(const struct load *l, uint64_t i, char *out)
{
    return snprintf(
        out, REQUEST_BYTES,
        "GET "
        "%s?username=muster&password=%s&to=%%2B%llu&from=%%2B447700900998&text=Hi+Ada%llu%%2C+the+"
        "meeting+in"
        "+Town7+is+on+Thursday+at+7.+Reply+STOP+to+opt+out HTTP/1.1\r\nHost: %s\r\n\r\n",
        l->path, l->secret, (unsigned long long)(l->first + i % l->people), (unsigned long long)i,
        l->host);
}

static int open_link(const struct load *l, uint64_t i, char *out)
{
    unsigned n = (unsigned)(l->id + i);
    return snprintf(
        out, REQUEST_BYTES,
        "GET %s%.*s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: 10.%u.%u.%u\r\nUser-Agent: "
        "Mozilla/5.0 "
        "(Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
        "Safari/537.36\r\nAccept: text/html\r\nAccept-Language: en-GB\r\n\r\n",
        l->path, LINK_CHARS, l->links + i % l->link_count * (LINK_CHARS + 1), l->host,
        n >> 16 & 255, n >> 8 & 255, n & 255);
}

static int request(const struct load *l, uint64_t i, char *out)
{
    switch (l->kind) {
    case INBOUND:
        return inbound(l, i, out);
    case RECEIPTS:
        return receipt(l, i, out);
    case SENDSMS:
        return sendsms(l, i, out);
    case OPENS:
        return open_link(l, i, out);
    }
    return 0;
}

/* ---- connections ---- */

static void open_connection(struct load *l, struct connection *c)
{
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    c->n = 0;
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&l->at, sizeof l->at) != 0)
        die("load: connect");
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0) die("load: fcntl");
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) != 0) die("load: epoll_ctl");
}

/* When the next request may leave; 0: there is none yet, or no more. */
static uint64_t next_due_ns(const struct load *l)
{
    if (l->started == l->count || (l->notes && l->started >= atomic_load(&l->notes->count)))
        return 0;
    return l->rate ? l->began_ns + l->started * 1000000000 / l->rate : 1;
}

static void start(struct load *l, struct connection *c, uint64_t due_ns)
{
    char bytes[REQUEST_BYTES];
    int n = request(l, l->started++, bytes);
    if (n <= 0 || n >= REQUEST_BYTES) die("load: a request is too long");
    c->busy = true;
    c->due_ns = due_ns;
    if (send(c->fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
        die("load: send"); /* small, and the socket is empty */
}

/* Gives a free connection what is due. */
static void offer(struct load *l, struct connection *c)
{
    uint64_t due_ns = c->busy ? 0 : next_due_ns(l), now = due_ns ? now_ns() : 0;
    if (due_ns && due_ns <= now) start(l, c, l->rate ? due_ns : now);
}

static void note(struct load *l, const struct connection *c, int status)
{
    uint64_t us = (now_ns() - c->due_ns) / 1000;
    l->slowness[us < SLOWEST_US ? us : SLOWEST_US]++;
    l->done++;
    l->ok += (status >= 200 && status <= 299) || status == 303;
    l->refused += status == 503;
}

static bool response_is_whole(struct connection *c)
{
    const char *end = strstr(c->bytes, "\r\n\r\n"),
               *length = strcasestr(c->bytes, "\r\ncontent-length:");
    if (!end) return false;
    size_t body_n = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return (size_t)(end + 4 - c->bytes) + body_n <= c->n;
}

static void on_readable(struct load *l, struct connection *c)
{
    ssize_t n = recv(c->fd, c->bytes + c->n, RESPONSE_BYTES - c->n, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) { /* the server closes connections that were idle, or as it answers */
        if (c->busy) note(l, c, 0);
        c->busy = false;
        (void)close(c->fd);
        open_connection(l, c);
    } else {
        c->n += (size_t)n;
        c->bytes[c->n] = '\0';
        if (!response_is_whole(c)) return;
        note(l, c, c->n > 12 ? atoi(c->bytes + 9) : 0);
        c->busy = false;
        c->n = 0;
    }
    offer(l, c);
}

/* ---- the run ---- */

static void wake_at(const struct load *l, uint64_t at_ns)
{
    const struct itimerspec when = {.it_value = {.tv_sec = (time_t)(at_ns / 1000000000),
                                                 .tv_nsec = (long)(at_ns % 1000000000)}};
    (void)timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void offer_all(struct load *l)
{
    for (size_t i = 0; i < l->connections; i++)
        offer(l, &l->all[i]);
    if (l->started == l->count) return;
    uint64_t due_ns = next_due_ns(l), now = now_ns();
    wake_at(l, due_ns > now ? due_ns : now + LOOK_NS);
}

static void run(struct load *l)
{
    struct epoll_event events[EVENTS_MAX];
    offer_all(l);
    while (l->done < l->count) {
        int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++) {
            uint64_t rings;
            if (events[i].data.ptr)
                on_readable(l, events[i].data.ptr);
            else if (read(l->timer_fd, &rings, sizeof rings) > 0)
                offer_all(l);
        }
    }
}

static double quantile_ms(const struct load *l, double q)
{
    uint64_t wanted = (uint64_t)((double)l->done * q), seen = 0;
    for (uint32_t us = 0; us <= SLOWEST_US; us++)
        if ((seen += l->slowness[us]) > wanted || seen == l->done) return us / 1000.0;
    return 0;
}

static void report(const struct load *l, double seconds)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    double cpu_us = 1e6 * (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
                    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
    printf("{\"requests\": %llu, \"ok\": %llu, \"refused\": %llu, \"failed\": %llu, \"seconds\": "
           "%.3f, "
           "\"per_second\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f, "
           "\"cpu_us_per_request\": %.2f}\n",
           (unsigned long long)l->done, (unsigned long long)l->ok, (unsigned long long)l->refused,
           (unsigned long long)(l->done - l->ok - l->refused), seconds, (double)l->done / seconds,
           quantile_ms(l, 0.5), quantile_ms(l, 0.99), quantile_ms(l, 1), cpu_us / (double)l->done);
}

/* ---- arguments ---- */

static bool read_url(struct load *l, const char *url)
{
    char host[64];
    const char *at = strstr(url, "://"), *path = at ? strchr(at + 3, '/') : NULL;
    const char *port = at ? strchr(at + 3, ':') : NULL;
    if (!path || !port || path - at - 3 >= (ptrdiff_t)sizeof host) return false;
    (void)snprintf(host, sizeof host, "%.*s", (int)(port - at - 3), at + 3);
    l->url = url;
    l->path = path;
    l->host = strndup(at + 3, (size_t)(path - at - 3));
    l->at =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port + 1))};
    return inet_pton(AF_INET, host, &l->at.sin_addr) == 1;
}

static bool read_kind(struct load *l, const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(word, kinds[i]) != 0) continue;
        l->kind = (enum kind)i;
        return (l->kind == RECEIPTS) == (l->notes != NULL) &&
               (l->kind == OPENS) == (l->links != NULL);
    }
    return false;
}

static const struct notes *open_notes(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct notes), PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) die(path);
    (void)close(fd);
    return p;
}

static const char *open_links(const char *path, size_t *ret_n)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0 || s.st_size < LINK_CHARS + 1) die(path);
    void *p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) die(path);
    (void)close(fd);
    *ret_n = (size_t)s.st_size / (LINK_CHARS + 1);
    return p;
}

static bool read_options(struct load *l, int argc, char **argv)
{
    for (int o; (o = getopt(argc, argv, "n:c:r:s:f:p:i:N:l:")) != -1;) {
        uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
        switch (o) {
        case 'n':
            l->count = number;
            break;
        case 'c':
            l->connections = number;
            break;
        case 'r':
            l->rate = number;
            break;
        case 's':
            l->secret = optarg;
            break;
        case 'f':
            l->first = number;
            break;
        case 'p':
            l->people = number;
            break;
        case 'i':
            l->id = number;
            break;
        case 'N':
            l->notes = open_notes(optarg);
            break;
        case 'l':
            l->links = open_links(optarg, &l->link_count);
            break;
        default:
            return false;
        }
    }
    return argc - optind == 2 && l->count && l->people && l->connections &&
           l->connections <= CONNECTIONS_MAX && read_kind(l, argv[optind]) &&
           read_url(l, argv[optind + 1]);
}

int main(int argc, char **argv)
{
    struct load l = {
        .count = 1000, .connections = 64, .secret = "", .first = 447400000000, .people = 1000000};
    if (!read_options(&l, argc, argv)) {
        (void)fprintf(
            stderr,
            "usage: load [-n COUNT] [-c CONNECTIONS] [-r RATE] [-s SECRET] [-f "
            "FIRST] [-p PEOPLE] [-i ID] "
            "[-N NOTES] [-l LINKS] inbound|receipts|sendsms|opens http://ADDRESS:PORT/PATH\n");
        return EXIT_USAGE;
    }
    l.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    l.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    l.all = calloc(l.connections, sizeof *l.all);
    l.slowness = calloc(SLOWEST_US + 1, sizeof *l.slowness);
    struct epoll_event ev = {.events = EPOLLIN};
    if (!l.all || !l.slowness || epoll_ctl(l.epoll_fd, EPOLL_CTL_ADD, l.timer_fd, &ev) != 0)
        die("load");
    for (size_t i = 0; i < l.connections; i++)
        open_connection(&l, &l.all[i]);
    l.began_ns = now_ns();
    run(&l);
    report(&l, (double)(now_ns() - l.began_ns) / 1e9);
    return l.done == l.ok + l.refused ? EXIT_SUCCESS : EXIT_FAILURE;
}
