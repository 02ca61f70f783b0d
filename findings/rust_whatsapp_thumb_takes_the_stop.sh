#!/usr/bin/env bash
# Rust crate whatsapp-cloud-api 0.5.5 (its models of webhooks), Rust 1.82 or newer; seen on 29 November 2026.
#
# Guess:  a library of the Cloud API reads what people send there every day: a thumb under a message (a reaction, since 2022), somebody's contact, a
#         video. What it has no name for comes as its type `unknown` or `unsupported`, of which it has both; and what is joined with it comes in any case.
# Seen:   a thumb and a contact are errors of the whole webhook, for its list of types ends there and is closed ("unknown variant"); a video is one, because
#         it wants a `filename`, which Meta gives with documents only. The receipt of a voice message that was played is one as well. A STOP before or behind it
#         in the same webhook is gone. Texts, photos, voice, places, documents and buttons are right, and one message in each webhook is what one tests.
# For us: a door that answers such an error with 500 gets the same webhook again for a week, STOP and all, and fails each time; one that answers 200 never sees
#         it. Muster reads message by message, and shows a person what it does not know.
set -euo pipefail
cargo info --help >/dev/null 2>&1 || { echo "needs Rust's cargo, 1.82 or newer"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_HOME=$dir/cargo CARGO_TARGET_DIR=$dir/target
cargo info -q whatsapp-cloud-api@0.5.5 >/dev/null 2>&1 # brings its source without the hundred crates that its sending wants
source=$(echo cargo/registry/src/*/whatsapp-cloud-api-0.5.5/src/models/mod.rs)
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
#[allow(dead_code, unused_imports)]
#[path = "$dir/$source"]
mod models;
RS
cat >>src/main.rs <<'RS'
use serde_json::{json, Value};

#[allow(dead_code)]
pub const WHATSAPP: &str = "whatsapp"; // the models ask the crate's root for it

fn show(name: &str, field: &str, mut events: Value) {
    for event in events.as_array_mut().unwrap() {
        event["id"] = json!("wamid.theirs");
        event["timestamp"] = json!("1795953600");
        event[if field == "messages" { "from" } else { "recipient_id" }] = json!("447700900123");
    }
    let mut value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900100", "phone_number_id": "100000000000001"}});
    value[field] = events;
    let text = json!({"object": "whatsapp_business_account", "entry": [{"id": "100000000000002", "changes": [{"field": "messages", "value": value}]}]}).to_string();
    match serde_json::from_str::<models::webhooks::NotificationPayload>(&text) {
        Ok(_) => println!("{name}: read"),
        Err(error) => println!("{name}: {}", error.to_string().split(", ").next().unwrap().split(" at ").next().unwrap()),
    }
}

fn main() {
    let stop = json!({"type": "text", "text": {"body": "STOP"}});
    let media = |kind: &str, mime: &str| json!({"type": kind, kind: {"id": "100000000000003", "mime_type": mime, "sha256": "AAAA"}});
    show("STOP", "messages", json!([stop]));
    show("photo, STOP", "messages", json!([media("image", "image/jpeg"), stop]));
    show("video, STOP", "messages", json!([media("video", "video/mp4"), stop]));
    show("thumb, STOP", "messages", json!([{"type": "reaction", "reaction": {"message_id": "wamid.ours", "emoji": "\u{1f44d}"}}, stop]));
    show("STOP, contact", "messages", json!([stop, {"type": "contacts", "contacts": [{"name": {"formatted_name": "Bob", "first_name": "Bob"}, "phones": [{"phone": "+447700900124"}]}]}]));
    show("read", "statuses", json!([{"status": "read"}]));
    show("read, played", "statuses", json!([{"status": "read"}, {"status": "played"}]));
}
RS
seen=$(cargo run -q 2>run.log) || { tail -3 run.log; exit 1; }
printf '%s\n' "$seen"
[[ $seen == 'STOP: read
photo, STOP: read
video, STOP: missing field `filename`
thumb, STOP: unknown variant `reaction`
STOP, contact: unknown variant `contacts`
read: read
read, played: unknown variant `played`' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
