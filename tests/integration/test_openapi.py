#!/usr/bin/env python3
"""The requests that the shipped descriptions make are accepted by the providers' own OpenAPI documents.

Usage: test_openapi.py PRINT_REQUESTS FOLDER_OF_DESCRIPTIONS FOLDER_BESIDE. The documents are looked for in
$MUSTER_SHARED/specs (default: FOLDER_BESIDE/specs); without them, or without PyYAML, the test says so and is
skipped (exit 77). Prints one line a request; exit 0 when all are accepted.

The validator below knows the part of JSON Schema that these documents use, and refuses to pass over a keyword
that it does not know.
"""
import json
import os
import re
import subprocess
import sys
import urllib.parse

SKIP = 77
IGNORED = {"description", "title", "example", "examples", "format", "discriminator", "x-twilio", "default",
           "deprecated", "readOnly", "writeOnly", "externalDocs"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def has_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Validator:
    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            at = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                at = at[part.replace("~1", "/").replace("~0", "~")]
            schema = at
        return schema

    def errors(self, value, schema, where="body"):
        """A list of complaints; empty when the value fits."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return []
        found = []
        for keyword, wanted in schema.items():
            if keyword in IGNORED or keyword.startswith("x-"):
                continue
            check = getattr(self, "check_" + keyword, None)
            if check is None:
                raise NotImplementedError(f"keyword {keyword} at {where}")
            found += check(value, wanted, schema, where)
        return found

    def check_nullable(self, value, wanted, schema, where):
        return []

    def check_type(self, value, wanted, schema, where):
        return [] if has_type(value, wanted) else [f"{where}: {value!r} is no {wanted}"]

    def check_enum(self, value, wanted, schema, where):
        return [] if value in wanted else [f"{where}: {value!r} is none of {wanted}"]

    def check_const(self, value, wanted, schema, where):
        return [] if value == wanted else [f"{where}: {value!r} is not {wanted!r}"]

    def check_pattern(self, value, wanted, schema, where):
        good = not isinstance(value, str) or re.search(wanted, value)
        return [] if good else [f"{where}: {value!r} does not fit {wanted}"]

    def check_minLength(self, value, wanted, schema, where):
        return [f"{where}: too short"] if isinstance(value, str) and len(value) < wanted else []

    def check_maxLength(self, value, wanted, schema, where):
        return [f"{where}: too long"] if isinstance(value, str) and len(value) > wanted else []

    def check_minItems(self, value, wanted, schema, where):
        return [f"{where}: too few"] if isinstance(value, list) and len(value) < wanted else []

    def check_maxItems(self, value, wanted, schema, where):
        return [f"{where}: too many"] if isinstance(value, list) and len(value) > wanted else []

    def check_minimum(self, value, wanted, schema, where):
        return [f"{where}: too small"] if has_type(value, "number") and value < wanted else []

    def check_maximum(self, value, wanted, schema, where):
        return [f"{where}: too large"] if has_type(value, "number") and value > wanted else []

    def check_required(self, value, wanted, schema, where):
        if not isinstance(value, dict):
            return []
        return [f"{where}: {name} is missing" for name in wanted if name not in value]

    def check_properties(self, value, wanted, schema, where):
        found = []
        for name, inner in wanted.items():
            if isinstance(value, dict) and name in value:
                found += self.errors(value[name], inner, f"{where}.{name}")
        return found

    def check_additionalProperties(self, value, wanted, schema, where):
        if not isinstance(value, dict) or wanted is True:
            return []
        extra = [name for name in value if name not in schema.get("properties", {})]
        if wanted is False:
            return [f"{where}: {name} is unknown" for name in extra]
        return [e for name in extra for e in self.errors(value[name], wanted, f"{where}.{name}")]

    def check_items(self, value, wanted, schema, where):
        if not isinstance(value, list):
            return []
        return [e for i, item in enumerate(value) for e in self.errors(item, wanted, f"{where}[{i}]")]

    def properties_of(self, schema):
        schema = self.resolve(schema)
        names = set(schema.get("properties", {}))
        return names.union(*(self.properties_of(inner) for inner in schema.get("allOf", [])))

    def check_allOf(self, value, wanted, schema, where):
        # "additionalProperties: false" beside other parts of an allOf would refuse those parts' own properties
        # (Meta's document does that to every text message): it is read as "none but those of all parts"
        known = set().union(*(self.properties_of(inner) for inner in wanted))
        found = []
        for inner in map(self.resolve, wanted):
            if inner.get("additionalProperties") is False:
                inner = dict(inner, properties={**dict.fromkeys(known, {}), **inner.get("properties", {})})
            found += self.errors(value, inner, where)
        return found

    def check_oneOf(self, value, wanted, schema, where):
        results = [self.errors(value, inner, where) for inner in wanted]
        # a document may hold overlapping alternatives: what counts here is that one accepts the request
        return [] if any(not r for r in results) else min(results, key=len)

    check_anyOf = check_oneOf

    def check_not(self, value, wanted, schema, where):
        return [] if self.errors(value, wanted, where) else [f"{where}: a forbidden combination"]


def form_of(body, schema, validator):
    """The form's fields with the types that the document gives them."""
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)
    assert len({name for name, _ in pairs}) == len(pairs), "a field stands twice"
    values = {}
    for name, text in pairs:
        kind = validator.resolve(schema["properties"].get(name, {})).get("type")
        values[name] = int(text) if kind == "integer" else text == "true" if kind == "boolean" else text
    unknown = [name for name in values if name not in schema["properties"]]
    assert not unknown, f"unknown fields {unknown}"
    return values


def check_twilio(request, document):
    operation = document["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]
    found = re.fullmatch(r"https://api\.twilio\.com/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages\.json", request["url"])
    assert found and request["method"] == "POST", request["url"]
    assert "Content-Type: application/x-www-form-urlencoded" in request["headers"]
    validator = Validator(document)
    schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    values = form_of(request["body"], schema, validator)
    assert ("Body" in values) != ("ContentSid" in values), "a text or a template"
    assert ("From" in values) != ("MessagingServiceSid" in values), "a number or a service"
    assert "ContentVariables" not in values or isinstance(json.loads(values["ContentVariables"]), dict)
    return validator.errors(values, schema)


def check_meta(request, document):
    operation = document["paths"]["/{Version}/{Phone-Number-ID}/messages"]["post"]
    assert re.fullmatch(r"https://graph\.facebook\.com/v[0-9.]+/[0-9]+/messages", request["url"]), request["url"]
    assert request["method"] == "POST" and "Content-Type: application/json" in request["headers"]
    assert any(h.startswith("Authorization: Bearer ") for h in request["headers"])
    value = json.loads(request["body"])
    # Meta takes it on every message (and gives it back in receipts), but the document knows it on calls only
    opaque = value.pop("biz_opaque_callback_data")
    assert isinstance(opaque, str) and 0 < len(opaque) <= 512
    return Validator(document).errors(value, operation["requestBody"]["content"]["application/json"]["schema"])


def load_documents(folder):
    try:
        import yaml
    except ImportError:
        print("skipped: PyYAML is not installed (Debian: python3-yaml)")
        sys.exit(SKIP)
    paths = {"twilio": "twilio_api_v2010.json", "whatsapp_cloud": "meta_business-messaging-api_v23.0.yaml"}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents = {}
    for name, file in paths.items():
        try:
            with open(os.path.join(folder, file), encoding="utf-8") as f:
                documents[name] = json.load(f) if file.endswith(".json") else yaml.load(f, Loader=loader)
        except FileNotFoundError as e:
            print(f"skipped: {e.filename} is not here; set MUSTER_SHARED to the folder that holds specs/")
            sys.exit(SKIP)
    return documents


def main():
    printer, descriptions, beside = sys.argv[1:]
    documents = load_documents(os.path.join(os.environ.get("MUSTER_SHARED", beside), "specs"))
    checks = {"twilio": check_twilio, "whatsapp_cloud": check_meta}
    lines = subprocess.run([printer, descriptions], check=True, stdout=subprocess.PIPE).stdout.splitlines()
    failed = 0
    for line in lines:
        request = json.loads(line)
        errors = checks[request["provider"]](request, documents[request["provider"]])
        print("accepted" if not errors else "REFUSED ", request["provider"], request["channel"], request["body"])
        for error in errors:
            print("   ", error)
        failed += bool(errors)
    assert len(lines) == 10, "some requests were not printed"
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
