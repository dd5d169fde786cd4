// The golden callbacks, signed with nothing but node:crypto, against Twilio's Node library.
//
//     node callback_node.mjs           checks twilio_callback_golden.json
//     node callback_node.mjs --write   writes it anew

import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import twilio from 'twilio'

const { getExpectedTwilioSignature, validateRequest } = twilio
const FILE = new URL('twilio_callback_golden.json', import.meta.url)
const ROUTE = '/api/appointments/twilio-status-callback/'
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef'
const CONNECTED = {
  AccountSid: 'AC0123456789abcdef0123456789abcdef',
  ParticipantIdentity: '2-jane.doe@example.com',
  ParticipantSid: 'PAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ParticipantStatus: 'connected',
  RoomName: 'apt-47-1763138954-46eb915c',
  RoomSid: 'RM11111111111111111111111111111111',
  RoomStatus: 'in-progress',
  RoomType: 'group',
  SequenceNumber: '1',
  StatusCallbackEvent: 'participant-connected',
  Timestamp: '2025-11-16T09:00:05.123Z',
}

// In no order, as a form may come.
const backwards = (params) => Object.fromEntries(Object.entries(params).reverse())

const CASES = [
  ['connected', `https://video.clinic.example${ROUTE}`, CONNECTED],
  ['connected_port', `https://video.clinic.example:8443${ROUTE}`, backwards(CONNECTED)],
  ['default_port_written', `https://video.clinic.example:443${ROUTE}`, CONNECTED],
  ['http_ipv6_with_query', `http://[::1]:8080${ROUTE}?a=1&b=%C3%A4`, CONNECTED],
  ['other_letters', `https://video.clinic.example${ROUTE}`, {
    ...CONNECTED, ParticipantIdentity: '2-zoë+ä &=%41@example.com', Zzz: '', aaa: '😀', _: 'x',
  }],
  ['one_field', `https://video.clinic.example${ROUTE}`, { StatusCallbackEvent: 'new-thing' }],
]

// Twilio's rule: the address, then each name and its value, names in the order of their bytes.
function signedByHand({ url, auth_token, params }) {
  const names = Object.keys(params).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const text = url + names.map((name) => name + params[name]).join('')
  return createHmac('sha1', auth_token).update(text, 'utf8').digest('base64')
}

const made = CASES.map(([name, url, params]) => {
  const c = { name, url, auth_token: AUTH_TOKEN, params }
  return { ...c, signature: signedByHand(c) }
})

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   callback ${name}`)
  } else {
    failed += 1
    console.log(`FAIL callback ${name}${detail ? `: ${detail}` : ''}`)
  }
}

// The address with its port left out where it has one, else with the default one.
function otherSpelling(url) {
  const [, scheme, host, port, rest] = /^(https?):\/\/(\[[^\]]*\]|[^:/]*)(:\d+)?(.*)$/.exec(url)
  return `${scheme}://${host}${port ? '' : scheme === 'https' ? ':443' : ':80'}${rest}`
}

function compare({ name, url, auth_token: token, params, signature }) {
  const expected = getExpectedTwilioSignature(token, url, params)
  check(`${name}: the library signs alike`, expected === signature, `${signature}, not ${expected}`)
  const valid = (change) => {
    const c = { token, signature, url, params, ...change }
    return validateRequest(c.token, c.signature, c.url, c.params)
  }
  check(`${name}: the library takes it`, valid({}))
  const other = otherSpelling(url)
  const signedForOther = getExpectedTwilioSignature(token, other, params)
  check(`${name}: and signed for ${other}`, valid({ signature: signedForOther }))
  const changed = { ...params, StatusCallbackEvent: 'room-ended' }
  const refused = {
    'a field was changed': { params: changed },
    'a field was added': { params: { ...params, Extra: '1' } },
    'it is another address': { url: url.replace(ROUTE, '/') },
    'it is another token': { token: `${token.slice(1)}0` },
  }
  for (const [why, change] of Object.entries(refused)) {
    check(`${name}: the library refuses it where ${why}`, !valid(change))
  }
}

if (process.argv[2] === '--write') {
  writeFileSync(FILE, `${JSON.stringify(made, null, 2)}\n`)
} else {
  const found = JSON.parse(readFileSync(FILE, 'utf8'))
  check('the file holds these and no others', isDeepStrictEqual(found, made), 'try --write')
  for (const c of found) {
    try {
      compare(c)
    } catch (e) {
      check(`${c.name}: can be checked`, false, String(e))
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1
}
