#!/usr/bin/env bash
# Debian 12's libmicrohttpd 0.9.75-6; seen on 27 November 2026.
#
# Guess:  its post processor reads any multipart/form-data that RFC 7578 and 2045 allow, and says when it cannot: parameters of
#         Content-Type in any order and any case, names as a quoted text or as a token.
# Seen:   with a parameter behind the boundary ("boundary=…; charset=UTF-8") the rest of the line is taken as the boundary:
#         all of the body is passed over, the processor says yes to each piece and to the end, and no field ever comes. Charset
#         first, boundary second: all is well. "Boundary=" with a capital: no processor at all. name=f without quotes: the value
#         comes, of a field without a name.
# For us: an upload without a field is an error that says so, never an empty list.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q libmicrohttpd12=0.9.75-6 libmicrohttpd-dev=0.9.75-6 >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages libmicrohttpd12 and libmicrohttpd-dev"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >look.c <<'C'
#include <microhttpd.h>
#include <stdio.h>
#include <unistd.h>

static enum MHD_Result field(void *cls, enum MHD_ValueKind kind, const char *key, const char *file, const char *type, const char *encoding,
                             const char *data, uint64_t at, size_t n)
{
    (void)cls, (void)kind, (void)file, (void)type, (void)encoding, (void)at;
    printf(" %s=%.*s", key ? key : "(no name)", (int)n, data);
    return MHD_YES;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                              const char *body, size_t *n, void **state)
{
    static int begun;
    (void)cls, (void)method, (void)version;
    if (!*state) {
        *state = &begun;
        struct MHD_PostProcessor *pp = MHD_create_post_processor(c, 1024, field, NULL);
        printf("%s:%s", url + 1, pp ? "" : " none");
        if (pp) *state = pp;
        return MHD_YES;
    }
    struct MHD_PostProcessor *pp = *state == &begun ? NULL : *state;
    if (*n) {
        if (pp) printf(" %s", MHD_post_process(pp, body, *n) == MHD_YES ? "yes" : "no");
        *n = 0;
        return MHD_YES;
    }
    printf("%s\n", pp ? MHD_destroy_post_processor(pp) == MHD_YES ? " yes" : " no" : "");
    fflush(stdout);
    struct MHD_Response *r = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result done = MHD_queue_response(c, 204, r);
    MHD_destroy_response(r);
    return done;
}

int main(void)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR,
                                            (struct sockaddr *)&loopback, MHD_OPTION_END);
    FILE *port = fopen("port", "w");
    fprintf(port, "%d\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fclose(port);
    pause();
}
C
sed -i '1i #include <arpa/inet.h>' look.c
libs=root/usr/lib/x86_64-linux-gnu
gcc -Iroot/usr/include look.c -o look -L$libs -lmicrohttpd
LD_LIBRARY_PATH=$libs ./look >seen &
for _ in {1..100}; do
    if [[ -s port ]]; then break; fi
    sleep 0.05
done
post() { # a name, the Content-Type, the name of the field as it is written
    printf -- '--line-of-the-form\r\nContent-Disposition: form-data; name=%s\r\n\r\nhello\r\n--line-of-the-form--\r\n' "$3" |
        curl -s -H "Content-Type: $2" --data-binary @- "http://127.0.0.1:$(cat port)/$1"
}
post plain 'multipart/form-data; boundary=line-of-the-form' '"f"'
post behind 'multipart/form-data; boundary=line-of-the-form; charset=UTF-8' '"f"'
post before 'multipart/form-data; charset=UTF-8; boundary=line-of-the-form' '"f"'
post capital 'multipart/form-data; Boundary=line-of-the-form' '"f"'
post token 'multipart/form-data; boundary=line-of-the-form' f
wanted='plain: f=hello yes yes
behind: yes yes
before: f=hello yes yes
capital: none
token: (no name)=hello yes yes'
cat seen
[[ $(cat seen) == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
