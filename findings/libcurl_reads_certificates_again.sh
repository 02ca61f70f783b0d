#!/usr/bin/env bash
# Debian 12's libcurl 7.88.1-10+deb12u15 (OpenSSL 3.0); seen on 28 November 2026.
#
# Guess:  since 7.87 a multi handle keeps the parsed certificates for a day (CURLOPT_CA_CACHE_TIMEOUT, 24 hours unless set), so that only the
#         first of its connections over TLS pays for them.
# Seen:   that holds only where all of them come out of one file. Debian's libcurl names a file and a folder (`capath`), so nothing is kept: each
#         connection reads and parses the whole bundle anew, some 25 ms of CPU beside 0.8 ms, in whichever thread drives the handle. The same with
#         a CURLOPT_CAINFO of one's own. With CURLOPT_CAPATH set to NULL the second connection needs the file no more: it may be gone.
# For us: CAPATH is NULL, and CAINFO is named (src/io/http_transfer.c). A gateway with 512 connections held up the loop for 12 s at its start.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
version=7.88.1-10+deb12u15
apt-get download -q "libcurl4=$version" "libcurl4-openssl-dev=$version" >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages libcurl4 and libcurl4-openssl-dev $version"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >look.c <<'C'
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t drop(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes, (void)arg;
    return size * n;
}

static CURLcode connect_once(CURLM *m, const char *url, const char *certificates, int without_folder)
{
    CURL *e = curl_easy_init();
    int running = 1, queued;
    curl_easy_setopt(e, CURLOPT_URL, url);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, 20000L);
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(e, CURLOPT_CAINFO, certificates);
    if (without_folder) curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    curl_multi_add_handle(m, e);
    while (running) {
        curl_multi_perform(m, &running);
        if (running) curl_multi_poll(m, NULL, 0, 1000, NULL);
    }
    CURLcode result = curl_multi_info_read(m, &queued)->data.result;
    curl_multi_remove_handle(m, e);
    curl_easy_cleanup(e);
    return result;
}

/* URL CERTIFICATES: a connection, then the certificates are renamed, then one more by the same multi handle. */
int main(int argc, char **argv)
{
    char away[256];
    if (argc < 3) return 2;
    snprintf(away, sizeof away, "%s.away", argv[2]);
    curl_global_init(CURL_GLOBAL_ALL);
    for (int without = 0; without < 2; without++) {
        CURLM *m = curl_multi_init();
        CURLcode first = connect_once(m, argv[1], argv[2], without);
        rename(argv[2], away);
        CURLcode second = connect_once(m, argv[1], argv[2], without);
        rename(away, argv[2]);
        printf("%s: %d, then %d\n", without ? "CAPATH NULL" : "as it comes", first, second);
        curl_multi_cleanup(m);
    }
    return 0;
}
C
lib=$(dirname "$(find root -name 'libcurl.so.4' | head -n 1)")
gcc -isystem root/usr/include/x86_64-linux-gnu -isystem "root/usr/include/$(uname -m)-linux-gnu" look.c -o look -L"$lib" -l:libcurl.so.4 -Wl,--allow-shlib-undefined
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificates.pem -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
cp certificates.pem server.pem
openssl s_server -accept 127.0.0.1:0 -key key.pem -cert server.pem -www >server.txt 2>&1 &
until port=$(sed -n 's/^ACCEPT 127.0.0.1:\([0-9]*\)$/\1/p' server.txt) && [[ $port ]]; do kill -0 $!; done
seen=$(LD_LIBRARY_PATH=$lib ./look "https://127.0.0.1:$port/" certificates.pem)
echo "$seen"
[[ $seen == "as it comes: 0, then 77
CAPATH NULL: 0, then 0" ]] || { echo "that is not what is written above"; exit 1; }
