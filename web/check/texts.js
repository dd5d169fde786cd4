// The languages of this page. To add one: a file like en.js, and its name here. `page` and `codes`
// are to be whole; `roomkey` is for `new RoomKey({ texts })`, and what it leaves out stays English.

import de from './de.js'
import en from './en.js'

export const languages = { en, de }

// The one asked for in the address, else the first that the person can read.
export function chosen(query, wishes = navigator.languages) {
  const asked = [query.get('lang') ?? '', ...wishes].map((tag) => tag.toLowerCase().split('-')[0])
  return asked.find((code) => Object.hasOwn(languages, code)) ?? 'en'
}

export const filled = (text, facts) =>
  text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '')
