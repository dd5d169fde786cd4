// The lines of the results: what is known of each check, and the list that shows it.
//
// A line is {check, state, key, detail, advice, facts, code, requestId, parts}; `state` is waiting,
// checking, ok, warn, bad or skipped. `facts` are for the summary: hosts and milliseconds tell a
// patient nothing.

import { filled } from './texts.js'

// What each finding of diagnose() becomes here, in this page's own words: the server's sentence is
// English, and for developers.
export function lineOf({ check, ok, detail, advice }, { key, ...facts }, words, locale) {
  const [said, cure] = words.found[key] ?? [detail, advice]
  const line = { check, state: ok ? 'ok' : 'bad', key, facts, detail: filled(said, facts) }
  line.advice = ok ? '' : filled(facts.code ? advice : cure ?? advice, facts)
  line.requestId = facts.requestId ?? null
  line.code = ok ? null : facts.code ?? null
  if (line.code !== null) {
    const meant = Object.hasOwn(words.codes, line.code) ? words.codes[line.code] : words.codes.other
    line.detail = filled(meant, { code: line.code })
    if (facts.opensAt) line.detail += ` (${timeOf(facts.opensAt, locale)})`
  }
  return line
}

export function timeOf(text, locale) {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return String(text)
  return time.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}

// What a token says, but for whom: that is a name.
export function tokenParts(token, until, { page }, locale) {
  const parts = [{ name: page.part_until, value: timeOf(until, locale), exact: until }]
  if (!token) return parts
  return [
    { name: page.part_room, value: token.room_name },
    { name: page.part_region, value: token.region ?? page.part_none },
    { name: page.part_minutes, value: String(token.appointment_duration_minutes) },
    ...parts,
  ]
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value
    else made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

function sign(state) {
  const [svg, use] = ['svg', 'use'].map((name) =>
    document.createElementNS('http://www.w3.org/2000/svg', name))
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'sign')
  use.setAttribute('href', `#sign-${state}`)
  svg.append(use)
  return svg
}

// A line as it is shown; put in the place of the one that is there.
export function show(list, line, words) {
  const { page } = words
  const body = element('div', {},
    element('h3', {}, element('span', {}, nameOf(line.check, words)), ' ',
      element('span', { className: 'state' }, page[`state_${line.state}`])))
  if (line.detail) body.append(element('p', { className: 'detail' }, line.detail))
  if (line.parts) body.append(partsOf(line.parts))
  if (line.advice && ['bad', 'warn'].includes(line.state)) {
    body.append(element('p', { className: 'advice' },
      element('strong', {}, page.what_to_do), ` ${line.advice}`))
  }
  const item = element('li', { id: `check-${line.check}`, tabIndex: -1 }, sign(line.state), body)
  item.dataset.state = line.state
  const there = [...list.children].find(({ id }) => id === item.id)
  if (there) there.replaceWith(item)
  else list.append(item)
}

const partsOf = (parts) => element('dl', {}, ...parts.map(({ name, value }) =>
  element('div', {}, element('dt', {}, name), element('dd', {}, value))))

export const nameOf = (check, words) =>
  words.page[check] ?? words.roomkey.checks[check]
