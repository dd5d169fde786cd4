// Joining a Janus VideoRoom with janus.js, joining it again where the connection was lost, and giving
// Janus a new token before the old one lapses: it asks for a good one with every request.

import { learn, tell } from './errors.js'
import { explained } from './explain.js'
import { JanusRoom } from './janus_room.js'
import { words } from './janus_words.js'
import { wait } from './request.js'
import { Session } from './session.js'

learn(words)

// The room of a Janus that was started again is there once a new token was given; and a room is full
// until Janus knows that a connection is gone.
const lost = ['janus_unreachable', 'janus_lost', 'janus_timeout', 'janus_media', 'janus_426',
  'janus_432']
const patience = 20 // seconds, until sound and picture get through
const early = 90 // seconds before it lapses
const pulse = 20 // seconds; Janus ends a session that it hears nothing of for a minute

// What the person lets others hear and see: the same, as muted, in the next connection.
class Own {
  stream = null
  #wanted
  #lost = new Set() // tracks that ended by themselves: unplugged, or forbidden

  constructor({ audio, video }) {
    this.#wanted = { audio, video }
  }

  async tracks() {
    const kept = this.stream?.getTracks() ?? []
    if (kept.some((track) => this.#lost.has(track))) await this.#again(kept)
    if (!this.stream) {
      const { audio, video } = this.#wanted
      this.stream = audio || video ? await navigator.mediaDevices.getUserMedia({ audio, video })
        : new MediaStream()
    }
    const tracks = this.stream.getTracks()
    for (const track of tracks) track.addEventListener('ended', () => this.#lost.add(track))
    return tracks
  }

  // Without what the page has stopped.
  async #again(before) {
    const kept = before.filter((track) => track.readyState === 'live' || this.#lost.has(track))
    this.end()
    const of = (kind) => kept.find((track) => track.kind === kind)
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: of('audio')?.getConstraints() ?? false, video: of('video')?.getConstraints() ?? false,
    })
    for (const track of this.stream.getTracks()) track.enabled = of(track.kind)?.enabled ?? true
  }

  end() {
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = null
  }
}

function ready(Janus) {
  if (typeof Janus?.init !== 'function') throw new TypeError('join() needs janus.js\'s Janus')
  if (Janus.initDone) return
  const { adapter } = globalThis
  if (!adapter) {
    throw new TypeError('janus.js needs webrtc-adapter: load it before, or call Janus.init()')
  }
  Janus.init({ debug: false, dependencies: Janus.useDefaultDependencies({ adapter }) })
}

// Until the connection is over; `lapses` is when the token does, by this device's clock.
async function renewed(room, lapses, token) {
  const stop = new AbortController()
  room.over.then(() => stop.abort())
  for (let core = null; ; ) {
    await wait(core ? pulse : Math.max((lapses - Date.now()) / 1000 - early, pulse), stop.signal)
    if (stop.signal.aborted) return
    try {
      if (lapses - Date.now() <= early * 1000) {
        const { expires_in: life, connect } = await token({ refresh: true, signal: stop.signal })
        lapses = Date.now() + life * 1000
        core = connect
      }
      if (core && !stop.signal.aborted) room.renew(core.core_token, core.room)
    } catch { /* it is asked for again at the next pulse, as long as Janus waits */ }
  }
}

export async function joined(Janus, token, page, texts, requests) {
  ready(Janus)
  const { onLocal, onPeople, ...options } = page.janus ?? {}
  const own = new Own(page)
  const fault = (failure) => (failure?.name ? explained(failure, texts)
    : requests.fault(failure.code ?? 'unknown', failure.message ?? String(failure)))

  const way = {
    lost,
    gone: ['ended'],
    explained: fault,
    end: () => own.end(),
    async open(answer, signal) {
      const lapses = Date.now() + answer.expires_in * 1000
      const tracks = await own.tracks()
      signal.throwIfAborted()
      const room = new JanusRoom((people) => tell(onPeople, people))
      const late = new AbortController()
      const timeout = wait(patience, late.signal).then(() => {
        if (!late.signal.aborted) throw requests.fault('janus_timeout', 'Janus takes too long')
      })
      const stop = () => late.abort()
      signal.addEventListener('abort', stop)
      try {
        tell(onLocal, own.stream)
        await Promise.race([room.enter(Janus, answer, tracks, options), timeout])
        signal.throwIfAborted()
        renewed(room, lapses, token)
        return {
          native: room.publisher,
          close: () => room.close(),
          over: room.over.then((failure) => failure && fault(failure)),
        }
      } catch (error) {
        room.close()
        throw error
      } finally {
        late.abort()
        signal.removeEventListener('abort', stop)
      }
    },
  }
  return new Session(way, token, page, requests).begin()
}
