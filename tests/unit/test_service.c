#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/service.h"
#include "base/slice.h"

/* A service manager at that address; '@' begins an abstract one. */
static int listen_at(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(name);
    assert_true(n < sizeof at.sun_path);
    memcpy(at.sun_path, name, n);
    if (name[0] == '@') at.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, bytes), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    return fd;
}

static void assert_told(int fd, const char *text)
{
    char got[256] = "";
    ssize_t n = recv(fd, got, sizeof got - 1, 0);
    assert_int_equal(n, (ssize_t)strlen(text));
    assert_string_equal(got, text);
}

static void test_a_path_is_told(void **state)
{
    (void)state;
    char folder[] = "/tmp/muster-service.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/notify", folder);
    int fd = listen_at(path);
    service_tell("READY=1\nSTATUS=%s", "fine");
    assert_told(fd, "READY=1\nSTATUS=fine");
    (void)close(fd);
    (void)unlink(path);
    (void)rmdir(folder);
    service_tell("WATCHDOG=1"); /* nobody is there any more */
}

static void test_an_abstract_name_is_told(void **state)
{
    (void)state;
    char name[64];
    (void)snprintf(name, sizeof name, "@muster-service-%d", (int)getpid());
    int fd = listen_at(name);
    service_tell("STOPPING=1");
    assert_told(fd, "STOPPING=1");
    (void)close(fd);
}

static void test_nobody_is_told_without_an_address(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "/", "here", "vsock:2:1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(setenv("NOTIFY_SOCKET", bad[i], 1), 0);
        service_tell("READY=1");
    }
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    service_tell("READY=1");
}

static int64_t watchdog(const char *usec, const char *pid)
{
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
    if (usec) assert_int_equal(setenv("WATCHDOG_USEC", usec, 1), 0);
    if (pid) assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
    return service_watchdog_us();
}

static void test_the_watchdog_of_this_process(void **state)
{
    (void)state;
    char self[16], other[16];
    (void)snprintf(self, sizeof self, "%d", (int)getpid());
    (void)snprintf(other, sizeof other, "%d", (int)getpid() + 1);
    assert_int_equal(watchdog(NULL, NULL), 0);
    assert_int_equal(watchdog("30000000", NULL), 30000000);
    assert_int_equal(watchdog("30000000", self), 30000000);
    assert_int_equal(watchdog("30000000", other), 0);
    assert_int_equal(watchdog("30000000", "x"), 0);
    assert_int_equal(watchdog("-1", self), 0);
    assert_int_equal(watchdog("soon", self), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_is_told),
        cmocka_unit_test(test_an_abstract_name_is_told),
        cmocka_unit_test(test_nobody_is_told_without_an_address),
        cmocka_unit_test(test_the_watchdog_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
