// The demo page: whose side, and the logins that the demo made for them. side.js is the example for
// frontends.

import { Side } from './side.js'

const sides = { jane: [2], sarah: [19], both: [2, 19] }
const $ = (id) => document.getElementById(id)

// {appointment, people: [{id, name, role, bearer}]}, anew at each start of the demo.
async function demo() {
  const answer = await fetch('../demo-data/people.json', { cache: 'no-store' })
  if (!answer.ok) throw new Error('the demo made no logins: see what `make demo` said')
  return answer.json()
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
  const { appointment, people } = await demo()
  const personOf = (id) => people.find((one) => one.id === id)
  for (const id of sides[as]) {
    const [me, other] = [personOf(id), personOf(id === 2 ? 19 : 2)]
    const refreshBearer = async () =>
      (await demo()).people.find((one) => one.id === id)?.bearer ?? null
    const side = new Side({ appointment, me, other, refreshBearer, quiet: as === 'both' })
    $('sides').append(side.element)
  }
}

open().catch((error) => {
  $('trouble').textContent = `The demo's people are not here: ${error.message}`
  $('trouble').hidden = false
})
