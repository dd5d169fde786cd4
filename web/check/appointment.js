// The number of an appointment as people write it: 47, #47, "47/", No. 47, apt-47, the name of its
// room, or a link to it.

const largest = 2n ** 63n - 1n

export const isId = (text) => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= largest

const form = /^(?:#|nr\.?|no\.?|n°|№|apt-)?\s*0*(\d+)(?:-\d+-[0-9a-f]+)?\s*[/.]?$/i

function fromLink(text) {
  try {
    const { pathname, searchParams } = new URL(text)
    return searchParams.get('appointment') ?? pathname.split('/').filter(Boolean).at(-1)
  } catch {
    return null
  }
}

// The number, or '' where there is none in it.
export function appointmentOf(text) {
  const plain = String(text).normalize('NFKC').replace(/["'„“”‘’«»]/g, '').trim()
  const found = ((/^https?:/i.test(plain) ? fromLink(plain) : plain) ?? '').match(form)?.[1] ?? ''
  return isId(found) ? found : ''
}
