/* The ceiling: a bare libcurl multi loop on raw epoll that posts one form again and again, with
 * nothing of ours in it. What a dispatcher costs above this is what the dispatcher is to blame for.
 *
 * curl_loop URL REQUESTS IN_FLIGHT [HEADER…]
 * Prints one JSON line: requests, failed, seconds, per_second, cpu_us_per_request. Every
 * request has a recipient of its own. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

enum { FORM_BYTES = 512, EVENTS_MAX = 64, EXIT_USAGE = 2 };

static const char form_format[] =
    "To=%%2B4474%08ld&From=%%2B447700900000&StatusCallback=http%%3A%%2F%%2F127.0.0.1%%3A9%%2Fhooks%"
    "%2Fx"
    "&Body=Hello+friend%%2C+our+meeting+is+on+Thursday+at+7+in+the+town+hall.+Can+you+come%%3F";

struct slot {
    CURL *easy;
    char form[FORM_BYTES];
};

struct bench {
    CURLM *multi;
    int epoll_fd;
    long timeout_ms; /* -1 = none */
    long to_start, done, failed, total;
};

static double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static size_t swallow(char *p, size_t size, size_t n, void *arg)
{
    (void)p;
    (void)arg;
    return size * n;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct bench *b = arg;
    struct epoll_event ev = {.data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(b->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* may be closed already */
        return 0;
    }
    if (what & CURL_POLL_IN) ev.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) ev.events |= EPOLLOUT;
    if (epoll_ctl(b->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) != 0 &&
        errno == EEXIST)
        (void)epoll_ctl(b->epoll_fd, EPOLL_CTL_MOD, fd, &ev);
    (void)curl_multi_assign(b->multi, fd, b);
    return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    (void)multi;
    ((struct bench *)arg)->timeout_ms = timeout_ms;
    return 0;
}

/* Starts the next request on this handle, if one is left. */
static void start(struct bench *b, struct slot *s)
{
    if (b->to_start == 0) return;
    int n = snprintf(s->form, sizeof s->form, form_format, b->to_start--);
    (void)curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)n);
    (void)curl_multi_add_handle(b->multi, s->easy);
}

static void finish(struct bench *b, const CURLMsg *msg)
{
    struct slot *s = NULL;
    long status = 0;
    CURL *easy = msg->easy_handle;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&s);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    b->done++;
    bool fine = msg->data.result == CURLE_OK && status >= 200 && status <= 299;
    if (!fine && b->failed++ == 0)
        (void)fprintf(stderr, "curl_loop: the first failure: status %ld, %s\n", status,
                      curl_easy_strerror(msg->data.result));
    (void)curl_multi_remove_handle(b->multi, easy);
    start(b, s);
}

static void harvest(struct bench *b)
{
    const CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(b->multi, &left)))
        if (msg->msg == CURLMSG_DONE) finish(b, msg);
}

static void run(struct bench *b)
{
    struct epoll_event events[EVENTS_MAX];
    int running;
    while (b->done < b->total) {
        int n = epoll_wait(b->epoll_fd, events, EVENTS_MAX, (int)b->timeout_ms);
        if (n == 0) (void)curl_multi_socket_action(b->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        for (int i = 0; i < n; i++) {
            int what = (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) |
                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
            (void)curl_multi_socket_action(b->multi, events[i].data.fd, what, &running);
        }
        harvest(b);
    }
}

static CURL *easy_new(struct slot *s, const char *url, struct curl_slist *headers)
{
    CURL *easy = curl_easy_init();
    if (!easy) return NULL;
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, s->form);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, s);
    return easy;
}

static bool measure(struct bench *b, const char *url, struct curl_slist *headers, long in_flight)
{
    struct slot *slots = calloc((size_t)in_flight, sizeof *slots);
    bool fine = slots != NULL;
    for (long i = 0; fine && i < in_flight; i++) {
        slots[i].easy = easy_new(&slots[i], url, headers);
        fine = slots[i].easy != NULL;
    }
    double began = seconds_now(), cpu = cpu_seconds();
    for (long i = 0; fine && i < in_flight; i++)
        start(b, &slots[i]);
    if (fine) run(b);
    double took = seconds_now() - began;
    cpu = cpu_seconds() - cpu;
    for (long i = 0; slots && i < in_flight; i++)
        curl_easy_cleanup(slots[i].easy);
    free(slots);
    if (fine)
        printf("{\"requests\": %ld, \"failed\": %ld, \"seconds\": %.3f, \"per_second\": %.0f, "
               "\"cpu_us_per_request\": %.2f}\n",
               b->done, b->failed, took, (double)b->done / took, cpu * 1e6 / (double)b->done);
    return fine && b->failed == 0;
}

/* A whole number of at least 1, else 0. */
static long count_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    return *end == '\0' && n > 0 ? n : 0;
}

int main(int argc, char **argv)
{
    long requests = argc > 3 ? count_of(argv[2]) : 0, in_flight = argc > 3 ? count_of(argv[3]) : 0;
    struct curl_slist *headers = NULL;
    if (!requests || !in_flight) {
        (void)fprintf(stderr, "usage: curl_loop URL REQUESTS IN_FLIGHT [HEADER...]\n");
        return EXIT_USAGE;
    }
    (void)curl_global_init(CURL_GLOBAL_ALL);
    for (int i = 4; i < argc; i++)
        headers = curl_slist_append(headers, argv[i]);
    struct bench b = {.multi = curl_multi_init(),
                      .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
                      .timeout_ms = -1,
                      .to_start = requests,
                      .total = requests};
    (void)curl_multi_setopt(b.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(b.multi, CURLMOPT_SOCKETDATA, &b);
    (void)curl_multi_setopt(b.multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    (void)curl_multi_setopt(b.multi, CURLMOPT_TIMERDATA, &b);
    (void)curl_multi_setopt(b.multi, CURLMOPT_MAXCONNECTS, in_flight);
    bool fine = measure(&b, argv[1], headers, in_flight);
    (void)curl_multi_cleanup(b.multi);
    curl_slist_free_all(headers);
    (void)close(b.epoll_fd);
    curl_global_cleanup();
    if (!fine) (void)fprintf(stderr, "curl_loop: not every request got a 2xx\n");
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
