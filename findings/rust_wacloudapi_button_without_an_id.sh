#!/usr/bin/env bash
# Rust crate wacloudapi 0.1.0 (its module webhooks), Rust 1.82 or newer; seen on 29 November 2026.
#
# Guess:  a library that reads Meta's webhooks reads an answer that quotes the message it answers, and a press on a template's button, as it reads a text.
#         Both have a `context` beside them with the number and the `id` of the message they belong to.
# Seen:   it wants a `message_id` in the context. That is how the field is named in what one sends to Meta, never in what Meta sends. So each press of
#         "STOP" under a campaign's template, each choice of a list and each quoting answer is an error, "missing field `message_id`", and with it all that
#         is joined with it in the webhook. A forwarded text, whose context has no id at all, is the same error. What is typed without a quote is
#         right, and so are receipts: a test with a typed "STOP" shows nothing.
# For us: templates end in such a button because people press it rather than type. A door that is built on it hears no one of them. Muster reads what Meta sends
#         (conf/providers/whatsapp_cloud.yaml), and needs no context for a STOP.
set -euo pipefail
cargo info --help >/dev/null 2>&1 || { echo "needs Rust's cargo, 1.82 or newer"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_HOME=$dir/cargo CARGO_TARGET_DIR=$dir/target
cargo info -q wacloudapi@0.1.0 >/dev/null 2>&1 # brings its source without the hundred crates that its sending wants
source=$(echo cargo/registry/src/*/wacloudapi-0.1.0/src/webhooks.rs)
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "look"
version = "0.1.0"
edition = "2021"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
TOML
cat >src/main.rs <<RS
#[allow(dead_code)]
#[path = "$dir/$source"]
mod webhooks;
RS
cat >>src/main.rs <<'RS'
use serde_json::{json, Value};

fn main() {
    let stop = json!({"type": "text", "text": {"body": "STOP"}});
    let ours = json!({"from": "447700900100", "id": "wamid.ours"});
    let with = |mut message: Value, context: &Value| {
        message["context"] = context.clone();
        message
    };
    let choice = json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "STOP"}}});
    let cases = [
        ("typed", json!([stop])),
        ("typed, with a quote", json!([with(stop.clone(), &ours)])),
        ("template's button", json!([with(json!({"type": "button", "button": {"payload": "STOP", "text": "STOP"}}), &ours)])),
        ("chosen", json!([with(choice, &ours)])),
        ("forwarded", json!([with(stop.clone(), &json!({"forwarded": true}))])),
        ("typed, and behind it a quote", json!([stop, with(stop.clone(), &ours)])),
    ];
    for (name, mut messages) in cases {
        for message in messages.as_array_mut().unwrap() {
            message["from"] = json!("447700900123");
            message["id"] = json!("wamid.theirs");
            message["timestamp"] = json!("1795953600");
        }
        let value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900100", "phone_number_id": "100000000000001"},
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": "447700900123"}], "messages": messages});
        let text = json!({"object": "whatsapp_business_account", "entry": [{"id": "100000000000002", "changes": [{"field": "messages", "value": value}]}]}).to_string();
        match serde_json::from_str::<webhooks::WebhookPayload>(&text) {
            Ok(payload) => println!("{name}: {} event", payload.events().len()),
            Err(error) => println!("{name}: {}", error.to_string().split(" at ").next().unwrap()),
        }
    }
}
RS
seen=$(cargo run -q 2>run.log) || { tail -3 run.log; exit 1; }
printf '%s\n' "$seen"
[[ $seen == 'typed: 1 event
typed, with a quote: missing field `message_id`
template'"'"'s button: missing field `message_id`
chosen: missing field `message_id`
forwarded: missing field `message_id`
typed, and behind it a quote: missing field `message_id`' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
