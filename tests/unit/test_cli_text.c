/* muster render and muster parts: what they print, where, and their exit codes. stdin, stdout and
 * stderr are files of the test while a command runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "cli/commands.h"

enum { OUT_BYTES_MAX = 64 * 1024, ARGS_MAX = 10 };

static char folder[] = "/tmp/muster-cli-text-XXXXXX";

struct outcome {
    int exit_code;
    struct buf out, err;
};

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static struct buf read_file(const char *name)
{
    struct buf text = BUF_INIT(OUT_BYTES_MAX);
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    char *to = buf_reserve(&text, OUT_BYTES_MAX);
    text.n = fread(to, 1, OUT_BYTES_MAX, f);
    text.p[text.n] = '\0';
    (void)fclose(f);
    return text;
}

/* Puts the file `name` in the place of the descriptor; returns what was there. */
static int redirect(int fd, const char *name, int flags)
{
    int before = dup(fd);
    int file = open(name, flags, 0600);
    assert_true(before >= 0 && file >= 0);
    assert_int_equal(dup2(file, fd), fd);
    (void)close(file);
    return before;
}

static void restore(int fd, int before)
{
    assert_int_equal(dup2(before, fd), fd);
    (void)close(before);
}

static struct outcome run(const struct verb_group *command, const char *input,
                          const char *const *args)
{
    char *argv[ARGS_MAX] = {NULL};
    int argc = 0;
    for (; args[argc]; argc++)
        argv[argc] = (char *)args[argc];
    write_file("stdin", input);
    (void)fflush(NULL);
    int in = redirect(0, "stdin", O_RDONLY);
    int out = redirect(1, "stdout", O_WRONLY | O_CREAT | O_TRUNC);
    int err = redirect(2, "stderr", O_WRONLY | O_CREAT | O_TRUNC);
    rewind(stdin);
    struct outcome o = {.exit_code = verb_group_run(command, argc, argv)};
    (void)fflush(NULL);
    restore(0, in);
    restore(1, out);
    restore(2, err);
    o.out = read_file("stdout");
    o.err = read_file("stderr");
    return o;
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* `err` is a part of what stderr must hold; with NULL it must be empty. */
static void expect(const struct verb_group *command, const char *input, const char *const *args,
                   int exit_code, const char *out, const char *err)
{
    struct outcome o = run(command, input, args);
    assert_int_equal(o.exit_code, exit_code);
    if (out) assert_string_equal(o.out.p, out);
    if (!err) assert_string_equal(o.err.p, "");
    if (err && !strstr(o.err.p, err)) fail_msg("stderr: %s", o.err.p);
    buf_done(&o.out);
    buf_done(&o.err);
}

static void test_render(void **state)
{
    (void)state;
    write_file("t", "Hi {{name}}{{> parts/foot}}{{>none}}\n");
    write_file("d.json", "{\"name\":\"A&B\",\"n\":1.210}");
    assert_int_equal(mkdir("p", 0700), 0);
    assert_int_equal(mkdir("p/parts", 0700), 0);
    write_file("p/parts/foot.mustache", ", {{n}}");
    expect(&render_group, "", ARGS("render", "t", "--data", "d.json", "--partials", "p"), 0,
           "Hi A&amp;B, 1.21\n", NULL);
    expect(&render_group, "", ARGS("render", "t", "--escape", "none", "--data", "d.json"), 0,
           "Hi A&B\n", NULL);
    expect(&render_group, "", ARGS("render", "t", "--escape", "url", "--data", "d.json"), 0,
           "Hi A%26B\n", NULL);
    expect(&render_group, "<{{name}}>", ARGS("render", "-", "--data", "d.json", "--json"), 0,
           "{\"text\":\"<A&amp;B>\"}\n", NULL);
    expect(&render_group, "\"x\"", ARGS("render", "t", "--data", "-"), 0, "Hi \n", NULL);
    expect(&render_group, "", ARGS("render", "-", "--data", "d.json"), 0, "", NULL);
}

static void test_render_refuses(void **state)
{
    (void)state;
    write_file("t", "Hi\n{{#a}}");
    write_file("ok", "{{>../t}}");
    write_file("d.json", "{\"a\":1,\n \"a\":2}");
    write_file("e.json", "{}");
    expect(&render_group, "", ARGS("render", "t", "--data", "e.json"), 1, "",
           "muster render: t:2:1: section 'a' opened at line 2 is never closed; add {{/a}}\n");
    expect(&render_group, "", ARGS("render", "no", "--data", "e.json"), 1, "",
           "no cannot be read: No such file");
    expect(&render_group, "", ARGS("render", ".", "--data", "e.json"), 1, "",
           ". cannot be read: Is a directory: name a file in it");
    expect(&render_group, "", ARGS("render", "ok", "--data", "no"), 1, "",
           "no cannot be read: No such file");
    expect(&render_group, "", ARGS("render", "ok", "--data", "d.json"), 1, "",
           "d.json:2:4: duplicate");
    expect(&render_group, "", ARGS("render", "ok", "--data", "e.json", "--partials", "p"), 1, "",
           "partial '../t' is outside of --partials p");
}

static void test_render_usage(void **state)
{
    (void)state;
    expect(&render_group, "", ARGS("render"), 2, "", "it wants TEMPLATE");
    expect(&render_group, "", ARGS("render", "t"), 2, "", "Add --data FILE.json");
    expect(&render_group, "", ARGS("render", "t", "--data"), 2, "",
           "--data wants FILE.json behind it");
    expect(&render_group, "", ARGS("render", "t", "--escape", "xml", "--data", "d"), 2, "",
           "not 'xml'");
    expect(&render_group, "", ARGS("render", "t", "u", "--data", "d"), 2, "",
           "'u' is one word too many");
    expect(&render_group, "", ARGS("render", "--what"), 2, "", "there is no option --what");
    expect(&render_group, "", ARGS("render", "-", "--data", "-"), 2, "", "both be stdin");
    expect(&render_group, "", ARGS("render", "--help"), 0, NULL, NULL);
}

static void test_parts(void **state)
{
    (void)state;
    expect(&parts_group, "Hi Sam\n", ARGS("parts"), 0,
           "{\"encoding\":\"GSM-7\",\"units\":7,\"parts\":1,\"per_part\":160,\"first_non_gsm\":"
           "null}\n",
           NULL);
    write_file("text", "It\u2019s on");
    expect(&parts_group, "", ARGS("parts", "text"), 0,
           "{\"encoding\":\"UCS-2\",\"units\":7,\"parts\":1,\"per_part\":70,\"first_non_gsm\":"
           "{\"char\":\"\u2019\",\"code_point\":\"U+2019\",\"offset\":2}}\n",
           NULL);
    expect(&parts_group, "", ARGS("parts", "--smart", "text", "--json"), 0,
           "{\"encoding\":\"GSM-7\",\"units\":7,\"parts\":1,\"per_part\":160,\"first_non_gsm\":"
           "null}\n",
           NULL);
    expect(&parts_group, "a\xFF", ARGS("parts", "-"), 0,
           "{\"encoding\":\"UCS-2\",\"units\":2,\"parts\":1,\"per_part\":70,\"first_non_gsm\":"
           "{\"char\":\"\uFFFD\",\"code_point\":\"U+FFFD\",\"offset\":1}}\n",
           NULL);
    expect(&parts_group, "", ARGS("parts"), 0, NULL, NULL);
    expect(&parts_group, "", ARGS("parts", "no"), 1, "",
           "muster parts: no cannot be read: No such file");
    expect(&parts_group, "", ARGS("parts", "--clever"), 2, "", "there is no option --clever");
    expect(&parts_group, "", ARGS("parts", "a", "b"), 2, "", "'b' is one word too many");
    expect(&parts_group, "", ARGS("parts", "--help"), 0, NULL, NULL);
}

static int enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const files[] = {"stdin",  "stdout", "stderr",
                                        "t",      "ok",     "text",
                                        "d.json", "e.json", "p/parts/foot.mustache"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)unlink(files[i]);
    (void)rmdir("p/parts");
    (void)rmdir("p");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_render_refuses),
        cmocka_unit_test(test_render_usage),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, enter_folder, remove_folder);
}
