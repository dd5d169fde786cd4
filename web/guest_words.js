// Words for who comes by a link.

export const words = {
  advice: {
    guest_not_found: 'This link does not work, or no longer. Ask the practice for a new one.',
    guest_elsewhere: 'This link is in use on another device or in another browser. Go on there, or ' +
      'ask the practice to free it for this one.',
    too_many_guests: 'Eight guests are invited already: withdraw the link of one who does not come.',
  },
}
