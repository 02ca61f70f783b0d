/* Prints the requests that the shipped provider descriptions make, one JSON object a line, for
 * test_openapi.py. Usage: print_requests FOLDER_OF_DESCRIPTIONS */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/gateway.h"

#define SID "00000000000000000000000000000001"

static const struct gateway_pair TWILIO[] = {{"account_sid", "AC" SID}, {"auth_token", "12345"}};
static const struct gateway_pair TWILIO_SERVICE[] = {
    {"account_sid", "AC" SID}, {"auth_token", "12345"}, {"messaging_service_sid", "MG" SID}};
static const struct gateway_pair META[] = {{"phone_number_id", "106540352242922"},
                                           {"access_token", "EAA"},
                                           {"app_secret", "s"},
                                           {"verify_token", "v"}};

struct account {
    const char *provider, *channel;
    const struct gateway_pair *pairs;
    size_t count;
};

static const struct account ACCOUNTS[] = {
    {"twilio", "sms", TWILIO, COUNT_OF(TWILIO)},
    {"twilio", "sms", TWILIO_SERVICE, COUNT_OF(TWILIO_SERVICE)},
    {"twilio", "whatsapp", TWILIO, COUNT_OF(TWILIO)},
    {"whatsapp_cloud", "whatsapp", META, COUNT_OF(META)},
};

static _Noreturn void die(const char *text)
{
    (void)fprintf(stderr, "print_requests: %s\n", text);
    exit(1);
}

static void print_request(struct gateway *g, const struct account *a, const struct outgoing *msg)
{
    struct http_send send;
    struct err e = {0};
    if (gateway_build(g, msg, &send, &e)) die(e.text);
    json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:s%, s:[]}", "provider", a->provider, "channel",
                             a->channel, "method", send.method, "url", send.url, "body",
                             send.body.p ? send.body.p : "", send.body.n, "headers");
    if (!line) die("a request is not UTF-8");
    for (size_t i = 0; send.headers[i]; i++)
        json_array_append_new(json_object_get(line, "headers"), json_string(send.headers[i]));
    json_dumpf(line, stdout, JSON_COMPACT);
    (void)putchar('\n');
    json_decref(line);
}

static void print_messages(struct gateway *g, const struct account *a)
{
    static const struct outgoing_param params[] = {{.value = {"Ada \"A\"", 7}},
                                                   {.value = {"12:00", 5}}};
    static const struct outgoing_param named[] = {
        {.name = {"first_name", 10}, .value = {"Ada", 3}}};
    struct outgoing msg = {.to = SLICE_LIT("+447700900123"),
                           .from = SLICE_LIT("+447700900000"),
                           .text = SLICE_LIT("Hi & \"bye\"\n\xe2\x9d\xa4 {{x}} 100%+"),
                           .ref = SLICE_LIT("AAAAAQAAAAJbd2__yLltUQ"),
                           .validity_s = 1800};
    print_request(g, a, &msg);
    if (strcmp(a->channel, "whatsapp") != 0) return;
    msg.template_name =
        strcmp(a->provider, "twilio") == 0 ? SLICE_LIT("HX" SID) : SLICE_LIT("reminder");
    msg.template_language = SLICE_LIT("en_GB");
    print_request(g, a, &msg);
    msg.params = params;
    msg.param_count = COUNT_OF(params);
    print_request(g, a, &msg);
    msg.params = named;
    msg.param_count = COUNT_OF(named);
    print_request(g, a, &msg);
}

int main(int argc, char **argv)
{
    if (argc != 2) die("give the folder of the descriptions");
    for (size_t i = 0; i < COUNT_OF(ACCOUNTS); i++) {
        const struct account *a = &ACCOUNTS[i];
        struct gateway_config config = {.name = "gw",
                                        .channel = a->channel,
                                        .public_url = "https://muster.example",
                                        .account = a->pairs,
                                        .account_count = a->count};
        struct provider *p = NULL;
        struct gateway *g = NULL;
        struct err e = {0};
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s.yaml", argv[1], a->provider);
        if (provider_load(path, &p, &e) || gateway_new(p, &config, &g, &e)) die(e.text);
        print_messages(g, a);
        gateway_free(g);
        provider_free(p);
    }
    return 0;
}
