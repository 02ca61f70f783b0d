/* Reads lines "region|text" and answers each with "number country type", or "-". */
#include "io/phone.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
    char line[512];
    struct phone p;
    while (fgets(line, sizeof line, stdin)) {
        char *text = strchr(line, '|');
        if (!text) return 1;
        *text++ = '\0';
        size_t n = strcspn(text, "\n");
        if (phone_parse(text, n, line, &p))
            (void)printf("%llu %s %s%s%s\n", (unsigned long long)p.e164, p.country,
                         phone_type_to_string(p.type), p.drama ? " drama" : "",
                         p.ambiguous ? " ambiguous" : "");
        else
            (void)puts("-");
    }
    return 0;
}
