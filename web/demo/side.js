// One side of the visit: joins with rk.join(), shows picture and sound, and says what happens.

import { RoomKey } from '../roomkey.js'
import { howTo } from './instead.js'
import { Level } from './level.js'
import { janus } from './sdk.js'

const again = 'Run `make demo` again, then reload this page.'
const texts = {
  advice: {
    authentication_required: `The demo made no login for this person. ${again}`,
    token_expired: `The demo's login has expired. ${again}`,
  },
}

// Tells of each answer of roomkey's, for this page to show.
class Watching extends RoomKey {
  constructor(options, told) {
    super(options)
    this.told = told
  }

  async videoToken(id, how) {
    const answer = await super.videoToken(id, how)
    this.told(answer)
    return answer
  }
}

export class Side {
  #rk
  #appointment
  #other
  #visit = null
  #leaving = null // an AbortController, while joining or joined
  #own = null // the MediaStream of camera and microphone
  #answer = null
  #met = null // the other's name at the provider
  #level

  constructor({ appointment, me, other, refreshBearer, quiet }) {
    this.element = document.getElementById('side').content.firstElementChild.cloneNode(true)
    this.#appointment = appointment
    this.#other = other
    this.#rk = new Watching({ bearer: () => me.bearer, refreshBearer, texts },
      (answer) => this.#show(answer))
    this.#level = new Level(this.$('.level'), (sound) => { this.element.dataset.sound = sound })
    this.#build(me, other, quiet)
    this.#say('idle', 'Not in the session.')
  }

  $(selector) {
    return this.element.querySelector(selector)
  }

  #button(does) {
    return this.$(`[data-does="${does}"]`)
  }

  #build(me, other, quiet) {
    const { element } = this
    element.dataset.person = me.id
    element.setAttribute('aria-label', `${me.name}'s side`)
    const role = document.createElement('span')
    role.textContent = `, ${me.role}`
    this.$('h2').append(me.name, role)
    const link = this.$('.another')
    link.href = `?as=${other.role === 'patient' ? 'jane' : 'sarah'}`
    link.textContent = `${other.name} in another window`
    link.hidden = quiet
    this.$('[data-of="other"]').muted = quiet
    this.$('.echo').hidden = !quiet
    this.$('[data-of="other"]').setAttribute('aria-label', `Picture of ${other.name}`)
    this.$('[data-of="self"]').setAttribute('aria-label', 'Your own picture')
    this.$('.nobody').textContent = `${other.name}'s picture appears here.`
    this.$('.level').setAttribute('aria-label', `Sound of ${other.name}`)
    this.#button('remove').textContent = `Put ${other.name} out`
    this.#button('readmit').textContent = `Let ${other.name} back in`
    this.mayRemove = me.role === 'psychologist'
    const does = {
      join: () => this.#join(), leave: () => this.#leaving?.abort(),
      microphone: () => this.#toggle('audio'), camera: () => this.#toggle('video'),
      remove: () => this.#decide('remove'), readmit: () => this.#decide('readmit'),
      show: () => this.#reveal(),
    }
    element.addEventListener('click', ({ target }) => does[target.dataset.does]?.())
  }

  // What this person is told.
  #say(state, text, { advice = '', code = '', message, requestId } = {}) {
    const { dataset } = this.element
    dataset.state = state
    this.$('.state').textContent = text
    this.$('.advice').textContent = advice
    const known = [message, code, requestId && `request ${requestId}`].filter(Boolean).join(', ')
    this.$('.code').textContent = known && `For support: ${known}`
    const inside = ['connected', 'again'].includes(state)
    const idle = ['idle', 'over', 'failed'].includes(state)
    this.#button('join').hidden = !idle
    this.#button('leave').hidden = idle
    this.#button('leave').textContent = inside ? 'Hang up' : 'Stop'
    for (const does of ['microphone', 'camera']) this.#button(does).hidden = !inside
    this.$('.level').hidden = !inside
  }

  async #join() {
    this.$('.instead').hidden = true
    this.#leaving = new AbortController()
    this.#level.wake()
    this.#say('asking', 'Asking roomkey for access …')
    this.#button('leave').focus()
    try {
      this.#visit = await this.#rk.join(this.#appointment, { get janus() { return janus() } }, {
        signal: this.#leaving.signal,
        janus: {
          onLocal: (stream) => this.#showOwn(stream),
          onPeople: (people) => this.#meet(people),
        },
        onWaiting: ({ since }) => this.#say('waiting', waitingFor(this.#other.name, since)),
        onReconnecting: () => this.#say('again', 'The connection was lost; joining again …'),
        onReconnected: () => this.#isIn(),
        onDisconnected: (error) => this.#over(error),
      })
      this.#isIn()
    } catch (error) {
      if (error.code === 'sdk_missing' && this.#answer) this.#explain()
      else this.#over(error.code === 'aborted' ? null : error)
    }
  }

  #isIn() {
    const here = this.element.dataset.other === 'here'
    this.#say('connected', here ? `In the session with ${this.#other.name}.`
      : `You are in the session. ${this.#other.name} is not here.`)
  }

  #over(error) {
    const had = this.element.contains(document.activeElement)
    const wasIn = this.#visit !== null
    this.#visit = null
    this.#showOwn(null)
    this.#meet([])
    if (error) {
      this.#say('failed', wasIn ? 'You are out of the session.' : 'You could not join.', error)
    } else {
      this.#say('over', 'You left the session.')
    }
    if (had) this.#button('join').focus()
  }

  #showOwn(stream) {
    this.#own = stream
    this.$('[data-of="self"]').srcObject = stream
    this.element.toggleAttribute('data-self', stream !== null)
    for (const kind of ['audio', 'video']) this.#mark(kind)
  }

  #meet(people) {
    const [person] = people
    const here = person !== undefined && person.stream.getTracks().length > 0
    const video = this.$('[data-of="other"]')
    if (video.srcObject !== (person?.stream ?? null)) video.srcObject = person?.stream ?? null
    this.element.dataset.other = here ? 'here' : 'away'
    this.#level.hear(here ? person.stream : null)
    if (here) this.#met = person.name
    this.#button('remove').hidden = !(here && this.mayRemove)
    if (this.element.dataset.state === 'connected') this.#isIn()
  }

  #track(kind) {
    return this.#own?.getTracks().find((track) => track.kind === kind)
  }

  #toggle(kind) {
    const track = this.#track(kind)
    if (track) track.enabled = !track.enabled
    this.#mark(kind)
  }

  #mark(kind) {
    const off = this.#track(kind)?.enabled === false
    const does = kind === 'audio' ? 'microphone' : 'camera'
    this.element.dataset[does] = off ? 'off' : 'on'
    this.#button(does).setAttribute('aria-pressed', String(off))
  }

  // The psychologist's, at any provider: no new token for the other, and out of the room.
  async #decide(what) {
    const name = encodeURIComponent(this.#met)
    const path = `/api/appointments/video-participant/${this.#appointment}/${name}/${what}/`
    try {
      await this.#rk.request(path, { method: 'POST', body: {} })
      this.#button('readmit').hidden = what !== 'remove'
    } catch ({ message }) {
      this.$('.advice').textContent = message
    }
  }

  // --- What roomkey answered ---------------------------------------------------------------------

  #show(answer) {
    this.#answer = answer
    const { access_token: _, connect, ...plain } = answer
    const lines = Object.entries({ ...plain, ...prefixed(connect) }).map(([name, value]) => {
      const line = document.createElement('div')
      const [term, found] = ['dt', 'dd'].map((tag) => document.createElement(tag))
      term.textContent = name
      found.textContent = String(value)
      line.append(term, found)
      return line
    })
    this.$('.answer dl').replaceChildren(...lines)
    this.$('.answer').hidden = false
    this.$('.answer pre').hidden = true
    this.$('.answer pre').textContent = ''
    if (['asking', 'waiting'].includes(this.element.dataset.state)) {
      this.#say('joining', `Joining at ${answer.provider} …`)
    }
  }

  #reveal() {
    const field = this.$('.answer pre')
    field.hidden = !field.hidden
    field.textContent = field.hidden ? '' : this.#answer.access_token
  }

  // This page carries no SDK of the others.
  #explain() {
    const { provider } = this.#answer
    this.#say('over', `roomkey gave a token for ${provider}.`)
    this.$('.instead').replaceChildren(...howTo(this.#answer))
    this.$('.instead').hidden = false
    this.$('.answer').open = true
  }
}

const waitingFor = (name, since) => {
  const time = new Date(since ?? NaN)
  const from = Number.isNaN(time.getTime()) ? ''
    : ` since ${time.toLocaleTimeString([], { timeStyle: 'short' })}`
  return `In the waiting room${from}. ${name} will let you in.`
}

// core_token is a token as well.
const prefixed = (connect) => Object.fromEntries(Object.entries(connect)
  .filter(([name]) => !/token/.test(name)).map(([name, value]) => [`connect.${name}`, value]))
