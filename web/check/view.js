// The page's fixed parts: its words, the links to other languages, the verdict.

import { element, nameOf } from './lines.js'
import { chosen, filled, languages } from './texts.js'

export const $ = (id) => document.getElementById(id)
export const query = new URLSearchParams(location.search)
export const language = chosen(query)
export const words = languages[language]
export const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
export const say = (key, facts = {}) => filled(words.page[key], facts)

function languageLinks() {
  const links = Object.entries(languages).map(([code, { name }]) => {
    const other = new URLSearchParams(query)
    other.set('lang', code)
    const link = element('a', { href: `?${other}`, lang: code, hreflang: code }, name)
    if (code === language) link.setAttribute('aria-current', 'true')
    return link
  })
  $('languages').setAttribute('aria-label', say('languages'))
  $('languages').append(...links)
}

export function fillIn() {
  document.documentElement.lang = language
  document.title = say('title')
  for (const place of document.querySelectorAll('[data-text]')) {
    place.textContent = say(place.dataset.text)
  }
  $('video').setAttribute('aria-label', say('picture'))
  $('progress').setAttribute('aria-label', say('progress'))
  languageLinks()
}

export function verdict(state, heading, ...rest) {
  const box = $('verdict')
  box.dataset.state = state
  box.replaceChildren(element('p', { className: 'heading' }, heading), ...rest)
  box.hidden = false
}

const links = (lines) => element('ul', {}, ...lines.map(({ check }) => element('li', {},
  element('a', { href: `#check-${check}` }, nameOf(check, words)))))

// What the lines come to. Only what was heard and seen is well.
export function conclude(lines) {
  const of = (state) => lines.filter((line) => line.state === state)
  const device = (state) => of(state).find(({ check }) => /camera|microphone/.test(check))
  const bad = of('bad')
  const text = (key) => element('p', {}, say(key))
  if (bad.length > 0) {
    verdict('bad', say(bad.length === 1 ? 'problem' : 'problems', { n: bad.length }), links(bad))
  } else if (of('checking').some(({ check }) => check === 'microphone')) {
    verdict('open', say('speak'), text('speak_more'))
  } else if (device('checking')) {
    verdict('open', say('checking'), text('look_more'))
  } else if (device('skipped')) {
    verdict('open', say('not_all'), text('not_all_more'))
  } else if (of('warn').length > 0) {
    const doubt = of('warn').some(({ key }) => key === 'udp_nothing')
    verdict('warn', say(doubt ? 'doubtful' : 'warned'), text('warned_more'), links(of('warn')))
  } else {
    const heard = lines.some(({ check, state }) => check === 'speaker' && state === 'ok')
    verdict('ok', say('well'), text(heard ? 'well_heard' : 'well_more'))
  }
}
