// LiveKit's golden tokens and webhooks against its own Node library, and that library's requests
// against the stand-in that roomkey's tests ask.

import { spawn } from 'node:child_process'
import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { AccessToken, RoomServiceClient, TokenVerifier, WebhookReceiver } from 'livekit-server-sdk'
import { decodeJwt } from 'jose'

globalThis.crypto ??= webcrypto  // which Debian's node has not by itself

const golden = JSON.parse(readFileSync(new URL('livekit_golden.json', import.meta.url), 'utf8'))
const STAND_IN = new URL('../support/livekit_stand_in.py', import.meta.url).pathname
const ROOM = 'apt-47-1763138954-46eb915c'

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   livekit ${name}`)
  } else {
    failed += 1
    console.log(`FAIL livekit ${name}${detail ? `: ${detail}` : ''}`)
  }
}

const refuses = (promise) => promise.then(() => false, () => true)

// The library reads no other clock than this one.
async function at(seconds, action) {
  const real = Date.now
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length > 0 ? given : [seconds * 1000]))
    }
    static now() {
      return seconds * 1000
    }
  }
  try {
    return await action()
  } finally {
    globalThis.Date = RealDate
    RealDate.now = real
  }
}

async function compareToken(c) {
  const verifier = new TokenVerifier(c.api_key, c.api_secret)
  const claims = await at(c.issued_at + 1, () => verifier.verify(c.token))
  check(`${c.name}: the library takes it`, claims.sub === c.identity && claims.iss === c.api_key)
  check(`${c.name}: it is for that room`, claims.video.room === c.room && claims.video.roomJoin)
  const rights = Object.keys(claims.video).sort().join()
  check(`${c.name}: it gives no right to administer`,
    rights === 'canPublish,canPublishData,canSubscribe,room,roomJoin', rights)
  const made = new AccessToken(c.api_key, c.api_secret, {
    identity: c.identity, name: c.display, ttl: c.validity_seconds,
  })
  made.addGrant({ room: c.room, roomJoin: true, canPublish: true, canSubscribe: true,
    canPublishData: true })
  const theirs = await at(c.issued_at, async () => decodeJwt(await made.toJwt()))
  const ours = decodeJwt(c.token)
  const same = (key) => JSON.stringify(theirs[key]) === JSON.stringify(ours[key])
  const kept = (o) => JSON.stringify(Object.entries(o.video).sort())
  check(`${c.name}: the library would say the same`,
    ['iss', 'sub', 'nbf', 'exp'].every(same) && (theirs.name ?? '') === ours.name &&
    kept(theirs) === kept(ours), JSON.stringify(theirs))
  check(`${c.name}: the library refuses it when it has expired`,
    await at(c.issued_at + c.validity_seconds + 61, () => refuses(verifier.verify(c.token))))
  check(`${c.name}: the library refuses it with another secret`,
    await refuses(new TokenVerifier(c.api_key, `${c.api_secret}x`).verify(c.token)))
}

async function compareWebhook(c) {
  const receiver = new WebhookReceiver(c.api_key, c.api_secret)
  const take = (body, secret = receiver) =>
    at(c.at + 1, () => secret.receive(body, c.authorization))
  const event = await take(c.body)
  check(`${c.name}: the library takes it`, c.body.includes(event.id) && event.event !== '')
  check(`${c.name}: the library refuses another body`, await refuses(take(`${c.body} `)))
  check(`${c.name}: the library refuses another secret`,
    await refuses(take(c.body, new WebhookReceiver(c.api_key, `${c.api_secret}x`))))
}

async function control(port, order) {
  const init = order && { method: 'POST', body: JSON.stringify(order) }
  return (await fetch(`http://127.0.0.1:${port}/_control`, init)).json()
}

// What the library sends is what roomkey sends (tests/provider/livekit/rooms_test.cpp).
async function askAsTheLibraryDoes(port) {
  const { api_key: key, api_secret: secret } = golden.tokens[0]
  const client = new RoomServiceClient(`http://127.0.0.1:${port}`, key, secret)
  const made = await client.createRoom({ name: ROOM, emptyTimeout: 1800, maxParticipants: 2 })
  check('the stand-in makes a room for the library', made.sid.startsWith('RM_'), String(made.sid))
  const { sid } = await control(port, { join: { room: ROOM, identity: '2-jane.doe@example.com' } })
  const [room] = await client.listRooms([ROOM])
  check('the library finds it', room.name === ROOM && room.numParticipants === 1)
  const [jane] = await client.listParticipants(ROOM)
  check('the library sees who is there', jane.sid === sid && Number(jane.joinedAt) > 1e9)
  await client.removeParticipant(ROOM, '2-jane.doe@example.com')
  check('the library puts her out', (await client.listParticipants(ROOM)).length === 0)
  check('twice is not found',
    await refuses(client.removeParticipant(ROOM, '2-jane.doe@example.com')))
  await client.deleteRoom(ROOM)
  check('the library ends it', (await client.listRooms([ROOM])).length === 0)
  const { requests } = await control(port)
  const paths = [...new Set(requests.map((one) => one.path))].sort()
  check('by these paths', paths.join() === ['CreateRoom', 'DeleteRoom', 'ListParticipants',
    'ListRooms', 'RemoveParticipant'].map((name) => `/twirp/livekit.RoomService/${name}`).join(),
    paths.join())
  check('as JSON', requests.every((one) => one.type.startsWith('application/json')))
  const body = (name) => requests.find((one) => one.path.endsWith(name)).body
  check('with these bodies', body('ListRooms').names[0] === ROOM &&
    body('ListParticipants').room === ROOM && body('DeleteRoom').room === ROOM &&
    body('RemoveParticipant').identity === '2-jane.doe@example.com' &&
    body('CreateRoom').name === ROOM)
  const right = (name) => requests.find((one) => one.path.endsWith(name)).video
  check('with these rights', right('ListRooms').roomList && right('ListParticipants').roomAdmin &&
    right('RemoveParticipant').roomAdmin && right('CreateRoom').roomCreate &&
    right('DeleteRoom').roomCreate)
}

for (const [cases, compare] of [[golden.tokens, compareToken], [golden.webhooks, compareWebhook]]) {
  for (const c of cases) {
    try {
      await compare(c)
    } catch (e) {
      check(`${c.name}: can be checked`, false, String(e))
    }
  }
}
const { api_key: key, api_secret: secret } = golden.tokens[0]
const standIn = spawn('/usr/bin/python3', [STAND_IN], {
  env: { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret }, stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const [port] = await once(standIn.stdout, 'data')
  await askAsTheLibraryDoes(Number(String(port)))
} catch (e) {
  check('the stand-in can be asked', false, String(e))
}
standIn.kill()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = passed > 0 && failed === 0 ? 0 : 1
