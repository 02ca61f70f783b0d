#include "app_key.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"

void app_key(const struct config *config, const char *label, unsigned char *key, size_t n)
{
    size_t secret = strlen(config->secret);
    if (secret > crypto_generichash_KEYBYTES_MAX) secret = crypto_generichash_KEYBYTES_MAX;
    check(crypto_generichash(key, n, (const unsigned char *)label, strlen(label),
                             (const unsigned char *)config->secret, secret) == 0);
}
