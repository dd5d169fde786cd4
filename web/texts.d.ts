// Types of texts.js: all the English words.

import type { Texts } from './roomkey.js'

export const texts: Required<Texts>
