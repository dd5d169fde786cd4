// What nginx knows of the installation (config.json), and what the address says instead.

import { query } from './view.js'

// {origins, provider, region, address, practice}. Without it the rest is checked all the same.
export const config = fetch(new URL('config.json', import.meta.url), { credentials: 'omit' })
  .then((response) => response.json()).then(Object).catch(() => ({}))

const providers = ['twilio', 'stream', 'livekit', 'jitsi', 'janus', 'custom']
const asRegion = (text) => (/^[a-z0-9-]{1,20}$/.test(text ?? '') ? text : undefined)
const asProvider = (text) => (providers.includes(text) ? text : undefined)

// Whose doors are tried, and where those of a server of the clinic's own are.
export async function target() {
  const known = await config
  const usual = asProvider(known.provider)
  const provider = asProvider(query.get('provider')) ?? usual ?? 'twilio'
  if (provider === 'twilio') {
    return { provider, region: asRegion(query.get('region')) ?? asRegion(known.region) }
  }
  return { provider, address: provider === usual ? known.address : undefined }
}
