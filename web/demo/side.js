// One side of the visit: joins with rk.join(), shows picture and sound, and says what happens.

import { Door } from './door.js'
import { Guests } from './guests.js'
import { howTo } from './instead.js'
import { Level } from './level.js'
import { People } from './people.js'
import { janus } from './sdk.js'

export class Side {
  #rk
  #join
  #appointment
  #other
  #names
  #people
  #guests = null
  #visit = null
  #leaving = null // an AbortController, while joining or joined
  #own = null // the MediaStream of camera and microphone
  #answer = null
  #met = null // the other's name at the provider
  #level
  #take = null // answers whether this is to take the place of another device

  // `rk` is the person's RoomKey, or Guest; `join` joins with it. `names`: of who has a login, by id.
  constructor({ rk, join, appointment, me, other, names, quiet }) {
    this.element = document.getElementById('side').content.firstElementChild.cloneNode(true)
    this.#rk = rk
    this.#join = join
    this.#appointment = appointment
    this.#other = other
    this.#names = names
    this.#level = new Level(this.$('.level'), (sound) => { this.element.dataset.sound = sound })
    this.#people = new People(this.$('.others'), (name) => this.#called(name), quiet)
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
    link.hidden = quiet || me.role === 'guest'
    this.$('.echo').hidden = !quiet
    this.$('[data-of="self"]').setAttribute('aria-label', 'Your own picture')
    this.$('.nobody').textContent = `${other.name}'s picture appears here.`
    this.$('.level').setAttribute('aria-label', `Sound of ${other.name}`)
    this.#button('remove').textContent = `Put ${other.name} out`
    this.#button('readmit').textContent = `Let ${other.name} back in`
    this.leads = me.role === 'psychologist'
    if (this.leads) {
      new Door(this.#rk, this.#appointment, this.$('.door'))
      this.#guests = new Guests(this.#rk, this.#appointment, this.$('.guests'))
    }
    const does = {
      join: () => this.#enter(), leave: () => this.#leave(),
      microphone: () => this.#toggle('audio'), camera: () => this.#toggle('video'),
      remove: () => this.#decide('remove'), readmit: () => this.#decide('readmit'),
      show: () => this.#reveal(), take: () => this.#take?.(true),
    }
    element.addEventListener('click', ({ target }) => does[target.dataset.does]?.())
  }

  // What to call somebody of that name at the provider.
  #called(identity) {
    return this.#guests?.nameOf(identity) ?? this.#names[/^\d+(?=-)/.exec(identity)?.[0]] ?? 'Guest'
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
    this.#button('take').hidden = state !== 'elsewhere'
    this.#button('leave').hidden = idle
    this.#button('leave').textContent = inside ? 'Hang up' : 'Stop'
    for (const does of ['microphone', 'camera']) this.#button(does).hidden = !inside
    this.$('.level').hidden = !inside
  }

  async #enter() {
    this.$('.instead').hidden = true
    this.#leaving = new AbortController()
    this.#level.wake()
    this.#say('asking', 'Asking roomkey for access …')
    this.#button('leave').focus()
    try {
      this.#visit = await this.#join({ get janus() { return janus() } }, {
        signal: this.#leaving.signal,
        janus: {
          onLocal: (stream) => this.#showOwn(stream),
          onPeople: (people) => this.#meet(people),
        },
        onWaiting: ({ since }) => this.#say('waiting', waitingFor(this.#host, since)),
        onTakeover: () => this.#mayTakeOver(),
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

  get #host() {
    return this.#other.role === 'psychologist' ? this.#other.name : 'Somebody'
  }

  async #mayTakeOver() {
    this.#say('elsewhere', 'You are in this session already, on another device or in another window.')
    this.#button('take').focus()
    const may = await new Promise((resolve) => { this.#take = resolve })
    this.#take = null
    if (may) this.#say('joining', 'Joining …')
    return may
  }

  #leave() {
    if (this.#take) this.#take(false)
    else this.#leaving?.abort()
  }

  #isIn() {
    const here = this.element.dataset.other === 'here'
    this.#say('connected', here ? `In the session with ${this.#with()}.`
      : `You are in the session. ${this.#other.name} is not here.`)
  }

  #with() {
    const names = [...this.element.querySelectorAll('figcaption')].map((one) => one.textContent)
    return new Intl.ListFormat('en').format(names)
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
    const here = this.#people.show(people)
    this.element.dataset.other = here.length > 0 ? 'here' : 'away'
    this.#level.hear(here[0]?.stream ?? null)
    const met = here.find(({ name }) => name.startsWith(`${this.#other.id}-`))
    if (met) this.#met = met.name
    this.#button('remove').hidden = !(met && this.leads)
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

  // Each answer of roomkey's, before it is joined with.
  show(answer) {
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
