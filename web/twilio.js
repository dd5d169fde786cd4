// Joining a Room with twilio-video, and joining it again.
//
// A call outlives its token, a connection that is lost doesn't: twilio-video mends it with the
// token that it was given, and where that has lapsed Twilio refuses (20104). Then, and where the
// SDK gave up, a new token and a new Room are needed. What the person muted, switched off or chose
// stays so (tracks.js), and whoever leaves meanwhile has left.

import { learn, tell } from './errors.js'
import { explained } from './explain.js'
import { offline, wait } from './request.js'
import { Tracks } from './tracks.js'
import { words } from './twilio_words.js'

learn(words)

const lapsed = 20104
const lost = [lapsed, 53000, 53001, 53002, 53006, 53405, 53407, 53500, 53501]
const onTheWay = ['offline', 'unreachable', 'cors', 'timeout', 'not_roomkey', 'rate_limited',
  'worker_unavailable', 'store_unavailable', 'internal_error']
const pauses = [0, 1, 2, 4, 8, 15, 15, 15]
const settled = 60000 // a connection that held so long makes the next loss a new one

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
  #attempts = 0

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
      if (Date.now() - since > settled) this.#attempts = 0
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
    const { room: next, fault } = await this.#tried()
    if (next) tell(this.#page.onReconnected, next)
    else this.#over(this.#left ? null : fault ?? error)
  }

  // {the new room, or why there is none}. What fails while the device is offline is not counted.
  async #tried() {
    let fault
    while (this.#attempts < pauses.length && !this.#left) {
      await this.#pause(pauses[this.#attempts])
      if (this.#left) break
      this.#attempts += 1
      try {
        return { room: await this.#join(true) }
      } catch (error) {
        fault = error
        if (offline() || fault.code === 'offline') this.#attempts -= 1
        // A new token that has lapsed is no matter of time.
        else if (![...lost.slice(1), ...onTheWay].includes(fault.code)) break
      }
    }
    return { fault }
  }

  // The network's return ends it early, and its absence prolongs it; half a second at least, lest a
  // network that comes and goes use up all attempts.
  async #pause(seconds) {
    const { signal } = this.#leaving
    await wait(Math.min(seconds, 0.5), signal)
    const until = Date.now() + (seconds - 0.5) * 1000
    while (!signal.aborted && (offline() || Date.now() < until)) {
      const back = new AbortController()
      const end = () => back.abort()
      signal.addEventListener('abort', end)
      globalThis.addEventListener?.('online', end)
      await wait(offline() ? 3600 : (until - Date.now()) / 1000, back.signal)
      globalThis.removeEventListener?.('online', end)
      signal.removeEventListener('abort', end)
      if (back.signal.aborted && !offline()) break
    }
  }
}
