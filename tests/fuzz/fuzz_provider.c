/* A provider's description, however broken, is compiled or refused with its place. */
#include "fuzz.h"

#include "gateway/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct provider *p = NULL;
    struct err e = {0};
    if (provider_parse(slice_make(data, n), "f.yaml", &p, &e))
        check(e.code < 0 && slice_starts(slice_of(e.text), "f.yaml:"));
    provider_free(p);
    return 0;
}
