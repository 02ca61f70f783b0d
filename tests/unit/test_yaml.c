#include "io/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

static struct yaml_doc *parse(const char *text)
{
    struct yaml_doc *d = NULL;
    struct err e = {0};
    if (yaml_parse(slice_of(text), "t.yaml", &d, &e)) fail_msg("%s", e.text);
    return d;
}

/* The text must be refused with an error that starts with `place` and holds `word`. */
static void refused(struct slice text, const char *place, const char *word)
{
    struct yaml_doc *d = NULL;
    struct err e = {0};
    int code = yaml_parse(text, "t.yaml", &d, &e);
    if (code >= 0) fail_msg("'%.*s' was accepted", SLICE_ARG(text));
    assert_null(d);
    assert_int_equal(code, e.code);
    if (strncmp(e.text, place, strlen(place)) != 0 || !strstr(e.text, word))
        fail_msg("expected '%s … %s', got '%s'", place, word, e.text);
}

static void refused_text(const char *text, const char *place, const char *word)
{
    refused(slice_of(text), place, word);
}

static void test_tree(void **state)
{
    (void)state;
    struct yaml_doc *d = parse("listen: 127.0.0.1:8080\nroles: [dispatch, web]\n"
                               "gateways:\n  a: {rate: 20}\n  b:\n    rate: '30'\n");
    const struct yaml_node *root = yaml_root(d);
    assert_int_equal(yaml_kind_of(root), YAML_MAPPING);
    assert_int_equal(yaml_count(root), 3);
    assert_true(slice_is(yaml_key_at(root, 1), "roles"));
    assert_true(slice_is(yaml_text(yaml_get(root, "listen")), "127.0.0.1:8080"));
    const struct yaml_node *roles = yaml_get(root, "roles");
    assert_int_equal(yaml_kind_of(roles), YAML_SEQUENCE);
    assert_true(slice_is(yaml_text(yaml_at(roles, 1)), "web"));
    assert_null(yaml_at(roles, 2));
    const struct yaml_node *b = yaml_get(yaml_get(root, "gateways"), "b");
    assert_false(yaml_is_plain(yaml_get(b, "rate")));
    assert_true(slice_is(yaml_text(yaml_get(b, "rate")), "30"));
    yaml_doc_free(d);
}

static void test_positions(void **state)
{
    (void)state;
    struct yaml_doc *d = parse("a: 1\nb:\n  c: [x, y]\n");
    const struct yaml_node *c = yaml_get(yaml_get(yaml_root(d), "b"), "c");
    const struct yaml_node *y = yaml_at(c, 1);
    assert_int_equal(yaml_line(y), 3);
    assert_int_equal(yaml_column(y), 10);
    assert_int_equal(yaml_line(yaml_key_node_at(yaml_root(d), 1)), 2);
    struct err e = {0};
    assert_int_equal(yaml_error(d, y, ERR_INVALID, &e, "bad '%s'", "y"), ERR_INVALID);
    assert_string_equal(e.text, "t.yaml:3:10: bad 'y'");
    yaml_doc_free(d);
}

static void test_nulls_are_fine(void **state)
{
    (void)state;
    assert_int_equal(yaml_kind_of(NULL), YAML_SCALAR);
    assert_int_equal(yaml_count(NULL), 0);
    assert_null(yaml_at(NULL, 0));
    assert_null(yaml_get(NULL, "x"));
    assert_int_equal(yaml_text(NULL).n, 0);
    assert_true(yaml_is_null(NULL));
    assert_int_equal(yaml_key_at(NULL, 0).n, 0);
    yaml_doc_free(NULL);
}

static void test_empty_and_null(void **state)
{
    (void)state;
    const char *empty[] = {"", "# only a remark\n", "---\n", "---\n...\n"};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        struct yaml_doc *d = parse(empty[i]);
        assert_null(yaml_root(d));
        yaml_doc_free(d);
    }
    struct yaml_doc *d = parse("a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\n");
    for (size_t i = 0; i < 3; i++)
        assert_true(yaml_is_null(yaml_at(yaml_root(d), i)));
    assert_false(yaml_is_null(yaml_get(yaml_root(d), "d")));
    assert_false(yaml_is_null(yaml_get(yaml_root(d), "e")));
    yaml_doc_free(d);
}

static void test_refused(void **state)
{
    (void)state;
    refused_text("a: &x 1\nb: 2\n", "t.yaml:1:4: ", "anchors and aliases");
    refused_text("a: 1\nb: *x\n", "t.yaml:2:4: ", "anchors and aliases");
    refused_text("*x : 1\n", "t.yaml:1:1: ", "anchors and aliases");
    refused_text("a: &x {b: 1}\n", "t.yaml:1:4: ", "anchors");
    refused_text("a: 1\n\tb: 2\n", "t.yaml:2:1: ", "; indent with spaces");
    refused_text("a: 1\nb\nc: 2\n", "t.yaml:2:1: ", "; a line says `key: value`");
    refused_text("a: 1\nb: \"x\nc: 2\n", "t.yaml:2:4: ", "; the quote that begins here");
    refused_text("a: b: c\n", "t.yaml:1:5: ", "; quote a value with ': '");
    refused_text("a: 1\n b: 2\n", "t.yaml:2:3: ", "in one column");
    refused_text("a: \"\\q\"\n", "t.yaml:1:5: ", "; write the backslash twice");
    refused_text("  a: 1\nb: 2\n", "t.yaml:2:1: ", "; begin keys");
    refused_text("a: 'it's'\n", "t.yaml:1:8: ", "quote a value from end to end");
    refused_text("a: - b\n", "t.yaml:1:4: ", "; a list begins");
    refused_text("a: !!int 1\n", "t.yaml:1:4: ", "tags");
    refused_text("a: ! x\n", "t.yaml:1:4: ", "tags");
    refused_text("a: 1\nb: 2\na: 3\n",
                 "t.yaml:3:1: ", "'a' stands here a second time (first in line 1)");
    refused_text("x:\n  {a: 1, 'a': 2}\n", "t.yaml:2:10: ", "second time");
    refused_text("a: 1\n---\nb: 2\n", "t.yaml:2:1: ", "second document");
    refused_text("a: [1, 2\nb: 3\n", "t.yaml:2:", "");
    refused_text("{a: b: c}\n", "t.yaml:1:", "");
    refused_text("[a, b]: 1\n", "t.yaml:1:1: ", "a key must be");
    refused_text("a:\n\t- b\n", "t.yaml:2:1: ", "indent with spaces");
    refused_text("a: \"\\0\"\n", "t.yaml:1:4: ", "zero byte");
    refused_text("a: x\001y\n", "t.yaml:1:5: ", "control characters");
    refused(SLICE_LIT("a: 1\nb: \xc3\xa9\xff\n"), "t.yaml:2:5: ", "not UTF-8");
    refused(SLICE_LIT("\xff\xfe"
                      "a\0:\0"),
            "t.yaml:1:1: ", "not UTF-8");
}

static void test_depth(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(4096);
    for (int i = 0; i < YAML_DEPTH_MAX; i++)
        buf_add_char(&text, '[');
    for (int i = 0; i < YAML_DEPTH_MAX; i++)
        buf_add_char(&text, ']');
    yaml_doc_free(parse(text.p));
    buf_clear(&text);
    for (int i = 0; i < 2000; i++)
        buf_add_char(&text, '[');
    refused(buf_slice(&text), "t.yaml:1:33: ", "too deeply");
    buf_done(&text);
}

static void test_too_many_nodes(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 20);
    buf_add_char(&text, '[');
    for (int i = 0; i < YAML_NODES_MAX; i++)
        buf_add_cstr(&text, "1,");
    buf_add_char(&text, ']');
    refused(buf_slice(&text), "t.yaml:1:", "too many values");
    buf_done(&text);
}

static void wrong(int code, const struct err *e, const char *text)
{
    assert_int_equal(code, ERR_INVALID);
    assert_string_equal(e->text, text);
}

static void test_typed_reads(void **state)
{
    (void)state;
    struct yaml_doc *d =
        parse("t: true\nf: False\ny: yes\nn: -12\nx: fast\nr: 0.5\ne: 1e3\nh: 0x10\nl: [1]\n"
              "big: 99999999999999999999\nempty:\n");
    const struct yaml_node *root = yaml_root(d);
    struct err e = {0};
    bool b = false;
    int64_t i = 0;
    double f = 0;
    assert_int_equal(yaml_bool(d, yaml_get(root, "t"), &b, &e), 0);
    assert_true(b);
    assert_int_equal(yaml_bool(d, yaml_get(root, "f"), &b, &e), 0);
    assert_false(b);
    wrong(yaml_bool(d, yaml_get(root, "y"), &b, &e), &e,
          "t.yaml:3:4: expected true or false, not 'yes'");
    assert_int_equal(yaml_int(d, yaml_get(root, "n"), -20, 20, &i, &e), 0);
    assert_int_equal(i, -12);
    wrong(yaml_int(d, yaml_get(root, "n"), 1, 20, &i, &e), &e,
          "t.yaml:4:4: expected a whole number from 1 to 20, not '-12'");
    wrong(yaml_int(d, yaml_get(root, "x"), 1, 20, &i, &e), &e,
          "t.yaml:5:4: expected a whole number from 1 to 20, not 'fast'");
    assert_true(yaml_int(d, yaml_get(root, "big"), 0, INT64_MAX, &i, &e) < 0);
    wrong(yaml_int(d, yaml_get(root, "l"), 1, 9, &i, &e), &e,
          "t.yaml:9:4: expected a whole number from 1 to 9, not a list");
    assert_int_equal(i, -12); /* untouched by failures */
    assert_int_equal(yaml_double(d, yaml_get(root, "r"), 0, 1, &f, &e), 0);
    assert_true(f == 0.5);
    assert_int_equal(yaml_double(d, yaml_get(root, "e"), 0, 1e6, &f, &e), 0);
    assert_true(f == 1000);
    assert_true(yaml_double(d, yaml_get(root, "h"), 0, 100, &f, &e) < 0);
    assert_true(yaml_double(d, yaml_get(root, "empty"), 0, 100, &f, &e) < 0);
    yaml_doc_free(d);
}

static void test_only_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"listen", "rate_per_s", "secret", NULL};
    struct err e = {0};
    struct yaml_doc *d = parse("listen: a\nrate_per_sec: 3\n");
    wrong(yaml_only_keys(d, yaml_root(d), keys, &e), &e,
          "t.yaml:2:1: unknown key 'rate_per_sec'; did you mean 'rate_per_s'?");
    yaml_doc_free(d);
    d = parse("zzz: 1\n");
    wrong(yaml_only_keys(d, yaml_root(d), keys, &e), &e,
          "t.yaml:1:1: unknown key 'zzz'; known here: listen, rate_per_s, secret");
    yaml_doc_free(d);
    d = parse("secret: 1\n");
    assert_int_equal(yaml_only_keys(d, yaml_root(d), keys, &e), 0);
    assert_int_equal(yaml_only_keys(d, NULL, keys, &e), 0);
    assert_true(yaml_only_keys(d, yaml_get(yaml_root(d), "secret"), keys, &e) < 0);
    yaml_doc_free(d);
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    struct yaml_doc *d = parse("\xEF\xBB\xBF"
                               "a: 1\r\nb: 2\r\n");
    assert_true(slice_is(yaml_text(yaml_get(yaml_root(d), "b")), "2"));
    yaml_doc_free(d);
    refused_text("\xEF\xBB\xBF"
                 "a: 1\na: 2\n",
                 "t.yaml:2:1:", "keep one");
}

static void test_load(void **state)
{
    (void)state;
    struct yaml_doc *d = NULL;
    struct err e = {0};
    assert_int_equal(yaml_load("/nonexistent/x.yaml", &d, &e), ERR_NOT_FOUND);
    assert_string_equal(
        e.text, "/nonexistent/x.yaml cannot be read: No such file or directory: see that its "
                "name and its folder are right");
    assert_true(yaml_load("/", &d, &e) < 0);
    char path[] = "/tmp/test_yaml_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, "a: 1\n", 5) == 5);
    close(fd);
    assert_int_equal(yaml_load(path, &d, &e), 0);
    assert_string_equal(yaml_name(d), path);
    assert_true(slice_is(yaml_text(yaml_get(yaml_root(d), "a")), "1"));
    yaml_doc_free(d);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_nulls_are_fine),
        cmocka_unit_test(test_empty_and_null),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_too_many_nodes),
        cmocka_unit_test(test_typed_reads),
        cmocka_unit_test(test_only_keys),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_byte_order_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
