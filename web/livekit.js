// Joining a Room with livekit-client, which mends a lost connection by itself, with tokens that the
// server sends it. Where it gives up, the same Room is joined again with a new token.

import { learn } from './errors.js'
import { explained } from './explain.js'
import { words } from './livekit_words.js'
import { Session } from './session.js'

learn(words)

// By number (ConnectionErrorReason, DisconnectReason): the names that the SDK gives are not to be
// relied on, it wraps whatever signalling says.
const refusals = {
  1: 'unreachable', 2: 'media', 4: 'elsewhere', 5: 'timeout', 6: 'unreachable', 7: 'old',
}
const ends = {
  2: 'livekit_elsewhere', 4: 'removed', 5: 'ended', 10: 'ended', 7: 'livekit_media',
  15: 'livekit_media',
}
const lost = ['livekit_lost', 'livekit_unreachable', 'livekit_timeout', 'livekit_media',
  'livekit_503']

function codeOf({ status, reason }) {
  if (Number.isInteger(status)) return `livekit_${status}`
  return refusals[reason] ? `livekit_${refusals[reason]}` : 'livekit'
}

const isRefusal = (error) => Number.isInteger(error?.reason) || Number.isInteger(error?.status)

export async function joined(LiveKit, token, page, texts, requests) {
  const { Room, RoomEvent } = Object(LiveKit)
  if (typeof Room !== 'function') throw new TypeError('join() needs the module livekit-client')
  const { room: roomOptions, connect } = page.livekit ?? {}
  const room = new Room(roomOptions)
  const on = { audio: page.audio !== false, video: page.video !== false }
  // What is muted stays so in the next connection.
  const heed = (is) => ({ source }, { isLocal }) => {
    const kind = { microphone: 'audio', camera: 'video' }[source]
    if (isLocal && kind) on[kind] = is
  }
  room.on(RoomEvent.TrackMuted, heed(false)).on(RoomEvent.TrackUnmuted, heed(true))
  // Of what is switched off between two connections, where nothing is there to mute, no event tells.
  for (const [kind, name] of [['audio', 'setMicrophoneEnabled'], ['video', 'setCameraEnabled']]) {
    const set = room.localParticipant[name]
    room.localParticipant[name] = (is, ...more) => {
      if (!is) on[kind] = false
      return set.call(room.localParticipant, is, ...more)
    }
  }

  async function publish(me) {
    const own = (wanted) => (typeof wanted === 'object' ? wanted : undefined)
    if (on.audio && on.video && !own(page.audio) && !own(page.video)) {
      await me.enableCameraAndMicrophone() // one question for both
      return
    }
    if (on.audio) await me.setMicrophoneEnabled(true, own(page.audio))
    if (on.video) await me.setCameraEnabled(true, own(page.video))
  }

  // Where somebody leaves meanwhile, the SDK would hold what the browser gives until it gave up
  // publishing it.
  async function published(me, signal) {
    const { createTracks } = me
    const made = []
    const stop = () => made.forEach((track) => track.stop())
    me.createTracks = async (...given) => {
      const tracks = await createTracks.apply(me, given)
      made.push(...tracks)
      if (signal.aborted) stop()
      signal.throwIfAborted()
      return tracks
    }
    signal.addEventListener('abort', stop)
    try {
      await publish(me)
    } finally {
      signal.removeEventListener('abort', stop)
      me.createTracks = createTracks
    }
  }

  const way = {
    lost,
    gone: ['ended'],
    explained: (error) => (isRefusal(error) ? requests.fault(codeOf(error), error.message)
      : explained(error, texts)),
    async open(answer, signal) {
      const close = () => room.disconnect()
      let cancel
      const stopped = new Promise((_, reject) => {
        cancel = () => {
          close()
          reject(signal.reason)
        }
      })
      signal.addEventListener('abort', cancel)
      try {
        const over = new Promise((resolve) => {
          room.once(RoomEvent.Disconnected, (reason) => {
            const code = ends[reason] ?? 'livekit_lost'
            resolve(reason === 1 ? null : requests.fault(code, `disconnected (${reason})`))
          })
        })
        const { url } = answer.connect
        await Promise.race([stopped, room.connect(url, answer.access_token, connect)])
        const publishing = published(room.localParticipant, signal).catch(async (error) => {
          await close()
          throw error
        })
        await Promise.race([stopped, publishing])
        return { native: room, close, over }
      } finally {
        signal.removeEventListener('abort', cancel)
      }
    },
  }
  return new Session(way, token, page, requests).begin()
}
