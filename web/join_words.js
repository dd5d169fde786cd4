// Words of join(), for any provider.

import { support } from './errors.js'

export const words = {
  advice: {
    sdk_missing: `This page lacks what the session needs. ${support}`,
    moved: 'The session goes on at another place. Join again.',
    ended: 'The session was ended.',
    already_connected: 'You are in this session on another device or in another window. Go on there.',
  },
}
