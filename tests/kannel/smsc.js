// An SMSC that speaks SMPP 3.4, for the tests of Kannel and Jasmin. Prints "SMPP-PORT HTTP-PORT" when it listens.
//
//   POST /rules {default: RULE, to: {number: RULE}}   what becomes of messages; RULE = {status, receipt, word, silent}
//                status: of submit_sm_resp; receipt: the word behind stat:, none when absent; word: "stat" in other spelling
//   POST /mo    {from, ton, to, coding, hex, parts}   a person writes; answers when deliver_sm was acknowledged
//   GET  /seen  every submit_sm, in order
'use strict';
const http = require('http');
const smpp = require('smpp');

const seen = [];
let rules = {default: {receipt: 'DELIVRD'}, to: {}};
let sessions = [];
let last_id = 0;

const digits = (address) => address.replace(/^\+/, '');

function join(message) {
  const body = message.message === undefined ? message : message.message;
  const udh = message.udh ? Buffer.concat([].concat(message.udh).map((b) => Buffer.from(b))) : Buffer.alloc(0);
  return {text: Buffer.isBuffer(body) ? null : String(body), raw: Buffer.isBuffer(body) ? body.toString('hex') : null,
    udh: udh.toString('hex')};
}

function receipt(session, pdu, id, rule) {
  const stat = rule.word || 'stat';
  const text = `id:${id} sub:001 dlvrd:001 submit date:2611271000 done date:2611271001 ${stat}:${rule.receipt} err:000 text:-`;
  session.deliver_sm({
    source_addr: pdu.destination_addr, source_addr_ton: 1, source_addr_npi: 1, destination_addr: pdu.source_addr,
    esm_class: 4, data_coding: 0, short_message: text,
  });
}

function on_submit(session, pdu) {
  const rule = rules.to[digits(pdu.destination_addr)] || rules.default;
  const id = `m${++last_id}`;
  const m = join(pdu.short_message);
  seen.push({to: pdu.destination_addr, ton: pdu.dest_addr_ton, from: pdu.source_addr, from_ton: pdu.source_addr_ton,
    text: m.text, raw: m.raw, udh: m.udh, coding: pdu.data_coding, registered: pdu.registered_delivery,
    priority: pdu.priority_flag, validity: pdu.validity_period, esm: pdu.esm_class, at_ms: Date.now()});
  if (rule.silent) return;
  session.send(pdu.response(rule.status ? {command_status: rule.status} : {message_id: id}));
  if (!rule.status && rule.receipt && pdu.registered_delivery & 1) {
    setTimeout(() => receipt(session, pdu, id, rule), 200);
  }
}

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  for (const bind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(bind, (pdu) => {
      session.send(pdu.response({system_id: 'smsc'}));
      sessions.push(session);
    });
  }
  session.on('submit_sm', (pdu) => on_submit(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
  session.on('close', () => { sessions = sessions.filter((s) => s !== session); });
});

function deliver(m, hex, done) {
  const [session] = sessions.slice(-1);
  if (!session) return done('no session');
  const bytes = Buffer.from(hex, 'hex');
  const pdu = {
    source_addr: m.from, source_addr_ton: m.ton, source_addr_npi: m.ton === 5 ? 0 : 1, destination_addr: m.to,
    data_coding: m.coding, esm_class: 0, short_message: {message: bytes},
  };
  session.deliver_sm(pdu, (response) => done(response.command_status ? `status ${response.command_status}` : null));
}

const control = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', () => {
    const answer = (status, value) => { response.writeHead(status); response.end(JSON.stringify(value)); };
    if (request.url === '/seen') return answer(200, seen);
    if (request.url === '/sessions') return answer(200, sessions.length);
    const asked = JSON.parse(body);
    if (request.url === '/rules') {
      rules = {default: asked.default || {}, to: asked.to || {}};
      return answer(200, null);
    }
    if (request.url === '/mo') return deliver(asked, asked.hex, (problem) => answer(problem ? 500 : 200, problem));
    return answer(404, null);
  });
});

server.listen(0, '127.0.0.1', () => control.listen(0, '127.0.0.1', () => {
  console.log(`${server.address().port} ${control.address().port}`);
}));
