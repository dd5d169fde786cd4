// Stand-ins for LiveKit's server and for Janus, as far as their SDKs need them, and answers of
// roomkey's as for an appointment at each provider.

import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { JoinResponse, SignalResponse } from '@livekit/protocol'
import { AccessToken, TokenVerifier } from 'livekit-server-sdk'
import { WebSocketServer } from 'ws'
import { given, listening, now } from './support.mjs'

export const ROOM = 'apt-47-1763138954-46eb915c'
export const JANE_AT = '2-jane.doe@example.com'
const [KEY, SECRET] = ['APIbrowser', 'a-secret-of-livekit-of-32-letters']

// As roomkey answers for Jane; `change` goes before.
export const answerOf = (provider, connect, token, { claims, ...change } = {}) =>
  given({
    claims,
    answer: {
      provider,
      connect,
      room_name: ROOM,
      user_identity: JANE_AT,
      ...(token && { access_token: token }),
      ...change,
    },
  })

// --- LiveKit ------------------------------------------------------------------------------------

export async function livekitToken({ room = ROOM, secret = SECRET } = {}) {
  const token = new AccessToken(KEY, secret, { identity: JANE_AT, ttl: 3600 })
  token.addGrant({ room, roomJoin: true })
  return token.toJwt()
}

// Lets whoever has a good token in as far as its media, which it has none of. `gone`: rooms that
// there aren't.
export async function livekitStandIn() {
  const standIn = { heard: [], gone: new Set() }
  const judge = async (request) => {
    const { pathname, searchParams } = new URL(request.url, 'http://livekit')
    const bearer = /^Bearer (.*)/.exec(request.headers.authorization ?? '')?.[1]
    const token = bearer ?? searchParams.get('access_token')
    try {
      const { sub, video } = await new TokenVerifier(KEY, SECRET).verify(token)
      standIn.heard.push({ pathname, token, identity: sub, room: video.room })
      return standIn.gone.has(video.room) ? [404, 'requested room does not exist'] : [200, 'success']
    } catch {
      standIn.heard.push({ pathname, token })
      return [401, 'invalid authorization token']
    }
  }
  const server = createServer(async (request, response) => {
    const [status, text] = await judge(request)
    response.writeHead(status, { 'Access-Control-Allow-Origin': '*' })
    response.end(text)
  })
  const doors = new WebSocketServer({ noServer: true })
  server.on('upgrade', async (request, socket, head) => {
    const [status] = await judge(request)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} refused\r\n\r\n`)
    doors.handleUpgrade(request, socket, head, (door) => {
      const value = new JoinResponse({
        room: { sid: 'RM_1', name: ROOM },
        participant: { sid: 'PA_1', identity: JANE_AT },
        serverVersion: '1.9.0',
        pingTimeout: 15,
        pingInterval: 5,
      })
      door.send(new SignalResponse({ message: { case: 'join', value } }).toBinary())
    })
  })
  standIn.url = `ws://localhost:${await listening(server)}`
  return standIn
}

// --- Janus --------------------------------------------------------------------------------------

export const janusTokens = ({ room = ROOM, exp = now() + 3600 } = {}) => {
  const signed = (text) =>
    `${text}:${createHmac('sha1', 'janus').update(text).digest('base64')}`
  return [
    signed(`${exp},janus.plugin.videoroom,room=${room}`),
    signed(`${exp},janus,janus.plugin.videoroom`),
  ]
}

// `expires_at` and `exp` are the same second.
export function janusAnswer(url, { room = ROOM, ...change } = {}) {
  const exp = now() + 3600
  const [access, core] = janusTokens({ room, exp })
  const expires_at = new Date(exp * 1000).toISOString().replace('.000Z', 'Z')
  return answerOf('janus', { url, room, core_token: core }, access, {
    room_name: room,
    expires_at,
    ...change,
  })
}

// What Janus says to each message, as one person's connection: sounds and pictures are "up" at once.
// `refusal` is {create: reason} or {join: [code, sentence]}.
export class JanusTalk {
  #say
  #rules
  #handles = 0

  constructor(say, standIn) {
    this.#say = (message) => say(JSON.stringify({ session_id: 1, ...message }))
    this.#rules = standIn
  }

  // To the handle that sends.
  event(data) {
    const plugindata = { plugin: 'janus.plugin.videoroom', data: { videoroom: 'event', ...data } }
    this.#say({ janus: 'event', sender: 1, plugindata })
  }

  hear(text) {
    const message = JSON.parse(text)
    const { janus, transaction, body, handle_id: sender } = message
    this.#rules.heard.push(message)
    if (janus === 'create' && this.#rules.refusal?.create) {
      this.#say({ janus: 'error', transaction, error: this.#rules.refusal.create })
    } else if (janus === 'create') {
      this.#say({ janus: 'success', transaction, data: { id: 1 } })
    } else if (janus === 'attach') {
      this.#handles += 1
      this.#say({ janus: 'success', transaction, data: { id: this.#handles } })
    } else if (janus === 'message') {
      this.#say({ janus: 'ack', transaction })
      this.#request(body, sender)
    } else {
      this.#say({ janus: janus === 'destroy' ? 'success' : 'ack', transaction })
    }
  }

  #request({ request, room, id, ptype }, sender) {
    const [code, error] = this.#rules.refusal?.join ?? []
    if (request === 'join' && code) this.event({ error_code: code, error })
    else if (request === 'join' && ptype === 'publisher') {
      const publishers = this.#rules.publishers ?? []
      this.event({ videoroom: 'joined', room, id, private_id: 7, publishers })
    } else if (request === 'publish') this.#say({ janus: 'webrtcup', sender })
  }
}

export async function janusStandIn() {
  const standIn = { heard: [], talks: [], refusal: null }
  const server = createServer((_, response) => response.end())
  const doors = new WebSocketServer({ server, handleProtocols: () => 'janus-protocol' })
  doors.on('connection', (socket, request) => {
    const talk = new JanusTalk((text) => socket.send(text), standIn)
    standIn.talks.push(talk)
    talk.path = request.url
    talk.drop = () => socket.terminate()
    socket.on('message', (data) => talk.hear(data))
  })
  standIn.url = `ws://localhost:${await listening(server)}/janus`
  standIn.expect = (refusal = null) => Object.assign(standIn, { heard: [], talks: [], refusal })
  standIn.bodies = (request) =>
    standIn.heard.map(({ body }) => body).filter((body) => body?.request === request)
  return standIn
}
