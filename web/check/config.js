// What nginx knows of the installation (config.json), and what the address says instead.

import { query } from './view.js'

// {origins, provider, region, practice}. Without it the rest is checked all the same.
export const config = fetch(new URL('config.json', import.meta.url), { credentials: 'omit' })
  .then((response) => response.json()).then(Object).catch(() => ({}))

const asRegion = (text) => (/^[a-z0-9-]{1,20}$/.test(text ?? '') ? text : undefined)
const asProvider = (text) => (['twilio', 'stream'].includes(text) ? text : undefined)

// Whose doors are tried.
export async function target() {
  const known = await config
  const provider = asProvider(query.get('provider')) ?? asProvider(known.provider) ?? 'twilio'
  const region = asRegion(query.get('region')) ?? asRegion(known.region)
  return { provider, region: provider === 'twilio' ? region : undefined }
}
