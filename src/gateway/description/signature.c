/* Compiles `signature`: how the provider shows that a webhook is its own. */
#include "description.h"

static int compile_keys(const struct compiler *c, struct provider *p, const struct yaml_node *list)
{
    struct hooks_description *h = &p->hooks;
    size_t count = yaml_count(list);
    if (count == 0 || count >= COUNT_OF(h->keys))
        return yaml_error(c->doc, list, ERR_INVALID, c->e,
                          "expected a list of 1 to 4 account keys");
    for (size_t i = 0; i < COUNT_OF(h->keys); i++)
        h->keys[i] = -1;
    int code = 0;
    for (size_t i = 0; i < count && !code; i++)
        code = account_key_compile(c, p, yaml_at(list, i), &h->keys[i]);
    return code;
}

/* A word of a few; absent: the first of them. */
static int compile_word(const struct compiler *c, const struct yaml_node *n,
                        const char *const *words, size_t count, const char *are, int *ret)
{
    *ret = n ? slice_index(yaml_text(n), words, count) : 0;
    return *ret >= 0 ? 0 : yaml_error(c->doc, n, ERR_INVALID, c->e, "expected %s", are);
}

static int compile_part(const struct compiler *c, const struct yaml_node *n,
                        struct signed_part *ret)
{
    struct slice word = yaml_text(n);
    bool mapping = yaml_kind_of(n) == YAML_MAPPING && yaml_count(n) == 1;
    ret->kind = SIGNED_BODY;
    if (!mapping && slice_is(word, "body")) return 0;
    ret->kind = SIGNED_URL;
    if (!mapping && slice_is(word, "url")) return 0;
    ret->kind = mapping && slice_is(yaml_key_at(n, 0), "header") ? SIGNED_HEADER : SIGNED_TEXT;
    if (mapping && (ret->kind == SIGNED_HEADER || slice_is(yaml_key_at(n, 0), "text")))
        return compile_text(c, yaml_at(n, 0), &ret->text);
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "expected body, url, {header: NAME} or {text: \"…\"}");
}

static int compile_over(const struct compiler *c, struct hooks_description *h,
                        const struct yaml_node *list)
{
    h->over_n = list ? yaml_count(list) : 1;
    if (!list) h->over[0].kind = SIGNED_BODY;
    if (h->over_n == 0 || h->over_n > SIGNED_PARTS_MAX)
        return yaml_error(c->doc, list, ERR_INVALID, c->e, "expected a list of 1 to %d parts",
                          SIGNED_PARTS_MAX);
    int code = 0;
    for (size_t i = 0; list && i < h->over_n && !code; i++)
        code = compile_part(c, yaml_at(list, i), &h->over[i]);
    return code;
}

static int compile_hmac(const struct compiler *c, struct hooks_description *h,
                        const struct yaml_node *n)
{
    static const char *const digests[] = {
        [DIGEST_SHA256] = "sha256", [DIGEST_SHA1] = "sha1", [DIGEST_SHA512] = "sha512"};
    static const char *const encodings[] = {"hex", "base64"};
    const struct yaml_node *prefix = yaml_get(n, "prefix");
    int digest, encoding;
    int code = compile_word(c, yaml_get(n, "digest"), digests, COUNT_OF(digests),
                            "sha256, sha1 or sha512", &digest);
    if (!code)
        code = compile_word(c, yaml_get(n, "encoding"), encodings, COUNT_OF(encodings),
                            "hex or base64", &encoding);
    if (!code) code = compile_text(c, prefix, &h->hmac.prefix);
    if (code) return code;
    if (h->hmac.prefix.n > HMAC_PREFIX_BYTES_MAX)
        return yaml_error(c->doc, prefix, ERR_LIMIT, c->e, "expected at most %d bytes",
                          HMAC_PREFIX_BYTES_MAX);
    h->hmac.digest = (enum hmac_digest)digest;
    h->hmac.base64 = encoding == 1;
    return compile_over(c, h, yaml_get(n, "over"));
}

int signature_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const hmac_keys[] = {"scheme",   "header", "keys", "digest",
                                            "encoding", "prefix", "over", NULL};
    static const char *const other_keys[] = {"scheme", "header", "parameter", "keys", NULL};
    static const char *const schemes[] = {
        [SCHEME_TWILIO] = "twilio", [SCHEME_HMAC] = "hmac", [SCHEME_TOKEN] = "token"};
    const struct yaml_node *scheme = NULL, *name = NULL, *list = NULL;
    int code = compile_required(c, n, "scheme", &scheme);
    if (code) return code;
    int i = slice_index(yaml_text(scheme), schemes, COUNT_OF(schemes));
    if (i < 0)
        return yaml_error(c->doc, scheme, ERR_INVALID, c->e,
                          "a scheme is twilio, hmac or token (docs/PROVIDERS.md; what was meta is "
                          "hmac with prefix: \"sha256=\")");
    p->hooks.scheme = (enum signature_scheme)i;
    code = yaml_only_keys(c->doc, n, i == SCHEME_HMAC ? hmac_keys : other_keys, c->e);
    if (!code) code = compile_required(c, n, i == SCHEME_TOKEN ? "parameter" : "header", &name);
    if (!code) code = compile_text(c, name, &p->hooks.signature_name);
    if (!code) code = compile_required(c, n, "keys", &list);
    if (!code) code = compile_keys(c, p, list);
    return !code && i == SCHEME_HMAC ? compile_hmac(c, &p->hooks, n) : code;
}
