// Joining a Room with twilio-video, and joining it again.
//
// A call outlives its token, a connection that is lost doesn't: twilio-video mends it with the
// token that it was given, and where that has lapsed Twilio refuses (20104). Then, and where the
// SDK gave up, a new token and a new Room are needed. What the person muted, switched off or chose
// stays so (tracks.js), and whoever leaves meanwhile has left.

import { learn, tell } from './errors.js'
import { explained } from './explain.js'
import { words as joining } from './join_words.js'
import { Rejoining } from './rejoin.js'
import { Tracks } from './tracks.js'
import { words } from './twilio_words.js'

learn(words)
learn(joining)

const lapsed = 20104
const lost = [lapsed, 53000, 53001, 53002, 53006, 53405, 53407, 53500, 53501]

// At levels below `info` twilio-video prints each message, tokens included.
const quietened = (level) =>
  JSON.parse(JSON.stringify(level).replace(/"(trace|debug)"/gi, '"info"'))

export async function connectTwilio(Video, token, options, texts, requests) {
  if (typeof Video?.connect !== 'function') {
    throw new TypeError('connectTwilio needs the module twilio-video')
  }
  return new Session(Video, token, options, texts, requests).begin()
}

// From the first join until the page leaves, or the call is lost for good.
class Session {
  #Video
  #token
  #texts
  #requests
  #page // the page's callbacks
  #rest // twilio-video's own options
  #signal
  #leaving = new AbortController() // by the signal, disconnect(), or the page's own end
  #tracks
  #room = null
  #rejoining

  constructor(Video, token, options, texts, requests) {
    const { signal, onReconnecting, onReconnected, onDisconnected, ...rest } = options
    if (rest.logLevel !== undefined) rest.logLevel = quietened(rest.logLevel)
    this.#Video = Video
    this.#token = token
    this.#texts = texts
    this.#requests = requests
    this.#page = { onReconnecting, onReconnected, onDisconnected }
    this.#rest = rest
    this.#signal = signal
    this.#tracks = new Tracks(rest.tracks)
    // A new token that has lapsed is no matter of time.
    this.#rejoining = new Rejoining(this.#leaving.signal, lost.slice(1))
  }

  // While the browser asked for the camera, a token may have lapsed: one more, and no third.
  async begin() {
    this.#signal?.addEventListener('abort', this.#leave)
    globalThis.addEventListener?.('pagehide', this.#leave)
    if (this.#signal?.aborted) this.#leave()
    try {
      return await this.#join(false).catch((error) => {
        if (error.code !== lapsed) throw error
        return this.#join(true)
      })
    } catch (error) {
      this.#end()
      throw error
    }
  }

  // What disconnect(), the signal and pagehide do.
  #leave = () => {
    this.#leaving.abort()
    this.#room?.leave()
  }

  #end() {
    this.#signal?.removeEventListener('abort', this.#leave)
    globalThis.removeEventListener?.('pagehide', this.#leave)
    this.#tracks.end()
  }

  get #left() {
    return this.#leaving.signal.aborted
  }

  #explained(error) {
    return this.#left ? this.#requests.fault('aborted', 'stopped by the page')
      : explained(error, this.#texts, 'twilio')
  }

  async #join(refresh) {
    const { signal } = this.#leaving
    let cancel
    try {
      const t = await this.#token({ refresh, signal })
      if ((t.provider ?? 'twilio') !== 'twilio') {
        throw this.#requests.fault('moved', `the appointment is at ${t.provider}`)
      }
      const tracks = await this.#tracks.ready()
      signal.throwIfAborted()
      const connecting = this.#Video.connect(t.access_token, {
        ...this.#rest, ...tracks, name: t.room_name, region: this.#rest.region ?? t.region ?? 'gll',
      })
      cancel = () => connecting.cancel?.()
      signal.addEventListener('abort', cancel)
      const room = await connecting
      if (this.#left) room.disconnect()
      signal.throwIfAborted()
      return this.#watched(room)
    } catch (error) {
      throw this.#explained(error)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  #watched(room) {
    const since = Date.now()
    const disconnect = room.disconnect
    this.#room = { leave: () => disconnect.call(room) }
    // Any Room that the page was given leaves, the one of before a rejoin too.
    room.disconnect = () => {
      this.#leave()
      return disconnect.call(room)
    }
    this.#tracks.watch(room)
    room.once('disconnected', (_, error) => {
      this.#rejoining.lost(since)
      this.#room = null
      if (!error || this.#left) this.#over(null)
      else this.#again(explained(error, this.#texts, 'twilio'), room)
    })
    return room
  }

  #over(error) {
    this.#end()
    tell(this.#page.onDisconnected, error)
  }

  async #again(error, room) {
    if (!lost.includes(error.code)) {
      this.#over(error)
      return
    }
    this.#tracks.hold(room)
    tell(this.#page.onReconnecting, error)
    const { joined: next, fault } = await this.#rejoining.tried(() => this.#join(true))
    if (next) tell(this.#page.onReconnected, next)
    else this.#over(this.#left ? null : fault ?? error)
  }
}

// For join(): the Room of the moment, and what leaves it.
export async function joined(Video, token, { audio, video, twilio, ...page }, texts, requests) {
  let room
  const onReconnected = (next) => {
    room = next
    return page.onReconnected?.(next)
  }
  const { signal, onReconnecting, onDisconnected } = page
  room = await connectTwilio(Video, token, {
    audio, video, ...twilio, signal, onReconnecting, onReconnected, onDisconnected,
  }, texts, requests)
  return { native: () => room, leave: () => room.disconnect() }
}
