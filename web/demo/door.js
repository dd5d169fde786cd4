// The waiting room, for who may let people in: asked for every 3 seconds, since nobody calls a browser.

import { line } from './lines.js'

const often = 3000 // milliseconds

const pathOf = (appointment, one, what) => {
  const who = one.user_id ?? `guest-${one.guest_id}`
  return `/api/appointments/video-waiting/${appointment}/${who}/${what}/`
}

const clock = (text) => new Date(text).toLocaleTimeString([], { timeStyle: 'short' })

export class Door {
  #rk
  #appointment
  #element
  #shown = '' // what is in the list, as text

  constructor(rk, appointment, element) {
    this.#rk = rk
    this.#appointment = appointment
    this.#element = element
    this.#watch()
  }

  async #watch() {
    for (;;) {
      try {
        await this.look()
      } catch ({ code }) {
        // An appointment that is closed, a login that is over: the page says so when it joins.
        if (!['offline', 'unreachable', 'timeout', 'worker_unavailable', 'store_unavailable',
          'rate_limited'].includes(code)) break
      }
      await new Promise((resolve) => { setTimeout(resolve, often) })
    }
    this.#element.hidden = true
  }

  async look() {
    const path = `/api/appointments/video-waiting/${this.#appointment}/`
    const { mode, waiting, denied = [] } = await this.#rk.request(path)
    this.#element.hidden = mode === 'off'
    this.#show(waiting, denied)
  }

  // Lines stay as they are while nothing changes: a button must not go from under a finger.
  #show(waiting, denied) {
    const shown = JSON.stringify([waiting, denied].map((list) => list.map((one) =>
      [one.user_id, one.guest_id, one.waiting_since, one.here])))
    if (shown === this.#shown) return
    this.#shown = shown
    const button = (one, text, what, primary = false) => ({ text, primary,
      label: `${text}: ${one.name}`, does: () => this.#decide(one, what) })
    this.#element.querySelector('ul').replaceChildren(
      ...waiting.map((one) => line(one.name, one.here
        ? `waiting since ${clock(one.waiting_since)}`
        : `came at ${clock(one.waiting_since)}, not seen since ${clock(one.last_seen)}`,
      [button(one, 'Let in', 'admit', true), button(one, 'Turn away', 'deny')])),
      ...denied.map((one) => line(one.name, 'turned away', [button(one, 'Let in', 'admit')])))
    this.#element.querySelector('.nobody-waits').hidden = waiting.length > 0
    this.#element.dataset.waiting = String(waiting.length)
  }

  async #decide(one, what) {
    const says = this.#element.querySelector('.trouble')
    says.textContent = ''
    try {
      await this.#rk.request(pathOf(this.#appointment, one, what), { method: 'POST', body: {} })
      await this.look()
    } catch ({ message }) {
      says.textContent = message
    }
  }
}
