#!/usr/bin/env bash
# npm ioredis 6.0.0 beside redis 6.3.1 (node-redis), Node 20, Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  with a timeout of half a second for each command (ioredis' commandTimeout, node-redis' commandOptions.timeout), and Redis down, an RPUSH fails after
#         half a second: it never left, so nothing comes of it, and the program may ask again.
# Seen:   ioredis says "Command timed out" and keeps the command all the same. When Redis is there again, it is sent: three tries, three errors, and three
#         texts for Ann in the queue; no promise is left that could tell. node-redis takes a command that timed out off its list, and nothing is sent.
# For us: a feeder in Node that asks again after an error, or tells its user "not sent", texts people twice or against its word after each restart of
#         Redis. enableOfflineQueue: false gives an error at once, and then nothing is sent later.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ ! -s $dir/pid ]] || kill "$(cat "$dir/pid")" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 redis@6.3.1 >/dev/null
cat >look.js <<'JS'
const {spawn} = require('child_process');
const fs = require('fs');
const net = require('net');
const Redis = require('ioredis');
const {createClient} = require('redis');

const port = Number(process.argv[2]);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
let server;

async function start() {
  server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', '.', '--save', ''], {stdio: 'ignore'});
  fs.writeFileSync('pid', String(server.pid));
  const there = () => new Promise((said) => {
    const s = net.connect(port, '127.0.0.1', () => { s.destroy(); said(true); });
    s.on('error', () => said(false));
  });
  while (!await there()) await sleep(50);
}

const stop = () => new Promise((done) => { server.on('exit', done); server.kill('SIGKILL'); });
const url = 'redis://127.0.0.1:' + port;

const libraries = {
  ioredis: async (patience) => {
    const c = new Redis(url, patience ? {commandTimeout: patience} : {});
    c.on('error', () => {});
    await c.ping();
    return {push: (text) => c.rpush('queue', text), all: () => c.lrange('queue', 0, -1), ready: () => c.status === 'ready'};
  },
  'node-redis': async (patience) => {
    const c = createClient(patience ? {url, commandOptions: {timeout: patience}} : {url});
    c.on('error', () => {});
    await c.connect();
    return {push: (text) => c.rPush('queue', text), all: () => c.lRange('queue', 0, -1), ready: () => c.isReady};
  },
};

async function main() {
  for (const [name, connect] of Object.entries(libraries)) {
    await start();
    const ours = await connect(500);
    await stop();
    while (ours.ready()) await sleep(20); // until it knows
    for (const n of [1, 2, 3]) console.log(name, 'try', n, await ours.push('text for Ann').then(() => 'done', () => 'an error'));
    await start();
    while (!ours.ready()) await sleep(50);
    await sleep(1000);
    console.log(name, 'afterwards', JSON.stringify(await (await connect(0)).all()));
    await stop();
  }
  process.exit();
}
main();
JS
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
seen=$(timeout 120 node look.js "$port")
printf '%s\n' "$seen"
[[ $seen == 'ioredis try 1 an error
ioredis try 2 an error
ioredis try 3 an error
ioredis afterwards ["text for Ann","text for Ann","text for Ann"]
node-redis try 1 an error
node-redis try 2 an error
node-redis try 3 an error
node-redis afterwards []' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
