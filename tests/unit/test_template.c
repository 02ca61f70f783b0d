/* The rules of Mustache, one case each, in our own words; then limits, errors and the list of
 * names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "core/template.h"
#include "core/json.h"

enum { PARTIALS_MAX = 3, OUT_BYTES_MAX = 64 * 1024 };

struct partial {
    const char *name, *source;
};

struct render_case {
    const char *what, *source, *data, *expected;
    struct partial partials[PARTIALS_MAX];
};

static int load_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)e;
    const struct partial *all = arg;
    for (size_t i = 0; i < PARTIALS_MAX && all[i].name; i++) {
        if (!slice_is(name, all[i].name)) continue;
        buf_add_cstr(source, all[i].source);
        return 0;
    }
    return ERR_NOT_FOUND;
}

static int render(const struct render_case *c, enum template_escape escape, struct buf *out,
                  struct err *e)
{
    struct template_loader loader = {load_partial, (void *)c->partials};
    struct template *t = NULL;
    json_t *data = json_loads(c->data, JSON_DECODE_ANY, NULL);
    assert_non_null(data);
    struct tvalue value = json_value(data);
    int rc = template_compile(slice_of(c->source), "case", &loader, &t, e);
    if (rc == 0) rc = template_render(t, &value, escape, out, e);
    template_free(t);
    json_decref(data);
    return rc;
}

static void check_cases(const struct render_case *cases, size_t n, enum template_escape escape)
{
    for (size_t i = 0; i < n; i++) {
        struct buf out = BUF_INIT(OUT_BYTES_MAX);
        struct err e = {0};
        int rc = render(&cases[i], escape, &out, &e);
        if (rc != 0 || !slice_is(buf_slice(&out), cases[i].expected))
            fail_msg("%s: rc %d %s\n  want [%s]\n  got  [%s]", cases[i].what, rc, e.text,
                     cases[i].expected, out.p ? out.p : "");
        buf_done(&out);
    }
}

static const struct render_case value_cases[] = {
    {"no tag", "Doors {open} at 7\n", "{}", "Doors {open} at 7\n", {{0}}},
    {"nothing at all", "", "{}", "", {{0}}},
    {"a value", "Hi {{name}}!", "{\"name\":\"Ada\"}", "Hi Ada!", {{0}}},
    {"escaped", "{{x}}", "{\"x\":\"a & b < c > d \\\"\"}", "a &amp; b &lt; c &gt; d &quot;", {{0}}},
    {"apostrophe", "{{x}}", "{\"x\":\"it's\"}", "it&#39;s", {{0}}},
    {"triple", "{{{x}}}", "{\"x\":\"<&>\"}", "<&>", {{0}}},
    {"triple and a brace", "{{{x}}}}", "{\"x\":\"<\"}", "<}", {{0}}},
    {"ampersand", "{{&x}}", "{\"x\":\"<&>\"}", "<&>", {{0}}},
    {"whole number", "{{n}} {{{n}}} {{&n}}", "{\"n\":85}", "85 85 85", {{0}}},
    {"negative and large",
     "{{a}} {{b}}",
     "{\"a\":-3,\"b\":9007199254740993}",
     "-3 9007199254740993",
     {{0}}},
    {"decimal", "{{n}} {{m}}", "{\"n\":1.210,\"m\":0.1}", "1.21 0.1", {{0}}},
    {"true and false", "{{t}} {{f}}", "{\"t\":true,\"f\":false}", "true false", {{0}}},
    {"null is nothing", "({{x}})({{{x}}})", "{\"x\":null}", "()()", {{0}}},
    {"missing is nothing", "({{x}})({{&x}})", "{}", "()()", {{0}}},
    {"a map or list is nothing", "({{m}})({{l}})", "{\"m\":{},\"l\":[1]}", "()()", {{0}}},
    {"dotted", "{{a.b}} {{a.c.d}}", "{\"a\":{\"b\":\"B\",\"c\":{\"d\":\"D\"}}}", "B D", {{0}}},
    {"broken chain", "({{a.b.c}})", "{\"a\":{}}", "()", {{0}}},
    {"a chain through a string", "({{a.b}})", "{\"a\":\"text\"}", "()", {{0}}},
    {"later parts only in the value",
     "({{a.b.c.n}})",
     "{\"a\":{\"b\":{}},\"c\":{\"n\":\"no\"}}",
     "()",
     {{0}}},
    {"first part in every context",
     "{{#a}}{{b.c}}{{/a}}",
     "{\"a\":{\"x\":1},\"b\":{\"c\":\"yes\"}}",
     "yes",
     {{0}}},
    {"nearest first part",
     "{{#a}}({{b.c}}){{/a}}",
     "{\"a\":{\"b\":{}},\"b\":{\"c\":1}}",
     "()",
     {{0}}},
    {"leading dot is here only",
     "{{#a}}({{.n}}){{/a}}{{#b}}({{.n}}){{/b}}",
     "{\"a\":{},\"b\":{\"n\":\"b\"},\"n\":\"no\"}",
     "()(b)",
     {{0}}},
    {"the data itself", "{{.}} {{{.}}} {{&.}}", "\"<\"", "&lt; < <", {{0}}},
    {"spaces around are kept",
     " | {{x}} | {{{x}}} | {{&x}} |",
     "{\"x\":\"-\"}",
     " | - | - | - |",
     {{0}}},
    {"alone on a line but no block",
     "  {{x}}\n {{{x}}}\n\t{{&x}}\n",
     "{\"x\":\"-\"}",
     "  -\n -\n\t-\n",
     {{0}}},
    {"padding inside", "{{ x }}{{{ x }}}{{& x }}{{\n x\n}}", "{\"x\":\"-\"}", "----", {{0}}},
    {"a name with a blank", "{{first name}}", "{\"first name\":\"Ada\"}", "Ada", {{0}}},
    {"not rendered twice", "{{x}}", "{\"x\":\"{{y}}\",\"y\":\"no\"}", "{{y}}", {{0}}},
    {"UTF-8", "{{größe}} → {{x}}", "{\"größe\":\"XL\",\"x\":\"🎉\"}", "XL → 🎉", {{0}}},
};

static const struct render_case section_cases[] = {
    {"true", "[{{#x}}yes{{/x}}]", "{\"x\":true}", "[yes]", {{0}}},
    {"false, null, missing",
     "[{{#f}}a{{/f}}{{#n}}b{{/n}}{{#m}}c{{/m}}]",
     "{\"f\":false,\"n\":null}",
     "[]",
     {{0}}},
    {"empty string is false", "[{{#x}}a{{/x}}{{^x}}b{{/x}}]", "{\"x\":\"\"}", "[b]", {{0}}},
    {"zero is true", "[{{#x}}{{.}}{{/x}}]", "{\"x\":0}", "[0]", {{0}}},
    {"empty map is true", "[{{#x}}a{{/x}}]", "{\"x\":{}}", "[a]", {{0}}},
    {"a map becomes the context",
     "{{#p}}{{n}} of {{t}}{{/p}}",
     "{\"p\":{\"n\":\"Ada\"},\"t\":\"York\"}",
     "Ada of York",
     {{0}}},
    {"inner names hide outer",
     "{{#p}}{{n}}{{/p}}{{n}}",
     "{\"p\":{\"n\":\"in\"},\"n\":\"out\"}",
     "inout",
     {{0}}},
    {"inner null hides outer",
     "{{#p}}({{n}}{{^n}}none{{/n}}){{/p}}",
     "{\"p\":{\"n\":null},\"n\":\"out\"}",
     "(none)",
     {{0}}},
    {"a string becomes the context",
     "{{#x}}{{.}} is {{x}}{{/x}}",
     "{\"x\":\"it\"}",
     "it is it",
     {{0}}},
    {"list", "{{#l}}{{n}},{{/l}}", "{\"l\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", "1,2,3,", {{0}}},
    {"empty list", "[{{#l}}a{{/l}}{{^l}}none{{/l}}]", "{\"l\":[]}", "[none]", {{0}}},
    {"iterator over strings, numbers, decimals",
     "{{#l}}({{.}}){{/l}}",
     "{\"l\":[\"a\",2,3.5]}",
     "(a)(2)(3.5)",
     {{0}}},
    {"iterator escapes", "{{#l}}{{.}}{{{.}}}{{&.}}{{/l}}", "{\"l\":[\"<\"]}", "&lt;<<", {{0}}},
    {"list of lists",
     "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}",
     "{\"l\":[[1,2],[\"a\"],[]]}",
     "(12)(a)()",
     {{0}}},
    {"the data is a list", "{{#.}}({{n}}){{/.}}", "[{\"n\":1},{\"n\":2}]", "(1)(2)", {{0}}},
    {"outer names within a list",
     "{{#l}}{{n}}{{o}} {{/l}}",
     "{\"l\":[{\"n\":1},{\"n\":2}],\"o\":\"!\"}",
     "1! 2! ",
     {{0}}},
    {"nested in depth",
     "{{#a}}{{#b}}{{#c}}{{x}}{{y}}{{z}}{{/c}}{{/b}}{{/a}}",
     "{\"a\":{\"x\":1},\"b\":{\"y\":2},\"c\":{\"z\":3}}",
     "123",
     {{0}}},
    {"same name inside", "{{#x}}a{{#x}}b{{/x}}c{{/x}}", "{\"x\":true}", "abc", {{0}}},
    {"same name inside, false", "|{{#x}}a{{#x}}b{{/x}}c{{/x}}|", "{\"x\":false}", "||", {{0}}},
    {"dotted",
     "{{#a.b}}yes{{/a.b}}{{^a.c}}no{{/a.c}}{{#a.c.d}}never{{/a.c.d}}",
     "{\"a\":{\"b\":true}}",
     "yesno",
     {{0}}},
    {"inverted",
     "[{{^f}}a{{/f}}{{^n}}b{{/n}}{{^m}}c{{/m}}{{^t}}d{{/t}}{{^l}}e{{/l}}]",
     "{\"f\":false,\"n\":null,\"t\":true,\"l\":[1]}",
     "[abc]",
     {{0}}},
    {"inverted keeps the context",
     "{{#p}}{{^no}}{{n}}{{/no}}{{/p}}",
     "{\"p\":{\"n\":\"Ada\"}}",
     "Ada",
     {{0}}},
    {"padding inside", "{{# x }}a{{/ x }}{{^ y }}b{{/ y}}", "{\"x\":true}", "ab", {{0}}},
    {"inline keeps blanks", " | {{#x}}\t|\t{{/x}} | \n", "{\"x\":true}", " | \t|\t | \n", {{0}}},
    {"indented inline", " {{#x}}A{{/x}}\n {{^y}}B{{/y}}\n", "{\"x\":true}", " A\n B\n", {{0}}},
    {"blanks within", " | {{#x}} {{! here }}\n {{/x}} | \n", "{\"x\":true}", " |  \n  | \n", {{0}}},
};

static const struct render_case line_cases[] = {
    {"standalone lines go", "a\n{{#x}}\nb\n{{/x}}\nc\n", "{\"x\":true}", "a\nb\nc\n", {{0}}},
    {"indented ones too", "a\n  {{#x}}\nb\n\t{{/x}}  \nc\n", "{\"x\":true}", "a\nb\nc\n", {{0}}},
    {"inverted too", "a\n {{^x}}\nb\n {{/x}}\nc\n", "{}", "a\nb\nc\n", {{0}}},
    {"a false block leaves no line", "a\n{{#x}}\nb\n{{/x}}\nc\n", "{}", "a\nc\n", {{0}}},
    {"CR LF", "a\r\n{{#x}}\r\nb\r\n{{/x}}\r\nc", "{\"x\":true}", "a\r\nb\r\nc", {{0}}},
    {"a lone CR is no line end", "{{#x}}\rb{{/x}}", "{\"x\":true}", "\rb", {{0}}},
    {"no line before", "  {{#x}}\n#{{/x}}\n/", "{\"x\":true}", "#\n/", {{0}}},
    {"no line after", "#{{#x}}\n/\n  {{/x}}", "{\"x\":true}", "#\n/\n", {{0}}},
    {"two tags are not alone", "{{#x}}{{/x}}\nb\n", "{\"x\":true}", "\nb\n", {{0}}},
    {"one after the other", "{{#x}}\n{{#x}}\nb\n{{/x}}\n{{/x}}\n", "{\"x\":true}", "b\n", {{0}}},
    {"comment inline", "a{{! b }}c", "{}", "ac", {{0}}},
    {"comment over lines", "a{{!\n b\n c\n}}d", "{}", "ad", {{0}}},
    {"comment alone", "a\n  {{! b }}\nc\n", "{}", "a\nc\n", {{0}}},
    {"comment alone over lines", "a\n  {{!\nb\n  }}\nc\n", "{}", "a\nc\n", {{0}}},
    {"comment alone without line ends", "  {{! a }}", "{}", "", {{0}}},
    {"comment behind text", "  12 {{! 34 }}\n", "{}", "  12 \n", {{0}}},
    {"two comments on a line", "{{! a }} {{! b }}\nc", "{}", " \nc", {{0}}},
    {"a comment that is a name", "({{! x }})", "{\"! x\":1,\"x\":2,\"!x\":3}", "()", {{0}}},
    {"delimiters", "{{=<% %>=}}<%x%> {{x}}", "{\"x\":\"1\"}", "1 {{x}}", {{0}}},
    {"delimiters of one character", "({{=[ ]=}}[x])", "{\"x\":\"1\"}", "(1)", {{0}}},
    {"the same twice", "{{=| |=}}|#x|a|/x||={{ }}=|{{x}}", "{\"x\":\"1\"}", "a1", {{0}}},
    {"raw with own delimiters", "{{=<% %>=}}<%&x%><%{x}%>", "{\"x\":\"<\"}", "<<", {{0}}},
    {"in sections, and after them",
     "{{#x}}a{{y}}|y|{{=| |=}}{{y}}|y|{{/x}}|/x||={{ }}=|{{y}}|y|",
     "{\"x\":true,\"y\":1}",
     "a1|y|{{y}}1{{/x}}1|y|",
     {{0}}},
    {"delimiters alone", "a\n  {{=@ @=}}  \nb\n", "{}", "a\nb\n", {{0}}},
    {"delimiters alone, CR LF", "|\r\n{{= @ @ =}}\r\n|", "{}", "|\r\n|", {{0}}},
    {"delimiters not alone", "| {{=@ @=}} |", "{}", "|  |", {{0}}},
    {"delimiters at the end", "=\n  {{=@ @=}}", "{}", "=\n", {{0}}},
};

static const struct render_case partial_cases[] = {
    {"inline", "[{{>p}}]", "{\"x\":1}", "[*1*]", {{"p", "*{{x}}*"}}},
    {"missing is empty", "[{{>p}}]", "{}", "[]", {{0}}},
    {"padding inside", "|{{> p }}|", "{}", "|-|", {{"p", "-"}}},
    {"in the context of the tag",
     "{{#l}}{{>p}}{{/l}}",
     "{\"l\":[{\"n\":1},{\"n\":2}]}",
     "<1><2>",
     {{"p", "<{{n}}>"}}},
    {"recursion over data",
     "{{>n}}",
     "{\"c\":\"X\",\"k\":[{\"c\":\"Y\",\"k\":[]}]}",
     "X<Y<>>",
     {{"n", "{{c}}<{{#k}}{{>n}}{{/k}}>"}}},
    {"one in the other",
     "{{>a}}",
     "{\"x\":1}",
     "*1 1!*",
     {{"a", "*{{x}} {{>b}}*"}, {"b", "{{x}}!"}}},
    {"delimiters stay in their source",
     "{{=| |=}}|>p| |>p| .{{x}}.",
     "{\"x\":1}",
     ".1. .1. .{{x}}.",
     {{"p", ".{{x}}."}}},
    {"delimiters of a partial stay there",
     "{{>p}} {{x}}|x|",
     "{\"x\":1}",
     "1 1|x|",
     {{"p", "{{=| |=}}|x|"}}},
    {"a name with a path", "{{>mail/foot.v2}}", "{}", "ok", {{"mail/foot.v2", "ok"}}},
    {"inline does not indent", "  {{x}}  {{>p}}\n", "{\"x\":1}", "  1  a\nb\n", {{"p", "a\nb"}}},
    {"alone, its line goes", "a\n{{>p}}\nb", "{}", "a\n-b", {{"p", "-"}}},
    {"alone with CR LF", "|\r\n{{>p}}\r\n|", "{}", "|\r\n>|", {{"p", ">"}}},
    {"alone, indents each line", "  {{>p}}\n>", "{}", "  a\n  b>", {{"p", "a\nb"}}},
    {"alone at the end", ">\n  {{>p}}", "{}", ">\n  a\n  b", {{"p", "a\nb"}}},
    {"no blanks after the last line",
     "\\\n {{>p}}\n/\n",
     "{}",
     "\\\n |\n |\n/\n",
     {{"p", "|\n|\n"}}},
    {"blank lines stay blank", " {{>p}}\n", "{}", " a\n\n b\n", {{"p", "a\n\nb\n"}}},
    {"values with lines are not indented",
     " {{>p}}\n",
     "{\"x\":\"1\\n2\"}",
     " 1\n2\n |\n",
     {{"p", "{{{x}}}\n|\n"}}},
    {"indentation adds up",
     " {{>a}}\n",
     "{}",
     " <\n   x\n   y\n >\n",
     {{"a", "<\n  {{>b}}\n>\n"}, {"b", "x\ny\n"}}},
    {"inline breaks the indentation",
     " {{>a}}\n",
     "{}",
     " (x\ny)\n",
     {{"a", "({{>b}})\n"}, {"b", "x\ny"}}},
    {"indented blocks",
     "  {{>p}}\n",
     "{\"l\":[1,2]}",
     "  a\n  - 1\n  - 2\n  b\n",
     {{"p", "a\n{{#l}}\n- {{.}}\n{{/l}}\nb\n"}}},
    {"indented inline sections",
     " {{>p}}\n",
     "{\"l\":[1,2]}",
     " 12\n .\n",
     {{"p", "{{#l}}{{.}}{{/l}}\n.\n"}}},
    {"a false section at a line's start", " {{>p}}\n", "{}", " b\n", {{"p", "{{#x}}a{{/x}}b\n"}}},
    {"a section that ends a line later",
     " {{>p}}\n",
     "{\"x\":1}",
     " a\n b\n",
     {{"p", "{{#x}}a\n{{/x}}b\n"}}},
    {"and is false", " {{>p}}\n", "{}", " b\n", {{"p", "{{#x}}a\n{{/x}}b\n"}}},
    {"a comment before text", " {{>p}}\n", "{}", "  b\n", {{"p", "{{! a }} b\n"}}},
};

static void test_values(void **state)
{
    (void)state;
    check_cases(value_cases, COUNT_OF(value_cases), TEMPLATE_ESCAPE_HTML);
}

static void test_sections(void **state)
{
    (void)state;
    check_cases(section_cases, COUNT_OF(section_cases), TEMPLATE_ESCAPE_HTML);
}

static void test_lines(void **state)
{
    (void)state;
    check_cases(line_cases, COUNT_OF(line_cases), TEMPLATE_ESCAPE_HTML);
}

static void test_partials(void **state)
{
    (void)state;
    check_cases(partial_cases, COUNT_OF(partial_cases), TEMPLATE_ESCAPE_HTML);
}

static void test_escapes(void **state)
{
    (void)state;
    static const char data[] = "{\"x\":\"a b/ü~'\\\"\\\\\\n\\u0001&\"}";
    const struct render_case none = {"none", "{{x}}", data, "a b/ü~'\"\\\n\001&", {{0}}};
    const struct render_case html = {
        "html", "{{x}}", data, "a b/ü~&#39;&quot;\\\n\001&amp;", {{0}}};
    const struct render_case url = {
        "url", "{{x}}{{&x}}", data, "a%20b%2F%C3%BC~%27%22%5C%0A%01%26a b/ü~'\"\\\n\001&", {{0}}};
    const struct render_case json = {"json", "{{x}}", data, "a b/ü~'\\\"\\\\\\n\\u0001&", {{0}}};
    check_cases(&none, 1, TEMPLATE_ESCAPE_NONE);
    check_cases(&html, 1, TEMPLATE_ESCAPE_HTML);
    check_cases(&url, 1, TEMPLATE_ESCAPE_URL);
    check_cases(&json, 1, TEMPLATE_ESCAPE_JSON);
    enum template_escape e = TEMPLATE_ESCAPE_NONE;
    assert_true(template_escape_from_string("url", &e));
    assert_string_equal(template_escape_to_string(e), "url");
    assert_false(template_escape_from_string("xml", &e));
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *source, *text;
        int code;
    } cases[] = {
        {"a\nb {{x", "case:2:3: this tag is never closed; add }}", ERR_SYNTAX},
        {"{{{x}}", "case:1:1: this tag is never closed; add }}}", ERR_SYNTAX},
        {"a\n\n é{{#x}} b", "case:3:3: section 'x' opened at line 3 is never closed; add {{/x}}",
         ERR_SYNTAX},
        {"{{=<% %>=}}<%#x%>", "case:1:12: section 'x' opened at line 1 is never closed; add <%/x%>",
         ERR_SYNTAX},
        {"{{#a}}\n{{/b}}{{/a}}",
         "case:2:1: '/b' comes while section 'a' opened at line 1 is still open; add {{/a}} before "
         "it",
         ERR_SYNTAX},
        {"x{{/b}}",
         "case:1:2: nothing is open that '/b' could close; remove it, or open the section with "
         "{{#b}}",
         ERR_SYNTAX},
        {"{{}}", "case:1:1: this tag has no name; write one or remove the tag", ERR_SYNTAX},
        {"{{a..b}}", "case:1:1: a dotted name has a part of no length; write it like a.b",
         ERR_SYNTAX},
        {"{{a.}}", "case:1:1: a dotted name has a part of no length; write it like a.b",
         ERR_SYNTAX},
        {"{{x\n{{y}}", "case:1:1: a name ends with its line; is this tag closed?", ERR_SYNTAX},
        {"{{=<%=}}",
         "case:1:1: these are no delimiters; write two, with a blank between and no '=', like "
         "{{=<% %>=}}",
         ERR_SYNTAX},
        {"{{=<% %>}}", "case:1:1: this tag is never closed; add =}}", ERR_SYNTAX},
        {"{{<p}}{{/p}}", "case:1:1: template inheritance is not supported; use a partial",
         ERR_SYNTAX},
        {"{{>*p}}", "case:1:1: dynamic partial names are not supported; name the partial itself",
         ERR_SYNTAX},
        {"{{>bad}}", "bad:2:1: this tag is never closed; add }}", ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct render_case c = {"", cases[i].source, "{}", "", {{"bad", "x\n{{y"}}};
        struct buf out = BUF_INIT(OUT_BYTES_MAX);
        struct err e = {0};
        assert_int_equal(render(&c, TEMPLATE_ESCAPE_NONE, &out, &e), cases[i].code);
        assert_string_equal(e.text, cases[i].text);
        buf_done(&out);
    }
}

static int load_broken(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg, (void)source;
    return err_set(e, ERR_REFUSED, "no '%.*s' today", SLICE_ARG(name));
}

static int load_endless(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg, (void)e;
    buf_addf(source, "{{>%.*sx}}", SLICE_ARG(name));
    return 0;
}

static void test_loader(void **state)
{
    (void)state;
    struct template *t = NULL;
    struct err e = {0};
    struct template_loader broken = {load_broken, NULL}, endless = {load_endless, NULL};
    assert_int_equal(template_compile(SLICE_LIT("{{>p}}"), "t", &broken, &t, &e), ERR_REFUSED);
    assert_string_equal(e.text, "no 'p' today");
    assert_int_equal(template_compile(SLICE_LIT("{{>p}}"), "t", &endless, &t, &e), ERR_SYNTAX);
    assert_null(t);
    assert_int_equal(template_compile(SLICE_LIT("a{{>p}}b"), "t", NULL, &t, &e), 0);
    template_free(t);
}

static void check_limit(const struct render_case *c, size_t bytes_max, const char *needle)
{
    struct buf out = BUF_INIT(bytes_max);
    struct err e = {0};
    assert_int_equal(render(c, TEMPLATE_ESCAPE_NONE, &out, &e), ERR_LIMIT);
    assert_non_null(strstr(e.text, needle));
    buf_done(&out);
}

static void test_limits(void **state)
{
    (void)state;
    const struct render_case full = {"", "12345{{x}}", "{\"x\":\"67890\"}", "", {{0}}};
    check_limit(&full, 9, "case: the text is longer than the 9 bytes it may have");
    const struct render_case itself = {"", "{{>p}}", "{}", "", {{"p", "{{>p}}"}}};
    check_limit(&itself, OUT_BYTES_MAX, "nest deeper than 500");
    const struct render_case twice = {
        "",
        "{{>p}}",
        "{\"a\":[1,2,3,4,5,6,7,8,9,10]}",
        "",
        {{"p", "{{#a}}{{>q}}{{/a}}"},
         {"q", "{{#a}}{{>r}}{{/a}}"},
         {"r", "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}"
               "{{/a}}{{/a}}{{/a}}"}}};
    check_limit(&twice, OUT_BYTES_MAX, "more than 10000000 steps");
    struct buf deep = BUF_INIT(OUT_BYTES_MAX);
    for (int i = 0; i <= TEMPLATE_SECTIONS_DEEP_MAX; i++)
        buf_add_cstr(&deep, "{{#x}}");
    const struct render_case nested = {"", deep.p, "{}", "", {{0}}};
    check_limit(&nested, OUT_BYTES_MAX, "more than 100 sections are open here");
    buf_done(&deep);
}

static void add_field(void *arg, struct slice name, unsigned uses)
{
    buf_addf(arg, "%.*s%s%s%s%s ", SLICE_ARG(name), uses & TEMPLATE_USE_PLAIN ? "+plain" : "",
             uses & TEMPLATE_USE_SECTION ? "+section" : "",
             uses & TEMPLATE_USE_GUARDED ? "+guarded" : "",
             uses & TEMPLATE_USE_WHOLE ? "+whole" : "");
}

static void test_fields(void **state)
{
    (void)state;
    struct partial partials[PARTIALS_MAX] = {{"foot", "{{org}}"}};
    struct template_loader loader = {load_partial, partials};
    struct template *t = NULL;
    struct slice source = SLICE_LIT(
        "{{a}}{{#b}}{{b}}{{.}}{{c.d}}{{/b}}{{&c.x}}{{^e}}{{e}}{{/e}}{{#f}}{{/f}}{{f}}{{>foot}}");
    assert_int_equal(template_compile(source, "t", &loader, &t, NULL), 0);
    struct buf names = BUF_INIT(1024);
    template_fields(t, NULL, add_field, &names);
    assert_string_equal(names.p,
                        "a+plain b+section+guarded c+plain e+plain+section f+plain+section "
                        "org+plain ");
    buf_done(&names);
    template_free(t);
}

static void names_of(const char *source, const struct template_map *map, const char *expected)
{
    struct template *t = NULL;
    struct buf names = BUF_INIT(1024);
    assert_int_equal(template_compile(slice_of(source), "t", NULL, &t, NULL), 0);
    template_fields(t, map, add_field, &names);
    assert_string_equal(names.p, expected);
    buf_done(&names);
    template_free(t);
}

/* What a map's members print is looked up under the map's own name. */
static void test_fields_of_a_map(void **state)
{
    (void)state;
    static const char *const members[] = {"place", "when"};
    const struct template_map map = {SLICE_LIT("near"), members, COUNT_OF(members)};
    names_of("{{near.place}} {{place}}", &map, "near+plain place+plain ");
    names_of("{{#near}}{{place}} {{near.when}} {{name}}{{/near}}", &map,
             "near+section+guarded name+plain ");
    names_of("{{^near}}{{place}}{{/near}}", &map, "near+section place+plain ");
    names_of("{{#near.when}}{{near.when}}{{/near.when}}", &map, "near+section+guarded ");
    names_of("{{near}} {{#near}}{{when}}{{near}}{{/near}}", &map, "near+section+guarded+whole ");
    names_of("{{near.plce}} {{near.when.hour}} {{#near.on}}{{/near.on}}", &map,
             "near.plce+plain near.when.hour+plain near.on+section ");
    names_of("{{#near}}{{place.x}}{{/near}}", &map, "near+section place+plain ");
    names_of("{{near.plce}}", NULL, "near+plain ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),  cmocka_unit_test(test_sections),
        cmocka_unit_test(test_lines),   cmocka_unit_test(test_partials),
        cmocka_unit_test(test_escapes), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_loader),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_fields_of_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
