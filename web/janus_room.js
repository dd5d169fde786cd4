// One connection to a Janus VideoRoom with janus.js, which is callbacks all through: one handle to
// send, and one for each of the others. Fails with {code, message}.

const plugin = 'janus.plugin.videoroom'
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

// Two connections of one person have different names: Janus refuses the second of one name.
const nonce = () => [...crypto.getRandomValues(new Uint8Array(8))]
  .map((byte) => alphabet[byte % alphabet.length]).join('')

// What janus.js passes on: a sentence that may begin with a number, or what the browser threw.
function failureOf(error) {
  if (error?.name) return error
  const text = String(error?.message ?? error)
  const [, number] = /\b(4\d\d)\b/.exec(text) ?? (/unauthorized/i.test(text) ? [0, 403] : [])
  const lost = /error connecting|server down/i.test(text) ? 'janus_unreachable' : 'janus_lost'
  return { code: number ? `janus_${number}` : lost, message: text }
}

export class JanusRoom {
  people = new Map() // of the others: {id, name, stream}
  publisher = null
  #handles = new Set()
  #janus = null
  #token // of the core
  #changed
  #end // with why, or null
  over = new Promise((resolve) => { this.#end = (failure = null) => resolve(failure) })
  #broken = this.over.then((failure) => { throw failure ?? { code: 'aborted', message: 'left' } })

  constructor(changed) {
    this.#changed = () => changed([...this.people.values()])
    this.#broken.catch(() => {})
  }

  // Resolves when sound and picture get there; without any, once it is in the room.
  async enter(Janus, { connect, access_token: token, user_identity: display }, tracks, options) {
    const { url: server, room, core_token: core } = connect
    this.#token = core
    await this.#first((done) => {
      this.#janus = new Janus({
        ...options, server, token: core, iceServers: connect.ice_servers ?? options.iceServers ?? [],
        success: done, error: (error) => this.#fail(failureOf(error)), destroyed: () => this.#end(),
      })
    })
    let joined
    let up
    const isIn = new Promise((resolve) => { joined = resolve })
    const flows = new Promise((resolve) => { up = resolve })
    this.publisher = await this.#attach({
      onmessage: (message, jsep) => this.#hear(message, jsep, joined),
      webrtcState: (on, reason) => {
        if (on) up()
        else this.#fail({ code: 'janus_media', message: `the connection ended: ${reason ?? ''}` })
      },
      iceState: (state) => {
        if (state === 'failed') this.#fail({ code: 'janus_media', message: 'ICE failed' })
      },
    })
    const join = { request: 'join', ptype: 'publisher', room, id: `${display}~${nonce()}`, display }
    this.#send({ message: { ...join, token } })
    const { publishers = [], private_id: mine } = await Promise.race([this.#broken, isIn])
    const heard = { room, private_id: mine, token }
    this.#subscribe = (feeds) => feeds.forEach((feed) =>
      this.#watch(feed, heard).catch(() => {})) // it is over then
    this.#subscribe(publishers)
    if (tracks.length === 0) return
    await this.#publish(tracks)
    await Promise.race([this.#broken, flows])
  }

  // Of the next requests; janus.js keeps the session's own, so this one has to be heard of.
  renew(token, room) {
    this.#token = token
    for (const handle of this.#handles) handle.token = token
    this.#send({ message: { request: 'exists', room } })
  }

  close() {
    const janus = this.#janus
    this.#janus = null
    return new Promise((resolve) => {
      setTimeout(resolve, 1000)
      if (!janus) resolve()
      else janus.destroy({ success: resolve, error: resolve, notifyDestroyed: false })
    }).then(() => this.#end())
  }

  #subscribe = () => {}

  #send(what) {
    this.publisher.send({ ...what, error: (error) => this.#fail(failureOf(error)) })
  }

  // Whatever `begin` calls its argument with, unless the connection fails first.
  #first(begin) {
    return Promise.race([this.#broken, new Promise(begin)])
  }

  #fail(failure) {
    this.#end(failure)
    this.close()
  }

  #attach(callbacks) {
    return this.#first((done) => this.#janus.attach({
      plugin, ...callbacks,
      success: (handle) => {
        this.#handles.add(handle)
        handle.token = this.#token
        done(handle)
      },
      error: (error) => this.#fail(failureOf(error)),
    }))
  }

  #hear({ videoroom, reason, ...message }, jsep, joined) {
    if (videoroom === 'joined') joined(message)
    else if (videoroom === 'destroyed') this.#fail({ code: 'ended', message: 'the room is gone' })
    else if (message.error_code) {
      this.#fail({ code: `janus_${message.error_code}`, message: message.error })
    } else if (message.leaving === 'ok') {
      const code = reason === 'kicked' ? 'removed' : 'janus_lost'
      this.#fail({ code, message: `left: ${reason ?? ''}` })
    } else if (message.publishers) this.#subscribe(message.publishers)
    else this.#gone(message.leaving ?? message.unpublished ?? message.kicked)
    if (jsep) this.publisher.handleRemoteJsep({ jsep })
  }

  #publish(tracks) {
    return new Promise((resolve, reject) => {
      this.publisher.createOffer({
        tracks: tracks.map((track) =>
          ({ type: track.kind, capture: track, recv: false, dontStop: true })),
        success: (jsep) => {
          this.#send({ message: { request: 'publish' }, jsep })
          resolve()
        },
        error: reject,
      })
    })
  }

  async #watch({ id, display, dummy }, heard) {
    if (dummy || this.people.has(id)) return
    const person = { id, name: display, stream: new MediaStream(), handle: null }
    this.people.set(id, person)
    this.#changed()
    const handle = await this.#attach({
      onmessage: (_, jsep) => {
        if (jsep) this.#answer(handle, jsep)
      },
      onremotetrack: (track, _, on) => {
        if (on) person.stream.addTrack(track)
        else person.stream.removeTrack(track)
        this.#changed()
      },
    })
    person.handle = handle
    const join = { request: 'join', ptype: 'subscriber', ...heard, streams: [{ feed: id }] }
    if (this.people.has(id)) handle.send({ message: join })
    else handle.detach()
  }

  #answer(handle, jsep) {
    handle.createAnswer({
      jsep,
      tracks: [],
      success: (answer) => handle.send({ message: { request: 'start' }, jsep: answer }),
      error: (error) => this.#fail(failureOf(error)),
    })
  }

  #gone(id) {
    const person = this.people.get(id)
    if (!person) return
    this.people.delete(id)
    person.handle?.detach()
    this.#handles.delete(person.handle)
    this.#changed()
  }
}
