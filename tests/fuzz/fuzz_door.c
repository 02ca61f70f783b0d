/* What strangers and members send to the HTTP server, as bytes on a connection: request line,
 * headers, cookies, tokens, forms, the API's JSON. The true server, router, door keepers and
 * handlers read it; Redis is away, so that whatever got that far ends there. The first byte chooses
 * the way in: TCP, or the socket on which everybody is an organiser. No request ends the process,
 * and each answer is one. "TOKEN" in the input stands for a volunteer's token, which no fuzzer
 * would find. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/keywords.h"
#include "flow/launch.h"
#include "flow/outbox.h"
#include "flow/zone_book.h"
#include "io/redis.h"
#include "store/audience.h"
#include "store/campaign.h"
#include "store/direct.h"
#include "store/inbox.h"
#include "store/queue.h"
#include "store/suppress.h"
#include "web/web.h"

#define AWAY "unix:/nonexistent/redis.sock?db=0"
static const char token[] = "a-volunteers-token-0123";

static struct {
    struct loop *loop;
    struct redis *redis;
    struct queue *queue;
    struct store *store;
    struct inbox *inbox;
    struct outbox *outbox;
    struct web *web;
    char socket[64];
} world;

static void on_message(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    abort();
}

static void open_stores(void)
{
    struct err e;
    const struct redis_config redis = {.url = AWAY};
    const struct queue_config queue = {
        .kind = "redis", .consumer = "f", .group = "m", .redis = &redis, .prefix = "f:"};
    check(redis_new(world.loop, &redis, &world.redis, &e) == 0);
    check(queue_new(world.loop, &queue, on_message, NULL, &world.queue, &e) == 0);
    world.store = store_new(world.redis, "f:");
    world.inbox = inbox_new(world.store, world.loop);
    world.outbox = outbox_new(world.store, world.queue);
}

static void open_web(void)
{
    static const char *const senders[] = {"+447700900999"};
    static const struct account list[] = {{.name = "g",
                                           .provider = "kannel",
                                           .channel = "sms",
                                           .senders = senders,
                                           .sender_count = 1,
                                           .rate_per_s = 20,
                                           .price = {"GBP", 40000, true, NULL, 0}}};
    static const struct accounts accounts = {list, COUNT_OF(list)};
    static const char *const groups[] = {"main"};
    static const struct auth_member members[] = {{"Vic", token, ROLE_VOLUNTEER, groups, 1, false}};
    static struct launch_means means;
    means = (struct launch_means){.store = world.store,
                                  .accounts = &accounts,
                                  .keywords = keywords_new(),
                                  .zones = zone_book_new(),
                                  .organisation = "Us"};
    const struct web_config config = {
        .loop = world.loop,
        .redis = world.redis,
        .store = world.store,
        .inbox = world.inbox,
        .queue = world.queue,
        .outbox = world.outbox,
        .means = &means,
        .accounts = &accounts,
        .organisation = "Us",
        .country = "GB",
        .auth = {.secret = "of the house", .members = members, .count = COUNT_OF(members)},
    };
    struct err e;
    check(web_new(&config, &world.web, &e) == 0);
}

static void remove_socket(void)
{
    (void)unlink(world.socket);
}

/* Once: a run is many inputs. */
static void open_world(void)
{
    struct err e;
    char address[80];
    (void)snprintf(world.socket, sizeof world.socket, "/tmp/muster-fuzz-%d.sock", (int)getpid());
    (void)snprintf(address, sizeof address, "unix:%s", world.socket);
    world.loop = loop_new();
    open_stores();
    open_web();
    check(web_listen(world.web, "127.0.0.1:0", &e) == 0);
    check(web_listen(world.web, address, &e) == 0);
    (void)atexit(remove_socket);
}

static int connect_to(bool local)
{
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((uint16_t)web_port(world.web))};
    memcpy(path.sun_path, world.socket, sizeof world.socket);
    int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int r = local ? connect(fd, (void *)&path, sizeof path) : connect(fd, (void *)&tcp, sizeof tcp);
    check(fd >= 0 && (r == 0 || errno == EINPROGRESS));
    return fd;
}

static struct slice with_token(struct slice in, struct buf *out)
{
    const char *at;
    while (in.n >= 5 && (at = memmem(in.p, in.n, "TOKEN", 5)) != NULL) {
        buf_add(out, in.p, (size_t)(at - in.p));
        buf_add_cstr(out, token);
        in = slice_from(in, (size_t)(at - in.p) + 5);
    }
    buf_add_slice(out, in);
    return buf_slice(out);
}

/* What came back, or nothing: half a request gets no answer. */
static void see_answer(int fd)
{
    static char answer[1 << 16];
    ssize_t n = 0;
    for (int turns = 0; turns < 20 && n <= 0; turns++) {
        loop_turn(world.loop, 0);
        n = recv(fd, answer, sizeof answer, 0);
    }
    if (n <= 0) return;
    struct slice text = slice_make(answer, (size_t)n);
    check(slice_starts(text, "HTTP/1.1 ") || slice_starts(text, "HTTP/1.0 "));
    check(n > 12 && memcmp(answer + 9, "500", 3) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 1 << 16) return 0;
    if (!world.loop) open_world();
    struct buf text = BUF_INIT(1 << 20);
    struct slice request = with_token(slice_make(data + 1, n - 1), &text);
    struct linger at_once = {.l_onoff = 1};
    int fd = connect_to(data[0] % 2);
    if (!request.n || send(fd, request.p, request.n, MSG_NOSIGNAL) > 0) see_answer(fd);
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
    loop_turn(world.loop, 0);
    buf_done(&text);
    return 0;
}
