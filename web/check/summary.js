// The text for support: what was found, and by what to find it in the server's log. It holds no
// token, no name, no address of a person: of what the server says only codes, request ids, and an
// appointment's number, room and times get in.

const marks = { ok: 'ok', warn: 'warning', bad: 'PROBLEM' }

export function summaryOf({ lines, began, seconds, appointmentId, provider, region, language }) {
  const ahead = -new Date(began).getTimezoneOffset()
  const [hours, minutes] = [Math.abs(ahead) / 60, Math.abs(ahead) % 60].map(two)
  const zone = `UTC${ahead < 0 ? '-' : '+'}${hours}:${minutes}`
  const about = [
    `roomkey check, ${new Date(began).toISOString()} (here ${zone}), ${seconds.toFixed(1)} s`,
    `page: ${location.origin}${location.pathname}, ${language}`,
    `provider: ${provider}${region ? `, region ${region}` : ''}`,
    `browser: ${navigator.userAgent}`,
    `online: ${navigator.onLine ? 'yes' : 'no'}`,
    ...(appointmentId ? [`appointment: ${appointmentId}`] : []),
  ]
  return [...about, '', ...lines.map(lineOf)].join('\n')
}

const two = (number) => String(Math.floor(number)).padStart(2, '0')

function lineOf({ check, state, key, detail, facts, code, requestId, parts }) {
  const measured = ['host', 'ms', 'seconds', 'width', 'height', 'what']
    .filter((name) => facts?.[name] !== undefined).map((name) => `${name}=${facts[name]}`)
  const more = [...measured, allow(key, facts), code && `code=${code}`,
    requestId && `request_id=${requestId}`].filter(Boolean)
  const found = (parts ?? []).map(({ name, value, exact }) =>
    `    ${name}: ${exact ?? value}`)
  const line = `[${marks[state] ?? '-'}] ${check}: ${[detail, ...more].join(' ')}`.trim()
  return [line, ...found].join('\n')
}

// For the network's administrator.
function allow(key, facts) {
  if (/^signalling_(blocked|unreachable)$/.test(key)) return `allow=wss://${facts.host}`
  return /^udp_(blocked|tls|nothing)$/.test(key) ? `allow=${facts.allow}` : null
}

// Whether it is in the clipboard. Where the browser forbids that, the text is selected.
export async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    field.focus()
    field.select()
    return document.execCommand('copy')
  }
}
