// The demo page: whose side, and the logins that the demo made for them; a guest comes by the link
// that the psychologist's side made. side.js is the example for frontends.

import { RoomKey } from '../roomkey.js'
import { Side } from './side.js'

const sides = { jane: [2], sarah: [19], both: [2, 19], guest: [] }
const $ = (id) => document.getElementById(id)
const again = 'Run `make demo` again, then reload this page.'
const texts = {
  advice: {
    authentication_required: `The demo made no login for this person. ${again}`,
    token_expired: `The demo's login has expired. ${again}`,
  },
}

// {appointment, people: [{id, name, role, bearer}]}, anew at each start of the demo.
async function demo() {
  const answer = await fetch('../demo-data/people.json', { cache: 'no-store' })
  if (!answer.ok) throw new Error('the demo made no logins: see what `make demo` said')
  return answer.json()
}

// Puts the side onto the page, and shows there what roomkey answers.
function put(rk, options) {
  const ask = rk.videoToken.bind(rk)
  const side = new Side({ rk, ...options })
  rk.videoToken = async (...how) => {
    const answer = await ask(...how)
    side.show(answer)
    return answer
  }
  $('sides').append(side.element)
}

// The code is in the address until here, and from now on where only this tab finds it: a reload is let
// in, and no history of the browser has it.
function codeOfGuest() {
  if (location.hash) history.replaceState({ code: location.hash.slice(1) }, '', location.search)
  return history.state?.code
}

async function openGuest({ appointment, people }, names) {
  const code = codeOfGuest()
  if (!code) throw new Error('open the link that you were given once more: it has a code behind #')
  const rk = await RoomKey.guest({ code })
  const me = { id: 'guest', name: 'Guest', role: 'guest' }
  const other = people.find(({ role }) => role === 'psychologist')
  put(rk, { me, other, names, appointment, join: (...given) => rk.join(...given) })
}

function openSide(id, { appointment, people }, names, quiet) {
  const [me, other] = [id, id === 2 ? 19 : 2].map((one) => people.find((each) => each.id === one))
  const refreshBearer = async () =>
    (await demo()).people.find((one) => one.id === id)?.bearer ?? null
  const rk = new RoomKey({ bearer: () => me.bearer, refreshBearer, texts })
  const join = (...given) => rk.join(appointment, ...given)
  put(rk, { me, other, names, appointment, join, quiet })
}

async function open() {
  const as = new URLSearchParams(location.search).get('as')
  for (const link of document.querySelectorAll('nav a')) {
    if (link.search === `?as=${as}`) link.setAttribute('aria-current', 'page')
  }
  if (!Object.hasOwn(sides, as ?? '')) {
    $('choice').hidden = false
    return
  }
  const made = await demo()
  const names = Object.fromEntries(made.people.map(({ id, name }) => [id, name]))
  document.querySelector('nav').hidden = as === 'guest'
  if (as === 'guest') await openGuest(made, names)
  for (const id of sides[as]) openSide(id, made, names, as === 'both')
}

open().catch((error) => {
  $('trouble').textContent = `This does not open: ${error.message}`
  $('trouble').hidden = false
})
