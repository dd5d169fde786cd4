// Whose page this is: the practice's name, telephone, and the way back to the appointment, as
// `roomkey setup` was told.

import { isId } from './appointment.js'

const text = (value) => (typeof value === 'string' ? value.trim() : '')

// A page of the practice's, or ''. `{id}` is the appointment's number; where none is known, it is
// the practice's first page.
export function pageOf(address, appointment) {
  const known = isId(appointment ?? '')
  try {
    const url = new URL(text(address).replaceAll('{id}', known ? appointment : '0'))
    if (!/^https?:$/.test(url.protocol)) return ''
    return known || !text(address).includes('{id}') ? url.href : `${url.origin}/`
  } catch {
    return ''
  }
}

export const telephoneOf = (number) => text(number).replace(/(?!^\+)[^\d]/g, '')

// `places`: {name, actions, back, call}, elements of the page.
export function showPractice(practice, places, appointment, say) {
  const { name, phone, url } = Object(practice)
  const back = pageOf(url, appointment)
  const number = telephoneOf(phone)
  places.name.textContent = text(name)
  places.name.hidden = text(name) === ''
  places.back.hidden = back === ''
  places.back.href = back || '#'
  places.call.hidden = number === ''
  places.call.href = `tel:${number}`
  places.call.textContent = say('call', { phone: text(phone) })
  places.actions.hidden = places.back.hidden && places.call.hidden
}
