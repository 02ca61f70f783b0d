"""An OpenAPI document as a test needs it: its operations, values that fit a schema or nearly do, and what a response is worth."""
import copy
import re
import string

import jsonschema

try:
    from re import _parser as regex
except ImportError:  # before Python 3.11
    import sre_parse as regex

ODD = ["", " ", "null", "0", "-1", "1e9", "../..", "%00", "a\u0000b", "\u202eabc", "😀" * 40, "x" * 5000, "'\"<>&;", "{{x}}", "+44"]


class Document:
    def __init__(self, tree):
        self.tree = tree
        schemas = tree["components"]["schemas"]
        self.definitions = {name: self.moved(s) for name, s in schemas.items()}
        self.definitions.update({name + "!": self.closed(s) for name, s in schemas.items()})

    def moved(self, schema):
        """References as jsonschema finds them."""
        if isinstance(schema, dict):
            return {k: v.replace("#/components/schemas/", "#/$defs/") if k == "$ref" else self.moved(v)
                    for k, v in schema.items()}
        return [self.moved(v) for v in schema] if isinstance(schema, list) else schema

    def closed(self, schema, part=False):
        """The same for a response, in which nothing may stand that the document does not name. part: of an allOf, whose other
        parts have properties, too."""
        if isinstance(schema, list):
            return [self.closed(v) for v in schema]
        if not isinstance(schema, dict):
            return schema
        out = {}
        for key, value in schema.items():
            if key == "$ref":
                out[key] = value.replace("#/components/schemas/", "#/$defs/") + ("" if part else "!")
            elif key == "allOf":
                out[key] = [self.closed(v, True) for v in value]
            elif key in ("properties", "$defs"):
                out[key] = {name: self.closed(v) for name, v in value.items()}
            else:
                out[key] = self.closed(value) if key in ("items", "anyOf", "oneOf", "additionalProperties", "propertyNames") else value
        if not part and ("properties" in out or "allOf" in out) and "additionalProperties" not in out:
            out["unevaluatedProperties"] = False
        return out

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            path = node["$ref"].removeprefix("#/").split("/")
            at = self.tree
            for part in path:
                at = at[part]
            node = at
        return node

    def validator(self, schema, closed=False):
        whole = dict((self.closed if closed else self.moved)(schema), **{"$defs": self.definitions})
        return jsonschema.Draft202012Validator(whole)

    def operations(self):
        for path, methods in self.tree["paths"].items():
            for method, operation in methods.items():
                yield Operation(self, path, method.upper(), operation)

    def flat(self, schema):
        """One schema in place of references and allOf."""
        schema = dict(self.resolve(schema))
        for part in schema.pop("allOf", []):
            part = self.flat(part)
            for key, value in part.items():
                if key == "properties":
                    schema["properties"] = {**value, **schema.get("properties", {})}
                elif key == "required":
                    schema["required"] = schema.get("required", []) + value
                elif key != "additionalProperties":
                    schema.setdefault(key, value)
        return schema


class Operation:
    def __init__(self, document, path, method, tree):
        self.document, self.path, self.method, self.tree = document, path, method, tree
        self.name = f"{method} {path}"
        self.parameters = [document.resolve(p) for p in tree.get("parameters", [])]
        body = document.resolve(tree.get("requestBody", {})).get("content", {})
        self.body = body.get("application/json", {}).get("schema")
        self.body_types = list(body)
        self.validators = {}

    def problems(self, status, kind, value):
        """What is wrong with a response; nothing when it stands in the document. value: JSON, or None where it is none."""
        response = self.document.resolve(self.tree["responses"].get(str(status)))
        if response is None:
            return [f"status {status} is not in the document"]
        kinds = response.get("content", {})
        if not kinds:
            return []
        if kind not in kinds:
            return [f"status {status} has the type {kind!r} and not {list(kinds)}"]
        if "json" not in kind:
            return []
        if (status, kind) not in self.validators:
            self.validators[status, kind] = self.document.validator(kinds[kind]["schema"], closed=True)
        errors = self.validators[status, kind].iter_errors(value)
        return [f"status {status}: {e.json_path}: {e.message[:200]}" for e in errors][:3]


class Values:
    """Values by a schema; `known` gives what exists, by the name of a property or parameter."""

    def __init__(self, document, random, known):
        self.document, self.random, self.known = document, random, known

    def good(self, schema, name="", depth=0):
        r, schema = self.random, self.document.flat(schema)
        if name in self.known and r.random() < 0.8:
            return copy.deepcopy(r.choice(self.known[name]))
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self.good(r.choice(schema[word]), name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return r.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = r.choice(kind) if isinstance(kind, list) else kind
        return getattr(self, "good_" + kind)(schema, depth)

    def good_null(self, schema, depth):
        return None

    def good_boolean(self, schema, depth):
        return self.random.random() < 0.5

    def good_integer(self, schema, depth):
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**31)
        return self.random.choice([low, high, min(low + 1, high), self.random.randint(low, min(high, low + 5))])

    good_number = good_integer

    def good_string(self, schema, depth):
        r = self.random
        if schema.get("format") == "date-time":
            return r.choice(["2031-05-01T10:00:00Z", "2031-05-01T10:00:00+02:00", "2001-01-01T00:00:00Z"])
        if "pattern" in schema:
            return self.fitting(regex.parse(schema["pattern"]))
        low, high = schema.get("minLength", 0), schema.get("maxLength", 40)
        n = r.choice([low, high, max(low, min(high, 8)), max(low, 1)])
        return "".join(r.choice(string.ascii_letters + " é.-") for _ in range(n))

    def good_array(self, schema, depth):
        low, high = schema.get("minItems", 0), schema.get("maxItems", 4)
        n = self.random.randint(low, max(low, min(high, 4))) if depth < 6 else low
        return [self.good(schema.get("items", {"type": "string"}), "", depth + 1) for _ in range(n)]

    def good_object(self, schema, depth):
        needed, value = schema.get("required", []), {}
        for name, inner in schema.get("properties", {}).items():
            if name in needed or (depth < 5 and self.random.random() < 0.5):
                value[name] = self.good(inner, name, depth + 1)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and depth < 5:
            value[self.random.choice(["en", "cy", "x"])] = self.good(extra, "", depth + 1)
        return value

    def fitting(self, parsed):
        """Text that a pattern takes; it knows as much of patterns as ours have."""
        out = ""
        for op, arg in parsed:
            op = str(op)
            if op == "LITERAL":
                out += chr(arg)
            elif op == "IN":
                out += self.of_set(arg)
            elif op in ("MAX_REPEAT", "MIN_REPEAT"):
                low, high, inner = arg
                n = self.random.choice([low, max(low, min(int(high), low + 6))])
                out += "".join(self.fitting(inner) for _ in range(n))
            elif op == "SUBPATTERN":
                out += self.fitting(arg[-1])
            elif op == "BRANCH":
                out += self.fitting(self.random.choice(arg[1]))
            elif op == "ANY":
                out += "a"
            elif op != "AT":
                raise NotImplementedError(op)
        return out

    def of_set(self, parts):
        negated = str(parts[0][0]) == "NEGATE"
        allowed = set()
        for op, arg in parts[negated:]:
            allowed |= {chr(arg)} if str(op) == "LITERAL" else set(map(chr, range(arg[0], arg[1] + 1)))
        return self.random.choice(sorted(set(map(chr, range(33, 127))) - allowed if negated else allowed))

    def wrong(self, schema):
        """Something of another type, or beyond a bound."""
        r, schema = self.random, self.document.flat(schema)
        options = [None, True, -1, 2**63, 1.5, [], {}, [[]], {"a": {"b": []}}, r.choice(ODD)]
        if "maxLength" in schema:
            options += ["é" * (schema["maxLength"] + 1)] * 3
        if "maximum" in schema:
            options += [schema["maximum"] + 1] * 3
        if "minimum" in schema:
            options += [schema["minimum"] - 1] * 3
        if "enum" in schema or "pattern" in schema:
            options += ["nothing of it", ""]
        return r.choice(options)

    def mutated(self, schema, value):
        """A body with one thing that is not as it was."""
        r, schema = self.random, self.document.flat(schema)
        if not isinstance(value, dict):
            return self.wrong(schema)
        value, properties = dict(value), schema.get("properties", {})
        what = r.choice(["drop", "add", "wrong", "wrong", "wrong", "deeper", "other"])
        if what == "drop" and value:
            del value[r.choice(list(value))]
        elif what == "add":
            value[r.choice(["unknown", "id", "", "__proto__", "x" * 300])] = r.choice([1, "x", None])
        elif what == "wrong" and properties:
            name = r.choice(list(properties))
            value[name] = self.wrong(properties[name])
        elif what == "deeper" and value:
            name = r.choice(list(value))
            value[name] = self.mutated(properties.get(name, {}), value[name])
        else:
            return r.choice([[], "x", 5, None, [value]])
        return value
