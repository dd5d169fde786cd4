// The golden Stream tokens against Stream's own libraries: the one that makes tokens on a server,
// and the two that take them in a browser.
//
//     node stream_node.mjs [GOLDEN_FILE]

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { StreamClient } from '@stream-io/node-sdk'
import { StreamVideoClient } from '@stream-io/video-client'
import { JWTUserToken, StreamChat, TokenManager, UserFromToken } from 'stream-chat'

// The very jsonwebtoken under node-sdk.
const require = createRequire(import.meta.url)
const jsonwebtoken = createRequire(require.resolve('@stream-io/node-sdk'))('jsonwebtoken')

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   stream ${name}`)
  } else {
    failed += 1
    console.log(`FAIL stream ${name}${detail ? `: ${detail}` : ''}`)
  }
}

function same(name, golden, vendor) {
  check(
    name,
    isDeepStrictEqual(golden, vendor),
    `${JSON.stringify(golden)}, not ${JSON.stringify(vendor)}`,
  )
}

// http, https, ws, axios and fetch all end up here.
let connections = 0
Socket.prototype.connect = () => {
  connections += 1
  throw new Error('these checks need no network')
}

// What `attempt` throws, as text; empty where it goes well.
async function refusal(attempt) {
  try {
    await attempt()
    return ''
  } catch (e) {
    return String(e)
  }
}

const part = (token, at) => token.split('.')[at]
const decoded = (token, at) => JSON.parse(Buffer.from(part(token, at), 'base64url'))
const inBrowser = (token) => JSON.parse(atob(part(token, 1)))

const userOf = (c) => `user_${c.user_id}`
const isBound = (c) => c.call_ids.length > 0
const callsOf = (c) => c.call_ids.map((id) => `${c.call_type}:${id}`)
// Another user, and the same one under roomkey's own id.
const notUsers = (c) => [`${userOf(c)}0`, c.user_id]

function claimsOf(c) {
  const iat = c.now - 5
  const claims = { user_id: userOf(c), iat, exp: iat + c.validity_seconds }
  return isBound(c) ? { ...claims, call_cids: callsOf(c) } : claims
}

function nodeSdk(c) {
  const client = new StreamClient(c.api_key, c.api_secret)
  const vendor = isBound(c)
    ? client.generateCallToken(claimsOf(c))
    : client.generateUserToken(claimsOf(c))
  same(`${c.name}: node-sdk: header`, decoded(c.token, 0), decoded(vendor, 0))
  same(`${c.name}: node-sdk: claims`, decoded(c.token, 1), decoded(vendor, 1))
  same(`${c.name}: node-sdk: byte for byte`, c.token, vendor)
  if (!isBound(c)) return
  same(
    `${c.name}: node-sdk: call_cids name the calls`,
    decoded(c.token, 1).call_cids,
    c.call_ids.map((id) => client.video.call(c.call_type, id).cid),
  )
}

function verdict(c, clockTimestamp, secret = c.api_secret) {
  try {
    return jsonwebtoken.verify(c.token, secret, { algorithms: ['HS256'], clockTimestamp })
  } catch (e) {
    return e
  }
}

function signature(c) {
  const last = c.now - 5 + c.validity_seconds - 1
  same(`${c.name}: jsonwebtoken verifies it now`, verdict(c, c.now), claimsOf(c))
  same(`${c.name}: jsonwebtoken verifies in its last second`, verdict(c, last), claimsOf(c))
  const late = verdict(c, last + 1)
  check(
    `${c.name}: expired one second later`,
    late instanceof jsonwebtoken.TokenExpiredError,
    JSON.stringify(late),
  )
  const other = verdict(c, c.now, `${c.api_secret}x`)
  check(
    `${c.name}: refused with another secret`,
    other.message === 'invalid signature',
    JSON.stringify(other),
  )
}

async function streamChat(c) {
  const { user_id, iat, exp, ...call } = claimsOf(c)
  same(
    `${c.name}: stream-chat: byte for byte`,
    c.token,
    JWTUserToken(c.api_secret, user_id, { iat, exp, ...call }),
  )
  if (!isBound(c)) {
    const vendor = new StreamChat(c.api_key, c.api_secret).createToken(user_id, exp, iat)
    same(`${c.name}: stream-chat: claims`, decoded(c.token, 1), decoded(vendor, 1))
  }
  same(`${c.name}: stream-chat: user id`, UserFromToken(c.token), user_id)

  const tokens = new TokenManager()
  await tokens.setTokenOrProvider(c.token, { id: user_id })
  same(`${c.name}: stream-chat: taken for its user`, tokens.getToken(), c.token)
  for (const id of notUsers(c)) {
    const why = await refusal(() => new TokenManager().setTokenOrProvider(c.token, { id }))
    check(`${c.name}: stream-chat: refused for ${id}`, why.includes('not matching'), why)
  }
}

// Stream's end of the web socket: takes whatever is said to it for a log-in, and agrees.
class Loopback {
  static heard = []
  OPEN = 1
  readyState = 1
  constructor() {
    queueMicrotask(() => this.onopen())
  }
  send(text) {
    const message = JSON.parse(text)
    Loopback.heard.push(message)
    const me = { id: message.user_details.id }
    const data = JSON.stringify({ type: 'connection.ok', connection_id: 'loopback', me })
    queueMicrotask(() => this.onmessage({ data }))
  }
  close(code) {
    this.onclose({ code })
  }
}

// video-client exports no TokenManager. Its StreamVideoClient asks it in connectUser(), before a
// web socket is opened, and the option WebSocketImpl is there for tests: so the whole log-in runs
// as in a browser, and gives what the client would have sent to Stream.
async function logIn(c, id) {
  const client = new StreamVideoClient(c.api_key, {
    WebSocketImpl: Loopback,
    allowServerSideConnect: true, // else it warns of Node
    clientEventsReportingEnabled: false,
    defaultWsTimeout: 1000, // a timer that no one stops, and the process waits for it
    logLevel: 'error',
    maxConnectUserRetries: 1,
  })
  Loopback.heard = []
  try {
    const { me } = await client.connectUser({ id }, c.token)
    return { me, cids: c.call_ids.map((call) => client.call(c.call_type, call).cid) }
  } finally {
    await client.disconnectUser(0)
  }
}

async function videoClient(c) {
  const id = userOf(c)
  const { me, cids } = await logIn(c, id)
  same(`${c.name}: video-client: taken for its user`, me, { id })
  const sent = Loopback.heard.map((message) => [message.token, message.user_details.id])
  same(`${c.name}: video-client: sent as it is`, sent, [[c.token, id]])
  if (isBound(c)) {
    same(`${c.name}: video-client: good for the calls`, decoded(c.token, 1).call_cids, cids)
  }
  for (const other of notUsers(c)) {
    const why = await refusal(() => logIn(c, other))
    const kept = Loopback.heard.length === 0
    check(
      `${c.name}: video-client: refused for ${other}`,
      why.includes('not matching') && kept,
      kept ? why : 'the token was sent',
    )
  }
}

async function compare(c) {
  nodeSdk(c)
  signature(c)
  same(`${c.name}: atob gives the claims`, inBrowser(c.token), claimsOf(c))
  await streamChat(c)
  await videoClient(c)
}

// Why the golden payload parts may have neither - nor _: the same libraries at a token that has.
async function base64url(c) {
  const user_id = '9-~~~???'
  const token = JWTUserToken(c.api_secret, user_id, {})
  check('base64url: - or _ is in the payload part', /[-_]/.test(part(token, 1)))
  check('base64url: atob refuses it', (await refusal(() => inBrowser(token))) !== '')
  const chat = () => new TokenManager().setTokenOrProvider(token, { id: user_id })
  check('base64url: stream-chat refuses it', (await refusal(chat)) !== '')
  const video = () => logIn({ ...c, token }, user_id)
  check('base64url: video-client refuses it', (await refusal(video)) !== '')
}

process.once('beforeExit', () => {
  check('no connection was tried', connections === 0, `${connections} attempts`)
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
})
setTimeout(() => {
  console.log('FAIL stream something keeps the process busy')
  process.exit(1)
}, 60_000).unref()

const file = process.argv[2] ?? new URL('stream_golden.json', import.meta.url)
// A user id is up to 2^63 - 1, and a number of JavaScript's is not.
const text = readFileSync(file, 'utf8').replace(/("user_id": )(\d+)/g, '$1"$2"')
const cases = JSON.parse(text)
for (const c of cases) {
  try {
    await compare(c)
  } catch (e) {
    check(`${c.name}: can be taken apart`, false, String(e))
  }
}
await base64url(cases[0])
