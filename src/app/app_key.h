#pragma once
/* One secret, several uses: a key of its own for each. */
#include "config/config.h"

/* n: 16 to 64 bytes of it. The label says what it is for, and is no other use's. */
void app_key(const struct config *config, const char *label, unsigned char *key, size_t n);
