// Stream's errors, by their numbers.

import { again, expired, network, setup, support } from './errors.js'

export const words = {
  advice: {
    stream_2: setup,
    stream_4: setup,
    stream_5: setup,
    stream_9: 'Too many attempts. Wait a minute, then try again.',
    stream_16: 'The session does not exist (any more). Join again from the appointment\'s page.',
    stream_17: 'You may not join this session. Please tell support.',
    stream_40: expired,
    stream_41: `The access is not valid yet: the server's clock is ahead. ${support}`,
    stream_42: `The access is not valid yet: the server's clock is ahead. ${support}`,
    stream_43: `${setup} (The API secret is not right.)`,
    stream: again,
    stream_network: `The connection to the video service failed. ${network}`,
  },
}
