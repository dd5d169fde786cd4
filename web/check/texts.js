// The languages of this page. To add one: files like en.js and en_found.js, and their names here.
// `page`, `codes` and `found` are to be whole; `roomkey` is for `new RoomKey({ texts })`, and what
// it leaves out stays English.

import de from './de.js'
import deFound from './de_found.js'
import en from './en.js'
import enFound from './en_found.js'

export const languages = { en: { ...en, found: enFound }, de: { ...de, found: deFound } }

// The one asked for in the address, else the first that the person can read.
export function chosen(query, wishes = navigator.languages) {
  const asked = [query.get('lang') ?? '', ...wishes].map((tag) => tag.toLowerCase().split('-')[0])
  return asked.find((code) => Object.hasOwn(languages, code)) ?? 'en'
}

export const filled = (text, facts) =>
  text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '')
