// Guests of the session, for who may invite them. A guest's code is shown once, as the link that it
// makes, and kept nowhere.

import { line } from './lines.js'

const said = { invited: 'invited, not here yet', used: 'has the link in use', revoked: 'withdrawn',
  expired: 'expired' }

export class Guests {
  #rk
  #path
  #element
  #names = new Map() // by "guest-<n>"

  constructor(rk, appointment, element) {
    this.#rk = rk
    this.#path = `/api/appointments/video-guests/${appointment}/`
    this.#element = element
    element.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#try(() => this.#invite(new FormData(event.target), event.target))
    })
    this.#$('[data-does="copy"]').addEventListener('click', () =>
      this.#try(() => navigator.clipboard.writeText(this.#$('.link').textContent)))
    this.#try(() => this.#list())
  }

  nameOf(identity) {
    return this.#names.get(identity)
  }

  #$(selector) {
    return this.#element.querySelector(selector)
  }

  async #try(work) {
    this.#$('.trouble').textContent = ''
    try {
      await work()
    } catch (error) {
      if (error.code === 'not_found') this.#element.hidden = true
      this.#$('.trouble').textContent = error.message
    }
  }

  async #invite(fields, form) {
    const body = { name: fields.get('name').trim(), kind: fields.get('kind') }
    const { code, name } = await this.#rk.request(this.#path, { method: 'POST', body })
    // Of this page, as the demo has no other frontend; else the answer's `link`.
    this.#$('.link').textContent = new URL(`guest/#${code}`, location.href).href
    this.#$('.for').textContent = name
    this.#$('.invited').hidden = false
    form.reset()
    await this.#list()
  }

  async #list() {
    const { guests } = await this.#rk.request(this.#path)
    this.#element.hidden = false
    for (const { guest_id: id, name } of guests) this.#names.set(`guest-${id}`, name)
    const does = (id, what) => () => this.#try(async () => {
      await this.#rk.request(`${this.#path}${id}/${what}/`, { method: 'POST', body: {} })
      await this.#list()
    })
    this.#$('ul').replaceChildren(...guests.map(({ guest_id: id, name, kind, state }) => {
      const buttons = ['invited', 'used'].includes(state)
        ? [{ text: 'Withdraw', label: `Withdraw: ${name}`, does: does(id, 'revoke') }] : []
      if (state === 'used') {
        buttons.unshift({ text: 'Free for another device', label: `Free for another device: ${name}`,
          does: does(id, 'unbind') })
      }
      return line(name, `${kind}, ${said[state] ?? state}`, buttons)
    }))
  }
}
