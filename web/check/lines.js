// The lines of the results: what is known of each check, and the list that shows it.
//
// A line is {check, state, detail, advice, code, requestId, parts}; `state` is waiting, checking,
// ok, bad or skipped.

import { filled } from './texts.js'

// What each finding of diagnose() becomes here. A failure is said in this page's own words: the
// server's sentence is English, and for developers.
export function lineOf({ check, ok, detail, advice }, facts, words, locale) {
  const line = { check, state: ok ? 'ok' : 'bad', detail, advice, host: facts.host }
  line.requestId = facts.requestId ?? null
  line.code = ok ? null : facts.code ?? null
  if (line.code !== null) {
    const said = Object.hasOwn(words.codes, line.code) ? words.codes[line.code] : words.codes.other
    line.detail = filled(said, { code: line.code })
    if (facts.opensAt) line.detail += ` (${timeOf(facts.opensAt, locale)})`
  }
  return line
}

export function timeOf(text, locale) {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return String(text)
  return time.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}

// What follows from another line is no fault of its own.
export function settled(lines, words) {
  const stateOf = (check) => lines.find((line) => line.check === check)?.state
  const away = stateOf('server') === 'bad'
  return lines.map((line) => {
    if (away && ['clock', 'token'].includes(line.check) && line.state === 'bad') {
      return { ...line, state: 'skipped', detail: words.page.after_server, advice: '' }
    }
    if (line.check === 'signalling_region' && line.state === 'bad' &&
      stateOf('signalling_global') === 'ok') {
      return { ...line, advice: filled(words.page.region_only, line) }
    }
    if (['waiting', 'checking'].includes(line.state) && line.check !== 'speaker') {
      return { ...line, state: 'skipped', detail: words.page.no_answer }
    }
    return line
  })
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
  if (line.state === 'bad') {
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
  check === 'speaker' ? words.page.speaker : words.roomkey.checks[check]
