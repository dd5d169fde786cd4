// The login's bearer token: from the frontend that opened this page, or pasted. It is kept in this
// module's memory alone, while the page is open, and goes nowhere but to roomkey.

import { appointmentOf } from './appointment.js'

let login = null

// {appointmentId, bearer()} or null. A function, so that no one else keeps the token.
export function current() {
  return login && { appointmentId: login.appointmentId, bearer: () => login?.bearer }
}

export function keep(bearer, appointmentId) {
  login = { bearer, appointmentId }
}

addEventListener('pagehide', () => { login = null })

// Listens to frontends of these origins and to no other; `came(appointmentId)` is told of each
// login. `appointment` is meant where a message names none.
export function listen(origins, appointment, came) {
  addEventListener('message', ({ origin, data }) => {
    if (!origins.includes(origin)) return
    const { bearer, appointmentId = appointment } = Object(data)
    const id = appointmentOf(appointmentId ?? '')
    if (typeof bearer !== 'string' || bearer === '' || id === '') return
    keep(bearer, id)
    came(login.appointmentId)
  })
  // Holds nothing, so whoever it is may hear it.
  globalThis.opener?.postMessage({ roomkey: 'check' }, '*')
}
