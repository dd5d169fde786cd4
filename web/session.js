// A call from its first join until the page leaves or it is lost for good: joined again, with a new
// token, where its connection was lost and the SDK does not mend it.
//
// `way` is a provider's part:
//   open(answer, signal)  resolves to {native, close(), over}; `over` resolves to null where it was
//                         left, or to why it ended
//   explained(error)      what was thrown, as a RoomKeyError
//   lost                  codes after which it is joined again
//   gone                  codes after which it is joined again, if in another room

import { RoomKeyError, tell } from './errors.js'
import { Rejoining } from './rejoin.js'

export class Session {
  #way
  #token
  #page
  #requests
  #leaving = new AbortController() // by the signal, leave(), or the page's own end
  #rejoining
  #connection = null
  #room = null // its name
  #native = null

  constructor(way, token, page, requests) {
    this.#way = way
    this.#token = token
    this.#page = page
    this.#requests = requests
    this.#rejoining = new Rejoining(this.#leaving.signal, way.lost)
  }

  async begin() {
    this.#page.signal?.addEventListener('abort', this.#leave)
    globalThis.addEventListener?.('pagehide', this.#leave)
    if (this.#page.signal?.aborted) this.#leave()
    try {
      await this.#open(false)
    } catch (error) {
      this.#end()
      throw error
    }
    return { native: () => this.#native, leave: this.#leave }
  }

  // Resolves once it has left.
  #leave = async () => {
    this.#leaving.abort()
    try {
      await this.#connection?.close()
    } catch { /* it is over either way */ }
  }

  #end() {
    this.#page.signal?.removeEventListener('abort', this.#leave)
    globalThis.removeEventListener?.('pagehide', this.#leave)
    this.#way.end?.()
  }

  get #left() {
    return this.#leaving.signal.aborted
  }

  #explained(error) {
    if (this.#left) return this.#requests.fault('aborted', 'stopped by the page')
    return error instanceof RoomKeyError ? error : this.#way.explained(error)
  }

  async #open(refresh, unless) {
    const { signal } = this.#leaving
    try {
      const answer = await this.#token({ refresh, signal })
      signal.throwIfAborted()
      if (answer.room_name === unless?.room) throw unless.error
      const connection = await this.#way.open(answer, signal)
      if (this.#left) connection.close()
      signal.throwIfAborted()
      this.#watch(connection, answer.room_name)
      return connection.native
    } catch (error) {
      throw this.#explained(error)
    }
  }

  #watch(connection, room) {
    const since = Date.now()
    this.#connection = connection
    this.#native = connection.native
    this.#room = room
    connection.over.then((error) => {
      this.#connection = null
      this.#rejoining.lost(since)
      if (!error || this.#left) this.#over(null)
      else this.#again(error)
    })
  }

  #over(error) {
    this.#end()
    tell(this.#page.onDisconnected, error)
  }

  async #again(error) {
    const gone = this.#way.gone.includes(error.code)
    if (!gone && !this.#way.lost.includes(error.code)) {
      this.#over(error)
      return
    }
    const unless = gone ? { room: this.#room, error } : undefined
    if (!gone) tell(this.#page.onReconnecting, error)
    const { joined, fault } = await this.#rejoining.tried(() => this.#open(true, unless))
    if (joined) tell(this.#page.onReconnected, joined)
    else this.#over(this.#left ? null : fault ?? error)
  }
}
