// Stand-ins for the providers' doors. They say what the real ones say, as far as the SDKs need it
// to get to where a test looks, and keep what they heard.

import { createServer } from 'node:https'
import { createSocket } from 'node:dgram'
import { createServer as createTcpServer } from 'node:net'
import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import { atEnd, listening } from './support.mjs'

// Twilio's signalling. `answers` are used up, one a connect or sync: an error's code, or 'in'. Hosts in
// `shut` are refused a WebSocket, as by a proxy.
export async function twilioStandIn(tls) {
  const server = createServer(tls, (_, response) => response.end())
  const standIn = { heard: [], answers: [], sockets: new Set(), shut: new Set() }
  const doors = new WebSocketServer({
    server,
    path: '/signaling',
    verifyClient: ({ req }) => !standIn.shut.has(req.headers.host),
  })
  standIn.port = await listening(server)
  doors.on('connection', (socket, request) => {
    const say = (body) => socket.send(JSON.stringify({ type: 'msg', body }))
    const hear = (body) => {
      if (body?.type === 'ice') {
        say({ type: 'iced', version: 1, ice_servers: [] })
      } else if (body?.type === 'connect' || body?.type === 'sync') {
        standIn.heard.push({ host: request.headers.host, ...body })
        const answer = standIn.answers.shift()
        if (answer === 'in') say(admission(body))
        else say({ type: 'error', code: answer, message: 'as the stand-in was told' })
      } else if (body?.type === 'update' && body.participant) {
        Object.assign(standIn.heard.at(-1) ?? {}, { participant: body.participant })
      }
    }
    socket.on('message', (data) => {
      const message = JSON.parse(data)
      if (message.type === 'hello') {
        standIn.sockets.add(socket)
        socket.send(JSON.stringify({ type: 'welcome', negotiatedTimeout: 5000 }))
        hear(message.body)
      } else if (message.type === 'msg') {
        hear(message.body)
      }
    })
  })
  // As when the network goes: the SDK comes back with `sync`.
  standIn.drop = () => {
    for (const socket of standIn.sockets) socket.terminate()
    standIn.sockets.clear()
  }
  return standIn
}

// The Room names each track that was brought along.
const admission = ({ name, participant }) => ({
  type: 'connected',
  version: 2,
  session: 'a-session',
  sid: 'RM0123456789abcdef0123456789abcdef',
  name,
  options: { session_timeout: 30, signaling_region: 'au1', media_region: 'au1' },
  participant: { sid: 'PA0123456789abcdef0123456789abcdef', identity: 'jane', revision: 1 },
  participants: [],
  peer_connections: [],
  published: {
    revision: 1,
    tracks: participant.tracks.map(({ id }, i) => ({ id, sid: `MT${i}`.padEnd(34, '0'), state: 'ready' })),
  },
  subscribed: { revision: 1, tracks: [] },
  media_signaling: {},
  recording: { enabled: false, revision: 1 },
})

// Stream's coordinator. `joins` is what it answers to joins, `connects` to the token: an
// error's code, or 'in'.
export async function streamStandIn(tls) {
  const standIn = { heard: [], connects: 'in', joins: 17 }
  const allow = (request) => ({
    'Access-Control-Allow-Origin': request.headers.origin ?? '*',
    'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
    'Access-Control-Allow-Methods': '*',
    'Content-Type': 'application/json',
  })
  const server = createServer(tls, (request, response) => {
    request.resume()
    const { pathname } = new URL(request.url, 'https://stream')
    if (request.method === 'POST' && pathname.endsWith('/join')) {
      standIn.heard.push({ what: 'join', path: pathname, token: request.headers.authorization })
      response.writeHead(403, allow(request))
      response.end(
        JSON.stringify({
          code: standIn.joins,
          message: 'refused',
          StatusCode: 403,
          unrecoverable: true,
        }),
      )
    } else {
      response.writeHead(request.method === 'OPTIONS' ? 204 : 200, allow(request))
      response.end(request.method === 'OPTIONS' ? undefined : '{}')
    }
  })
  const doors = new WebSocketServer({ server, path: '/video/connect' })
  doors.on('connection', (socket, request) => {
    const key = new URL(request.url, 'https://stream').searchParams.get('api_key')
    socket.on('message', (data) => {
      const { token, user_details: user } = JSON.parse(data)
      if (!token) return
      standIn.heard.push({ what: 'connect', key, token, user: user?.id, name: user?.name })
      const answer =
        standIn.connects === 'in'
          ? {
              type: 'connection.ok',
              connection_id: 'c-1',
              created_at: new Date().toISOString(),
              me: { id: user.id, name: user.name, role: 'user', devices: [] },
            }
          : {
              type: 'connection.error',
              connection_id: '',
              created_at: new Date().toISOString(),
              error: {
                code: standIn.connects,
                StatusCode: 401,
                message: 'refused',
                duration: '0ms',
                details: [],
                more_info: '',
              },
            }
      socket.send(JSON.stringify(answer))
    })
  })
  standIn.port = await listening(server)
  return standIn
}

// A STUN server (RFC 5389) that answers with an address of the documentation's network; or says
// nothing, while `how.silent`.
export async function stunStandIn(how = {}, address = '127.0.0.1', port = 0) {
  const socket = createSocket('udp4')
  socket.on('message', (request, from) => {
    if (how.silent || request.length < 20 || request.readUInt16BE(0) !== 0x0001) return
    const answer = Buffer.alloc(32)
    answer.writeUInt16BE(0x0101, 0)
    answer.writeUInt16BE(12, 2)
    request.copy(answer, 4, 4, 20)
    answer.writeUInt16BE(0x0020, 20) // XOR-MAPPED-ADDRESS
    answer.writeUInt16BE(8, 22)
    answer.writeUInt8(1, 25)
    answer.writeUInt16BE(from.port ^ 0x2112, 26)
    answer.writeUInt32BE((0xcb007107 ^ 0x2112a442) >>> 0, 28) // 203.0.113.7
    socket.send(answer, from.port, from.address)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  atEnd(() => socket.close())
  return socket.address().port
}

// A TURN server over TCP (RFC 8656) that lets nobody in: 401 to whoever asks.
export async function turnStandIn() {
  const attribute = (type, value) => {
    const text = Buffer.from(value)
    const whole = Buffer.alloc(4 + Math.ceil(text.length / 4) * 4)
    whole.writeUInt16BE(type, 0)
    whole.writeUInt16BE(text.length, 2)
    text.copy(whole, 4)
    return whole
  }
  const attributes = Buffer.concat([
    attribute(0x0009, [0, 0, 4, 1]),
    attribute(0x0014, 'clinic.example'),
    attribute(0x0015, 'a-nonce'),
  ])
  return listening(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (request) => {
        const header = Buffer.alloc(20)
        header.writeUInt16BE(0x0113, 0)
        header.writeUInt16BE(attributes.length, 2)
        request.copy(header, 4, 4, 20)
        socket.write(Buffer.concat([header, attributes]))
      })
    }),
  )
}
